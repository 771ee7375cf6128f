/** `config show` and `config import`, as they are typed; `config export` is tried with NUT's own programs. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { config } from './config.ts';

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-move-'));
  data = join(folder, 'data');
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const status = await config(
    args,
    {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      env: { RIDETHROUGH_DATA_DIR: data },
    },
    { ttyFolder: folder, procFolder: folder },
  );
  return { status, stdout, stderr };
}
async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}
const get = async (key: string): Promise<string> => (await run('get', key)).stdout.trim();

const TRUENAS = {
  identifier: 'my,ups',
  mode: 'MASTER',
  driver: 'usbhid-ups$Back-UPS',
  port: 'auto',
  remoteport: 3493,
  shutdown: 'BATT',
  shutdowntimer: -1,
  nocommwarntime: 0,
  hostsync: 15,
  monuser: 'upsmon',
  monpwd: 'fixmepass',
  rmonitor: true,
};

describe('config import', () => {
  test("TrueNAS's answer: what was changed is told line by line, and the rest is as it was", async () => {
    const path = await file('ups.json', JSON.stringify(TRUENAS));
    const { status, stdout, stderr } = await run('import', '--truenas', path);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toEqual([
      'The shutdown timer was -1, which TrueNAS passes over: as there, only the low battery counts.',
      'The UPS "my,ups" is now called "my_ups".',
      'nocommwarntime 0 means as much as not set, and is not set now.',
      expect.stringMatching(/^The password of upsmon was the one that every TrueNAS ships with; a new one was made\./),
      `Moved into ${data}: UPS my_ups.`,
      '',
    ]);
    expect(await get('ups.0.identifier')).toBe('my_ups');
    expect(await get('server.rmonitor')).toBe('true');
    expect(await get('server.monpwd')).toBe('(set)');
    for (const name of await readdir(data)) expect(await readFile(join(data, name), 'utf8')).not.toContain('fixmepass');
  });

  test('with an error nothing is written, and each is told with its place', async () => {
    const truenas = await file(
      'ups.json',
      JSON.stringify({ ...TRUENAS, options: 'lowbat = 3', remoteport: 0, monuser: 'a b' }),
    );
    const refused = await run('import', '--truenas', truenas);
    expect(refused.status).toBe(78);
    expect(refused.stderr).toContain(
      `${truenas}:1: options, line 1: lowbat is no option of usbhid-ups; it is not used (write lowbatt if that is meant)\n`,
    );
    expect(refused.stderr).toContain(`${truenas}:1: remoteport: this cannot be used (write a port from 1 to 65535)\n`);
    expect(refused.stderr).toContain(`${truenas}:1: monuser: this cannot be used (write `);
    expect(refused.stderr).toMatch(/\nNothing was moved in\.\n$/);
    expect(refused.stdout).toBe('');
    await file('ups.conf', '[ups]\n driver = usbhid-ups\n port = auto\n lowbat = 3\n');
    const files = await run('import', '--nut-conf', folder);
    expect(files.status).toBe(78);
    expect(files.stderr).toMatch(/ups\.conf:4: lowbat is no option/);
    const apcupsd = await file('apcupsd.conf', 'UPSTYPE usb\nTIMEOUT soon\n');
    expect(await run('import', '--apcupsd', apcupsd)).toMatchObject({
      status: 78,
      stderr: expect.stringMatching(/apcupsd\.conf:2: TIMEOUT cannot be "soon"/) as string,
    });
    expect(await readdir(folder)).not.toContain('data');
  });

  test('what was there before stays where it does not clash, and can be gone back to', async () => {
    await run(
      'set',
      'ups.0.identifier',
      'first',
      'ups.0.driver',
      'demo',
      'ups.0.port',
      'auto',
      'mail.host',
      'smtp.example.org',
      'server.monpwd',
      'old-pw',
    );
    await file('ups.conf', '[second]\n driver = demo\n port = auto\n');
    const { status, stdout } = await run('import', '--nut-conf', folder);
    expect(status).toBe(0);
    expect(stdout).toContain('The UPS first was here before and stays.\n');
    expect(stdout).toContain(`Moved into ${data}: UPS second. What was there before is in settings.previous.json.\n`);
    expect([await get('ups.0.identifier'), await get('ups.1.identifier'), await get('mail.host')]).toEqual([
      'second',
      'first',
      'smtp.example.org',
    ]);
    expect(await readFile(join(data, 'settings.previous.json'), 'utf8')).not.toContain('second');
    // Its passwords are kept for the way back.
    await writeFile(join(data, 'settings.json'), await readFile(join(data, 'settings.previous.json')));
    expect(await get('server.monpwd')).toBe('(set)');
  });

  test('a second time it changes nothing', async () => {
    await file('ups.conf', '[ups]\n driver = demo\n port = auto\n desc = "x"\n');
    await run('import', '--nut-conf', folder);
    const before = await readFile(join(data, 'settings.json'), 'utf8');
    await run('import', '--nut-conf', folder);
    expect(await readFile(join(data, 'settings.json'), 'utf8')).toBe(before);
  });

  test('a file that is not there is told', async () => {
    await expect(run('import', '--truenas', join(folder, 'gone'))).rejects.toMatchObject({
      code: 'settings/cannot-read',
    });
    await expect(run('import', '--nut-conf', join(folder, 'gone'))).rejects.toMatchObject({
      code: 'settings/cannot-read',
    });
  });

  test('settings that cannot be used are not written over', async () => {
    await run('set', 'web.tls', 'own');
    await writeFile(join(data, 'settings.json'), '{ broken');
    const apcupsd = await file('apcupsd.conf', 'UPSTYPE usb\n');
    await expect(run('import', '--apcupsd', apcupsd)).rejects.toMatchObject({ code: 'settings/bad-file' });
    expect(await readFile(join(data, 'settings.json'), 'utf8')).toBe('{ broken');
  });
});

describe('config export', () => {
  test('names files by their whole paths, and makes a password where none was made yet', async () => {
    await run(
      'set',
      'ups.0.identifier',
      'a',
      'ups.0.driver',
      'dummy-ups',
      'ups.0.port',
      'a.dev',
      'server.optionsupsd',
      'CERTFILE cert.pem',
    );
    const { status, stdout } = await run('export', '--nut-conf', join(folder, 'nut'));
    expect(status).toBe(0);
    expect(stdout).toContain('No password for upsmon is set here; a new one was written.\n');
    const text = async (name: string): Promise<string> => readFile(join(folder, 'nut', name), 'utf8');
    expect(await text('ups.conf')).toContain(`port = "${join(data, 'a.dev')}"`);
    expect(await text('upsd.conf')).toContain(`CERTFILE "${join(data, 'cert.pem')}"`);
    const password = /password = "([a-z2-9]{20})"/.exec(await text('upsd.users'))?.[1];
    expect(await text('upsmon.conf')).toContain(`MONITOR "a" 1 "upsmon" "${password ?? ''}" primary`);
    // The settings themselves are as they were.
    expect(await get('server.monpwd')).toBe('(not set)');
  });

  test('a folder that cannot be made leaves nothing behind', async () => {
    await run('set', 'ups.0.identifier', 'a', 'ups.0.driver', 'demo', 'ups.0.port', 'x');
    const blocked = await file('file', '');
    await expect(run('export', '--nut-conf', join(blocked, 'nut'))).rejects.toMatchObject({
      code: 'settings/cannot-keep',
    });
  });

  test('with a password that is lost nothing is written that could not log in', async () => {
    await run('set', 'ups.0.identifier', 'a', 'ups.0.driver', 'demo', 'ups.0.port', 'x', 'server.monpwd', 'pw');
    await rm(join(data, 'secrets.json'));
    await expect(run('export', '--nut-conf', join(folder, 'nut'))).rejects.toMatchObject({
      code: 'settings/lost-passwords',
      details: { file: join(data, 'settings.json'), line: expect.any(Number) as number },
    });
    expect(await readdir(folder)).toEqual(['data']);
  });
});

describe('config show', () => {
  test('of nothing tells the defaults', async () => {
    const { status, stdout } = await run('show');
    expect(status).toBe(0);
    expect(stdout).toBe(`Settings of ${data}
  Nothing was set; these are the defaults.

No UPS is named: the first one on USB is served as "ups".

NUT server (server)
  Only this computer may connect, port 3493.
  Account upsmon of this computer: password (not set).

Mail server (mail)
  None is set.

Web interface (web)
  Certificate: none.
  Password (not set), password to look only (not set).
`);
    expect(await readdir(folder)).toEqual([]);
  });

  test('says what will happen, and no password', async () => {
    await run(
      'set',
      ...[
        'ups.0.identifier',
        'office',
        'ups.0.driver',
        'usbhid-ups$Back-UPS',
        'ups.0.port',
        'auto',
        'ups.0.description',
        'Below the desk',
      ],
      ...[
        'ups.0.shutdowntimer',
        '300',
        'ups.0.shutdowncharge',
        '40',
        'ups.0.powerdown',
        'yes',
        'ups.0.options',
        'pollinterval = 10',
      ],
      ...['ups.0.emailnotify', 'yes', 'ups.0.toemail', 'a@example.org;b@example.org', 'ups.0.shutdownignore', '1'],
      ...[
        'ups.1.identifier',
        'rack',
        'ups.1.mode',
        'SLAVE',
        'ups.1.remotehost',
        'nas',
        'ups.1.monpwd',
        'rack-pw',
        'ups.1.shutdown',
        'LOWBATT',
        'ups.1.shutdownaction',
        'hibernate',
      ],
      ...[
        'server.rmonitor',
        'yes',
        'server.monpwd',
        'own-pw',
        'server.extrausers',
        '[nas]\n password = nas-pw\n upsmon secondary\n',
      ],
      ...['ups.0.aliases', 'nas,qnapups', 'ups.0.shutdownbefore', 'stop-vms', 'ups.1.shutdownafter', 'start-vms'],
      ...['ups.1.shutdownextratimeout', '90', 'server.allow', '192.168.1.0/24', 'energy.price', '0.31'],
      ...['energy.currency', 'EUR'],
      ...['mail.host', 'smtp.example.org', 'mail.user', 'me', 'mail.password', 'mail-pw', 'web.tls', 'own'],
    );
    const { stdout } = await run('show');
    for (const line of [
      'UPS office (ups.0): Below the desk',
      '  This computer has the cable: driver usbhid-ups (Back-UPS), port auto.',
      '  After 300 seconds on battery, at 40 % charge or as soon as the battery is low, whichever is first, this computer shuts down.',
      '  Also served as nas, qnapups.',
      '  Before it a command is run, for 30 seconds at most (stop-vms).',
      '  Outages shorter than 1 second do not count.',
      '  The UPS is switched off afterwards, so that everything starts when the mains are back.',
      '  Lost contact is told after 300 seconds, and again each time so much has passed.',
      '  Mail goes to a@example.org; b@example.org.',
      '    pollinterval = 10',
      'UPS rack (ups.1)',
      '  Another computer has the cable: nas port 3493, account upsmon, password (set).',
      '  As soon as the battery is low, this computer hibernates.',
      '  After it a command is run, for 90 seconds at most (start-vms).',
      '  Other computers may connect, port 3493.',
      '  The local network is told of it.',
      '  Allowed addresses: 192.168.1.0/24.',
      '  Account nas: secondary, password (set).',
      '  smtp.example.org port 587, encryption starttls.',
      '  User me, password (set).',
      '  Certificate: own.',
      '  A kilowatt-hour costs 0.31 EUR.',
    ]) {
      expect(stdout.split('\n')).toContain(line);
    }
    expect(stdout).not.toMatch(/-pw/);
  });

  test('tells what is wrong, and passwords that are lost', async () => {
    await run('set', 'ups.0.identifier', 'a', 'ups.0.mode', 'SLAVE', 'ups.0.remotehost', 'nas', 'mail.password', 'x');
    await rm(join(data, 'secrets.json'));
    const { stdout } = await run('show');
    expect(stdout).toContain('  Passwords that were set cannot be found: mail.password. Set them again.\n');
    expect(stdout).toMatch(
      /What is wrong with them\n {2}ups\.0\.monpwd: without a password this computer cannot log in/,
    );
  });
});

describe('a port that is the console of the system', () => {
  const SAID =
    'is the console of this computer: what the system writes there would reach the UPS as commands (take another port, or remove console=ttyS0 from the kernel command line)\n';
  const SECTION = '[rack]\n  driver = apcsmart\n  port = /dev/ttyS0\n';
  beforeEach(() => file('cmdline', 'quiet console=ttyS0,115200\n'));

  test('is refused by "set", and nothing is written', async () => {
    const ups = ['ups.0.identifier', 'rack', 'ups.0.driver', 'apcsmart'];
    expect(await run('set', ...ups, 'ups.0.port', '/dev/ttyS0')).toEqual({
      status: 78,
      stdout: '',
      stderr: `ups.0.port: /dev/ttyS0 ${SAID}`,
    });
    expect(await readdir(folder)).toEqual(['cmdline']);
    expect(await run('set', ...ups, 'ups.0.port', '/dev/ttyS1')).toMatchObject({ status: 0, stderr: '' });
  });

  test('is refused by "check", with its line', async () => {
    const conf = await file('ups.conf', SECTION);
    const { status, stderr } = await run('check', '--nut-conf', folder);
    expect(status).toBe(78);
    expect(stderr).toContain(`${conf}:1: [rack] /dev/ttyS0 ${SAID}`);
  });

  test('is moved in by "import" as it was, and told; what else is set then goes on', async () => {
    const conf = await file('ups.conf', SECTION);
    const { status, stderr } = await run('import', '--nut-conf', folder);
    expect([status, stderr]).toEqual([0, `${conf}:1: ups.0.port: /dev/ttyS0 ${SAID}`]);
    expect(await get('ups.0.port')).toBe('/dev/ttyS0');
    expect(await run('set', 'ups.0.description', 'Rack')).toMatchObject({ status: 0 });
  });
});
