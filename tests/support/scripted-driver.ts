/**
 * A NUT driver that plays what real hardware seldom does. As a module: a driver of which a test holds both ends. As a
 * program (`node scripted-driver.ts -F -a NAME`): a driver that can be installed, started and killed; `writeProgram`
 * puts it into a folder. Its instant commands `play.*` make it misbehave, its port says how it begins.
 */
import { once } from 'node:events';
import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseLines, quote } from '#engine/nut/words.ts';

interface ScriptedVariable {
  value: string;
  readonly flags?: string;
  readonly length?: number;
  readonly values?: readonly string[];
  readonly ranges?: readonly (readonly [number, number])[];
}

const VARIABLES: Readonly<Record<string, ScriptedVariable>> = {
  'battery.charge': { value: '87' },
  'battery.charge.low': { value: '20', flags: 'RW NUMBER', ranges: [[10, 40], [50, 60]] }, // prettier-ignore
  'driver.flag.allow_killpower': { value: '0', flags: 'RW NUMBER' },
  'driver.name': { value: 'scripted-ups' },
  'driver.state': { value: 'quiet' },
  'driver.version': { value: '2.8.5' },
  'input.sensitivity': { value: 'high', flags: 'RW STRING', length: 8, values: ['low', 'high'] },
  'ups.id': { value: 'He said "hi" \\ #1', flags: 'RW STRING', length: 32 },
  'ups.status': { value: 'OL' },
};

const COMMANDS = [
  'driver.killpower',
  'load.off',
  'play.die',
  'play.drop',
  'play.fail',
  'play.garbage',
  'play.quotes',
  'play.resume',
  'play.silence',
  'play.stale',
  'play.unanswered',
];

export interface ScriptedDriver {
  /** Lines received, in order, over all connections. */
  readonly received: readonly string[];
  /** Waits for a line. */
  waitFor(line: string | RegExp): Promise<void>;
  /** Sends bytes as they are to everybody who is connected. */
  say(text: string): void;
  /** Ends all connections; the socket stays open for new ones. */
  drop(): void;
  close(): Promise<void>;
}

export interface ScriptedDriverOptions {
  readonly variables?: Readonly<Record<string, ScriptedVariable>>;
  /** Says this in place of everything it would say to DUMPALL. */
  readonly dump?: string;
  /** What the command play.die does; without it the command fails. */
  readonly die?: () => void;
  /** Called with each command to cut the power after a while, which it can do only with this. */
  readonly cut?: (command: string) => void;
}

