/** One bound device: what its reports mean, and what is remembered between them. No input or output happens here. */
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import type { DriverNote, DriverOptions, VariableTraits } from '#engine/drivers/driver.ts';
import { reportKey } from '#engine/hid/types.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type { BindingUpdate, DeviceBinding, DeviceStrings, Pass, ReportCache, ReportRequest } from './binding.ts';
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
import type { QuirkEffects } from './quirks.ts';
import { StatusBoard } from './status-tables.ts';
import { STATUS_RULES } from './status-rules.ts';
import {
  fieldsWrittenBy,
  offeredCommands,
  planCommand,
  planKillPower,
  planSet,
  type WriteContext,
} from './write-plans.ts';
import { ENUMERATIONS } from './enumerations.ts';

export interface BoundDeviceParts {
  readonly definition: DeviceDefinition;
  readonly matchReason: string;
  readonly notes: readonly DriverNote[];
  readonly device: HidDeviceInfo;
  readonly options: DriverOptions;
  readonly rows: BoundRows;
  readonly effects: QuirkEffects;
  readonly reportBytes: ReadonlyMap<string, number>;
  /** First values of variables that live in the driver, by name: options `ondelay` and `offdelay`. */
  readonly kept: ReadonlyMap<string, string>;
  /** Variables whose value the user fixed: option `lowbatt`. */
  readonly pinned: ReadonlyMap<string, string>;
}

const READ_ONLY: VariableTraits = {};
const NOMINAL_POWER_PATH = 'UPS.Flow.[4].ConfigApparentPower';
/** ups.* that every driver shows as device.* too. Source: nut-facts variables.json. */
const MIRRORED = ['mfr', 'model', 'serial'] as const;

const POLLED_BY: Readonly<Record<Pass, readonly string[]>> = {
  start: ['once', 'full', 'quick'],
  full: ['full', 'quick'],
  quick: ['quick'],
};

export class BoundDevice implements DeviceBinding {
  readonly definitionName: string;
  readonly matchReason: string;
  readonly notes: readonly DriverNote[];
  readonly defaults: DeviceBinding['defaults'];
  readonly inputReportIds: readonly number[];

  readonly #parts: BoundDeviceParts;
  readonly #memory: DeviceMemory = {};
  readonly #board = new StatusBoard();
  /** Last text of each variable row, by its place; undefined: it has no value now. */
  readonly #texts: (string | undefined)[];
  readonly #kept: Map<string, string>;
  readonly #pinned: Map<string, string>;
  readonly #requests: Readonly<Record<Pass, readonly ReportRequest[]>>;
  readonly #reportIds: Readonly<Record<Pass, ReadonlySet<number>>>;
  #identity: Readonly<Record<string, string>> = {};
  #alarms: readonly string[] = [];
  #corrections = new Map<string, string>();
  #published = new Map<string, string>();
  #traits = new Map<string, VariableTraits>();
  #found: readonly DriverNote[] = [];
  #isFirstUpdate = true;

  constructor(parts: BoundDeviceParts) {
    this.#parts = parts;
    this.definitionName = parts.definition.name;
    this.matchReason = parts.matchReason;
    this.notes = parts.notes;
    this.defaults = parts.effects.poll;
    this.#texts = parts.rows.variables.map(() => undefined);
    this.#kept = new Map(parts.kept);
    this.#pinned = new Map(parts.pinned);
    this.#requests = {
      start: this.#requestsOf('start'),
      full: this.#requestsOf('full'),
      quick: this.#requestsOf('quick'),
    };
    const ids = (pass: Pass): ReadonlySet<number> => new Set(this.#requests[pass].map((request) => request.reportId));
    this.#reportIds = { start: ids('start'), full: ids('full'), quick: ids('quick') };
    const { variables, status, alarms } = parts.rows;
    this.inputReportIds = [
      ...new Set([...variables, ...status, ...alarms].flatMap(({ input }) => (input ? [input.reportId] : []))),
    ];
  }

