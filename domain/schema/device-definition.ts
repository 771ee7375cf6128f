/**
 * A device definition: what a make of UPS means by its HID usages, as data. The built-in ones live in
 * engine/devices/definitions; a person may put the same shape as JSON into the data folder.
 * Code appears only by name: converters, status tables and quirks come from closed registries.
 */
import { z } from 'zod';

/** Conversions between a report field and a NUT text. Meaning of each: engine/devices/converters.ts. */
export const CONVERTER_NAMES = [
  'ampere-hours',
  'apc-date',
  'at-most-100',
  'belkin-firmware',
  'belkin-sensitivity',
  'belkin-type',
  'cps-battery-voltage',
  'delta-type',
  'eaton-abm-enabled',
  'eaton-abm-status-by-mode',
  'eaton-abm-status-by-status',
  'eaton-battery-voltage',
  'eaton-battery-voltage-nominal',
  'eaton-bypass-on',
  'eaton-country',
  'eaton-eco-auto',
  'eaton-eco-switch',
  'eaton-output-voltage-nominal',
  'eaton-pegasus-threshold',
  'eaton-pegasus-yes-no',
  'eaton-real-power-estimate',
  'ever-alarms',
  'ever-firmware',
  'ever-hardware',
  'ever-messages',
  'ever-work-mode',
  'hid-date',
  'kelvin',
  'liebert-voltage',
  'line-frequency',
  'local-date',
  'local-time',
  'openups-thermistor',
  'percent-text',
  'powercom-battery-voltage',
  'powercom-shutdown',
  'powercom-startup',
  'powercom-stay-off',
  'report-as-counter',
  'report-as-ipv4',
  'report-as-mac',
  'string',
  'tripplite-chemistry',
] as const;
export type ConverterName = (typeof CONVERTER_NAMES)[number];

/** Texts of device codes. Tables: engine/devices/enumerations.ts. */
export const ENUMERATION_NAMES = [
  'apc-sensitivity',
  'beeper',
  'beeper-powercom',
  'bypass-off',
  'cps-sensitivity',
  'delta-output-source',
  'delta-sensitivity',
  'eaton-charger-type',
  'eaton-sensitivity',
  'eaton-type',
  'enabled-disabled',
  'on-off',
  'outlet-eco',
  'outlet-protection',
  'test-result',
  'test-result-belkin',
  'yes-no',
] as const;
export type EnumerationName = (typeof ENUMERATION_NAMES)[number];

/** How a code sets and clears status conditions. Tables: engine/devices/status-tables.ts. */
export const STATUS_TABLE_NAMES = [
  'apc-line-fail-frequency',
  'apc-line-fail-voltage',
  'apc-status-flag',
  'awaitingpower',
  'battery-present',
  'battvolthi',
  'battvoltlo',
  'boost',
  'bypassauto',
  'bypassman',
  'cal',
  'chargerfail',
  'chrg',
  'commfault',
  'depleted',
  'dischrg',
  'eco-mode',
  'fanfail',
  'frange',
  'fully-charged',
  'good',
  'line-present',
  'line-present-only',
  'lowbatt',
  'on-battery',
  'overheat',
  'overload',
  'replacebatt',
  'shutdownimm',
  'timelimitexp',
  'trim',
  'vrange',
] as const;
export type StatusTableName = (typeof STATUS_TABLE_NAMES)[number];

/** Status rules that look at more than one code. Meaning of each: engine/devices/status-rules.ts. */
export const STATUS_RULE_NAMES = [
  'eaton-abm-flow-by-mode',
  'eaton-abm-flow-by-status',
  'eaton-charging',
  'eaton-converter-online',
  'eaton-discharging',
  'ever-on-off',
] as const;
export type StatusRuleName = (typeof STATUS_RULE_NAMES)[number];

const Path = z
  .string()
  .min(1)
  .max(300)
  .describe('Usage path, for example UPS.PowerSummary.RemainingCapacity; a usage without a name is eight hex digits');
const HexId = z
  .string()
  .regex(/^[0-9a-f]{4}$/)
  .describe('Four lower-case hex digits, as in ups.vendorid');
const Pattern = z.string().min(1).max(200).describe('Regular expression, compared without case');
const Variable = z.string().regex(/^[a-z0-9][A-Za-z0-9._-]{0,99}$/);
const Code = z.string().regex(/^-?\d{1,10}$/);

/** When a value is read. `once`: at the start. `full`: with every full pass. `quick`: with every pass. */
const Poll = z.enum(['once', 'full', 'quick']);

const VariableRow = z
  .strictObject({
    variable: Variable,
    path: Path,
    digits: z.int().min(0).max(6).optional().describe('Decimals of a number; none when absent'),
    scale: z.number().optional().describe('The physical value is multiplied by this'),
    values: z
      .union([z.enum(ENUMERATION_NAMES), z.record(Code, z.string())])
      .optional()
      .describe('Text of each code; a code without a text is not published'),
    convert: z.enum(CONVERTER_NAMES).optional(),
    report: z.int().min(0).max(255).optional().describe('For converters that read a whole feature report'),
    keep: z
      .string()
      .max(100)
      .optional()
      .describe('The value lives in the driver, not in the device; this is the first one'),
    access: z.enum(['read', 'write']).optional(),
    maxLength: z.int().min(0).max(255).optional().describe('Announced as STRING:n'),
    listValues: z.literal(true).optional().describe('Announce the texts as the allowed values'),
    poll: Poll.optional().describe('full when absent'),
  })
  .describe('A variable read from the first field at a path. Rows of one variable: the first that yields a value wins');
