/**
 * The state of every UPS in Prometheus' text format 0.0.4. Names follow the usual NUT exporters
 * (`network_ups_tools_battery_charge`, `network_ups_tools_ups_status{flag="OL"}`), so that existing dashboards fit.
 */
import type { UpsState } from '#engine/state/ups-state.ts';
import { statusTokens } from '#engine/state/readings.ts';

export interface ProgramFigures {
  readonly version: string;
  readonly nutClients: number;
  /** Connections that were turned away since the start. */
  readonly nutRefused: number;
  readonly webClients: number;
  readonly startedAtSeconds: number;
}

const PREFIX = 'network_ups_tools_';
/** Always written with 0 or 1, so that an alert can be built on them; others appear while they hold. */
const USUAL_FLAGS = [
  'OL',
  'OB',
  'LB',
  'RB',
  'CHRG',
  'DISCHRG',
  'BYPASS',
  'CAL',
  'OFF',
  'OVER',
  'TRIM',
  'BOOST',
  'FSD',
  'ALARM',
];

type Labels = Readonly<Record<string, string>>;

/** One family: all its lines together under one TYPE, as the format asks. */
interface Family {
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly lines: string[];
}

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replace(/"/g, '\\"');

function line(name: string, labels: Labels, value: number): string {
  const text = Object.entries(labels).map(([key, label]) => `${key}="${escapeLabel(label)}"`);
  return `${name}${text.length > 0 ? `{${text.join(',')}}` : ''} ${value}`;
}

/** A plain decimal number as NUT writes them; dates, addresses and texts are not. */
const isNumeric = (text: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(text.trim());

/** Families of ours under the exporters' prefix: a variable that would be called like one is left out. */
const OWN_FAMILIES: ReadonlySet<string> = new Set(['up', 'ups_status', 'device_info'].map((name) => PREFIX + name));

/** Variables whose digits are names, not quantities. */
const NOT_A_QUANTITY =
  /(^|\.)(serial|vendorid|productid|firmware|version|date|time|model|mfr|id|macaddr)(\.|$)|^driver\./;

export function renderMetrics(upses: readonly UpsState[], program: ProgramFigures, nowMs: number): string {
  const families = new Map<string, Family>();
  const add = (name: string, help: string, labels: Labels, value: number, type: Family['type'] = 'gauge'): void => {
    const family = families.get(name) ?? { help, type, lines: [] };
    families.set(name, family);
    family.lines.push(line(name, labels, value));
  };

  add('ridethrough_build_info', 'Version of the program.', { version: program.version }, 1);
  add('ridethrough_start_time_seconds', 'When the program started.', {}, program.startedAtSeconds);
  add('ridethrough_nut_clients', 'Connections to the NUT server.', {}, program.nutClients);
  const refused = 'Connections to the NUT server from addresses that are not allowed.';
  add('ridethrough_nut_refused_total', refused, {}, program.nutRefused, 'counter');
  add('ridethrough_web_clients', 'Pages and programs on the web interface.', {}, program.webClients);

  for (const ups of upses) {
    const labels = { ups: ups.config.name };
    add(`${PREFIX}up`, 'Whether the data of the UPS are good.', labels, ups.availability === 'available' ? 1 : 0);
    if (ups.heardAt !== undefined) {
      const age = Math.max(0, (nowMs - ups.heardAt.wall) / 1000);
      add('ridethrough_ups_data_age_seconds', 'Time since the last sign of life of the UPS.', labels, age);
    }
    if (ups.pollTookMs !== undefined) {
      const help = 'How long the last round of questions to the UPS took.';
      add('ridethrough_poll_duration_seconds', help, labels, ups.pollTookMs / 1000);
    }
    // Old values would be drawn as if they were new: a gap tells the truth.
    if (ups.availability !== 'available') continue;
    const tokens = new Set([...statusTokens(ups), ...(ups.isForcedShutdown ? ['FSD'] : [])]);
    for (const flag of new Set([...USUAL_FLAGS, ...tokens])) {
      add(`${PREFIX}ups_status`, 'Flags of ups.status.', { ...labels, flag }, tokens.has(flag) ? 1 : 0);
    }
    // One value for each name: a scrape in which a line comes twice is refused as a whole.
    const taken = new Set(OWN_FAMILIES);
    for (const { name, value } of ups.variables.values()) {
      if (!isNumeric(value) || NOT_A_QUANTITY.test(name)) continue;
      const metric = `${PREFIX}${name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
      if (taken.has(metric)) continue;
      taken.add(metric);
      add(metric, `Variable ${name}.`, labels, Number(value));
    }
    const info = Object.fromEntries(
      ['mfr', 'model', 'serial', 'type'].map((key) => [key, ups.variables.get(`device.${key}`)?.value ?? '']),
    );
    add(`${PREFIX}device_info`, 'What the device is.', { ...labels, ...info }, 1);
  }

  return [...families]
    .map(([name, { help, type, lines }]) =>
      [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`, ...lines].join('\n'),
    )
    .join('\n')
    .concat('\n');
}
