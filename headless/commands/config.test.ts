import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { ownCertificate } from '#engine/own-certificate.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { UsageError } from '../io.ts';
import type { Stdin } from '../nut-commands/nut-command.ts';
import { findWebSecrets } from '../web/secrets.ts';
import { isPassword } from '../web/sessions.ts';
import { config } from './config.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(args: readonly string[], stdin: Stdin = Readable.from([])) {
  let stdout = '';
  let stderr = '';
  const status = await config(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin,
    env: { RIDETHROUGH_DATA_DIR: folder },
  });
  return { status, stdout, stderr };
}

const DEFAULTS = `server.rmonitor = false
server.allow =
server.announce = true
server.remoteport = 3493
server.monuser = upsmon
server.monpwd = (not set)
server.extrausers =
server.optionsupsd =
mail.host =
mail.port =
mail.security = starttls
mail.user =
mail.password = (not set)
mail.from =
mail.least = care
mail.except =
mail.quietFrom =
mail.quietTo =
alerts.desktop.enabled = true
alerts.desktop.least = info
alerts.desktop.except = trim,boost,eco,calibration,other-status,waiting,sleep,wake
alerts.desktop.quietFrom =
alerts.desktop.quietTo =
alerts.limits.load =
alerts.limits.inputLow =
alerts.limits.inputHigh =
alerts.limits.temperature =
alerts.limits.batteryYears =
alerts.limits.shortRuntime = true
web.tls = none
web.certFile =
web.keyFile =
web.allowPlainHttp = false
web.hostNames =
energy.price =
energy.currency =
setup.isDone = false
web.password = (not set)
web.readPassword = (not set)
`;

