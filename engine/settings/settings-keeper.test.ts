import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog, type RememberingLog } from '#tests/support/silent-log.ts';
import type { SecretSeal } from '#engine/ports.ts';
import { changeSettings, type SettingChange } from './change-settings.ts';
import { openSettingsKeeper, type SettingsKeeper } from './settings-keeper.ts';
import { readSettings, updateSettings } from './settings-store.ts';

let folder: string;
let clock: FakeClock;
let log: RememberingLog;
const opened: SettingsKeeper[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-keeper-'));
  clock = createFakeClock(Date.UTC(2027, 0, 2, 3, 4, 5));
  log = createRememberingLog();
});
afterEach(async () => {
  for (const keeper of opened.splice(0)) keeper.stop();
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
async function open(seal?: SecretSeal): Promise<SettingsKeeper> {
  const keeper = await openSettingsKeeper({ dataDir: folder, clock, log, ...(seal ? { seal } : {}) });
  opened.push(keeper);
  return keeper;
}
/** As `config set` beside it does. */
const setOutside = (...changes: SettingChange[]) => updateSettings(folder, (before) => changeSettings(before, changes));
const set = (keeper: SettingsKeeper, ...changes: SettingChange[]) =>
  keeper.change((before) => changeSettings(before, changes));
/** Lets the keeper look, and its reading of real files come to an end. */
async function look(isSo: () => boolean): Promise<void> {
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    expect(isSo()).toBe(true);
  }, 5_000);
}
const said = (level: string): string[] =>
  log.lines.filter((line) => line.level === level).map(({ message }) => message);
const UPS: SettingChange[] = [
  ['ups.0.identifier', 'office'],
  ['ups.0.driver', 'usbhid-ups'],
  ['ups.0.port', 'auto'],
];

describe('the account of this computer', () => {
  test('gets a random password at the first start, told once, and the same one ever after', async () => {
    const keeper = await open();
    const password = keeper.current.settings.server.monpwd;
    expect(password).toMatch(/^[a-z2-9]{20}$/);
    expect(await keeper.hasUnseenPassword()).toBe(true);
    expect(await keeper.revealPassword()).toBe(password);
    expect(await keeper.revealPassword()).toBeUndefined();
    expect(await keeper.hasUnseenPassword()).toBe(false);
    expect((await open()).current.settings.server.monpwd).toBe(password);
    expect(await readFile(at('settings.json'), 'utf8')).not.toContain(password);
  });

  test('set by a person it is never shown', async () => {
    await setOutside(['server.monpwd', 'my-own']);
    const keeper = await open();
    expect(keeper.current.settings.server.monpwd).toBe('my-own');
    expect(await keeper.revealPassword()).toBeUndefined();
  });

  test.each([
    ['cleared here', (keeper: SettingsKeeper) => set(keeper, ['server.monpwd', ''])],
    ['cleared by another program', () => setOutside(['server.monpwd', ''])],
    ['lost with its file of settings', () => rm(at('settings.json'))],
  ])('%s it gets a new one', async (_, clear) => {
    const keeper = await open();
    const first = keeper.current.settings.server.monpwd;
    await clear(keeper);
    await look(() => keeper.current.settings.server.monpwd !== first);
    expect(keeper.current.settings.server.monpwd).toMatch(/^[a-z2-9]{20}$/);
    expect(await keeper.hasUnseenPassword()).toBe(true);
  });
});

