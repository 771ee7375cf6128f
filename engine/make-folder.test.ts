import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ridethrough-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

test('a folder is made with those above it, for whom it is meant', async () => {
  const folder = join(base, 'a', 'b', 'c');
  await makeFolder(folder, 0o700);
  for (const made of [folder, join(base, 'a')]) expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test('one that is there is left as it is, and several may make it at once', async () => {
  await chmod(base, 0o711);
  await makeFolder(base, 0o700);
  expect((await stat(base)).mode & 0o777).toBe(0o711);
  await Promise.all([1, 2, 3].map(() => makeFolder(join(base, 'x', 'y'))));
  expect((await stat(join(base, 'x', 'y'))).isDirectory()).toBe(true);
});

test('a file in its place, or in the place of one above it, is told as no folder', async () => {
  await writeFile(join(base, 'file'), '');
  await expect(makeFolder(join(base, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolder(join(base, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

// Node's own mkdir never returns from this, and takes a thread with it.
test.skipIf(process.platform !== 'linux')('a file system that takes no folders is told', async () => {
  await expect(makeFolder('/proc/ridethrough')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(makeFolder('/proc/ridethrough/below')).rejects.toMatchObject({ code: 'ENOENT' });
});
