import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { asMonotonic } from '#domain/units.ts';
import type { DriverEvent, DriverOutcome } from '#engine/drivers/driver.ts';
import { DriverLineReader } from './driver-lines.ts';
import {
  initialSession,
  stepSession,
  type SessionInput,
  type SessionRequest,
  type SessionState,
} from './socket-session.ts';

interface Recordings {
  readonly recordings: readonly { readonly driver: string; readonly exchanges: readonly [string, string[]][] }[];
}
const { recordings } = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/nut/driver-socket.json', import.meta.url), 'utf8'),
) as Recordings;

const stale = new DriverError('driver/data-stale', { driver: 'x', ups: 'u' });
const lost = new DriverError('driver/socket-lost', { driver: 'x', ups: 'u' });
const settings = { maxAgeMs: 15_000, answerLimitMs: 15_000, staleError: () => stale };

/** A session with its time, its lines and what came of them. */
class Bench {
  state: SessionState = initialSession(asMonotonic(0));
  now = 0;
  sent: string[] = [];
  events: DriverEvent[] = [];
  answers: [number, DriverOutcome][] = [];
  #requests = 0;
  readonly #reader = new DriverLineReader();

  take(input: SessionInput): void {
    const step = stepSession(this.state, input, asMonotonic(this.now), settings);
    this.state = step.state;
    for (const effect of step.effects) {
      if (effect.type === 'send') this.sent.push(effect.line);
      if (effect.type === 'tell') this.events.push(effect.event);
      if (effect.type === 'answer') this.answers.push([effect.id, effect.outcome]);
    }
  }

  hear(...lines: string[]): DriverEvent[] {
    const from = this.events.length;
    this.take({ type: 'lines', lines: this.#reader.push(Buffer.from(`${lines.join('\n')}\n`, 'latin1')) });
    return this.events.slice(from);
  }

  ask(request: SessionRequest): number {
    const id = ++this.#requests;
    this.take({ type: 'request', id, request });
    return id;
  }

  wait(ms: number): string[] {
    const from = this.sent.length;
    for (let waited = 0; waited < ms; waited += 1_000) {
      this.now += 1_000;
      this.take({ type: 'tick' });
    }
    return this.sent.slice(from);
  }
}

function ready(...lines: string[]): Bench {
  const bench = new Bench();
  bench.take({ type: 'connected' });
  bench.hear(...lines, 'DATAOK', 'DUMPDONE');
  bench.events = [];
  bench.sent = [];
  return bench;
}

const types = (events: readonly DriverEvent[]): string[] => events.map((event) => event.type);

describe('the first dump', () => {
  test('is asked for as soon as there is a connection', () => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    expect(bench.sent).toEqual(['DUMPALL']);
    expect(bench.events).toEqual([{ type: 'connected' }]);
  });

  test('is told as one update when it is complete, and makes the source ready', () => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    expect(types(bench.hear('SETINFO ups.status "OL"', 'SETFLAGS ups.status RW'))).toEqual(['alive']);
    expect(bench.hear('ADDCMD load.off', 'DATAOK', 'DUMPDONE')).toEqual([
      {
        type: 'update',
        set: { 'ups.status': 'OL' },
        traits: { 'ups.status': { isWritable: true } },
        commands: ['load.off'],
      },
      { type: 'ready' },
    ]);
  });

  test('that begins with DATASTALE makes the data stale once it is complete', () => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    expect(types(bench.hear('DATASTALE', 'SETINFO ups.status "OL"'))).toEqual(['alive']);
    expect(types(bench.hear('DUMPDONE'))).toEqual(['update', 'ready', 'stale']);
  });

  test('of a driver with nothing to say makes it ready all the same', () => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    expect(types(bench.hear('DATAOK', 'DUMPDONE'))).toEqual(['ready']);
  });
});

