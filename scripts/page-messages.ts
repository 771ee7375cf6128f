/**
 * The catalogues as the page needs them; they are a good part of its weight. Without what only the desktop shell, mails,
 * the command line and the log-in page say; German by itself, fetched by whom it is spoken to; and every key once: those of
 * English as a tree, in which what they begin with stands once, the texts of German as lists in the order of English.
 */
import type { Plugin } from 'vite';
import { commands } from '../domain/messages/de/commands.ts';
import { phasePlaces, phaseValues, variables } from '../domain/messages/de/variables.ts';
import { de } from '../domain/messages/de.ts';
import { en } from '../domain/messages/en.ts';
import { COMMANDS } from '../domain/nut/commands.ts';
import { VARIABLES } from '../domain/nut/variable-table.ts';

/** Said elsewhere than on the page: by the shell, in mails and to home automation, by the command line. */
export const UNSAID = new RegExp(
  [
    '^(?:alert|close|doctor|login|menu|mqtt|notice|quit|section|shell|tray)[.]',
    '^(?:error|remedy)[.](?:shell|web)/',
    '^(?:error|remedy)[.]driver/cannot-write$',
    '^(?:error|remedy)[.]history/(?:cannot-export|no-ups|none)$',
    '^(?:error|remedy)[.]nut/cannot-announce$',
    '^(?:error|remedy)[.]settings/(?:bad-value|missing-value|mistyped-key|no-such-channel|no-such-ups|unknown-key)$',
  ].join('|'),
);

type Key = keyof typeof en;
type Tree = { [name: string]: Tree | string };

export const pageKeys = (): readonly Key[] => (Object.keys(en) as Key[]).filter((key) => !UNSAID.test(key));

/** `a.b` and `a.b.c` become `{ a: { b: { '': …, c: … } } }`. */
function treeOf(keys: readonly Key[]): Tree {
  const tree: Tree = {};
  for (const key of keys) {
    let branch = tree;
    for (const name of key.split('.')) {
      const there = branch[name];
      branch = branch[name] = typeof there === 'object' ? there : there === undefined ? {} : { '': there };
    }
    branch[''] = en[key];
  }
  return bare(tree);
}

/** A branch that is nothing but a text is that text. */
const bare = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([name, part]) => {
      if (typeof part === 'string') return [name, part];
      const [only] = Object.keys(part);
      return [name, only === '' && Object.keys(part).length === 1 ? (part[''] ?? '') : bare(part)];
    }),
  );

/** The same in the page, where it makes keys of the tree again. */
function gather(keys: Record<string, string>, tree: Tree, path = ''): Record<string, string> {
  for (const [name, part] of Object.entries(tree)) {
    const key = name === '' ? path : path === '' ? name : `${path}.${name}`;
    if (typeof part === 'string') keys[key] = part;
    else gather(keys, part, key);
  }
  return keys;
}

const json = JSON.stringify;

/** What the German module is given to fill, and in which order. */
const german = (): string => {
  const keys = Object.keys(gather({}, treeOf(pageKeys()))) as Key[];
  return `import { en } from './en.ts';
import { de } from './de.ts';
import { commands } from './de/commands.ts';
import { phasePlaces, phaseValues, variables } from './de/variables.ts';
import { COMMANDS } from '../nut/commands.ts';
import { VARIABLES } from '../nut/variable-table.ts';
const teach = (texts, keys, said) => keys.forEach((key, place) => { if (said[place]) texts[key] = said[place]; });
const name = (info) => info.name;
teach(de, Object.keys(en), ${json(keys.map((key) => de[key]))});
teach(variables, VARIABLES.map(name), ${json(VARIABLES.map(({ name }) => variables[name] ?? 0))});
teach(commands, COMMANDS.map(name), ${json(COMMANDS.map(({ name }) => commands[name] ?? 0))});
Object.assign(phaseValues, ${json(phaseValues)});
Object.assign(phasePlaces, ${json(phasePlaces)});`;
};

/** Modules of domain/messages as the page has them. */
const MODULES: Readonly<Record<string, () => string>> = {
  'en.ts': () => `${gather.toString()}
export const en = gather({}, ${json(treeOf(pageKeys()))});`,
  'de.ts': () => `import { en } from './en.ts';
export const de = Object.create(en);`,
  'de/variables.ts': () => 'export const variables = {}, phaseValues = {}, phasePlaces = {};',
  'de/commands.ts': () => 'export const commands = {};',
  'fetch.ts': () =>
    `export const fetchTexts = async (locale) => { if (locale === 'de') await import('./german.ts'); };`,
  'german.ts': german,
};

/** Source of a module of the page; undefined for one that is as it is. */
export function pageModule(id: string): string | undefined {
  const [, name = ''] = /\/domain\/messages\/(.+)$/.exec(id) ?? [];
  return Object.hasOwn(MODULES, name) ? MODULES[name]?.() : undefined;
}

export const pageMessages = (): Plugin => ({
  name: 'page-messages',
  apply: 'build',
  enforce: 'pre',
  // The one module that is nowhere but in the page.
  resolveId: (id, importer = '') =>
    id === './german.ts' && importer.endsWith('/domain/messages/fetch.ts')
      ? importer.replace('fetch.ts', 'german.ts')
      : null,
  load: (id) => pageModule(id.replaceAll('\\', '/')),
});
