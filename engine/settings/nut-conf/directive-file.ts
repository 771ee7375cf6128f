/**
 * Files of `DIRECTIVE value …` lines: upsd.conf and upsmon.conf. What each directive means is a table; this reads the
 * lines, finds the row and tells what does not fit.
 */
import type { Phrase, Text } from '#domain/messages/message.ts';
import { type ConfLine, readConfLines } from './conf-lines.ts';
import { nearestName } from './nearest-name.ts';
import type { Problems } from './problem.ts';
import { expected, parseBoolean, parseInteger } from './values.ts';

/** One line of the file with its values. Methods tell what is wrong and give undefined then. */
export class DirectiveLine {
  readonly name: string;
  readonly values: readonly string[];
  readonly line: number;
  readonly problems: Problems;

  constructor({ first, rest, line }: ConfLine, problems: Problems) {
    this.name = first;
    this.values = rest;
    this.line = line;
    this.problems = problems;
  }

  /** The only value. */
  text(): string | undefined {
    const [value, ...extra] = this.values;
    if (value === undefined) this.problems.error('missing-value', this.line, { name: this.name });
    if (extra.length > 0) this.problems.warning('extra-words', this.line, { extra: extra.join(' ') });
    return value;
  }

  /** @param options.isSigned a sign may stand in front */
  integer(options: { readonly isSigned?: boolean } = {}): number | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const { value, isSloppy } = parseInteger(text, options.isSigned ?? false);
    if (value === undefined) {
      this.refuse(text, expected.wholeNumber);
    } else if (isSloppy) {
      const details = { name: this.name, value: text, read: value, expected: expected.wholeNumber };
      this.problems.warning('sloppy-number', this.line, details);
    }
    return value;
  }

  boolean(): boolean | undefined {
    const text = this.text();
    if (text === undefined) return undefined;
    const value = parseBoolean(text);
    if (value === undefined) this.refuse(text, expected.boolean);
    return value;
  }

  refuse(value: string, expectedValue: Text): void {
    this.problems.error('bad-value', this.line, { name: this.name, value, expected: expectedValue });
  }
}

/** What a directive does to the settings being read. `isRepeatable`: several lines are the rule. */
export interface Directive<Draft> {
  readonly read: (line: DirectiveLine, draft: Draft) => void;
  readonly isRepeatable?: true;
  /** Understood and kept, but nothing here depends on it, for this reason. */
  readonly whyNoEffect?: Phrase;
  /** NUT takes this one name in any capitals. */
  readonly isAnyCase?: true;
}

export type DirectiveTable<Draft> = ReadonlyMap<string, Directive<Draft> | 'obsolete'>;

export function readDirectives<Draft>(
  bytes: Uint8Array,
  table: DirectiveTable<Draft>,
  draft: Draft,
  problems: Problems,
): void {
  const seen = new Map<string, number>();
  for (const conf of readConfLines(bytes, problems)) {
    const name = canonicalName(conf.first, table);
    const directive = table.get(name);
    if (directive === undefined) {
      tellUnknown(conf, table, problems);
      continue;
    }
    if (directive === 'obsolete') {
      problems.notice('obsolete', conf.line, { name });
      continue;
    }
    // A value may well be `=`; with another one behind it, it is the habit of other files.
    if (conf.rest[0] === '=' && conf.rest.length > 1) {
      problems.error('stray-equals', conf.line, { name });
      continue;
    }
    const first = seen.get(name);
    if (first !== undefined && !directive.isRepeatable) problems.warning('repeated', conf.line, { name, first });
    seen.set(name, first ?? conf.line);
    const { whyNoEffect: why } = directive;
    if (why) problems.notice('no-effect', conf.line, { name, why });
    directive.read(new DirectiveLine({ ...conf, first: name }, problems), draft);
  }
}

function canonicalName<Draft>(written: string, table: DirectiveTable<Draft>): string {
  const directive = table.get(written.toUpperCase());
  return typeof directive === 'object' && directive.isAnyCase ? written.toUpperCase() : written;
}

function tellUnknown<Draft>({ first, line }: ConfLine, table: DirectiveTable<Draft>, problems: Problems): void {
  const nearest = nearestName(first, table.keys());
  if (nearest === undefined) problems.warning('unknown-directive', line, { name: first });
  else problems.warning('mistyped-directive', line, { name: first, nearest });
}
