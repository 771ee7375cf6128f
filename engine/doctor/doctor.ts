/** What would keep a shutdown or a message from working, looked for before it is needed. Changes nothing. */
import { existsSync } from 'node:fs';
import { access, constants, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, phraseOf } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import { nameOf } from '#engine/alerts/channels/http-forms.ts';
import { checkMailServer } from '#engine/alerts/channels/mail.ts';
import { OUTBOX_FILE, readWaiting } from '#engine/alerts/outbox.ts';
import { scanUsb } from '#engine/drivers/usb-hid/scan.ts';
import { dryRun } from '#engine/monitor/dry-run.ts';
import { NO_LATE_HOOK } from '#engine/monitor/late-power-off.ts';
import { openListeners } from '#engine/nut/listeners.ts';
import { probeServer } from '#engine/nut/probe.ts';
import type { Clock, HidPort, Log, SystemPower } from '#engine/ports.ts';
import { checkSettings } from '#engine/settings/check-settings.ts';
import type { Configuration } from '#engine/settings/configuration.ts';
import { isLoopback } from '#engine/settings/nut-conf/loopback.ts';
import type { Neighbour } from '#engine/setup/neighbours.ts';
import type { SetupSystem } from '#engine/setup/setup-system.ts';
import { reasonOf } from '#engine/system-reason.ts';

export const DOCTOR_SUBJECTS = ['usb', 'programs', 'network', 'shutdown', 'mail', 'alerts', 'clock', 'disk'] as const;

/** One thing that was looked at. */
export interface Finding {
  readonly subject: (typeof DOCTOR_SUBJECTS)[number];
  /** `error`: something will not work. `warning`: it may not. */
  readonly level: 'ok' | 'warning' | 'error';
  readonly text: Text;
  /** What to do; absent where all is well. */
  readonly remedy?: Text;
}

export interface DoctorParts {
  readonly settings: Settings;
  readonly configuration: Configuration;
  readonly dataDir: string;
  readonly hidPort: HidPort;
  readonly power: SystemPower;
  readonly clock: Clock;
  readonly log: Log;
  /** Programs and rules of this computer that get in the way. */
  neighbours(): Promise<readonly Neighbour[]>;
  readonly firewall: SetupSystem['firewall'];
  /** Whether the system's clock is kept by a time server; undefined where nobody can tell. */
  isClockKept(): Promise<boolean | undefined>;
}

/** Longer than a hiccup of the network. */
const WAITING_MS = 10 * 60_000;
/** Less than this and the history of a few days does not fit. */
const LEAST_FREE_BYTES = 50 * 1024 * 1024;
/** No computer that runs this is older: its clock stands at the year its battery died. */
const EARLIEST = Date.UTC(2026, 0, 1);

/** In the order of the subjects; each subject has a finding at least. */
export async function examine(parts: DoctorParts): Promise<readonly Finding[]> {
  const all = [findUsb, findPrograms, findNetwork, findShutdown, findMail, findAlerts, findClock, findDisk];
  return (await Promise.all(all.map((find) => find(parts)))).flat();
}

async function findUsb({ hidPort }: DoctorParts): Promise<readonly Finding[]> {
  const found = await scanUsb(hidPort);
  if (found.length === 0) return [{ subject: 'usb', level: 'ok', text: phrase('doctor.usb.none', {}) }];
  return found.map(({ title, problem }): Finding => {
    if (!problem) return { subject: 'usb', level: 'ok', text: phrase('doctor.usb.fine', { title }) };
    return { subject: 'usb', level: 'error', text: problem.message, remedy: problem.remedy };
  });
}

/** Who else drives a unit or puts this computer down. */
async function findPrograms(parts: DoctorParts): Promise<readonly Finding[]> {
  const found = await parts.neighbours();
  if (found.length === 0) return [{ subject: 'programs', level: 'ok', text: phrase('doctor.programs.none', {}) }];
  return found.map(({ title, effect, remedy, command }): Finding => ({
    subject: 'programs',
    level: 'warning',
    text: phrase('doctor.programs.found', { title, effect }),
    remedy: command === undefined ? remedy : phrase('doctor.programs.fix', { remedy, command }),
  }));
}

async function findNetwork(parts: DoctorParts): Promise<readonly Finding[]> {
  return (await Promise.all([findServer(parts), findFirewall(parts)])).flat();
}

