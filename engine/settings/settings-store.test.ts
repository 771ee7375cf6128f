import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeError } from '#domain/errors.ts';
import { WEB_TLS_MODES } from '#domain/schema/settings/server-settings.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import { changeSettings, listSettings, type SettingChange } from './change-settings.ts';
import { PREVIOUS_FILE, readSettings, updateSettings } from './settings-store.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-settings-'));
  file = join(folder, 'settings.json');
});
afterEach(() => rm(folder, { recursive: true }));

const DEFAULTS = {
  version: 2,
  ups: [],
  server: {
    rmonitor: false,
    announce: true,
    allow: [],
    remoteport: 3493,
    monuser: 'upsmon',
    users: [],
    optionsupsd: '',
  },
  mail: {
    ...{ host: '', security: 'starttls', user: '', from: '' },
    ...{ least: 'care', except: [], quietFrom: '', quietTo: '' },
  },
  alerts: {
    desktop: {
      enabled: true,
      least: 'info',
      except: ['trim', 'boost', 'eco', 'calibration', 'other-status', 'waiting', 'sleep', 'wake'],
      quietFrom: '',
      quietTo: '',
    },
    limits: { shortRuntime: true },
    channels: [],
  },
  web: { tls: 'none', allowPlainHttp: false, hostNames: [] },
  energy: { currency: '' },
  setup: { isDone: false },
};
const told = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return describeError(error);
  }
  throw new Error('nothing was thrown');
};

describe('reading', () => {
  test('a folder without settings has the defaults, and still no file', async () => {
    expect((await readSettings(folder)).settings).toEqual(DEFAULTS);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['{"version": 1,\n', /settings\.json:2: Expected double-quoted property name\. /],
    ['{"version":1,\n"web":{"tls":!}}', /settings\.json:2: Unexpected token '!'\. /],
    ['[]', /settings\.json:1: it holds no JSON object/],
    ['{"version":1,\n"web":{\n"tls":"sure"}}', /settings\.json:3: web\.tls: write one of none, own, files/],
    ['{"version":1,"web":{\n"tsl":"own"}}', /settings\.json:2: web\.tsl: not known/],
    ['{"version":1,"__proto__":{"tls":"own"}}', /__proto__: not known/],
    ['{"version":1,"web":{"tls":"files","keyFile":"/k"}}', /web\.certFile: missing, and web\.tls is "files"/],
    ['{"version":1,"web":{"hostNames":["a","b c"]}}', /web\.hostNames: write a host name or an address/],
    ['{"ups":[],\n"version":3}', /settings\.json:2: this was written by a newer version/],
    ['{"version":0}', /version: write 2/],
    ['{"version":2,"ups":[{"id":"a","identifier":"ups"}]}', /ups\.0\.driver: missing, and ups\.0\.mode is "MASTER"/],
    ['{"version":2,"ups":[{"id":"a","identifier":"u,s"}]}', /ups\.0\.identifier: write letters, digits/],
  ])('a file that cannot be used is told with its reason and left as it is: %s', async (text, reason) => {
    await writeFile(file, text);
    expect(await told(() => readSettings(folder))).toMatch(reason);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('what version 1 set means the same, and is written as this version with the first change', async () => {
    const web = {
      ...{ tls: 'files', certFile: '/c.pem', keyFile: '/k.pem' },
      ...{ allowPlainHttp: true, hostNames: ['nas.example.org'] },
    };
    const text = `${JSON.stringify({ version: 1, web })}\n`;
    await writeFile(file, text);
    const { settings } = await readSettings(folder);
    expect(settings).toEqual({ ...DEFAULTS, web });
    expect(await readFile(file, 'utf8')).toBe(text);
    await updateSettings(folder, (before) => changeSettings(before, [['server.remoteport', '3500']]));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 2, web, server: { remoteport: 3500 } });
    expect(await readFile(join(folder, PREVIOUS_FILE), 'utf8')).toBe(text);
  });

  test('a file that cannot be read is told', async () => {
    await mkdir(file);
    expect(await told(() => readSettings(folder))).toContain('settings.json');
  });
});

describe('changing', () => {
  const change = async (...changes: [string, string][]) => changeSettings(await readSettings(folder), changes);

  test('turns texts into values of their type', async () => {
    const { settings } = await change(
      ['web.tls', 'own'],
      ['web.allowPlainHttp', 'yes'],
      ['web.hostNames', 'ups.example, nas ,,ups.example'],
    );
    expect(settings.web).toEqual({ tls: 'own', allowPlainHttp: true, hostNames: ['ups.example', 'nas'] });
  });

  test('an empty text goes back to the default', async () => {
    const changed = changeSettings(await change(['web.tls', 'own'], ['web.hostNames', 'nas']), [['web.tls', '']]);
    expect(changed.settings.web).toMatchObject({ tls: 'none', hostNames: ['nas'] });
    expect(changed.given).toEqual({ web: { hostNames: ['nas'] } });
  });

  test('names what is wrong with a key or a value', async () => {
    expect(await told(() => change(['web.tsl', 'own']))).toMatch(/no setting "web\.tsl".*Write web\.tls/);
    expect(await told(() => change(['constructor', 'own']))).toMatch(/no setting "constructor".*config get/);
    expect(await told(() => change(['version', '2']))).toMatch(/no setting "version"/);
    expect(await told(() => change(['web.tls', 'Own']))).toBe(
      'web.tls cannot be "Own". Write one of none, own, files.',
    );
    expect(await told(() => change(['web.allowPlainHttp', 'maybe']))).toMatch(/"maybe"\. Write true or false/);
    expect(await told(() => change(['web.hostNames', 'a,http://b']))).toMatch(
      /web\.hostNames cannot be "a,http:\/\/b"/,
    );
  });

  test('what belongs together is checked together', async () => {
    expect(await told(() => change(['web.tls', 'files'], ['web.certFile', '/c']))).toMatch(
      /web\.keyFile is not set, but web\.tls is "files"/,
    );
    const { settings } = await change(['web.tls', 'files'], ['web.certFile', '/c'], ['web.keyFile', '/k']);
    expect(settings.web).toMatchObject({ tls: 'files', certFile: '/c', keyFile: '/k' });
  });
});

