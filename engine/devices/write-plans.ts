/** From a command or a new value to the reports that carry it out. Pure: bytes in, bytes out. */
import type { CommandRow } from '#domain/schema/device-definition.ts';
import type { DriverOutcome } from '#engine/drivers/driver.ts';
import { encodeField, toLogical, toPhysical } from '#engine/hid/report-codec.ts';
import { reportKey, type HidField } from '#engine/hid/types.ts';
import type { ReportCache, WritePlan, WriteStep } from './binding.ts';
import { isDelay, readField, type BoundCommand, type BoundRows, type BoundVariable } from './bound-rows.ts';
import { CONVERTERS } from './converters.ts';
import type { ConversionContext, Written } from './converters/conversion.ts';
import { parseNumber } from './converters/number-text.ts';

/** Some Tripp Lite firmware loses the second of two writes that come closer together. Source: NUT 2.8.5. */
const PAUSE_BETWEEN_WRITES_MS = 125;

/** What plans are made from. */
export interface WriteContext {
  readonly rows: BoundRows;
  readonly reportBytes: ReadonlyMap<string, number>;
  readonly roundsDelaysToMinutes: boolean;
  readonly conversion: ConversionContext;
  /** The row that a variable is read from now. */
  rowOf(variable: string): BoundVariable | undefined;
}

const refused = (outcome: DriverOutcome): WritePlan => ({ ok: false, outcome });

/** Commands made of others. Source: nut-facts hid-subdrivers.json, commands. */
const COMPOSED: Readonly<Record<string, { readonly needs: readonly string[] }>> = {
  'load.off': { needs: ['load.off.delay'] },
  'load.on': { needs: ['load.on.delay'] },
  'shutdown.return': { needs: ['load.on.delay', 'load.off.delay'] },
  'shutdown.stayoff': { needs: ['load.on.delay', 'load.off.delay'] },
};

/** The best way to cut the power first. Source: NUT, option killpower. */
const KILL_POWER = ['shutdown.return', 'shutdown.reboot', 'load.off.delay', 'shutdown.stayoff'];

/** A person asks for "on" and "off" and means whether it may beep at all; the codes of those rows are never sent. */
const SAME_AS: Readonly<Record<string, string>> = { 'beeper.on': 'beeper.enable', 'beeper.off': 'beeper.disable' };

/** The row of a command to use: the first whose report the device answered, else the first there is. */
export function commandRow(rows: BoundRows, command: string, reports: ReportCache): BoundCommand | undefined {
  const choices = rows.commands.get(command) ?? [];
  return choices.find((choice) => isAnswered(choice, reports)) ?? choices[0];
}

function isAnswered({ field, factor }: BoundCommand, reports: ReportCache): boolean {
  const report = reports.feature(field.reportId);
  return report !== undefined && readField(field, factor, report) !== undefined;
}

/**
 * Commands worth offering: those whose report the device answered and takes their value, and those composed of others.
 * As in NUT the composed ones need only be possible by the descriptor.
 */
export function offeredCommands(context: WriteContext, reports: ReportCache): readonly string[] {
  const { rows } = context;
  const isUsable = (command: string): boolean => {
    const row = commandRow(rows, SAME_AS[command] ?? command, reports);
    return row !== undefined && isAnswered(row, reports) && new Draft(context, reports).command(row, '').isGood();
  };
  const own = [...rows.commands.keys()].filter(isUsable);
  const composed = Object.entries(COMPOSED)
    .filter(([name, { needs }]) => !rows.commands.has(name) && needs.every((need) => rows.commands.has(need)))
    .map(([name]) => name);
  const cutsPower = planKillPower(context, reports).length > 0;
  return [...own, ...composed, ...(cutsPower ? ['shutdown.default'] : [])].sort();
}

export function planKillPower(context: WriteContext, reports: ReportCache): readonly WritePlan[] {
  return KILL_POWER.map((command) => planCommand(context, command, undefined, reports)).filter((plan) => plan.ok);
}

