import { describe, expect, test } from 'vitest';
import { CONVERTER_NAMES, type ConverterName } from '#domain/schema/device-definition.ts';
import type { DriverOptions } from '#engine/drivers/driver.ts';
import type { HidField } from '#engine/hid/types.ts';
import { CONVERTERS } from './converters.ts';
import type { ConversionContext, DeviceMemory, Reading } from './converters/conversion.ts';
import { fixed, parseNumber } from './converters/number-text.ts';

interface World {
  readonly memory?: DeviceMemory;
  readonly variables?: Readonly<Record<string, string>>;
  readonly strings?: Readonly<Record<number, string>>;
  readonly reports?: Readonly<Record<number, readonly number[]>>;
  readonly options?: DriverOptions;
  readonly productId?: number;
}

const published: string[] = [];
const remarked: string[] = [];
function contextOf(world: World): ConversionContext {
  const text = (variable: string): string | undefined => world.variables?.[variable];
  return {
    device: { path: 'test', vendorId: 0x0764, productId: world.productId ?? 0x0501 },
    options: world.options ?? {},
    memory: world.memory ?? {},
    text,
    number: (variable) => (text(variable) === undefined ? undefined : Number(text(variable))),
    string: (index) => world.strings?.[index],
    report: (id) => (world.reports?.[id] ? Uint8Array.from(world.reports[id]) : undefined),
    publish: (variable, value) => void published.push(`${variable}=${value}`),
    remark: (note) => void remarked.push(note.code),
  };
}

const FIELD: HidField = {
  reportType: 'feature',
  reportId: 1,
  bitOffset: 0,
  bitSize: 16,
  path: [0x00840004],
  logicalMin: 0,
  logicalMax: 0xffff,
  logicalMaxAssumed: false,
  unit: 0,
  unitExponent: 0,
  isConstant: false,
  isVariable: true,
  isRelative: false,
  hasNullState: false,
  isVolatile: false,
  isBufferedBytes: false,
};
const read = (name: ConverterName, value: number, world: World = {}, reportId = 0): string | undefined => {
  const reading: Reading = { field: FIELD, logical: value, physical: value };
  return CONVERTERS[name].read?.(reading, contextOf(world), reportId);
};
const write = (name: ConverterName, text: string, world: World = {}): unknown =>
  CONVERTERS[name].write?.(text, contextOf(world));

type Read = readonly [name: ConverterName, value: number, text: string | undefined, world?: World, report?: number];

const BYPASS_OK = {
  'input.bypass.voltage': '231',
  'input.bypass.frequency': '50.1',
  'output.voltage.nominal': '230',
  'output.frequency.nominal': '50',
};
const pegasus: World = { memory: { eatonFamily: 'pegasus' } };
const threeSInEurope: World = { memory: { eatonFamily: '3s', eatonCountry: 0 } };
const threeSInTheUs: World = { memory: { eatonFamily: '3s', eatonCountry: 1 } };
const fivePx: World = { memory: { eatonFamily: '5p' } };
const evolution650: World = { memory: { eatonFamily: 'evolution:650' } };
const abmOn: World = { memory: { eatonAbm: true } };

