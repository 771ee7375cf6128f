/**
 * One connection to a NUT driver, as upsd would hold it: asks for everything, follows what changes, notices silence,
 * and matches answers with requests. Pure: lines, requests and the time go in, effects come out.
 */
import type { AppError } from '#domain/errors.ts';
import type { Monotonic } from '#domain/units.ts';
import { quote } from '#engine/nut/words.ts';
import type { DriverEvent, DriverOutcome } from '#engine/drivers/driver.ts';
import { changeBetween, DriverDataDraft, NO_DATA, type DriverData } from './driver-data.ts';
import type { ReadLine } from './driver-lines.ts';

export interface SessionSettings {
  /** A third of it in silence, and the driver is asked whether it lives (MAXAGE of upsd.conf). */
  readonly maxAgeMs: number;
  /** An answer that takes longer counts as failed. */
  readonly answerLimitMs: number;
  /** What to say when the driver calls its data old. */
  readonly staleError: () => AppError;
}

export type SessionRequest =
  | { readonly type: 'run-command'; readonly command: string; readonly parameter?: string }
  | { readonly type: 'set-variable'; readonly variable: string; readonly value: string };

export type SessionInput =
  | { readonly type: 'connected' }
  | { readonly type: 'lines'; readonly lines: readonly ReadLine[] }
  /** `id` is the caller's; it comes back with the outcome. */
  | { readonly type: 'request'; readonly id: number; readonly request: SessionRequest }
  | { readonly type: 'tick' }
  | { readonly type: 'disconnected'; readonly error: AppError };

export type SessionEffect =
  | { readonly type: 'send'; readonly line: string }
  | { readonly type: 'tell'; readonly event: DriverEvent }
  | { readonly type: 'answer'; readonly id: number; readonly outcome: DriverOutcome }
  | { readonly type: 'log'; readonly message: string; readonly line: string };

export interface SessionState {
  readonly isReady: boolean;
  readonly isStale: boolean;
  /** As the driver has it now. */
  readonly data: DriverData;
  /** What an asked dump has told so far: at its end it replaces the data, so that what is gone goes. */
  readonly dump: DriverData | undefined;
  readonly isDumpDoubtful: boolean;
  readonly lastDumpAt: Monotonic;
  /** When to ask for a dump because a live line may have come through wrong. */
  readonly redumpAt: Monotonic | undefined;
  readonly heardAt: Monotonic;
  readonly pingedAt: Monotonic;
  /** Deadlines of requests under way. */
  readonly pending: ReadonlyMap<number, Monotonic>;
}

