/**
 * The shutdown monitor: upsmon's job. The machine decides (shutdown-machine.ts); here it is told what happens, its state
 * is put on disk, and what it asks for is done. One thing after the other, so that no effect runs before its state is kept.
 */
import { describeError } from '#domain/errors.ts';
import { phrase, textIn, type Text } from '#domain/messages/message.ts';
import type { Decision, MonitorView, WishOutcome } from '#domain/schema/monitor.ts';
import { asTimestamp } from '#domain/units.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import type { LoginChange } from '#engine/nut/server.ts';
import type { Clock, Log, SleepMoment, Stop, SystemPower } from '#engine/ports.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { createEffects } from './effects.ts';
import type { StateKeeper } from './kept-state.ts';
import type { LateHook } from './late-power-off.ts';
import { createLoggedIn } from './logged-in.ts';
import { createLooks } from './looks.ts';
import { advance, continueFrom, type MachineTime } from './machine-clock.ts';
import type { MonitorEffect, MonitorEvent, PersonsWish } from './machine-step.ts';
import { NEW_STATE, type MonitorNow, type MonitorState, type Story } from './monitor-state.ts';
import { underNewNames } from './new-start.ts';
import type { Notice } from './notices.ts';
import type { MonitorPolicy } from './policy.ts';
import { step } from './shutdown-machine.ts';
import { createStateOnDisk } from './state-on-disk.ts';
import { renamedKeys } from './supply.ts';
import { createTelling } from './telling.ts';
import { outcomeOf, viewOf } from './view.ts';

export interface MonitorParts {
  readonly policy: MonitorPolicy;
  /** UPSes of our own drivers. */
  readonly store: UpsStore;
  readonly control: UpsControl;
  /** Who is logged in to them on our server. */
  readonly clients: () => readonly { readonly ups: string; readonly address: string; readonly user: string }[];
  /** Calls back when that changes. */
  readonly onLogin: (changed: (change: LoginChange) => void) => Stop;
  readonly clock: Clock;
  readonly log: Log;
  readonly power: SystemPower;
  readonly lateHook: LateHook;
  readonly keeper: StateKeeper;
  /** Hears every notice, whatever is done with it here. Resolves once people were told, or could not be. */
  readonly onNotice?: (notice: Notice) => Promise<void>;
  /** Hears every decision. */
  readonly onDecision?: (decision: Decision) => void;
  /** Hears why this computer could not be shut down, when nothing more is tried. Resolves likewise. */
  readonly onFailed?: (failure: Text) => Promise<void>;
}

export interface Monitor {
  /** Takes up what was kept, and begins to watch. */
  start(): Promise<void>;
  view(): MonitorView;
  /** What was decided before this start, oldest first, is shown behind what is decided now. */
  recall(earlier: readonly Decision[]): void;
  /** How long the last shutdowns of this computer took, seconds, oldest first. */
  shutdownTook(): readonly number[];
  /** Computers that are logged in to a UPS of ours now. */
  secondaries(): readonly Text[];
  /** Resolves once what the UPSes have told until now is decided on, whether or not the disk has it yet. */
  looked(): Promise<void>;
  /** Calls back when something other than the time has changed, and now and then for what the batteries tell. */
  onChanged(changed: () => void): Stop;
  /** Calls back once power is back after a shutdown: what happened is known then. */
  onStory(told: (story: Story, ups: string) => void): Stop;
  ask(what: PersonsWish): Promise<WishOutcome>;
  /**
   * Another policy from now on; supplies that stay are watched on with what is known of them.
   * @param renamings names of UPSes before and after: what lasts goes on under the new one
   */
  reconfigure(policy: MonitorPolicy, renamings?: readonly (readonly [before: string, after: string])[]): Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 1_000;
/** How often a plan is told again for what the batteries say: while one is in use, and otherwise. */
const RETELL_MS = { out: 5_000, onLine: 60_000 } as const;

export function createMonitor(parts: MonitorParts): Monitor {
  const { store, control, clock, log, power } = parts;
  let { policy } = parts;
  let state: MonitorState = NEW_STATE;
  let time: MachineTime = { at: 0, monotonic: clock.monotonic(), wall: clock.now() };
  let isStopped = false;
  let queue: Promise<void> = Promise.resolve();
  /** The same without what is written and begun because of it. */
  let decided: Promise<unknown> = Promise.resolve();
  let ticks = 0;
  let toldAt = -Infinity;
  const stops: Stop[] = [];
  const listeners = new Set<() => void>();

  /** Events that belong together, as one step: kept once, before what follows from them is done. */
  const tell = (...events: readonly MonitorEvent[]): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    decided = promise;
    const onDecided = (): void => resolve(undefined);
    queue = queue.then(() => onItsOwn(() => take(events, onDecided))).then(onDecided);
    return queue;
  };

  const standing = {
    get policy() {
      return policy;
    },
    get state() {
      return state;
    },
  };
  const disk = createStateOnDisk({ keeper: parts.keeper, clock, log, power });
  const telling = createTelling({
    standing,
    clock,
    log,
    power,
    onNotice: parts.onNotice,
    onDecision: parts.onDecision,
    onFailed: parts.onFailed,
  });
  const looks = createLooks({ standing, store, clock, log, tell });
  const loggedIn = createLoggedIn({ standing, looks, clients: parts.clients, clock, tell });
  const effects = createEffects({
    standing,
    store,
    control,
    clock,
    log,
    power,
    lateHook: parts.lateHook,
    looks,
    telling,
    tell,
  });

  const now = (): MonitorNow => ({ at: time.at, wall: asTimestamp(time.wall) });

