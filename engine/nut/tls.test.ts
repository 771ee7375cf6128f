import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppError } from '#domain/errors.ts';
import { readAuthorities } from './tls.ts';

let folder: string;
let authority: string;
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-certpath-'));
  authority = (await generate([{ name: 'commonName', value: 'our authority' }])).cert;
  await writeFile(at('good.pem'), authority);
  await writeFile(at('text.pem'), 'some text\n');
  await writeFile(at('empty.pem'), '');
  for (const name of ['mixed', 'empty', 'text', 'broken']) await mkdir(at(name));
  await writeFile(at('mixed', 'a.pem'), authority);
  await writeFile(at('mixed', 'b.crt'), authority);
  await writeFile(at('mixed', 'README'), 'what these are\n');
  await writeFile(at('text', 'a.pem'), 'some text\n');
  await writeFile(at('broken', 'a.pem'), authority);
  // Nobody can read a folder as a file, whatever their rights.
  await mkdir(at('broken', 'b.pem'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('CERTPATH', () => {
  test('a file, and a folder with the certificates in it', async () => {
    expect(await readAuthorities(at('good.pem'))).toEqual([authority]);
    expect(await readAuthorities(at('mixed'))).toEqual([authority, authority]);
  });

  test.each([
    ['a file that is missing', 'none.pem', 'none.pem', 'it does not exist'],
    ['a file that is no certificate', 'text.pem', 'text.pem', 'it holds no certificate'],
    ['an empty file', 'empty.pem', 'empty.pem', 'it holds no certificate'],
    ['a folder without any', 'empty', 'empty', 'it holds no certificate'],
    ['a folder with files that are none', 'text', 'text', 'it holds no certificate'],
    ['a file of a folder that cannot be read', 'broken', 'broken/b.pem', 'it is a folder'],
  ])('%s: which, why, and what to do', async (_, path, file, reason) => {
    const error = (await readAuthorities(at(path)).catch((thrown: unknown) => thrown)) as AppError;
    expect(error).toMatchObject({ code: 'nut/authorities-unusable' });
    expect(error.message).toBe(`Cannot use ${at(file)} as the certificates of authorities: ${reason}.`);
    expect(error.remedy).toContain('Let CERTPATH name a PEM file, or a folder of PEM files');
  });
});
