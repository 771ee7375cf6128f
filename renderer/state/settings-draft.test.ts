import { describe, expect, test, vi } from 'vitest';
import type { RequestName } from '#domain/contract.ts';
import { SettingsError } from '#domain/errors.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { createFakeEngine, type FakeEngine } from '../client/fake-client.ts';
import { SettingsDraftState } from './settings-draft.svelte.ts';

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};
const UPS = { id: 'a', identifier: 'ups', driver: 'usbhid-ups', port: 'auto' };
const PI = { name: 'pi', password: { value: 'raspberry-7' }, actions: [], instcmds: [], upsmon: 'none' };

async function start(prepare: (engine: FakeEngine) => void = () => {}) {
  const engine = createFakeEngine(Date.UTC(2026, 0, 5));
  engine.patchSettings({ settings: SettingsDraft.parse({ ups: [UPS], server: { monpwd: { isSet: true } } }) });
  prepare(engine);
  const draft = new SettingsDraftState(engine, 0);
  await draft.load();
  await settle();
  return { engine, draft };
}

/** Somebody else saves a change. */
async function changeElsewhere(engine: FakeEngine, change: (settings: SettingsDraft) => object): Promise<void> {
  const { settings, revision } = await engine.request('settings.get', {});
  await engine.request('settings.save', { settings: { ...settings, ...change(settings) }, revision });
  await settle();
}

