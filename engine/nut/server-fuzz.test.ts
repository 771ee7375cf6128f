/** Hostile and broken clients beside a good one that must never notice. Bounded in number; seeds are told on failure. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawClient, startTestServer, type TestServer } from '#tests/support/nut-server.ts';

let run: TestServer;
let control: RawClient;
beforeAll(async () => {
  run = await startTestServer({
    ups: {
      office: {
        variables: { 'ups.status': 'OL', 'ups.delay.start': '30' },
        traits: { 'ups.delay.start': { isWritable: true, kind: 'number' } },
        commands: ['beeper.mute'],
      },
      away: { variables: {}, isConnected: false },
    },
  });
  control = await run.open();
  await control.ask('USERNAME primary');
  await control.ask('PASSWORD pw');
  await control.ask('LOGIN office');
});
afterAll(() => run.stop());

/** The good client is served, and no hostile one counts for anything. */
async function expectUnharmed(): Promise<void> {
  expect(await control.ask('GET VAR office ups.status')).toBe('VAR office ups.status "OL"');
  expect(await control.ask('LIST CLIENT office')).toBe(
    'BEGIN LIST CLIENT office\nCLIENT office 127.0.0.1\nEND LIST CLIENT office',
  );
}

const pieces = fc.constantFrom(
  'GET VAR office ups.status',
  'LIST VAR office',
  'LIST UPS',
  'GET',
  'LIST',
  'SET VAR office ups.delay.start 5',
  'USERNAME x',
  'PASSWORD y',
  'LOGIN office',
  'LOGIN away',
  'FSD office',
  'INSTCMD office beeper.mute',
  'STARTTLS',
  'LOGOUT',
  'HELP',
  '\n',
  '\r\n',
  ' ',
  '"',
  '\\',
  '#',
  '=',
  '\0',
  '\u00ff',
  'x'.repeat(600),
  '"'.repeat(40),
  '\n'.repeat(50),
);
const garbage = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
  fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('\n'), 'latin1')),
  fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
);

test('garbage, in packets of any size, from clients that leave in any way, harms nobody', async () => {
  await fc.assert(
    fc.asyncProperty(
      garbage,
      fc.integer({ min: 1, max: 700 }),
      fc.constantFrom('reset', 'end', 'stay'),
      async (bytes, size, leave) => {
        const client = await run.open();
        for (let at = 0; at < bytes.length; at += size) client.socket.write(bytes.subarray(at, at + size));
        await expectUnharmed();
        if (leave === 'reset') client.socket.resetAndDestroy();
        else if (leave === 'end') client.socket.end();
      },
    ),
    { numRuns: 150 },
  );
  await expectUnharmed();
});

test('whatever came before, the line after the end of an open quote is answered', async () => {
  await fc.assert(
    fc.asyncProperty(garbage, async (bytes) => {
      const client = await run.open();
      // A syntax error would cost the rest of its packet, and with it what follows here.
      const text = bytes.toString('latin1').replace(/LOGOUT|STARTTLS|#/gi, 'HELP');
      client.send(text);
      // Ends any escape, word or quote that is open; what is answered to that is of no interest.
      client.send('\nx"\nNETVER\n');
      let line = '';
      while (line !== '1.3') [line = ''] = await client.lines(1);
      client.destroy();
    }),
    { numRuns: 100 },
  );
  await expectUnharmed();
});

test('an endless line takes no more than its limits', async () => {
  const client = await run.open();
  const part = Buffer.alloc(65_536, 'y');
  for (let count = 0; count < 64; count++) client.socket.write(part);
  await expectUnharmed();
  client.send('\nNETVER\n');
  expect(await client.lines(2)).toEqual(['ERR UNKNOWN-COMMAND', '1.3']);
});

test('hundreds of silent and half-open connections harm nobody', async () => {
  const silent = await Promise.all(Array.from({ length: 300 }, () => run.open()));
  silent.forEach((client, index) => {
    if (index % 3 === 0) client.send('GET VAR off');
    if (index % 3 === 1) client.socket.pause();
  });
  await expectUnharmed();
  for (const client of silent) client.destroy();
  await expect.poll(() => run.server.clients().filter(({ ups }) => ups !== undefined)).toHaveLength(1);
});
