/** Which feature reports a bound device is asked for, and when. Pure. */
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import { reportKey } from '#engine/hid/types.ts';
import type { Pass, ReportRequest } from './binding.ts';
import type { BoundField, BoundRows } from './bound-rows.ts';
import type { QuirkEffects } from './quirks.ts';
import { STATUS_RULES } from './status-rules.ts';

export interface ReportPlan {
  readonly requests: Readonly<Record<Pass, readonly ReportRequest[]>>;
  /** Whether a pass reads this report anew. */
  reads(pass: Pass, reportId: number): boolean;
  /** Requests for these reports, without those that must not be read. */
  requestsFor(reportIds: readonly number[]): readonly ReportRequest[];
}

/** Nominal power stands in for the model text that some Eaton units lack. */
export const NOMINAL_POWER_PATH = 'UPS.Flow.[4].ConfigApparentPower';

const POLLED_BY: Readonly<Record<Pass, readonly string[]>> = {
  start: ['once', 'full', 'quick'],
  full: ['full', 'quick'],
  quick: ['quick'],
};

export function planReports(
  definition: DeviceDefinition,
  rows: BoundRows,
  effects: QuirkEffects,
  reportBytes: ReadonlyMap<string, number>,
): ReportPlan {
  const requestsFor = (reportIds: readonly number[]): readonly ReportRequest[] =>
    [...new Set(reportIds)]
      .filter((reportId) => !effects.neverRead.has(reportId))
      .map((reportId) => ({
        reportId,
        maxLength: Math.max(1 + (reportBytes.get(reportKey('feature', reportId)) ?? 0), effects.answerBytes, 2),
      }));
  const requestsOf = (pass: Pass): readonly ReportRequest[] =>
    effects.poll.interruptOnly ? [] : requestsFor(reportIds(definition, rows, pass));
  const requests = { start: requestsOf('start'), full: requestsOf('full'), quick: requestsOf('quick') };
  const idsOf = (pass: Pass): ReadonlySet<number> => new Set(requests[pass].map(({ reportId }) => reportId));
  const ids = { start: idsOf('start'), full: idsOf('full'), quick: idsOf('quick') };
  return { requests, requestsFor, reads: (pass, reportId) => ids[pass].has(reportId) };
}

function reportIds(definition: DeviceDefinition, rows: BoundRows, pass: Pass): readonly number[] {
  const ids: number[] = [];
  const add = (bound: BoundField | undefined): void => {
    if (bound?.feature) ids.push(bound.feature.reportId);
  };
  const isDue = (poll: string | undefined): boolean => POLLED_BY[pass].includes(poll ?? 'full');
  for (const bound of rows.variables) {
    if (bound.row.keep !== undefined || !isDue(bound.row.poll)) continue;
    add(bound);
    if (bound.row.report !== undefined) ids.push(bound.row.report);
  }
  for (const bound of rows.status) {
    if (!isDue(bound.row.poll)) continue;
    add(bound);
    const report = bound.row.rule === undefined ? undefined : STATUS_RULES[bound.row.rule].report;
    if (report !== undefined) ids.push(report);
  }
  if (pass !== 'quick') for (const bound of rows.alarms) add(bound);
  if (pass === 'start') {
    for (const choices of rows.commands.values()) ids.push(...choices.map(({ field }) => field.reportId));
    for (const path of [definition.identity?.modelPath, definition.identity?.serialPath, NOMINAL_POWER_PATH]) {
      if (path !== undefined) add(rows.find(path));
    }
  }
  return ids;
}
