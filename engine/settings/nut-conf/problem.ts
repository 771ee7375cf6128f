import { en } from '#domain/messages/en.ts';
import { fill, type MessageKey, type MessageParams, type Phrase } from '#domain/messages/message.ts';

/**
 * `error`: the line cannot mean what its writer meant, and nothing is started with it. `warning`: what was left out or
 * read loosely, as NUT does. `notice`: good to know, nothing to do.
 */
export type ProblemSeverity = 'error' | 'warning' | 'notice';

export type ProblemCode = MessageKey extends infer Key ? (Key extends `problem.${infer Code}` ? Code : never) : never;

/** Something in a configuration file that a person should know about. */
export interface NutConfProblem {
  readonly code: ProblemCode;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly severity: ProblemSeverity;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** What both are filled with. */
  readonly details: Readonly<Record<string, unknown>>;
}

type DetailsOf<Key extends string> = Key extends MessageKey ? MessageParams<Key> : never;
type ProblemDetails<Code extends ProblemCode> = DetailsOf<`problem.${Code}`> & DetailsOf<`fix.${Code}`>;

/** Both sentences, to stand inside of an error. */
export const phrasesOf = ({ code, details }: NutConfProblem): { readonly reason: Phrase; readonly fix: Phrase } => ({
  reason: { phrase: `problem.${code}`, params: details },
  fix: { phrase: `fix.${code}` as MessageKey, params: details },
});

/** `FILE:LINE: what is wrong (what to do)`. */
export const describeProblem = ({ file, line, message, fix }: NutConfProblem): string =>
  `${file}:${line}: ${message} (${fix})`;

/** Where the readers of one file put what they find. */
export class Problems {
  readonly file: string;
  readonly #found: NutConfProblem[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** In the order of the file. */
  list(): readonly NutConfProblem[] {
    return this.#found.toSorted((a, b) => a.line - b.line);
  }

  error<Code extends ProblemCode>(code: Code, line: number, details: ProblemDetails<Code>): void {
    this.#add('error', code, line, details);
  }

  warning<Code extends ProblemCode>(code: Code, line: number, details: ProblemDetails<Code>): void {
    this.#add('warning', code, line, details);
  }

  notice<Code extends ProblemCode>(code: Code, line: number, details: ProblemDetails<Code>): void {
    this.#add('notice', code, line, details);
  }

  #add(severity: ProblemSeverity, code: ProblemCode, line: number, details: Readonly<Record<string, unknown>>): void {
    this.#found.push({
      code,
      file: this.file,
      line,
      severity,
      message: fill(en[`problem.${code}`], details),
      fix: fill(en[`fix.${code}` as MessageKey], details),
      details,
    });
  }
}
