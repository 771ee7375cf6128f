import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createSafeSeal, type Keyring } from './safe-secrets.ts';

const KEY = 'k1:';
const keyring = (more: Partial<Keyring> = {}): Keyring => ({
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync: (text) => Promise.resolve(Buffer.from(`${KEY}${text}`)),
  decryptStringAsync: (sealed) => {
    const text = sealed.toString();
    if (text.startsWith(KEY)) return Promise.resolve({ result: text.slice(KEY.length), shouldReEncrypt: false });
    if (text.startsWith('k0:')) return Promise.resolve({ result: text.slice(3), shouldReEncrypt: true });
    return Promise.reject(new Error('Error while decrypting'));
  },
  ...more,
});
async function make(more: Partial<Keyring> = {}, platform: NodeJS.Platform = 'linux') {
  const log = createRememberingLog();
  const seal = await createSafeSeal({ keyring: keyring(more), platform, clock: createFakeClock(), log });
  return { seal, said: log.lines.map(({ message }) => message).join('\n') };
}

test('what was sealed is opened, and does not show what it is', async () => {
  const { seal, said } = await make();
  const sealed = (await seal?.seal('pässword')) ?? '';
  expect(sealed).toMatch(/^[\w+/]+=*$/);
  expect(await seal?.open(sealed)).toEqual({ text: 'pässword', isOutdated: false });
  expect(said).toBe('');
});

test('what was sealed with an older key is to be sealed anew', async () => {
  const { seal } = await make();
  expect(await seal?.open(Buffer.from('k0:old').toString('base64'))).toEqual({ text: 'old', isOutdated: true });
});

test('what another keyring sealed cannot be opened', async () => {
  const { seal } = await make();
  expect(await seal?.open(Buffer.from('elsewhere').toString('base64'))).toBeUndefined();
});

test.each<[string, Partial<Keyring>, RegExp]>([
  ['not available', { isAsyncEncryptionAvailable: () => Promise.resolve(false) }, /keyring of this system/],
  [
    'failing',
    { isAsyncEncryptionAvailable: () => Promise.reject(new Error('no D-Bus')) },
    /could not be asked: no D-Bus/,
  ],
  ['none, with a key that everybody knows', { getSelectedStorageBackend: () => 'basic_text' }, /has no keyring/],
])('a keyring that is %s: the file is used, and that is said', async (_what, more, expected) => {
  const { seal, said } = await make(more);
  expect(seal).toBeUndefined();
  expect(said).toMatch(/^Passwords are kept in a file that only you can read, not encrypted: /);
  expect(said).toMatch(expected);
});

test('only Linux has desktops without a keyring', async () => {
  const { seal } = await make({ getSelectedStorageBackend: () => 'basic_text' }, 'darwin');
  expect(seal).toBeDefined();
});

test('a keyring that waits for its owner does not keep the program from starting', async () => {
  const clock = createFakeClock();
  const log = createRememberingLog();
  const never = keyring({ isAsyncEncryptionAvailable: () => new Promise(() => undefined) });
  const made = createSafeSeal({ keyring: never, platform: 'linux', clock, log });
  await clock.advance(60_000);
  expect(await made).toBeUndefined();
  expect(log.lines.map(({ message }) => message).join('\n')).toMatch(/unlock it and start the program again/);
});
