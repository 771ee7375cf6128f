/** One bound device: what its reports mean, and what is remembered between them. No input or output happens here. */
import type { ConverterName, DeviceDefinition } from '#domain/schema/device-definition.ts';
import { driverNote, type DriverNote, type DriverOptions, type VariableTraits } from '#engine/drivers/driver.ts';
import { reportKey } from '#engine/hid/types.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type {
  BindingUpdate,
  DeviceBinding,
  DeviceStrings,
  Pass,
  ReportCache,
  ReportRequest,
  WritePlan,
} from './binding.ts';
import {
  isUnknownRuntime,
  readField,
  statusWords,
  variableText,
  type BoundField,
  type BoundRows,
  type BoundVariable,
} from './bound-rows.ts';
import { CONVERTERS } from './converters.ts';
import type { ConversionContext, DeviceMemory, Reading } from './converters/conversion.ts';
import { identityOf } from './identity.ts';
import { usbIds } from './match.ts';
import { Publication, READ_ONLY } from './publication.ts';
import { roundingNote, type QuirkEffects } from './quirks.ts';
import { NOMINAL_POWER_PATH, planReports, type ReportPlan } from './report-plan.ts';
import { StatusBoard } from './status-tables.ts';
import {
  fieldsWrittenBy,
  offeredCommands,
  planCommand,
  planKillPower,
  planSet,
  type WriteContext,
} from './write-plans.ts';

export interface BoundDeviceParts {
  readonly definition: DeviceDefinition;
  readonly matchReason: string;
  readonly notes: readonly DriverNote[];
  readonly device: HidDeviceInfo;
  readonly options: DriverOptions;
  readonly rows: BoundRows;
  readonly effects: QuirkEffects;
  readonly reportBytes: ReadonlyMap<string, number>;
  /** Values the user chose by option, by variable; they hold until the variable is set. */
  readonly chosen: ReadonlyMap<string, string>;
}

/** A pass over the feature reports, or one input report that just came. */
type Occasion = Pass | { readonly inputReportId: number };

/** ups.* that every driver shows as device.* too. Source: nut-facts variables.json. */
const MIRRORED = ['mfr', 'model', 'serial'] as const;
/** Converters whose value is the index of a text, which may come later than the report that names it. */
const TEXTS: readonly (ConverterName | undefined)[] = ['string', 'tripplite-chemistry'];

export class BoundDevice implements DeviceBinding {
  readonly definitionName: string;
  readonly matchReason: string;
  readonly notes: readonly DriverNote[];
  readonly defaults: DeviceBinding['defaults'];
  readonly inputReportIds: readonly number[];

  readonly #parts: BoundDeviceParts;
  readonly #plan: ReportPlan;
  readonly #memory: DeviceMemory = {};
  readonly #board = new StatusBoard();
  readonly #publication = new Publication();
  /** Last text of each variable row, by its place; undefined: it has no value now. */
  readonly #texts: (string | undefined)[];
  /** Variables that live here and not in the device, once they were set. */
  readonly #kept = new Map<string, string>();
  readonly #chosen: Map<string, string>;
  #identity: Readonly<Record<string, string>> = {};
  #alarms: readonly string[] = [];
  /** What one row found out about the variable of another. */
  #corrections = new Map<string, string>();
  /** Cures that showed only in the readings. */
  #found: readonly DriverNote[] = [];
  #toldNotes: readonly DriverNote[] = this.#found;
  #isFirstUpdate = true;

  constructor(parts: BoundDeviceParts) {
    this.#parts = parts;
    this.#plan = planReports(parts.definition, parts.rows, parts.effects, parts.reportBytes);
    this.#texts = parts.rows.variables.map(() => undefined);
    this.#chosen = new Map(parts.chosen);
    this.definitionName = parts.definition.name;
    this.matchReason = parts.matchReason;
    this.notes = parts.notes;
    this.defaults = parts.effects.poll;
    const { variables, status, alarms } = parts.rows;
    this.inputReportIds = [
      ...new Set([...variables, ...status, ...alarms].flatMap(({ input }) => (input ? [input.reportId] : []))),
    ];
  }

