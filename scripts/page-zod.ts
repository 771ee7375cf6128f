/**
 * zod as the page needs it. A schema of zod has a method for everything that can be asked of a schema, and each leads to
 * code of its own: the formats of texts, the JSON schemas, codecs. No bundler can leave methods out, so they are left out
 * here: what neither the page's sources nor zod itself call. Can go with a zod whose methods are fetched when needed, or
 * with schemas written in zod/mini.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseSync, type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '..');
export const ZOD = join(dirname(createRequire(import.meta.url).resolve('zod/package.json')), 'v4');

const WRITERS = /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/;

/** The writers of JSON schemas, to which every schema refers: the same exports; calling one says that it is not there. */
export function withoutBodies(source: string): string {
  const names = [...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
  const absent = "() => { throw new Error('the page writes no JSON schemas'); }";
  // Schemas ask for their method when they are made; only calling that would write one.
  return [`const absent = ${absent};`, 'const later = () => absent;']
    .concat(names.map((name) => `export const ${name} = ${(name ?? '').startsWith('create') ? 'later' : 'absent'};`))
    .join('\n');
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}
interface Property extends Node {
  readonly kind: string;
  readonly key: { readonly name?: string };
  readonly value: Node;
}

/**
 * What the page does without: schemas compiled into code, which its content security policy forbids, and answers that
 * contain themselves, which JSON cannot. [as zod has it, as the page has it]
 */
const SIMPLER = [
  ['core.$ZodObjectJIT.init(', 'core.$ZodObject.init('],
  ['core.config({ memoizer: core.memoizer() });', ';'],
] as const;

/** @throws Error where zod is not written as it was when this was */
export function simplified(source: string): string {
  return SIMPLER.reduce((text, [before, after]) => {
    if (!text.includes(before)) throw new Error(`scripts/page-zod.ts: zod's schemas have no ${before} any more`);
    return text.replaceAll(before, after);
  }, source);
}

/** The schemas without the methods that are not called. @param called names of methods */
export function withoutMethods(source: string, called: ReadonlySet<string>): string {
  let rest = '';
  let from = 0;
  for (const { key, start, end } of methodsIn(parseSync('schemas.js', source).program)) {
    if (key.name === undefined || called.has(key.name)) continue;
    rest += source.slice(from, start);
    from = end + (source[end] === ',' ? 1 : 0);
  }
  return rest + source.slice(from);
}

/** Those of the tables that `$constructor` is given, in their order. */
function methodsIn(tree: unknown, isTable = false): Property[] {
  if (Array.isArray(tree)) return tree.flatMap((part) => methodsIn(part, isTable));
  if (typeof tree !== 'object' || tree === null) return [];
  const { type, callee, properties } = tree as { type?: string; callee?: unknown; properties?: readonly Property[] };
  if (isTable && type === 'ObjectExpression') return properties?.filter(isMethod) ?? [];
  const isMaker = type === 'CallExpression' && /"\$constructor"|"derived"/.test(JSON.stringify(callee));
  return Object.values(tree).flatMap((part) => methodsIn(part, isMaker));
}

const isMethod = ({ kind, value }: Property): boolean => kind === 'init' && value.type === 'FunctionExpression';

/** What is called of schemas: every method named where schemas are made or come from, and what zod calls of its own. */
export async function calledNames(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const room of ['domain', 'renderer']) {
    for (const name of await readdir(join(ROOT, room), { recursive: true })) {
      if (!/\.(?:ts|svelte)$/.test(name) || name.endsWith('.test.ts')) continue;
      const source = await readFile(join(ROOT, room, name), 'utf8');
      if (/from '(?:zod|.*\/contract\.ts|.*\/schema\/.*)'/.test(source)) collect(names, source, /\.(\w+)\(/g);
    }
  }
  collect(names, await readFile(join(ZOD, 'classic', 'schemas.js'), 'utf8'), /\b(?:this|inst)\??\.(\w+)/g);
  return names;
}

function collect(names: Set<string>, source: string, pattern: RegExp): void {
  for (const [, name = ''] of source.matchAll(pattern)) names.add(name);
}

export function pageZod(): Plugin {
  let called: Promise<ReadonlySet<string>> | undefined;
  return {
    name: 'page-zod',
    apply: 'build',
    enforce: 'pre',
    async load(id) {
      const path = id.replaceAll('\\', '/');
      if (WRITERS.test(path)) return withoutBodies(await readFile(path, 'utf8'));
      if (!path.endsWith('/zod/v4/classic/schemas.js')) return undefined;
      return withoutMethods(simplified(await readFile(path, 'utf8')), await (called ??= calledNames()));
    },
  };
}
