/** upssched.conf: what is to follow a notice, at once or after a while. */
import { asSeconds } from '#domain/units.ts';
import { type Directive, type DirectiveLine, type DirectiveTable, readDirectives } from './directive-file.ts';
import { nearestName } from './nearest-name.ts';
import { WHY_NO_EFFECT } from './no-effect.ts';
import { NOTIFY_TYPES } from './notify-types.ts';
import type { Mutable, UpsschedCommand, UpsschedConf, UpsschedRule } from './nut-conf.ts';
import type { Problems } from './problem.ts';
import { expected, parseInteger } from './values.ts';

type Draft = Omit<Mutable<UpsschedConf>, 'rules'> & { rules: UpsschedRule[] };

/** There is no timer process here that would need them. */
const unused: Directive<Draft> = { read: (line) => void line.text(), whyNoEffect: WHY_NO_EFFECT.ownTimers };

const directives: Record<string, Directive<Draft>> = {
  CMDSCRIPT: { read: readScript },
  PIPEFN: unused,
  LOCKFN: unused,
  AT: { isRepeatable: true, read: readAt },
  DEBUG_MIN: { ...unused, isAnyCase: true },
};

const UPSSCHED_DIRECTIVES: DirectiveTable<Draft> = new Map(Object.entries(directives));

export function readUpsschedConf(bytes: Uint8Array, problems: Problems): UpsschedConf {
  const draft: Draft = { rules: [] };
  readDirectives(bytes, UPSSCHED_DIRECTIVES, draft, problems);
  return draft;
}

function readScript(line: DirectiveLine, draft: Draft): void {
  if (line.values.length === 0) line.problems.error('missing-value', line.line, { name: line.name });
  else draft.cmdScript = line.values;
}

function readAt(line: DirectiveLine, draft: Draft): void {
  const [written, ups, verb, ...args] = line.values;
  if (written === undefined || ups === undefined || verb === undefined) {
    line.problems.error('at-incomplete', line.line, {});
    return;
  }
  if (draft.cmdScript === undefined) {
    line.problems.error('at-without-script', line.line, {});
    return;
  }
  const type = NOTIFY_TYPES.find((known) => known === written.toUpperCase());
  if (type === undefined) {
    const nearest = nearestName(written, NOTIFY_TYPES);
    if (nearest === undefined) line.problems.warning('unknown-notice', line.line, { name: 'AT', type: written });
    else line.problems.warning('mistyped-notice', line.line, { name: 'AT', type: written, nearest });
    return;
  }
  const command = readCommand(line, verb, args);
  if (command) draft.rules.push({ type, ups, command });
}

function readCommand(
  line: DirectiveLine,
  verb: string,
  [name, value, ...extra]: readonly string[],
): UpsschedCommand | undefined {
  const { problems } = line;
  const isTimer = verb === 'START-TIMER' || verb === 'START-TIMER-SHARED';
  if (!isTimer && verb !== 'CANCEL-TIMER' && verb !== 'EXECUTE') {
    problems.error('unknown-command', line.line, { name: verb });
    return undefined;
  }
  if (name === undefined || (isTimer && value === undefined)) {
    problems.error('missing-value', line.line, { name: verb });
    return undefined;
  }
  const unneeded = verb === 'EXECUTE' && value !== undefined ? [value, ...extra] : extra;
  if (unneeded.length > 0) problems.warning('extra-words', line.line, { extra: unneeded.join(' ') });
  if (verb === 'EXECUTE') return { kind: 'execute', name };
  if (!isTimer) return { kind: 'cancel-timer', name, ...(value === undefined ? {} : { otherwise: value }) };
  // A timer that could never fire would be a shutdown that never comes, so the number has to be one.
  const seconds = parseInteger(value ?? '', false);
  if (seconds.value === undefined || seconds.isSloppy) {
    problems.error('bad-value', line.line, { name: verb, value: value ?? '', expected: expected.wholeNumber });
    return undefined;
  }
  return { kind: 'start-timer', name, seconds: asSeconds(seconds.value), isShared: verb === 'START-TIMER-SHARED' };
}
