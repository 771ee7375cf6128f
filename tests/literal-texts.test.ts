/** Texts of the page come from messages: none may stand in the markup, where no other language could reach it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

/** Attributes that people read or hear. */
const SPOKEN = new Set([
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'title',
  'placeholder',
  'alt',
  'label',
]);
const HAS_WORD = /\p{L}{2,}/u;

interface Found {
  readonly line: number;
  readonly text: string;
}

/** Words in text nodes and in attributes that people read, of a component. */
function literalTexts(source: string): Found[] {
  const found: Found[] = [];
  const visit = (node: unknown, attribute?: string): void => {
    if (Array.isArray(node)) return node.forEach((child) => visit(child, attribute));
    if (typeof node !== 'object' || node === null) return;
    const { type, name, data, start } = node as { type?: string; name?: string; data?: string; start?: number };
    const isRead = attribute === undefined || SPOKEN.has(attribute);
    if (type === 'Text' && isRead && HAS_WORD.test(data ?? '')) {
      found.push({ line: source.slice(0, start).split('\n').length, text: (data ?? '').trim() });
    }
    const isNamed = type === 'Attribute' || type?.endsWith('Directive') === true;
    for (const child of Object.values(node)) visit(child, isNamed ? name : attribute);
  };
  visit(parse(source, { modern: true }).fragment);
  return found;
}

test('words in the markup are found, names and code are not', () => {
  const source = `<p class="wide" style:color="var(--x)">Hello {name}</p>\n<input placeholder="Search" type="text" />\n<b>{t('x')}</b> · %`;
  expect(literalTexts(source)).toEqual([
    { line: 1, text: 'Hello' },
    { line: 2, text: 'Search' },
  ]);
});

const folder = join(import.meta.dirname, '../renderer');
test.each(globSync('**/*.svelte', { cwd: folder }).sort())('%s takes its texts from messages', (file) => {
  expect(literalTexts(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
});
