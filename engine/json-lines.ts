/** Lines of a JSON file, to tell what is wrong with it. Pure. */

/** V8 quotes ten characters before the token it stumbles over, fewer where the text has no more. */
const QUOTED_BEFORE = 10;
const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;

/** Where JSON.parse stumbles in the beginning of a text: behind all that is only cut short. */
function stumbleIn(beginning: string): number {
  for (let length = 1; length <= beginning.length; length += 1) {
    try {
      JSON.parse(beginning.slice(0, length));
    } catch (error) {
      if (String(error).includes('Unexpected token')) return length - 1;
    }
  }
  return 0;
}

/** Where JSON.parse stopped: its message names a position or quotes the place; an unexpected end is the last line. */
export function jsonFault(text: string, error: unknown): { readonly line: number; readonly reason: string } {
  const message = error instanceof Error ? error.message : String(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const quoted = /, (\.\.\.)?"([^]*)"(?:\.\.\.)? is not valid JSON$/.exec(message);
  const quote = quoted?.[2] ?? '';
  const place = (): number => {
    if (position !== undefined) return Number.parseInt(position, 10);
    if (quote === '') return text.length;
    // Quoted from the beginning of the text, it does not tell where in it.
    return quoted?.[1] ? text.indexOf(quote) + QUOTED_BEFORE : stumbleIn(quote);
  };
  return {
    line: lineAt(text, place()),
    reason: message.replace(/ (in JSON )?at position.*$/, '').replace(/, (\.\.\.)?"[^]*$/, ''),
  };
}

/**
 * The line of a value, found by its keys: an element of a list by counting those before it, a property by its name from
 * there on. Good enough for files that a person edits; never beyond the end of the text.
 */
export function lineOfPath(text: string, path: readonly PropertyKey[]): number {
  let position = 0;
  for (const key of path) {
    if (typeof key === 'number') {
      const element = elementAt(text, text.indexOf('[', position), key);
      if (element === undefined) return lineAt(text, position);
      position = element;
    } else {
      const name = text.indexOf(JSON.stringify(String(key)), position);
      if (name >= 0) position = name;
    }
  }
  return lineAt(text, position);
}

/** Where an element of the list begins that opens at a place; undefined where it has fewer. */
function elementAt(text: string, open: number, wanted: number): number | undefined {
  let depth = -1;
  let element = 0;
  const tokens = /"(?:[^"\\]|\\.)*"|[[\]{},]|[^\s[\]{},":]+/g;
  tokens.lastIndex = Math.max(open, 0);
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [word] = token;
    if (depth === 0 && word === ',') element += 1;
    else if (depth === 0 && word === ']') return undefined;
    else if (depth === 0 && element === wanted) return token.index;
    if (word === '[' || word === '{') depth += 1;
    if (word === ']' || word === '}') depth -= 1;
  }
  return undefined;
}