export type VariableRow = Readonly<z.infer<typeof VariableRow>>;

const StatusRow = z
  .strictObject({
    path: Path,
    sets: z.union([z.enum(STATUS_TABLE_NAMES), z.record(Code, z.string())]).optional(),
    rule: z.enum(STATUS_RULE_NAMES).optional(),
    mask: z.int().min(1).max(0xffffffff).optional().describe('1 when any of these bits is set, else 0'),
    equals: z.int().min(0).max(0xffffffff).optional().describe('With mask: 1 when the masked code is exactly this'),
    poll: Poll.optional(),
  })
  .describe('Conditions that a code sets or clears; later rows overrule earlier ones');
export type StatusRow = Readonly<z.infer<typeof StatusRow>>;

const AlarmRow = z.strictObject({ path: Path, text: z.string().min(1).max(100) }).describe('Holds while the code is 1');
export type AlarmRow = Readonly<z.infer<typeof AlarmRow>>;

const CommandRow = z
  .strictObject({
    command: Variable,
    path: Path,
    value: z.number().optional().describe('Physical value written when the client gives none; 0 when absent'),
    convert: z.enum(CONVERTER_NAMES).optional(),
  })
  .describe('An instant command: the first row whose path exists is the one that counts');
export type CommandRow = Readonly<z.infer<typeof CommandRow>>;

const Quirk = z.discriminatedUnion('quirk', [
  z.strictObject({ quirk: z.literal('apc-voltage-range') }),
  z.strictObject({ quirk: z.literal('cps-voltage-range') }),
  z.strictObject({ quirk: z.literal('goldenmate-swapped-maximum') }),
  z.strictObject({ quirk: z.literal('exponent-slip') }),
  z.strictObject({ quirk: z.literal('multiply'), paths: z.array(Path).min(1), by: z.number().positive() }),
  z.strictObject({ quirk: z.literal('whole-minute-delays') }),
  z.strictObject({ quirk: z.literal('flapping-battery-flags'), seconds: z.int().min(1).max(60) }),
  z.strictObject({ quirk: z.literal('poll-only') }),
  z.strictObject({ quirk: z.literal('interrupt-only') }),
  z.strictObject({ quirk: z.literal('poll-every'), seconds: z.int().min(1).max(600) }),
  z.strictObject({ quirk: z.literal('answer-buffer'), bytes: z.int().min(2).max(4096) }),
  z.strictObject({ quirk: z.literal('never-read'), reports: z.array(z.int().min(0).max(255)).min(1) }),
]);
export type Quirk = Readonly<z.infer<typeof Quirk>>;
export type QuirkName = Quirk['quirk'];

const MatchRule = z
  .strictObject({
    vendorId: HexId,
    productId: HexId.optional(),
    manufacturer: Pattern.optional(),
    product: Pattern.optional(),
    release: HexId.optional().describe('bcdDevice'),
    models: z.string().optional().describe('What these ids are sold as'),
    quirks: z.array(Quirk).optional().describe('Only for the devices of this rule'),
    refuse: z.string().optional().describe('Why devices of this rule are not HID UPSes'),
  })
  .describe('Every condition given must hold; the quirks of all rules that fit add up');
export type MatchRule = Readonly<z.infer<typeof MatchRule>>;

const Identity = z.strictObject({
  manufacturer: z.string().optional().describe('Where the device gives none'),
  model: z.enum(['product', 'apc-firmware-split', 'eaton-model-table', 'string-at-path']),
  modelPath: Path.optional(),
  unknownModel: z.string().optional().describe('Shown where the device gives no product name'),
  serialPath: Path.optional().describe('String index to use where USB gives no serial number'),
});
export type Identity = Readonly<z.infer<typeof Identity>>;

/** Vendor names of usages that may be used in paths: the tables of engine/hid/usage-names.ts. */
export const USAGE_TABLES = [
  'mge',
  'apc',
  'belkin',
  'cps',
  'delta',
  'ever',
  'openups',
  'powercom',
  'powervar',
  'tripplite',
] as const;

export const DeviceDefinition = z.strictObject({
  $schema: z.string().optional().describe('For editors: device-definition.schema.json'),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,49}$/),
  name: z.string().min(1).max(60).describe('Published as driver.version.data'),
  extends: z.string().optional().describe('Id of a definition whose rows follow after these'),
  source: z.array(z.string().min(1)).min(1).describe('Where this is known from'),
  usages: z.enum(USAGE_TABLES).optional().describe('Whose names the paths use beside the standard ones'),
  match: z.array(MatchRule),
  identity: Identity.optional(),
  variables: z.array(VariableRow),
  status: z.array(StatusRow),
  alarms: z.array(AlarmRow).optional(),
  commands: z.array(CommandRow),
  quirks: z.array(Quirk).optional(),
});
/** Plain data: it survives a JSON round trip. */
export type DeviceDefinition = Readonly<z.infer<typeof DeviceDefinition>>;
