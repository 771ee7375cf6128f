/**
 * The shutdown monitor: upsmon's job. The machine decides (shutdown-machine.ts); here it is told what happens, its state
 * is put on disk, and what it asks for is done. One thing after the other, so that no effect runs before its state is kept.
 */
import { describeError } from '#domain/errors.ts';
import { phrase, textIn, type Phrase, type Text } from '#domain/messages/message.ts';
import type { Decision, MonitorView, WishOutcome } from '#domain/schema/monitor.ts';
import { storyPhrase } from '#domain/shutdown-story.ts';
import { asTimestamp } from '#domain/units.ts';
import type { UpsControl } from '#engine/drivers/ups-control.ts';
import { attachmentOf } from '#engine/drivers/attachment.ts';
import type { LoginChange } from '#engine/nut/server.ts';
import type { Clock, Log, Stop, SystemPower } from '#engine/ports.ts';
import type { UpsState } from '#engine/state/ups-state.ts';
import type { UpsStore } from '#engine/state/ups-store.ts';
import { batteryFiguresOf, type BatteryFigures } from './battery-figures.ts';
import { essenceOf, type Kept, type StateKeeper } from './kept-state.ts';
import { advance, continueFrom, type MachineTime } from './machine-clock.ts';
import { NEW_STATE, NEW_SUPPLY, type MonitorNow, type MonitorState, type Story } from './monitor-state.ts';
import type { Notice } from './notices.ts';
import type { MonitorPolicy, SupplyPolicy } from './policy.ts';
import { clearPowerDownFlag, writePowerDownFlag } from './power-down-flag.ts';
import { orderPowerOff } from './order-power-off.ts';
import { powerOffDelay } from './power-off.ts';
import type { LateHook } from './late-power-off.ts';
import { factsOf, MODE_VARIABLES, watchRemote, type RemoteWatch } from './remote-watch.ts';
import { renameUpses } from './secondaries.ts';
import {
  isBeyondReturn,
  secondariesLeft,
  step,
  type MonitorEffect,
  type MonitorEvent,
  type PersonsWish,
} from './shutdown-machine.ts';
import { keyOf, renamedKeys, underNewKeys } from './supply.ts';
import type { ScriptRun } from './upssched.ts';
import { outcomeOf, storyViewOf, viewOf } from './view.ts';

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
  /** Hears every notice, whatever is done with it here. */
  onNotice?(notice: Notice): void;
  /** Hears every decision. */
  onDecision?(decision: Decision): void;
  /** Hears why this computer could not be shut down, when nothing more is tried. */
  onFailed?(failure: Text): void;
}

