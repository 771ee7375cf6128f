/**
 * One opened unit from its first report to its last: reads what its binding asks for, hands on what comes by itself,
 * carries out commands. A session that has ended says nothing more, whatever answers still arrive.
 */
import { DriverError, describeError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { BindingUpdate, DeviceBinding, Pass } from '#engine/devices/binding.ts';
import { driverNote, type DriverNote, type DriverSink } from '#engine/drivers/driver.ts';
import type { Clock, HidConnection, Log } from '#engine/ports.ts';
import { deviceLabel } from './device-choice.ts';
import type { TalkPlan } from './driver-options.ts';
import { NO_ONLINE_DISCHARGE, watchOnlineDischarge } from './online-discharge.ts';
import { createPriorityLock } from './priority-lock.ts';
import { createReportReader } from './report-reader.ts';
import { createReportWriter, type ReportWriter } from './report-writer.ts';
import { createSessionLife, type SessionEnd } from './session-life.ts';
import { createWaiter, waitAtMost } from './waiter.ts';

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

export interface Session extends ReportWriter {
  /**
   * Reads everything once and tells it: connected, update, ready.
   * @throws DriverError driver/no-answer, driver/unplugged
   */
  start(): Promise<void>;
  /** Polls until the session ends. */
  run(): Promise<SessionEnd>;
  /** Ends it and closes the device, waiting a second at most. */
  stop(): Promise<void>;
}

/** Strings come late on some systems; the readings do not wait longer for them. */
const STRINGS_LIMIT_MS = 1_500;
const CLOSE_LIMIT_MS = 1_000;
/** A whole pass without an answer is tried once more after this before it counts. */
const SECOND_TRY_MS = 500;
/** Input reports of a unit that answers no request are waited for this long. */
const FIRST_INPUT_LIMIT_MS = 5_000;
/** Often enough that a slow pass does not make the data look old. */
const SIGN_OF_LIFE_MS = 4_000;
/** Between two passes of a unit that takes longer than the interval. */
const MIN_REST_MS = 50;

export function createSession(parts: SessionParts): Session {
  const { connection, binding, plan, clock, log, tellOnce } = parts;
  const name = deviceLabel(connection.device);
  const noAnswer = (reason: Text): DriverError => new DriverError('driver/no-answer', { device: name, reason });
  const life = createSessionLife(clock, () => noAnswer(phrase('reason.closed', {})));
  const lock = createPriorityLock();
  const waiter = createWaiter(clock);
  const firstInput = createWaiter(clock);
  const ownNotes = new Map<string, DriverNote>();
  /** Input reports that came before the first data were told. */
  const earlyInputs = new Set<number>();
  let bindingNotes = binding.notes;
  let isReady = false;
  let isFullWanted = false;
  let pollsSinceInput = 0;
  let oddity = NO_ONLINE_DISCHARGE;
  let lastSaid = clock.monotonic();
  let closing: Promise<void> | undefined;

  life.onEnd(() => waiter.wake());
  life.onEnd(() => firstInput.wake());

  // --- telling -------------------------------------------------------------------------------------------------------

  const say: DriverSink = (event) => {
    if (life.isOver()) return;
    lastSaid = clock.monotonic();
    parts.sink(event);
  };
  const tell = (text: string): void => tellOnce(`${name}: ${text}`);
  const sayNotes = (): void => {
    const notes = [...bindingNotes, ...ownNotes.values()];
    for (const { text } of notes) tell(text);
    say({ type: 'notes', notes });
  };
  const sayUpdate = ({ notes, ...update }: BindingUpdate): void => {
    say({ type: 'update', ...update });
    tellOnlineDischarge(update);
    if (!notes) return;
    bindingNotes = notes;
    sayNotes();
  };
  const tellOnlineDischarge = ({ conditions, set }: BindingUpdate): void => {
    if (life.isOver()) return;
    const told = watchOnlineDischarge(oddity, { conditions, charge: set?.['battery.charge'] }, plan, clock.monotonic());
    oddity = told.memory;
    if (told.line !== undefined) log.warn(`${name}: ${told.line}`);
  };
  const addNote = (note: DriverNote): void => {
    if (ownNotes.has(note.code)) return;
    ownNotes.set(note.code, note);
    tell(note.text);
    if (isReady) sayNotes();
  };

  const reader = createReportReader({
    connection,
    binding,
    life,
    lock,
    name,
    tellOnce,
    onAnswer: () => {
      if (isReady && clock.monotonic() - lastSaid > SIGN_OF_LIFE_MS) say({ type: 'alive' });
    },
  });
  const writer = createReportWriter({
    connection,
    binding,
    reader,
    life,
    lock,
    log,
    onUpdate: sayUpdate,
    onWritten: () => {
      isFullWanted = true;
      waiter.wake();
    },
  });

  /** A binding that stumbles over strange bytes must not take the program with it. */
  const interpret = (pass: Parameters<DeviceBinding['interpret']>[2]): BindingUpdate => {
    try {
      return binding.interpret(reader.reports, reader.strings, pass);
    } catch (error) {
      tell(`reports could not be understood: ${describeError(error)}`);
      return {};
    }
  };

  const readPass = (pass: Pass) => reader.readPass(pass, plan.isInterruptOnly ? [] : binding.reportsFor(pass));

  // --- input reports -------------------------------------------------------------------------------------------------

  const receive = (report: Uint8Array): void => {
    const reportId = report[0];
    if (reportId === undefined || life.isOver()) return;
    pollsSinceInput = 0;
    reader.receivedInput(reportId, report.subarray(0, plan.inputBytes));
    if (isReady) {
      sayUpdate(interpret({ inputReportId: reportId }));
      return;
    }
    earlyInputs.add(reportId);
    firstInput.wake();
  };

  const inputFailed = (error: Error): void =>
    addNote(driverNote('input-reports-ended', { reason: reasonOf(error), seconds: plan.pollIntervalMs / 1000 }));

  // --- the start -----------------------------------------------------------------------------------------------------

  const start = async (): Promise<void> => {
    life.onEnd(
      connection.onClosed((cause) => {
        const error =
          cause instanceof DriverError ? cause : new DriverError('driver/unplugged', { device: name }, cause);
        life.finish({ why: 'gone', error });
      }),
    );
    if (plan.usesInterrupts) life.onEnd(connection.onInputReport(receive, inputFailed));
    const { asked, answered } = await readPass('start');
    for (const line of binding.describe?.(reader.reports) ?? []) tellOnce(line);
    if (answered === 0) await expectInput(asked);
    life.throwIfOver();
    await life.pause(STRINGS_LIMIT_MS, reader.fetchStrings());
    life.throwIfOver();
    say({ type: 'connected' });
    sayUpdate(withFacts(interpret('start')));
    for (const reportId of earlyInputs) sayUpdate(interpret({ inputReportId: reportId }));
    isReady = true;
    say({ type: 'ready' });
    tell(binding.matchReason);
    sayNotes();
  };

  /** Not one request was answered, or none is wanted: perhaps it is of the kind that only speaks by itself. */
  const expectInput = async (asked: number): Promise<void> => {
    if (plan.usesInterrupts && earlyInputs.size === 0 && !life.isOver()) await firstInput.wait(FIRST_INPUT_LIMIT_MS);
    if (life.isOver() || plan.isInterruptOnly) return;
    if (earlyInputs.size === 0) throw noAnswer(phrase('reason.requests-refused', { count: asked }));
    addNote(driverNote('input-reports-only', {}));
  };

  /** What the driver itself knows: how it talks to this unit, and which definition speaks for it. */
  const withFacts = (update: BindingUpdate): BindingUpdate => ({
    ...update,
    set: {
      'driver.version.data': binding.definitionName,
      'driver.parameter.pollfreq': String(plan.pollFreqMs / 1000),
      'driver.parameter.interrupt_pipe_no_events_tolerance': String(plan.silentPollsAllowed ?? -1),
      ...update.set,
    },
  });

  // --- polling -------------------------------------------------------------------------------------------------------

  const run = async (): Promise<SessionEnd> => {
    let nextFull = clock.monotonic() + plan.pollFreqMs;
    let nextQuick = clock.monotonic() + plan.pollIntervalMs;
    while (!life.isOver()) {
      await waiter.wait(Math.max(0, nextQuick - clock.monotonic()));
      if (life.isOver()) break;
      const now = clock.monotonic();
      const isFull = isFullWanted || now >= nextFull;
      isFullWanted = false;
      if (isFull) nextFull = now + plan.pollFreqMs;
      // From the planned moment on, so that passes do not drift; those that a slow one made impossible are left out.
      nextQuick = Math.max(now, Math.min(now, nextQuick) + plan.pollIntervalMs);
      await poll(isFull ? 'full' : 'quick');
      nextQuick = Math.max(nextQuick, clock.monotonic() + MIN_REST_MS);
      checkSilence();
    }
    return life.ended;
  };

  const poll = async (pass: Pass): Promise<void> => {
    const startedAt = clock.monotonic();
    let { answered } = await readPass(pass);
    // A unit of which no report ever answered speaks by its input reports alone.
    if (answered === 0 && reader.hasAnswers && !life.isOver()) {
      await life.pause(SECOND_TRY_MS);
      ({ answered } = await readPass(pass));
      if (answered === 0) life.finish({ why: 'silent', error: noAnswer(phrase('reason.silent-twice', {})) });
    }
    if (life.isOver()) return;
    if (pass === 'full') await reader.fetchStrings();
    if (answered > 0) sayUpdate(interpret(pass));
    // While the system holds such a unit open, silence means that nothing changed.
    else say({ type: 'alive' });
    say({ type: 'polled', tookMs: clock.monotonic() - startedAt });
  };

  const checkSilence = (): void => {
    pollsSinceInput += 1;
    const { silentPollsAllowed } = plan;
    if (!plan.usesInterrupts || silentPollsAllowed === undefined || pollsSinceInput <= silentPollsAllowed) return;
    life.finish({ why: 'restart', error: noAnswer(phrase('reason.no-input-report', { count: pollsSinceInput })) });
  };

  // --- the end -------------------------------------------------------------------------------------------------------

  const close = async (): Promise<void> => {
    try {
      await waitAtMost(clock, CLOSE_LIMIT_MS, connection.close());
    } catch (error) {
      log.debug(`Closing ${name}: ${describeError(error)}`);
    }
  };

  return {
    ...writer,
    start,
    run,
    stop() {
      life.finish({ why: 'stopped' });
      return (closing ??= close());
    },
  };
}
