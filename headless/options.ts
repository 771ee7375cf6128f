import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './io.ts';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;
type Parsed<Options extends OptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true; strict: true }>
>;

/** Stands before a number while the words are read; no word of a call can have it. */
const NUMBER_MARK = '\0';
/** No option is called by a number, so `-5` is a value. */
const marked = (word: string): string => (/^-\.?\d/.test(word) ? NUMBER_MARK + word : word);
const unmarked = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(unmarked);
  return typeof value === 'string' && value.startsWith(NUMBER_MARK) ? value.slice(NUMBER_MARK.length) : value;
};

/**
 * Reads `--name value` options. A value may be a negative number; any other one that begins with a dash stands behind
 * `--`, or as `--name=-value`.
 * @throws UsageError for unknown names and missing values
 */
export function parseOptions<const Options extends OptionsConfig>(
  args: readonly string[],
  options: Options,
): Parsed<Options> {
  try {
    const parsed = parseArgs({ args: args.map(marked), options, allowPositionals: true, strict: true });
    const values = Object.fromEntries(Object.entries(parsed.values).map(([name, value]) => [name, unmarked(value)]));
    return { ...parsed, values, positionals: unmarked(parsed.positionals) } as Parsed<Options>;
  } catch (error) {
    throw new UsageError(whatIsWrong(error), { cause: error });
  }
}

/** In our words what Node says of a call. @throws what it does not say of one */
function whatIsWrong(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const name = /'(?:-\w, )?(--?[^\s']+)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return `there is no option ${name}; a value that begins with a dash stands behind "--"`;
  }
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw error;
  if (message.includes('does not take')) return `${name} takes no value`;
  return `${name} has no value; one that begins with a dash is written ${name}=-…`;
}
