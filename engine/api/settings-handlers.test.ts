/** The settings over the contract: what a form sees, sends and is told. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requests } from '#domain/contract.ts';
import { SettingsError } from '#domain/errors.ts';
import { textIn } from '#domain/messages/message.ts';
import { Settings, type SettingsDraft } from '#domain/schema/settings/settings.ts';
import type { SecretSeal } from '#engine/ports.ts';
import { changeSettings, type SettingChange } from '#engine/settings/change-settings.ts';
import { openSettingsKeeper, type SettingsKeeper } from '#engine/settings/settings-keeper.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createSettingsHandlers, type SettingsHandlers } from './settings-handlers.ts';

let folder: string;
let keeper: SettingsKeeper;
let api: SettingsHandlers;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-handlers-'));
  await mkdir(join(folder, 'data'));
  keeper = await openSettingsKeeper({
    dataDir: join(folder, 'data'),
    clock: createFakeClock(),
    log: createRememberingLog(),
  });
  api = createSettingsHandlers(
    { kind: 'kept', keeper, applied: () => Promise.resolve(undefined) },
    () => Promise.resolve(),
    {
      places: [
        { kind: 'nut-conf', path: join(folder, 'nut') },
        { kind: 'apcupsd', path: join(folder, 'apcupsd.conf') },
      ],
      consoles: { ttyFolder: folder, procFolder: folder },
      env: {},
    },
  );
});
afterEach(async () => {
  keeper.stop();
  await rm(folder, { recursive: true });
});

const set = (...changes: SettingChange[]) => keeper.change((before) => changeSettings(before, changes));
const UPS: SettingChange[] = [
  ['ups.0.identifier', 'office'],
  ['ups.0.driver', 'usbhid-ups'],
  ['ups.0.port', 'auto'],
];
async function draft(): Promise<{ settings: SettingsDraft; revision: string }> {
  const { settings, revision } = await api['settings.get']({});
  return { settings: structuredClone(settings), revision };
}
const said = (
  problems: readonly { path: readonly (string | number)[]; severity: string; reason: unknown; fix: unknown }[],
): string[] =>
  problems.map(
    ({ path, severity, reason, fix }) =>
      `${severity} ${path.join('.')}: ${textIn(reason) ?? ''} (${textIn(fix) ?? ''})`,
  );

describe('a form', () => {
  test('sees that passwords are set and never which', async () => {
    await set(
      ...UPS,
      ['mail.password', 'mail-pw'],
      ['server.extrausers', '[nas]\n password = nas-pw\n upsmon secondary\n'],
    );
    const state = await api['settings.get']({});
    expect(requests['settings.get'].result.parse(state)).toEqual(state);
    expect(state).toMatchObject({
      isReadOnly: false,
      hasUnseenPassword: true,
      settings: {
        mail: { password: { isSet: true } },
        server: { monpwd: { isSet: true }, users: [{ password: { isSet: true } }] },
      },
    });
    expect(JSON.stringify(state)).not.toMatch(/mail-pw|nas-pw/);
    expect(JSON.stringify(state)).not.toContain(keeper.current.settings.server.monpwd);
  });

  test('saves what it was given; passwords that were not touched stay, wherever their UPS and account went', async () => {
    await set(
      ...UPS,
      ['ups.1.identifier', 'far'],
      ['ups.1.mode', 'SLAVE'],
      ['ups.1.remotehost', 'nas'],
      ['ups.1.monpwd', 'far-pw'],
      ['mail.password', 'mail-pw'],
      ['server.extrausers', '[a]\n password = a-pw\n[b]\n password = b-pw\n'],
    );
    const own = keeper.current.settings.server.monpwd;
    const { settings, revision } = await draft();
    settings.ups.reverse();
    settings.server.users.reverse();
    settings.ups[0]!.identifier = 'renamed';
    settings.mail.password = { value: 'new-pw' };
    settings.mail.host = 'smtp.example.org';
    const saved = await api['settings.save']({ settings, revision });
    expect(saved).toMatchObject({ isSaved: true, state: { revision: keeper.current.revision } });
    expect(keeper.current.settings).toMatchObject({
      ups: [{ identifier: 'renamed', monpwd: 'far-pw' }, { identifier: 'office' }],
      server: {
        monpwd: own,
        users: [
          { name: 'b', password: 'b-pw' },
          { name: 'a', password: 'a-pw' },
        ],
      },
      mail: { password: 'new-pw', host: 'smtp.example.org' },
    });
    const renamed = await draft();
    renamed.settings.server.users[0]!.name = 'a-friend';
    await api['settings.save'](renamed);
    expect(keeper.current.settings.server.users).toMatchObject([
      { name: 'a-friend', password: 'b-pw' },
      { name: 'a', password: 'a-pw' },
    ]);
    const again = await draft();
    again.settings.mail.password = { isSet: false };
    await api['settings.save'](again);
    expect(keeper.current.settings.mail).not.toHaveProperty('password');
  });

  test('cannot take the console of the system for a port', async () => {
    await writeFile(join(folder, 'consoles'), 'ttyS0                -W- (EC  p a)    4:64\n');
    await set(...UPS, ['ups.0.driver', 'apcsmart'], ['ups.0.port', '/dev/ttyS1']);
    const { settings, revision } = await draft();
    settings.ups[0]!.port = '/dev/ttyS0';
    const { problems } = await api['settings.check']({ settings });
    expect(said(problems)).toEqual([
      expect.stringMatching(/^error ups\.0\.port: \/dev\/ttyS0 is the console of this computer/),
    ]);
    expect(await api['settings.save']({ settings, revision })).toMatchObject({ isSaved: false, problems });
    expect(keeper.current.settings.ups[0]?.port).toBe('/dev/ttyS1');
    await set(['ups.0.port', '/dev/ttyS0']);
    const moved = await draft();
    moved.settings.ups[0]!.description = 'Rack';
    expect(await api['settings.save'](moved)).toMatchObject({ isSaved: true, problems: [{ severity: 'warning' }] });
  });

  test('sets what energy costs without anything else of the settings', async () => {
    await set(...UPS);
    await api['settings.setEnergy']({ price: 0.3127, currency: 'CHF' });
    expect(keeper.current.settings).toMatchObject({ ups: [{}], energy: { price: 0.3127, currency: 'CHF' } });
    await api['settings.setEnergy']({ price: 0.0000005, currency: 'KWD' });
    expect(keeper.current.settings.energy).toEqual({ price: 0.0000005, currency: 'KWD' });
    await api['settings.setEnergy']({ currency: '' });
    expect(keeper.current.given).not.toHaveProperty('energy.price');
    expect(keeper.current.settings.energy).toEqual({ currency: '' });
  });

  test('passwords that cannot be opened here stay with their accounts, whatever these are called now', async () => {
    const seal: SecretSeal = {
      seal: (text) => Promise.resolve(Buffer.from(text).toString('base64')),
      open: (sealed) => Promise.resolve({ text: Buffer.from(sealed, 'base64').toString(), isOutdated: false }),
    };
    const parts = { dataDir: join(folder, 'sealed'), clock: createFakeClock(), log: createRememberingLog() };
    await mkdir(parts.dataDir);
    const app = await openSettingsKeeper({ ...parts, seal });
    const accounts = ['a', 'b', 'c', 'd'].map((name) => `[${name}]\n password = ${name}-pw\n`).join('');
    await app.change((before) => changeSettings(before, [...UPS, ['server.extrausers', accounts]]));
    app.stop();

    const locked = await openSettingsKeeper(parts);
    const applied = () => Promise.resolve(undefined);
    const face = createSettingsHandlers({ kind: 'kept', keeper: locked, applied }, () => Promise.resolve());
    const { settings: found, revision } = await face['settings.get']({});
    const settings = structuredClone(found);
    const [a, b, c, d] = settings.server.users;
    // One is renamed, two change their names, the last one goes and its name with another password comes.
    a!.name = 'renamed';
    b!.name = 'c';
    c!.name = 'b';
    settings.server.users = [a!, b!, c!, { ...d!, password: { value: 'new-pw' } }];
    // The text of accounts is one more way to another name.
    const { text } = await face['settings.usersToText']({ settings });
    const inText = text.replace('[renamed]', '[renamed-twice]');
    settings.server.users = (await face['settings.usersFromText']({ text: inText, settings })).users;
    expect(await face['settings.save']({ settings, revision })).toMatchObject({ isSaved: true });
    locked.stop();

    const again = await openSettingsKeeper({ ...parts, seal });
    again.stop();
    expect(again.notice).toBeUndefined();
    expect(again.current.settings.server.users.map(({ name, password }) => [name, password])).toEqual([
      ['renamed-twice', 'a-pw'],
      ['c', 'b-pw'],
      ['b', 'c-pw'],
      ['d', 'new-pw'],
    ]);
  });

  test('the password of an account that is gone does not come to another one that takes its name', async () => {
    const seal: SecretSeal = { seal: (text) => Promise.resolve(text), open: () => Promise.resolve(undefined) };
    const parts = { dataDir: join(folder, 'sealed'), clock: createFakeClock(), log: createRememberingLog(), seal };
    await mkdir(parts.dataDir);
    const accounts = '[a]\n password = a-pw\n[b]\n password = b-pw\n';
    const locked = await openSettingsKeeper(parts);
    await locked.change((before) => changeSettings(before, [...UPS, ['server.extrausers', accounts]]));
    const applied = () => Promise.resolve(undefined);
    const face = createSettingsHandlers({ kind: 'kept', keeper: locked, applied }, () => Promise.resolve());
    const { settings, revision } = await face['settings.get']({});
    const referenceOf = (): unknown[] =>
      (locked.current.given.server as { users: { password?: unknown }[] }).users.map(({ password }) => password);
    const [, ofB] = referenceOf();
    const renamed = { ...settings.server.users[1]!, name: 'a' };
    const changed = { ...settings, server: { ...settings.server, users: [renamed] } };
    expect(await face['settings.save']({ settings: changed, revision })).toMatchObject({ isSaved: true });
    locked.stop();
    expect(referenceOf()).toEqual([ofB]);
  });

  test('keeps out of the file what is as it is by default, and keeps in it what was chosen', async () => {
    await set(...UPS, ['ups.0.shutdowntimer', '30']);
    await api['settings.save'](await draft());
    const file = JSON.parse(await readFile(join(folder, 'data', 'settings.json'), 'utf8')) as {
      ups: object[];
      web?: object;
    };
    expect(file.ups[0]).toEqual({
      id: keeper.current.settings.ups[0]?.id,
      identifier: 'office',
      driver: 'usbhid-ups',
      port: 'auto',
      shutdowntimer: 30,
    });
    expect(file).not.toHaveProperty('web');
  });

  test('is told what is wrong, by field, and then nothing is saved', async () => {
    await set(...UPS);
    const { settings, revision } = await draft();
    const wrong = {
      ...settings,
      ups: [{ ...settings.ups[0], shutdowntimer: -1, port: '', options: 'lowbat = 3', monpwd: { value: 'a b' } }],
      mail: { ...settings.mail, from: 'nobody' },
      server: { ...settings.server, allow: ['192.168.1.7', '192.168.300.1'] },
      colour: 'red',
    };
    const { isSaved, problems } = await api['settings.save']({ settings: wrong, revision });
    expect(isSaved).toBe(false);
    expect(said(problems).sort()).toEqual([
      'error colour: this is not known (remove it)',
      'error mail.from: this cannot be used (write an e-mail address)',
      expect.stringMatching(/^error server\.allow\.1: "192\.168\.300\.1" cannot be used \(write addresses such/),
      expect.stringMatching(/^error ups\.0\.monpwd: this cannot be used \(write letters/),
      'error ups.0.port: needed, because mode is "MASTER" (fill it in)',
      'error ups.0.shutdowntimer: this cannot be used (write a number from 0)',
    ]);
    expect(keeper.current.revision).toBe(revision);
    const second = { ...settings, ups: [{ ...settings.ups[0], port: '' }] };
    expect(said((await api['settings.check']({ settings: second })).problems)).toEqual([
      'error ups.0.port: needed, because mode is "MASTER" (fill it in)',
    ]);
    const third = { ...settings, ups: [{ ...settings.ups[0], options: 'pollonly\nlowbat = 3' }] };
    expect((await api['settings.check']({ settings: third })).problems).toMatchObject([
      { path: ['ups', 0, 'options'], line: 2 },
    ]);
  });

  test('that somebody else overtook is told so', async () => {
    const mine = await draft();
    await set(...UPS);
    await expect(api['settings.save'](mine)).rejects.toMatchObject({ code: 'settings/changed-meanwhile' });
    expect(keeper.current.settings.ups).toHaveLength(1);
  });

  test('sees the files of NUT without a password in them', async () => {
    await set(...UPS, ['server.extrausers', '[nas]\n password = nas-pw\n upsmon secondary\n']);
    const { files } = await api['settings.preview'](await draft());
    expect(files.map(({ name }) => name)).toContain('upssched.conf');
    const text = files.map((file) => file.text).join('\n');
    expect(text).toContain('password = "(hidden)"');
    expect(text).not.toContain('nas-pw');
    expect(text).not.toContain(keeper.current.settings.server.monpwd);
    expect(await api['settings.preview']({ settings: { ups: 3 } })).toEqual({ files: [], notes: [] });
  });

  test('sees what these files cannot say', async () => {
    await set(...UPS, ['server.allow', '192.168.1.0/24']);
    const { notes } = await api['settings.preview'](await draft());
    expect(notes.map((note) => textIn(note))).toContainEqual(expect.stringMatching(/^server\.allow = 192/));
  });

  test('is shown the password that was made, once', async () => {
    expect(await api['settings.revealPassword']({})).toEqual({ password: keeper.current.settings.server.monpwd });
    expect(await api['settings.revealPassword']({})).toEqual({});
    expect((await api['settings.get']({})).hasUnseenPassword).toBe(false);
  });

  test('has the accounts as text and back, passwords kept', async () => {
    await set(['server.extrausers', '[nas]\n password = nas-pw\n upsmon secondary\n']);
    const { settings } = await draft();
    const { text } = await api['settings.usersToText']({ settings });
    expect(text).toBe('[nas]\n  password = "(set)"\n  upsmon secondary\n');
    const { users, problems } = await api['settings.usersFromText']({
      text: `${text}[new]\n password = x\n actions = WIN\n`,
      settings,
    });
    expect(users).toMatchObject([
      { name: 'nas', password: { isSet: true } },
      { name: 'new', password: { value: 'x' } },
    ]);
    expect(problems).toMatchObject([{ path: ['server', 'users'], severity: 'error', line: 6 }]);
    const typed = await api['settings.usersFromText']({ text: text.replace('(set)', 'other'), settings });
    expect(typed.users[0]?.password).toEqual({ value: 'other', account: 'nas' });
    const renamed = structuredClone(settings);
    renamed.server.users = [{ ...typed.users[0]!, name: 'box' }];
    const again = await api['settings.usersToText']({ settings: renamed });
    const withCommand = `${again.text}  instcmds = beeper.mute\n`;
    expect(await api['settings.usersFromText']({ text: withCommand, settings: renamed })).toMatchObject({
      users: [{ name: 'box', password: { value: 'other', account: 'nas' } }],
    });
    const told = await api['settings.usersFromText']({ text: `${text}  # of the cellar\n`, settings });
    expect(told.problems).toMatchObject([{ severity: 'notice', line: 4, reason: { phrase: 'problem.comment-lost' } }]);
  });

  test('sees no password of the auxiliary lines, and sends back the one there is', async () => {
    const lines = 'snmp_version = v3\nauthPassword = "in lines"\n';
    await set(
      ...UPS,
      ['ups.0.driver', 'snmp-ups'],
      ['ups.0.options', lines],
      ['server.optionsupsd', 'CERTIDENT me cert-pw'],
    );
    const sent = await draft();
    expect(sent.settings.ups[0]?.options).toBe('snmp_version = v3\nauthPassword = (set)\n');
    const preview = await api['settings.preview']({ settings: sent.settings });
    expect(JSON.stringify([await api['settings.get']({}), preview])).not.toMatch(/in lines|cert-pw/);
    sent.settings.ups[0]!.options += 'pollfreq = 20\n';
    expect(await api['settings.save'](sent)).toMatchObject({ isSaved: true });
    expect(keeper.current.settings.ups[0]?.options).toBe(`${lines}pollfreq = 20\n`);
    expect(keeper.current.settings.server.optionsupsd).toBe('CERTIDENT me cert-pw');
    // As `config set` gives back what `config get` showed.
    await set(['ups.0.options', 'authPassword = (set)']);
    expect(keeper.current.settings.ups[0]?.options).toBe('authPassword = "in lines"');
  });

  test('is not told the password of an account that has another name in the draft', async () => {
    await set(['server.extrausers', '[nas]\n password = nas-pw\n']);
    const { settings } = await draft();
    settings.server.users[0]!.name = 'store';
    const { text } = await api['settings.usersToText']({ settings });
    const answer = await api['settings.usersFromText']({ text, settings });
    expect(answer.users).toMatchObject([{ name: 'store', password: { isSet: true, account: 'nas' } }]);
    expect(JSON.stringify(answer) + text).not.toContain('nas-pw');
  });

  describe('accounts that are renamed in the text', () => {
    const TWO = '[nas]\n password = nas-pw\n upsmon secondary\n[pi]\n password = pi-pw\n actions = SET\n';
    const edited = async (change: (text: string) => string) => {
      await set(['server.extrausers', TWO]);
      const { settings, revision } = await draft();
      const { text } = await api['settings.usersToText']({ settings });
      const { users, problems } = await api['settings.usersFromText']({ text: change(text), settings });
      settings.server.users = users;
      return { problems, save: () => api['settings.save']({ settings, revision }) };
    };
    const passwords = (): readonly string[] =>
      keeper.current.settings.server.users.map(({ name, password }) => `${name} ${password ?? '-'}`);

    test('keep their password: one of them, wherever it stands now', async () => {
      const { problems, save } = await edited((text) => {
        const at = text.indexOf('[pi]');
        return text.slice(at) + text.slice(0, at).replace('[nas]', '[store]');
      });
      expect(problems).toEqual([]);
      expect(await save()).toMatchObject({ isSaved: true });
      expect(passwords()).toEqual(['pi pi-pw', 'store nas-pw']);
    });

    test('keep their password: several, each in its place', async () => {
      const { problems, save } = await edited((text) => text.replace('[nas]', '[store]').replace('[pi]', '[zero]'));
      expect(problems).toEqual([]);
      expect(await save()).toMatchObject({ isSaved: true });
      expect(passwords()).toEqual(['store nas-pw', 'zero pi-pw']);
    });

    test('are told to lack a password where nobody can know which', async () => {
      const { problems } = await edited((text) => `[new]\n password = "(set)"\n${text.replace('[nas]', '[store]')}`);
      expect(problems).toMatchObject([
        { severity: 'error', line: 1, reason: { phrase: 'problem.no-kept-password', params: { name: 'new' } } },
        { severity: 'error', line: 3, reason: { phrase: 'problem.no-kept-password', params: { name: 'store' } } },
      ]);
    });

    test('have a new password where one is written', async () => {
      const { problems, save } = await edited((text) =>
        text.replace(/\[nas\]\n {2}password = "\(set\)"/, '[store]\n  password = new-pw'),
      );
      expect(problems).toEqual([]);
      await save();
      expect(passwords()).toEqual(['store new-pw', 'pi pi-pw']);
    });
  });

  test('an account that takes the name another one had has none of its password, also after the text was edited', async () => {
    await set(['server.extrausers', '[nas]\n password = nas-pw\n[pi]\n password = pi-pw\n']);
    const { settings } = await draft();
    const [nas, pi] = settings.server.users;
    // One of the two that are gone is called otherwise now, and a new one has the name of each.
    settings.server.users = [
      { ...nas!, name: 'store' },
      { ...nas!, password: { value: 'other' } },
      { ...pi!, password: { value: 'another' } },
    ];
    const { text } = await api['settings.usersToText']({ settings });
    const { users } = await api['settings.usersFromText']({ text: `${text}  actions = SET\n`, settings });
    expect(users.map(({ name, password }) => [name, password])).toEqual([
      ['store', { isSet: true, account: 'nas' }],
      ['nas', { value: 'other' }],
      ['pi', { value: 'another' }],
    ]);
  });

  test.each(['nut-files', 'demo'] as const)('of %s can be looked at and not saved', async (kind) => {
    const settings = Settings.parse({ ups: [{ id: 'a', identifier: 'ups', driver: 'demo', port: 'auto' }] });
    const shown = createSettingsHandlers({ kind, settings: () => settings }, () => Promise.resolve());
    const state = await shown['settings.get']({});
    expect(state).toMatchObject({ isReadOnly: true, settings: { ups: [{ identifier: 'ups' }] } });
    await expect(async () => shown['settings.save'](state)).rejects.toBeInstanceOf(SettingsError);
    await expect(async () => shown['settings.setEnergy']({ price: 1, currency: '' })).rejects.toMatchObject({
      code: 'settings/read-only',
    });
    await expect(async () => shown['settings.revealPassword']({})).rejects.toMatchObject({
      code: 'settings/read-only',
    });
  });
});

describe('moving in', () => {
  const nut = async (): Promise<void> => {
    await mkdir(join(folder, 'nut'));
    await writeFile(join(folder, 'nut', 'ups.conf'), '[office]\n driver = usbhid-ups\n port = auto\n', { mode: 0o600 });
    await writeFile(join(folder, 'nut', 'upsd.users'), '[upsmon]\n password = nut-pw\n upsmon primary\n', {
      mode: 0o600,
    });
  };

  test('finds what is there', async () => {
    expect(await api['settings.findImports']({})).toEqual({ found: [] });
    await nut();
    expect(await api['settings.findImports']({})).toEqual({ found: [{ kind: 'nut-conf', path: join(folder, 'nut') }] });
  });

  test('gives a form that can be saved as it is, and saves nothing itself', async () => {
    await nut();
    await set(['mail.password', 'mail-pw']);
    const before = await readdir(join(folder, 'data'));
    const { revision } = keeper.current;
    const read = await api['settings.readImport']({ kind: 'nut-conf', path: join(folder, 'nut') });
    expect(requests['settings.readImport'].result.parse(read)).toEqual(read);
    expect(read.settings).toMatchObject({
      ups: [{ identifier: 'office', monpwd: { isSet: false } }],
      server: { monpwd: { value: 'nut-pw' } },
      mail: { password: { isSet: true } },
      setup: { isDone: true },
    });
    expect(read.notes.map((note) => textIn(note))).toEqual([expect.stringMatching(/No MONITOR line/)]);
    expect(keeper.current.revision).toBe(revision);
    expect(await readdir(join(folder, 'data'))).toEqual(before);
    expect(await api['settings.save']({ settings: read.settings, revision })).toMatchObject({ isSaved: true });
    expect(keeper.current.settings).toMatchObject({ server: { monpwd: 'nut-pw' }, mail: { password: 'mail-pw' } });
    // The same once more is nothing new.
    expect(
      (await api['settings.readImport']({ kind: 'nut-conf', path: join(folder, 'nut') })).settings.server.monpwd,
    ).toEqual({ isSet: true });
  });

  test('takes the text of TrueNAS, and tells what is wrong with it', async () => {
    const text = JSON.stringify({
      identifier: 'a,b',
      driver: 'usbhid-ups$x',
      port: 'auto',
      options: 'lowbat = 3',
      monpwd: 'fixmepass',
    });
    const read = await api['settings.readImport']({ kind: 'truenas', text });
    expect(read.settings.ups[0]?.identifier).toBe('a_b');
    expect(read.settings.server.monpwd).toMatchObject({ value: expect.stringMatching(/^[a-z2-9]{20}$/) as string });
    expect(said(read.problems)).toEqual([expect.stringMatching(/^error ups\.0\.options: lowbat is no option/)]);
    await expect(async () => api['settings.readImport']({ kind: 'truenas', text: 'x' })).rejects.toMatchObject({
      code: 'settings/no-truenas',
    });
  });

  test('reads no other file than those that are looked for', async () => {
    await writeFile(join(folder, 'secret'), 'x');
    for (const kind of ['nut-conf', 'apcupsd'] as const) {
      await expect(async () =>
        api['settings.readImport']({ kind, path: join(folder, 'secret') }),
      ).rejects.toMatchObject({ code: 'settings/no-import' });
    }
    await expect(async () => api['settings.readImport']({ kind: 'apcupsd' })).rejects.toMatchObject({
      code: 'settings/no-import',
    });
  });
});
