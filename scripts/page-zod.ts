/**
 * zod without its writer of JSON schemas: every schema refers to it, so it is in the page although the page never writes
 * any. Can go once zod lets bundlers leave it out.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

const WRITERS = /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/;

/** The same exports; calling one says that it is not there. */
export function withoutBodies(source: string): string {
  const names = [...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
  const absent = "() => { throw new Error('the page writes no JSON schemas'); }";
  // Schemas ask for their method when they are made; only calling that would write one.
  return [`const absent = ${absent};`, 'const later = () => absent;']
    .concat(names.map((name) => `export const ${name} = ${(name ?? '').startsWith('create') ? 'later' : 'absent'};`))
    .join('\n');
}

export const pageZod = (): Plugin => ({
  name: 'page-zod',
  apply: 'build',
  enforce: 'pre',
  async load(id) {
    const path = id.replaceAll('\\', '/');
    return WRITERS.test(path) ? withoutBodies(await readFile(path, 'utf8')) : undefined;
  },
});
