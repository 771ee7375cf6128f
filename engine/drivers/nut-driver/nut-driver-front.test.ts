import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Driver, DriverEvent } from '#engine/drivers/driver.ts';
import type { Log } from '#engine/ports.ts';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import type { DriverProcess, DriverSocket, NutDriverHost, ProcessExit, ProcessOrder, SocketAnswer } from './host.ts';
import { createNutDriverFront, type NutDriverFrontParams } from './nut-driver-front.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

class FakeProcess implements DriverProcess {
  readonly pid: number;
  readonly order: ProcessOrder;
  readonly exited: Promise<ProcessExit>;
  readonly signals: string[] = [];
  hears: (line: string) => void = () => undefined;
  end: (exit: ProcessExit) => void;
  isStubborn = false;

  constructor(pid: number, order: ProcessOrder) {
    this.pid = pid;
    this.order = order;
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    this.exited = promise;
    this.end = resolve;
  }
  onLine(receive: (line: string) => void): void {
    this.hears = receive;
  }
  signal(signal: 'SIGTERM' | 'SIGKILL'): boolean {
    this.signals.push(signal);
    if (!this.isStubborn || signal === 'SIGKILL') this.end({ status: undefined, reason: signal });
    return true;
  }
}

class FakeSocket implements DriverSocket {
  readonly sent: string[] = [];
  receive: (bytes: Uint8Array) => void = () => undefined;
  lose: () => void = () => undefined;
  isClosed = false;
  onBytes(receive: (bytes: Uint8Array) => void): void {
    this.receive = receive;
  }
  onClosed(closed: () => void): void {
    this.lose = closed;
  }
  send(line: string): void {
    this.sent.push(line);
  }
  close(): void {
    this.isClosed = true;
  }
  say(...lines: string[]): void {
    this.receive(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }
}

/** A computer with a driver program, of which the test says what happens to it. */
class FakeHost implements NutDriverHost {
  /** Paths on which somebody listens. */
  readonly listening = new Map<string, FakeSocket | 'denied' | 'hidden'>();
  readonly starts: FakeProcess[] = [];
  /** What happens when the driver is started. */
  whenStarted: (process: FakeProcess) => void = () => undefined;
  /** What -k ends with. */
  killPowerStatus = 1;
  help = ['-D  debug', '-F  foreground'];

  openSocket(path: string): Promise<SocketAnswer> {
    const found = this.listening.get(path);
    if (typeof found === 'string') return Promise.resolve({ ok: false, reason: found, text: 'EACCES' });
    return Promise.resolve(
      found && !found.isClosed ? { ok: true, socket: found } : { ok: false, reason: 'absent', text: 'ENOENT' },
    );
  }

  startProcess(order: ProcessOrder): DriverProcess {
    // Far above any process id, so that nothing real is ever meant.
    const process = new FakeProcess(2 ** 30 + this.starts.length, order);
    if (order.arguments.includes('-h')) {
      queueMicrotask(() => {
        for (const line of this.help) process.hears(line);
        process.end({ status: 0, reason: undefined });
      });
    } else if (order.arguments.includes('-k')) {
      this.starts.push(process);
      process.end({ status: this.killPowerStatus, reason: undefined });
    } else {
      this.starts.push(process);
      queueMicrotask(() => this.whenStarted(process));
    }
    return process;
  }
}

let folder: string;
let clock: FakeClock;
let host: FakeHost;
let events: DriverEvent[];
let driver: Driver;
let socketPath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nut-front-'));
  await writeFile(join(folder, 'belkin'), '', { mode: 0o755 });
  clock = createFakeClock();
  host = new FakeHost();
  events = [];
  socketPath = join(folder, 'belkin-office');
});
afterEach(async () => {
  await driver.stop();
  await rm(folder, { recursive: true, force: true });
});

