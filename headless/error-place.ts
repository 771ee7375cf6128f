/** What is wrong with a configuration, as a terminal is told it: `FILE:LINE: what is wrong (what to do)`. */
import { SettingsError, type AppError } from '#domain/errors.ts';
import type { FieldProblem } from '#domain/schema/field-problem.ts';
import { lineOfPath } from '#engine/json-lines.ts';
import { describeFieldProblem } from '#engine/settings/check-settings.ts';
import { lostPasswords, type StoredSettings } from '#engine/settings/stored-settings.ts';

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

/** Each password that was set and cannot be had here, with its place. @param text of the file of the settings */
export const lostInFile = (of: Pick<StoredSettings, 'given'>, file: string, text: string): SettingsError[] =>
  lostPasswords(of).map(
    ({ key, path, isSealed }) =>
      new SettingsError(`settings/${isSealed ? 'sealed' : 'lost'}-passwords`, {
        keys: key,
        file,
        line: lineOfPath(text, path),
      }),
  );