describe('live lines', () => {
  test('of one packet are one update', () => {
    const bench = ready('SETINFO ups.status "OL"', 'SETINFO ups.load "5"');
    expect(bench.hear('SETINFO ups.status "OB"', 'DELINFO ups.load', 'ADDCMD load.on')).toEqual([
      { type: 'update', set: { 'ups.status': 'OB' }, remove: ['ups.load'], commands: ['load.on'] },
    ]);
  });

  test('that change nothing say that the driver lives', () => {
    const bench = ready('SETINFO ups.status "OL"');
    expect(bench.hear('SETINFO ups.status "OL"')).toEqual([{ type: 'alive' }]);
    expect(bench.hear('PONG')).toEqual([{ type: 'alive' }]);
  });

  test('without meaning say nothing, not even that the driver lives', () => {
    const bench = ready('SETINFO ups.status "OL"');
    expect(bench.hear('WHAT', '', 'ADDRANGE ups.status a b', '\x00\xff')).toEqual([]);
  });

  test('stale and fresh are told once each, after the values that came before them', () => {
    const bench = ready('SETINFO ups.status "OL"');
    expect(types(bench.hear('SETINFO ups.status "OB"', 'DATASTALE', 'DATASTALE'))).toEqual(['update', 'stale']);
    expect(types(bench.hear('DATAOK', 'DATAOK'))).toEqual(['fresh']);
  });
});

describe('a live line in which nothing is escaped', () => {
  test('makes the driver dump again, and the value comes out right', () => {
    const bench = ready('SETINFO ups.id "old"', 'SETINFO ups.load "5"');
    bench.wait(2_000);
    expect(bench.hear('SETINFO ups.id "a "b" #c"')).toEqual([]);
    expect(bench.wait(1_000)).toEqual(['DUMPALL']);
    expect(bench.hear('SETINFO ups.id "a \\"b\\" \\#c"', 'SETINFO ups.load "5"', 'DATAOK', 'DUMPDONE')).toEqual([
      { type: 'update', set: { 'ups.id': 'a "b" #c' } },
    ]);
  });

  test('with a backslash is not believed: it may be itself or an escape', () => {
    const bench = ready('SETINFO ups.id "old"');
    expect(bench.hear('SETINFO ups.id "a\\b"')).toEqual([{ type: 'alive' }]);
    expect(bench.wait(2_000)).toContain('DUMPALL');
    expect(bench.hear('SETINFO ups.id "a\\\\b"', 'DUMPDONE')).toEqual([{ type: 'update', set: { 'ups.id': 'a\\b' } }]);
  });

  test('again and again costs one dump a second at most', () => {
    const bench = ready('SETINFO ups.id "old"');
    let dumps = 0;
    for (let second = 0; second < 60; second++) {
      for (let line = 0; line < 20; line++) bench.hear('SETINFO ups.id "a"b"');
      const asked = bench.wait(1_000).filter((sent) => sent === 'DUMPALL').length;
      dumps += asked;
      if (asked > 0) bench.hear('SETINFO ups.id "a\\"b"', 'DUMPDONE');
    }
    expect(dumps).toBeLessThanOrEqual(60);
    expect(dumps).toBeGreaterThan(20);
  });

  test('in a dump that is broken itself does not make a loop of dumps', () => {
    const bench = ready('SETINFO ups.id "old"');
    bench.hear('SETINFO ups.id "a"b"');
    let dumps = 0;
    for (let second = 0; second < 300; second++) {
      const asked = bench.wait(1_000).filter((sent) => sent === 'DUMPALL').length;
      dumps += asked;
      if (asked > 0) bench.hear('SETINFO ups.id "a"b"', 'SETINFO ups.load "1"', 'DUMPDONE');
    }
    expect(dumps).toBeGreaterThanOrEqual(9);
    expect(dumps).toBeLessThanOrEqual(12);
  });
});

test('a second dump takes away what is gone, and live lines in it count', () => {
  const bench = ready('SETINFO a "1"', 'SETINFO b "2"', 'SETINFO ups.id "x"', 'ADDCMD load.off');
  bench.hear('SETINFO ups.id "a"b"');
  bench.wait(2_000);
  expect(bench.hear('SETINFO a "5"')).toEqual([{ type: 'update', set: { a: '5' } }]);
  expect(bench.hear('SETINFO ups.id "y"', 'DUMPDONE')).toEqual([
    { type: 'update', set: { 'ups.id': 'y' }, remove: ['b'], commands: [] },
  ]);
});

