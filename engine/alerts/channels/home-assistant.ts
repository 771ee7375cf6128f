/**
 * How Home Assistant finds a UPS by itself: one retained configuration for each sensor. Pure. Source: Home Assistant,
 * "MQTT discovery", and the device classes of its sensors and binary sensors.
 */
import { message, type Locale } from '#domain/messages/message.ts';
import { variableText } from '#domain/messages/names.ts';
import { findVariable, type Unit } from '#domain/nut/variables.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { VERSION } from '#engine/version.ts';

/** Where Home Assistant looks unless told otherwise. */
const PREFIX = 'homeassistant';

/** Variables that become sensors, where a UPS has them. */
const SENSORS = [
  'battery.charge',
  'battery.runtime',
  'battery.voltage',
  'battery.current',
  'battery.temperature',
  'input.voltage',
  'input.current',
  'input.frequency',
  'output.voltage',
  'output.current',
  'output.frequency',
  'ups.load',
  'ups.power',
  'ups.realpower',
  'ups.temperature',
] as const;
const TEXTS = ['ups.status', 'ups.alarm', 'ups.test.result', 'battery.date', 'battery.mfr.date'] as const;

const CLASSES: Readonly<Partial<Record<Unit, { readonly device_class?: string; readonly unit: string }>>> = {
  '%': { unit: '%' },
  A: { device_class: 'current', unit: 'A' },
  C: { device_class: 'temperature', unit: '°C' },
  Hz: { device_class: 'frequency', unit: 'Hz' },
  V: { device_class: 'voltage', unit: 'V' },
  VA: { device_class: 'apparent_power', unit: 'VA' },
  W: { device_class: 'power', unit: 'W' },
  s: { device_class: 'duration', unit: 's' },
};

/** Words of the status as yes and no. `battery` means low there, `power` that there is some, `problem` that there is one. */
const FLAGS = [
  ['OL', 'power'],
  ['OB', undefined],
  ['LB', 'battery'],
  ['CHRG', 'battery_charging'],
  ['RB', 'problem'],
  ['OVER', 'problem'],
  ['BYPASS', 'problem'],
  ['ALARM', 'problem'],
  ['FSD', 'problem'],
] as const;

export interface DiscoveryTopics {
  /** Whether this program is there. */
  readonly program: string;
  /** Whether the UPS answers it. */
  readonly contact: string;
  readonly state: string;
}

/** @param node the same for the same UPS for ever: letters, digits, `_` and `-` @returns configuration by topic */
export function discoveryOf(
  ups: UpsSnapshot,
  node: string,
  topics: DiscoveryTopics,
  locale: Locale,
): ReadonlyMap<string, string> {
  const text = (name: string): string | undefined => {
    const value = ups.variables[name]?.value.trim();
    return value === '' ? undefined : value;
  };
  const common = {
    state_topic: topics.state,
    availability: [{ topic: topics.program }, { topic: topics.contact }],
    availability_mode: 'all',
    has_entity_name: true,
    device: {
      identifiers: [node],
      name: ups.description ?? ups.name,
      manufacturer: text('device.mfr') ?? text('ups.mfr'),
      model: text('device.model') ?? text('ups.model'),
      serial_number: text('device.serial') ?? text('ups.serial'),
      sw_version: text('ups.firmware'),
    },
    origin: { name: 'Ridethrough', sw_version: VERSION },
  };
  const found = new Map<string, string>();
  const add = (component: 'sensor' | 'binary_sensor', object: string, config: object): void => {
    const whole = { ...config, unique_id: `${node}_${object}`, ...common };
    found.set(`${PREFIX}/${component}/${node}/${object}/config`, JSON.stringify(whole));
  };

  for (const name of SENSORS) {
    const unit = findVariable(name)?.unit;
    const known = unit === undefined ? undefined : CLASSES[unit];
    if (text(name) === undefined || !known) continue;
    add('sensor', objectOf(name), {
      name: variableText(name, locale),
      device_class: name === 'battery.charge' ? 'battery' : known.device_class,
      unit_of_measurement: known.unit,
      state_class: 'measurement',
      value_template: valueOf(name),
    });
  }
  for (const name of TEXTS) {
    if (text(name) === undefined) continue;
    add('sensor', objectOf(name), {
      name: variableText(name, locale),
      value_template: valueOf(name),
      entity_category: 'diagnostic',
    });
  }
  for (const [word, deviceClass] of FLAGS) {
    add('binary_sensor', word.toLowerCase(), {
      name: message(`mqtt.flag.${word}`, {}, locale),
      device_class: deviceClass,
      value_template: `{{ 'ON' if '${word}' in value_json['ups.status'].split() else 'OFF' }}`,
    });
  }
  return found;
}

const objectOf = (variable: string): string => variable.replaceAll('.', '_');
/** A variable that is not there any more is unknown, not an error in Home Assistant's log. */
const valueOf = (variable: string): string => `{{ value_json['${variable}'] | default(none) }}`;

/** Every variable as it is, quantities as numbers; the forced shutdown stands in the status, as NUT's clients see it. */
export function stateOf(ups: UpsSnapshot): Readonly<Record<string, string | number>> {
  const entries = Object.entries(ups.variables).map(([name, { value }]) => {
    const number = Number(value);
    const isQuantity = findVariable(name)?.type === 'number' && value.trim() !== '' && Number.isFinite(number);
    return [name, isQuantity ? number : value] as const;
  });
  const status = ups.variables['ups.status']?.value ?? '';
  const latched = ups.isForcedShutdown && !status.split(/\s+/).includes('FSD') ? `FSD ${status}`.trim() : status;
  return { ...Object.fromEntries(entries), 'ups.status': latched };
}
