import { nearestName } from './nearest-name.ts';
import { WHY_NO_EFFECT } from './no-effect.ts';
import { NUT_MODES, type NutFileConf } from './nut-conf.ts';
import type { Problems } from './problem.ts';
import { readShellAssignments, writeShellAssignment } from './shell-assignments.ts';
import { expected, parseBoolean } from './values.ts';

/** Without nut.conf NUT starts nothing. */
export const NUT_FILE_DEFAULTS: NutFileConf = { mode: 'none', variables: {} };

/** Names that mean something to NUT's scripts and programs. */
const KNOWN_VARIABLES = [
  'MODE',
  'ALLOW_NO_DEVICE',
  'ALLOW_NOT_ALL_LISTENERS',
  'UPSD_OPTIONS',
  'UPSMON_OPTIONS',
  'POWEROFF_WAIT',
  'POWEROFF_QUIET',
  'NUT_DEBUG_LEVEL',
  'NUT_DEBUG_PID',
  'NUT_DEBUG_PROCNAME',
  'NUT_DEBUG_SYSLOG',
  'NUT_IGNORE_CHECKPROCNAME',
  'NUT_QUIET_INIT_UPSNOTIFY',
  'NUT_STATEPATH',
  'NUT_CONFPATH',
] as const;

/** What says yes or no to the server. */
const YES_OR_NO = new Set<string>(['ALLOW_NO_DEVICE', 'ALLOW_NOT_ALL_LISTENERS']);

/** Read by nut.conf's scripts for programs that are not started here. */
const WITHOUT_EFFECT = new Set<string>([
  'UPSD_OPTIONS',
  'UPSMON_OPTIONS',
  'NUT_DEBUG_LEVEL',
  'NUT_DEBUG_PID',
  'NUT_DEBUG_PROCNAME',
  'NUT_DEBUG_SYSLOG',
  'NUT_IGNORE_CHECKPROCNAME',
  'NUT_QUIET_INIT_UPSNOTIFY',
  'NUT_CONFPATH',
]);

export function readNutFileConf(bytes: Uint8Array, problems: Problems): NutFileConf {
  const variables = new Map<string, string>();
  const lines = new Map<string, number>();
  let mode = NUT_FILE_DEFAULTS.mode;
  for (const { name, value, line } of readShellAssignments(bytes, problems)) {
    const first = lines.get(name);
    if (first !== undefined) problems.warning('repeated', line, { name, first });
    lines.set(name, line);
    if (!(KNOWN_VARIABLES as readonly string[]).includes(name)) tellUnknown(name, line, problems);
    if (WITHOUT_EFFECT.has(name)) problems.notice('no-effect', line, { name, why: WHY_NO_EFFECT.scripts });
    if (name === 'MODE') {
      const known = NUT_MODES.find((candidate) => candidate === value.toLowerCase());
      if (known === undefined) {
        problems.error('bad-value', line, { name, value, expected: expected.oneOf(NUT_MODES) });
      } else {
        mode = known;
      }
    } else if (YES_OR_NO.has(name) && parseBoolean(value) === undefined) {
      problems.error('bad-value', line, { name, value, expected: expected.boolean });
    } else {
      variables.set(name, value);
    }
  }
  return { mode, variables: Object.fromEntries(variables) };
}

function tellUnknown(name: string, line: number, problems: Problems): void {
  const nearest = nearestName(name, KNOWN_VARIABLES);
  if (nearest === undefined) problems.notice('unknown-variable', line, { name });
  else problems.warning('mistyped-directive', line, { name, nearest });
}

/** Text of a nut.conf that says the same. */
export function writeNutFileConf({ mode, variables }: NutFileConf): string {
  return [['MODE', mode] as const, ...Object.entries(variables)]
    .map(([name, value]) => writeShellAssignment(name, value))
    .join('');
}