  reportsFor(pass: Pass): readonly ReportRequest[] {
    return this.#requests[pass];
  }

  stringIndexes(reports: ReportCache): readonly number[] {
    const { rows, definition } = this.#parts;
    const named = rows.variables.filter(({ row }) => row.convert === 'string' || row.convert === 'tripplite-chemistry');
    const paths = [definition.identity?.modelPath, definition.identity?.serialPath];
    const fields = [...named, ...paths.flatMap((path) => (path === undefined ? [] : (rows.find(path) ?? [])))];
    const indexes = fields
      .map((bound) => this.#latest(bound, reports)?.logical ?? 0)
      .filter((index) => index > 0 && index < 256);
    return [...new Set(indexes)];
  }

  interpret(
    reports: ReportCache,
    strings: DeviceStrings,
    pass: Pass | { readonly inputReportId: number },
  ): BindingUpdate {
    const context = this.#context(reports, strings);
    // Before the rows: the model decides what some of them mean.
    if (typeof pass === 'string') this.#identify(reports, strings);
    this.#readVariables(reports, context, pass);
    this.#readStatus(reports, context, pass);
    if (pass === 'start' || pass === 'full') this.#readAlarms(reports, pass);
    return {
      ...this.#changes(),
      ...this.#newNotes(),
      conditions: this.#board.list(),
      alarms: this.#alarms,
      ...(pass === 'start' ? { commands: this.#offered(reports) } : {}),
      ...this.#firstUpdate(),
    };
  }

  reportsForWrite(name: string): readonly ReportRequest[] {
    const ids = fieldsWrittenBy(this.#writeContext(NO_REPORTS), name.toLowerCase()).map((field) => field.reportId);
    return this.#toRequests(ids);
  }

  planCommand(command: string, parameter: string | undefined, reports: ReportCache): ReturnType<typeof planCommand> {
    return planCommand(this.#writeContext(reports), command.toLowerCase(), parameter, reports);
  }

  planSet(variable: string, value: string, reports: ReportCache): ReturnType<typeof planSet> {
    const plan = planSet(this.#writeContext(reports), variable, value, reports);
    if (!plan.ok) return plan;
    this.#pinned.delete(variable);
    for (const [name, text] of Object.entries(plan.update?.set ?? {})) {
      this.#kept.set(name, text);
      this.#published.set(name, text);
    }
    return plan;
  }

  planKillPower(reports: ReportCache): ReturnType<typeof planKillPower> {
    return planKillPower(this.#writeContext(reports), reports);
  }

  #requestsOf(pass: Pass): readonly ReportRequest[] {
    const { rows, definition, effects } = this.#parts;
    if (effects.poll.interruptOnly) return [];
    const ids: number[] = [];
    const add = (bound: BoundField | undefined): void => {
      if (bound?.feature) ids.push(bound.feature.reportId);
    };
    for (const bound of rows.variables) {
      if (bound.row.keep !== undefined || !POLLED_BY[pass].includes(bound.row.poll ?? 'full')) continue;
      add(bound);
      if (bound.row.report !== undefined) ids.push(bound.row.report);
    }
    for (const bound of rows.status) {
      if (!POLLED_BY[pass].includes(bound.row.poll ?? 'full')) continue;
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
    return this.#toRequests(ids);
  }

  #toRequests(reportIds: readonly number[]): readonly ReportRequest[] {
    const { effects, reportBytes } = this.#parts;
    return [...new Set(reportIds)]
      .filter((reportId) => !effects.neverRead.has(reportId))
      .map((reportId) => ({
        reportId,
        maxLength: Math.max(1 + (reportBytes.get(reportKey('feature', reportId)) ?? 0), effects.answerBytes, 2),
      }));
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
    };
  }

  #writeContext(reports: ReportCache): WriteContext {
    const { rows, reportBytes, effects } = this.#parts;
    return {
      rows,
      reportBytes,
      roundsDelaysToMinutes: effects.roundsDelaysToMinutes,
      conversion: this.#context(reports, NO_STRINGS),
      rowOf: (variable) => this.#rowOf(variable),
    };
  }

  /** Where a full pass finds the value of a field; the feature half is the one that was asked for. */
  #latest(bound: BoundField, reports: ReportCache): Reading | undefined {
    const report = bound.feature && reports.feature(bound.feature.reportId);
    return bound.feature && report ? readField(bound.feature, bound.factor, report) : undefined;
  }

  /**
   * The reading of a field that this pass brought, null when the pass does not concern it, undefined when it does but
   * the device gave no value.
   */
  #fresh(
    bound: BoundField,
    reports: ReportCache,
    pass: Pass | { readonly inputReportId: number },
  ): Reading | undefined | null {
    if (typeof pass !== 'string') {
      const field = bound.input;
      if (field?.reportId !== pass.inputReportId) return null;
      const report = reports.input(pass.inputReportId);
      return report && readField(field, bound.factor, report);
    }
    if (!bound.feature || !this.#reportIds[pass].has(bound.feature.reportId)) return null;
    return this.#latest(bound, reports);
  }

  #readVariables(
    reports: ReportCache,
    context: ConversionContext,
    pass: Pass | { readonly inputReportId: number },
  ): void {
    this.#corrections = new Map();
    for (const [index, bound] of this.#parts.rows.variables.entries()) {
      if (bound.row.keep !== undefined) continue;
      const reading = this.#fresh(bound, reports, pass);
      if (reading === null) continue;
      this.#texts[index] = reading && variableText(bound, reading, context);
      if (reading && isUnknownRuntime(reading)) {
        this.#remark('runtime-unknown', 'The device says that it does not know its runtime; none is shown meanwhile.');
      }
      if (bound.row.convert === 'eaton-real-power-estimate' && this.#rowOf('ups.realpower') === bound) {
        this.#remark('estimated-real-power', 'Real power is estimated from load and nominal power.');
      }
    }
    if (this.#memory.cpsBatteryScale !== undefined) {
      this.#remark('cps-battery-voltage', 'The device tells 3/2 of its battery voltage; it is put right.');
    }
  }

  #readStatus(reports: ReportCache, context: ConversionContext, pass: Pass | { readonly inputReportId: number }): void {
    this.#board.beginPass();
    for (const bound of this.#parts.rows.status) {
      const reading = this.#fresh(bound, reports, pass);
      if (!reading) continue;
      this.#board.apply(statusWords(bound, reading, context, (condition) => this.#board.has(condition)));
    }
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
      const index = bound && this.#latest(bound, reports)?.logical;
      return index === undefined || index <= 0 ? undefined : strings.get(index);
    };
    const power = rows.find(NOMINAL_POWER_PATH);
    const facts = {
      modelText: textAt(definition.identity?.modelPath),
      serialText: textAt(definition.identity?.serialPath),
      nominalPower: power && this.#latest(power, reports)?.physical,
    };
    this.#identity = identityOf(definition.identity, device, facts, this.#memory);
  }

