import { describe, expect, test } from 'vitest';
import { fromFiles, notesOf, settingsOf } from './moving-test-support.ts';

const UPS = '[office]\n driver = usbhid-ups\n port = auto\n desc = Big\n';
const upsd = (port: number): string => `LISTEN 127.0.0.1 ${port}\n`;

/** Identifiers, and with which aliases. */
async function namesFrom(files: Readonly<Record<string, string>>): Promise<Record<string, readonly string[]>> {
  const { ups } = settingsOf(await fromFiles(files));
  return Object.fromEntries(ups.map(({ identifier, aliases }) => [identifier, aliases]));
}

describe('a section that repeats a UPS of the same files', () => {
  test('is an alias, and that is told', async () => {
    const moved = await fromFiles({
      'ups.conf': `${UPS}[qnapups]\n driver = dummy-ups\n port = OFFICE@localhost\n mode = repeater\n`,
    });
    expect(settingsOf(moved).ups).toMatchObject([{ identifier: 'office', aliases: ['qnapups'] }]);
    expect(notesOf(moved)).toContain('Section [qnapups] only repeated office: it is an alias of it now.');
  });

  test('is one at any port that upsd listens on, and with what all sections inherit', async () => {
    expect(
      await namesFrom({
        'ups.conf': `pollinterval = 4\n${UPS}[a]\n driver = dummy-ups\n port = office@127.0.0.1:4000\n`,
        'upsd.conf': upsd(4000),
      }),
    ).toEqual({ office: ['a'] });
  });

  test.each([
    ['of another server', 'port = office@nas', {}],
    ['of another port', 'port = office@localhost:4000', {}],
    ['of a port that is not served', 'port = office@localhost', { 'upsd.conf': upsd(4000) }],
    ['of a UPS that is not there', 'port = other@localhost', {}],
    ['of itself', 'port = a@localhost', {}],
    ['that reads a file', 'port = office.dev', {}],
    ['with another mode', 'port = office@localhost\n mode = dummy-loop', {}],
    ['with options of its own', 'port = office@localhost\n override.battery.charge.low = 40', {}],
    [
      'that is watched',
      'port = office@localhost',
      { 'upsmon.conf': 'MONITOR a@localhost 1 upsmon pw primary\nSHUTDOWNCMD "x"\n' },
    ],
  ])('%s stays a UPS', async (_, lines, files) => {
    const names = await namesFrom({ 'ups.conf': `${UPS}[a]\n driver = dummy-ups\n ${lines}\n`, ...files });
    expect(names).toEqual({ office: [], a: [] });
  });

  test('of a repeater is no alias, the repeater is one', async () => {
    const repeating = (name: string, of: string): string => `[${name}]\n driver = dummy-ups\n port = ${of}@localhost\n`;
    const text = `${UPS}${repeating('a', 'office')}${repeating('b', 'a')}`;
    expect(await namesFrom({ 'ups.conf': text })).toEqual({ office: ['a'], b: [] });
  });
});