/** Fields that a command, a variable or `killpower` writes; their reports must be fresh. */
export function fieldsWrittenBy(context: WriteContext, name: string): readonly HidField[] {
  const command = SAME_AS[name] ?? name;
  if (command === 'killpower' || command === 'shutdown.default') {
    return KILL_POWER.flatMap((each) => fieldsWrittenBy(context, each));
  }
  const own = context.rows.commands.get(command);
  if (own) return own.map((choice) => choice.field);
  const needs = COMPOSED[command]?.needs.flatMap((need) => fieldsWrittenBy(context, need)) ?? [];
  if (needs.length > 0) return [...needs, ...fieldsWrittenBy(context, 'ups.start.auto')];
  const field = context.rowOf(command)?.feature;
  return field ? [field] : [];
}

/** @param parameter what the client gave; empty means nothing */
export function planCommand(
  context: WriteContext,
  name: string,
  parameter: string | undefined,
  reports: ReportCache,
): WritePlan {
  const command = SAME_AS[name] ?? name;
  if (command === 'shutdown.default') return planKillPower(context, reports)[0] ?? refused('unknown');
  const bound = commandRow(context.rows, command, reports);
  const draft = new Draft(context, reports);
  if (bound) return draft.command(bound, parameter ?? '').finish();

  const { conversion } = context;
  const composed = COMPOSED[command];
  if (!composed?.needs.every((need) => context.rows.commands.has(need))) return refused('unknown');
  if (command === 'load.off') return draft.named('load.off.delay', '0').finish();
  if (command === 'load.on') return draft.named('load.on.delay', '0').finish();

  const returns = command === 'shutdown.return';
  const autoStart = context.rowOf('ups.start.auto');
  if (autoStart?.row.access === 'write') draft.variable(autoStart, returns ? 'yes' : 'no');
  return draft
    .named('load.on.delay', returns ? (conversion.text('ups.delay.start') ?? '') : '-1')
    .pause(PAUSE_BETWEEN_WRITES_MS)
    .named('load.off.delay', conversion.text('ups.delay.shutdown') ?? '')
    .finish();
}

export function planSet(context: WriteContext, variable: string, value: string, reports: ReportCache): WritePlan {
  const bound = context.rowOf(variable);
  if (!bound) return refused('unknown');
  const { row } = bound;
  if (row.access !== 'write' && row.keep === undefined) return refused('invalid');
  if (row.maxLength !== undefined && row.maxLength > 0 && value.length > row.maxLength) return refused('invalid');
  if (row.keep !== undefined) {
    // Numbers stay numbers; outlet.desc is a text.
    if (parseNumber(row.keep) !== undefined && !/^-?\d{1,9}$/.test(value.trim())) return refused('conversion-failed');
    return { ok: true, steps: [], update: { set: { [row.variable]: value.trim() } } };
  }
  return new Draft(context, reports).variable(bound, value).finish();
}

/** Collects the steps of one plan; each sees what the one before it changed. The first mistake ends it. */
class Draft {
  readonly #context: WriteContext;
  readonly #reports: ReportCache;
  readonly #changed = new Map<number, Uint8Array>();
  readonly #steps: WriteStep[] = [];
  #refusal: DriverOutcome | undefined;

  constructor(context: WriteContext, reports: ReportCache) {
    this.#context = context;
    this.#reports = reports;
  }

  finish(): WritePlan {
    return this.#refusal === undefined ? { ok: true, steps: this.#steps } : refused(this.#refusal);
  }

  isGood(): boolean {
    return this.#refusal === undefined;
  }

  pause(ms: number): this {
    this.#steps.push({ type: 'pause', ms });
    return this;
  }

