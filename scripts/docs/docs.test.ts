import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GLOBAL_OPTIONS, NUT_DRIVERS, UPS_OPTIONS, USB_OPTIONS } from '#engine/settings/nut-conf/driver-options.ts';
import { replaceSection, table, withPlaceholders } from './markdown.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

const pages = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    // Written by `npm run bench`, where somebody ran it.
    .filter((file) => file.endsWith('.md') && file !== 'benchmarks.md')
    .map((file) => join('docs', file)),
].sort();

/** The headings of a page as the ends of links: `Before a 1st start` is `#before-a-1st-start`. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('every link of %s inside the project leads somewhere', (page) => {
  const broken = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
    });
  expect(broken).toEqual([]);
});

test('every page below docs/ is led to by another one', () => {
  const targets = new Set(
    pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s#]+)/g)].map(([, target = '']) =>
        relative(ROOT, resolve(ROOT, dirname(page), target)),
      ),
    ),
  );
  expect(pages.filter((page) => page !== 'README.md' && !targets.has(page))).toEqual([]);
});

describe('docs/user/nut-files.md', () => {
  const text = read('docs/user/nut-files.md');
  const options = [
    GLOBAL_OPTIONS,
    UPS_OPTIONS,
    USB_OPTIONS,
    NUT_DRIVERS['usbhid-ups']?.options ?? {},
    NUT_DRIVERS['dummy-ups']?.options ?? {},
  ];
  test.each([...new Set(options.flatMap((each) => Object.keys(each)))])('tells of the option %s', (option) => {
    expect(text).toContain(`\`${option}\``);
  });
});

describe('pieces of Markdown', () => {
  test('a table keeps its columns whatever its cells hold', () => {
    expect(table(['a', 'b'], [['x | y', 'two\nlines']])).toBe('| a | b |\n| --- | --- |\n| x \\| y | two lines |');
  });

  test('placeholders are set in italics, other signs stay as they are', () => {
    expect(withPlaceholders('Cannot open {device}: a*b_c')).toBe('Cannot open _device_: a\\*b\\_c');
  });

  test('a section is replaced between its marks only, and asked for by its name', () => {
    const page = 'before\n<!-- generated: one -->\nold\n<!-- end of generated -->\nafter $&\n';
    expect(replaceSection(page, 'one', 'new $1')).toBe(
      'before\n<!-- generated: one -->\n\nnew $1\n\n<!-- end of generated -->\nafter $&\n',
    );
    expect(() => replaceSection(page, 'two', '')).toThrow('two');
  });
});