describe('a change', () => {
  test('of its own is in force at once, told, and on disk with its password', async () => {
    const keeper = await open();
    const heard = vi.fn();
    keeper.onChange(heard);
    await set(keeper, ...UPS, ['mail.password', 'hunter2']);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(keeper.current.settings.ups[0]?.identifier).toBe('office');
    expect((await readSettings(folder)).settings).toEqual(keeper.current.settings);
    expect((await readSettings(folder)).settings.mail.password).toBe('hunter2');
    await clock.advance(3_000);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('of another program is taken up', async () => {
    const keeper = await open();
    await setOutside(...UPS);
    await look(() => keeper.current.settings.ups.length === 1);
  });

  test('of both at once is not lost on either side', async () => {
    const keeper = await open();
    const outside = async (): Promise<void> => {
      for (let index = 0; index < 10; index += 1) {
        await setOutside(['mail.user', `user${index}`], ['server.monpwd', `m${index}`]);
      }
    };
    const inside = Array.from({ length: 10 }, (_, index) =>
      set(keeper, ['web.hostNames', `here${index}`], ['mail.password', `p${index}`]),
    );
    await Promise.all([outside(), ...inside]);
    const { settings } = await readSettings(folder);
    expect(settings).toMatchObject({
      web: { hostNames: ['here9'] },
      mail: { user: 'user9', password: 'p9' },
      server: { monpwd: 'm9' },
    });
  });

  test('that does not fit is refused and changes nothing', async () => {
    const keeper = await open();
    const before = keeper.current;
    await expect(set(keeper, ['ups.0.identifier', 'a,b'])).rejects.toMatchObject({ code: 'settings/bad-value' });
    expect(keeper.current).toBe(before);
    await set(keeper, ...UPS);
    expect(keeper.current.settings.ups).toHaveLength(1);
  });

  test('of the file that makes it unusable leaves the running settings in force, and is told once', async () => {
    const keeper = await open();
    await set(keeper, ...UPS);
    await writeFile(at('settings.json'), '{ "version": 2, "ups": [{ "id": "a", ');
    await look(() => said('error').length > 0);
    await clock.advance(5_000);
    expect(said('error')).toEqual([expect.stringMatching(/not taken up: .*settings\.json:\d+: /)]);
    expect(keeper.current.settings.ups[0]?.identifier).toBe('office');
    expect(await readFile(at('settings.json'), 'utf8')).toContain('[{ "id": "a"');
    await expect(set(keeper, ['web.tls', 'own'])).rejects.toMatchObject({ code: 'settings/bad-file' });
  });

  test('after the end is not looked for', async () => {
    const keeper = await open();
    const heard = vi.fn();
    keeper.onChange(heard);
    keeper.stop();
    await setOutside(...UPS);
    await clock.advance(3_000);
    expect(heard).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });
});

describe('a broken settings.json', () => {
  const ASIDE = 'settings.json.broken-2027-01-02T03-04-05-000Z';

  test('is set aside and the last good settings are in force, the very last ones', async () => {
    const first = await open();
    await set(first, ...UPS);
    await set(first, ['ups.0.description', 'the last word'], ['mail.password', 'hunter2']);
    first.stop();
    await writeFile(at('settings.json'), '{ broken');
    const keeper = await open();
    expect(keeper.current.settings).toEqual(first.current.settings);
    expect(keeper.current.settings.ups[0]?.description).toBe('the last word');
    expect(keeper.notice?.code).toBe('settings/bad-file');
    expect(await readFile(at(ASIDE), 'utf8')).toBe('{ broken');
    expect((await readSettings(folder)).settings).toEqual(first.current.settings);
    expect(await readdir(folder)).toContain('settings.last-good.json');
    await set(keeper, ['web.tls', 'own']);
    expect(keeper.notice).toBeUndefined();
  });

  test('after an edit by hand that was good, that edit is what is gone back to', async () => {
    const first = await open();
    await set(first, ...UPS);
    const text = await readFile(at('settings.json'), 'utf8');
    await writeFile(at('settings.json'), text.replace('office', 'by-hand'));
    await look(() => first.current.settings.ups[0]?.identifier === 'by-hand');
    await vi.waitFor(async () => expect(await readFile(at('settings.last-good.json'), 'utf8')).toContain('by-hand'));
    first.stop();
    await writeFile(at('settings.json'), '');
    expect((await open()).current.settings.ups[0]?.identifier).toBe('by-hand');
  });

  test('with no good copy gives the defaults', async () => {
    await writeFile(at('settings.json'), '[]');
    const keeper = await open();
    expect(keeper.current.settings.ups).toEqual([]);
    expect(keeper.current.settings.server.monpwd).toBeDefined();
    expect(await readFile(at(ASIDE), 'utf8')).toBe('[]');
  });

  test('with a good copy that is broken as well gives the defaults, and keeps both', async () => {
    await writeFile(at('settings.json'), '[]');
    await writeFile(at('settings.last-good.json'), 'x');
    const keeper = await open();
    expect(keeper.current.settings.ups).toEqual([]);
    expect(await readFile(at(ASIDE), 'utf8')).toBe('[]');
    expect(said('warn').join('\n')).toMatch(/last good copy cannot be used either/);
  });

  test('of a newer version is refused and left alone', async () => {
    const text = '{"version": 99, "ups": []}';
    await writeFile(at('settings.json'), text);
    await expect(open()).rejects.toMatchObject({ code: 'settings/newer-file' });
    expect(await readdir(folder)).toEqual(['settings.json']);
    expect(await readFile(at('settings.json'), 'utf8')).toBe(text);
  });
});

describe('passwords that cannot be had', () => {
  const SECRETS = ['server.monpwd', 'server-pw', 'mail.password', 'mail-pw'] as const;
  const setSecrets = (): Promise<unknown> => setOutside([SECRETS[0], SECRETS[1]], [SECRETS[2], SECRETS[3]], ...UPS);

  test('a damaged secrets.json is set aside and told; the rest of the settings is in force', async () => {
    await setSecrets();
    await writeFile(at('secrets.json'), '{"version":1,"secrets":{"a":{"value":"server-pw"');
    const keeper = await open();
    expect(keeper.notice).toMatchObject({ code: 'settings/bad-secrets' });
    expect(said('error').join('\n')).toMatch(/cannot be found: .*mail\.password/);
    expect(log.lines.map(({ message }) => message).join('\n')).not.toContain('server-pw');
    expect(keeper.current.settings.ups[0]?.identifier).toBe('office');
    expect(keeper.current.settings.mail.password).toBeUndefined();
    expect(keeper.current.settings.server.monpwd).toMatch(/^[a-z2-9]{20}$/);
    const aside = (await readdir(folder)).find((name) => name.startsWith('secrets.json.broken-'));
    expect(await readFile(at(aside ?? ''), 'utf8')).toContain('server-pw');
  });

  test('a secrets.json that is gone is told, at every start until they are set again', async () => {
    await setSecrets();
    await rm(at('secrets.json'));
    const first = await open();
    expect(first.notice).toMatchObject({
      code: 'settings/lost-passwords',
      details: { keys: expect.stringContaining('mail.password') as string },
    });
    first.stop();
    const second = await open();
    expect(second.notice).toMatchObject({ code: 'settings/lost-passwords', details: { keys: 'mail.password' } });
    await set(second, ['mail.password', 'again']);
    second.stop();
    expect((await open()).notice).toBeUndefined();
  });

  test('brought back from a backup they count again', async () => {
    await setSecrets();
    await rename(at('secrets.json'), at('backup'));
    expect((await setOutside(['web.tls', 'own'])).settings.mail.password).toBeUndefined();
    await rename(at('backup'), at('secrets.json'));
    expect((await readSettings(folder)).settings).toMatchObject({
      mail: { password: 'mail-pw' },
      server: { monpwd: 'server-pw' },
      web: { tls: 'own' },
    });
  });

  test('brought back while the program runs they are taken up', async () => {
    await setSecrets();
    const keeper = await open();
    await rename(at('secrets.json'), at('backup'));
    await look(() => keeper.current.settings.mail.password === undefined);
    await rename(at('backup'), at('secrets.json'));
    await look(() => keeper.current.settings.mail.password === 'mail-pw');
  });

  const seal: SecretSeal = {
    seal: (text) => Promise.resolve(Buffer.from(`sealed ${text}`).toString('hex')),
    open: (sealed) =>
      Promise.resolve({ text: Buffer.from(sealed, 'hex').toString().replace('sealed ', ''), isOutdated: false }),
  };

  test('sealed by the desktop app, they are told where they cannot be opened, and neither lost nor replaced', async () => {
    const app = await open(seal);
    await set(app, ...UPS, ['mail.password', 'mail-pw']);
    const { monpwd } = app.current.settings.server;
    app.stop();
    const before = await readFile(at('secrets.json'), 'utf8');
    const service = await open();
    expect(service.notice).toMatchObject({
      code: 'settings/sealed-passwords',
      details: {
        keys: expect.stringMatching(/^(server\.monpwd, mail\.password|mail\.password, server\.monpwd)$/) as string,
      },
    });
    expect(service.current.settings.server.monpwd).toBeUndefined();
    expect(await service.hasUnseenPassword()).toBe(false);
    await set(service, ['ups.0.shutdowntimer', '77']);
    await set(service, ['ups.0.shutdowntimer', '78']);
    service.stop();
    expect(await readFile(at('secrets.json'), 'utf8')).toBe(before);
    const again = await open(seal);
    expect(again.notice).toBeUndefined();
    expect(again.current.settings).toMatchObject({
      ups: [{ shutdowntimer: 78 }],
      server: { monpwd },
      mail: { password: 'mail-pw' },
    });
  });

  test('sealed, those in lines for NUT are told and outlive what others save as well', async () => {
    const lines = 'community = (public)\nauthPassword = "a b"';
    const app = await open(seal);
    await set(app, ...UPS, ['ups.0.driver', 'snmp-ups'], ['ups.0.options', lines]);
    app.stop();
    for (const name of await readdir(folder)) expect(await readFile(at(name), 'utf8')).not.toMatch(/public|a b/);
    const service = await open();
    expect(service.notice).toMatchObject({
      code: 'settings/sealed-passwords',
      details: { keys: expect.stringContaining('ups.0.options') as string },
    });
    for (const timer of ['77', '78']) await set(service, ['ups.0.shutdowntimer', timer]);
    service.stop();
    const again = await open(seal);
    expect(again.notice).toBeUndefined();
    expect(again.current.settings.ups[0]).toMatchObject({ shutdowntimer: 78, options: lines });
  });

  test('sealed, the one of this computer can be set anew by whoever cannot open it', async () => {
    (await open(seal)).stop();
    const service = await open();
    await set(service, ['server.monpwd', 'plain-pw']);
    service.stop();
    const again = await open();
    expect(again.notice).toBeUndefined();
    expect(again.current.settings.server.monpwd).toBe('plain-pw');
  });

  test('sealed with an old key, they are sealed anew with the next change', async () => {
    const app = await open(seal);
    await set(app, ['mail.password', 'mail-pw']);
    app.stop();
    const rotated: SecretSeal = {
      seal: (text) => Promise.resolve(`new:${Buffer.from(text).toString('hex')}`),
      open: async (sealed) =>
        sealed.startsWith('new:')
          ? { text: Buffer.from(sealed.slice(4), 'hex').toString(), isOutdated: false }
          : { text: (await seal.open(sealed))?.text ?? '', isOutdated: true },
    };
    const next = await open(rotated);
    await set(next, ['web.tls', 'own']);
    next.stop();
    const { secrets } = JSON.parse(await readFile(at('secrets.json'), 'utf8')) as { secrets: Record<string, object> };
    for (const entry of Object.values(secrets)) {
      expect(entry).toMatchObject({ sealed: expect.stringMatching(/^new:/) as string });
    }
    expect((await open(rotated)).current.settings.mail.password).toBe('mail-pw');
  });

  test('a keyring that refuses keeps the old settings in force, and the reason is told', async () => {
    const app = await open(seal);
    await set(app, ...UPS);
    app.stop();
    const locked = await open({ ...seal, seal: () => Promise.reject(new Error('the keyring is locked')) });
    await expect(set(locked, ['mail.password', 'mail-pw'])).rejects.toMatchObject({
      code: 'settings/cannot-keep',
      message: expect.stringContaining('the keyring is locked') as string,
    });
    expect(locked.current.settings.mail.password).toBeUndefined();
    expect(locked.current.settings.ups[0]?.identifier).toBe('office');
  });

  test('sealed by the desktop app, they outlive a change from the command line', async () => {
    const app = await open(seal);
    await set(
      app,
      ...UPS,
      ['mail.password', 'mail-pw'],
      ['server.extrausers', '[nas]\n password = nas-pw\n upsmon secondary\n'],
    );
    const sealed = app.current.settings;
    expect(await readFile(at('secrets.json'), 'utf8')).not.toContain('mail-pw');
    for (let round = 0; round < 3; round += 1) await setOutside(['ups.0.shutdowntimer', String(60 + round)]);
    await setOutside(['server.extrausers', '[nas]\n upsmon primary\n']);
    await look(() => app.current.settings.server.users[0]?.upsmon === 'primary');
    await setOutside(['server.extrausers', '[box]\n upsmon primary\n']);
    await look(() => app.current.settings.server.users[0]?.name === 'box');
    expect(app.current.settings.mail.password).toBe('mail-pw');
    expect(app.current.settings.server.monpwd).toBe(sealed.server.monpwd);
    expect(app.current.settings.server.users[0]).toMatchObject({ password: 'nas-pw', upsmon: 'primary' });
    expect(app.current.settings.ups[0]?.shutdowntimer).toBe(62);
  });
});

test('what broken-off saves left behind is removed, not what is being written', async () => {
  for (const name of ['settings.json.0123abcd.new', 'secrets.json.0123abcd.new', 'other.0123abcd.new']) {
    await writeFile(at(name), 'x');
    await utimes(at(name), 1, 1);
  }
  await writeFile(at('settings.json.89abcdef.new'), 'x');
  await utimes(at('settings.json.89abcdef.new'), clock.now() / 1000, clock.now() / 1000);
  await open();
  expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([
    'other.0123abcd.new',
    'settings.json.89abcdef.new',
  ]);
});

test('a lock left by a program that was killed holds nobody up', async () => {
  await writeFile(at('settings.lock'), '999999999');
  await setOutside(['web.tls', 'own']);
  await writeFile(at('settings.lock'), String(process.pid));
  await utimes(at('settings.lock'), 1, 1);
  await setOutside(['web.tls', 'none']);
  expect((await readSettings(folder)).settings.web.tls).toBe('none');
  expect(await readdir(folder)).not.toContain('settings.lock');
});

test.skipIf(process.platform === 'win32')('every file is for its owner only', async () => {
  await setOutside(['mail.password', 'x'], ['web.tls', 'own']);
  await setOutside(['mail.password', 'y']);
  for (const name of await readdir(folder)) expect([name, (await stat(at(name))).mode & 0o777]).toEqual([name, 0o600]);
  expect(await readdir(folder)).toEqual([
    'secrets.json',
    'settings.json',
    'settings.last-good.json',
    'settings.previous.json',
  ]);
});
