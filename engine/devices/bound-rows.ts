/** Rows of a definition tied to the fields of one device, and how one of them is read. */
import type { CommandRow, DeviceDefinition, StatusRow, VariableRow } from '#domain/schema/device-definition.ts';
import { decodeField, toPhysical } from '#engine/hid/report-codec.ts';
import type { HidField, UsagePath } from '#engine/hid/types.ts';
import { parsePath } from '#engine/hid/usages.ts';
import { CONVERTERS } from './converters.ts';
import type { ConversionContext, Reading } from './converters/conversion.ts';
import { fixed } from './converters/number-text.ts';
import { ENUMERATIONS, type CodeTexts } from './enumerations.ts';
import { STATUS_RULES } from './status-rules.ts';
import { STATUS_TABLES } from './status-tables.ts';

/** Where a row's value is found. At least one of the two is there. */
export interface BoundField {
  readonly feature: HidField | undefined;
  readonly input: HidField | undefined;
  /** Factor of the definition's quirks for this path. */
  readonly factor: number;
}
export interface BoundVariable extends BoundField {
  readonly row: VariableRow;
  readonly texts: CodeTexts | undefined;
}
export interface BoundStatus extends BoundField {
  readonly row: StatusRow;
}
export interface BoundAlarm extends BoundField {
  readonly row: { readonly path: string; readonly text: string };
}
/** Commands are written, so only feature fields carry them. */
export interface BoundCommand {
  readonly row: CommandRow;
  readonly field: HidField;
  readonly factor: number;
}

export interface BoundRows {
  readonly variables: readonly BoundVariable[];
  readonly status: readonly BoundStatus[];
  readonly alarms: readonly BoundAlarm[];
  /** By command name, all rows whose path exists; the first whose report the device answers is the one to use. */
  readonly commands: ReadonlyMap<string, readonly BoundCommand[]>;
  find(path: string): BoundField | undefined;
}

/** One usage after another; a number instead of a text for each step, as this lies between a device and its first word. */
interface PathNode {
  readonly next: Map<number, PathNode>;
  /** Fields whose path ends here. */
  readonly ending: HidField[];
  /** Where the path of the first field that came through here ends; undefined: here. */
  end: PathNode | undefined;
}

/** Fields by their path, and by every beginning of it. */
class FieldIndex {
  readonly #roots = new Map<number, PathNode>();

  constructor(fields: readonly HidField[]) {
    for (const field of fields) this.#add(field);
  }

  /** The first field whose path begins with this, and those that share its whole path. */
  find(prefix: UsagePath): readonly HidField[] {
    let level = this.#roots;
    let node: PathNode | undefined;
    for (const usage of prefix) {
      node = level.get(usage);
      if (node === undefined) return [];
      level = node.next;
    }
    return node === undefined ? [] : (node.end ?? node).ending;
  }

  #add(field: HidField): void {
    let level = this.#roots;
    let node: PathNode | undefined;
    const begun: PathNode[] = [];
    for (const usage of field.path) {
      node = level.get(usage);
      if (node === undefined) {
        node = { next: new Map(), ending: [], end: undefined };
        level.set(usage, node);
        begun.push(node);
      }
      level = node.next;
    }
    if (node === undefined) return;
    node.ending.push(field);
    for (const beginning of begun) beginning.end = node;
  }
}

/** Paths of a definition in numbers; they are the same for every device. */
const knownPaths = new WeakMap<DeviceDefinition, Map<string, UsagePath | undefined>>();

function pathOf(definition: DeviceDefinition, text: string): UsagePath | undefined {
  let paths = knownPaths.get(definition);
  if (paths === undefined) knownPaths.set(definition, (paths = new Map<string, UsagePath | undefined>()));
  let path = paths.get(text);
  if (path === undefined) paths.set(text, (path = parsePath(text, definition.usages)));
  return path;
}

/** Fields that share one path are few; more are a table, not a value (Powercom shows a text as 105 times iName). */
const MAX_FIELDS_OF_A_PATH = 3;

/**
 * Ties rows to fields. A row means the first field whose path begins with its own, as in NUT: a row may leave out the
 * innermost node. Where more fields have that path (Powercom, UPS HI), they follow as further choices.
 */
