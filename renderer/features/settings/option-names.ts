/** Completes names of options in lines of ups.conf. Pure. */

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** What stands of a name before the caret; undefined where no name can stand (behind `=`, in a comment). */
export function nameAt(text: string, at: number): string | undefined {
  const before = text.slice(lineStart(text, at), at);
  return /^\s*[\w.-]*$/.test(before) && !/^[\w.-]/.test(text.slice(at)) ? before.trim() : undefined;
}

/** The text with the whole name, and the caret behind it. @param hasValue a value follows */
export function withName(
  text: string,
  at: number,
  name: string,
  hasValue: boolean,
): { readonly text: string; readonly at: number } {
  const start = lineStart(text, at);
  const indent = /^\s*/.exec(text.slice(start, at))?.[0] ?? '';
  const rest = text.slice(at);
  const written = `${indent}${name}${hasValue && !/^\s*=/.test(rest) ? ' = ' : ''}`;
  return { text: text.slice(0, start) + written + rest, at: start + written.length };
}
