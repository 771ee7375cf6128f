/** `serve` on a data folder that is not as it should be: broken, foreign, full, read-only, or held by somebody else. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openRawClient } from '#tests/support/nut-server.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { runProgram, type ProgramRun } from '#tests/support/run-program.ts';
import { buildProgram, ridethrough, type RunningProgram, startProgram, until } from '#tests/support/served-program.ts';

const programs = await ensurePrograms([{ program: 'upsc', package: 'nut-client' }]);
const DEV = 'ups.status: OL\nbattery.charge: 90\nups.mfr: ACME\n';
/** Nothing of what is played here may shut this computer down. */
const HARMLESS = ['ups.0.shutdownaction', 'nothing'] as const;
const upsc = (...args: string[]): Promise<ProgramRun> => runProgram('upsc', args);
const at = (name: string, port: number): string => `${name}@127.0.0.1:${port}`;

beforeAll(buildProgram);

describe.skipIf(!programs.ok)(`a data folder that is not as it should be ${programs.reason}`, () => {
  const running: RunningProgram[] = [];
  let where: string;
  const serve = (...more: string[]): RunningProgram => {
    const started = startProgram(['serve', '--data-dir', where, '--no-web', ...more]);
    running.push(started);
    return started;
  };
  async function prepare(): Promise<number> {
    where = await mkdtemp(join(tmpdir(), 'ridethrough-odd-'));
    const free = await freePort();
    await writeFile(join(where, 'x.dev'), DEV);
    const { status } = await ridethrough([
      'config',
      'set',
      'server.remoteport',
      String(free),
      'ups.0.identifier',
      'odd',
      'ups.0.driver',
      'dummy-ups',
      'ups.0.port',
      join(where, 'x.dev'),
      ...HARMLESS,
      'mail.password',
      'mail-pw',
      '--data-dir',
      where,
    ]);
    expect(status).toBe(0);
    return free;
  }
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
    await runProgram('umount', [where]);
    await rm(where, { recursive: true, force: true });
  });

  test('a broken settings.json: serve runs on the last good settings and keeps the broken file', async () => {
    const free = await prepare();
    await writeFile(join(where, 'settings.json'), '{"version": 2, "ups": [');
    const started = serve();
    expect(await started.ready()).toContain(`nut=127.0.0.1:${free}`);
    await until('served', async () => (await upsc(at('odd', free), 'ups.mfr')).stdout === 'ACME\n');
    expect(started.stderr()).toMatch(/settings\.json:1: \S/);
    const aside = (await readdir(where)).filter((name) => name.startsWith('settings.json.broken-'));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(where, aside[0] ?? ''), 'utf8')).toBe('{"version": 2, "ups": [');
    expect((await ridethrough(['config', 'get', 'mail.password', '--data-dir', where])).stdout).toBe('(set)\n');
  });

  test('one of a newer version: status 78, and it is left alone', async () => {
    await prepare();
    await writeFile(join(where, 'settings.json'), '{"version": 99}');
    const started = serve();
    expect(await started.ended).toBe(78);
    expect(started.stderr()).toMatch(
      /^\S*settings\.json:1: this was written by a newer version\. \(Install that version again/m,
    );
    expect(await readFile(join(where, 'settings.json'), 'utf8')).toBe('{"version": 99}');
  });

  test('a damaged secrets.json: told, set aside, and the UPS is served', async () => {
    const free = await prepare();
    await writeFile(join(where, 'secrets.json'), 'x');
    const refused = await ridethrough(['config', 'set', 'mail.password', 'new', '--data-dir', where]);
    expect(refused).toMatchObject({
      status: 78,
      stderr: expect.stringMatching(
        /^\S*secrets\.json:1: .*secrets\.json, which holds the passwords, cannot be used/,
      ) as string,
    });
    expect(await readFile(join(where, 'secrets.json'), 'utf8')).toBe('x');
    const started = serve();
    await started.ready();
    await until('served', async () => (await upsc(at('odd', free), 'ups.mfr')).stdout === 'ACME\n');
    expect(started.stderr()).toMatch(/cannot be found: .*mail\.password/);
    expect((await readdir(where)).some((name) => name.startsWith('secrets.json.broken-'))).toBe(true);
  });

  test('a second program on the same folder says so and ends; the first one goes on', async () => {
    const free = await prepare();
    const first = serve();
    await first.ready();
    const before = await readFile(join(where, 'settings.json'), 'utf8');
    const second = startProgram(['serve', '--data-dir', where, '--no-web', '--demo']);
    running.push(second);
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toMatch(/Another Ridethrough already runs on .*\. Use that one, end it first/);
    expect(second.stdout()).toBe('');
    await until('served', async () => (await upsc(at('odd', free), 'ups.mfr')).stdout === 'ACME\n');
    expect(await readFile(join(where, 'settings.json'), 'utf8')).toBe(before);
    // Killed, it is in nobody's way.
    await first.end('SIGKILL');
    await serve().ready();
  });

  test('a CERTFILE that cannot be used: told, and the UPS is served with a certificate of the program’s own', async () => {
    const free = await prepare();
    const broken = join(where, 'broken.pem');
    await writeFile(broken, 'not a certificate');
    const words = ['config', 'set', 'server.optionsupsd', `CERTFILE ${broken}`, '--data-dir', where];
    expect((await ridethrough(words)).status).toBe(0);
    const started = serve();
    await started.ready();
    expect(started.stderr()).toMatch(/Cannot use the certificate .*broken\.pem/);
    await until('served', async () => (await upsc(at('odd', free), 'ups.mfr')).stdout === 'ACME\n');
    const client = await openRawClient(free);
    expect(await client.ask('STARTTLS')).toBe('OK STARTTLS');
    client.destroy();
  });

  test('a CERTFILE that breaks while it runs disconnects nobody', async () => {
    const free = await prepare();
    const started = serve();
    await started.ready();
    const client = await openRawClient(free);
    expect(await client.ask('VER')).toMatch(/upsd/);
    const words = ['config', 'set', 'server.optionsupsd', `CERTFILE ${join(where, 'none.pem')}`, '--data-dir', where];
    expect((await ridethrough(words)).status).toBe(0);
    await started.logged(/not wholly in force: .*none\.pem/);
    expect(await client.ask('VER')).toMatch(/upsd/);
    client.destroy();
  });

  test('a CERTPATH that cannot be used: told with what to do, and the server stays closed to strangers', async () => {
    const free = await prepare();
    const missing = join(where, 'authorities.pem');
    const lines = `CERTPATH ${missing}\nCERTREQUEST 2`;
    expect((await ridethrough(['config', 'set', 'server.optionsupsd', lines, '--data-dir', where])).status).toBe(0);
    const started = serve();
    expect(await started.ready()).toBe('ridethrough ready nut=off web=off');
    expect(started.stderr()).toContain(
      `Cannot use ${missing} as the certificates of authorities: it does not exist. Let CERTPATH name a PEM file`,
    );
    expect((await upsc(at('odd', free))).status).toBe(1);
  });

  test('a CERTPATH that breaks while it runs is told, and disconnects nobody', async () => {
    const free = await prepare();
    const started = serve();
    await started.ready();
    const client = await openRawClient(free);
    expect(await client.ask('VER')).toMatch(/upsd/);
    const none = join(where, 'settings.json');
    const words = ['config', 'set', 'server.optionsupsd', `CERTPATH ${none}`, '--data-dir', where];
    expect((await ridethrough(words)).status).toBe(0);
    await started.logged(
      /not wholly in force: Cannot use .*settings\.json as the certificates of authorities: it holds no certificate\. Let CERTPATH name/,
    );
    expect(await client.ask('VER')).toMatch(/upsd/);
    client.destroy();
  });

  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

  test.skipIf(!isRoot)('a full disk: serve runs, a change is refused, and what was there stays', async ({ skip }) => {
    const free = await prepare();
    const kept = join(where, '..', `${where.split('/').at(-1) ?? ''}-kept`);
    await runProgram('cp', ['-a', where, kept]);
    const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'none', where]);
    skip(mounted.status !== 0, 'nothing may be mounted here');
    try {
      await runProgram('cp', ['-a', `${kept}/.`, where]);
      await runProgram('sh', ['-c', `cat /dev/zero > ${where}/fill`]);
      const before = await readFile(join(where, 'settings.json'), 'utf8');
      const started = serve();
      expect(await started.ready()).toContain(`nut=127.0.0.1:${free}`);
      await until('served', async () => (await upsc(at('odd', free), 'ups.mfr')).stdout === 'ACME\n');
      expect(started.stderr()).toMatch(/no space left/);
      const refused = await ridethrough(['config', 'set', 'mail.user', 'x', '--data-dir', where]);
      expect(refused).toMatchObject({ status: 78, stderr: expect.stringMatching(/no space left/) as string });
      expect(await readFile(join(where, 'settings.json'), 'utf8')).toBe(before);
      expect((await readdir(where)).filter((name) => /\.new$|^settings\.lock$/.test(name))).toEqual([]);
    } finally {
      await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
      await rm(kept, { recursive: true, force: true });
    }
  });

  test.skipIf(!isRoot)('a folder that cannot be written: serve runs, a broken file included', async ({ skip }) => {
    const free = await prepare();
    await mkdir(join(where, 'nut-drivers'), { recursive: true });
    await writeFile(join(where, 'settings.json'), 'broken');
    const bound = await runProgram('mount', ['--bind', where, where]);
    skip(bound.status !== 0, 'nothing may be mounted here');
    await runProgram('mount', ['-o', 'remount,bind,ro', where]);
    const started = startProgram(['serve', '--data-dir', where, '--web', '127.0.0.1:0']);
    running.push(started);
    expect(await started.ready()).toMatch(new RegExp(`nut=127\\.0\\.0\\.1:${free}.* web=http://127`));
    await until('served', async () => (await upsc(at('odd', free), 'ups.mfr')).stdout === 'ACME\n');
    expect(started.stderr()).toMatch(/settings\.json:1: \S/);
    expect(started.stderr()).toMatch(/file system is read-only/);
    expect(started.stderr()).toMatch(/sign in again after the next start/);
    const link = /web=(\S+)/.exec(started.stdout())?.[1] ?? '';
    expect((await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')).toBeTruthy();
    expect(await readFile(join(where, 'settings.json'), 'utf8')).toBe('broken');
    expect((await ridethrough(['config', 'set', 'web.tls', 'own', '--data-dir', where])).status).toBe(78);
  });
});
