import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAnswer, encodeGet } from './snmp-message.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const SYS_DESCR = '06 08 2b 06 01 02 01 01 01 00';
/** An answer of version 1 with request id 5 around one variable binding. */
const answer = (value: string, { error = '00', pdu = 'a2' } = {}): Uint8Array => {
  const wrap = (tag: string, hex: string): string =>
    `${tag} ${(hex.replaceAll(' ', '').length / 2).toString(16).padStart(2, '0')} ${hex}`;
  const bindings = wrap('30', wrap('30', `${SYS_DESCR} ${value}`));
  return bytes(wrap('30', `02 01 00 04 06 7075626c6963 ${wrap(pdu, `02 01 05 02 01 ${error} 02 01 00 ${bindings}`)}`));
};

describe('a question', () => {
  test('is the one that every SNMP program sends', () => {
    expect(encodeGet('public', 1, '1.3.6.1.2.1.1.1.0')).toEqual(
      bytes(`30 26 02 01 00 04 06 7075626c6963 a0 19 02 01 01 02 01 00 02 01 00 30 0e 30 0c ${SYS_DESCR} 05 00`),
    );
  });

  test('has object numbers above 127 in several bytes', () => {
    const packet = Buffer.from(encodeGet('c', 0x7fffffff, '1.3.6.1.4.1.318.16384')).toString('hex');
    expect(packet).toContain('060a2b06010401823e818000');
    expect(packet).toContain('02047fffffff');
  });

  test('with a long community has lengths of two bytes', () => {
    expect(
      Buffer.from(encodeGet('x'.repeat(200), 1, '1.3.6'))
        .subarray(0, 3)
        .toString('hex'),
    ).toBe('308200');
  });
});

describe('an answer', () => {
  test.each([
    ['a text', answer('04 03 55 50 53'), 'UPS'],
    ['an empty text', answer('04 00'), ''],
    ['a number', answer('02 01 ff'), '-1'],
    ['a gauge', answer('42 02 01 00'), '256'],
    ['an object id', answer('06 09 2b 06 01 04 01 82 3e 01 01'), '1.3.6.1.4.1.318.1.1'],
    ['nothing', answer('05 00'), undefined],
    ['an error', answer('05 00', { error: '02' }), undefined],
  ])('with %s', (_, packet, value) => {
    expect(decodeAnswer(packet)).toEqual({ requestId: 5, value });
  });

  test('that is a question, of another version or cut anywhere is none', () => {
    const good = answer('04 03 55 50 53');
    expect(decodeAnswer(answer('05 00', { pdu: 'a0' }))).toBeUndefined();
    expect(decodeAnswer(Uint8Array.from(good, (byte, place) => (place === 4 ? 1 : byte)))).toBeUndefined();
    for (let length = 0; length < good.length; length++) {
      expect(decodeAnswer(good.subarray(0, length))).toBeUndefined();
    }
  });

  test('of any bytes is an answer or none', () => {
    const good = answer('06 09 2b 06 01 04 01 82 3e 01 01');
    const damaged = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
      const copy = Uint8Array.from(good);
      for (const [place, byte] of changes) copy[place] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), damaged), (packet) => {
        const decoded = decodeAnswer(packet);
        if (decoded) expect(Number.isSafeInteger(decoded.requestId)).toBe(true);
      }),
    );
  });
});