const READS: readonly Read[] = [
  ['ampere-hours', 25200, '7.00'],
  ['apc-date', 0, 'not set'],
  ['apc-date', 0x092501, '2001/09/25'],
  ['apc-date', 0x102202, '2002/10/22'],
  ['apc-date', 0x010170, '1970/01/01'],
  ['apc-date', 0x130101, undefined],
  ['apc-date', 0x0a0101, undefined],
  ['at-most-100', 104, '100'],
  ['at-most-100', 99, '99'],
  ['belkin-firmware', 0x123, '18'],
  ['belkin-sensitivity', 1, 'reduced'],
  ['belkin-sensitivity', 9, 'normal'],
  ['belkin-type', 0x12, 'line-interactive'],
  ['belkin-type', 0x1f, 'online'],
  ['cps-battery-voltage', 24, '24.0', { variables: { 'battery.voltage.nominal': '24' } }],
  ['cps-battery-voltage', 41.1, '27.4', { variables: { 'battery.voltage.nominal': '24' } }],
  ['cps-battery-voltage', 33, '22.0', { memory: { cpsBatteryScale: 2 / 3 } }],
  ['cps-battery-voltage', 41.1, '41.1', { variables: { 'battery.voltage.nominal': '24' }, productId: 0x0601 }],
  ['cps-battery-voltage', 41.1, '41.1'],
  ['delta-type', 0x10, 'online'],
  ['delta-type', 4, 'line-interactive'],
  ['delta-type', 6, 'split-phase'],
  ['delta-type', 7, undefined],
  ['eaton-abm-enabled', 1, undefined],
  ['eaton-abm-status-by-mode', 2, 'discharging', abmOn],
  ['eaton-abm-status-by-mode', 4, 'resting', abmOn],
  ['eaton-abm-status-by-mode', 5, undefined, abmOn],
  ['eaton-abm-status-by-mode', 2, undefined],
  ['eaton-abm-status-by-status', 2, 'floating', abmOn],
  ['eaton-abm-status-by-status', 2, undefined, { memory: { eatonAbm: false } }],
  ['eaton-battery-voltage', 27.26, '27.3', fivePx],
  ['eaton-battery-voltage', 27.26, undefined],
  ['eaton-battery-voltage-nominal', 24, '24', fivePx],
  ['eaton-battery-voltage-nominal', 24, '12', evolution650],
  ['eaton-battery-voltage-nominal', 24, undefined, pegasus],
  ['eaton-bypass-on', 0, 'disabled'],
  ['eaton-bypass-on', 1, 'on', { variables: BYPASS_OK }],
  ['eaton-bypass-on', 1, undefined, { variables: { ...BYPASS_OK, 'input.bypass.voltage': '150' } }],
  ['eaton-bypass-on', 1, undefined],
  ['eaton-country', 3, undefined],
  ['eaton-eco-switch', 0, 'normal'],
  ['eaton-eco-switch', 1, 'ECO', { variables: BYPASS_OK }],
  ['eaton-eco-switch', 1, 'normal', { variables: { ...BYPASS_OK, 'input.bypass.voltage': '210' } }],
  ['eaton-eco-switch', 2, 'ESS'],
  ['eaton-eco-switch', 3, undefined],
  ['eaton-output-voltage-nominal', 230, '230'],
  ['eaton-output-voltage-nominal', 208, '208', { memory: { firstOutputVoltage: 230 } }],
  ['eaton-output-voltage-nominal', 208, undefined, { memory: { firstOutputVoltage: 230, eatonFamily: '3s' } }],
  ['eaton-output-voltage-nominal', 120, undefined, { memory: { firstOutputVoltage: 230 } }],
  ['eaton-output-voltage-nominal', 999, undefined],
  ['eaton-pegasus-threshold', 25, '25', pegasus],
  ['eaton-pegasus-threshold', 25, undefined, threeSInEurope],
  ['eaton-pegasus-yes-no', 1, 'yes', threeSInTheUs],
  ['eaton-pegasus-yes-no', 0, undefined, threeSInEurope],
  ['eaton-real-power-estimate', 0, '39', { variables: { 'ups.load': '7', 'ups.power.nominal': '700' } }],
  [
    'eaton-real-power-estimate',
    0,
    '49',
    { variables: { 'ups.load': '7', 'ups.power.nominal': '700', 'output.powerfactor': '1.00' } },
  ],
  ['eaton-real-power-estimate', 0, undefined, { variables: { 'ups.load': '7' } }],
  ['ever-alarms', 0, 'OVERLOAD EPO', { reports: { 76: [76, 0x11, 0] } }, 76],
  ['ever-alarms', 0, undefined, { reports: { 76: [76, 0, 0] } }, 76],
  ['ever-firmware', 0x1203, 'v1.2b03'],
  ['ever-hardware', 0x0205, 'rev.Bv05'],
  ['ever-hardware', 0x0011, 'rev.0v17'],
  ['ever-messages', 0, 'CHARGING OVERHEAT', { reports: { 75: [75, 0x40, 0x08] } }, 75],
  ['ever-work-mode', 0, 'ONBATTERY', { reports: { 74: [74, 8] } }, 74],
  ['ever-work-mode', 0, 'UNKNOWN', { reports: { 74: [74, 3] } }, 74],
  ['ever-work-mode', 0, undefined, {}, 74],
  ['hid-date', 0, 'not set'],
  ['hid-date', 0x5262, '2021/03/02'],
  ['hid-date', 0xffff, undefined],
  ['kelvin', 294, '20.9'],
  ['kelvin', 273, '-0.1'],
  ['kelvin', 24.5, '24.5'],
  ['liebert-voltage', 121.44, '121.4'],
  ['line-frequency', 49.9, '49.9'],
  ['line-frequency', 499, '49.9'],
  ['line-frequency', 6000, '60.0'],
  ['local-date', 0, undefined],
  ['local-time', 0, undefined],
  ['openups-thermistor', 0.4, '-40'],
  ['openups-thermistor', 5.12, '25'],
  ['openups-thermistor', 5.35, '27.45'],
  ['openups-thermistor', 9.8, '125'],
  ['percent-text', 98, '98%'],
  ['powercom-battery-voltage', 1, '13.7', { reports: { 0xa4: [0xa4, ...Buffer.from(' 13.7 2')] } }, 0xa4],
  ['powercom-battery-voltage', 1, undefined, { reports: { 0xa4: [0xa4, ...Buffer.from('0 26 32')] } }, 0xa4],
  [
    'powercom-battery-voltage',
    1,
    '13.6',
    { reports: { 0xa4: [0xa4, ...Buffer.from('7 2 30 ')] }, memory: { powercomBatteryVoltage: '13.6' } },
    0xa4,
  ],
  ['powercom-shutdown', 0x011e, '90'],
  ['powercom-shutdown', 0x1e01, '90', { options: { powercom_sdcmd_byte_order_fallback: true } }],
  ['powercom-startup', 0x0200, '120'],
  ['report-as-counter', 0, '67305985', { reports: { 215: [215, 1, 2, 3, 4] } }, 215],
  ['report-as-ipv4', 0, '192.168.1.7', { reports: { 230: [230, 192, 168, 1, 7] } }, 230],
  ['report-as-mac', 0, '00:0a:ff:01:02:03', { reports: { 210: [210, 0, 10, 255, 1, 2, 3] } }, 210],
  ['report-as-mac', 0, undefined, { reports: { 210: [210, 0] } }, 210],
  ['string', 4, 'PbAc', { strings: { 4: 'PbAc\n' } }],
  ['string', 4, undefined, { strings: { 4: '' } }],
  ['string', 0, undefined, { strings: { 0: 'x' } }],
  ['tripplite-chemistry', 4, 'PbAc', { strings: { 4: 'PbAc' }, productId: 0x3012 }],
  ['tripplite-chemistry', 4, undefined, { strings: { 4: 'Tripp Lite' }, productId: 0x2005 }],
];