describe('silence', () => {
  test('of a third of the maximum age makes a PING, and so does each third after it', () => {
    const bench = ready();
    expect(bench.wait(4_000)).toEqual([]);
    expect(bench.wait(1_000)).toEqual(['PING']);
    expect(bench.wait(4_000)).toEqual([]);
    expect(bench.wait(1_000)).toEqual(['PING']);
  });

  test('ends with any line', () => {
    const bench = ready();
    bench.wait(4_000);
    bench.hear('PONG');
    expect(bench.wait(4_000)).toEqual([]);
  });
});

describe('requests', () => {
  const writable = ['SETINFO ups.id "x"', 'SETFLAGS ups.id RW STRING', 'SETINFO ups.mfr "m"', 'ADDCMD load.off'];

  test.each<[number, DriverOutcome]>([
    [0, 'handled'],
    [1, 'unknown'],
    [2, 'invalid'],
    [3, 'failed'],
    [4, 'conversion-failed'],
    [17, 'failed'],
    [-1, 'failed'],
  ])('result %i of the driver is %s', (code, outcome) => {
    const bench = ready(...writable);
    const id = bench.ask({ type: 'run-command', command: 'LOAD.OFF', parameter: 'a "b"' });
    expect(bench.sent).toEqual([`INSTCMD load.off "a \\"b\\"" TRACKING ridethrough-${id}`]);
    bench.hear(`TRACKING ridethrough-${id} ${code}`);
    expect(bench.answers).toEqual([[id, outcome]]);
  });

  test('a change is told before its outcome', () => {
    const bench = ready(...writable);
    const id = bench.ask({ type: 'set-variable', variable: 'ups.id', value: 'new' });
    expect(bench.sent).toEqual([`SET ups.id "new" TRACKING ridethrough-${id}`]);
    const step = stepSession(
      bench.state,
      {
        type: 'lines',
        lines: new DriverLineReader().push(Buffer.from(`SETINFO ups.id "new"\nTRACKING ridethrough-${id} 0\n`)),
      },
      asMonotonic(0),
      settings,
    );
    expect(step.effects.map((effect) => effect.type)).toEqual(['tell', 'answer']);
  });

  test('a change of letter case alone, which the driver never tells, leaves the old value', () => {
    const bench = ready(...writable);
    const id = bench.ask({ type: 'set-variable', variable: 'ups.id', value: 'X' });
    expect(types(bench.hear(`TRACKING ridethrough-${id} 0`))).toEqual(['alive']);
    expect(bench.answers).toEqual([[id, 'handled']]);
  });

  test.each<[SessionRequest, DriverOutcome]>([
    [{ type: 'run-command', command: 'driver.exit' }, 'unknown'],
    [{ type: 'set-variable', variable: 'nope', value: '1' }, 'unknown'],
    [{ type: 'set-variable', variable: 'ups.mfr', value: '1' }, 'invalid'],
    [{ type: 'set-variable', variable: 'ups.id', value: 'x'.repeat(513) }, 'invalid'],
    [{ type: 'run-command', command: 'load.off', parameter: 'x'.repeat(513) }, 'invalid'],
  ])('%j is not even sent', (request, outcome) => {
    const bench = ready(...writable);
    bench.ask(request);
    expect([bench.sent, bench.answers]).toEqual([[], [[1, outcome]]]);
  });

  test('before the first dump is complete fail', () => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    bench.ask({ type: 'run-command', command: 'load.off' });
    expect(bench.answers).toEqual([[1, 'failed']]);
  });

  test('without an answer fail in the end, and an answer after that is nobody’s', () => {
    const bench = ready(...writable);
    const id = bench.ask({ type: 'run-command', command: 'load.off' });
    bench.wait(14_000);
    expect(bench.answers).toEqual([]);
    bench.wait(1_000);
    expect(bench.answers).toEqual([[id, 'failed']]);
    bench.hear(`TRACKING ridethrough-${id} 0`, 'TRACKING somebody-else 0', 'TRACKING ridethrough- 0');
    expect(bench.answers).toHaveLength(1);
  });

  test('under way fail when the connection is lost', () => {
    const bench = ready(...writable);
    const id = bench.ask({ type: 'run-command', command: 'load.off' });
    bench.take({ type: 'disconnected', error: lost });
    expect(bench.answers).toEqual([[id, 'failed']]);
    expect(bench.events).toEqual([{ type: 'disconnected', error: lost }]);
  });

  test.each(['2.7.4', '2.6', '1.99'])('a driver of NUT %s, which cannot answer, is told and believed', (version) => {
    const bench = ready(...writable, `SETINFO driver.version "${version}"`);
    bench.ask({ type: 'run-command', command: 'load.off' });
    expect([bench.sent, bench.answers]).toEqual([['INSTCMD load.off'], [[1, 'handled']]]);
  });

  test.each(['2.8.0', '2.10.1', '3.0', 'Windows-2.8', ''])('a driver of version "%s" is asked to answer', (version) => {
    const bench = ready(...writable, `SETINFO driver.version "${version}"`);
    bench.ask({ type: 'run-command', command: 'load.off' });
    expect(bench.sent[0]).toContain('TRACKING');
  });
});