function start(more: Partial<NutDriverFrontParams> = {}, options: Record<string, string | true> = {}): void {
  driver = createNutDriverFront({
    config: { name: 'office', driver: 'belkin', port: '/dev/ttyS0', options },
    statePath: folder,
    driverPath: folder,
    confDir: undefined,
    runFolder: join(folder, 'run'),
    environment: {},
    clock,
    log: quiet,
    sink: (event) => events.push(event),
    host,
    ...more,
  });
  driver.start();
}

/**
 * Lets time pass in steps until something is so. No time passes while nobody waits for the clock: then a real file is
 * being read or written.
 */
async function until(isSo: () => boolean, stepMs = 250, limitMs = 600_000): Promise<void> {
  for (let passed = 0; passed <= limitMs; passed += stepMs) {
    for (let turn = 0; turn < 10 && !isSo(); turn++) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 2_000 && !isSo() && clock.pending === 0; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (isSo()) return;
    await clock.advance(stepMs);
  }
  throw new Error(`it did not come to that; events: ${JSON.stringify(events)}`);
}

const types = (): string[] => events.map((event) => event.type);
const lastError = (): string | undefined =>
  events.flatMap((event) => (event.type === 'disconnected' ? [event.error.message] : [])).at(-1);
const begins = (): number[] => host.starts.map((process) => process.order.arguments.length);

const DUMP = ['SETINFO ups.status "OL"', 'SETINFO driver.version "2.8.5"', 'ADDCMD load.off', 'DATAOK', 'DUMPDONE'];

describe('a driver that runs already', () => {
  test('is used as it is, and left running', async () => {
    const socket = new FakeSocket();
    host.listening.set(socketPath, socket);
    start();
    await until(() => socket.sent.includes('DUMPALL'));
    socket.say(...DUMP);
    expect(types()).toEqual(['connected', 'update', 'ready']);
    await driver.stop();
    expect(socket.isClosed).toBe(true);
    expect(host.starts).toEqual([]);
    expect(types()).toEqual(['connected', 'update', 'ready']);
  });

  test('that goes away is waited for before one of ours is started', async () => {
    const socket = new FakeSocket();
    host.listening.set(socketPath, socket);
    start();
    await until(() => types().includes('connected'));
    host.listening.delete(socketPath);
    socket.lose();
    await until(() => types().includes('disconnected'));
    await clock.advance(15_000);
    expect(begins()).toEqual([]);
    await until(() => host.starts.length === 1);
  });

  test('that comes back is used again', async () => {
    const socket = new FakeSocket();
    host.listening.set(socketPath, socket);
    start();
    await until(() => types().includes('connected'));
    const next = new FakeSocket();
    host.listening.set(socketPath, next);
    socket.lose();
    await until(() => next.sent.includes('DUMPALL'));
    expect(types()).toEqual(['connected', 'disconnected', 'connected']);
    expect(host.starts).toEqual([]);
  });

  test('and whose socket is closed to us is told, and no second one is started', async () => {
    host.listening.set(socketPath, 'denied');
    start();
    await until(() => types().includes('disconnected'));
    await clock.advance(120_000);
    expect(lastError()).toContain(socketPath);
    expect(host.starts).toEqual([]);
    expect(types()).toEqual(['disconnected']);
  });

  test('cannot be ruled out in a configured folder that is closed to us', async () => {
    host.listening.set(socketPath, 'hidden');
    start();
    await until(() => types().includes('disconnected'));
    expect(lastError()).toContain(socketPath);
    expect(host.starts).toEqual([]);
  });

  test('is not looked for in usual folders that are closed to us', async () => {
    host.listening.set('/run/nut/belkin-office', 'hidden');
    start({ statePath: undefined });
    await until(() => host.starts.length === 1);
  });

  test('and appears while ours fails to start is used at once', async () => {
    host.whenStarted = (process) => process.end({ status: 1, reason: undefined });
    start({}, { retrydelay: '600' });
    await until(() => types().includes('disconnected'));
    const socket = new FakeSocket();
    host.listening.set(socketPath, socket);
    const before = clock.monotonic();
    await until(() => types().includes('connected'));
    expect(clock.monotonic() - before).toBeLessThan(5_000);
  });
});

