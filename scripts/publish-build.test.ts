import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishBuild } from './publish-build.ts';

let folder: string;
const made = (): string => join(folder, 'made');
const place = (): string => join(folder, 'place');

async function write(base: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(base, name)), { recursive: true });
    await writeFile(join(base, name), text);
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publish-build-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the new build is there, dated to its beginning, and pieces of the one before stay for programs that run', async () => {
  await write(place(), { 'cli.mjs': 'one', 'parts/a-1.mjs': 'a' });
  await write(made(), { 'cli.mjs': 'two', 'parts/a-2.mjs': 'b' });
  await publishBuild(made(), place(), 'cli.mjs', 1_700_000_000_000);
  expect(await readFile(join(place(), 'cli.mjs'), 'utf8')).toBe('two');
  expect((await readdir(join(place(), 'parts'))).sort()).toEqual(['a-1.mjs', 'a-2.mjs']);
  expect((await stat(join(place(), 'cli.mjs'))).mtimeMs).toBe(1_700_000_000_000);
  await expect(access(made())).rejects.toThrow('ENOENT');
});

test('pieces nobody can still be waiting for are taken away, other files are not', async () => {
  await write(place(), { 'main.mjs': 'one', 'preload.cjs': 'other build', 'parts/a-1.mjs': 'a', 'icons/i.png': 'i' });
  for (const name of ['preload.cjs', 'parts/a-1.mjs', 'icons/i.png']) await utimes(join(place(), name), 1e9, 1e9);
  await write(made(), { 'main.mjs': 'two', 'parts/a-2.mjs': 'b' });
  await publishBuild(made(), place(), 'main.mjs', Date.now());
  expect((await readdir(place(), { recursive: true })).sort()).toEqual(
    ['icons', join('icons', 'i.png'), 'main.mjs', 'parts', join('parts', 'a-2.mjs'), 'preload.cjs'].sort(),
  );
});

test('a build without its entry changes nothing', async () => {
  await write(place(), { 'cli.mjs': 'one' });
  await write(made(), { 'parts/a-2.mjs': 'b' });
  await expect(publishBuild(made(), place(), 'cli.mjs', 0)).rejects.toThrow('no cli.mjs');
  expect(await readdir(place())).toEqual(['cli.mjs']);
});
