/** The words of `ups.status`: what they mean, how serious they are, how to read and write them. */

/** 0: normal. 1: worth knowing. 2: serious. */
export type StatusSeverity = 0 | 1 | 2;

export type StatusGroup = 'input' | 'battery' | 'mode' | 'shutdown' | 'alarm' | 'server';

export interface StatusInfo {
  readonly token: string;
  readonly group: StatusGroup;
  readonly severity: StatusSeverity;
  /** A few words of English. */
  readonly description: string;
}

const status = (token: string, group: StatusGroup, severity: StatusSeverity, description: string): StatusInfo => ({
  token,
  group,
  severity,
  description,
});

/** Known tokens; others occur and must be borne. Source: NUT's status words (nut-names, 2.8.5). */
const STATUS_TOKENS: readonly StatusInfo[] = [
  status('OL', 'input', 0, 'Mains is there'),
  status('OB', 'input', 2, 'On battery'),
  status('LB', 'battery', 2, 'Battery is low'),
  status('HB', 'battery', 0, 'Battery is above its normal voltage or charge'),
  status('RB', 'battery', 2, 'Battery needs to be replaced'),
  status('CHRG', 'battery', 0, 'Battery is being charged'),
  status('DISCHRG', 'battery', 0, 'Battery is giving power'),
  status('BYPASS', 'mode', 2, 'Load bypasses the UPS and has no battery behind it'),
  status('CAL', 'mode', 1, 'Battery is being measured'),
  status('OFF', 'mode', 1, 'Output is switched off'),
  status('OVER', 'mode', 2, 'Overloaded'),
  status('TRIM', 'mode', 1, 'Lowering mains voltage that is too high'),
  status('BOOST', 'mode', 1, 'Raising mains voltage that is too low'),
  status('FSD', 'shutdown', 2, 'Forced shutdown: everything on this UPS goes down now'),
  status('ALARM', 'alarm', 2, 'An alarm is active'),
  status('WAIT', 'server', 0, 'Waiting for the first data'),
  status('ECO', 'mode', 1, 'Economy mode'),
  status('TEST', 'mode', 0, 'Self test is running'),
  status('SD', 'shutdown', 1, 'Shutting down'),
];

const BY_TOKEN: ReadonlyMap<string, StatusInfo> = new Map(STATUS_TOKENS.map((info) => [info.token, info]));

/** Tokens of a status text in their order, in capitals, each once. */
export function parseStatus(text: string): readonly string[] {
  return [...new Set(text.toUpperCase().split(/\s+/).filter(Boolean))];
}

/** What is known of a token, compared without case; or undefined. */
export const findStatus = (token: string): StatusInfo | undefined => BY_TOKEN.get(token.toUpperCase());

/** How serious a status text is as a whole. An unknown word is worth knowing. */
export function severityOf(text: string): StatusSeverity {
  const severities = parseStatus(text).map((token) => findStatus(token)?.severity ?? 1);
  return severities.includes(2) ? 2 : severities.includes(1) ? 1 : 0;
}