describe('config get', () => {
  test('lists every key with its value, and makes nothing in a folder that has nothing', async () => {
    expect(await run(['get'])).toEqual({ status: 0, stdout: DEFAULTS, stderr: '' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('prints the bare value of one key', async () => {
    await run(['set', 'web.tls', 'own']);
    expect((await run(['get', 'web.tls'])).stdout).toBe('own\n');
    expect((await run(['get', 'web.password'])).stdout).toBe('(not set)\n');
  });

  test('asks back when a key is not known', async () => {
    await expect(run(['get', 'web.pasword'])).rejects.toThrow(/Write web\.password if that is meant/);
    await expect(run(['get', 'ups'])).rejects.toBeInstanceOf(UsageError);
    await expect(run(['get', 'web.tls', 'web.hostNames'])).rejects.toThrow(/takes one key/);
  });

  test('--data-dir counts before the environment', async () => {
    await run(['set', 'web.tls', 'own', '--data-dir', join(folder, 'other')]);
    expect((await run(['get', 'web.tls', '--data-dir', join(folder, 'other')])).stdout).toBe('own\n');
    expect((await run(['get', 'web.tls'])).stdout).toBe('none\n');
  });
});

describe('config set', () => {
  test('changes several settings at once and says what they are now', async () => {
    const { status, stdout } = await run(['set', 'web.tls', 'own', 'web.hostNames', 'ups.example,nas']);
    expect(status).toBe(0);
    expect(stdout).toBe('web.tls = own\nweb.hostNames = ups.example,nas\n');
    expect((await run(['get', 'web.hostNames'])).stdout).toBe('ups.example,nas\n');
  });

  test('writes nothing at all when one value does not fit', async () => {
    const words = ['set', 'web.password', 'secret', 'web.tls', 'own', 'web.allowPlainHttp', 'perhaps'];
    await expect(run(words)).rejects.toMatchObject({ code: 'settings/bad-value' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves settings that it cannot read as they are', async () => {
    await writeFile(join(folder, 'settings.json'), '{ broken');
    await expect(run(['set', 'web.tls', 'own', 'web.password', 'x'])).rejects.toMatchObject({
      code: 'settings/bad-file',
    });
    expect(await readFile(join(folder, 'settings.json'), 'utf8')).toBe('{ broken');
    expect(await readdir(folder)).toEqual(['settings.json']);
  });

  test.each([
    [['set'], /a key and its value/],
    [['set', 'web.tls'], /web\.tls has no value/],
    [['set', 'web.tsl', 'own'], /Write web\.tls/],
    [['set', 'web.tls', 'own', 'web.tls', 'none'], /given twice/],
    [['set', 'web.tls', 'own', '--nut-conf', '/etc/nut'], /no --nut-conf/],
    [['put', 'web.tls', 'own'], /one of the words "check", "show"/],
    [[], /one of the words "check", "show"/],
    [['set', 'web.tls', 'own', '--force'], /no --force/],
    [['show', 'web.tls'], /no "web\.tls"/],
    [['import'], /one of --nut-conf DIR, --truenas FILE and --apcupsd FILE/],
    [['import', '--nut-conf', 'a', '--truenas', 'b'], /takes one of/],
    [['export'], /--nut-conf DIR is needed/],
    [['check', '--force'], /no --force/],
    [['check', '--nut-conf', 'a', '--data-dir', 'b'], /one of --nut-conf DIR and --data-dir DIR/],
  ])('wrong usage is told: %j', async (args, text) => {
    const attempt = run(args);
    await expect(attempt).rejects.toThrow(text);
    await expect(attempt).rejects.toBeInstanceOf(UsageError);
  });

  test('a certificate is looked at before it is taken', async () => {
    const own = { file: join(folder, 'own.pem'), purpose: 'a test', names: [], validDays: 30 };
    await ownCertificate(own, systemClock, createRememberingLog());
    const set = (cert: string, key: string) =>
      run(['set', 'web.tls', 'files', 'web.certFile', cert, 'web.keyFile', key]);
    const refused = await set(own.file, join(folder, 'none.pem'));
    expect(refused.status).toBe(78);
    expect(refused.stderr).toMatch(/none\.pem of the web interface cannot be used: ENOENT/);
    expect((await run(['get'])).stdout).toBe(DEFAULTS);
    expect((await set(own.file, own.file)).status).toBe(0);
  });

  test('a path is kept whole, so that it means the same wherever serve is started', async () => {
    await run(['set', 'web.certFile', 'web.pem']);
    expect((await run(['get', 'web.certFile'])).stdout).toBe(`${resolve('web.pem')}\n`);
  });
});

describe('config check', () => {
  const OFFICE = ['ups.0.identifier', 'office', 'ups.0.driver', 'usbhid-ups', 'ups.0.port', 'auto'];
  const check = () => run(['check']);
  const settings = () => join(folder, 'settings.json');

  test('says that settings can be used, and changes nothing', async () => {
    expect(await check()).toEqual({ status: 0, stdout: `${settings()}: usable, 0 UPSes\n`, stderr: '' });
    expect(await readdir(folder)).toEqual([]);
    await run(['set', ...OFFICE]);
    const [files, text] = [await readdir(folder), await readFile(settings(), 'utf8')];
    expect(await check()).toEqual({ status: 0, stdout: `${settings()}: usable, 1 UPS\n`, stderr: '' });
    expect([await readdir(folder), await readFile(settings(), 'utf8')]).toEqual([files, text]);
  });

  test('points at the line of what somebody wrote by hand', async () => {
    await run(['set', ...OFFICE, 'ups.0.options', 'offdelay = 60']);
    await writeFile(settings(), (await readFile(settings(), 'utf8')).replace('offdelay = 60', 'offdelay = soon'));
    const { status, stdout, stderr } = await check();
    expect([status, stdout]).toEqual([78, '']);
    expect(stderr).toMatch(/settings\.json:\d+: ups\.0\.options, line 1: offdelay .*soon.* \(.+\)\n$/);
    const line = Number(/json:(\d+)/.exec(stderr)?.[1]);
    expect((await readFile(settings(), 'utf8')).split('\n')[line - 1]).toContain('"offdelay = soon"');
  });

  test('what can be lived with is told, and is no error', async () => {
    await run(['set', ...OFFICE, 'ups.0.emailnotify', 'yes', 'ups.0.toemail', 'a@example.org']);
    const { status, stderr } = await check();
    expect(status).toBe(0);
    expect(stderr).toMatch(/settings\.json:\d+: ups\.0\.emailnotify: /);
  });

  test('settings that cannot be read are told with their line', async () => {
    await writeFile(settings(), '{\n  "version": 1,\n  "ups": []]\n}\n');
    await expect(check()).rejects.toMatchObject({ code: 'settings/bad-file', details: { file: settings(), line: 3 } });
  });

  test('files that a start would not find, and passwords that are lost, are errors', async () => {
    await run(['set', ...OFFICE, 'server.optionsupsd', 'CERTFILE gone.pem', 'server.monpwd', 'secret']);
    await rm(join(folder, 'secrets.json'));
    const { status, stderr } = await check();
    expect(status).toBe(78);
    expect(stderr).toMatch(/settings\.json:\d+: server\.optionsupsd: Cannot use the certificate .*gone\.pem/);
    const line = Number(/json:(\d+): Passwords .*: server\.monpwd\. \(.+\)$/m.exec(stderr)?.[1]);
    expect((await readFile(settings(), 'utf8')).split('\n')[line - 1]).toContain('"monpwd"');
  });
});

describe('passwords', () => {
  test('are kept as hashes in a file of their own, and never shown', async () => {
    const { stdout } = await run(['set', 'web.password', 'open sesame', 'web.readPassword', 'look']);
    expect(stdout).toMatch(/^web\.password = \(set\)\nweb\.readPassword = \(set\)\n/);
    expect((await run(['get', 'web.password'])).stdout).toBe('(set)\n');
    expect(await readdir(folder)).toEqual(['web-secrets.json']);
    expect(await readFile(join(folder, 'web-secrets.json'), 'utf8')).not.toContain('sesame');
    const passwords = (await findWebSecrets(folder))?.passwords ?? {};
    expect(await isPassword('open sesame', passwords.control ?? '')).toBe(true);
    expect(await isPassword('look', passwords.read ?? '')).toBe(true);
  });

  test('a new one signs everybody out and leaves the other one', async () => {
    await run(['set', 'web.password', 'a', 'web.readPassword', 'b']);
    const before = await findWebSecrets(folder);
    await run(['set', 'web.readPassword', '']);
    const after = await findWebSecrets(folder);
    expect(after?.signingKey).not.toEqual(before?.signingKey);
    expect(after?.passwords).toEqual({ control: before?.passwords.control });
  });

  test('"-" asks for it; on a terminal twice and without showing it', async () => {
    const typed = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    typed.write('secret\rsecert\r');
    expect(await run(['set', 'web.password', '-'], typed)).toMatchObject({ status: 1 });
    expect(await readdir(folder)).toEqual([]);
    typed.write('sa\u007fecret\rsecret\r');
    const { status, stdout, stderr } = await run(['set', 'web.password', '-'], typed);
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'web.password: \nOnce more: \n' });
    expect(stdout).not.toContain('secret');
  });

  test('"-" in a script takes lines of standard input, one for each password', async () => {
    const { status } = await run(['set', 'web.password', '-', 'web.readPassword', '-'], Readable.from(['one\ntwo\n']));
    expect(status).toBe(0);
    const passwords = (await findWebSecrets(folder))?.passwords ?? {};
    expect(await isPassword('one', passwords.control ?? '')).toBe(true);
    expect(await isPassword('two', passwords.read ?? '')).toBe(true);
  });

  test('nothing typed changes nothing', async () => {
    expect(await run(['set', 'web.password', '-', 'web.tls', 'own'])).toMatchObject({ status: 1, stdout: '' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('one that the log-in page could not take is refused', async () => {
    await expect(run(['set', 'web.password', 'x'.repeat(257)])).rejects.toMatchObject({
      code: 'settings/bad-password',
    });
  });
});
