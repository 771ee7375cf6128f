/** Reads feature reports and strings of one open unit, report by report, whatever single ones do. */
import { DriverError, describeError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { DeviceBinding, DeviceStrings, Pass, ReportCache, ReportRequest } from '#engine/devices/binding.ts';
import type { HidConnection } from '#engine/ports.ts';
import type { PriorityLock } from './priority-lock.ts';
import { createReportCache, createStringCache } from './report-cache.ts';
import { createReportHealth } from './report-health.ts';
import type { SessionLife } from './session-life.ts';

export interface ReportReaderParts {
  readonly connection: HidConnection;
  readonly binding: DeviceBinding;
  readonly life: SessionLife;
  readonly lock: PriorityLock;
  /** How the unit is called in log lines and errors. */
  readonly name: string;
  readonly onAnswer: () => void;
  readonly tellOnce: (line: string) => void;
}

export interface PassResult {
  readonly asked: number;
  readonly answered: number;
}

export interface ReportReader {
  readonly reports: ReportCache;
  readonly strings: DeviceStrings;
  readonly hasAnswers: boolean;
  /** Asks for the reports of a pass that are worth asking for. */
  readPass(pass: Pass, requests: readonly ReportRequest[]): Promise<PassResult>;
  /** Reads what a write builds on; what does not answer is forgotten, so that nothing old is sent back. The lock is the caller's. */
  refresh(requests: readonly ReportRequest[]): Promise<void>;
  /** String descriptors that the reports name and that were not asked for yet. */
  fetchStrings(): Promise<void>;
  receivedInput(reportId: number, report: Uint8Array): void;
  /** Waits for an answer to a request, but not for ever. An error that means that nothing more will come ends the session. */
  ask<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The kernel gives a request five seconds; a system that waits longer has lost the device. */
const ANSWER_LIMIT_MS = 10_000;

export function createReportReader(parts: ReportReaderParts): ReportReader {
  const { connection, binding, life, lock, name, onAnswer, tellOnce } = parts;
  const cache = createReportCache();
  const strings = createStringCache();
  const health = createReportHealth();
  const failures = new Map<number, string>();
  const told = new Set<number>();

  const ask = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const reason = phrase('reason.nothing-came', { seconds: ANSWER_LIMIT_MS / 1000 });
    try {
      return await life.within(
        ANSWER_LIMIT_MS,
        work(),
        () => new DriverError('driver/no-answer', { device: name, reason }),
      );
    } catch (error) {
      if (error instanceof DriverError && error.code === 'driver/unplugged') life.finish({ why: 'gone', error });
      if (error instanceof DriverError && error.code === 'driver/no-answer') life.finish({ why: 'silent', error });
      throw error;
    }
  };

  const read = async (request: ReportRequest): Promise<boolean> => {
    if (life.isOver()) return false;
    try {
      const bytes = await ask(() => connection.getFeatureReport(request.reportId, request.maxLength));
      health.answered(request);
      cache.setFeature(request.reportId, bytes);
      onAnswer();
      return true;
    } catch (error) {
      if (life.isOver()) return false;
      if (health.failed(request) === 'forget') cache.forgetFeature(request.reportId);
      failures.set(request.reportId, describeError(error));
      return false;
    }
  };

  /** One line for all reports that failed in a pass and were not told before. */
  const tellFailures = (): void => {
    const fresh = [...failures].filter(([reportId]) => !told.has(reportId));
    failures.clear();
    if (fresh.length === 0) return;
    for (const [reportId] of fresh) told.add(reportId);
    const ids = fresh.map(([reportId]) => reportId).join(', ');
    tellOnce(`${name}: no answer for report ${ids}; what it holds stays unknown (${fresh[0]?.[1] ?? ''})`);
  };

  return {
    reports: cache,
    strings,
    get hasAnswers() {
      return health.hasAnswers;
    },
    async readPass(pass, requests) {
      const due = health.select(pass, requests);
      let answered = 0;
      for (const request of due) {
        if (await lock.run('normal', () => read(request))) answered += 1;
        if (life.isOver()) break;
      }
      if (!life.isOver()) tellFailures();
      return { asked: due.length, answered };
    },
    async refresh(requests) {
      for (const request of requests) if (!(await read(request))) cache.forgetFeature(request.reportId);
    },
    async fetchStrings() {
      for (const index of binding.stringIndexes(cache)) {
        if (strings.isFetched(index) || life.isOver()) continue;
        strings.set(index, undefined);
        try {
          strings.set(index, await connection.getString(index));
        } catch (error) {
          tellOnce(`${name}: texts cannot be read: ${describeError(error)}`);
        }
      }
    },
    receivedInput: (reportId, report) => cache.setInput(reportId, report),
    ask,
  };
}
