import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '#domain/messages/de/commands.ts';
import { phasePlaces, phaseValues, variables } from '#domain/messages/de/variables.ts';
import { de } from '#domain/messages/de.ts';
import { en } from '#domain/messages/en.ts';
import { pageKeys, pageModule, UNSAID } from './page-messages.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGE_MODULES = ['en.ts', 'de.ts', 'de/variables.ts', 'de/commands.ts', 'fetch.ts', 'german.ts'];

type Module = Record<string, Readonly<Record<string, string>>>;

test('the page has every text it may say, in both languages, and English until German has come', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-messages-'));
  try {
    const place = join(folder, 'domain', 'messages');
    for (const name of PAGE_MODULES) {
      await mkdir(dirname(join(place, name)), { recursive: true });
      await writeFile(join(place, name), pageModule(`/x/domain/messages/${name}`) ?? '');
    }
    await mkdir(join(folder, 'domain', 'nut'));
    for (const name of ['commands', 'variable-table']) {
      const real = pathToFileURL(join(ROOT, 'domain', 'nut', `${name}.ts`)).href;
      await writeFile(join(folder, 'domain', 'nut', `${name}.ts`), `export * from '${real}';`);
    }
    const load = async <Kind = Module>(name: string): Promise<Kind> =>
      (await import(pathToFileURL(join(place, name)).href)) as Kind;

    const english = (await load('en.ts')).en ?? {};
    for (const key of pageKeys()) expect(english[key]).toBe(en[key]);
    expect(Object.keys(english)).toHaveLength(pageKeys().length);

    const { de: german = {} } = await load('de.ts');
    expect(german['frame.overview']).toBe(en['frame.overview']);
    const { fetchTexts } = await load<{ fetchTexts: (locale: string) => Promise<void> }>('fetch.ts');
    await fetchTexts('en');
    expect(german['frame.overview']).toBe(en['frame.overview']);
    await fetchTexts('de');
    for (const key of pageKeys()) expect(german[key]).toBe(de[key]);
    const names = await load('de/variables.ts');
    expect({ ...names }).toEqual({ variables, phaseValues, phasePlaces });
    expect((await load('de/commands.ts')).commands).toEqual(commands);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('nothing of the page asks for a text it does not have', async () => {
  // What the engine answers is said there too.
  const rooms = ['renderer', join('engine', 'api'), join('engine', 'setup')];
  const files = await Promise.all(
    rooms.map(async (room) => (await readdir(join(ROOT, room), { recursive: true })).map((file) => join(room, file))),
  );
  const said = [...files.flat(), join('engine', 'settings', 'beyond-nut.ts')].filter((file) =>
    /\.(?:ts|svelte)$/.test(file),
  );
  const missing: string[] = [];
  for (const file of said) {
    const text = await readFile(join(ROOT, file), 'utf8');
    for (const [, key = ''] of text.matchAll(/['"`]([a-z]+\.[\w.${}-]+)['"`]/g)) {
      if (UNSAID.test(key) && Object.hasOwn(en, key)) missing.push(`${file}: ${key}`);
    }
  }
  expect(missing).toEqual([]);
});

test('other modules are left as they are', () => {
  expect(pageModule('/x/domain/messages/message.ts')).toBeUndefined();
  expect(pageModule('/x/domain/messages/en/toString')).toBeUndefined();
});