  /** The row that supplies a variable now: the first with a value. */
  #rowOf(variable: string): BoundVariable | undefined {
    const { variables } = this.#parts.rows;
    return variables.find(
      ({ row }, index) => row.variable === variable && (row.keep !== undefined || this.#texts[index] !== undefined),
    );
  }

  #textOf(variable: string): string | undefined {
    const pinned = this.#pinned.get(variable);
    const { variables } = this.#parts.rows;
    for (const [index, { row }] of variables.entries()) {
      if (row.variable !== variable) continue;
      const text = row.keep === undefined ? this.#texts[index] : (this.#kept.get(variable) ?? row.keep);
      if (text !== undefined) return pinned ?? text;
    }
    return this.#identity[variable];
  }

  /** Every variable that is known now, with what may be done with it. */
  #known(): { values: Map<string, string>; traits: Map<string, VariableTraits> } {
    const { device, rows, definition } = this.#parts;
    const values = new Map<string, string>(Object.entries(this.#identity));
    const traits = new Map<string, VariableTraits>();
    const seen = new Set<string>();
    for (const [index, bound] of rows.variables.entries()) {
      const { row } = bound;
      if (seen.has(row.variable)) continue;
      const text = row.keep === undefined ? this.#texts[index] : (this.#kept.get(row.variable) ?? row.keep);
      if (text === undefined) continue;
      seen.add(row.variable);
      values.set(row.variable, this.#pinned.get(row.variable) ?? text);
      const given = this.#traitsOf(bound);
      if (given !== READ_ONLY) traits.set(row.variable, given);
    }
    for (const [variable, value] of this.#corrections) if (values.has(variable)) values.set(variable, value);
    for (const part of MIRRORED) {
      const text = values.get(`ups.${part}`);
      if (text !== undefined && !values.has(`device.${part}`)) values.set(`device.${part}`, text);
    }
    values.set('device.type', 'ups');
    values.set('ups.vendorid', device.vendorId.toString(16).padStart(4, '0'));
    values.set('ups.productid', device.productId.toString(16).padStart(4, '0'));
    values.set('driver.version.data', definition.name);
    return { values, traits };
  }

  #traitsOf({ row, feature }: BoundVariable): VariableTraits {
    const isWritable = row.keep !== undefined || (row.access === 'write' && feature !== undefined);
    if (!isWritable && row.maxLength === undefined) return READ_ONLY;
    const converted =
      row.convert === undefined ? undefined : CONVERTERS[row.convert].allowed?.(this.#writeContextFree());
    const listed =
      row.listValues && row.values !== undefined
        ? Object.values(typeof row.values === 'string' ? ENUMERATIONS[row.values] : row.values)
        : undefined;
    const values = listed ?? converted;
    return {
      ...(isWritable ? { isWritable: true } : {}),
      ...(row.maxLength === undefined ? {} : { kind: 'string' as const, maxLength: row.maxLength }),
      ...(isWritable && values && values.length > 0 ? { values } : {}),
    };
  }

  #writeContextFree(): ConversionContext {
    return this.#context(NO_REPORTS, NO_STRINGS);
  }

  #changes(): BindingUpdate {
    const { values, traits } = this.#known();
    const set: Record<string, string> = {};
    const changedTraits: Record<string, VariableTraits> = {};
    for (const [variable, value] of values) if (this.#published.get(variable) !== value) set[variable] = value;
    const remove = [...this.#published.keys()].filter((variable) => !values.has(variable));
    for (const variable of values.keys()) {
      const now = traits.get(variable);
      const before = this.#traits.get(variable);
      if (JSON.stringify(now) !== JSON.stringify(before)) changedTraits[variable] = now ?? READ_ONLY;
    }
    this.#published = values;
    this.#traits = traits;
    return {
      ...(Object.keys(set).length > 0 ? { set } : {}),
      ...(remove.length > 0 ? { remove } : {}),
      ...(Object.keys(changedTraits).length > 0 ? { traits: changedTraits } : {}),
    };
  }

  /** A unit that answers nothing cannot be written to either: there is no report to change a field in. */
  #offered(reports: ReportCache): readonly string[] {
    return this.#parts.effects.poll.interruptOnly ? [] : offeredCommands(this.#writeContext(reports), reports);
  }

  #remark(code: string, text: string): void {
    if (!this.#found.some((note) => note.code === code)) this.#found = [...this.#found, { code, text }];
  }

  #toldNotes: readonly DriverNote[] = this.#found;
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

const NO_REPORTS: ReportCache = { feature: () => undefined, input: () => undefined };
const NO_STRINGS: DeviceStrings = { get: () => undefined };
