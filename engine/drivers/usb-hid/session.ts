/**
 * One opened unit from its first report to its last: reads what its binding asks for, hands on what comes by itself,
 * carries out commands. A session that has ended says nothing more, whatever answers still arrive.
 */
import { DriverError, HidError, describeError, type AppError } from '#domain/errors.ts';
import type { BindingUpdate, DeviceBinding, Pass, ReportRequest, WritePlan } from '#engine/devices/binding.ts';
import type { DriverNote, DriverOutcome, DriverSink } from '#engine/drivers/driver.ts';
import type { Clock, HidConnection, Log, Stop } from '#engine/ports.ts';
import { deviceLabel } from './device-choice.ts';
import type { TalkPlan } from './driver-options.ts';
import { createPriorityLock } from './priority-lock.ts';
import { createReportCache, createStringCache } from './report-cache.ts';
import { createReportHealth } from './report-health.ts';
import { createWaiter, waitAtMost, withDeadline } from './waiter.ts';

export interface SessionParts {
  readonly connection: HidConnection;
  readonly binding: DeviceBinding;
  readonly plan: TalkPlan;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
  /** Writes a line unless it was written before: a unit that is opened again has the same faults. */
  readonly tellOnce: (line: string) => void;
}

/** `gone`: unplugged. `silent`: it no longer answers. `restart`: opening it again is wanted although it answers. */
export type SessionEnd =
  { readonly why: 'stopped' } | { readonly why: 'gone' | 'silent' | 'restart'; readonly error: AppError };

export interface Session {
  /**
   * Reads everything once and tells it: connected, update, ready.
   * @throws DriverError driver/no-answer, driver/unplugged
   */
  start(): Promise<void>;
  /** Polls until the session ends. Never rejects. */
  run(): Promise<SessionEnd>;
  runCommand(command: string, parameter: string | undefined): Promise<DriverOutcome>;
  setVariable(variable: string, value: string): Promise<DriverOutcome>;
  killPower(): Promise<DriverOutcome>;
  /** Ends it and closes the device, waiting a second at most. */
  stop(): Promise<void>;
}

/** The kernel gives a request five seconds; a system that waits longer has lost the device. */
const ANSWER_LIMIT_MS = 10_000;
/** Strings come late on some systems; the readings do not wait longer for them. */
const STRINGS_LIMIT_MS = 1_500;
const CLOSE_LIMIT_MS = 1_000;
/** A whole pass without an answer is tried once more after this before it counts. */
const SECOND_TRY_MS = 500;
/** Input reports of a unit that answers no request are waited for this long. */
const FIRST_INPUT_LIMIT_MS = 5_000;
/** Often enough that a slow pass does not make the data look old. */
const SIGN_OF_LIFE_MS = 4_000;

