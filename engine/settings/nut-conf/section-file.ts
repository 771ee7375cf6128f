/** Files of `[section]` titles with options below: ups.conf and upsd.users. */
import { type ConfLine, readConfLines } from './conf-lines.ts';
import type { Problems } from './problem.ts';

export interface Section {
  /** As written between the brackets. */
  readonly name: string;
  readonly line: number;
  readonly lines: readonly ConfLine[];
}

export interface SectionFile {
  /** Lines before the first title. */
  readonly global: readonly ConfLine[];
  /** In the order of the file; a title that stands twice is one section, where it stood first. */
  readonly sections: readonly Section[];
}

export function readSections(bytes: Uint8Array, problems: Problems): SectionFile {
  const global: ConfLine[] = [];
  const sections = new Map<string, Section & { readonly lines: ConfLine[] }>();
  let current = global;
  for (const conf of readConfLines(bytes, problems)) {
    const name = /^\[(.+)\]$/s.exec(conf.first)?.[1];
    if (name === undefined && !conf.first.startsWith('[')) {
      current.push(conf);
      continue;
    }
    if (name === undefined) {
      problems.error('bad-section', conf.line, {});
      // Options of a UPS whose title is broken must not change the UPS above it.
      current = [];
      continue;
    }
    if (conf.rest.length > 0) problems.warning('extra-words', conf.line, { extra: conf.rest.join(' ') });
    const earlier = sections.get(name);
    if (earlier) problems.warning('repeated-section', conf.line, { name, first: earlier.line });
    const section = earlier ?? { name, line: conf.line, lines: [] };
    sections.set(name, section);
    current = section.lines;
  }
  return { global, sections: [...sections.values()] };
}
