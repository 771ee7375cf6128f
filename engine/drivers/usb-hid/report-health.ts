/**
 * Which reports of a unit answer. Some stall for ever, some only now and then; a stall may cost five seconds, so those
 * that never answered are asked ever more rarely. Pure bookkeeping of one session.
 */
import type { Pass, ReportRequest } from '#engine/devices/binding.ts';

export interface ReportHealth {
  /** The requests of a pass that are worth sending now. Never empty while some report has ever answered. */
  select(pass: Pass, requests: readonly ReportRequest[]): readonly ReportRequest[];
  answered(request: ReportRequest): void;
  /** @returns what to do with the bytes of old: they stand for a passing fault only */
  failed(request: ReportRequest): 'keep' | 'forget';
  readonly hasAnswers: boolean;
}

interface Entry {
  hasAnswered: boolean;
  failures: number;
  /** Full passes to leave out before the next try. */
  skip: number;
}

/** Bytes that could not be renewed so many times in a row are not shown any longer. */
const FORGET_AFTER = 3;
const MAX_SKIP = 16;

export function createReportHealth(): ReportHealth {
  const entries = new Map<number, Entry>();
  let probe: ReportRequest | undefined;
  const entryOf = (reportId: number): Entry => {
    const known = entries.get(reportId) ?? { hasAnswered: false, failures: 0, skip: 0 };
    entries.set(reportId, known);
    return known;
  };

  /** Whether it is asked in this pass; a pass that is left out counts towards the next try. */
  const takesTurn = (pass: Pass, { reportId }: ReportRequest): boolean => {
    if (pass === 'start') return true;
    const entry = entryOf(reportId);
    if (entry.hasAnswered && entry.failures < FORGET_AFTER) return true;
    if (pass === 'quick') return false;
    if (entry.skip === 0) return true;
    entry.skip -= 1;
    return false;
  };

  return {
    select(pass, requests) {
      const due = requests.filter((request) => takesTurn(pass, request));
      // Silence of reports that never spoke proves nothing: one that has spoken is asked to see whether the unit lives.
      const provesLife = due.some(({ reportId }) => entries.get(reportId)?.hasAnswered);
      return provesLife || !probe || due.includes(probe) ? due : [...due, probe];
    },
    answered(request) {
      const entry = entryOf(request.reportId);
      entry.hasAnswered = true;
      entry.failures = 0;
      entry.skip = 0;
      probe ??= request;
    },
    failed({ reportId }) {
      const entry = entryOf(reportId);
      entry.failures += 1;
      entry.skip = Math.min(MAX_SKIP, 2 ** (entry.failures - 1));
      return entry.failures >= FORGET_AFTER ? 'forget' : 'keep';
    },
    get hasAnswers() {
      return probe !== undefined;
    },
  };
}