describe('a driver of ours', () => {
  test('is started with a private configuration, served, and stopped without a trace', async () => {
    const socket = new FakeSocket();
    let conf = '';
    let mode = 0;
    host.whenStarted = (process) => {
      const file = join(process.order.environment.NUT_CONFPATH ?? '', 'ups.conf');
      void Promise.all([readFile(file, 'utf8'), stat(file)]).then(([text, facts]) => {
        conf = text;
        mode = facts.mode & 0o777;
        host.listening.set(join(process.order.environment.NUT_STATEPATH ?? '', 'belkin-office'), socket);
      });
    };
    start({ statePath: undefined, environment: { NUT_STATEPATH: undefined } }, { password: 'secret' });
    await until(() => socket.sent.includes('DUMPALL'));
    socket.say(...DUMP);
    expect(types()).toEqual(['connected', 'update', 'ready']);
    const [process] = host.starts;
    expect(process?.order.arguments.slice(0, 3)).toEqual(['-F', '-a', 'office']);
    expect(process?.order.arguments.join(' ')).not.toContain('secret');
    expect(conf).toContain('password = "secret"');
    expect(mode).toBe(0o600);
    await driver.stop();
    expect(process?.signals).toEqual(['SIGTERM']);
    expect(await readdir(join(folder, 'run'))).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('reads its section of NUT’s own ups.conf where there is one', async () => {
    await writeFile(join(folder, 'ups.conf'), '[office]\ndriver=belkin\nport=/dev/ttyS0\n');
    start({ confDir: folder });
    await until(() => host.starts.length === 1);
    expect(host.starts[0]?.order.environment).toMatchObject({ NUT_CONFPATH: folder, NUT_STATEPATH: folder });
  });

  test('that knows no -F is kept in the foreground by -D', async () => {
    host.help = ['-D  debug'];
    start();
    await until(() => host.starts.length === 1);
    expect(host.starts[0]?.order.arguments[0]).toBe('-D');
  });

  test('that ends at once is started again after longer and longer pauses, with the reason told once', async () => {
    const at: number[] = [];
    host.whenStarted = (process) => {
      at.push(clock.monotonic());
      process.hears('Network UPS Tools - Belkin');
      process.hears('Unable to open /dev/ttyS0: No such file or directory');
      process.end({ status: 1, reason: undefined });
    };
    start();
    await until(() => at.length === 8);
    const pauses = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 1_000));
    for (const [index, least] of [5, 10, 20, 40, 60, 60, 60].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(least);
      expect(pauses[index]).toBeLessThanOrEqual(least + 5);
    }
    expect(types()).toEqual(['disconnected']);
    expect(lastError()).toContain('Unable to open /dev/ttyS0');
  });

  test('that opens no socket in time is ended, by force if it must be', async () => {
    host.whenStarted = (process) => {
      process.isStubborn = true;
    };
    start({}, { maxstartdelay: '10' });
    await until(() => types().includes('disconnected'));
    expect(host.starts[0]?.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(lastError()).toContain('no socket within 10 s');
  });

  test('that dies is told with its last words, fails what was asked of it, and is started again', async () => {
    const sockets: FakeSocket[] = [];
    host.whenStarted = () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      host.listening.set(socketPath, socket);
    };
    start();
    await until(() => sockets[0]?.sent.includes('DUMPALL') === true);
    sockets[0]?.say(...DUMP);
    const asked = driver.runCommand('load.off');
    host.listening.delete(socketPath);
    host.starts[0]?.hears('Fatal error: the cable was cut');
    host.starts[0]?.end({ status: 1, reason: undefined });
    sockets[0]?.lose();
    await until(() => types().includes('disconnected'));
    expect(await asked).toBe('failed');
    expect(lastError()).toContain('the cable was cut');
    await until(() => sockets[1]?.sent.includes('DUMPALL') === true);
    expect(types()).toEqual(['connected', 'update', 'ready', 'disconnected', 'connected']);
  });

  test('that only lost its socket is connected to again, not started again', async () => {
    const socket = new FakeSocket();
    host.whenStarted = () => host.listening.set(socketPath, socket);
    start();
    await until(() => types().includes('connected'));
    const next = new FakeSocket();
    host.listening.set(socketPath, next);
    socket.lose();
    await until(() => next.sent.includes('DUMPALL'));
    expect(host.starts).toHaveLength(1);
    expect(host.starts[0]?.signals).toEqual([]);
  });

  test('that is not installed is told with its package and looked for again', async () => {
    start({ driverPath: join(folder, 'later') });
    await until(() => types().includes('disconnected'));
    expect(lastError()).toContain('not installed');
    await rm(join(folder, 'later'), { recursive: true, force: true });
    await clock.advance(60_000);
    expect(types()).toEqual(['disconnected']);
  });

  test('with a name that is a path is never started', async () => {
    start({ config: { name: 'office', driver: '../belkin', port: 'x', options: {} } });
    await until(() => types().includes('disconnected'));
    expect(host.starts).toEqual([]);
  });

  test('is stopped while it is being started', async () => {
    start();
    await until(() => host.starts.length === 1);
    await driver.stop();
    expect(host.starts[0]?.signals).toEqual(['SIGTERM']);
    expect(clock.pending).toBe(0);
  });
});