  named(command: string, text: string): this {
    const bound = commandRow(this.#context.rows, command, this.#reports);
    return bound ? this.command(bound, text) : this.#refuse('unknown');
  }

  command({ row, field, factor }: BoundCommand, parameter: string): this {
    const { conversion } = this.#context;
    const text = parameter.trim();
    if (row.convert !== undefined) {
      const standard = row.value === undefined ? '' : String(row.value);
      return this.#write(field, 1, CONVERTERS[row.convert].write?.(text === '' ? standard : text, conversion));
    }
    if (text === '') return this.#write(field, factor, { physical: standardValue(row, field) });
    const value = parseNumber(text);
    return this.#write(field, factor, value === undefined ? undefined : { physical: value });
  }

  variable(bound: BoundVariable, text: string): this {
    const { row, texts, feature, factor } = bound;
    if (!feature) return this.#refuse('failed');
    const { conversion } = this.#context;
    if (row.convert !== undefined) return this.#write(feature, 1, CONVERTERS[row.convert].write?.(text, conversion));
    if (texts !== undefined) {
      const code = Object.entries(texts).find(([, known]) => known === text)?.[0];
      return this.#write(feature, 1, code === undefined ? undefined : { logical: Number(code) });
    }
    const value = parseNumber(text);
    const written = value === undefined ? undefined : { physical: value / (row.scale ?? 1) };
    return this.#write(feature, factor, written);
  }

  #refuse(outcome: DriverOutcome): this {
    this.#refusal ??= outcome;
    return this;
  }

  #write(field: HidField, factor: number, written: Written | undefined): this {
    if (this.#refusal !== undefined) return this;
    if (written === undefined) return this.#refuse('conversion-failed');
    if (field.isConstant && !field.isVariable) return this.#refuse('failed');
    const logical = 'logical' in written ? written.logical : this.#logical(field, written.physical / factor);
    if (logical === undefined || !isAllowed(field, logical)) return this.#refuse('invalid');
    const before = this.#report(field);
    if (!before) return this.#refuse('failed');
    const report = encodeField(field, logical, before);
    this.#changed.set(field.reportId, report);
    this.#steps.push({ type: 'write', report });
    return this;
  }

  #logical(field: HidField, physical: number): number | undefined {
    if (isDelay(field)) {
      // "No countdown" is all bits set, whatever the field's range and scale. Source: HID Power Devices 4.1.5.
      if (physical < 0) return field.logicalMin < 0 ? -1 : 2 ** field.bitSize - 1;
      if (this.#context.roundsDelaysToMinutes) return toLogical(field, Math.ceil(physical / 60) * 60);
    }
    return toLogical(field, physical);
  }

  /** The bytes to change one field in. A report that is this field alone needs no reading before. */
  #report(field: HidField): Uint8Array | undefined {
    const cached = this.#changed.get(field.reportId) ?? this.#reports.feature(field.reportId);
    if (cached && cached.length >= 1 + Math.ceil((field.bitOffset + field.bitSize) / 8)) return cached;
    const bytes = this.#context.reportBytes.get(reportKey('feature', field.reportId)) ?? 0;
    if (field.bitOffset > 0 || Math.ceil(field.bitSize / 8) !== bytes) return undefined;
    const empty = new Uint8Array(1 + bytes);
    empty[0] = field.reportId;
    return empty;
  }
}

/**
 * The value of a row that the client left to us. A standard delay is cut to what the device takes: some Back-UPS have a
 * "reboot" that is a mere 0 or 1. Codes are never cut, they would mean something else.
 */
function standardValue(row: CommandRow, field: HidField): number {
  const value = row.value ?? 0;
  const isDelayed = /^(load|shutdown)\./.test(row.command);
  const highest = toPhysical(field, field.logicalMax);
  return isDelayed && hasRange(field) && value > highest ? highest : value;
}

const hasRange = (field: HidField): boolean => field.logicalMax > field.logicalMin && !field.logicalMaxAssumed;

/**
 * Values outside what the device itself allows are refused, not cut: NUT's cutting makes "mute" of a Back-UPS an
 * "enable". Ranges that say nothing allow everything that fits.
 */
function isAllowed(field: HidField, logical: number): boolean {
  if (!Number.isInteger(logical)) return false;
  const isSigned = field.logicalMin < 0;
  const allOnes = 2 ** field.bitSize - 1;
  if (isDelay(field) && logical === (isSigned ? -1 : allOnes)) return true;
  if (!hasRange(field)) return logical >= (isSigned ? -(2 ** (field.bitSize - 1)) : 0) && logical <= allOnes;
  return logical >= field.logicalMin && logical <= field.logicalMax;
}
