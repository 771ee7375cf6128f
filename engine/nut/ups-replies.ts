/**
 * Replies about one state of one UPS, ready to be sent. What clients ask for again and again is put together once per
 * change of the state; a request then costs a look-up and the copy into the socket.
 */
import type { NamedVariable, UpsState } from '#engine/state/ups-state.ts';
import { replyLine, wireText } from './protocol.ts';
import { quote } from './words.ts';

/** Clients write a name in one or two ways; beyond this many spellings nothing is kept. */
const MAX_SPELLINGS = 16;

export const quoted = (value: string): string => quote(wireText(value));

/** `BEGIN LIST <query>`, the rows, `END LIST <query>`. */
export function listReply(query: string, rows: readonly string[]): string {
  return `${replyLine(`BEGIN LIST ${query}`)}${rows.map(replyLine).join('')}${replyLine(`END LIST ${query}`)}`;
}

export class UpsReplies {
  readonly #state: UpsState;
  readonly #quotedValues = new Map<string, string>();
  readonly #variableLists = new Map<string, string>();

  constructor(state: UpsState) {
    this.#state = state;
  }

  /** Whether the replies hold for this state of the same variables. */
  isFor(state: UpsState): boolean {
    return state.isForcedShutdown === this.#state.isForcedShutdown;
  }

  /** Value in quotes, with the FSD latch in ups.status; undefined when there is no such variable. */
  quotedValue(variable: string): string | undefined {
    const key = variable.toLowerCase();
    const known = this.#quotedValues.get(key);
    if (known !== undefined) return known;
    const found = this.#state.variables.get(key);
    if (!found) return undefined;
    const value = quoted(this.#served(key, found));
    this.#quotedValues.set(key, value);
    return value;
  }

  /** Reply to LIST VAR. @param ups name as the client typed it */
  variableList(ups: string): string {
    const known = this.#variableLists.get(ups);
    if (known !== undefined) return known;
    const rows = [...this.#state.variables].map(
      ([key, variable]) => `VAR ${ups} ${variable.name} ${quoted(this.#served(key, variable))}`,
    );
    const reply = listReply(`VAR ${ups}`, rows);
    if (this.#variableLists.size < MAX_SPELLINGS) this.#variableLists.set(ups, reply);
    return reply;
  }

  #served(key: string, { value }: NamedVariable): string {
    return key === 'ups.status' && this.#state.isForcedShutdown ? `FSD ${value}` : value;
  }
}

/** The replies of each state, kept as long as the state itself. */
export class UpsRepliesCache {
  readonly #byVariables = new WeakMap<UpsState['variables'], UpsReplies>();

  of(state: UpsState): UpsReplies {
    const known = this.#byVariables.get(state.variables);
    if (known?.isFor(state)) return known;
    const made = new UpsReplies(state);
    this.#byVariables.set(state.variables, made);
    return made;
  }
}