export function bindRows(
  definition: DeviceDefinition,
  fields: readonly HidField[],
  factors: ReadonlyMap<string, number>,
): BoundRows {
  const features = new FieldIndex(fields.filter((field) => field.reportType === 'feature'));
  const inputs = new FieldIndex(fields.filter((field) => field.reportType === 'input'));
  const findAll = (path: string): readonly BoundField[] => {
    const usages = pathOf(definition, path);
    if (usages === undefined) return [];
    const ofFeatures = features.find(usages);
    const ofInputs = inputs.find(usages);
    const count = Math.min(MAX_FIELDS_OF_A_PATH, Math.max(ofFeatures.length, ofInputs.length));
    const factor = factors.get(path) ?? 1;
    return Array.from({ length: count }, (_, place) => ({
      feature: ofFeatures[place],
      input: ofInputs[place],
      factor,
    }));
  };
  const tieFirst = <Row extends { readonly path: string }>(rows: readonly Row[]): (BoundField & { row: Row })[] =>
    rows.flatMap((row) =>
      findAll(row.path)
        .slice(0, 1)
        .map((field) => ({ row, ...field })),
    );
  const commands = new Map<string, BoundCommand[]>();
  for (const row of definition.commands) {
    const found = findAll(row.path).flatMap(({ feature, factor }) =>
      feature ? [{ row, field: feature, factor }] : [],
    );
    if (found.length > 0) commands.set(row.command, [...(commands.get(row.command) ?? []), ...found]);
  }
  return {
    variables: definition.variables.flatMap((row) =>
      findAll(row.path)
        .slice(0, row.keep === undefined ? undefined : 1)
        .map((field) => ({ row, ...field, texts: textsOf(row) })),
    ),
    status: tieFirst(definition.status),
    alarms: tieFirst(definition.alarms ?? []),
    commands,
    find: (path) => findAll(path)[0],
  };
}

const textsOf = (row: VariableRow): CodeTexts | undefined =>
  typeof row.values === 'string' ? ENUMERATIONS[row.values] : row.values;

/** The reading of a bound field in a report; undefined when the report does not hold it. */
export function readField(field: HidField, factor: number, report: Uint8Array): Reading | undefined {
  const logical = decodeField(field, report);
  if (logical === undefined) return undefined;
  return { field, logical, physical: toPhysical(field, logical) * factor };
}

const RUNTIMES: readonly number[] = [0x00850068, 0x0085002a];
const DELAYS: readonly number[] = [0x00840055, 0x00840056, 0x00840057];
export const usageOf = (field: HidField): number => field.path.at(-1) ?? 0;
export const isDelay = (field: HidField): boolean => DELAYS.includes(usageOf(field));

/** All bits set in a wide field: "none" or "unknown". */
const isAllOnes = ({ field, logical }: Reading): boolean =>
  logical === -1 || (field.bitSize >= 16 && logical === 2 ** field.bitSize - 1);

/** A runtime of 65535 s (or -1) is the device's way of not knowing it. */
export const isUnknownRuntime = (reading: Reading): boolean =>
  RUNTIMES.includes(usageOf(reading.field)) && isAllOnes(reading);

/** The text of a variable, or undefined when the value is unknown. */
export function variableText(bound: BoundVariable, reading: Reading, context: ConversionContext): string | undefined {
  const { row, texts } = bound;
  if (row.convert !== undefined) {
    return CONVERTERS[row.convert].read?.(reading, context, row.report ?? 0);
  }
  // Codes have no decimals: a unit exponent left over from the field before is not theirs.
  if (texts !== undefined) return texts[String(reading.logical)];
  if (isUnknownRuntime(reading)) return undefined;
  // Unsigned 65535 is what -1 is elsewhere: no countdown is running.
  if (isDelay(reading.field) && reading.field.logicalMin >= 0 && isAllOnes(reading)) return '-1';
  return fixed(reading.physical * (row.scale ?? 1), row.digits ?? 0);
}

/** The status words a row has to say; empty for none. */
export function statusWords(
  bound: BoundStatus,
  reading: Reading,
  context: ConversionContext,
  has: Parameters<(typeof STATUS_RULES)['ever-on-off']['words']>[2],
): string {
  const { row } = bound;
  if (row.rule !== undefined) return STATUS_RULES[row.rule].words(reading, context, has);
  const table = typeof row.sets === 'string' ? STATUS_TABLES[row.sets] : row.sets;
  return table?.[String(codeOf(row, reading.logical))] ?? '';
}

function codeOf(row: StatusRow, logical: number): number {
  if (row.mask === undefined) return logical;
  const masked = (logical & row.mask) >>> 0;
  if (row.equals !== undefined) return masked === row.equals ? 1 : 0;
  return masked === 0 ? 0 : 1;
}
