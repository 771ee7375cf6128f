import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutBodies } from './page-zod.ts';

const core = join(dirname(createRequire(import.meta.url).resolve('zod/package.json')), 'v4', 'core');

test.each(['to-json-schema.js', 'json-schema-processors.js'])(
  'what schemas refer to in %s is there, and says so when it is called',
  async (file) => {
    const source = withoutBodies(await readFile(join(core, file), 'utf8'));
    const made = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<string, () => unknown>;
    const names = Object.keys(made);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const call = name.startsWith('create') ? (made[name]?.() as () => unknown) : made[name];
      expect(call).toThrow('writes no JSON schemas');
    }
  },
);