for (const [name, value, text, world, reportId] of READS) {
  test(`${name} reads ${value} as ${text ?? 'nothing'} ${world ? JSON.stringify(world) : ''}`, () => {
    expect(read(name, value, world, reportId)).toBe(text);
  });
}

test('a clock is read and written as local date and time', () => {
  const seconds = Math.floor(new Date(2026, 7, 6, 13, 5, 9).getTime() / 1000);
  expect(read('local-date', seconds)).toBe('2026/08/06');
  expect(read('local-time', seconds)).toBe('13:05:09');
  expect(write('local-date', '2026/08/06', { variables: { 'ups.time': '13:05:09' } })).toEqual({ physical: seconds });
  expect(write('local-time', '13:05:09', { variables: { 'ups.date': '2026/08/06' } })).toEqual({ physical: seconds });
  expect(write('local-time', '25:00', { variables: { 'ups.date': '2026/08/06' } })).toBeUndefined();
  expect(write('local-date', '2026/08/06')).toBeUndefined();
});

type Write = readonly [name: ConverterName, text: string, written: unknown, world?: World];
const WRITES: readonly Write[] = [
  ['apc-date', '2001/09/25', { logical: 0x092501 }],
  ['apc-date', '2071/01/01', undefined],
  ['apc-date', '2001/13/01', undefined],
  ['belkin-sensitivity', 'reduced', { logical: 1 }],
  ['belkin-sensitivity', 'high', undefined],
  ['eaton-bypass-on', 'on', { logical: 1 }],
  ['eaton-bypass-on', 'maybe', undefined],
  [
    'eaton-eco-auto',
    '1',
    { logical: 1 },
    { variables: { ...BYPASS_OK, 'input.bypass.switch.on': 'disabled', 'input.eco.switchable': 'normal' } },
  ],
  ['eaton-eco-auto', '1', undefined, { variables: BYPASS_OK }],
  ['eaton-eco-auto', '0', { logical: 0 }],
  ['eaton-eco-switch', 'vendor:mge-hid:ECO', { logical: 1 }],
  ['eaton-eco-switch', 'turbo', undefined],
  ['eaton-output-voltage-nominal', '240', { physical: 240 }, { memory: { firstOutputVoltage: 230 } }],
  ['eaton-output-voltage-nominal', '120', undefined, { memory: { firstOutputVoltage: 230 } }],
  ['eaton-pegasus-threshold', '25', { physical: 25 }, pegasus],
  ['eaton-pegasus-threshold', '26', undefined, pegasus],
  ['eaton-pegasus-yes-no', 'yes', { logical: 1 }, pegasus],
  ['eaton-pegasus-yes-no', 'yes', undefined, threeSInEurope],
  ['hid-date', '2021/03/02', { logical: 0x5262 }],
  ['hid-date', '1979/12/31', undefined],
  ['powercom-shutdown', '90', { logical: 0x015e }],
  ['powercom-shutdown', '0', { logical: 0x0041 }],
  ['powercom-shutdown', '', { logical: 0x0140 }],
  ['powercom-shutdown', '', { logical: 0x0054 }, { variables: { 'ups.delay.shutdown': '20' } }],
  ['powercom-shutdown', '', { logical: 0x005e }, { options: { offdelay: '30' } }],
  ['powercom-shutdown', '90', { logical: 0x5e01 }, { options: { powercom_sdcmd_byte_order_fallback: true } }],
  ['powercom-shutdown', '50', { logical: 8 }, { options: { powercom_sdcmd_discrete_delay: true } }],
  ['powercom-shutdown', '999', { logical: 18 }, { options: { powercom_sdcmd_discrete_delay: true } }],
  ['powercom-shutdown', 'soon', undefined],
  ['powercom-shutdown', '99999', undefined],
  ['powercom-startup', '120', { logical: 0x0200 }],
  ['powercom-startup', '61', { logical: 0x0200 }],
  ['powercom-startup', '120', { logical: 2 }, { options: { powercom_sdcmd_discrete_delay: true } }],
  ['powercom-stay-off', '90', { logical: 0x019e }],
  ['powercom-stay-off', '90', { logical: 0x9e01 }, { options: { powercom_sdcmd_byte_order_fallback: true } }],
];

