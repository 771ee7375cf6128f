/** Small pieces of Markdown. Pure. */

/** A cell of a table: one line, with nothing in it that would end the cell. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replace(/\|/g, '\\|').trim();

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);

/** A text of the message catalogue: `{device}` stands for something and is set in italics. */
export const withPlaceholders = (text: string): string =>
  text.replace(/[<>*_]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name: string) => `_${name}_`);

const marker = (name: string): RegExp =>
  new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(<!-- end of generated -->)`);

/**
 * Puts text between the marks of a section.
 * @throws Error when the page has no such marks
 */
export function replaceSection(page: string, name: string, text: string): string {
  const pattern = marker(name);
  if (!pattern.test(page)) throw new Error(`no marks for "${name}"`);
  return page.replace(pattern, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`);
}
