/** Closed registry of named conversions between a report field and a NUT text. A new name comes with its unit test. */
import { driverNote } from '#engine/drivers/driver.ts';
import type { ConverterName } from '#domain/schema/device-definition.ts';
import type { Converter } from './converters/conversion.ts';
import { apcDate, hidDate, localDate, localTime } from './converters/dates.ts';
import * as eaton from './converters/eaton.ts';
import { fixed } from './converters/number-text.ts';
import * as powercom from './converters/powercom.ts';
import * as whole from './converters/whole-reports.ts';

const BELKIN_SENSITIVITIES = ['normal', 'reduced', 'low'];
const BELKIN_TYPES: Readonly<Record<number, string>> = {
  1: 'offline',
  2: 'line-interactive',
  3: 'simple online',
  4: 'simple offline',
  5: 'simple line-interactive',
};
const DELTA_TYPES = ['online', 'offline', 'line-interactive', '3-phase', 'split-phase'];

const INPUT_USAGE = 0x0084001a;

/** ADC counts of the temperature sensor, every 5 degrees from -40. Source: openUPS manual, by nut-facts. */
const THERMISTOR_COUNTS = [
  49, 64, 83, 104, 130, 160, 195, 233, 275, 319, 366, 415, 463, 512, 559, 604, 646, 686, 723, 756, 786, 813, 837, 858,
  877, 894, 908, 921, 933, 943, 951, 959, 966, 972,
];

function thermistorCelsius(count: number): string {
  const above = THERMISTOR_COUNTS.findIndex((step) => step >= count);
  if (above === 0) return '-40';
  if (above < 0) return '125';
  const high = THERMISTOR_COUNTS[above] ?? count;
  const low = THERMISTOR_COUNTS[above - 1] ?? count;
  if (high === count) return String(above * 5 - 40);
  return (above * 5 - 45 + (5 * (count - low)) / (high - low)).toFixed(2);
}

