/** Conversions of Eaton, MGE and their relatives. Several depend on the model family and the country of the unit. */
import { driverNote } from '#engine/drivers/driver.ts';
import type { ConversionContext, Converter } from './conversion.ts';
import { fixed } from './number-text.ts';

/** Families that plug into the wall and switch to battery by relay; all others regulate. */
const OFFLINE_FAMILIES: readonly string[] = ['offline', 'pegasus', '3s'];
const hasBatteryVoltage = (family: string): boolean =>
  family.startsWith('evolution:') || ['pulsar-m', '5p', '9e'].includes(family);

const familyOf = (context: ConversionContext): string => context.memory.eatonFamily ?? 'default';

/** Outlet settings that only Protection Station, Ellipse ECO and the 3S outside Europe really have. */
function hasEcoOutlets({ memory }: ConversionContext): boolean {
  return memory.eatonFamily === 'pegasus' || (memory.eatonFamily === '3s' && memory.eatonCountry !== 0);
}

/** Remembers, and publishes nothing. */
export const country: Converter = {
  meaning: 'remembers the country code, on which outlet settings depend',
  read({ logical }, { memory }) {
    memory.eatonCountry = logical;
    return undefined;
  },
};

export const abmEnabled: Converter = {
  meaning: 'remembers whether advanced battery management is on, on which the charger status depends',
  read({ logical }, { memory }) {
    if (logical === 0 || logical === 1) memory.eatonAbm = logical === 1;
    else delete memory.eatonAbm;
    return undefined;
  },
};

const abmStatus = (meaning: string, texts: Readonly<Record<number, string>>): Converter => ({
  meaning,
  read: ({ logical }, { memory }) => (memory.eatonAbm === true ? texts[logical] : undefined),
});

export const abmStatusByMode = abmStatus('state of a managed charger as Charger.Mode counts it', {
  1: 'charging',
  2: 'discharging',
  3: 'floating',
  4: 'resting',
  6: 'off',
});
export const abmStatusByStatus = abmStatus('state of a managed charger as Charger.Status counts it', {
  1: 'charging',
  2: 'floating',
  3: 'resting',
  4: 'discharging',
  6: 'off',
});

export const batteryVoltage: Converter = {
  meaning: 'battery voltage, on the families where this field is one',
  read: ({ physical }, context) => (hasBatteryVoltage(familyOf(context)) ? fixed(physical, 1) : undefined),
};

export const batteryVoltageNominal: Converter = {
  meaning: 'nominal battery voltage, on the families where this field is one; Evolution 650 has 12 V whatever it says',
  read({ physical }, context) {
    const family = familyOf(context);
    if (family === 'evolution:650') {
      if (fixed(physical, 0) !== '12') context.remark(driverNote('wrong-nominal-battery-voltage', { used: 12 }));
      return '12';
    }
    return hasBatteryVoltage(family) ? fixed(physical, 0) : undefined;
  },
};

export const pegasusThreshold: Converter = {
  meaning: 'load below which the controlled outlets go off, on the models that have such outlets',
  read: ({ physical }, context) => (hasEcoOutlets(context) ? fixed(physical, 0) : undefined),
  write: (text, context) =>
    hasEcoOutlets(context) && ['10', '25', '60'].includes(text) ? { physical: Number(text) } : undefined,
  allowed: (context) => (hasEcoOutlets(context) ? ['10', '25', '60'] : []),
};

export const pegasusYesNo: Converter = {
  meaning: 'whether an outlet may be switched, on the models where a person may choose',
  read: ({ logical }, context) => (hasEcoOutlets(context) ? (logical === 0 ? 'no' : 'yes') : undefined),
  write: (text, context) =>
    hasEcoOutlets(context) && (text === 'yes' || text === 'no') ? { logical: text === 'yes' ? 1 : 0 } : undefined,
};

export const realPowerEstimate: Converter = {
  meaning: 'real power estimated from load and nominal power, with a power factor of 0.8 where none is told',
  read(_reading, context) {
    const load = context.number('ups.load');
    const nominal = context.number('ups.power.nominal');
    if (load === undefined || nominal === undefined) return undefined;
    return String(Math.round((load / 100) * nominal * (context.number('output.powerfactor') ?? 0.8)));
  },
};

const LOW_VOLTAGES = [100, 110, 120, 127];
const SPLIT_VOLTAGES = [200, 208];
const HIGH_VOLTAGES = [220, 230, 240];

