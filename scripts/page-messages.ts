/**
 * The catalogues as the page needs them: without what only the desktop shell, mails and the log-in page say, and every key
 * once. Both languages have the same keys, so German is a list in the order of English; that is a good part of the page's
 * weight.
 */
import type { Plugin } from 'vite';
import { de } from '../domain/messages/de.ts';
import { en } from '../domain/messages/en.ts';

/** Said elsewhere than on the page. */
export const UNSAID = /^(?:alert|close|login|menu|notice|quit|section|shell|tray)\.|^(?:error|remedy)\.web\//;

type Key = keyof typeof en;

export const pageKeys = (): readonly Key[] => (Object.keys(en) as Key[]).filter((key) => !UNSAID.test(key));

/** Source of a catalogue's module for the page; undefined for any other module. */
export function pageModule(id: string): string | undefined {
  const keys = pageKeys();
  if (id.endsWith('/domain/messages/en.ts')) {
    return `export const en = ${JSON.stringify(Object.fromEntries(keys.map((key) => [key, en[key]])))};`;
  }
  if (id.endsWith('/domain/messages/de.ts')) {
    const texts = JSON.stringify(keys.map((key) => de[key]));
    return `import { en } from './en.ts';
const texts = ${texts};
export const de = Object.fromEntries(Object.keys(en).map((key, index) => [key, texts[index]]));`;
  }
  return undefined;
}

export const pageMessages = (): Plugin => ({
  name: 'page-messages',
  apply: 'build',
  enforce: 'pre',
  load: (id) => pageModule(id.replaceAll('\\', '/')),
});
