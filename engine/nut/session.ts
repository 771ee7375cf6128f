/**
 * One conversation with a client: words in, a reply and what is to be done out. Pure; the commands, the order of their
 * checks and the words of their replies are those of upsd (RFC 9271 and upsd 2.8.5).
 */
import type { VariableTraits } from '#engine/drivers/driver.ts';
import { errorLine, type ErrorWord, PROTOCOL_VERSION, replyLine } from './protocol.ts';
import { GETS, LISTS, type Query, unavailable } from './queries.ts';
import type { Session, SessionWorld, Step, Turn } from './turn.ts';
import { mayRunCommand, type NutAction, type NutUser } from './users.ts';

type Command = (words: readonly string[], session: Session, world: SessionWorld) => Step;

const error = (word: ErrorWord): string => errorLine(word);
const OK = 'OK\n';
const INVALID_ARGUMENT = error('INVALID-ARGUMENT');
const UNKNOWN_UPS = error('UNKNOWN-UPS');
const ACCESS_DENIED = error('ACCESS-DENIED');
const WAIT: Turn = { reply: '', effect: { type: 'wait' } };

/** The words of one line and what they lead to. */
export function step(words: readonly string[], session: Session, world: SessionWorld): Step {
  const verb = words[0];
  if (verb === undefined) return error('UNKNOWN-COMMAND');
  const command = COMMANDS.get(verb) ?? COMMANDS.get(verb.toUpperCase());
  return command === undefined ? error('UNKNOWN-COMMAND') : command(words, session, world);
}

/** The reply of a command that takes no argument. */
const plain =
  (reply: (world: SessionWorld) => string): Command =>
  (words, _, world) =>
    words.length === 1 ? reply(world) : INVALID_ARGUMENT;

/** A command that needs user name and password before anything else is looked at. */
const personal =
  (command: Command): Command =>
  (words, session, world) => {
    if (session.username === undefined) return error('USERNAME-REQUIRED');
    if (session.password === undefined) return error('PASSWORD-REQUIRED');
    return command(words, session, world);
  };

/** Goes on as the user when the password is right and the right is there. */
function permitted(
  session: Session,
  world: SessionWorld,
  isAllowed: (user: NutUser) => boolean,
  act: () => Step,
): Step {
  const user = world.authenticate(session);
  if (user === 'wait') return WAIT;
  if (user === 'wrong-password') return { reply: ACCESS_DENIED, effect: { type: 'wrong-password' } };
  return isAllowed(user) ? act() : ACCESS_DENIED;
}

const has =
  (action: NutAction) =>
  (user: NutUser): boolean =>
    user.actions.has(action);

const setUsername: Command = ([, username, ...more], session) => {
  if (username === undefined || more.length > 0) return INVALID_ARGUMENT;
  if (session.username !== undefined) return error('ALREADY-SET-USERNAME');
  return { reply: OK, session: { ...session, username } };
};

const setPassword: Command = ([, password, ...more], session) => {
  if (password === undefined || more.length > 0) return INVALID_ARGUMENT;
  if (session.password !== undefined) return error('ALREADY-SET-PASSWORD');
  return { reply: OK, session: { ...session, password } };
};

const login: Command = (words, session, world) => {
  if (words.length !== 2) return INVALID_ARGUMENT;
  if (session.loggedInto !== undefined) return error('ALREADY-LOGGED-IN');
  const state = world.get(words[1] ?? '');
  if (!state) return UNKNOWN_UPS;
  const ups = state.config.name;
  return permitted(session, world, has('LOGIN'), () => ({
    reply: OK,
    session: { ...session, loggedInto: ups, loggedInAs: words[1] },
    effect: { type: 'logged-in', ups },
  }));
};

/** PRIMARY, and MASTER as it was called before 2.8.0: a question about rights, nothing changes. */
const primary =
  (reply: string): Command =>
  (words, session, world) => {
    if (words.length !== 2) return INVALID_ARGUMENT;
    if (!world.get(words[1] ?? '')) return UNKNOWN_UPS;
    return permitted(session, world, has('PRIMARY'), () => reply);
  };

const forcedShutdown: Command = (words, session, world) => {
  if (words.length !== 2) return INVALID_ARGUMENT;
  const state = world.get(words[1] ?? '');
  if (!state) return UNKNOWN_UPS;
  return permitted(session, world, has('FSD'), () => ({
    reply: 'OK FSD-SET\n',
    effect: { type: 'forced-shutdown', ups: state.config.name },
  }));
};

const logout: Command = (words, session) => {
  if (words.length !== 1) return INVALID_ARGUMENT;
  return {
    reply: 'OK Goodbye\n',
    session: { ...session, loggedInto: undefined, loggedInAs: undefined },
    effect: { type: 'logged-out', ups: session.loggedInto },
  };
};