/** Voltages a unit may be set to, judged by the first it was seen with. */
function outputVoltages(context: ConversionContext): readonly number[] {
  const first = context.memory.firstOutputVoltage;
  if (first === undefined) return [];
  if (LOW_VOLTAGES.includes(first)) return LOW_VOLTAGES;
  const all = [...SPLIT_VOLTAGES, ...HIGH_VOLTAGES];
  if (!all.includes(first)) return [];
  if (!OFFLINE_FAMILIES.includes(familyOf(context))) return all;
  return SPLIT_VOLTAGES.includes(first) ? SPLIT_VOLTAGES : HIGH_VOLTAGES;
}

export const outputVoltageNominal: Converter = {
  meaning: 'nominal output voltage, one of those of the unit',
  read({ physical }, context) {
    const volts = Math.round(physical);
    context.memory.firstOutputVoltage ??= volts;
    return outputVoltages(context).includes(volts) ? String(volts) : undefined;
  },
  write: (text, context) =>
    outputVoltages(context).map(String).includes(text) ? { physical: Number(text) } : undefined,
  allowed: (context) => outputVoltages(context).map(String),
};

/** True when both measured values are within limits; false when one is outside or unknown. */
function isWithin(
  context: ConversionContext,
  limits: { low: string; high: string; nominal: string; below: number; above: number },
  frequency: { range: string; percent: number },
): boolean {
  const volts = context.number('input.bypass.voltage');
  const hertz = context.number('input.bypass.frequency');
  const nominalVolts = context.number(limits.nominal);
  const nominalHertz = context.number('output.frequency.nominal');
  const low = context.number(limits.low) ?? (nominalVolts && nominalVolts * (1 - limits.below));
  const high = context.number(limits.high) ?? (nominalVolts && nominalVolts * (1 + limits.above));
  if (volts === undefined || hertz === undefined || !low || !high || !nominalHertz) return false;
  const tolerance = (nominalHertz * (context.number(frequency.range) ?? frequency.percent)) / 100;
  return volts >= low && volts <= high && Math.abs(hertz - nominalHertz) <= tolerance;
}

const isBypassSafe = (context: ConversionContext): boolean =>
  isWithin(
    context,
    {
      low: 'input.transfer.bypass.low',
      high: 'input.transfer.bypass.high',
      nominal: 'output.voltage.nominal',
      below: 0.2,
      above: 0.15,
    },
    { range: 'input.transfer.frequency.bypass.range', percent: 10 },
  );
const isEcoSafe = (context: ConversionContext): boolean =>
  isWithin(
    context,
    {
      low: 'input.transfer.eco.low',
      high: 'input.transfer.eco.high',
      nominal: 'output.voltage.nominal',
      below: 0.05,
      above: 0.05,
    },
    { range: 'input.transfer.frequency.eco.range', percent: 5 },
  );

export const bypassOn: Converter = {
  meaning: 'bypass switch; "on" only while voltage and frequency of the bypass are within its limits',
  read({ logical }, context) {
    if (logical === 0) return 'disabled';
    if (logical !== 1) return undefined;
    if (isBypassSafe(context)) return 'on';
    context.publish('input.bypass.switch.off', 'off');
    return undefined;
  },
  write: (text) => (text === 'disabled' ? { logical: 0 } : text === 'on' ? { logical: 1 } : undefined),
};

export const ecoSwitch: Converter = {
  meaning: 'efficiency mode: normal, ECO (only while the bypass is within the ECO limits) or ESS',
  read({ logical }, context) {
    if (logical === 0) return 'normal';
    if (logical === 1) return isEcoSafe(context) ? 'ECO' : 'normal';
    return logical === 2 ? 'ESS' : undefined;
  },
  write(text) {
    const code = ['normal', 'ECO', 'ESS'].indexOf(text.replace(/^vendor:mge-hid:/, ''));
    return code < 0 ? undefined : { logical: code };
  },
};

export const ecoAuto: Converter = {
  meaning: 'starts (1) or stops (0) bypass and ECO together; starting needs both off and the line within the limits',
  write(text, context) {
    if (text === '0') return { logical: 0 };
    const isIdle =
      context.text('input.bypass.switch.on') === 'disabled' && context.text('input.eco.switchable') === 'normal';
    return text === '1' && isIdle && isBypassSafe(context) && isEcoSafe(context) ? { logical: 1 } : undefined;
  },
};
