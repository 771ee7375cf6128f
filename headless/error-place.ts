/** What is wrong with a configuration, as a terminal is told it: `FILE:LINE: what is wrong (what to do)`. */
import type { AppError } from '#domain/errors.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { lineOfPath } from '#engine/json-lines.ts';
import { describeFieldProblem } from '#engine/settings/check-settings.ts';

/** A file that cannot be read or written is told at its first line. An error about no file stands without a place. */
export function describeConfigError(error: AppError): string {
  const { file, line } = error.details;
  const text = `${error.message} (${error.remedy})`;
  if (typeof file !== 'string' || error.message.startsWith(`${file}:`)) return text;
  return `${file}:${typeof line === 'number' ? line : 1}: ${text}`;
}

/**
 * @param path of the value in the file, where it has another name there than in the settings
 * @param text of the file, JSON
 */
export const describeInFile = (problem: FieldProblem, file: string, text: string, path = problem.path): string =>
  `${file}:${lineOfPath(text, path)}: ${describeFieldProblem({ ...problem, path })}`;