  const take = async (events: readonly MonitorEvent[], onDecided: () => void): Promise<void> => {
    const advanced = advance(time, { monotonic: clock.monotonic(), wall: clock.now() });
    ({ time } = advanced);
    const asked: MonitorEffect[] = [];
    const storyBefore = state.story;
    const wokeUp = advanced.isGap || (state.isGoingToSleep && events.some(({ type }) => type === 'awake'));
    for (const event of advanced.isGap ? [{ type: 'resumed' } as const, ...events] : events) {
      const next = step(policy, state, event, now());
      state = next.state;
      asked.push(...next.effects);
    }
    onDecided();
    if (wokeUp) looks.forget();
    const { story } = state;
    if (storyBefore?.backAt === undefined && story?.backAt !== undefined)
      await onItsOwn(() => telling.tellStory(story));
    const isOut = Object.values(state.supplies).some(({ line }) => line === 'OB');
    const isChanged = await disk.keep(state, time, isOut);
    for (const effect of asked) await onItsOwn(() => effects.carryOut(effect));
    loggedIn.askWhileWaited();
    const isStale = time.at - toldAt >= (isOut ? RETELL_MS.out : RETELL_MS.onLine);
    if (!isChanged && asked.length === 0 && !isStale) return;
    toldAt = time.at;
    for (const listener of listeners) listener();
  };

  /** What goes wrong while people are told must not keep the last effect, which takes the computer down, from being done. */
  const onItsOwn = async (carriedOut: () => Promise<void> | void): Promise<void> => {
    try {
      await carriedOut();
    } catch (error) {
      log.error(`The shutdown monitor met an error: ${describeError(error)}`);
    }
  };

  /** The computer may sleep once what is told before it is out; how long that may take is the system's matter. */
  const onSleep = async (moment: SleepMoment): Promise<void> => {
    await tell({ type: moment === 'starting' ? 'going-to-sleep' : 'awake' }, { type: 'pass' });
    await telling.out();
  };

  const tick = (): void => {
    ticks += 1;
    const isTurn = ticks % Math.max(1, Math.round(policy.pollFreq)) === 0;
    void tell(...(isTurn ? looks.local(true) : []), { type: 'pass' });
  };

  const restore = async (): Promise<void> => {
    const kept = await disk.read();
    const { bootId } = power;
    const uptime = power.uptime();
    const wall = clock.now();
    // From making to starting the monitor is no standstill.
    time = { at: 0, monotonic: clock.monotonic(), wall };
    if (kept) {
      const goesOn = continueFrom(kept.time, { wall, uptime, bootId });
      state = kept.state;
      time = { at: goesOn.at, monotonic: clock.monotonic(), wall };
      await looks.watchRemotes();
      await tell({ type: 'started', ...goesOn, computerStartedAt: wall - uptime });
      if (goesOn.isSameRun) telling.say('info', phrase('monitor.say.goes-on', {}));
    } else {
      await looks.watchRemotes();
    }
    // What this very shutdown has left stays for the step that waits for it.
    if (state.phase.phase === 'watching') await effects.takeEarlierOrdersBack();
  };

  const checkAction = async (): Promise<void> => {
    if (policy.supplies.length === 0) return;
    const check = await power.check(policy.action);
    if (check.ok) log.info('The shutdown action is ready', { action: policy.action.kind, by: check.by });
    else
      log.error(`This computer could not be shut down: ${textIn(check.reason) ?? ''}`, { action: policy.action.kind });
  };

  return {
    async start() {
      looks.giveGrace();
      await restore();
      void onItsOwn(checkAction);
      stops.push(
        clock.every(TICK_MS, tick),
        power.onSleep(onSleep),
        store.subscribe((change) => {
          const looked = looks.local(false, change.ups.toLowerCase());
          if (looked.length > 0) void tell(...looked, { type: 'pass' });
        }),
      );
      // Known at all times, so that a restart in mid-outage knows whom to expect.
      stops.push(parts.onLogin((change) => void tell(...loggedIn.here(change), { type: 'pass' })));
      void tell(...loggedIn.here(), ...looks.local(false), { type: 'pass' });
    },
    recall: (earlier) => telling.recall(earlier),
    shutdownTook: () => state.shutdownTook,
    view: () => {
      const { at } = advance(time, { monotonic: clock.monotonic(), wall: clock.now() }).time;
      return viewOf(
        policy,
        state,
        { at, wall: clock.now() },
        {
          decisions: telling.decisions(),
          secondaries: loggedIn.view(),
          batteries: looks.batteries(),
          isSimulated: looks.isSimulated(),
        },
      );
    },
    secondaries: () => loggedIn.names(),
    async looked() {
      // Who asks may have heard of a change before the monitor.
      await Promise.resolve();
      await decided;
    },
    onChanged(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    onStory: (told) => telling.onStory(told),
    async ask(what) {
      await queue;
      const outcome = outcomeOf(policy, state, what, now());
      if (outcome === 'done') await tell({ type: 'asked', what }, { type: 'pass' });
      return outcome;
    },
    async reconfigure(next, renamings = []) {
      if (JSON.stringify(next) === JSON.stringify(policy)) return;
      await queue;
      const isOtherAction = JSON.stringify(next.action) !== JSON.stringify(policy.action);
      state = underNewNames(state, renamedKeys(policy, next, renamings));
      policy = next;
      if (isOtherAction) void onItsOwn(checkAction);
      effects.reconfigured();
      effects.joinIn(await looks.watchRemotes());
      if (isStopped) await looks.stopRemotes();
      await tell({ type: 'pass' });
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      for (const stop of stops) stop();
      loggedIn.stop();
      await looks.stopRemotes();
      await tell({ type: 'stopping' });
      listeners.clear();
      telling.stop();
    },
  };
}
