import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { de } from '#domain/messages/de.ts';
import { en } from '#domain/messages/en.ts';
import { pageKeys, pageModule, UNSAID } from './page-messages.ts';

const ROOT = join(import.meta.dirname, '..');

test('the page has every text it may say, in both languages', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-messages-'));
  try {
    for (const name of ['en', 'de']) {
      const source = pageModule(`/x/domain/messages/${name}.ts`) ?? '';
      await writeFile(join(folder, `${name}.mjs`), source.replace('./en.ts', './en.mjs'));
    }
    const load = async (name: string): Promise<Record<string, Record<string, string>>> =>
      (await import(pathToFileURL(join(folder, `${name}.mjs`)).href)) as Record<string, Record<string, string>>;
    const texts = { en: (await load('en')).en, de: (await load('de')).de };
    for (const key of pageKeys()) expect([texts.en?.[key], texts.de?.[key]]).toEqual([en[key], de[key]]);
    expect(Object.keys(texts.de ?? {})).toEqual(Object.keys(texts.en ?? {}));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('nothing of the page asks for a text it does not have', async () => {
  const said = (await readdir(join(ROOT, 'renderer'), { recursive: true })).filter((file) =>
    /\.(?:ts|svelte)$/.test(file),
  );
  const missing: string[] = [];
  for (const file of said) {
    const text = await readFile(join(ROOT, 'renderer', file), 'utf8');
    for (const [, key = ''] of text.matchAll(/['"`]([a-z]+\.[\w.${}-]+)['"`]/g)) {
      if (UNSAID.test(key) && Object.hasOwn(en, key)) missing.push(`${file}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});

test('other modules are left as they are', () => {
  expect(pageModule('/x/domain/messages/message.ts')).toBeUndefined();
});
