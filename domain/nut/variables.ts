/** Finds what is known of a NUT variable by its name, numbered and three-phase names included. */
import { type Unit, type VariableInfo, VARIABLES } from './variable-table.ts';

export type { Unit, VariableInfo } from './variable-table.ts';

/** What `GET DESC` and `GET CMDDESC` say of names nobody described. */
export const NO_DESCRIPTION = 'Description unavailable';

const BY_NAME: ReadonlyMap<string, VariableInfo> = new Map(VARIABLES.map((info) => [info.name, info]));

/**
 * What is known of a variable, or undefined.
 * Names are compared without case. The numbers of outlets, sensors and chained devices do not matter:
 * `outlet.2.current` is found as `outlet.n.current`, `device.1.ups.load` as `ups.load`.
 */
export function findVariable(name: string): VariableInfo | undefined {
  const plain = name.toLowerCase().replace(/^device\.\d+\.(?=ups\.|input\.|output\.|battery\.|outlet\.|ambient\.)/, '');
  return BY_NAME.get(plain) ?? BY_NAME.get(generalName(plain)) ?? phaseVariable(plain);
}

/** One line about a variable, in English. */
export const describeVariable = (name: string): string => findVariable(name)?.description ?? NO_DESCRIPTION;

/** The name in the table for a name with numbers or free words in it. */
function generalName(name: string): string {
  return (
    name
      .replace(/^driver\.(parameter|flag)\..+$/, 'driver.$1.x')
      .replace(/^outlet\.group\.\d+\./, 'outlet.group.n.')
      .replace(/^(outlet|ambient)\.\d+\./, '$1.n.')
      // Without a number the whole unit is meant, or its only sensor.
      .replace(/^(outlet|ambient)\.(?!n\.|group\.)/, '$1.n.')
      .replace(/\.contacts\.\d+\./, '.contacts.x.')
  );
}

/** What can be measured on each phase of an input or output. Source: NUT's three-phase naming (nut-names). */
export const PHASE_VALUES: ReadonlyMap<string, readonly [what: string, unit?: Unit]> = new Map([
  ['alarm', ['Alarms']],
  ['current', ['Current', 'A']],
  ['current.maximum', ['Highest current', 'A']],
  ['current.minimum', ['Lowest current', 'A']],
  ['current.status', ['State of the current']],
  ['current.low.warning', ['Lower warning limit of the current', 'A']],
  ['current.low.critical', ['Lower critical limit of the current', 'A']],
  ['current.high.warning', ['Upper warning limit of the current', 'A']],
  ['current.high.critical', ['Upper critical limit of the current', 'A']],
  ['current.peak', ['Peak current', 'A']],
  ['voltage', ['Voltage', 'V']],
  ['voltage.nominal', ['Voltage by design', 'V']],
  ['voltage.maximum', ['Highest voltage', 'V']],
  ['voltage.minimum', ['Lowest voltage', 'V']],
  ['voltage.status', ['State of the voltage']],
  ['voltage.low.warning', ['Lower warning limit of the voltage', 'V']],
  ['voltage.low.critical', ['Lower critical limit of the voltage', 'V']],
  ['voltage.high.warning', ['Upper warning limit of the voltage', 'V']],
  ['voltage.high.critical', ['Upper critical limit of the voltage', 'V']],
  ['power', ['Apparent power', 'VA']],
  ['power.maximum', ['Highest apparent power', 'VA']],
  ['power.minimum', ['Lowest apparent power', 'VA']],
  ['power.percent', ['Apparent power as part of the possible', '%']],
  ['power.maximum.percent', ['Highest apparent power as part of the possible', '%']],
  ['power.minimum.percent', ['Lowest apparent power as part of the possible', '%']],
  ['realpower', ['Power', 'W']],
  ['powerfactor', ['Power factor']],
  ['crestfactor', ['Crest factor']],
  ['load', ['Load as part of the possible', '%']],
  ['frequency', ['Frequency', 'Hz']],
  ['frequency.nominal', ['Frequency by design', 'Hz']],
]);

const PHASE_NAME =
  /^(input\.bypass|input\.servicebypass|input|output\.bypass|output\.inverter|output\.servicebypass|output)(?:\.(l[123](?:-(?:l[123]|n))?|n))?\.([a-z]+(?:\.[a-z]+)*)$/;

export const PHASE_DOMAINS: ReadonlyMap<string, string> = new Map([
  ['input', 'input'],
  ['input.bypass', 'bypass input'],
  ['input.servicebypass', 'service bypass input'],
  ['output', 'output'],
  ['output.bypass', 'bypass output'],
  ['output.inverter', 'inverter output'],
  ['output.servicebypass', 'service bypass output'],
]);

/** The parts of a name such as `input.bypass.L1-N.voltage`: a key of PHASE_DOMAINS, a phase in capitals, one of PHASE_VALUES. */
export function phaseParts(
  name: string,
): { readonly domain: string; readonly phase: string | undefined; readonly value: string } | undefined {
  const [, domain = '', phase, value = ''] = PHASE_NAME.exec(name) ?? [];
  return PHASE_VALUES.has(value) && PHASE_DOMAINS.has(domain)
    ? { domain, phase: phase?.toUpperCase(), value }
    : undefined;
}

function phaseVariable(name: string): VariableInfo | undefined {
  const { domain = '', phase, value = '' } = phaseParts(name) ?? {};
  const found = PHASE_VALUES.get(value);
  const place = PHASE_DOMAINS.get(domain);
  if (found === undefined || place === undefined) return undefined;
  const [what, unit] = found;
  const isText = unit === undefined && !value.endsWith('factor');
  return {
    name,
    type: isText ? 'string' : 'number',
    ...(unit === undefined ? {} : { unit }),
    description: `${what} of the ${place}${phase === undefined ? '' : `, ${phase}`}`,
  };
}