  reportsFor(pass: Pass): readonly ReportRequest[] {
    return this.#plan.requests[pass];
  }

  stringIndexes(reports: ReportCache): readonly number[] {
    const { rows, definition } = this.#parts;
    const named = rows.variables.filter(({ row }) => TEXTS.includes(row.convert));
    const paths = [definition.identity?.modelPath, definition.identity?.serialPath];
    const fields = [...named, ...paths.flatMap((path) => (path === undefined ? [] : (rows.find(path) ?? [])))];
    const indexes = fields
      .map((bound) => latest(bound, reports)?.logical ?? 0)
      .filter((index) => index > 0 && index < 256);
    return [...new Set(indexes)];
  }

  interpret(reports: ReportCache, strings: DeviceStrings, occasion: Occasion): BindingUpdate {
    const context = this.#context(reports, strings);
    if (typeof occasion === 'string') {
      this.#corrections = new Map();
      // Before the rows: the model decides what some of them mean.
      this.#identify(reports, strings);
    }
    if (occasion === 'start') this.#tellLongReports(reports);
    this.#readVariables(reports, context, occasion);
    this.#readStatus(reports, context, occasion);
    if (occasion === 'start' || occasion === 'full') this.#readAlarms(reports, occasion);
    const { values, traits } = this.#known();
    return {
      ...this.#publication.changes(values, traits),
      ...this.#newNotes(),
      conditions: this.#board.list(),
      alarms: this.#alarms,
      ...(occasion === 'start' ? { commands: this.#offered(reports) } : {}),
      ...this.#firstUpdate(),
    };
  }

  reportsForWrite(name: string): readonly ReportRequest[] {
    const fields = fieldsWrittenBy(this.#writeContext(NO_REPORTS), name.toLowerCase());
    return this.#plan.requestsFor(fields.map((field) => field.reportId));
  }

  planCommand(command: string, parameter: string | undefined, reports: ReportCache): WritePlan {
    const plan = planCommand(this.#writeContext(reports), command.toLowerCase(), parameter, reports);
    return plan.ok ? this.#withRounding(plan, parameter) : plan;
  }

  planSet(variable: string, value: string, reports: ReportCache): WritePlan {
    const plan = planSet(this.#writeContext(reports), variable, value, reports);
    if (!plan.ok) return plan;
    this.#chosen.delete(variable);
    for (const [name, text] of Object.entries(plan.update?.set ?? {})) this.#kept.set(name, text);
    return variable.startsWith('ups.delay.') ? this.#withRounding(plan, value) : plan;
  }

  planKillPower(reports: ReportCache): readonly WritePlan[] {
    return planKillPower(this.#writeContext(reports), reports);
  }

  /** Tells when a delay that was asked for is not the one that will be. */
  #withRounding(plan: Extract<WritePlan, { ok: true }>, seconds: string | undefined): WritePlan {
    const note = this.#parts.effects.roundsDelaysToMinutes ? roundingNote(seconds) : undefined;
    if (!note) return plan;
    this.#remark(note);
    return { ...plan, update: { ...plan.update, ...this.#newNotes() } };
  }

  #context(reports: ReportCache, strings: DeviceStrings): ConversionContext {
    const text = (variable: string): string | undefined => this.#textOf(variable);
    return {
      device: this.#parts.device,
      options: this.#parts.options,
      memory: this.#memory,
      text,
      number: (variable) => {
        const value = text(variable);
        const number = value === undefined || value.trim() === '' ? NaN : Number(value);
        return Number.isFinite(number) ? number : undefined;
      },
      string: (index) => strings.get(index),
      report: (reportId) => reports.feature(reportId),
      publish: (variable, value) => this.#corrections.set(variable, value),
      remark: (note) => this.#remark(note),
    };
  }

  #writeContext(reports: ReportCache): WriteContext {
    const { rows, reportBytes, effects } = this.#parts;
    return {
      rows,
      reportBytes,
      roundsDelaysToMinutes: effects.roundsDelaysToMinutes,
      conversion: this.#context(reports, NO_STRINGS),
      rowOf: (variable) => this.#rowOf(variable)?.bound,
    };
  }

  /**
   * The reading of a field that this occasion brought, null when the occasion does not concern it, undefined when it
   * does but the device gave no value.
   */
  #fresh(bound: BoundField, reports: ReportCache, occasion: Occasion): Reading | undefined | null {
    if (typeof occasion !== 'string') {
      const field = bound.input;
      if (field?.reportId !== occasion.inputReportId) return null;
      const report = reports.input(occasion.inputReportId);
      return report && readField(field, bound.factor, report);
    }
    if (!bound.feature || !this.#plan.reads(occasion, bound.feature.reportId)) return null;
    return latest(bound, reports);
  }

  #readVariables(reports: ReportCache, context: ConversionContext, occasion: Occasion): void {
    for (const [place, bound] of this.#parts.rows.variables.entries()) {
      const { row } = bound;
      if (row.keep !== undefined) continue;
      const isTextAwaited = this.#texts[place] === undefined && TEXTS.includes(row.convert);
      const reading = isTextAwaited ? latest(bound, reports) : this.#fresh(bound, reports, occasion);
      if (reading === null) continue;
      this.#texts[place] = reading && variableText(bound, reading, context);
      if (reading && isUnknownRuntime(reading)) {
        this.#remark(driverNote('runtime-unknown', {}));
      }
      if (row.convert === 'eaton-real-power-estimate' && this.#rowOf(row.variable)?.bound === bound) {
        this.#remark(driverNote('estimated-real-power', {}));
      }
    }
  }

  #readStatus(reports: ReportCache, context: ConversionContext, occasion: Occasion): void {
    this.#board.beginPass();
    for (const bound of this.#parts.rows.status) {
      const reading = this.#fresh(bound, reports, occasion);
      if (!reading) continue;
      this.#board.apply(statusWords(bound, reading, context, (condition) => this.#board.has(condition)));
    }
  }

  /** Every request leaves room for them; this only says so. */
  #tellLongReports(reports: ReportCache): void {
    const long = this.reportsFor('start')
      .map(({ reportId }) => reportId)
      .filter((reportId) => {
        const declared = this.#parts.reportBytes.get(reportKey('feature', reportId));
        return declared !== undefined && (reports.feature(reportId)?.length ?? 0) > 1 + declared;
      });
    if (long.length > 0) this.#remark(driverNote('long-reports', { reports: long.map(String) }));
  }

  #readAlarms(reports: ReportCache, pass: Pass): void {
    this.#alarms = this.#parts.rows.alarms
      .filter((bound) => this.#fresh(bound, reports, pass)?.logical === 1)
      .map((bound) => bound.row.text);
  }

  #identify(reports: ReportCache, strings: DeviceStrings): void {
    const { definition, device, rows } = this.#parts;
    const textAt = (path: string | undefined): string | undefined => {
      const bound = path === undefined ? undefined : rows.find(path);
      const index = bound && latest(bound, reports)?.logical;
      return index === undefined || index <= 0 ? undefined : strings.get(index);
    };
    const power = rows.find(NOMINAL_POWER_PATH);
    const facts = {
      modelText: textAt(definition.identity?.modelPath),
      serialText: textAt(definition.identity?.serialPath),
      nominalPower: power && latest(power, reports)?.physical,
    };
    this.#identity = identityOf(definition.identity, device, facts, this.#memory);
  }

  #textAt(bound: BoundVariable, place: number): string | undefined {
    const { keep, variable } = bound.row;
    const text = keep === undefined ? this.#texts[place] : (this.#kept.get(variable) ?? keep);
    return text === undefined ? undefined : (this.#chosen.get(variable) ?? text);
  }

  /** The row that supplies a variable now: the first with a value. */
  #rowOf(variable: string): { readonly bound: BoundVariable; readonly text: string } | undefined {
    for (const [place, bound] of this.#parts.rows.variables.entries()) {
      if (bound.row.variable !== variable) continue;
      const text = this.#textAt(bound, place);
      if (text !== undefined) return { bound, text };
    }
    return undefined;
  }