const startTls: Command = (_, session, world) => {
  if (!world.isTlsConfigured) return error('FEATURE-NOT-CONFIGURED');
  if (session.isEncrypted) return error('ALREADY-SSL-MODE');
  return { reply: '', effect: { type: 'start-tls' } };
};

/** GET and LIST: the second word says what. */
const asked =
  (queries: ReadonlyMap<string, Query>): Command =>
  (words, session, world) => {
    const kind = words[1];
    if (kind === undefined) return INVALID_ARGUMENT;
    const query = queries.get(kind) ?? queries.get(kind.toUpperCase());
    return query === undefined ? INVALID_ARGUMENT : query(words, session, world);
  };

const set: Command = (words, session, world) => {
  const [, kind, ups, name, value] = words;
  if (kind?.toUpperCase() === 'TRACKING') return setTracking(ups, session);
  if (kind?.toUpperCase() !== 'VAR') return INVALID_ARGUMENT;
  if (ups === undefined || name === undefined || value === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  if (!state) return UNKNOWN_UPS;
  const refused = unavailable(state);
  if (refused !== undefined) return refused;
  return permitted(session, world, has('SET'), () => {
    const variable = state.variables.get(name.toLowerCase());
    if (!variable) return error('VAR-NOT-SUPPORTED');
    const objection = objectionTo(value, variable.traits);
    if (objection !== undefined) return error(objection);
    const trackingId = session.isTracking ? world.beginTracking() : undefined;
    return {
      reply: accepted(trackingId),
      effect: { type: 'set-variable', ups: state.config.name, variable: variable.name, value, trackingId },
    };
  });
};

function setTracking(choice: string | undefined, session: Session): Step {
  const word = choice?.toUpperCase();
  if (word !== 'ON' && word !== 'OFF') return INVALID_ARGUMENT;
  return { reply: OK, session: { ...session, isTracking: word === 'ON' } };
}

/** Why a value cannot be handed to the driver, in upsd's order. A number without a range is the driver's to judge. */
function objectionTo(
  value: string,
  { isWritable, kind, maxLength, values, ranges }: VariableTraits,
): ErrorWord | undefined {
  if (isWritable !== true) return 'READONLY';
  if (kind === 'string') {
    if (maxLength === undefined || maxLength < 1) return 'SET-FAILED';
    if (value.length > maxLength) return 'TOO-LONG';
  }
  if (values !== undefined && values.length > 0 && !values.includes(value)) return 'INVALID-VALUE';
  if (ranges !== undefined && ranges.length > 0) {
    const whole = Number.parseInt(value, 10);
    if (!ranges.some(({ min, max }) => whole >= min && whole <= max)) return 'INVALID-VALUE';
  }
  return undefined;
}

const accepted = (trackingId: string | undefined): string =>
  trackingId === undefined ? OK : `OK TRACKING ${trackingId}\n`;

const runCommand: Command = (words, session, world) => {
  const [, ups, name, parameter] = words;
  if (ups === undefined || name === undefined) return INVALID_ARGUMENT;
  const state = world.get(ups);
  if (!state) return UNKNOWN_UPS;
  const refused = unavailable(state);
  if (refused !== undefined) return refused;
  // Before the rights, as in upsd: which commands there are anyone may list.
  const command = state.commands.find((known) => known.toLowerCase() === name.toLowerCase());
  if (command === undefined) return error('CMD-NOT-SUPPORTED');
  return permitted(
    session,
    world,
    (user) => mayRunCommand(user, command),
    () => {
      const trackingId = session.isTracking ? world.beginTracking() : undefined;
      return {
        reply: accepted(trackingId),
        effect: {
          type: 'run-command',
          ups: state.config.name,
          command,
          parameter: words.length === 4 ? parameter : undefined,
          trackingId,
        },
      };
    },
  );
};

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['GET', asked(GETS)],
  ['LIST', asked(LISTS)],
  ['VER', plain((world) => replyLine(world.serverInfo))],
  ['NETVER', plain(() => `${PROTOCOL_VERSION}\n`)],
  ['PROTVER', plain(() => `${PROTOCOL_VERSION}\n`)],
  ['HELP', plain(() => 'Commands: HELP VER PROTVER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS\n')],
  ['STARTTLS', startTls],
  ['USERNAME', setUsername],
  ['PASSWORD', setPassword],
  ['LOGOUT', logout],
  ['LOGIN', personal(login)],
  ['PRIMARY', personal(primary('OK PRIMARY-GRANTED\n'))],
  ['MASTER', personal(primary('OK MASTER-GRANTED\n'))],
  ['FSD', personal(forcedShutdown)],
  ['SET', personal(set)],
  ['INSTCMD', personal(runCommand)],
]);