/** Opens the socket of a driver. */
export async function openScriptedDriver(path: string, options: ScriptedDriverOptions = {}): Promise<ScriptedDriver> {
  const variables = new Map(Object.entries(structuredClone({ ...VARIABLES, ...options.variables })));
  const clients = new Set<Socket>();
  const received: string[] = [];
  const waiting = new Set<() => void>();
  let isSilent = false;
  let isStale = false;

  const sayTo = (socket: Socket, text: string): void => {
    if (!isSilent && socket.writable) socket.write(text, 'latin1');
  };
  const say = (text: string): void => {
    for (const client of clients) sayTo(client, text);
  };
  const drop = (): void => {
    for (const client of clients) client.destroy();
  };

  const dump = (): string => {
    const lines = [...variables]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, { value, flags, length, values = [], ranges = [] }]) => [
        `SETINFO ${name} ${quote(value)}`,
        ...values.map((one) => `ADDENUM ${name} ${quote(one)}`),
        ...ranges.map(([min, max]) => `ADDRANGE ${name} ${min} ${max}`),
        ...(length === undefined ? [] : [`SETAUX ${name} ${length}`]),
        ...(flags === undefined ? [] : [`SETFLAGS ${name} ${flags}`]),
      ]);
    const known = options.cut ? [...COMMANDS, 'load.off.delay', 'play.outage'] : COMMANDS;
    const commands = known.map((command) => `ADDCMD ${command}`);
    return [
      ...(isStale ? ['DATASTALE'] : []),
      ...lines,
      ...commands,
      ...(isStale ? [] : ['DATAOK']),
      'DUMPDONE',
      '',
    ].join('\n');
  };

  /** @returns NUT's result code; undefined: no answer */
  const act = (command: string): number | undefined => {
    switch (command) {
      case 'load.off':
        return 0;
      case 'driver.killpower':
        return variables.get('driver.flag.allow_killpower')?.value === '1' ? 0 : 2;
      case 'play.die':
        options.die?.();
        return 3;
      case 'play.drop':
        drop();
        return undefined;
      case 'play.fail':
        return 3;
      case 'play.garbage':
        say('\0\xff\xfe garbage = "x\nSETINFO\nSETINFO battery.charge\nADDRANGE ups.id a b\nTRACKING x y\n\n#\n"\n');
        return 0;
      case 'play.quotes':
        // Live lines as drivers write them: nothing is escaped.
        say('SETINFO ups.id "a"b"\nSETINFO battery.charge "88"\nSETINFO ups.id "c\\d"\nSETINFO ups.id "e"f #g"\n');
        variables.set('ups.id', { ...variables.get('ups.id'), value: 'e"f #g' });
        variables.set('battery.charge', { value: '88' });
        return 0;
      case 'play.outage':
        return set('ups.status', 'OB LB');
      case 'play.silence':
        isSilent = true;
        return undefined;
      case 'play.stale':
        isStale = true;
        say('DATASTALE\n');
        return 0;
      case 'play.resume':
        isStale = false;
        say('DATAOK\n');
        return 0;
      case 'play.unanswered':
        return undefined;
      default:
        return 1;
    }
  };

  const set = (name: string, value: string): number => {
    const variable = variables.get(name);
    if (!variable) return 1;
    if (variable.flags?.includes('NUMBER') && !/^\d+$/.test(value)) return 4;
    if (variable.value.toLowerCase() === value.toLowerCase()) return 0;
    variable.value = value;
    say(`SETINFO ${name} "${value}"\n`);
    return 0;
  };

  const obey = (socket: Socket, line: string): void => {
    received.push(line);
    for (const wake of waiting) wake();
    const words = parseLines(Buffer.from(line, 'latin1'))[0]?.words ?? [];
    const [verb, first = '', second = ''] = words;
    const id = words.at(-2) === 'TRACKING' ? words.at(-1) : undefined;
    if (verb === 'PING') sayTo(socket, 'PONG\n');
    if (verb === 'DUMPALL') sayTo(socket, options.dump ?? dump());
    if (verb === 'INSTCMD' && first === 'load.off.delay' && options.cut) {
      options.cut(line);
      sayTo(socket, `TRACKING ${id ?? ''} 0\n`);
    } else if (verb === 'INSTCMD' || verb === 'SET') {
      const code = verb === 'SET' ? set(first, second) : act(first);
      if (code !== undefined && id !== undefined) sayTo(socket, `TRACKING ${id} ${code}\n`);
    }
  };

  rmSync(path, { force: true });
  const server: Server = createServer((socket) => {
    clients.add(socket);
    let rest = '';
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clients.delete(socket));
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) obey(socket, line);
    });
  });
  server.listen(path);
  await once(server, 'listening');

  return {
    received,
    async waitFor(wanted) {
      const isThere = (): boolean =>
        received.some((line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line)));
      while (!isThere()) {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        const wake = (): void => resolve(undefined);
        waiting.add(wake);
        await promise;
        waiting.delete(wake);
      }
    },
    say,
    drop,
    async close() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * Installs it as a driver program. Its port says how it begins: `well`, `crash` (ends at once), `mute` (never opens its
 * socket), `stubborn` (does not end when asked), `cuts` (play.outage empties its battery, it can cut the power after a while and adds a line with each such
 * command to cuts.log beside it). Each start adds a line with its process id to starts.log beside it.
 * @returns path of the program
 */
export function writeProgram(folder: string, name: string): string {
  const program = join(folder, name);
  const node = `"${process.execPath}" "${import.meta.filename}"`;
  writeFileSync(
    program,
    [
      '#!/bin/sh',
      'if [ "$1" = -h ]; then echo "  -D  debug"; echo "  -F  foreground"; exit 0; fi',
      `echo "$$ $*" >> "${folder}/starts.log"`,
      'case " $* " in *" -k "*)',
      '  grep -q "port = \\"no-kill\\"" "$NUT_CONFPATH/ups.conf" && { echo "shutdown not supported" >&2; exit 1; }',
      '  exit 0;;',
      'esac',
      `SCRIPTED_FOLDER="${folder}" exec ${node} ${name} "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(program, 0o755);
  return program;
}

async function runAsProgram([name = '', ...options]: readonly string[]): Promise<void> {
  const ups = options[options.indexOf('-a') + 1] ?? '';
  const conf = readFileSync(join(process.env.NUT_CONFPATH ?? '', 'ups.conf'), 'utf8');
  const port = /port = "([^"]*)"/.exec(conf)?.[1];
  process.stdout.write(`Network UPS Tools - scripted driver\n`);
  if (port === 'crash') {
    process.stderr.write('Cannot find a UPS on this port.\n');
    process.exit(1);
  }
  process.on('SIGTERM', () => {
    if (port !== 'stubborn') process.exit(0);
  });
  if (port === 'mute') {
    await delay(3_600_000);
    return;
  }
  const path = join(process.env.NUT_STATEPATH ?? '', `${name}-${ups}`);
  await openScriptedDriver(path, {
    ...(port === 'cuts'
      ? { cut: (line) => appendFileSync(join(process.env.SCRIPTED_FOLDER ?? '', 'cuts.log'), `${line}\n`) }
      : {}),
    die: () => {
      process.stderr.write(`${basename(path)}: the device is gone for good\n`);
      process.exit(1);
    },
  });
}

if (import.meta.main) await runAsProgram(process.argv.slice(2));