describe('recordings of real drivers', () => {
  const dumps = recordings.flatMap(({ driver, exchanges }) =>
    exchanges.filter(([sent]) => sent === 'DUMPALL').map(([, lines]) => ({ driver, lines })),
  );

  test.each(dumps)('a dump of $driver gives the variables it names', ({ lines }) => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    const [update, event] = bench.hear(...lines);
    expect(event).toEqual({ type: 'ready' });
    const names = lines.flatMap((line) => /^SETINFO (\S+)/.exec(line)?.[1] ?? []);
    const commands = lines.flatMap((line) => /^ADDCMD (\S+)/.exec(line)?.[1] ?? []);
    expect(update).toMatchObject({ type: 'update', commands });
    expect(Object.keys((update as { set: object }).set)).toEqual(names);
  });

  test('the description with a number sign of snmp-ups is whole', () => {
    const bench = new Bench();
    bench.take({ type: 'connected' });
    expect(bench.hear(...dumps.at(-1)!.lines)[0]).toMatchObject({
      set: { 'device.description': 'Linux vm 6.18 #1 SMP PREEMPT_DYNAMIC @0 x86_64' },
    });
  });

  test.each(recordings.map(({ driver, exchanges }) => ({ driver, exchanges })))(
    'everything $driver answers is understood, but for the lines that are not escaped',
    ({ exchanges }) => {
      const lines = exchanges.flatMap(([, answer]) => answer).filter((line) => line !== '<EOF>');
      const unknown = new DriverLineReader()
        .push(Buffer.from(lines.map((line) => `${line}\n`).join('')))
        .filter((line) => line.says === undefined)
        .map((line) => line.text);
      expect(unknown.filter((line) => !/^SETINFO \S+ ".*["#\\].*"$/.test(line))).toEqual([]);
    },
  );
});

test('whatever lines come, what was told adds up to what the driver has', () => {
  const name = fc.constantFrom('ups.status', 'ups.id', 'UPS.ID', 'battery.charge');
  const value = fc.constantFrom('1', '2', 'a\\"b', '');
  const line = fc.oneof(
    fc.tuple(name, value).map(([variable, text]) => `SETINFO ${variable} "${text}"`),
    name.map((variable) => `DELINFO ${variable}`),
    name.map((variable) => `SETFLAGS ${variable} RW`),
    fc.constantFrom(
      'ADDCMD a',
      'DELCMD a',
      'ADDCMD b',
      'DATAOK',
      'DATASTALE',
      'DUMPDONE',
      'PONG',
      'SETINFO ups.id "x"y"',
      'zzz',
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.constant('TICK'))), (lines) => {
      const bench = new Bench();
      bench.take({ type: 'connected' });
      for (const text of [...lines, 'DUMPDONE']) {
        if (text === 'TICK') bench.wait(2_000);
        else bench.hear(text);
      }
      const told = new Map<string, string>();
      let commands: readonly string[] = [];
      for (const event of bench.events) {
        if (event.type !== 'update') continue;
        for (const [key, text] of Object.entries(event.set ?? {})) told.set(key.toLowerCase(), text);
        for (const key of event.remove ?? []) told.delete(key.toLowerCase());
        commands = event.commands ?? commands;
      }
      const { data } = bench.state;
      expect(told).toEqual(new Map([...data.variables].map(([key, variable]) => [key, variable.value])));
      expect([...commands].sort()).toEqual([...data.commands.values()].sort());
    }),
  );
});
