/** For the tests of the readers: text in, result and told problems out. */
import { describeProblem, Problems } from './problem.ts';

/** Problems as `severity FILE:LINE: what is wrong (what to do)`. */
export function readText<Result>(
  reader: (bytes: Uint8Array, problems: Problems) => Result,
  file: string,
  text: string,
): { readonly result: Result; readonly told: readonly string[] } {
  const problems = new Problems(file);
  const result = reader(Buffer.from(text), problems);
  return { result, told: problems.list().map((problem) => `${problem.severity} ${describeProblem(problem)}`) };
}
