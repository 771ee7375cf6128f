import { describe, expect, test } from 'vitest';
import { CLIENT_KINDS } from '#domain/schema/settings/server-settings.ts';
import { SettingsDraft } from '#domain/schema/settings/settings.ts';
import { accountFor, cardRows, freeName, missingName, type ClientKind } from './client-cards.ts';

const server = (...names: string[]) =>
  SettingsDraft.parse({ server: { users: names.map((name) => ({ name, password: { isSet: true } })) } }).server;
const account = (kind: ClientKind, ...taken: string[]) => accountFor(kind, server(...taken), () => 'p4ss')!;
const PLACE = { host: '192.168.1.10', port: 3493, upses: ['office'] };

describe('an account for a client', () => {
  test.each(CLIENT_KINDS)('of the kind %s may neither set, nor command, nor force a shutdown', (kind) => {
    const { actions, instcmds, upsmon, client } = account(kind);
    expect({ actions, instcmds, client }).toEqual({ actions: [], instcmds: [], client: kind });
    expect(upsmon).not.toBe('primary');
  });

  test('is waited for at a shutdown, unless it only reads', () => {
    expect(account('proxmox').upsmon).toBe('secondary');
    expect(account('home-assistant').upsmon).toBe('none');
  });

  test('gets a name that is free, also beside the account of the program itself', () => {
    expect(account('proxmox', 'proxmox', 'proxmox2').name).toBe('proxmox3');
    expect(freeName('upsmon', new Set(['upsmon']))).toBe('upsmon2');
  });

  test('of an appliance with a built-in name is made once', () => {
    expect(account('synology')).toMatchObject({ name: 'monuser', password: { value: 'secret' } });
    expect(account('qnap')).toMatchObject({ name: 'admin', password: { value: '123456' } });
    expect(accountFor('synology', server('monuser'), () => 'x')).toBeUndefined();
  });
});

describe('a card', () => {
  test('for upsmon is the line it needs', () => {
    expect(cardRows(account('upsmon'), PLACE, '(kept)')).toEqual([
      { row: 'line', value: 'MONITOR office@192.168.1.10:3493 1 linux p4ss secondary' },
    ]);
    const [line] = cardRows(account('proxmox'), { ...PLACE, host: '2001:db8::10' }, '');
    expect(line?.value).toContain('office@[2001:db8::10]:3493');
  });

  test('for a form is what stands in its fields; a password that was saved is not shown', () => {
    const kept = { ...account('truenas'), password: { isSet: true } };
    expect(cardRows(kept, PLACE, '(kept)').map(({ row, value }) => `${row} ${value}`)).toEqual([
      'host 192.168.1.10',
      'port 3493',
      'ups office',
      'user truenas',
      'password (kept)',
    ]);
  });

  test('for an appliance that has everything built in is the address', () => {
    expect(cardRows(account('synology'), PLACE, '')).toEqual([{ row: 'host', value: '192.168.1.10' }]);
  });

  test('says when no UPS has the name that is asked for', () => {
    expect(missingName(account('qnap'), ['office'])).toBe('qnapups');
    expect(missingName(account('synology'), ['ups'])).toBeUndefined();
    expect(missingName(account('synology'), ['office', 'UPS'])).toBeUndefined();
    expect(missingName(account('truenas'), ['office'])).toBeUndefined();
  });
});
