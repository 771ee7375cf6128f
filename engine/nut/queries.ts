/** GET and LIST: what anyone who can connect may read. Pure; the server is asked for these far more than for all else. */
import { describeCommand } from '#domain/nut/commands.ts';
import { describeVariable, NO_DESCRIPTION } from '#domain/nut/variables.ts';
import type { VariableTraits } from '#engine/drivers/driver.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import { errorLine, plainText, replyLine } from './protocol.ts';
import type { Session, SessionWorld, Step } from './turn.ts';
import { listReply, quoted } from './ups-replies.ts';

/** Words of the line in, the whole reply out. Words beyond the needed ones are ignored. */
export type Query = (words: readonly string[], session: Session, world: SessionWorld) => Step;

const INVALID_ARGUMENT = errorLine('INVALID-ARGUMENT');
const UNKNOWN_UPS = errorLine('UNKNOWN-UPS');
const VAR_NOT_SUPPORTED = errorLine('VAR-NOT-SUPPORTED');

/** Why a UPS cannot be asked for its data, as a whole reply; undefined when it can. */
export function unavailable(state: UpsState): string | undefined {
  if (state.availability === 'available') return undefined;
  return errorLine(state.availability === 'stale' ? 'DATA-STALE' : 'DRIVER-NOT-CONNECTED');
}

/** Who hangs on a UPS and is told its status under a forced shutdown knows of it from now on. */
function telling(reply: string, state: UpsState, session: Session): Step {
  if (!state.isForcedShutdown || session.isToldForcedShutdown || session.loggedInto !== state.config.name) return reply;
  return { reply, session: { ...session, isToldForcedShutdown: true } };
}

