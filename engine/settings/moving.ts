/** What happens to values on their way into the settings, and what is told about it. */
import { phrase, type Text } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { NutPassword } from '#domain/schema/settings/parts.ts';
import { LONGEST_TIMER } from '#domain/schema/settings/ups-settings.ts';
import { SHIPPED_PASSWORD } from './check-settings.ts';
import type { Moved } from './move-in.ts';
import { newPassword } from './new-password.ts';
import type { Group } from './stored-settings.ts';

/** Collects what is told while one configuration is moved. */
export class Moving {
  readonly #notes: Text[] = [];
  readonly #problems: FieldProblem[] = [];
  readonly #made: string[] = [];

  note(text: Text): void {
    const said = JSON.stringify(text);
    if (!this.#notes.some((other) => JSON.stringify(other) === said)) this.#notes.push(text);
  }

  problem(problem: FieldProblem): void {
    this.#problems.push(problem);
  }

  upTo(most: number, name: string, value: number): number {
    if (value <= most) return value;
    this.note(phrase('import.changed', { name, value, now: most }));
    return most;
  }

  /** Seconds until lost contact is told. 0 and less mean: as NUT has it by itself. */
  warnTime(name: string, value: number): number | undefined {
    if (value > 0) return this.upTo(LONGEST_TIMER, name, value);
    this.note(phrase('import.unset', { name, value }));
    return undefined;
  }

  shorter(name: string, text: string, most: number): string {
    if (text.length <= most) return text;
    this.note(phrase('import.cut', { name, most }));
    return text.slice(0, most);
  }

  /** A password of this server: not the one that everybody knows, nor one that does not arrive as it was written. */
  ownPassword(password: string, user: string): string {
    const isKnown = password === SHIPPED_PASSWORD;
    if (!isKnown && NutPassword.safeParse(password).success) return password;
    const made = newPassword();
    this.#made.push(made);
    this.note(phrase(isKnown ? 'import.known-password' : 'import.unfit-password', { user }));
    return made;
  }

  moved(ups: readonly Group[], server: Group): Moved {
    return { ups, server, notes: this.#notes, problems: this.#problems, made: this.#made };
  }
}

/** A name that the form takes. Told where it is another one. */
export function knownIdentifier(name: string, moving: Moving): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_').slice(0, 120);
  const identifier = plain === '' || plain.toLowerCase() === 'default' ? 'ups' : plain;
  if (identifier !== name) moving.note(phrase('import.renamed', { name, identifier }));
  return identifier;
}
