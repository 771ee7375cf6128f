/** Transcripts recorded from NUT's own server, replayed against ours. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NutError } from '#domain/errors.ts';
import type { VariableTraits } from '#engine/drivers/driver.ts';
import {
  connectUps,
  type RawClient,
  type ServedUps,
  startTestServer,
  type TestServer,
} from '#tests/support/nut-server.ts';
import { UPSMON_ACTIONS, type NutUser } from './users.ts';

type Step = [line: string, reply: string[]];
interface Recorded {
  readonly name: string;
  readonly steps?: Step[];
  readonly raw?: string[];
  readonly reply?: string;
}
const { sessions } = JSON.parse(
  readFileSync(new URL('../../tests/fixtures/nut/protocol-vectors.json', import.meta.url), 'utf8'),
) as { sessions: Recorded[] };

const RW: VariableTraits = { isWritable: true };
const RW_NUMBER: VariableTraits = { isWritable: true, kind: 'number' };
const RW_STRING: VariableTraits = { isWritable: true, kind: 'string', maxLength: 32 };

const COMMON: Record<string, [value: string, traits?: VariableTraits]> = {
  'driver.debug': ['0', RW_NUMBER],
  'driver.flag.allow_killpower': ['0', RW_NUMBER],
  'driver.name': ['dummy-ups'],
  'driver.version': ['2.8.5.1'],
};
const COMMANDS = [
  'driver.killpower',
  'driver.reload',
  'driver.reload-or-error',
  'driver.reload-or-exit',
  'load.off',
  'shutdown.default',
];

function served(rows: Record<string, [value: string, traits?: VariableTraits]>, description?: string): ServedUps {
  const all = Object.entries({ ...COMMON, ...rows });
  return {
    variables: Object.fromEntries(all.map(([name, [value]]) => [name, value])),
    traits: Object.fromEntries(all.flatMap(([name, [, traits]]) => (traits ? [[name, traits]] : []))),
    commands: COMMANDS,
    ...(description === undefined ? {} : { description }),
  };
}

const DUMMY = served(
  {
    'ups.mfr': ['Dummy', RW_STRING],
    'ups.status': ['OL CHRG', RW_STRING],
    'battery.charge': ['90', RW],
    'battery.charge.low': ['20', RW],
    'ups.model': ['He said hi  back', RW_STRING],
    'input.transfer.low': ['100', RW],
    'ups.delay.start': ['30', RW],
    'ups.beeper.status': ['enabled', RW_STRING],
  },
  'A "quoted" desc # with hash',
);
const ZETA = served({
  'ups.mfr': ['Dummy Manufacturer', RW_STRING],
  'ups.model': ['Dummy UPS', RW_STRING],
  'ups.status': ['OB', RW_STRING],
  'battery.charge': ['50', RW],
});

const USERS: readonly NutUser[] = [
  { name: 'admin', password: 'secret', actions: new Set(['SET', 'FSD']), commands: 'all' },
  { name: 'mon', password: 'pw', actions: new Set(UPSMON_ACTIONS.primary), commands: new Set() },
  { name: 'mon2', password: 'pw', actions: new Set(UPSMON_ACTIONS.secondary), commands: new Set() },
  { name: 'tester', password: 'p w', actions: new Set(), commands: new Set(['load.off']) },
  { name: 'none', password: 'pw', actions: new Set(), commands: new Set() },
];

let run: TestServer;
beforeAll(async () => {
  run = await startTestServer({
    ups: { dummy: DUMMY, zeta: ZETA, Alpha: { variables: {}, isConnected: false } },
    users: USERS,
    // The recorded driver tells a value with quotes and a hash in a way that its server cannot read.
    outcome: (_, value) => (value?.includes('"') === true ? 'failed' : 'handled'),
  });
});
afterAll(() => run.stop());

/** What is the server's own to say: its version, its descriptions, the id it gives, rows the recording left out. */
const plain = (line: string): string =>
  line
    .replace(/upsd 2\.8\.5\S*/, 'upsd <version>')
    .replace(/(server\.version) "2\.8\.5\S*"/, '$1 "<version>"')
    .replace(/^((?:CMD)?DESC \S+ \S+) ".*"$/, '$1 "<description>"')
    .replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/, '<uuid>');
const isLeftOut = (line: string): boolean => /^(VAR|RW) \S+ (driver\.(?!debug|flag)|device\.)/.test(line);

let lastId = '';
async function take(client: RawClient, [line, expected]: Step): Promise<void> {
  client.send(`${line.replace(/<last uuid in lower case>/, lastId.toLowerCase()).replace('<last uuid>', lastId)}\n`);
  if (expected[0]?.startsWith('BEGIN LIST')) {
    const rows = await client.lines(1);
    while (rows[0] === expected[0] && !rows.at(-1)!.startsWith('END LIST')) rows.push(...(await client.lines(1)));
    expect(rows.filter((row) => !isLeftOut(row)).map(plain)).toEqual(expected.map(plain));
    return;
  }
  const isEnd = expected.at(-1) === '<EOF>';
  const got = await client.lines(expected.length - (isEnd ? 1 : 0));
  if (isEnd) expect(await client.closed()).toBe('');
  lastId = /TRACKING (\S+)/.exec(got[0] ?? '')?.[1] ?? lastId;
  // How far the driver is when it is asked for a result depends on time.
  if (expected[0] === 'PENDING') expect(['PENDING', 'SUCCESS']).toContain(got[0]);
  else expect(got.map(plain)).toEqual(expected.filter((row) => row !== '<EOF>').map(plain));
}

const recorded = (name: string): Recorded => sessions.find((session) => session.name === name)!;

const gone = new NutError('nut/timeout', { address: 'x', seconds: 1 });
const before: Record<string, () => void> = {
  stale: () => run.store.dispatch('zeta', { type: 'stale', error: gone }),
  'fresh again': () => run.store.dispatch('zeta', { type: 'fresh' }),
  'driver gone': () => run.store.dispatch('zeta', { type: 'disconnected', error: gone }),
};

// In the recorded order: they ran against one server. The two forced shutdown sessions ran at the same time.
describe('the server answers as recorded from upsd', () => {
  for (const { name, steps, raw, reply } of sessions) {
    if (name === 'fsd, connection B') continue;
    test(name, async () => {
      before[name]?.();
      const client = await run.open();
      if (name === 'fsd, connection A') {
        const other = await run.open();
        const a = steps!;
        const b = recorded('fsd, connection B').steps!;
        for (const one of a.slice(0, 4)) await take(client, one);
        for (const one of b.slice(0, 5)) await take(other, one);
        for (const one of a.slice(4, 8)) await take(client, one);
        for (const one of b.slice(5)) await take(other, one);
        for (const one of a.slice(8)) await take(client, one);
      } else if (steps) {
        for (const one of steps) await take(client, one);
      } else {
        for (const packet of raw!) {
          client.send(packet);
          // Far enough apart to be packets of their own.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const got = await client.lines(reply!.split('\n').length - 1);
        expect(`${got.join('\n')}\n`).toBe(reply);
      }
      client.destroy();
    });
  }

  test('after the driver came back the forced shutdown is still set', () => {
    connectUps(run.store, 'zeta', ZETA);
    expect(run.store.get('zeta')?.isForcedShutdown).toBe(true);
  });
});
