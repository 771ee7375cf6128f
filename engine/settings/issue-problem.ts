/** What a schema says of a value, as a problem of the field of the form. */
import { phrase } from '#domain/messages/message.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { SECRET_NAMES } from '#domain/schema/settings/parts.ts';
import { becauseText, expectedOf, missingOf } from '#domain/schema/settings/issue-text.ts';
import type { z } from 'zod';

export function toFieldProblem(issue: z.core.$ZodIssue): FieldProblem {
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
  return {
    ...field,
    reason: phrase('field.bad-value', {}),
    fix: phrase('field.bad-value.fix', { expected: expectedOf(issue) }),
  };
}
