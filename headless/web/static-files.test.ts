import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStaticFiles } from './static-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-static-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('files are what they were when somebody first asked, and only pages and what belongs to them', async () => {
  const script = 'export const words = [];\n'.repeat(100);
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), 'page');
  await writeFile(join(folder, 'notes.txt'), 'not for the browser');
  const files = createStaticFiles(folder);
  await writeFile(join(folder, 'assets', 'index-B2x4yZ9q.js'), script);
  const first = await files();
  await writeFile(join(folder, 'index.html'), 'another build');
  expect(await files()).toBe(first);
  expect([...first.keys()].sort()).toEqual(['/assets/index-B2x4yZ9q.js', '/index.html']);
  expect(first.get('/index.html')).toMatchObject({ body: Buffer.from('page'), gzipped: undefined, isImmutable: false });
  const asset = first.get('/assets/index-B2x4yZ9q.js');
  expect(asset).toMatchObject({ body: Buffer.from(script), isImmutable: true });
  expect(gunzipSync(asset?.gzipped ?? '').toString()).toBe(script);
});

test('without a build there are none', async () => {
  expect(await createStaticFiles(join(folder, 'missing'))()).toEqual(new Map());
});

test('what could not be read is read when somebody asks again', async () => {
  const path = join(folder, 'dist');
  await writeFile(path, '');
  const files = createStaticFiles(path);
  await expect(files()).rejects.toThrow('ENOTDIR');
  await rm(path);
  await mkdir(path);
  await writeFile(join(path, 'index.html'), 'page');
  expect((await files()).has('/index.html')).toBe(true);
});
