/** What a schema of the settings says of a value, as a text of the catalogue. */
import type { z } from 'zod';
import { en } from '#domain/messages/en.ts';
import { phrase, type MessageKey, type Text } from '#domain/messages/message.ts';

/** A value that is not there although another one asks for it. */
export interface Missing {
  readonly key: string;
  readonly value: string;
}

/** Why a value is missing; undefined where a value is there and wrong. */
export const missingOf = (issue: z.core.$ZodIssue): Missing | undefined =>
  issue.code === 'custom' ? (issue.params?.because as Missing | undefined) : undefined;

/** What would be right, to stand behind "write". */
export function expectedOf(issue: z.core.$ZodIssue): Text {
  // A union says what each of its members wants; where it has no words of its own the last one knows best.
  if (issue.code === 'invalid_union' && !isKey(issue.message)) {
    const inner = issue.errors.at(-1)?.[0];
    if (inner) return expectedOf(inner);
  }
  if (!isKey(issue.message)) return issue.message;
  const { minimum, maximum, values } = issue as { minimum?: unknown; maximum?: unknown; values?: readonly unknown[] };
  return {
    phrase: issue.message,
    params: { minimum: String(minimum), maximum: String(maximum), values: values?.join(', ') ?? '' },
  };
}

const isKey = (text: string): text is MessageKey => Object.hasOwn(en, text);

/** Shown where a value was left out altogether. */
export const becauseText = ({ key, value }: Missing): Text => phrase('expected.because', { key, value });