describe('writing', () => {
  test('keeps only what was set, for its owner only, and leaves no draft behind', async () => {
    await updateSettings(folder, (before) => changeSettings(before, [['web.tls', 'own']]));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 2, web: { tls: 'own' } });
    expect((await stat(file)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect(await readdir(folder)).toEqual(['settings.json', 'settings.last-good.json']);
  });

  test('passwords in lines for NUT are kept apart as well, and come back as they were written', async () => {
    const options =
      'snmp_version = v3\nauthPassword = "auth pw # 1"  # the reader\nprivPassword=priv-pw\ncommunity = comm';
    const upsd = 'MAXAGE 20\nCERTIDENT "my name" cert-pw';
    const set = (...changes: SettingChange[]) => updateSettings(folder, (before) => changeSettings(before, changes));
    const { settings } = await set(
      ...([
        ['ups.0.identifier', 'rack'],
        ['ups.0.driver', 'snmp-ups'],
        ['ups.0.port', 'rack.lan'],
      ] as const),
      ['ups.0.options', options],
      ['server.optionsupsd', upsd],
    );
    expect([settings.ups[0]?.options, settings.server.optionsupsd]).toEqual([options, upsd]);
    for (const name of (await readdir(folder)).filter((one) => one !== 'secrets.json')) {
      expect(await readFile(join(folder, name), 'utf8')).not.toMatch(/auth pw|priv-pw|comm"|cert-pw/);
    }
    expect(await readFile(file, 'utf8')).toMatch(/authPassword = \(secret:[0-9a-f]{24}\) {2}# the reader/);
    // As a version before had them, or a person wrote them.
    const plain = (await readFile(file, 'utf8')).replace(/privPassword=\(secret:\w+\)/, 'privPassword=by-hand');
    await writeFile(file, plain);
    expect((await readSettings(folder)).settings.ups[0]?.options).toBe(options.replace('priv-pw', 'by-hand'));
    for (const timer of ['50', '60']) await set(['ups.0.shutdowntimer', timer]);
    for (const name of ['settings.json', 'settings.previous.json', 'settings.last-good.json']) {
      expect(await readFile(join(folder, name), 'utf8')).not.toContain('by-hand');
    }
    expect((await readSettings(folder)).settings.ups[0]?.options).toBe(options.replace('priv-pw', 'by-hand'));
  });

  test('passwords that no settings name any more are thrown away, except those of the way back', async () => {
    const secrets = (): Promise<string> => readFile(join(folder, 'secrets.json'), 'utf8');
    const setTo = (password: string) =>
      updateSettings(folder, (before) => changeSettings(before, [['mail.password', password]]));
    for (const password of ['first-pw', 'second-pw', 'third-pw']) await setTo(password);
    expect(await secrets()).not.toContain('first-pw');
    expect(await secrets()).toMatch(/second-pw[^]*third-pw/);
    for (const _ of [1, 2]) await setTo('');
    expect(await secrets()).not.toContain('-pw');
  });

  test('a folder that cannot be written is told', async () => {
    const gone = join(folder, 'gone');
    expect(await told(() => updateSettings(gone, (before) => before))).toMatch(/Cannot write .*settings\.json/);
  });

  test('what is set as text is read back as the same text', async () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,2}$/);
    const path = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    const texts = fc.record({
      'web.tls': fc.constantFrom(...WEB_TLS_MODES),
      'web.certFile': path,
      'web.keyFile': path,
      'web.allowPlainHttp': fc.boolean().map(String),
      'web.hostNames': fc.uniqueArray(name, { maxLength: 5 }).map((names) => names.join(',')),
    });
    await fc.assert(
      fc.asyncProperty(texts, async (wanted) => {
        const changed = changeSettings(await readSettings(folder), Object.entries(wanted));
        await updateSettings(folder, () => changed);
        const read = await readSettings(folder);
        expect(Object.fromEntries(listSettings(read.settings))).toMatchObject(wanted);
        expect(read.settings).toEqual(changed.settings);
        expect(Settings.parse(read.settings)).toEqual(read.settings);
      }),
      { numRuns: 60 },
    );
  });

  test('any text for any key is taken or refused with a sentence, never a crash', async () => {
    const before = await readSettings(folder);
    const keys = [...listSettings(before.settings).keys()];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.string(), (key, text) => {
        try {
          changeSettings(before, [[key, text]]);
        } catch (error) {
          expect(error).toMatchObject({ name: 'SettingsError' });
        }
      }),
    );
  });
});
