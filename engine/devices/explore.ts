/**
 * Option `explore`: a device is claimed whatever it is, everything it says goes to the log, and nothing is made of it.
 * For writing down what a unit of an unknown make has to offer. Source: nut-facts hid-subdrivers.json, explore.
 */
import { decodeField, fieldBytes, toPhysical } from '#engine/hid/report-codec.ts';
import { reportKey, type HidField, type HidReportMap } from '#engine/hid/types.ts';
import { formatPath } from '#engine/hid/usages.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type { BindingUpdate, DeviceBinding, ReportCache, ReportRequest } from './binding.ts';
import type { DefinitionSet } from './definition.ts';
import { identityOf } from './identity.ts';
import { candidates, EXPLORE, usbIds } from './match.ts';

/** @param set knows which reports of which makes must never be read, and the makers' names of usages */
export function exploreDevice(device: HidDeviceInfo, map: HidReportMap, set: DefinitionSet): DeviceBinding {
  const { found } = candidates(device, set);
  const quirks = found.flatMap(({ definition, rules }) => [
    ...(definition.quirks ?? []),
    ...rules.flatMap((rule) => rule.quirks ?? []),
  ]);
  const forbidden = new Set(quirks.flatMap((quirk) => (quirk.quirk === 'never-read' ? quirk.reports : [])));
  // Input items too: most units answer a request for them as well.
  const reportIds = [...new Set(map.fields.map(({ reportId }) => reportId))].filter((id) => !forbidden.has(id));
  const requests = reportIds.map((reportId): ReportRequest => {
    const bytes = Math.max(
      map.reportBytes.get(reportKey('feature', reportId)) ?? 0,
      map.reportBytes.get(reportKey('input', reportId)) ?? 0,
    );
    return { reportId, maxLength: Math.max(2, 1 + bytes) };
  });
  const refused = { ok: false, outcome: 'unknown' } as const;
  return {
    definitionName: EXPLORE.definition,
    matchReason: EXPLORE.reason,
    notes: [],
    defaults: { pollFreqSeconds: 30, usesInterrupts: true, interruptOnly: false },
    inputReportIds: [],
    reportsFor: (pass) => (pass === 'quick' ? requests.slice(0, 1) : requests),
    stringIndexes: () => [],
    interpret: (_reports, _strings, pass) => (pass === 'start' ? firstUpdate(device) : {}),
    describe: (reports) => map.fields.map((field) => lineOf(field, reports, found[0]?.definition.usages)),
    reportsForWrite: () => [],
    planCommand: () => refused,
    planSet: () => refused,
    planKillPower: () => [],
  };
}

function firstUpdate(device: HidDeviceInfo): BindingUpdate {
  const { vendorId, productId } = usbIds(device);
  const facts = { modelText: undefined, serialText: undefined, nominalPower: undefined };
  return {
    set: { ...identityOf(undefined, device, facts, {}), 'ups.vendorid': vendorId, 'ups.productid': productId },
    conditions: [],
  };
}

function lineOf(field: HidField, reports: ReportCache, vendor: Parameters<typeof formatPath>[1]): string {
  const { reportId, reportType, bitOffset, bitSize } = field;
  const place = `${reportType} report 0x${reportId.toString(16).padStart(2, '0')}, bit ${bitOffset}, ${bitSize} bits`;
  return `${formatPath(field.path, vendor)}: ${place}: ${valueText(field, reports)}`;
}

function valueText(field: HidField, reports: ReportCache): string {
  const report = reports.feature(field.reportId) ?? reports.input(field.reportId);
  if (!report) return 'no answer';
  if (field.bitSize > 32) {
    const bytes = fieldBytes(field, report);
    return bytes ? Buffer.from(bytes).toString('hex') : 'not in the answer';
  }
  const logical = decodeField(field, report);
  if (logical === undefined) return 'no value';
  const physical = toPhysical(field, logical);
  return physical === logical ? String(logical) : `${physical} (raw ${logical})`;
}