describe('a draft of the settings', () => {
  test('begins without changes, counts them, and has none after saving', async () => {
    const { draft } = await start();
    expect(draft.changes).toEqual([]);
    draft.set(['ups', 0, 'description'], 'Rack');
    draft.set(['mail', 'host'], 'mail.example');
    expect(draft.changes).toHaveLength(2);
    expect(draft.isChanged(['ups', 0, 'description'])).toBe(true);
    expect(await draft.save()).toBe(true);
    expect(draft.changes).toEqual([]);
    expect(draft.isFresh).toBe(true);
    expect(draft.saved?.settings.ups[0]?.description).toBe('Rack');
  });

  test('has the new passwords of accounts at hand once they are saved, until the settings are read again', async () => {
    const { draft } = await start();
    const [first, second, third] = SettingsDraft.parse({
      server: {
        users: [
          { name: 'nas', password: { value: 'nas-pw' } },
          { name: 'old', password: { isSet: true } },
          { name: 'constructor', password: { isSet: true } },
        ],
      },
    }).server.users;
    draft.set(['server', 'users'], [first, second, third]);
    const known = () => draft.draft?.server.users.map((user) => [user.name, draft.passwordOf(user)]);
    expect(await draft.save()).toBe(true);
    draft.set(['mail', 'host'], 'mail.example');
    expect(await draft.save()).toBe(true);
    expect(known()).toEqual([
      ['nas', 'nas-pw'],
      ['old', undefined],
      ['constructor', undefined],
    ]);
    // They change their names.
    draft.set(['server', 'users', 0], { ...first, name: 'old', password: { isSet: true, account: 'nas' } });
    draft.set(['server', 'users', 1], { ...second, name: 'nas', password: { isSet: true, account: 'old' } });
    for (let round = 0; round < 2; round += 1) {
      expect(known()).toEqual([
        ['old', 'nas-pw'],
        ['nas', undefined],
        ['constructor', undefined],
      ]);
      expect(await draft.save()).toBe(true);
    }
    draft.set(['server', 'users', 0, 'password'], { isSet: false });
    expect(known()).toContainEqual(['old', undefined]);
    await draft.load();
    expect(known()?.flatMap(([, password]) => password)).toEqual([undefined, undefined, undefined]);
  });

  test('discarded, is what is in force', async () => {
    const { draft } = await start();
    draft.set(['ups', 0, 'shutdowntimer'], 99);
    draft.addUps(SettingsDraft.parse({ ups: [{ ...UPS, id: 'b', identifier: 'b' }] }).ups[0]!);
    draft.discard();
    expect(draft.changes).toEqual([]);
    expect(draft.draft?.ups).toHaveLength(1);
  });

  test('with something wrong in it is not saved, and stays as it was typed', async () => {
    const { engine, draft } = await start();
    draft.set(['ups', 0, 'shutdowntimer'], 'soon');
    expect(await draft.save()).toBe(false);
    expect(draft.value(['ups', 0, 'shutdowntimer'])).toBe('soon');
    expect(draft.problemsAt(['ups', 0, 'shutdowntimer'])).toHaveLength(1);
    expect((await engine.request('settings.get', {})).settings.ups[0]?.shutdowntimer).toBe(30);
  });

  test('only the answer to the newest check counts', async () => {
    vi.useFakeTimers();
    try {
      const { engine, draft } = await start();
      const request = engine.request.bind(engine);
      const held: (() => void)[] = [];
      Object.assign(engine, {
        request: async (name: RequestName, params: never) => {
          const answer = await request(name, params);
          if (name === 'settings.check') await new Promise<void>((resolve) => held.push(resolve));
          return answer;
        },
      });
      draft.set(['ups', 0, 'shutdowntimer'], 'soon');
      await vi.advanceTimersByTimeAsync(1);
      draft.set(['ups', 0, 'shutdowntimer'], 60);
      await vi.advanceTimersByTimeAsync(1);
      expect(held).toHaveLength(2);
      held[1]!();
      await vi.advanceTimersByTimeAsync(1);
      held[0]!();
      await vi.advanceTimersByTimeAsync(1);
      expect(draft.problems).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is put on top of what somebody else saved, and says what that was', async () => {
    const { engine, draft } = await start();
    draft.set(['ups', 0, 'description'], 'mine');
    await changeElsewhere(engine, ({ mail }) => ({ mail: { ...mail, host: 'theirs.example' } }));
    expect(draft.draft?.mail.host).toBe('theirs.example');
    expect(draft.changes.map(({ key }) => key)).toEqual(['ups/a/description']);
    expect(draft.overtakenBy.map(({ key }) => key)).toEqual(['mail/host']);
    await changeElsewhere(engine, ({ web }) => ({ web: { ...web, tls: 'own' } }));
    await draft.load();
    expect(draft.overtakenBy.map(({ key }) => key)).toEqual(['mail/host', 'web/tls']);
    expect(await draft.save()).toBe(true);
    expect(draft.overtakenBy).toEqual([]);
  });

  test('without changes follows what somebody else saved, and says nothing', async () => {
    const { engine, draft } = await start();
    await changeElsewhere(engine, ({ mail }) => ({ mail: { ...mail, host: 'theirs.example' } }));
    expect(draft.draft?.mail.host).toBe('theirs.example');
    expect(draft.overtakenBy).toEqual([]);
  });

  test('saved a moment too late is kept, and can be saved again', async () => {
    const { engine, draft } = await start();
    draft.set(['ups', 0, 'description'], 'mine');
    engine.missNextEvent();
    await changeElsewhere(engine, ({ mail }) => ({ mail: { ...mail, host: 'theirs.example' } }));
    expect(await draft.save()).toBe(false);
    expect(draft.failure).toBeInstanceOf(SettingsError);
    expect(draft.value(['ups', 0, 'description'])).toBe('mine');
    expect(await draft.save()).toBe(true);
    expect(draft.saved?.settings.mail.host).toBe('theirs.example');
  });

  test('what is typed while it is saved is kept', async () => {
    const { draft } = await start();
    draft.set(['ups', 0, 'description'], 'first');
    const saving = draft.save();
    draft.set(['ups', 0, 'description'], 'second');
    await saving;
    expect(draft.value(['ups', 0, 'description'])).toBe('second');
    expect(draft.saved?.settings.ups[0]?.description).toBe('first');
    expect(draft.isFresh).toBe(false);
  });

  test('waits with saving for accounts that are being read from their text', async () => {
    const { engine, draft } = await start();
    const request = engine.request.bind(engine);
    Object.assign(engine, {
      request: async (name: RequestName, params: never) =>
        name === 'settings.usersFromText' ? { users: [PI], problems: [] } : request(name, params),
    });
    const taking = draft.takeUsersText('[pi]\n');
    expect(await draft.save()).toBe(true);
    await taking;
    expect(draft.saved?.settings.server.users.map(({ name }) => name)).toEqual(['pi']);
  });

  test('waits for the newest of two such texts', async () => {
    const { engine, draft } = await start();
    const request = engine.request.bind(engine);
    const answers: ((name: string) => void)[] = [];
    Object.assign(engine, {
      request: (name: RequestName, params: never) =>
        name === 'settings.usersFromText'
          ? new Promise((resolve) => {
              answers.push((user) => resolve({ users: [{ ...PI, name: user }], problems: [] }));
            })
          : request(name, params),
    });
    void draft.takeUsersText('[one]\n');
    void draft.takeUsersText('[two]\n');
    answers[0]?.('one');
    await settle();
    const saving = draft.save();
    await settle();
    answers[1]?.('two');
    expect(await saving).toBe(true);
    expect(draft.saved?.settings.server.users.map(({ name }) => name)).toEqual(['two']);
  });

  test('keeps a text of accounts that cannot be used as it was typed, and does not save past it', async () => {
    const { engine, draft } = await start();
    const request = engine.request.bind(engine);
    let severity: 'error' | 'warning' = 'error';
    const problem = () => ({ path: ['server', 'users'], severity, reason: 'x', fix: 'y', line: 1 });
    Object.assign(engine, {
      request: async (name: RequestName, params: never) =>
        name === 'settings.usersFromText' ? { users: [], problems: [problem()] } : request(name, params),
    });
    const before = draft.draft?.server.users;
    await draft.takeUsersText('[x y]\n');
    expect(draft.brokenUsersText).toBe('[x y]\n');
    expect(draft.draft?.server.users).toEqual(before);
    expect(draft.errors).toHaveLength(1);
    draft.set(['ups', 0, 'description'], 'mine');
    expect(await draft.save()).toBe(false);
    draft.discard();
    expect([draft.brokenUsersText, draft.errors, draft.usersProblems]).toEqual([undefined, [], []]);
    // What is only worth a word stays in sight until it was saved.
    severity = 'warning';
    await draft.takeUsersText('[pi]\n');
    expect([draft.brokenUsersText, draft.usersProblems.length]).toEqual([undefined, 1]);
    draft.set(['ups', 0, 'description'], 'mine');
    expect(await draft.save()).toBe(true);
    expect(draft.usersProblems).toEqual([]);
  });

  test('does not call the fields of a UPS changed that was just added', async () => {
    const { draft } = await start();
    draft.addUps(SettingsDraft.parse({ ups: [{ ...UPS, id: 'b', identifier: 'b' }] }).ups[0]!);
    draft.set(['ups', 1, 'description'], 'New');
    expect(draft.isChanged(['ups', 1, 'description'])).toBe(false);
    expect(draft.changes.map(({ key, kind }) => `${kind} ${key}`)).toEqual(['added ups/b']);
  });

  test('survives that the engine cannot be reached', async () => {
    const { engine, draft } = await start();
    draft.set(['ups', 0, 'description'], 'mine');
    engine.become('reconnecting');
    expect(await draft.save()).toBe(false);
    expect(draft.failure).toBeDefined();
    engine.become('connected');
    expect(await draft.save()).toBe(true);
    expect(draft.failure).toBeUndefined();
  });

  test('shows the password that the program made once', async () => {
    const { draft } = await start();
    expect(draft.saved?.hasUnseenPassword).toBe(true);
    await draft.reveal();
    expect(draft.revealed).toBe('p7qk2mzn4d');
    expect(draft.saved?.hasUnseenPassword).toBe(false);
    await draft.load();
    expect(draft.saved?.hasUnseenPassword).toBe(false);
  });
});