/** Only where others are to come in, and one is on. */
async function findFirewall({ configuration, firewall }: DoctorParts): Promise<readonly Finding[]> {
  const { nut, allow = [] } = configuration.engine;
  const open = nut?.listen.find(({ host }) => !isLoopback(host));
  const hint = open && (await firewall({ port: open.port, allow }));
  if (!hint) return [];
  const { text, command, hasRule } = hint;
  const level = hasRule ? 'ok' : 'warning';
  return [{ subject: 'network', level, text, ...(command === undefined ? {} : { remedy: command }) }];
}

/** A port that is in use is right where it is this program, or NUT, that uses it for the same UPSes. */
async function findServer({ configuration, clock, log }: DoctorParts): Promise<readonly Finding[]> {
  const { nut } = configuration.engine;
  if (!nut) return [{ subject: 'network', level: 'ok', text: phrase('doctor.network.off', {}) }];
  const port = nut.listen[0]?.port ?? 0;
  try {
    const opened = await openListeners({
      addresses: nut.listen,
      isOneEnough: false,
      onConnection: (socket) => socket.destroy(),
      log,
    });
    await Promise.all(opened.map((listener) => listener.close()));
    return [{ subject: 'network', level: 'ok', text: phrase('doctor.network.free', { port }) }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [await whoListens(port, error as AppError, configuration, clock)];
  }
}

async function whoListens(port: number, problem: AppError, { engine }: Configuration, clock: Clock): Promise<Finding> {
  const wanted = engine.ups.map(({ name }) => name);
  const fault: Finding = { subject: 'network', level: 'error', text: phraseOf(problem), remedy: problem.remedy };
  if (problem.code !== 'nut/port-in-use') return fault;
  try {
    const served = (await probeServer('127.0.0.1', port, clock)).map(({ name }) => name);
    const isOurs = wanted.every((name) => served.includes(name));
    if (isOurs) return { subject: 'network', level: 'ok', text: phrase('doctor.network.running', { port }) };
    return {
      subject: 'network',
      level: 'error',
      text: phrase('doctor.network.other', { port, names: served }),
      remedy: problem.remedy,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return fault; // whoever listens there is no NUT server
  }
}

async function findShutdown({ configuration, clock, power }: DoctorParts): Promise<readonly Finding[]> {
  const policy = configuration.monitor;
  if (!policy || policy.action.kind === 'nothing') {
    return [
      {
        subject: 'shutdown',
        level: 'warning',
        text: phrase('doctor.shutdown.none', {}),
        remedy: phrase('doctor.shutdown.none.fix', {}),
      },
    ];
  }
  const [check, steps] = await Promise.all([
    power.check(policy.action),
    // Which computers are logged in, and what a UPS can be told, the program that runs knows.
    dryRun({
      policy,
      clock,
      power,
      lateHook: NO_LATE_HOOK,
      secondaries: [],
      shutdownTook: [],
      stateOf: () => undefined,
    }),
  ]);
  const around = steps.flatMap(({ step, command, text, problem }): readonly Finding[] => {
    if (step !== 'before' && step !== 'after' && step !== 'flag') return [];
    if (problem === undefined) return [{ subject: 'shutdown', level: 'ok', text }];
    return [
      {
        subject: 'shutdown',
        level: 'warning',
        text: phrase('doctor.shutdown.step', { text, reason: problem }),
        remedy: command === undefined ? phrase('doctor.shutdown.flag.fix', {}) : phrase('doctor.shutdown.step.fix', {}),
      },
    ];
  });
  const action: Finding = check.ok
    ? { subject: 'shutdown', level: 'ok', text: phrase('doctor.shutdown.fine', { by: check.by }) }
    : {
        subject: 'shutdown',
        level: 'error',
        text: phrase('neighbour.shutdown.refused', { reason: check.reason }),
        remedy: phrase('neighbour.shutdown.refused.fix', {}),
      };
  return [action, ...around];
}

async function findMail({ settings, dataDir, clock, log }: DoctorParts): Promise<readonly Finding[]> {
  const isWanted = settings.ups.some(({ emailnotify }) => emailnotify);
  if (!isWanted) return [{ subject: 'mail', level: 'ok', text: phrase('doctor.mail.off', {}) }];
  try {
    await checkMailServer(settings.mail);
    const waiting = await readWaiting(join(dataDir, OUTBOX_FILE), log);
    const late = settings.ups.flatMap(({ id, toemail }): readonly Finding[] => {
      const since = waiting.get(`mail-${id}`);
      return isTooLong(since, clock) ? [waitingFinding('mail', toemail.join('; '), since)] : [];
    });
    if (late.length > 0) return late;
    return [{ subject: 'mail', level: 'ok', text: phrase('doctor.mail.fine', { server: settings.mail.host }) }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ subject: 'mail', level: 'error', text: phraseOf(error as AppError), remedy: error.remedy }];
  }
}

/** What waits was not sent by the program that runs, or ran; what is not set cannot be sent by anybody. */
async function findAlerts({ settings, dataDir, clock, log }: DoctorParts): Promise<readonly Finding[]> {
  const channels = settings.alerts.channels.filter(({ enabled }) => enabled);
  if (channels.length === 0) return [{ subject: 'alerts', level: 'ok', text: phrase('doctor.alerts.off', {}) }];
  const problems = checkSettings(settings);
  const waiting = await readWaiting(join(dataDir, OUTBOX_FILE), log);
  return channels.map((channel): Finding => {
    const name = nameOf(channel);
    const index = settings.alerts.channels.indexOf(channel);
    const wrong = problems.find(({ path }) => path[1] === 'channels' && path[2] === index);
    if (wrong) {
      const text = phrase('doctor.alerts.wrong', {
        channel: name,
        field: String(wrong.path.at(-1)),
        reason: wrong.reason,
      });
      const level = wrong.severity === 'error' ? 'error' : 'warning';
      return { subject: 'alerts', level, text, remedy: wrong.fix };
    }
    const since = waiting.get(channel.id);
    if (isTooLong(since, clock)) return waitingFinding('alerts', name, since);
    return { subject: 'alerts', level: 'ok', text: phrase('doctor.alerts.fine', { channel: name }) };
  });
}

type Waiting = Awaited<ReturnType<typeof readWaiting>> extends ReadonlyMap<string, infer Some> ? Some : never;

const isTooLong = (waiting: Waiting | undefined, clock: Clock): waiting is Waiting =>
  waiting !== undefined && clock.now() - waiting.oldest > WAITING_MS;

/** They are tried again: the next try may get them through. */
const waitingFinding = (subject: Finding['subject'], channel: string, { count, oldest }: Waiting): Finding => ({
  subject,
  level: 'warning',
  text: phrase('doctor.alerts.waiting', { channel, count, since: new Date(oldest).toISOString() }),
  remedy: phrase('doctor.alerts.waiting.fix', {}),
});

async function findClock(parts: DoctorParts): Promise<readonly Finding[]> {
  const { clock } = parts;
  if (clock.now() < EARLIEST) {
    return [
      {
        subject: 'clock',
        level: 'error',
        text: phrase('doctor.clock.wrong', { date: new Date(clock.now()).toISOString().slice(0, 10) }),
        remedy: phrase('doctor.clock.fix', {}),
      },
    ];
  }
  if ((await parts.isClockKept()) !== false)
    return [{ subject: 'clock', level: 'ok', text: phrase('doctor.clock.fine', {}) }];
  return [
    {
      subject: 'clock',
      level: 'warning',
      text: phrase('doctor.clock.alone', {}),
      remedy: phrase('doctor.clock.fix', {}),
    },
  ];
}

async function findDisk({ dataDir }: DoctorParts): Promise<readonly Finding[]> {
  try {
    // A folder that is not there yet is made at the first start.
    const folder = nearestFolder(dataDir);
    await access(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize >= LEAST_FREE_BYTES) {
      return [{ subject: 'disk', level: 'ok', text: phrase('doctor.disk.fine', { folder: dataDir }) }];
    }
    return [
      {
        subject: 'disk',
        level: 'warning',
        text: phrase('doctor.disk.full', { folder: dataDir, free: Math.floor((bavail * bsize) / 1024 / 1024) }),
        remedy: phrase('doctor.disk.full.fix', {}),
      },
    ];
  } catch (error) {
    return [
      {
        subject: 'disk',
        level: 'error',
        text: phrase('doctor.disk.refused', { folder: dataDir, reason: reasonOf(error) }),
        remedy: phrase('doctor.disk.refused.fix', {}),
      },
    ];
  }
}

function nearestFolder(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearestFolder(above);
}