for (const [name, text, written, world] of WRITES) {
  test(`${name} writes "${text}" as ${written === undefined ? 'nothing' : JSON.stringify(written)} ${world ? JSON.stringify(world) : ''}`, () => {
    expect(write(name, text, world)).toEqual(written);
  });
}

test('a bypass outside its limits switches itself off again', () => {
  published.length = 0;
  read('eaton-bypass-on', 1, { variables: { ...BYPASS_OK, 'input.bypass.frequency': '58' } });
  expect(published).toEqual(['input.bypass.switch.off=off']);
});

test('what Eaton rows remember is there for the rows after them', () => {
  const memory: DeviceMemory = {};
  read('eaton-country', 4, { memory });
  read('eaton-abm-enabled', 1, { memory });
  expect(memory).toEqual({ eatonCountry: 4, eatonAbm: true });
  read('eaton-abm-enabled', 7, { memory });
  expect(memory).toEqual({ eatonCountry: 4 });
});

test('battery voltage told too high once is put right for good', () => {
  const world: World = { memory: {}, variables: { 'battery.voltage.nominal': '24' } };
  expect(read('cps-battery-voltage', 40.5, world)).toBe('27.0');
  expect(read('cps-battery-voltage', 31.5, world)).toBe('21.0');
});

test('a 24 V battery with a nominal voltage told as 12 is not cut to two thirds, not even when it runs down', () => {
  const world: World = { memory: {}, variables: { 'battery.voltage.nominal': '12' } };
  expect(read('cps-battery-voltage', 24, world)).toBe('24.0');
  expect(read('cps-battery-voltage', 21, world)).toBe('21.0');
});