const getVariable: Query = (words, session, world) => {
  const ups = words[2];
  const variable = words[3];
  if (ups === undefined || variable === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  // The server's own variables belong to no UPS, so any name will do.
  if (variable.length > 7 && variable.slice(0, 7).toLowerCase() === 'server.') {
    const name = variable.toLowerCase();
    if (name === 'server.info') return replyLine(`VAR ${ups} ${variable} ${quoted(world.serverInfo)}`);
    if (name === 'server.version') return replyLine(`VAR ${ups} ${variable} ${quoted(world.serverVersion)}`);
    return VAR_NOT_SUPPORTED;
  }
  if (!state) return UNKNOWN_UPS;
  const refused = unavailable(state);
  if (refused !== undefined) return refused;
  const value = world.repliesOf(state).quotedValue(variable);
  if (value === undefined) return VAR_NOT_SUPPORTED;
  const reply = replyLine(`VAR ${ups} ${variable} ${value}`);
  return variable.toLowerCase() === 'ups.status' ? telling(reply, state, session) : reply;
};

/** Type words in upsd's order; a variable of which nothing is known is a number. */
function typeWords({ isWritable, kind, maxLength, values, ranges }: VariableTraits): string {
  const words = [
    ...(isWritable === true ? ['RW'] : []),
    ...(values !== undefined && values.length > 0 ? ['ENUM'] : []),
    ...(ranges !== undefined && ranges.length > 0 ? ['RANGE'] : []),
    kind === 'string' ? `STRING:${maxLength ?? 0}` : 'NUMBER',
  ];
  return words.join(' ');
}

const getType: Query = (words, _, world) => {
  const [, , ups, name] = words;
  if (ups === undefined || name === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  if (!state) return UNKNOWN_UPS;
  const variable = state.variables.get(name.toLowerCase());
  return (
    unavailable(state) ??
    (variable ? replyLine(`TYPE ${ups} ${name} ${typeWords(variable.traits)}`) : VAR_NOT_SUPPORTED)
  );
};

/** GET DESC and GET CMDDESC: never an error for a name that is not known. */
const getDescription =
  (word: 'DESC' | 'CMDDESC', describe: (name: string) => string): Query =>
  (words, _, world) => {
    const [, , ups, name] = words;
    if (ups === undefined || name === undefined) return INVALID_ARGUMENT;
    const state = world.get(ups);
    if (!state) return UNKNOWN_UPS;
    return unavailable(state) ?? replyLine(`${word} ${ups} ${name} ${quoted(describe(name))}`);
  };

const getUpsDescription: Query = (words, _, world) => {
  const ups = words[2];
  if (ups === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  return state
    ? replyLine(`UPSDESC ${ups} ${quoted(plainText(state.config.description ?? '') || 'Unavailable')}`)
    : UNKNOWN_UPS;
};

const getLogins: Query = (words, _, world) => {
  const ups = words[2];
  if (ups === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  if (!state) return UNKNOWN_UPS;
  return unavailable(state) ?? replyLine(`NUMLOGINS ${ups} ${world.loginCount(state)}`);
};

const getTracking: Query = (words, session, world) => {
  const id = words[2];
  if (id === undefined) return session.isTracking ? 'ON\n' : 'OFF\n';
  return session.isTracking ? world.trackingReply(id) : errorLine('FEATURE-NOT-CONFIGURED');
};

const listUps: Query = (_words, _session, world) =>
  listReply(
    'UPS',
    world
      .list()
      .flatMap(({ config }) =>
        [config.name, ...(config.aliases ?? [])].map(
          (name) => `UPS ${name} ${quoted(plainText(config.description ?? '') || NO_DESCRIPTION)}`,
        ),
      ),
  );

const listVariables: Query = (words, session, world) => {
  const ups = words[2];
  if (ups === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  if (!state) return UNKNOWN_UPS;
  return unavailable(state) ?? telling(world.repliesOf(state).variableList(ups), state, session);
};

/** A list about a UPS whose data are at hand. */
const listOf =
  (word: 'RW' | 'CMD', rows: (state: UpsState, ups: string) => string[]): Query =>
  (words, _, world) => {
    const ups = words[2];
    if (ups === undefined) return INVALID_ARGUMENT;
    const state = world.get(ups);
    if (!state) return UNKNOWN_UPS;
    return unavailable(state) ?? listReply(`${word} ${ups}`, rows(state, ups));
  };

/** A list about one variable. */
const listOfVariable =
  (word: 'ENUM' | 'RANGE', values: (traits: VariableTraits) => readonly string[]): Query =>
  (words, _, world) => {
    const [, , ups, name] = words;
    if (ups === undefined || name === undefined) return INVALID_ARGUMENT;
    const state = world.get(ups);
    if (!state) return UNKNOWN_UPS;
    const query = `${word} ${ups} ${name}`;
    const variable = state.variables.get(name.toLowerCase());
    return (
      unavailable(state) ??
      (variable
        ? listReply(
            query,
            values(variable.traits).map((value) => `${query} ${value}`),
          )
        : VAR_NOT_SUPPORTED)
    );
  };

const listClients: Query = (words, _, world) => {
  const ups = words[2];
  if (ups === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  if (!state) return UNKNOWN_UPS;
  const { name, aliases = [] } = state.config;
  // Clients compare the rows with what they asked for.
  const called = aliases.find((alias) => alias.toLowerCase() === ups.toLowerCase()) ?? name;
  return listReply(
    `CLIENT ${ups}`,
    world.loggedIn(state).map((address) => `CLIENT ${called} ${address}`),
  );
};

/** By the second word of GET. */
export const GETS: ReadonlyMap<string, Query> = new Map([
  ['VAR', getVariable],
  ['TYPE', getType],
  // A repeater's copy of a variable is described like the original.
  ['DESC', getDescription('DESC', (name) => describeVariable(name.replace(/^upstream\./i, '')))],
  ['CMDDESC', getDescription('CMDDESC', describeCommand)],
  ['UPSDESC', getUpsDescription],
  ['NUMLOGINS', getLogins],
  ['TRACKING', getTracking],
]);

/** By the second word of LIST. */
export const LISTS: ReadonlyMap<string, Query> = new Map([
  ['UPS', listUps],
  ['VAR', listVariables],
  [
    'RW',
    listOf('RW', (state, ups) =>
      [...state.variables.values()]
        .filter((variable) => variable.traits.isWritable === true)
        .map((variable) => `RW ${ups} ${variable.name} ${quoted(variable.value)}`),
    ),
  ],
  ['CMD', listOf('CMD', (state, ups) => state.commands.map((command) => `CMD ${ups} ${command}`))],
  ['ENUM', listOfVariable('ENUM', ({ values = [] }) => values.map(quoted))],
  ['RANGE', listOfVariable('RANGE', ({ ranges = [] }) => ranges.map(({ min, max }) => `"${min}" "${max}"`))],
  ['CLIENT', listClients],
]);