export function createSession(parts: SessionParts): Session {
  const { connection, binding, plan, clock, log, tellOnce } = parts;
  const name = deviceLabel(connection.device);
  const cache = createReportCache();
  const strings = createStringCache();
  const health = createReportHealth();
  const lock = createPriorityLock();
  const waiter = createWaiter(clock);
  const firstInput = createWaiter(clock);
  const stops: Stop[] = [];
  const ownNotes = new Map<string, DriverNote>();
  const silentReports = new Map<number, string>();
  const toldReports = new Set<number>();
  let bindingNotes = binding.notes;
  let isReady = false;
  let isFullWanted = false;
  let earlyInputs: number[] = [];
  let pollsSinceInput = 0;
  let lastSaid = clock.monotonic();
  let end: SessionEnd | undefined;
  let resolveEnd: (end: SessionEnd) => void = () => undefined;
  const ended = new Promise<SessionEnd>((resolve) => (resolveEnd = resolve));

  const finish = (how: SessionEnd): void => {
    if (end) return;
    end = how;
    for (const stop of stops) stop();
    waiter.wake();
    firstInput.wake();
    resolveEnd(how);
  };
  const isOver = (): boolean => end !== undefined;
  const endedError = ended.then((how): never => {
    throw how.why === 'stopped' ? noAnswer('it was closed') : how.error;
  });
  // It has no listener while nothing is asked.
  endedError.catch(() => undefined);
  const noAnswer = (reason: string): DriverError => new DriverError('driver/no-answer', { device: name, reason });

  const say: DriverSink = (event) => {
    if (isOver()) return;
    lastSaid = clock.monotonic();
    parts.sink(event);
  };
  const sayNotes = (): void => say({ type: 'notes', notes: [...bindingNotes, ...ownNotes.values()] });
  const sayUpdate = ({ notes, ...update }: BindingUpdate): void => {
    say({ type: 'update', ...update });
    if (!notes) return;
    bindingNotes = notes;
    sayNotes();
  };
  const addNote = (note: DriverNote): void => {
    if (ownNotes.has(note.code)) return;
    ownNotes.set(note.code, note);
    tellOnce(`${name}: ${note.text}`);
    if (isReady) sayNotes();
  };

  /** A binding that stumbles over strange bytes must not take the program with it. */
  const interpret = (pass: Parameters<DeviceBinding['interpret']>[2]): BindingUpdate => {
    try {
      return binding.interpret(cache, strings, pass);
    } catch (error) {
      tellOnce(`${name}: reports could not be understood: ${describeError(error)}`);
      return {};
    }
  };
  // --- reading -------------------------------------------------------------------------------------------------------

  /** Gives up when the session ends meanwhile: the answer would be nobody's. */
  const ask = <Result>(work: () => Promise<Result>): Promise<Result> =>
    withDeadline(clock, ANSWER_LIMIT_MS, Promise.race([work(), endedError]), () =>
      noAnswer(`nothing came for ${ANSWER_LIMIT_MS / 1000} s`),
    );

  /** @returns whether it answered */
  const readReport = async (request: ReportRequest): Promise<boolean> => {
    try {
      const bytes = await ask(() => connection.getFeatureReport(request.reportId, request.maxLength));
      if (isOver()) return false;
      health.answered(request);
      cache.setFeature(request.reportId, bytes);
      if (isReady && clock.monotonic() - lastSaid > SIGN_OF_LIFE_MS) say({ type: 'alive' });
      return true;
    } catch (error) {
      if (isOver() || endsSession(error)) return false;
      if (health.failed(request) === 'forget') cache.forgetFeature(request.reportId);
      silentReports.set(request.reportId, describeError(error));
      return false;
    }
  };

  /** The device is gone, or a request was never answered at all: nothing more is to be had from this connection. */
  const endsSession = (error: unknown): boolean => {
    if (!(error instanceof DriverError)) return false;
    if (error.code === 'driver/unplugged') finish({ why: 'gone', error });
    else if (error.code === 'driver/no-answer') finish({ why: 'silent', error });
    return isOver();
  };

  /** One line for all reports that failed in a pass and were not told before. */
  const tellSilentReports = (): void => {
    const fresh = [...silentReports].filter(([reportId]) => !toldReports.has(reportId));
    silentReports.clear();
    if (fresh.length === 0) return;
    for (const [reportId] of fresh) toldReports.add(reportId);
    const ids = fresh.map(([reportId]) => reportId).join(', ');
    tellOnce(`${name}: no answer for report ${ids}; what it holds stays unknown (${fresh[0]?.[1] ?? ''})`);
  };

  /** @returns how many answered of how many that were asked */
  const readPass = async (pass: Pass): Promise<{ readonly asked: number; readonly answered: number }> => {
    const requests = health.select(pass, plan.isInterruptOnly ? [] : binding.reportsFor(pass));
    let answered = 0;
    for (const request of requests) {
      if (await lock.run('normal', () => (isOver() ? Promise.resolve(false) : readReport(request)))) answered += 1;
      if (isOver()) break;
    }
    if (!isOver()) tellSilentReports();
    return { asked: requests.length, answered };
  };

  const fetchStrings = async (): Promise<void> => {
    for (const index of binding.stringIndexes(cache)) {
      if (strings.isFetched(index) || isOver()) continue;
      strings.set(index, undefined);
      try {
        strings.set(index, await connection.getString(index));
      } catch (error) {
        tellOnce(`${name}: texts cannot be read: ${describeError(error)}`);
      }
    }
  };

  // --- input reports -------------------------------------------------------------------------------------------------

  const receive = (report: Uint8Array): void => {
    const reportId = report[0];
    if (reportId === undefined || isOver()) return;
    pollsSinceInput = 0;
    cache.setInput(reportId, report);
    if (isReady) sayUpdate(interpret({ inputReportId: reportId }));
    else earlyInputs.push(reportId);
    if (!isReady) firstInput.wake();
  };

  const inputFailed = (error: Error): void =>
    addNote({
      code: 'input-reports-ended',
      text: `It stopped sending by itself (${describeError(error)}); changes are seen by asking every ${plan.pollIntervalMs / 1000} s.`,
    });

  // --- the start -----------------------------------------------------------------------------------------------------

  const start = async (): Promise<void> => {
    stops.push(
      connection.onClosed((cause) => {
        const error =
          cause instanceof DriverError ? cause : new DriverError('driver/unplugged', { device: name }, cause);
        finish({ why: 'gone', error });
      }),
    );
    if (plan.usesInterrupts) stops.push(connection.onInputReport(receive, inputFailed));
    const { asked, answered } = await readPass('start');
    if (answered === 0) await expectInput(asked);
    throwIfOver();
    await waitAtMost(clock, STRINGS_LIMIT_MS, Promise.race([fetchStrings(), ended]));
    throwIfOver();
    say({ type: 'connected' });
    sayUpdate(withFacts(interpret('start')));
    for (const reportId of new Set(earlyInputs)) sayUpdate(interpret({ inputReportId: reportId }));
    earlyInputs = [];
    isReady = true;
    say({ type: 'ready' });
    sayNotes();
  };

  /** Not one request was answered, or none is wanted: perhaps it is of the kind that only speaks by itself. */
  const expectInput = async (asked: number): Promise<void> => {
    if (plan.usesInterrupts && earlyInputs.length === 0 && !isOver()) await firstInput.wait(FIRST_INPUT_LIMIT_MS);
    if (isOver() || plan.isInterruptOnly) return;
    if (earlyInputs.length === 0) throw noAnswer(`all ${asked} requests were refused`);
    addNote({
      code: 'input-reports-only',
      text: 'It refuses every request; what it sends by itself is used, the rest stays unknown.',
    });
  };

  const throwIfOver = (): void => {
    if (end?.why === 'stopped') throw noAnswer('it was closed');
    if (end) throw end.error;
  };

  /** What the driver itself knows: how it talks to this unit, and which definition speaks for it. */
  const withFacts = (update: BindingUpdate): BindingUpdate => {
    return {
      ...update,
      set: {
        'driver.version.data': binding.definitionName,
        'driver.parameter.pollfreq': String(plan.pollFreqMs / 1000),
        'driver.parameter.interrupt_pipe_no_events_tolerance': String(plan.silentPollsAllowed ?? -1),
        ...update.set,
      },
    };
  };

  // --- polling -------------------------------------------------------------------------------------------------------

  const run = async (): Promise<SessionEnd> => {
    let nextFull = clock.monotonic() + plan.pollFreqMs;
    let nextQuick = clock.monotonic() + plan.pollIntervalMs;
    while (!isOver()) {
      await waiter.wait(Math.max(0, nextQuick - clock.monotonic()));
      if (isOver()) break;
      const now = clock.monotonic();
      const isFull = isFullWanted || now >= nextFull;
      isFullWanted = false;
      if (isFull) nextFull = now + plan.pollFreqMs;
      // From the planned moment on, so that passes do not drift; after a slow one none is made up for.
      nextQuick = Math.max(nextQuick + plan.pollIntervalMs, now);
      await poll(isFull ? 'full' : 'quick');
      nextQuick = Math.max(nextQuick, clock.monotonic() + MIN_REST_MS);
      checkSilence();
    }
    return ended;
  };

  const poll = async (pass: Pass): Promise<void> => {
    let result = await readPass(pass);
    // A unit of which no report ever answered speaks by its input reports alone.
    const isSilent = (): boolean => health.hasAnswers && result.answered === 0;
    if (isSilent() && !isOver()) {
      await waitAtMost(clock, SECOND_TRY_MS, ended);
      result = await readPass(pass);
      if (isOver()) return;
      if (isSilent()) {
        finish({ why: 'silent', error: noAnswer('no request got an answer, twice in a row') });
        return;
      }
    }
    if (isOver()) return;
    if (pass === 'full') await fetchStrings();
    if (result.answered > 0) sayUpdate(interpret(pass));
    // While the system holds such a unit open, silence means that nothing changed.
    else say({ type: 'alive' });
  };

  const checkSilence = (): void => {
    pollsSinceInput += 1;
    const { silentPollsAllowed } = plan;
    if (!plan.usesInterrupts || silentPollsAllowed === undefined || pollsSinceInput <= silentPollsAllowed) return;
    finish({ why: 'restart', error: noAnswer(`no input report came during ${pollsSinceInput} polls`) });
  };

  // --- writing -------------------------------------------------------------------------------------------------------

  /** Reads anew what a write builds on: it sends whole reports back of which it changes one field. */
  const refresh = async (writeName: string): Promise<void> => {
    for (const request of binding.reportsForWrite(writeName)) {
      if (!(await readReport(request))) cache.forgetFeature(request.reportId);
    }
  };

  const carryOut = async (what: string, plan_: WritePlan): Promise<DriverOutcome> => {
    if (!plan_.ok) return plan_.outcome;
    for (const step of plan_.steps) {
      if (isOver()) return 'failed';
      if (step.type === 'pause') {
        await waitAtMost(clock, step.ms, ended);
        continue;
      }
      isFullWanted = true;
      try {
        await ask(() => connection.setFeatureReport(step.report));
      } catch (error) {
        log.warn(`${what} failed: ${describeError(error)}`);
        endsSession(error);
        return 'failed';
      }
    }
    if (isOver()) return 'failed';
    if (plan_.update) sayUpdate(plan_.update);
    return 'handled';
  };

  /** A value that does not fit its field is refused by the codec with an error of its own. */
  const planned = (plans: () => readonly WritePlan[], what: string): readonly WritePlan[] => {
    try {
      return plans();
    } catch (error) {
      log.warn(`${what} is not possible: ${describeError(error)}`);
      return [{ ok: false, outcome: error instanceof HidError ? 'invalid' : 'failed' }];
    }
  };

  const write = async (writeName: string, plans: () => readonly WritePlan[], what: string): Promise<DriverOutcome> => {
    if (isOver()) return 'failed';
    const outcome = await lock.run('urgent', async () => {
      await refresh(writeName);
      let last: DriverOutcome = 'failed';
      for (const candidate of isOver() ? [] : planned(plans, what)) {
        last = await carryOut(what, candidate);
        if (last === 'handled') break;
      }
      return last;
    });
    if (isFullWanted) waiter.wake();
    return outcome;
  };

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await waitAtMost(clock, CLOSE_LIMIT_MS, connection.close());
    } catch (error) {
      log.debug(`Closing ${name}: ${describeError(error)}`);
    }
  };

  return {
    start,
    run,
    runCommand: (command, parameter) =>
      write(command, () => [binding.planCommand(command, parameter, cache)], `Command ${command}`),
    setVariable: (variable, value) =>
      write(variable, () => [binding.planSet(variable, value, cache)], `Setting ${variable}`),
    killPower: () => write('killpower', () => binding.planKillPower(cache), 'Switching the UPS off'),
    stop() {
      finish({ why: 'stopped' });
      return (closing ??= close());
    },
  };
}

/** Between two passes of a unit that takes longer than the interval, so that its commands and others get their turn. */
const MIN_REST_MS = 50;