  #textOf(variable: string): string | undefined {
    return this.#rowOf(variable)?.text ?? this.#identity[variable];
  }

  /** Every variable that is known now, with what may be done with it. */
  #known(): { values: Map<string, string>; traits: Map<string, VariableTraits> } {
    const { device, rows, definition } = this.#parts;
    const values = new Map<string, string>();
    const traits = new Map<string, VariableTraits>();
    for (const [place, bound] of rows.variables.entries()) {
      const { variable } = bound.row;
      const text = values.has(variable) ? undefined : this.#textAt(bound, place);
      if (text === undefined) continue;
      values.set(variable, text);
      const given = this.#traitsOf(bound);
      if (given !== READ_ONLY) traits.set(variable, given);
    }
    for (const [variable, value] of this.#corrections) if (values.has(variable)) values.set(variable, value);
    for (const [variable, value] of Object.entries(this.#identity))
      if (!values.has(variable)) values.set(variable, value);
    for (const part of MIRRORED) {
      const text = values.get(`ups.${part}`);
      if (text !== undefined && !values.has(`device.${part}`)) values.set(`device.${part}`, text);
    }
    const { vendorId, productId } = usbIds(device);
    values.set('device.type', 'ups');
    values.set('ups.vendorid', vendorId);
    values.set('ups.productid', productId);
    values.set('driver.version.data', definition.name);
    return { values, traits };
  }

  #traitsOf({ row, feature, texts }: BoundVariable): VariableTraits {
    const isWritable = row.keep !== undefined || (row.access === 'write' && feature !== undefined);
    if (!isWritable && row.maxLength === undefined) return READ_ONLY;
    const converter = row.convert === undefined ? undefined : CONVERTERS[row.convert];
    const listed = row.listValues && texts !== undefined ? Object.values(texts) : undefined;
    const values = listed ?? converter?.allowed?.(this.#context(NO_REPORTS, NO_STRINGS)) ?? [];
    return {
      ...(isWritable ? { isWritable: true } : {}),
      ...(row.maxLength === undefined ? {} : { kind: 'string' as const, maxLength: row.maxLength }),
      ...(isWritable && values.length > 0 ? { values } : {}),
    };
  }

  /** A unit that answers nothing cannot be written to either: there is no report to change a field in. */
  #offered(reports: ReportCache): readonly string[] {
    return this.#parts.effects.poll.interruptOnly ? [] : offeredCommands(this.#writeContext(reports), reports);
  }

  #remark(note: DriverNote): void {
    if (!this.#found.some(({ code }) => code === note.code)) this.#found = [...this.#found, note];
  }

  #newNotes(): BindingUpdate {
    if (this.#toldNotes === this.#found) return {};
    this.#toldNotes = this.#found;
    return { notes: [...this.notes, ...this.#found] };
  }

  #firstUpdate(): BindingUpdate {
    if (!this.#isFirstUpdate) return {};
    this.#isFirstUpdate = false;
    return { statusDefaults: this.#parts.effects.statusDefaults };
  }
}

/** Where a full pass finds the value of a field: in the feature report, the half that is asked for. */
function latest({ feature, factor }: BoundField, reports: ReportCache): Reading | undefined {
  const report = feature && reports.feature(feature.reportId);
  return feature && report ? readField(feature, factor, report) : undefined;
}

const NO_REPORTS: ReportCache = { feature: () => undefined, input: () => undefined };
const NO_STRINGS: DeviceStrings = { get: () => undefined };