describe('cutting the power', () => {
  const asking = ['SETINFO driver.flag.allow_killpower "0"', 'SETFLAGS driver.flag.allow_killpower RW NUMBER', 'ADDCMD driver.killpower', ...DUMP]; // prettier-ignore

  test('is asked of the driver that runs', async () => {
    const socket = new FakeSocket();
    host.listening.set(socketPath, socket);
    start();
    await until(() => types().includes('connected'));
    socket.say(...asking);
    const outcome = driver.killPower();
    await until(() => socket.sent.some((line) => line.startsWith('SET driver.flag.allow_killpower "1"')));
    socket.say('TRACKING ridethrough-1 0');
    await until(() => socket.sent.some((line) => line.startsWith('INSTCMD driver.killpower')));
    socket.say('TRACKING ridethrough-2 0');
    expect(await outcome).toBe('handled');
    expect(host.starts).toEqual([]);
  });

  test('is done by the program where the driver does not know how, and the driver stays stopped', async () => {
    host.killPowerStatus = 0;
    const socket = new FakeSocket();
    host.whenStarted = () => host.listening.set(socketPath, socket);
    start();
    await until(() => types().includes('connected'));
    socket.say(...DUMP);
    expect(await driver.killPower()).toBe('handled');
    expect(host.starts.map(({ order }) => order.arguments)).toEqual([
      expect.arrayContaining(['-F', '-a']) as string[],
      expect.arrayContaining(['-a', 'office', '-k']) as string[],
    ]);
    expect(host.starts[0]?.signals).toEqual(['SIGTERM']);
    await clock.advance(120_000);
    expect(host.starts).toHaveLength(2);
    expect(types().at(-1)).toBe('disconnected');
  });

  test('that the program refuses has failed, and the driver runs again', async () => {
    const socket = new FakeSocket();
    host.whenStarted = () => host.listening.set(socketPath, socket);
    start();
    await until(() => types().includes('connected'));
    socket.say(...DUMP);
    expect(await driver.killPower()).toBe('failed');
    host.listening.delete(socketPath);
    await until(() => host.starts.length === 3);
    expect(host.starts[2]?.order.arguments).not.toContain('-k');
  });

  test('works after the driver was stopped', async () => {
    host.killPowerStatus = 0;
    start();
    await driver.stop();
    expect(await driver.killPower()).toBe('handled');
  });

  test('fails without a program', async () => {
    start({ driverPath: join(folder, 'none') });
    expect(await driver.killPower()).toBe('failed');
  });
});
