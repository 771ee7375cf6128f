/** Passwords in the desktop program: what is on the disk, and what another program makes of it. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/shell.ts';
import { ask, expect, test, windowOf } from './fixtures.ts';

interface State {
  readonly settings: { readonly mail: object; readonly server: { readonly monpwd: object } };
  readonly revision: string;
  readonly notice?: { readonly code: string };
}

async function prepare(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rt-secrets-'));
  const remoteport = await freePort();
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ version: 2, server: { remoteport } }));
  return dataDir;
}
const secretsIn = (dataDir: string): string => readFileSync(join(dataDir, 'secrets.json'), 'utf8');

for (const { desktop, what, isSealed } of [
  { desktop: 'KDE', what: 'with a keyring they are encrypted', isSealed: true },
  { desktop: 'fvwm', what: 'without one they are in the file for its owner only, and that is said', isSealed: false },
]) {
  test(`passwords: ${what}, and last`, async ({ launch }) => {
    const dataDir = await prepare();
    const first = await launch({ dataDir, desktop, hasOwnSettings: true });
    const page = await windowOf(first);
    await expect.poll(async () => (await ask(page, 'settings.get', {})).ok, { timeout: 20_000 }).toBe(true);
    const { settings, revision } = (await ask(page, 'settings.get', {})).value as State;
    const changed = { ...settings, mail: { ...settings.mail, password: { value: 'mail-pässword' } } };
    expect(await ask(page, 'settings.save', { settings: changed, revision })).toMatchObject({
      ok: true,
      value: { isSaved: true },
    });
    expect(secretsIn(dataDir).includes('mail-pässword')).toBe(!isSealed);
    expect(secretsIn(dataDir).includes('"sealed"')).toBe(isSealed);
    expect(first.log().includes('Passwords are kept in a file that only you can read')).toBe(!isSealed);
    expect(await first.end('quit')).toBe(0);

    const second = await launch({ dataDir, desktop, hasOwnSettings: true });
    const again = await windowOf(second);
    await expect.poll(async () => (await ask(again, 'settings.get', {})).ok, { timeout: 20_000 }).toBe(true);
    const state = (await ask(again, 'settings.get', {})).value as State;
    expect(state.notice).toBeUndefined();
    expect(state.settings).toMatchObject({ mail: { password: { isSet: true } }, server: { monpwd: { isSet: true } } });
  });
}
