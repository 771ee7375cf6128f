/** NUT's own clients and libraries, and TLS tools, against our server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endProcess } from '#tests/support/end-process.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '#tests/support/nut-server.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram } from '#tests/support/run-program.ts';

// Debian's own Python, which is the one that finds the packaged PyNUT.
const PYTHON = '/usr/bin/python3';
const UPSMON = '/lib/nut/upsmon';
const clients = await ensurePrograms([
  { program: 'upsc', package: 'nut-client' },
  { program: 'upslog', package: 'nut-client' },
  { program: UPSMON, package: 'nut-client' },
]);
const python = await ensurePrograms([{ program: '/usr/lib/python3/dist-packages/PyNUT.py', package: 'python3-nut' }]);
const cxx = await ensurePrograms([
  { program: 'g++', package: 'g++' },
  { program: '/usr/include/nutclient.h', package: 'libnutclient-dev' },
]);
const openssl = await ensurePrograms([{ program: 'openssl', package: 'openssl' }]);

let folder = '';
let run: TestServer;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nut-clients-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await endProcess(child);
  await run.stop();
  await rm(folder, { recursive: true, force: true });
});

const office = {
  variables: { 'ups.status': 'OL', 'battery.charge': '90', 'ups.delay.start': '30', 'input.voltage': '230.1' },
  traits: { 'ups.delay.start': { isWritable: true, kind: 'string', maxLength: 8 } },
  commands: ['beeper.mute', 'load.off'],
  description: 'The "big" one',
} as const;

async function serve(options: Partial<TestServerOptions> = {}): Promise<void> {
  run = await startTestServer({ ups: { office }, ...options });
}

function start(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { log: () => string; child: ChildProcess } {
  const child = spawn(...withOwnPidFolder(program, args), {
    stdio: 'pipe',
    env: { ...process.env, ...env },
    cwd: folder,
  });
  children.push(child);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return { log: () => log, child };
}

const exists = (name: string): Promise<boolean> =>
  access(join(folder, name)).then(
    () => true,
    () => false,
  );

describe.skipIf(!clients.ok)(`NUT's programs ${clients.reason}`, () => {
  async function startUpsmon(role: 'primary' | 'secondary', port: number): Promise<ReturnType<typeof start>> {
    await writeFile(
      join(folder, 'upsmon.conf'),
      `MONITOR office@127.0.0.1:${port} 1 ${role} pw ${role}\nMINSUPPLIES 1\nSHUTDOWNCMD "touch ${folder}/down"\nPOLLFREQ 1\nPOLLFREQALERT 1\nHOSTSYNC 3\nFINALDELAY 0\nRUN_AS_USER root\n`,
    );
    await chmod(join(folder, 'upsmon.conf'), 0o640);
    return start(UPSMON, ['-D', '-p', '-u', 'root'], {
      NUT_CONFPATH: folder,
      NUT_ALTPIDPATH: folder,
      NUT_STATEPATH: folder,
    });
  }

  test('upsmon as a secondary logs in, sees a forced shutdown, goes down and logs out', async () => {
    await serve();
    const { log } = await startUpsmon('secondary', run.port);
    await expect
      .poll(() => run.server.clients().filter(({ ups }) => ups === 'office'), { timeout: 20_000 })
      .toHaveLength(1);
    expect(await exists('down')).toBe(false);
    run.store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    await expect.poll(() => exists('down'), { timeout: 20_000, message: log() }).toBe(true);
    await expect.poll(() => run.server.clientCount, { timeout: 20_000 }).toBe(0);
  });

  test('upsmon as a primary sets the forced shutdown when the battery is low and waits for the others', async () => {
    await serve();
    const secondary = await run.open();
    for (const line of ['USERNAME secondary', 'PASSWORD pw', 'LOGIN office'])
      expect(await secondary.ask(line)).toBe('OK');
    await startUpsmon('primary', run.port);
    await expect.poll(() => secondary.ask('GET NUMLOGINS office'), { timeout: 20_000 }).toBe('NUMLOGINS office 2');
    run.store.dispatch('office', { type: 'update', set: { 'ups.status': 'OB LB' } });
    await expect
      .poll(() => secondary.ask('GET VAR office ups.status'), { timeout: 20_000 })
      .toBe('VAR office ups.status "FSD OB LB"');
    expect(await exists('down')).toBe(false);
    await secondary.ask('LOGOUT');
    await expect.poll(() => exists('down'), { timeout: 20_000 }).toBe(true);
  });

  test('upslog writes the values it is asked for', async () => {
    await serve();
    start(
      'upslog',
      [
        '-s',
        `office@127.0.0.1:${run.port}`,
        '-l',
        join(folder, 'log'),
        '-i',
        '1',
        '-D',
        '-u',
        'root',
        '-f',
        '%VAR ups.status% %VAR battery.charge%',
      ],
      { NUT_ALTPIDPATH: folder },
    );
    const logged = (): Promise<string> => readFile(join(folder, 'log'), 'utf8').catch(() => '');
    await expect.poll(logged, { timeout: 20_000 }).toContain('OL 90\n');
  });

  test('upsc encrypts by itself where the server has a certificate of its own', async () => {
    const tls = {
      ownCertificateFile: join(folder, 'nut.pem'),
      clientCertificates: 'no',
      disableWeakSsl: false,
    } as const;
    await serve({ config: { tls } });
    const { stdout, stderr, status } = await runProgram('upsc', [`office@127.0.0.1:${run.port}`, 'ups.status']);
    expect({ stdout, status }).toEqual({ stdout: 'OL\n', status: 0 });
    expect(stderr).toContain('SSL');
  });
});

describe.skipIf(!python.ok)(`PyNUT ${python.reason}`, () => {
  const py = async (body: string): Promise<string> => {
    const script = `import sys, json, PyNUT\nc = PyNUT.PyNUTClient(host="127.0.0.1", port=${run.port}, login="admin", password="secret")\n${body}\n`;
    const { stdout, stderr, status } = await runProgram(PYTHON, ['-W', 'ignore', '-c', script]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  test('reads everything it can ask for', async () => {
    // A description with quotes is beyond this library, with any server.
    await serve({ ups: { office: { ...office, description: 'The big one' } } });
    const out = await py(
      'd = lambda x: {k.decode(): v.decode() for k, v in x.items()}\nprint(json.dumps([d(c.GetUPSList()), d(c.GetUPSVars("office")), d(c.GetRWVars("office")), d(c.GetUPSCommands("office"))]))',
    );
    const [list, variables, writable, commands] = JSON.parse(out) as Record<string, string>[];
    expect(list).toEqual({ office: 'The big one' });
    expect(variables).toEqual(office.variables);
    expect(writable).toEqual({ 'ups.delay.start': '30' });
    expect(Object.keys(commands!)).toEqual(office.commands);
  });

  test('sets a variable and runs a command', async () => {
    await serve();
    expect(
      await py('print(c.SetRWVar("office", "ups.delay.start", "45"), c.RunUPSCommand("office", "beeper.mute"))'),
    ).toBe('OK OK\n');
    expect(run.acts).toEqual(['office ups.delay.start 45', 'office beeper.mute']);
  });
});

describe.skipIf(!cxx.ok)(`libnutclient ${cxx.reason}`, () => {
  const program = `
#include <iostream>
#include <nutclient.h>
using namespace nut;
int main(int, char** argv) try {
  TcpClient c(argv[1], (uint16_t)atoi(argv[2]));
  c.authenticate("admin", "secret");
  for (const auto& name : c.getDeviceNames()) std::cout << "ups " << name << " " << c.getDeviceDescription(name) << "\\n";
  Device d = c.getDevice("office");
  for (const auto& v : d.getVariableValues()) std::cout << v.first << "=" << v.second.at(0) << "\\n";
  std::cout << "numlogins " << d.getNumLogins() << "\\n";
  d.setVariable("ups.delay.start", "45");
  TrackingID id = c.executeDeviceCommand("office", "beeper.mute", "3");
  std::cout << "rw " << d.getRWVariableNames().size() << " cmd " << d.getCommandNames().size() << "\\n";
  c.setFeature(TcpClient::TRACKING, true);
  id = c.executeDeviceCommand("office", "load.off", "");
  std::cout << "result " << (c.getTrackingResult(id) == TrackingResult::SUCCESS) << "\\n";
  try { c.getDeviceVariableValue("office", "no.such"); } catch (NutException& e) { std::cout << e.what() << "\\n"; }
  try { c.deviceMaster("office"); } catch (NutException& e) { std::cout << e.what() << "\\n"; }
  c.logout();
  return 0;
} catch (std::exception& e) { std::cerr << e.what() << "\\n"; return 1; }
`;

  test('reads, sets, commands and tracks', async () => {
    await serve();
    await writeFile(join(folder, 'client.cpp'), program);
    const built = await runProgram(
      'g++',
      ['-std=c++17', '-o', join(folder, 'client'), join(folder, 'client.cpp'), '-lnutclient'],
      { timeoutMs: 50_000 },
    );
    expect(built).toMatchObject({ status: 0 });
    const { stdout, stderr, status } = await runProgram(join(folder, 'client'), ['127.0.0.1', String(run.port)]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.split('\n')).toEqual([
      'ups office The "big" one',
      'battery.charge=90',
      'input.voltage=230.1',
      'ups.delay.start=30',
      'ups.status=OL',
      'numlogins 0',
      'rw 1 cmd 2',
      'result 1',
      'VAR-NOT-SUPPORTED',
      'ACCESS-DENIED',
      '',
    ]);
    expect(run.acts).toEqual(['office ups.delay.start 45', 'office beeper.mute 3', 'office load.off']);
  });
});

describe.skipIf(!openssl.ok || !python.ok)(`TLS ${openssl.reason || python.reason}`, () => {
  /** Speaks STARTTLS with Python's ssl and prints what PROTVER and LIST VAR answer inside. */
  const script = (port: number, context: string): string => `
import socket, ssl
s = socket.create_connection(("127.0.0.1", ${port}))
s.sendall(b"STARTTLS\\n")
line = b""
while not line.endswith(b"\\n"): line += s.recv(1)
assert line == b"OK STARTTLS\\n", line
${context}
t = ctx.wrap_socket(s, server_hostname="localhost")
t.sendall(b"PROTVER\\nLIST VAR office\\nLOGOUT\\n")
got = b""
while not got.endswith(b"OK Goodbye\\n"): got += t.recv(4096)
print(t.version(), got.decode(), end="")
`;

  async function certificate(): Promise<string> {
    const file = join(folder, 'cert.pem');
    const made = await runProgram('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      `${file}.key`,
      '-out',
      file,
    ]);
    expect(made.status).toBe(0);
    await writeFile(file, (await readFile(file, 'utf8')) + (await readFile(`${file}.key`, 'utf8')));
    return file;
  }

  test('a client that checks the configured certificate is served', async () => {
    const certFile = await certificate();
    await serve({ config: { tls: { certFile, clientCertificates: 'no', disableWeakSsl: true } } });
    const { stdout, stderr } = await runProgram(PYTHON, [
      '-c',
      script(run.port, `ctx = ssl.create_default_context(cafile=${JSON.stringify(certFile)})`),
    ]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^TLSv1\.3 1\.3\nBEGIN LIST VAR office\n/);
    expect(stdout).toContain('VAR office ups.status "OL"\nEND LIST VAR office\nOK Goodbye\n');
  });

  test('old TLS is refused with DISABLE_WEAK_SSL and served without', async () => {
    const certFile = await certificate();
    const old =
      'ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\nctx.check_hostname = False\nctx.verify_mode = ssl.CERT_NONE\nctx.set_ciphers("DEFAULT@SECLEVEL=0")\nctx.minimum_version = ctx.maximum_version = ssl.TLSVersion.TLSv1_1';
    await serve({ config: { tls: { certFile, clientCertificates: 'no', disableWeakSsl: true } } });
    expect((await runProgram(PYTHON, ['-W', 'ignore', '-c', script(run.port, old)])).stderr).toContain('SSLError');
    await run.stop();
    await serve({ config: { tls: { certFile, clientCertificates: 'no', disableWeakSsl: false } } });
    expect((await runProgram(PYTHON, ['-W', 'ignore', '-c', script(run.port, old)])).stdout).toMatch(
      /^TLSv1\.1 1\.3\n/,
    );
  });

  test('a client with a certificate of the authority asked for is let in', async () => {
    const certFile = await certificate();
    await serve({
      config: { tls: { certFile, authorities: certFile, clientCertificates: 'require', disableWeakSsl: true } },
    });
    const trust = `ctx = ssl.create_default_context(cafile=${JSON.stringify(certFile)})\n`;
    const stranger = await runProgram(PYTHON, ['-c', script(run.port, trust)]);
    expect(stranger.status).not.toBe(0);
    const known = await runProgram(PYTHON, [
      '-c',
      script(run.port, `${trust}ctx.load_cert_chain(${JSON.stringify(certFile)})`),
    ]);
    expect(known.stdout).toContain('VAR office ups.status "OL"');
  });
});
