/**
 * Repairs of what report descriptors say about ranges and exponents. Pure: fields in, fields and notes out.
 * The codec already reads past most wrong ranges; a repaired range also tells clients and writers the truth.
 */
import { phrase } from '#domain/messages/message.ts';
import { driverNote, type DriverNote, type NoteCode } from '#engine/drivers/driver.ts';
import type { HidField } from '#engine/hid/types.ts';

export interface Repaired {
  readonly fields: readonly HidField[];
  readonly notes: readonly DriverNote[];
}
type Repair = (fields: readonly HidField[]) => Repaired;

const USAGE = {
  voltage: 0x00840030,
  current: 0x00840031,
  frequency: 0x00840032,
  configVoltage: 0x00840040,
  configFrequency: 0x00840042,
  configActivePower: 0x00840044,
  highVoltageTransfer: 0x00840054,
  runTimeToEmpty: 0x00850068,
} as const;
const VOLT = 0x00f0d121;

const usageOf = (field: HidField): number => field.path.at(-1) ?? 0;
const find = (fields: readonly HidField[], usage: number, reportId: number): HidField | undefined =>
  fields.find((field) => field.reportId === reportId && usageOf(field) === usage);

/** Replaces fields of one usage in one report; feature and input halves alike. */
function withRange(
  fields: readonly HidField[],
  usage: number,
  reportId: number,
  range: { logicalMin?: number; logicalMax: number },
): readonly HidField[] {
  return fields.map((field) =>
    field.reportId === reportId && usageOf(field) === usage ? { ...field, ...range, logicalMaxAssumed: false } : field,
  );
}

const rangeText = (field: HidField): string => `${field.logicalMin}..${field.logicalMax}`;

/** Back-UPS of 051d:0002: the input voltage may not go above the transfer voltage it is compared with. */
export const repairApcVoltageRange: Repair = (fields) => {
  const transfer = find(fields, USAGE.highVoltageTransfer, 0x33);
  const input = find(fields, USAGE.voltage, 0x31);
  const nominal = find(fields, USAGE.configVoltage, 0x30);
  const notes: DriverNote[] = [];
  let repaired = fields;
  if (transfer && input && transfer.logicalMax > input.logicalMax) {
    const logicalMax = 2 * transfer.logicalMax;
    repaired = withRange(repaired, USAGE.voltage, 0x31, { logicalMin: 0, logicalMax });
    notes.push(driverNote('apc-input-voltage-range', { range: rangeText(input), used: `0..${logicalMax}` }));
  }
  if (transfer && nominal && transfer.logicalMax > nominal.logicalMax && nominal.logicalMax !== 255) {
    repaired = withRange(repaired, USAGE.configVoltage, 0x30, { logicalMax: 255 });
    notes.push(driverNote('apc-nominal-voltage-range', { range: rangeText(nominal), used: 255 }));
  }
  return { fields: repaired, notes };
};

/** CyberPower 0501 and 0601: output (and input) voltage inherit the range of the item before them, the transfer voltage. */
export const repairCpsVoltageRange: Repair = (fields) => {
  const transfer = find(fields, USAGE.highVoltageTransfer, 16);
  const output = find(fields, USAGE.voltage, 18);
  const input = find(fields, USAGE.voltage, 15);
  const power = find(fields, USAGE.configActivePower, 24);
  const notes: DriverNote[] = [];
  let repaired = fields;
  const widen = (field: HidField, logicalMax: number, code: `cps-${string}-range` & NoteCode): void => {
    repaired = withRange(repaired, usageOf(field), field.reportId, { logicalMin: 0, logicalMax });
    notes.push(driverNote(code, { range: rangeText(field), used: `0..${logicalMax}` }));
  };
  const sharesRange = (field: HidField): boolean =>
    field.logicalMin === transfer?.logicalMin && field.logicalMax === transfer.logicalMax;
  const highest = (field: HidField): number => Math.min(2 ** field.bitSize - 1, 0xffff);

  if (output && sharesRange(output)) {
    widen(output, 511, 'cps-output-voltage-range');
    if (input && sharesRange(input)) widen(input, 511, 'cps-input-voltage-range');
  } else {
    if (output?.logicalMaxAssumed) widen(output, highest(output), 'cps-output-voltage-range');
    if (input?.logicalMaxAssumed) widen(input, highest(input), 'cps-input-voltage-range');
  }
  if (power && power.logicalMax < 2048 && power.bitSize >= 12) {
    widen(power, 2048, 'cps-nominal-power-range');
  }
  return { fields: repaired, notes };
};

/** GoldenMate and iDowell packs: a four byte maximum sent in the wrong byte order; the voltage after it inherits it. */
export const repairGoldenmateMaximum: Repair = (fields) => {
  const isBroken = (field: HidField | undefined): field is HidField =>
    !!field && (field.logicalMax < field.logicalMin || field.logicalMaxAssumed);
  const runtime = find(fields, USAGE.runTimeToEmpty, 2);
  const voltage = find(fields, USAGE.voltage, 2);
  let repaired = fields;
  const notes: DriverNote[] = [];
  if (isBroken(runtime)) {
    repaired = withRange(repaired, USAGE.runTimeToEmpty, 2, { logicalMax: 0x75ffffff });
    notes.push(driverNote('goldenmate-runtime-maximum', {}));
  }
  if (isBroken(voltage)) {
    repaired = withRange(repaired, USAGE.voltage, 2, { logicalMax: 0xffff });
    notes.push(driverNote('goldenmate-voltage-maximum', {}));
  }
  return { fields: repaired, notes };
};

/** Quantities whose steps on a UPS are tenths or whole units, never tens and never millionths. */
const METERED: ReadonlySet<number> = new Set([
  USAGE.voltage,
  USAGE.current,
  USAGE.frequency,
  USAGE.configVoltage,
  USAGE.configFrequency,
]);

const MEASURED = [
  { name: phrase('quantities.voltages', {}), usages: [USAGE.voltage, USAGE.configVoltage] },
  { name: phrase('quantities.frequencies', {}), usages: [USAGE.frequency, USAGE.configFrequency] },
  { name: phrase('quantities.currents', {}), usages: [USAGE.current] },
] as const;

/**
 * Delta, Minuteman, Tripp Lite 3016, Liebert PSI5 and others mean "one decimal" and write the unit exponent as +1; with
 * volts they also forget HID's own factor of 10^7. Such an exponent cannot be true: 121.4 V would read 0.0001 V, 2.2 A
 * would read 220 A, 60 Hz would read 6000 Hz.
 */
export const repairExponentSlip: Repair = (fields) => {
  const found = new Set<number>();
  const repaired = fields.map((field) => {
    if (!METERED.has(usageOf(field))) return field;
    const e = field.unitExponent;
    const isVolt = field.unit === VOLT;
    if (isVolt ? e < -2 || e > 2 : e < 1 || e > 2) return field;
    found.add(usageOf(field));
    // Volts: 10^7 is subtracted later, so it is added here.
    return { ...field, unitExponent: (isVolt ? 7 : 0) - Math.abs(e) };
  });
  const what = MEASURED.filter(({ usages }) => usages.some((usage) => found.has(usage))).map(({ name }) => name);
  return { fields: repaired, notes: found.size === 0 ? [] : [driverNote('exponent-slip', { what })] };
};