export interface Monitor {
  /** Takes up what was kept, and begins to watch. */
  start(): Promise<void>;
  view(): MonitorView;
  /** How long the last shutdowns of this computer took, seconds, oldest first. */
  shutdownTook(): readonly number[];
  /** Computers that are logged in to a UPS of ours now. */
  secondaries(): readonly Text[];
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
const ASK_LOGINS_MS = 250;
/** A driver may need so long for its first word after a start or a sleep; until then its silence is none. */
const START_GRACE_MS = 10_000;
/** While a UPS is on battery, so that little is lost should the computer break down. */
const KEEP_AGAIN_MS = 30_000;
const KEPT_DECISIONS = 50;
/** How often a plan is told again for what the batteries say: while one is in use, and otherwise. */
const RETELL_MS = { out: 5_000, onLine: 60_000 } as const;
/** A disk that hangs must not keep the computer from going down. */
const DISK_LIMIT_MS = 5_000;
const NOT_TAKEN_BACK = 'The order to switch the UPS off could not be taken back';

export function createMonitor(parts: MonitorParts): Monitor {
  const { store, control, clock, log, power, keeper } = parts;
  let { policy } = parts;
  let state: MonitorState = NEW_STATE;
  let time: MachineTime = { at: 0, monotonic: clock.monotonic(), wall: clock.now() };
  let keptEssence = essenceOf(NEW_STATE);
  let keptAt = -Infinity;
  let isKeepingTold = false;
  /** A write that the disk has not come back from. */
  let isDiskStuck = false;
  let isStopped = false;
  let queue: Promise<void> = Promise.resolve();
  let ticks = 0;
  let isAskingLogins = false;
  let flagFile = policy.powerDownFlag;
  let quietUntil = clock.monotonic() + START_GRACE_MS;
  let decisions: MonitorView['decisions'] = [];
  const stops: Stop[] = [];
  const remotes = new Map<string, RemoteWatch>();
  const listeners = new Set<() => void>();
  const storyListeners = new Set<(story: Story, ups: string) => void>();
  let toldAt = -Infinity;
  /** User names of computers by their address, also of those that have left. */
  const users = new Map<string, string>();

  const now = (): MonitorNow => ({ at: time.at, wall: asTimestamp(time.wall) });

  /** Events that belong together, as one step: kept once, before what follows from them is done. */
  const tell = (...events: readonly MonitorEvent[]): Promise<void> => {
    queue = queue.then(async () => {
      try {
        await take(events);
      } catch (error) {
        log.error(`The shutdown monitor met an error: ${describeError(error)}`);
      }
    });
    return queue;
  };

  const take = async (events: readonly MonitorEvent[]): Promise<void> => {
    const advanced = advance(time, { monotonic: clock.monotonic(), wall: clock.now() });
    ({ time } = advanced);
    const effects: MonitorEffect[] = [];
    const storyBefore = state.story;
    const wokeUp = advanced.isGap || (state.isGoingToSleep && events.some(({ type }) => type === 'awake'));
    for (const event of advanced.isGap ? [{ type: 'resumed' } as const, ...events] : events) {
      const next = step(policy, state, event, now());
      state = next.state;
      effects.push(...next.effects);
    }
    if (wokeUp) forgetLooks();
    const essence = essenceOf(state);
    const { story } = state;
    if (storyBefore?.backAt === undefined && story?.backAt !== undefined) await onItsOwn(() => tellStory(story));
    const isChanged = essence !== keptEssence;
    const isOut = Object.values(state.supplies).some(({ line }) => line === 'OB');
    if (isChanged || (isOut && time.at - keptAt >= KEEP_AGAIN_MS)) await keep(essence);
    for (const effect of effects) await onItsOwn(() => carryOut(effect));
    if (isWaitingForOthers() && !isAskingLogins) void askLogins();
    const isStale = time.at - toldAt >= (isOut ? RETELL_MS.out : RETELL_MS.onLine);
    if (!isChanged && effects.length === 0 && !isStale) return;
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

  /** Nothing that was told before a sleep is served as new, and drivers have a while to speak again. */
  const forgetLooks = (): void => {
    quietUntil = clock.monotonic() + START_GRACE_MS;
    for (const { config } of store.list()) store.dispatch(config.name, { type: 'slept' });
  };

  /** A disk that cannot be written to does not keep the computer from going down. */
  const keep = async (essence: string): Promise<void> => {
    const { bootId } = power;
    const kept = { at: time.at, wall: time.wall, uptime: power.uptime(), ...(bootId === undefined ? {} : { bootId }) };
    keptAt = time.at;
    keptEssence = essence;
    if (!isDiskStuck) await write({ time: kept, state });
  };

  const write = async (kept: Kept): Promise<void> => {
    const failed = (why: string): void => {
      if (!isKeepingTold) log.error(why);
      isKeepingTold = true;
    };
    const written = keeper.write(kept).then(
      () => {
        isKeepingTold = false;
        isDiskStuck = false;
      },
      (error: unknown) => {
        isDiskStuck = false;
        failed(describeError(error));
      },
    );
    await withinLimit(written, () => {
      isDiskStuck = true;
      failed(`The state of the shutdown monitor has not been written within ${DISK_LIMIT_MS / 1000} s.`);
    });
  };

  /** Waits for the disk, but not for ever. */
  const withinLimit = async (disk: Promise<unknown>, onTooLong: () => void): Promise<void> => {
    const limit = new AbortController();
    const isTooLong = clock.sleep(DISK_LIMIT_MS, limit.signal).then(
      onTooLong,
      () => undefined, // the disk was quicker
    );
    await Promise.race([disk, isTooLong]);
    limit.abort();
  };

  /** What takes long is begun and not waited for: meanwhile the machine has to go on. */
  const carryOut = async (effect: MonitorEffect): Promise<void> => {
    switch (effect.type) {
      case 'say':
        say(effect.level, effect.text);
        break;
      case 'give-up':
        shout(textIn(effect.text) ?? effect.text.phrase);
        parts.onFailed?.(effect.failure);
        break;
      case 'notify':
        notify(effect.notice);
        break;
      case 'run-script':
        runScript(effect.run);
        break;
      case 'set-fsd':
        for (const supply of supplies(effect.upses)) setForcedShutdown(supply);
        break;
      case 'clear-fsd':
        for (const { name, source } of supplies(effect.upses)) {
          if (source.kind === 'local') store.dispatch(name, { type: 'forced-shutdown', isSet: false });
        }
        break;
      case 'write-power-down-flag':
        if (flagFile !== undefined) await writeFlag(flagFile);
        break;
      case 'power-off-ups':
        void powerOff(supplies(effect.upses))
          .catch((error: unknown) => log.error(`The UPS could not be told to switch off: ${describeError(error)}`))
          .then(() => tell({ type: 'power-off-ended' }, { type: 'pass' }));
        break;
      case 'take-power-off-back':
        await withinLimit(
          takePowerOffBack().catch((error: unknown) => log.error(`${NOT_TAKEN_BACK}: ${describeError(error)}`)),
          () => log.error(`${NOT_TAKEN_BACK} within ${DISK_LIMIT_MS / 1000} s`),
        );
        break;
      case 'act':
        void power.act(policy.action, effect.ticket).then(
          (failure) => tell({ type: 'action-ended', attempt: effect.attempt, failure }, { type: 'pass' }),
          (error: unknown) =>
            tell({ type: 'action-ended', attempt: effect.attempt, failure: describeError(error) }, { type: 'pass' }),
        );
        break;
      case 'log-out':
        for (const watch of remotes.values()) void watch.logOut();
        break;
      case 'log-in':
        for (const watch of remotes.values()) watch.logIn();
        break;
    }
  };

  const supplies = (upses: readonly string[]): readonly SupplyPolicy[] =>
    policy.supplies.filter(({ ups }) => upses.includes(ups));

  const say = (level: 'info' | 'warn' | 'error', text: Phrase): void => {
    log[level](textIn(text) ?? text.phrase);
    const decision: Decision = { at: time.wall, level, text: { ...text } };
    decisions = [decision, ...decisions].slice(0, KEPT_DECISIONS);
    parts.onDecision?.(decision);
  };

  const ranWell = (what: string, run: Promise<Text | undefined>): void => {
    void run.catch(describeError).then((failure) => {
      if (failure !== undefined) log.error(`${what} did not end well: ${textIn(failure) ?? ''}`);
    });
  };

  const shout = (text: string): void => {
    void power
      .wall(text)
      .catch(describeError)
      .then((failure) => {
        // Where nobody is logged in there may be no program for it either.
        if (failure !== undefined) log.debug(`No terminal was told: ${textIn(failure) ?? ''}`);
      });
  };

  const notify = (notice: Notice): void => {
    const { type, ups, message, flags } = notice;
    parts.onNotice?.(notice);
    if (flags.includes('SYSLOG')) log.warn(message, { notice: type });
    if (flags.includes('WALL')) shout(message);
    const { notifyCmd } = policy.notices;
    if (!flags.includes('EXEC') || notifyCmd === undefined) return;
    ranWell('NOTIFYCMD', power.run([...notifyCmd, message], { NOTIFYTYPE: type, UPSNAME: ups }));
  };

  const runScript = ({ name, ups, type, message }: ScriptRun): void => {
    const script = policy.notices.upssched?.cmdScript;
    if (!script) return;
    log.info(`Running CMDSCRIPT for ${name}`, { ups });
    const env = {
      UPSNAME: ups,
      NOTIFYTYPE: type,
      NOTIFYMSG: message,
      RIDETHROUGH_PID: String(process.pid),
      // `upsmon -c fsd` is to reach this program although it is called otherwise.
      NUT_IGNORE_CHECKPROCNAME: 'true',
    };
    ranWell('CMDSCRIPT', power.run([...script, name], env));
  };

  const setForcedShutdown = ({ ups, name, source }: SupplyPolicy): void => {
    if (source.kind === 'local') store.dispatch(name, { type: 'forced-shutdown', isSet: true });
    else void remotes.get(ups.toLowerCase())?.setForcedShutdown();
  };

  const writeFlag = (file: string): Promise<void> =>
    withinLimit(
      writePowerDownFlag(file).catch((error: unknown) =>
        log.error(`POWERDOWNFLAG ${file} could not be written: ${describeError(error)}`),
      ),
      () => log.error(`POWERDOWNFLAG ${file} has not been written within ${DISK_LIMIT_MS / 1000} s.`),
    );

  const powerOff = async (upses: readonly SupplyPolicy[]): Promise<void> => {
    const configs = upses.map(({ name }) => store.get(name)?.config).filter((config) => config !== undefined);
    // A computer that falls asleep never gets to the hook.
    const isHookReached = policy.action.kind === 'shutdown' || policy.action.kind === 'command';
    if (isHookReached && configs.length === upses.length && (await parts.lateHook.leaveWord(configs))) {
      for (const { ups } of upses) say('warn', phrase('monitor.say.power-off-late', { ups }));
      return;
    }
    const seconds = powerOffDelay(policy.powerOff, state.shutdownTook);
    await Promise.all(
      upses.map(async ({ ups, name }) => {
        const { isOrdered, text } = await orderPowerOff(ups, store.get(name), seconds, control);
        say(isOrdered ? 'warn' : 'error', text);
      }),
    );
  };

  /** An ordinary shutdown later must leave the UPS on. @returns false when something else stands in the flag file */
  const takePowerOffBack = async (): Promise<boolean> => {
    try {
      return flagFile === undefined || (await clearPowerDownFlag(flagFile));
    } finally {
      await parts.lateHook.takeBack();
    }
  };

  const isWaitingForOthers = (): boolean => ['waiting', 'final-delay'].includes(state.phase.phase);

  /** Asks who is still logged in for as long as that is what the machine waits for. */
  const askLogins = async (): Promise<void> => {
    isAskingLogins = true;
    try {
      while (isWaitingForOthers() && !isStopped) {
        const elsewhere = await Promise.all(
          policy.supplies
            .filter(({ role, source }) => role === 'primary' && source.kind === 'remote')
            .map(async ({ ups }): Promise<MonitorEvent> => {
              const others = await remotes.get(ups.toLowerCase())?.others();
              return { type: 'logins', ups, others: others ?? [] };
            }),
        );
        await tell(...elsewhere, ...loginsHere(), { type: 'pass' });
        await clock.sleep(ASK_LOGINS_MS);
      }
    } finally {
      isAskingLogins = false;
    }
  };

  /** Who is logged in on our own server at this moment. @param change what has just become of one of them */
  const loginsHere = (change?: LoginChange): readonly MonitorEvent[] =>
    policy.supplies
      .filter(({ role, source }) => role === 'primary' && source.kind === 'local')
      .filter(({ name }) => change === undefined || change.ups.toLowerCase() === name.toLowerCase())
      .map(({ ups, name }) => ({
        type: 'logins',
        ups,
        others: localClients(name),
        broken: change?.how === 'broken' ? [change.address] : [],
      }));

  const tellStory = (story: Story): void => {
    say('info', storyPhrase(storyViewOf(story), localTime));
    // The UPS that was out is not kept: the first that is watched stands for them.
    const [first] = policy.supplies;
    for (const listener of first ? storyListeners : []) listener(story, first?.name ?? '');
  };

  const localClients = (name: string): readonly string[] => {
    const there = parts.clients().filter((client) => client.ups.toLowerCase() === name.toLowerCase());
    for (const { address, user } of there) users.set(address, user);
    return there.map(({ address }) => address);
  };

  const allLocalClients = (): readonly string[] => [
    ...new Set(
      policy.supplies
        .filter(({ role, source }) => role === 'primary' && source.kind === 'local')
        .flatMap(({ name }) => localClients(name)),
    ),
  ];

  const clientName = (address: string): Text => {
    const user = users.get(address);
    return user ? phrase('path.client', { user, address }) : address;
  };

  const secondariesNow = (): MonitorView['secondaries'] => {
    const { phase } = state;
    const isUnderWay = isBeyondReturn(state);
    const here = [...new Set([...allLocalClients(), ...(isUnderWay ? secondariesLeft(policy, state) : [])])];
    const everybody = [...new Set([...(phase.phase === 'waiting' ? phase.seen : []), ...here])];
    return everybody.map((address) => {
      const name = clientName(address);
      return { name: typeof name === 'string' ? name : { ...name }, hasLeft: !here.includes(address) };
    });
  };

  const batteriesNow = (): ReadonlyMap<string, BatteryFigures> =>
    new Map(
      policy.supplies.map((supply) => {
        const { facts } = state.supplies[keyOf(supply)] ?? NEW_SUPPLY;
        const remote = {
          ...(facts.charge === undefined ? {} : { charge: facts.charge }),
          ...(facts.runtime === undefined ? {} : { runtime: facts.runtime }),
        };
        return [supply.ups, supply.source.kind === 'local' ? batteryFiguresOf(store.get(supply.name)) : remote];
      }),
    );

  const isSimulated = (): boolean =>
    policy.supplies.length > 0 &&
    policy.supplies.every(({ source, name }) => {
      const known = source.kind === 'local' ? store.get(name) : undefined;
      return known !== undefined && attachmentOf(known.config) === 'simulated';
    });

  /** What a UPS of our own drivers says now; undefined while there is nothing to be made of it. */
  const lookAt = (supply: SupplyPolicy, isTurn: boolean): MonitorEvent | undefined => {
    const known = store.get(supply.name);
    const text = known?.variables.get('ups.status')?.value.trim() ?? '';
    if (known?.availability === 'available' && known.isReady && text !== '') {
      const facts = factsOf({ ...textsOf(known), status: known.isForcedShutdown ? `FSD ${text}` : text });
      return { type: 'facts', ups: supply.ups, facts };
    }
    // A driver that is just connecting gets until its next turn, one that has never spoken a little longer.
    const isSilent = known?.availability !== 'available' || isTurn;
    const { contact } = state.supplies[keyOf(supply)] ?? NEW_SUPPLY;
    if (!isSilent || (contact === 'unheard' && clock.monotonic() < quietUntil)) return undefined;
    return { type: 'lost', ups: supply.ups };
  };

  const look = (isTurn: boolean, only?: string): readonly MonitorEvent[] =>
    policy.supplies
      .filter(({ source, name }) => source.kind === 'local' && (only === undefined || name.toLowerCase() === only))
      .flatMap((supply) => lookAt(supply, isTurn) ?? []);

  const tick = (): void => {
    ticks += 1;
    const isTurn = ticks % Math.max(1, Math.round(policy.pollFreq)) === 0;
    void tell(...(isTurn ? look(true) : []), { type: 'pass' });
  };

  const watchRemotes = (): void => {
    for (const supply of policy.supplies) {
      const { source } = supply;
      if (source.kind !== 'remote') continue;
      const ups = supply.ups;
      const watch = watchRemote({
        supply,
        source,
        policy,
        clock,
        log,
        onLook: (facts) => void tell({ type: 'facts', ups, facts }, { type: 'pass' }),
        onLost: () => void tell({ type: 'lost', ups }, { type: 'pass' }),
      });
      remotes.set(ups.toLowerCase(), watch);
    }
  };

  const stopRemotes = async (): Promise<void> => {
    const ending = [...remotes.values()].map((watch) => watch.stop());
    remotes.clear();
    await Promise.all(ending);
  };

  const restore = async (): Promise<void> => {
    const kept = await keeper.read().catch((error: unknown) => {
      log.error(describeError(error));
      return undefined;
    });
    const { bootId } = power;
    const uptime = power.uptime();
    const wall = clock.now();
    // From making to starting the monitor is no standstill.
    time = { at: 0, monotonic: clock.monotonic(), wall };
    if (kept) {
      const goesOn = continueFrom(kept.time, { wall, uptime, bootId });
      state = kept.state;
      keptEssence = essenceOf(state);
      time = { at: goesOn.at, monotonic: clock.monotonic(), wall };
      watchRemotes();
      await tell({ type: 'started', ...goesOn, computerStartedAt: wall - uptime });
      if (goesOn.isSameRun) say('info', phrase('monitor.say.goes-on', {}));
    } else {
      watchRemotes();
    }
    // What this very shutdown has left stays for the step that waits for it.
    if (state.phase.phase !== 'watching') return;
    try {
      if (await takePowerOffBack()) return;
      log.error(`POWERDOWNFLAG ${flagFile ?? ''} holds something else: it is left alone and not used.`);
    } catch (error) {
      log.error(`An earlier order to switch the UPS off could not be taken back: ${describeError(error)}`);
    }
    flagFile = undefined;
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
      quietUntil = clock.monotonic() + START_GRACE_MS;
      await restore();
      void checkAction();
      stops.push(
        clock.every(TICK_MS, tick),
        power.onSleep((moment) => tell({ type: moment === 'starting' ? 'going-to-sleep' : 'awake' }, { type: 'pass' })),
        store.subscribe((change) => {
          const looks = look(false, change.ups.toLowerCase());
          if (looks.length > 0) void tell(...looks, { type: 'pass' });
        }),
      );
      // Known at all times, so that a restart in mid-outage knows whom to expect.
      stops.push(parts.onLogin((change) => void tell(...loginsHere(change), { type: 'pass' })));
      void tell(...loginsHere(), ...look(false), { type: 'pass' });
    },
    shutdownTook: () => state.shutdownTook,
    view: () => {
      const { at } = advance(time, { monotonic: clock.monotonic(), wall: clock.now() }).time;
      return viewOf(
        policy,
        state,
        { at, wall: clock.now() },
        {
          decisions,
          secondaries: secondariesNow(),
          batteries: batteriesNow(),
          isSimulated: isSimulated(),
        },
      );
    },
    secondaries: () => allLocalClients().map(clientName),
    onChanged(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    onStory(told) {
      storyListeners.add(told);
      return () => storyListeners.delete(told);
    },
    async ask(what) {
      await queue;
      const outcome = outcomeOf(policy, state, what, now());
      if (outcome === 'done') await tell({ type: 'asked', what }, { type: 'pass' });
      return outcome;
    },
    async reconfigure(next, renamings = []) {
      if (JSON.stringify(next) === JSON.stringify(policy)) return;
      await queue;
      const keyOfOld = renamedKeys(policy, next, renamings);
      state = {
        ...state,
        supplies: underNewKeys(state.supplies, keyOfOld),
        secondaries: renameUpses(state.secondaries, keyOfOld),
      };
      policy = next;
      flagFile = next.powerDownFlag;
      await stopRemotes();
      if (!isStopped) watchRemotes();
      await tell({ type: 'pass' });
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      for (const stop of stops) stop();
      await stopRemotes();
      await tell({ type: 'stopping' });
      listeners.clear();
      storyListeners.clear();
    },
  };
}

function textsOf({ variables }: UpsState): Omit<Parameters<typeof factsOf>[0], 'status'> {
  const text = (name: string): string | undefined => variables.get(name)?.value;
  return {
    charge: text('battery.charge'),
    runtime: text('battery.runtime'),
    test: text('ups.test.result'),
    alarm: text('ups.alarm'),
    modes: MODE_VARIABLES.map(text),
  };
}

/** A moment by this computer's clock: the one locale that writes dates as ISO does, in local time. */
const localTime = (at: number): string =>
  new Date(at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
