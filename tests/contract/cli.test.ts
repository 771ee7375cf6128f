/** Commands of the program from the outside: words in, text and exit status out; and its web interface and launcher. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { findProgram } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';
import { writeProgram } from '#tests/support/scripted-driver.ts';
import {
  buildProgram,
  childrenOf,
  CLI,
  createNutFolder,
  isListening,
  LAUNCHER,
  type NutFolder,
  ridethrough,
  type RunningProgram,
  startProgram,
  until,
} from '#tests/support/served-program.ts';

const DEMO = '[demo]\n driver = demo\n port = auto\n';
let folder: NutFolder | undefined;
const running: RunningProgram[] = [];

beforeAll(buildProgram);
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.end('SIGKILL')));
  await folder?.remove();
  folder = undefined;
});

async function prepare(files: Readonly<Record<string, string>> = { 'ups.conf': DEMO }): Promise<NutFolder> {
  folder = await createNutFolder(files);
  return folder;
}

function start(args: readonly string[], options?: Parameters<typeof startProgram>[1]): RunningProgram {
  const program = startProgram(args, options);
  running.push(program);
  return program;
}

describe('the words of a call', () => {
  test.each(['serve', 'scan', 'record', 'config', 'doctor', 'log', 'export', 'upsc', 'upscmd', 'upsrw'])(
    '%s --help helps',
    async (command) => {
      const { status, stdout } = await ridethrough([command, '--help']);
      expect(status).toBe(0);
      expect(stdout).toMatch(/usage:/i);
    },
  );

  test('a negative number is a value, which is refused or taken like any other', async () => {
    const { data } = await prepare();
    const ups = ['ups.0.identifier', 'ups', 'ups.0.driver', 'demo', 'ups.0.port', 'auto'];
    const set = (...words: string[]) => ridethrough(['config', 'set', ...words, '--data-dir', data]);
    expect(await set(...ups, 'ups.0.shutdowntimer', '-5')).toEqual({
      status: 78,
      stdout: '',
      stderr: 'ups.0.shutdowntimer cannot be "-5". (Write a number from 0.)\n',
    });
    expect(await set(...ups, 'ups.0.options', '-5')).toMatchObject({ status: 78 });
    expect(await set(...ups, 'ups.0.description', '-5')).toMatchObject({ status: 0 });
    expect((await ridethrough(['config', 'get', 'ups.0.description', '--data-dir', data])).stdout).toBe('-5\n');
    expect(await set('ups.0.description', '-x')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'ridethrough config: there is no option -x; a value that begins with a dash stands behind "--"\nTry "ridethrough config --help".\n',
    });
  });

  test('a configuration error begins with its place, status 78', async () => {
    const { data, conf } = await prepare();
    const at = (name: string) => join(data, name);
    await mkdir(data, { recursive: true });
    const refused = async (file: string, text: string, place: RegExp, ...words: string[]) => {
      await writeFile(file, text, { mode: 0o600 });
      const { status, stdout, stderr } = await ridethrough(['config', ...words, '--data-dir', data]);
      expect([status, stdout]).toEqual([78, '']);
      expect(stderr.slice(0, file.length)).toBe(file);
      expect(stderr.slice(file.length)).toMatch(place);
    };
    const truenas = ['import', '--truenas', at('ups.json')];
    await refused(
      at('ups.json'),
      '{\n "identifier": "ups",\n}',
      /^:3: this cannot be moved in: it is no JSON\. \(/,
      ...truenas,
    );
    await refused(at('ups.json'), '{"a": 1}', /^:1: this cannot be moved in: it is not the configuration/, ...truenas);
    const wrong = '{\n "identifier": "ups", "driver": "usbhid-ups", "port": "auto",\n "remoteport": 0}';
    await refused(at('ups.json'), wrong, /^:3: remoteport: this cannot be used \(/, ...truenas);
    const accounts = '[upsmon]\npassword = x\n\n["n as"]\npassword = y\n';
    await refused(join(conf, 'upsd.users'), accounts, /^:4: this is no section title \(/, 'import', '--nut-conf', conf);
    await refused(at('settings.json'), '{\n\n"version": 99}', /^:3: this was written by a newer version\. \(/, 'get');
    await refused(at('settings.json'), '{"ups": [', /^:1: /, 'get');
    const ups =
      '{"version": 2, "ups": [\n{"id": "a", "identifier": "ups", "driver": "usbhid-ups", "port": "auto",\n"options": "lowbat"}]}';
    await refused(
      at('settings.json'),
      ups,
      /^:3: ups\.0\.options, line 1: lowbat is no option/,
      'export',
      '--nut-conf',
      at('out'),
    );
    await rm(at('settings.json'));
    const gone = await ridethrough(['config', 'import', '--truenas', at('gone.json'), '--data-dir', data]);
    expect(gone).toMatchObject({
      status: 78,
      stderr: expect.stringMatching(/gone\.json:1: Cannot read .*\(Check/) as string,
    });
  });

  test('help names every command, and the version is told', async () => {
    for (const word of ['--help', '-h', 'help']) {
      const { status, stdout, stderr } = await ridethrough([word]);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^ {2}serve .*\n(?: {2}\w+ .*\n)+/m);
    }
    expect(await ridethrough(['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ridethrough \d/) as string,
    });
  });

  test.each([
    [[]],
    [['nosuch']],
    [['__proto__']],
    [['serve', '--nosuch']],
    [['serve', 'word']],
    [['serve', '--nut-conf']],
    [['serve', '--demo', '--nut-conf', '.']],
    [['serve', '--no-web', '--web', '127.0.0.1:1']],
    [['serve', '--web', 'nowhere']],
    [['serve', '--web', '127.0.0.1:99999']],
    [['scan', 'word']],
    [['scan', '--nosuch']],
    [['scan', '--network', '10.0.0.0/8']],
    [['scan', '--community', 'public']],
    [['record']],
    [['record', '--out', 'x', '--seconds', 'long']],
    [['log', 'word']],
    [['log', '--since', 'yesterday']],
    [['export']],
    [['export', '--out', 'x.csv', '--from', '1h', '--to', '2h']],
    [['config']],
    [['config', 'nosuch', '--nut-conf', '.']],
  ])('%j is wrong usage: status 2, told without a stack', async (args: string[]) => {
    const { status, stdout, stderr } = await ridethrough(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--help/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

test.skipIf(process.platform === 'win32')('a command whose output nobody reads any more ends in silence', async () => {
  const program = start(['--help']);
  program.child.stdout.destroy();
  expect(await program.ended).toBe(141); // what shells show of NUT's own, which SIGPIPE ends
  expect(program.stderr()).toBe('');
});

describe('scan', () => {
  test('--json prints a list and nothing else', async () => {
    const { status, stdout } = await ridethrough(['scan', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeInstanceOf(Array);
  });

  test('--network asks the addresses it is given, and says what it does', async () => {
    const { status, stdout, stderr } = await ridethrough(['scan', '--json', '--network', '127.0.0.1']);
    expect([status, JSON.parse(stdout) instanceof Array]).toEqual([0, true]);
    expect(stderr).toContain('Asking 1 address');
  });
});

describe('config check', () => {
  test('says that a folder is usable, and how many UPSes are in it', async () => {
    const { conf } = await prepare();
    const { status, stdout, stderr } = await ridethrough(['config', 'check', '--nut-conf', conf]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`${conf}: usable, 1 UPS\n`);
  });

  test('tells what serve would refuse, everything at once with its lines', async () => {
    const { conf } = await prepare({
      'ups.conf': `${DEMO}[a]\n driver = usbhid-usp\n port = auto\n[b]\n driver = usbhid-ups\n port = recording:nowhere\n`,
      'upsd.conf': 'LISTEN 0.0.0.0\nLISTEN 127.0.0.1 99999\nCERTFILE no.pem\n',
      'upsd.users': '[upsmon]\n password = fixmepass\n upsmon primary\n',
    });
    const { status, stdout, stderr } = await ridethrough(['config', 'check', '--nut-conf', conf]);
    expect([status, stdout]).toEqual([78, '']);
    const lines = stderr.trim().split('\n');
    expect(lines.map((line) => line.slice(conf.length + 1).split(': ')[0])).toEqual([
      'ups.conf:4',
      'ups.conf:7',
      'upsd.conf:2',
      'upsd.conf:3',
      'upsd.users:1',
    ]);
    expect(lines[0]).toContain('usbhid-ups');
  });

  test('a folder that is not there is a configuration error', async () => {
    const { status, stderr } = await ridethrough(['config', 'check', '--nut-conf', join(tmpdir(), 'no-such-folder')]);
    expect(status).toBe(78);
    expect(stderr).toContain('no-such-folder');
  });
});

describe('the web interface of serve', () => {
  async function served(...more: string[]) {
    const where = await prepare();
    const program = start([
      'serve',
      '--nut-conf',
      where.conf,
      '--data-dir',
      where.data,
      '--web',
      '127.0.0.1:0',
      ...more,
    ]);
    const link = /web=(\S+)$/.exec(await program.ready())?.[1] ?? '';
    return { where, program, link: new URL(link) };
  }

  test('lets in by the link of the ready line, shows health and metrics, and keeps the token out of the log', async () => {
    const { program, link } = await served();
    const entry = await fetch(link, { redirect: 'manual' });
    expect(entry.status).toBe(303);
    expect(entry.headers.get('location')).toBe('/');
    expect(entry.headers.get('set-cookie')).toMatch(/HttpOnly/);
    const health = await fetch(new URL('/healthz', link));
    expect(await health.json()).toMatchObject({ status: 'ok', ups: { demo: 'available' } });
    const metrics = await (await fetch(new URL('/metrics', link))).text();
    expect(metrics).toMatch(/^# HELP /m);
    await program.end();
    expect(program.stderr()).not.toContain(link.searchParams.get('token'));
  });

  /** Modules of Node that a service has loaded by its end. */
  async function modulesOf(...more: string[]): Promise<readonly string[]> {
    const where = await prepare();
    const list = join(where.conf, 'modules');
    const tell = `process.on('exit', () => process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join()))`;
    const program = start(['serve', '--nut-conf', where.conf, '--data-dir', where.data, ...more], {
      command: [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(tell)}`, CLI],
    });
    await program.ready();
    await program.end();
    return (await readFile(list, 'utf8')).split(',');
  }

  test("a service loads Node's web server only where it has pages, and its web client not at all", async () => {
    const client = 'NativeModule internal/deps/undici/undici';
    const withPages = await modulesOf('--web', '127.0.0.1:0');
    expect(withPages).toContain('NativeModule _http_server');
    expect(withPages).not.toContain(client);
    const without = await modulesOf('--no-web');
    expect(without).toContain('NativeModule net');
    expect(without).not.toContain(client);
    expect(without).not.toContain('NativeModule _http_server');
  });

  test('ends at once with a page open that no longer answers', async () => {
    const { program, link } = await served();
    const cookie = (await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')?.split(';')[0] ?? '';
    const socket = new WebSocket(`ws://${link.host}/socket`, { headers: { cookie } });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.pause();
    expect(await program.end()).toBe(0);
    expect(await isListening(Number(link.port))).toBe(false);
    socket.terminate();
  });

  test('a second program on the same web address fails with one message', async () => {
    const { link } = await served();
    const second = await ridethrough(['serve', '--demo', '--data-dir', (await prepare()).data, '--web', link.host]);
    expect([second.status, second.stdout]).toEqual([1, '']);
    expect(second.stderr.match(/port is in use/g)).toHaveLength(1);
    expect(second.stderr).toContain(link.host);
  });

  test('another address than loopback is refused as long as there is no password', async () => {
    const second = await ridethrough(['serve', '--demo', '--data-dir', (await prepare()).data, '--web', '0.0.0.0:0']);
    expect([second.status, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toContain('password');
  });
});

const systemNode = await findProgram('/usr/bin/node');

describe.skipIf(process.platform === 'win32')("the launcher under the running Node and under the system's", () => {
  const nodes = [process.execPath, ...(systemNode === undefined ? [] : [systemNode])];

  test.each(nodes)('%s: passes words, output and exit status on', async (node) => {
    const cwd = await mkdtemp(join(tmpdir(), 'ridethrough-'));
    const call = (...args: string[]) => runProgram(node, [LAUNCHER, ...args], { cwd });
    try {
      expect(await call('--version')).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^ridethrough \d/) as string,
      });
      expect(await call('serve', '--nosuch')).toMatchObject({ status: 2 });
      expect(await call('config', 'check', '--nut-conf', 'nowhere')).toMatchObject({ status: 78 });
      expect(await call('upsc', 'ups@127.0.0.1:1')).toMatchObject({ status: 1 });
    } finally {
      await rm(cwd, { recursive: true });
    }
  });

  test.each(nodes.flatMap((node) => (['SIGTERM', 'SIGINT'] as const).map((signal) => [node, signal] as const)))(
    '%s: %s ends the program and leaves none behind',
    async (node, signal) => {
      const where = await prepare();
      const words = ['serve', '--nut-conf', where.conf, '--data-dir', where.data, '--no-web'];
      const program = start(words, { command: [node, LAUNCHER] });
      await program.ready();
      const children = await childrenOf(program.pid);
      program.child.kill('SIGHUP');
      await program.logged('Configuration read again');
      expect(await program.end(signal)).toBe(0);
      expect(await isListening(where.port)).toBe(false);
      for (const child of children) expect(() => process.kill(child, 0)).toThrow('ESRCH');
    },
  );

  test.runIf(process.platform === 'linux').each(
    nodes.flatMap((node) => [
      { node, asked: undefined, handedOn: [] },
      { node, asked: '2', handedOn: ['MALLOC_ARENA_MAX=2'] },
    ]),
  )(
    '$node: what it asks of memory itself is not handed on to drivers, what was asked of it ($asked) is',
    async ({ node, asked, handedOn }) => {
      const where = await prepare({ 'ups.conf': '[ups]\n driver = scripted-ups\n port = any\n' });
      const driver = writeProgram(where.conf, 'scripted-ups');
      const program = start(['serve', '--nut-conf', where.conf, '--data-dir', where.data, '--no-web'], {
        command: [node, LAUNCHER],
        env: { NUT_DRIVERPATH: where.conf, MALLOC_ARENA_MAX: asked },
      });
      await program.ready();
      const starts = join(dirname(driver), 'starts.log');
      await until('the driver runs', async () => (await readFile(starts, 'utf8').catch(() => '')) !== '');
      const [, pid = ''] = /^(\d+) /.exec(await readFile(starts, 'utf8')) ?? [];
      const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
      expect(environment).toContain(`NUT_DRIVERPATH=${where.conf}`);
      expect(environment.filter((word) => /^(?:MALLOC_|UV_|RIDETHROUGH_(?:ONE|HANDED))/.test(word))).toEqual(handedOn);
    },
  );

  test.each(nodes)('%s: a program ended by force counts as ended by that signal', async (node) => {
    const where = await prepare();
    const words = ['serve', '--nut-conf', where.conf, '--data-dir', where.data, '--no-web'];
    const program = start(words, { command: [node, LAUNCHER] });
    await program.ready();
    const [child = program.pid] = await childrenOf(program.pid);
    process.kill(child, 'SIGKILL');
    expect(await program.ended).toBe('SIGKILL');
    await until('port closed', async () => !(await isListening(where.port)));
  });

  test.each(nodes)('%s: a launcher ended by force takes the program with it, in order', async (node) => {
    const where = await prepare();
    const words = ['serve', '--nut-conf', where.conf, '--data-dir', where.data, '--no-web'];
    const program = start(words, { command: [node, LAUNCHER] });
    await program.ready();
    const children = await childrenOf(program.pid);
    expect(await program.end('SIGKILL')).toBe('SIGKILL');
    await until('port closed', async () => !(await isListening(where.port)));
    await until('no process left', () => children.every((child) => !isRunning(child)));
    if (children.length > 0) expect(program.stderr()).toContain('Ending on SIGTERM');
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
}
