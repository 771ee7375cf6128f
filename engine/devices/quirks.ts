/** Closed registry of named quirks: what a definition may ask for beside its rows, one line of meaning each. */
import type { Quirk, QuirkName } from '#domain/schema/device-definition.ts';
import { driverNote, type DriverNote, type StatusDefaults } from '#engine/drivers/driver.ts';
import { reportKey, type HidField, type HidReportMap } from '#engine/hid/types.ts';
import type { PollDefaults } from './binding.ts';
import {
  repairApcVoltageRange,
  repairCpsVoltageRange,
  repairExponentSlip,
  repairGoldenmateMaximum,
  type Repaired,
} from './descriptor-repairs.ts';

export const QUIRK_MEANINGS: Readonly<Record<QuirkName, string>> = {
  'answer-buffer': 'asks for at least this many bytes: the device sends longer reports than it describes',
  'apc-voltage-range': 'widens voltage ranges that end below the upper transfer voltage',
  'cps-voltage-range': 'widens voltage and power ranges inherited from the transfer voltage or cut to one byte',
  'exponent-slip': 'reads unit exponents of +1 (and volts without the factor of HID) as one decimal',
  'flapping-battery-flags': 'low and replace battery must last this long on line power before they are believed',
  'goldenmate-swapped-maximum': 'puts right a maximum in the wrong byte order',
  'interrupt-only': 'the device answers no request: only what it sends by itself is read',
  multiply: 'values at these paths are off by this factor',
  'never-read': 'these reports must not be asked for',
  'poll-every': 'full pass every so many seconds',
  'poll-only': 'the interrupt pipe is broken or speaks another protocol: reports are asked for instead',
  'whole-minute-delays': 'the firmware keeps delays in whole minutes and cuts the rest; delays are rounded up here',
};

/** What the quirks of a device come to. */
export interface QuirkEffects {
  readonly fields: readonly HidField[];
  readonly notes: readonly DriverNote[];
  readonly poll: PollDefaults;
  readonly statusDefaults: StatusDefaults;
  readonly neverRead: ReadonlySet<number>;
  readonly answerBytes: number;
  /** By path as written in the quirk. */
  readonly factors: ReadonlyMap<string, number>;
  readonly roundsDelaysToMinutes: boolean;
}

const STANDARD_POLL: PollDefaults = { pollFreqSeconds: 30, usesInterrupts: true, interruptOnly: false };

/**
 * @param repairs false when the user switched descriptor repairs off (`disable_fix_report_desc`); wrong exponents are
 * no matter of ranges and stay repaired
 */
export function applyQuirks(quirks: readonly Quirk[], map: HidReportMap, repairs: boolean): QuirkEffects {
  let fields = map.fields;
  const notes: DriverNote[] = [];
  let poll = STANDARD_POLL;
  let statusDefaults: StatusDefaults = {};
  const neverRead = new Set<number>();
  const factors = new Map<string, number>();
  let answerBytes = 0;
  let roundsDelaysToMinutes = false;

  const repair = (run: (fields: readonly HidField[]) => Repaired): void => {
    const repaired = run(fields);
    fields = repaired.fields;
    notes.push(...repaired.notes);
  };

  for (const quirk of quirks) {
    switch (quirk.quirk) {
      case 'apc-voltage-range':
        if (repairs) repair(repairApcVoltageRange);
        break;
      case 'cps-voltage-range':
        if (repairs) repair(repairCpsVoltageRange);
        break;
      case 'goldenmate-swapped-maximum':
        if (repairs) repair(repairGoldenmateMaximum);
        break;
      case 'exponent-slip':
        repair(repairExponentSlip);
        break;
      case 'multiply':
        for (const path of quirk.paths) factors.set(path, (factors.get(path) ?? 1) * quirk.by);
        break;
      case 'whole-minute-delays':
        roundsDelaysToMinutes = true;
        break;
      case 'flapping-battery-flags':
        statusDefaults = { ...statusDefaults, lowBatteryDelaySeconds: quirk.seconds };
        notes.push(driverNote('flapping-battery-flags', { seconds: quirk.seconds }));
        break;
      case 'poll-only':
        poll = { ...poll, usesInterrupts: false };
        notes.push(driverNote('poll-only', {}));
        break;
      case 'interrupt-only':
        poll = { ...poll, usesInterrupts: true, interruptOnly: true };
        notes.push(driverNote('interrupt-only', {}));
        break;
      case 'poll-every':
        poll = { ...poll, pollFreqSeconds: quirk.seconds };
        break;
      case 'answer-buffer':
        answerBytes = Math.max(answerBytes, quirk.bytes);
        break;
      case 'never-read': {
        for (const report of quirk.reports) neverRead.add(report);
        const present = quirk.reports.filter((report) => map.reportBytes.has(reportKey('feature', report)));
        if (present.length > 0) notes.push(driverNote('reports-left-alone', { reports: present.map(String) }));
        break;
      }
    }
  }
  return { fields, notes, poll, statusDefaults, neverRead, answerBytes, factors, roundsDelaysToMinutes };
}

/** What to tell of a delay in seconds that this make will round up; undefined for whole minutes and no number. */
export function roundingNote(seconds: string | undefined): DriverNote | undefined {
  const asked = Number(seconds);
  if (!(asked > 0) || asked % 60 === 0) return undefined;
  return driverNote('whole-minute-delays', { asked, used: Math.ceil(asked / 60) * 60 });
}