export const CONVERTERS: Readonly<Record<ConverterName, Converter>> = {
  'ampere-hours': {
    meaning: 'ampere-seconds to ampere-hours',
    read: ({ physical }) => fixed(physical / 3600, 2),
  },
  'apc-date': apcDate,
  'at-most-100': {
    meaning: 'percent that a unit overstates a little when full',
    read({ physical }, context) {
      if (physical > 100) context.remark(driverNote('charge-above-full', {}));
      return fixed(Math.min(100, physical), 0);
    },
  },
  'belkin-firmware': {
    meaning: 'firmware number, above the four bits of the type',
    read: ({ logical }) => String(logical >> 4),
  },
  'belkin-sensitivity': {
    meaning: 'line sensitivity',
    read: ({ logical }) => BELKIN_SENSITIVITIES[logical] ?? 'normal',
    write: (text) => {
      const code = BELKIN_SENSITIVITIES.indexOf(text);
      return code < 0 ? undefined : { logical: code };
    },
    allowed: () => BELKIN_SENSITIVITIES,
  },
  'belkin-type': {
    meaning: 'kind of UPS in the lowest four bits',
    read: ({ logical }) => BELKIN_TYPES[logical & 0xf] ?? 'online',
  },
  'cps-battery-voltage': {
    meaning: 'battery voltage; some CyberPower units tell 3/2 of it, seen by its distance from the nominal one',
    read({ physical }, context) {
      const { memory } = context;
      const nominal = context.number('battery.voltage.nominal');
      const ratio = context.device.productId === 0x0501 && nominal ? physical / nominal : 1;
      // A full battery told half too high is at 1.7; twice the nominal voltage is a nominal voltage told wrong.
      if (ratio >= 1.9) memory.cpsNominalIsWrong = true;
      // It stays so once seen: a battery running down would come back into the range.
      if (ratio > 1.4 && !memory.cpsNominalIsWrong) {
        memory.cpsBatteryScale = 2 / 3;
        context.remark(driverNote('cps-battery-voltage', {}));
      }
      return fixed(physical * (memory.cpsBatteryScale ?? 1), 1);
    },
  },
  'delta-type': {
    meaning: 'kind of UPS in the lowest four bits',
    read({ logical }) {
      const code = logical & 0xf;
      if (code === 6) return DELTA_TYPES[4];
      return DELTA_TYPES[code >= 3 ? code - 2 : code];
    },
  },
  'eaton-abm-enabled': eaton.abmEnabled,
  'eaton-abm-status-by-mode': eaton.abmStatusByMode,
  'eaton-abm-status-by-status': eaton.abmStatusByStatus,
  'eaton-battery-voltage': eaton.batteryVoltage,
  'eaton-battery-voltage-nominal': eaton.batteryVoltageNominal,
  'eaton-bypass-on': eaton.bypassOn,
  'eaton-country': eaton.country,
  'eaton-eco-auto': eaton.ecoAuto,
  'eaton-eco-switch': eaton.ecoSwitch,
  'eaton-output-voltage-nominal': eaton.outputVoltageNominal,
  'eaton-pegasus-threshold': eaton.pegasusThreshold,
  'eaton-pegasus-yes-no': eaton.pegasusYesNo,
  'eaton-real-power-estimate': eaton.realPowerEstimate,
  'ever-alarms': whole.everAlarms,
  'ever-firmware': {
    meaning: 'version: two hexadecimal digits and the build in the low byte',
    read: ({ logical }) =>
      `v${((logical >> 12) & 0xf).toString(16)}.${((logical >> 8) & 0xf).toString(16)}b${String(logical & 0xff).padStart(2, '0')}`,
  },
  'ever-hardware': {
    meaning: 'revision letter in the high byte, version in the low byte',
    read({ logical }) {
      const letter = (logical >> 8) & 0xff;
      return `rev.${letter === 0 ? '0' : String.fromCharCode(0x40 + letter)}v${String(logical & 0xff).padStart(2, '0')}`;
    },
  },
  'ever-messages': whole.everMessages,
  'ever-work-mode': whole.everWorkMode,
  'hid-date': hidDate,
  kelvin: {
    meaning: 'temperature in degrees Celsius; kelvin are told by their size, some units send Celsius as they are',
    read: ({ physical }) => fixed(physical >= 273 && physical <= 373 ? physical - 273.15 : physical, 1),
  },
  'liebert-voltage': {
    meaning: 'voltage; a GXT5 declares hundredths and sends whole volts, seen by outputs and batteries below 10 V',
    read({ physical, field }, context) {
      const { memory } = context;
      if (field.unitExponent !== 5) return fixed(physical, 1);
      // Not by the input: a few volts on a dead line are real.
      const isInput = field.path.includes(INPUT_USAGE);
      if (!isInput && physical > 0 && physical < 10) {
        memory.liebertWholeVolts = true;
        context.remark(driverNote('liebert-whole-volts', {}));
      }
      return fixed(memory.liebertWholeVolts ? physical * 100 : physical, 1);
    },
  },
  'line-frequency': {
    meaning: 'frequency of a supply; units that send tenths or hundredths of a hertz as hertz are told by the size',
    read({ physical }, context) {
      if (physical < 100 || physical >= 10_000) return fixed(physical, 1);
      context.remark(driverNote('frequency-decimals', {}));
      return fixed(physical / (physical >= 1000 ? 100 : 10), 1);
    },
  },
  'local-date': localDate,
  'local-time': localTime,
  'openups-thermistor': {
    meaning: 'temperature from the counts of a thermistor, linear between points 5 degrees apart',
    read: ({ physical }) => (physical >= 0 ? thermistorCelsius(Math.trunc(physical * 100)) : undefined),
  },
  'percent-text': {
    meaning: 'percent with its sign',
    read({ physical }) {
      const text = fixed(physical, 0);
      return text && `${text}%`;
    },
  },
  'powercom-battery-voltage': powercom.batteryVoltage,
  'powercom-shutdown': powercom.shutdown,
  'powercom-startup': powercom.startup,
  'powercom-stay-off': powercom.stayOff,
  'report-as-counter': whole.counter,
  'report-as-ipv4': whole.ipv4,
  'report-as-mac': whole.mac,
  string: {
    meaning: 'text of the string descriptor with this index',
    read({ logical }, context) {
      const text = logical > 0 ? context.string(logical)?.trim() : undefined;
      return text === '' ? undefined : text;
    },
  },
  'tripplite-chemistry': {
    meaning: 'battery type; the string index of two Tripp Lite models points elsewhere',
    read(reading, context, reportId) {
      const isWrong = [0x1003, 0x2005].includes(context.device.productId);
      if (!isWrong) return CONVERTERS.string.read?.(reading, context, reportId);
      context.remark(driverNote('wrong-text-index', {}));
      return undefined;
    },
  },
};
