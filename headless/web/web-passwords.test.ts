import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeError } from '#domain/errors.ts';
import { createWebHandlers } from '#engine/api/web-handlers.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { findWebSecrets, makeWebSecrets, WEB_SECRETS_FILE } from './secrets.ts';
import { isPassword } from './sessions.ts';
import { createWebPasswords } from './web-passwords.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-passwords-'));
});
afterEach(() => rm(folder, { recursive: true }));

const log = createRememberingLog();
const handlersAt = (host: string) => createWebHandlers(createWebPasswords(folder, { host, port: 8493 }, log));

test('a password that is set is kept as a hash and told as set, the other one stays as it was', async () => {
  const web = handlersAt('127.0.0.1');
  expect(await web['web.passwords']({})).toEqual({ isSet: { 'web.password': false, 'web.readPassword': false } });
  await web['web.setPassword']({ key: 'web.password', password: 'every right' });
  await web['web.setPassword']({ key: 'web.readPassword', password: 'only look' });
  await web['web.setPassword']({ key: 'web.readPassword', password: '' });
  expect(await web['web.passwords']({})).toEqual({ isSet: { 'web.password': true, 'web.readPassword': false } });
  const { control = '' } = (await findWebSecrets(folder))?.passwords ?? {};
  expect(await isPassword('every right', control)).toBe(true);
  expect(await readFile(join(folder, WEB_SECRETS_FILE), 'utf8')).not.toContain('every right');
  expect(JSON.stringify(log.lines)).not.toMatch(/every right|only look/);
});

test('on the network the password for every right can be changed and not taken away', async () => {
  const web = handlersAt('0.0.0.0');
  await web['web.setPassword']({ key: 'web.password', password: 'one' });
  await expect(async () => web['web.setPassword']({ key: 'web.password', password: '' })).rejects.toMatchObject({
    code: 'web/password-needed',
  });
  await web['web.setPassword']({ key: 'web.password', password: 'two' });
  const { control = '' } = (await findWebSecrets(folder))?.passwords ?? {};
  expect(await isPassword('two', control)).toBe(true);
});

test('changes that come at once, from pages and command lines, are all made', async () => {
  const [page, other] = [handlersAt('127.0.0.1'), handlersAt('127.0.0.1')];
  await Promise.all([
    page['web.setPassword']({ key: 'web.password', password: 'every right' }),
    other['web.setPassword']({ key: 'web.readPassword', password: 'only look' }),
    makeWebSecrets(folder, log),
  ]);
  const { control = '', read = '' } = (await findWebSecrets(folder))?.passwords ?? {};
  expect([await isPassword('every right', control), await isPassword('only look', read)]).toEqual([true, true]);
});

test('what could not be typed into the log-in page is refused, and nothing is changed', async () => {
  const web = handlersAt('127.0.0.1');
  await expect(async () => web['web.setPassword']({ key: 'web.password', password: 'a\nb' })).rejects.toMatchObject({
    code: 'settings/bad-password',
  });
  expect(await findWebSecrets(folder)).toBeUndefined();
});

test('a program without a web interface has no passwords for it', async () => {
  const web = createWebHandlers(undefined);
  expect(await web['web.passwords']({})).toEqual({});
  await expect(async () => web['web.setPassword']({ key: 'web.password', password: 'x' })).rejects.toMatchObject({
    code: 'web/not-served',
  });
});

test('a file of passwords that cannot be used is told with its reason in plain words', async () => {
  await mkdir(join(folder, WEB_SECRETS_FILE));
  const failure = await findWebSecrets(folder).catch(describeError);
  expect(failure).toMatch(/web-secrets\.json: it is a folder\. /);
});
