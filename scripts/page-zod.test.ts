import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { build } from 'vite';
import { calledNames, pageZod, simplified, withoutBodies, withoutMethods, ZOD } from './page-zod.ts';

test.each(['to-json-schema.js', 'json-schema-processors.js'])(
  'what schemas refer to in %s is there, and says so when it is called',
  async (file) => {
    const source = withoutBodies(await readFile(join(ZOD, 'core', file), 'utf8'));
    const made = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<string, () => unknown>;
    const names = Object.keys(made);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const call = name.startsWith('create') ? (made[name]?.() as () => unknown) : made[name];
      expect(call).toThrow('writes no JSON schemas');
    }
  },
);

test('only methods that nobody calls go', async () => {
  const schemas = await readFile(join(ZOD, 'classic', 'schemas.js'), 'utf8');
  const methods = (source: string): Set<string> =>
    new Set([...source.matchAll(/^ {4}(?:async )?(\w+)(?:\(|: (?:async )?function)/gm)].map(([, name = '']) => name));
  const before = methods(schemas);
  const after = methods(withoutMethods(schemas, await calledNames()));
  expect(before.size - after.size).toBeGreaterThan(40);
  for (const name of ['optional', 'nullable', 'default', 'prefault', 'regex', 'refine', 'superRefine', 'safeParse']) {
    expect(after).toContain(name);
  }
  for (const name of ['jwt', 'cidrv4', 'encode', 'toJSONSchema']) expect(after).not.toContain(name);
});

test('a zod that is written otherwise stops the build', () => {
  expect(() => simplified('export const ZodObject = 1;')).toThrow('any more');
});

test('the contract of the page accepts and refuses as the whole one does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-zod-'));
  try {
    const entry = join(import.meta.dirname, '../domain/contract.ts');
    await build({
      configFile: false,
      logLevel: 'error',
      plugins: [pageZod()],
      resolve: { alias: { '#domain': join(import.meta.dirname, '../domain') } },
      build: { outDir: folder, minify: false, lib: { entry, formats: ['es'], fileName: () => 'contract.mjs' } },
    });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const page = (await import(
      pathToFileURL(join(folder, 'contract.mjs')).href
    )) as typeof import('#domain/contract.ts');
    const whole = await import('#domain/contract.ts');
    const state = {
      settings: {
        ups: [{ id: 'a', identifier: 'ups', driver: 'usbhid-ups', port: 'auto', monpwd: { isSet: true } }],
        mail: { from: 'ups@example.org' },
      },
      revision: '1',
      isReadOnly: false,
      problems: [],
      hasUnseenPassword: false,
    };
    const wrong = {
      ...state,
      settings: { ups: [{ id: 'A!', identifier: 'default', remoteport: 0 }], mail: { from: '@' } },
    };
    for (const answer of [state, wrong, {}]) {
      const [one, other] = [page, whole].map((contract) => contract.requests['settings.get'].result.safeParse(answer));
      expect(one?.data).toEqual(other?.data);
      expect(one?.error?.issues).toEqual(other?.error?.issues);
    }
    expect(page.requests['settings.get'].result.safeParse(state).success).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
