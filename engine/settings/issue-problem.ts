/** What a schema says of a value, as a problem of the field of the form. */
import { phrase } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { SECRET_NAMES } from '#domain/schema/settings/parts.ts';
import { becauseText, expectedOf, missingOf } from '#domain/schema/settings/issue-text.ts';
import type { z } from 'zod';

/** @param given what the schema was given, for the entry of a list to be named */
export function toFieldProblem(issue: z.core.$ZodIssue, given: unknown): FieldProblem {
  const missing = missingOf(issue);
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const at = path.findIndex((step) => typeof step === 'string' && SECRET_NAMES.has(step));
  const field = { path: at < 0 ? path : path.slice(0, at + 1), severity: 'error' as const };
  if (missing) {
    return {
      ...field,
      reason: phrase('field.missing', { because: becauseText(missing) }),
      fix: phrase('field.missing.fix', {}),
    };
  }
  if (issue.code === 'unrecognized_keys') {
    return {
      ...field,
      path: [...path, issue.keys[0] ?? ''],
      reason: phrase('field.unknown', {}),
      fix: phrase('field.unknown.fix', {}),
    };
  }
  const entry = typeof path.at(-1) === 'number' ? valueAt(given, path) : undefined;
  return {
    ...field,
    reason: typeof entry === 'string' ? phrase('field.bad-entry', { entry }) : phrase('field.bad-value', {}),
    fix: phrase('field.bad-value.fix', { expected: expectedOf(issue) }),
  };
}

const valueAt = (given: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, name) => (value as Readonly<Record<string | number, unknown>> | undefined)?.[name],
    given,
  );