test('a unit that declares hundredths and sends whole volts is seen by its output, not by a dead input', () => {
  const memory: DeviceMemory = {};
  const volts = (physical: number, usage: number): string | undefined => {
    const field = { ...FIELD, unitExponent: 5, path: [0x00840004, usage, 0x00840030] };
    return CONVERTERS['liebert-voltage'].read?.({ field, logical: 0, physical }, contextOf({ memory }), 0);
  };
  const [input, output] = [0x0084001a, 0x0084001c];
  expect(volts(2.5, input)).toBe('2.5');
  expect(volts(230.5, output)).toBe('230.5');
  expect(volts(2.3, output)).toBe('230.0');
  expect(volts(2.29, input)).toBe('229.0');
});

test('every converter has a meaning and is tried here', () => {
  const tried = new Set<string>([...READS, ...WRITES].map(([name]) => name));
  expect(CONVERTER_NAMES.filter((name) => !tried.has(name))).toEqual([]);
  expect(Object.values(CONVERTERS).every(({ meaning }) => meaning.length > 10)).toBe(true);
});

describe('numbers as texts', () => {
  test.each([
    [13.25, 1, '13.2'],
    [13.35, 1, '13.3'],
    [13.75, 1, '13.8'],
    [2.5, 0, '2'],
    [3.5, 0, '4'],
    [-0.2, 0, '0'],
    [-2.5, 0, '-2'],
    [499.95, 1, '499.9'],
    [Number.NaN, 1, undefined],
    [Number.POSITIVE_INFINITY, 0, undefined],
  ])('%d with %d decimals is %s, as C would print it', (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });

  test.each([
    ['20', 20],
    [' -1 ', -1],
    ['180.5', 180.5],
    ['', undefined],
    ['20s', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
  ])('"%s" is taken as %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});

test.each([
  ['line-frequency', 499, {}, ['frequency-decimals']],
  ['line-frequency', 49.9, {}, []],
  ['cps-battery-voltage', 41.1, { variables: { 'battery.voltage.nominal': '24' } }, ['cps-battery-voltage']],
  ['cps-battery-voltage', 27.1, { variables: { 'battery.voltage.nominal': '24' } }, []],
  ['at-most-100', 104, {}, ['charge-above-full']],
  ['at-most-100', 100, {}, []],
  ['tripplite-chemistry', 4, { productId: 0x2005 }, ['wrong-text-index']],
  ['tripplite-chemistry', 4, { productId: 0x3012 }, []],
  ['eaton-battery-voltage-nominal', 24, evolution650, ['wrong-nominal-battery-voltage']],
  ['eaton-battery-voltage-nominal', 12, evolution650, []],
] as const)('%s of %d tells a cure when it cures', (name, value, world, codes) => {
  remarked.length = 0;
  read(name, value, world);
  expect(remarked).toEqual(codes);
});

test('a Liebert GXT5 that sends whole volts is told to be cured', () => {
  remarked.length = 0;
  const field = { ...FIELD, unitExponent: 5, path: [0x00840004, 0x0084001c, 0x00840030] };
  CONVERTERS['liebert-voltage'].read?.({ field, logical: 0, physical: 2.3 }, contextOf({}), 0);
  expect(remarked).toEqual(['liebert-whole-volts']);
});