export interface SessionStep {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

/** Least time between the end of a dump and the next one that a live line asks for. */
const REDUMP_PAUSE_MS = 1_000;
/** The same where the dump itself had doubtful lines: asking again at once would not help. */
const REDUMP_PAUSE_AFTER_DOUBT_MS = 30_000;

const OUTCOMES: readonly DriverOutcome[] = ['handled', 'unknown', 'invalid', 'failed', 'conversion-failed'];
/** Driver words longer than this are cut off by its parser. */
const MAX_WORD = 512;

export function initialSession(now: Monotonic): SessionState {
  return {
    isReady: false,
    isStale: false,
    data: NO_DATA,
    dump: undefined,
    isDumpDoubtful: false,
    lastDumpAt: now,
    redumpAt: undefined,
    heardAt: now,
    pingedAt: now,
    pending: new Map(),
  };
}

export function stepSession(
  state: SessionState,
  input: SessionInput,
  now: Monotonic,
  settings: SessionSettings,
): SessionStep {
  switch (input.type) {
    case 'connected':
      return {
        state: { ...initialSession(now), dump: NO_DATA },
        effects: [
          { type: 'tell', event: { type: 'connected' } },
          { type: 'send', line: 'DUMPALL' },
        ],
      };
    case 'lines':
      return takeLines(state, input.lines, now, settings);
    case 'request':
      return takeRequest(state, input.id, input.request, now, settings);
    case 'tick':
      return takeTick(state, now, settings);
    case 'disconnected':
      return {
        state: initialSession(now),
        effects: [
          ...[...state.pending.keys()].map((id): SessionEffect => ({ type: 'answer', id, outcome: 'failed' })),
          { type: 'tell', event: { type: 'disconnected', error: input.error } },
        ],
      };
  }
}

function takeLines(
  before: SessionState,
  lines: readonly ReadLine[],
  now: Monotonic,
  settings: SessionSettings,
): SessionStep {
  const effects: SessionEffect[] = [];
  const tell = (event: DriverEvent): void => void effects.push({ type: 'tell', event });
  const data = new DriverDataDraft(before.data);
  let dump = before.dump && new DriverDataDraft(before.dump);
  let told = before.data;
  let state = before;
  let hasSpoken = false;

  /** Tells what changed since the last telling; before the first dump is complete there is nothing to tell. */
  const flush = (): void => {
    const latest = data.finish();
    const change = state.isReady ? changeBetween(told, latest) : undefined;
    if (change) tell(change);
    told = latest;
  };

  for (const { text, says, isDoubtful } of lines) {
    if (isDoubtful && !dump) {
      state = { ...state, redumpAt: state.redumpAt ?? later(state.lastDumpAt, REDUMP_PAUSE_MS) };
      // The value as it came would be a guess; the dump has it right.
      if (says) {
        hasSpoken = true;
        continue;
      }
    }
    if (!says) {
      if (isDoubtful && dump) state = { ...state, isDumpDoubtful: true };
      effects.push({ type: 'log', message: 'The driver said something that is not understood.', line: text });
      continue;
    }
    hasSpoken = true;
    switch (says.type) {
      case 'dump-done':
        if (!dump) break;
        data.replace(dump.finish());
        dump = undefined;
        state = {
          ...state,
          lastDumpAt: now,
          redumpAt: state.isDumpDoubtful ? later(now, REDUMP_PAUSE_AFTER_DOUBT_MS) : undefined,
        };
        if (!state.isReady) {
          const first = changeBetween(NO_DATA, data.finish());
          if (first) tell(first);
          tell({ type: 'ready' });
          // A driver may call its data old from the start; upsd heeds it once the dump is complete.
          if (state.isStale) tell({ type: 'stale', error: settings.staleError() });
          told = data.finish();
          state = { ...state, isReady: true };
        } else {
          flush();
        }
        break;
      case 'data-stale':
      case 'data-ok': {
        const isStale = says.type === 'data-stale';
        if (isStale === state.isStale) break;
        state = { ...state, isStale };
        if (!state.isReady) break;
        flush();
        tell(isStale ? { type: 'stale', error: settings.staleError() } : { type: 'fresh' });
        break;
      }
      case 'tracking': {
        const id = requestOf(says.id);
        if (id === undefined || !state.pending.has(id)) {
          effects.push({ type: 'log', message: 'The driver answered a request that nobody waits for.', line: text });
          break;
        }
        // What the request changed is told first, so that who awaits the outcome finds it in the state.
        flush();
        state = { ...state, pending: without(state.pending, id) };
        effects.push({ type: 'answer', id, outcome: OUTCOMES[says.code] ?? 'failed' });
        break;
      }
      case 'answer':
        break;
      default:
        data.apply(says);
        dump?.apply(says);
    }
  }

  flush();
  if (hasSpoken) {
    state = { ...state, heardAt: now };
    if (!effects.some((effect) => effect.type === 'tell')) tell({ type: 'alive' });
  }
  return { state: { ...state, data: data.finish(), dump: dump?.finish() }, effects };
}

function takeRequest(
  state: SessionState,
  id: number,
  request: SessionRequest,
  now: Monotonic,
  settings: SessionSettings,
): SessionStep {
  const answer = (outcome: DriverOutcome): SessionStep => ({ state, effects: [{ type: 'answer', id, outcome }] });
  if (!state.isReady) return answer('failed');
  const words = wordsOfRequest(state.data, request);
  if (typeof words === 'string') return answer(words);
  if (!canTrack(state.data)) {
    // The best an old driver can offer, and what upsd makes of it: it was told.
    return {
      state,
      effects: [
        { type: 'send', line: words.join(' ') },
        { type: 'answer', id, outcome: 'handled' },
      ],
    };
  }
  return {
    state: { ...state, pending: new Map(state.pending).set(id, later(now, settings.answerLimitMs)) },
    effects: [{ type: 'send', line: [...words, 'TRACKING', trackingId(id)].join(' ') }],
  };
}

/** @returns the words to send, or the outcome of a request that no driver need be asked about */
function wordsOfRequest(data: DriverData, request: SessionRequest): readonly string[] | DriverOutcome {
  if (request.type === 'run-command') {
    // As upsd: only what is announced is let through, though drivers understand more.
    const command = data.commands.get(request.command.toLowerCase());
    if (command === undefined) return 'unknown';
    const parameter = request.parameter === undefined ? [] : [quote(request.parameter)];
    return isTooLong(request.parameter) ? 'invalid' : ['INSTCMD', word(command), ...parameter];
  }
  const variable = data.variables.get(request.variable.toLowerCase());
  // Some drivers make a variable of anything that is set.
  if (!variable) return 'unknown';
  if (!variable.isWritable || isTooLong(request.value)) return 'invalid';
  return ['SET', word(variable.name), quote(request.value)];
}

const word = (name: string): string => (/^[\w.-]+$/.test(name) ? name : quote(name));
const isTooLong = (value: string | undefined): boolean => value !== undefined && value.length > MAX_WORD;

/** TRACKING came with NUT 2.8; older drivers would take the word for the value of a command. */
function canTrack(data: DriverData): boolean {
  const [major, minor] = (data.variables.get('driver.version')?.value ?? '').split('.').map(Number);
  if (major === undefined || minor === undefined || !Number.isFinite(major + minor)) return true;
  return major > 2 || (major === 2 && minor >= 8);
}

function takeTick(before: SessionState, now: Monotonic, settings: SessionSettings): SessionStep {
  const effects: SessionEffect[] = [];
  let state = before;

  for (const [id, deadline] of before.pending) {
    if (deadline > now) continue;
    state = { ...state, pending: without(state.pending, id) };
    effects.push({ type: 'answer', id, outcome: 'failed' });
  }
  if (state.redumpAt !== undefined && state.redumpAt <= now && !state.dump) {
    state = { ...state, redumpAt: undefined, dump: NO_DATA, isDumpDoubtful: false };
    effects.push({ type: 'send', line: 'DUMPALL' });
  }
  const third = settings.maxAgeMs / 3;
  if (now - state.heardAt >= third && now - state.pingedAt >= third) {
    state = { ...state, pingedAt: now };
    effects.push({ type: 'send', line: 'PING' });
  }
  return { state, effects };
}

const TRACKING_PREFIX = 'ridethrough-';
const trackingId = (id: number): string => `${TRACKING_PREFIX}${id}`;
const requestOf = (id: string): number | undefined =>
  id.startsWith(TRACKING_PREFIX) ? Number(id.slice(TRACKING_PREFIX.length)) : undefined;

const later = (from: Monotonic, ms: number): Monotonic => (from + ms) as Monotonic;

function without(pending: ReadonlyMap<number, Monotonic>, id: number): ReadonlyMap<number, Monotonic> {
  const rest = new Map(pending);
  rest.delete(id);
  return rest;
}
