import { describe, expect, test } from 'vitest';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { changesBetween, rebase, valueAt, withValueAt } from './settings-changes.ts';

const ups = (id: string, more: object = {}) => ({ id, identifier: id, driver: 'usbhid-ups', port: 'auto', ...more });
const user = (name: string, more: object = {}) => ({ name, password: { isSet: true }, ...more });
const base = SettingsDraft.parse({ ups: [ups('a'), ups('b')], server: { users: [user('nas'), user('ha')] } });
const set = (settings: SettingsDraft, path: readonly (string | number)[], value: unknown): SettingsDraft =>
  withValueAt(settings, path, value);
const told = (before: SettingsDraft, after: SettingsDraft) =>
  changesBetween(before, after).map(({ key, kind }) => `${kind} ${key}`);

describe('a value in the settings', () => {
  test('is changed without touching what is beside it', () => {
    const changed = set(base, ['ups', 1, 'description'], 'Rack');
    expect(valueAt(changed, ['ups', 1, 'description'])).toBe('Rack');
    expect(changed.ups[0]).toBe(base.ups[0]);
    expect(changed.mail).toBe(base.mail);
    expect(base.ups[1]?.description).toBe('');
  });

  test('that is nowhere is undefined', () => {
    expect(valueAt(base, ['ups', 7, 'driver'])).toBeUndefined();
  });
});

describe('changes', () => {
  test('there are none without any, and none once a value is back', () => {
    expect(told(base, base)).toEqual([]);
    expect(told(base, set(set(base, ['mail', 'host'], 'x'), ['mail', 'host'], ''))).toEqual([]);
  });

  test('are told field by field, and follow a UPS and an account by name', () => {
    const after = {
      ...set(base, ['web', 'tls'], 'own'),
      ups: [{ ...base.ups[1]!, shutdowntimer: 60 }, ups('c') as (typeof base.ups)[number]],
    };
    const changed = set(after, ['server', 'users', 0, 'upsmon'], 'secondary');
    expect(told(base, changed)).toEqual([
      'changed ups/b/shutdowntimer',
      'added ups/c',
      'removed ups/a',
      'changed web/tls',
      'changed server/users/nas/upsmon',
    ]);
  });

  test('an option that is left out again is none', () => {
    expect(told(base, set(base, ['ups', 0, 'nocommwarntime'], undefined))).toEqual([]);
    expect(told(base, set(base, ['ups', 0, 'nocommwarntime'], 60))).toEqual(['changed ups/a/nocommwarntime']);
  });
});

describe('a draft on settings that became others', () => {
  test('keeps its own changes and takes the rest', () => {
    const mine = set(base, ['ups', 0, 'description'], 'mine');
    const theirs = set(set(base, ['ups', 0, 'shutdowntimer'], 90), ['mail', 'host'], 'mail.example');
    expect(told(theirs, rebase(base, mine, theirs))).toEqual(['changed ups/a/description']);
  });

  test('counts where both changed the same', () => {
    const mine = set(base, ['mail', 'host'], 'mine.example');
    const theirs = set(base, ['mail', 'host'], 'theirs.example');
    expect(rebase(base, mine, theirs).mail.host).toBe('mine.example');
  });

  test('adds and takes out members of lists on both sides', () => {
    const mine = { ...base, ups: [base.ups[1]!, ups('mine') as (typeof base.ups)[number]] };
    const theirs = { ...base, ups: [...base.ups, ups('theirs') as (typeof base.ups)[number]] };
    expect(rebase(base, mine, theirs).ups.map(({ id }) => id)).toEqual(['b', 'theirs', 'mine']);
    const gone = set(base, ['server', 'users'], [base.server.users[1]]);
    expect(rebase(base, base, gone).server.users.map(({ name }) => name)).toEqual(['ha']);
  });

  test('does not send a password again that was saved', () => {
    const sent = set(base, ['mail', 'password'], { value: 'secret' });
    const saved = set(base, ['mail', 'password'], { isSet: true });
    expect(rebase(sent, sent, saved).mail.password).toEqual({ isSet: true });
  });
});
