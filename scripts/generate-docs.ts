/** The pages of the documentation that hold tables made from the program's own. The text around them is written by hand. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { replaceSection } from './docs/markdown.ts';
import { SECTIONS, type SectionName } from './docs/sections.ts';

const DOCS = join(import.meta.dirname, '../docs');

const PAGES: Readonly<Record<string, readonly SectionName[]>> = {
  'user/devices.md': ['makes', 'devices'],
  'user/variables.md': ['variables'],
  'user/drivers.md': ['demo commands', 'fronted drivers'],
  'user/when-something-is-wrong.md': ['errors', 'problems'],
  'developer/contract.md': ['contract requests', 'contract events'],
  'developer/shutdown.md': ['monitor scenarios'],
  'developer/adding-a-device.md': ['quirks', 'converters'],
  'developer/recordings.md': ['recordings'],
};

async function currentText(file: string, sections: readonly SectionName[]): Promise<string> {
  const page = await readFile(file, 'utf8');
  const filled = sections.reduce((text, name) => replaceSection(text, name, SECTIONS[name]()), page);
  return format(filled, { ...(await resolveConfig(file)), parser: 'markdown' });
}

/** Each page with its sections as they should be. Taken up by generate.ts. */
export const GENERATED_PAGES = Object.entries(PAGES).map(([page, sections]) => {
  const file = join(DOCS, page);
  return { file, text: () => currentText(file, sections) };
});
