import { asSeconds, type Seconds } from '#domain/units.ts';
import { formatUpsAddress, parseUpsAddress } from '#engine/nut/ups-address.ts';
import { quote } from '#engine/nut/words.ts';
import { type Directive, type DirectiveLine, type DirectiveTable, readDirectives } from './directive-file.ts';
import { nearestName } from './nearest-name.ts';
import { WHY_NO_EFFECT } from './no-effect.ts';
import { NOTIFY_FLAGS, NOTIFY_TYPES, type NotifyFlag, type NotifyType } from './notify-types.ts';
import type { CertHost, MonitorConf, Mutable, UpsmonConf } from './nut-conf.ts';
import type { Problems } from './problem.ts';
import { readCertIdent } from './upsd-conf.ts';
import { parseRole } from './upsd-users.ts';
import { expected, parseBoolean, parseInteger } from './values.ts';

/** What upsmon does where upsmon.conf says nothing, but for one thing: it logs each failed poll, we log changes. */
export const UPSMON_DEFAULTS: UpsmonConf = {
  monitors: [],
  minSupplies: 1,
  shutdownExit: 'yes',
  notifyMsg: {},
  notifyFlag: {},
  pollFreq: asSeconds(5),
  pollFreqAlert: asSeconds(5),
  pollFailLogThrottleMax: 0,
  hostSync: asSeconds(15),
  deadTime: asSeconds(15),
  rbWarnTime: asSeconds(43200),
  noCommWarnTime: asSeconds(300),
  finalDelay: asSeconds(5),
  offDuration: asSeconds(30),
  oblbDuration: asSeconds(0),
  overDuration: asSeconds(-1),
  alarmCritical: true,
  forceSsl: false,
  certVerify: false,
  certHosts: [],
  debugMin: 0,
};

type Draft = Omit<Mutable<UpsmonConf>, 'monitors' | 'certHosts' | 'notifyMsg' | 'notifyFlag'> & {
  monitors: MonitorConf[];
  certHosts: CertHost[];
  notifyMsg: Partial<Record<NotifyType, string>>;
  notifyFlag: Partial<Record<NotifyType, readonly NotifyFlag[]>>;
};

type KeysOf<Type> = {
  [Key in keyof Draft]-?: [Exclude<Draft[Key], undefined>] extends [Type]
    ? [Type] extends [Exclude<Draft[Key], undefined>]
      ? Key
      : never
    : never;
}[keyof Draft];

const seconds = (key: KeysOf<Seconds>, isSigned = false): Directive<Draft> => ({
  read(line, draft) {
    const value = line.integer({ isSigned });
    if (value !== undefined) draft[key] = asSeconds(value);
  },
});
const whole = (key: KeysOf<number>, isSigned = false): Directive<Draft> => ({
  read(line, draft) {
    const value = line.integer({ isSigned });
    if (value !== undefined) draft[key] = value;
  },
});
const yesNo = (key: KeysOf<boolean>): Directive<Draft> => ({
  read(line, draft) {
    const value = line.boolean();
    if (value !== undefined) draft[key] = value;
  },
});
const text = (key: KeysOf<string>): Directive<Draft> => ({
  read(line, draft) {
    const value = line.text();
    if (value !== undefined) draft[key] = value;
  },
});

/** A file that is read at the start: where it stands is told with what is wrong with it. */
const path = (key: 'certPath' | 'certFile'): Directive<Draft> => ({
  read(line, draft) {
    const value = line.text();
    if (value === undefined) return;
    draft[key] = value;
    draft[`${key}Origin`] = { file: line.problems.file, line: line.line };
  },
});

const directives: Record<string, Directive<Draft> | 'obsolete'> = {
  MONITOR: { isRepeatable: true, read: readMonitor },
  MINSUPPLIES: whole('minSupplies'),
  SHUTDOWNCMD: { read: readShutdownCommand },
  SHUTDOWNEXIT: { read: readShutdownExit },
  NOTIFYCMD: { read: readNotifyCommand },
  NOTIFYMSG: { isRepeatable: true, read: readNotifyMessage },
  NOTIFYFLAG: { isRepeatable: true, read: readNotifyFlags },
  POLLFREQ: seconds('pollFreq'),
  POLLFREQALERT: seconds('pollFreqAlert'),
  POLLFAIL_LOG_THROTTLE_MAX: whole('pollFailLogThrottleMax', true),
  HOSTSYNC: seconds('hostSync'),
  DEADTIME: seconds('deadTime'),
  RBWARNTIME: seconds('rbWarnTime'),
  NOCOMMWARNTIME: seconds('noCommWarnTime'),
  FINALDELAY: seconds('finalDelay'),
  POWERDOWNFLAG: text('powerDownFlag'),
  OFFDURATION: seconds('offDuration', true),
  OBLBDURATION: seconds('oblbDuration', true),
  OVERDURATION: seconds('overDuration', true),
  ALARMCRITICAL: yesNo('alarmCritical'),
  RUN_AS_USER: { ...text('runAsUser'), whyNoEffect: WHY_NO_EFFECT.ownUser },
  FORCESSL: yesNo('forceSsl'),
  CERTVERIFY: yesNo('certVerify'),
  CERTPATH: path('certPath'),
  CERTFILE: path('certFile'),
  CERTIDENT: {
    read(line, draft) {
      const ident = readCertIdent(line);
      if (ident !== undefined) draft.certIdent = ident;
    },
  },
  CERTHOST: { isRepeatable: true, read: readCertHost },
  DEBUG_MIN: { ...whole('debugMin'), isAnyCase: true, whyNoEffect: WHY_NO_EFFECT.upsdSays },
};

const UPSMON_DIRECTIVES: DirectiveTable<Draft> = new Map(Object.entries(directives));

export function readUpsmonConf(bytes: Uint8Array, problems: Problems): UpsmonConf {
  const draft: Draft = { ...UPSMON_DEFAULTS, monitors: [], certHosts: [], notifyMsg: {}, notifyFlag: {} };
  readDirectives(bytes, UPSMON_DIRECTIVES, draft, problems);
  checkSupplies(draft, problems);
  return draft;
}

function checkSupplies({ monitors, minSupplies, shutdownCmd }: UpsmonConf, problems: Problems): void {
  const last = monitors.at(-1)?.origin?.line;
  if (last === undefined) {
    problems.warning('no-monitor', 1, {});
    return;
  }
  const given = monitors.reduce((sum, { powerValue }) => sum + powerValue, 0);
  if (given < minSupplies) problems.error('too-few-supplies', last, { given, wanted: minSupplies });
  if (shutdownCmd === undefined) problems.warning('no-shutdown-command', last, {});
}

function readMonitor(line: DirectiveLine, draft: Draft): void {
  const { values, problems } = line;
  if (values.length === 4) {
    problems.error('monitor-old-form', line.line, {});
    return;
  }
  const [system, power, user, password, roleText, ...extra] = values;
  if (system === undefined || power === undefined || user === undefined || password === undefined || !roleText) {
    problems.error('monitor-incomplete', line.line, {});
    return;
  }
  if (extra.length > 0) problems.warning('extra-words', line.line, { extra: extra.join(' ') });
  const address = parseUpsAddress(system);
  if (!address) {
    problems.error('bad-system', line.line, { system });
    return;
  }
  const { value: powerValue, isSloppy } = parseInteger(power, false);
  if (powerValue === undefined || isSloppy) {
    const details = { name: 'the power value', value: power, expected: expected.wholeNumber };
    problems.error('bad-monitor-value', line.line, details);
    return;
  }
  const role = parseRole(roleText);
  if (role === undefined) {
    problems.error('bad-monitor-value', line.line, { name: 'the role', value: roleText, expected: expected.role });
    return;
  }
  const key = formatUpsAddress(address).toLowerCase();
  const earlier = draft.monitors.find((monitor) => formatUpsAddress(monitor).toLowerCase() === key);
  if (earlier) {
    problems.warning('repeated-monitor', line.line, { system, first: earlier.origin?.line ?? 0 });
    return;
  }
  const origin = { file: problems.file, line: line.line, system };
  draft.monitors.push({ ...address, powerValue, user, password, role, origin });
}

/** Words beyond the first reach the shell in single quotes. */
function readShutdownCommand(line: DirectiveLine, draft: Draft): void {
  const [command, ...rest] = line.values;
  if (command === undefined) line.problems.error('missing-value', line.line, { name: line.name });
  else draft.shutdownCmd = [command, ...rest.map((word) => `'${word.replaceAll("'", `'\\''`)}'`)].join(' ');
}

function readShutdownExit(line: DirectiveLine, draft: Draft): void {
  const value = line.text();
  if (value === undefined) return;
  const isYes = /^\d+$/.test(value) ? undefined : parseBoolean(value);
  const after = parseInteger(value, false).value;
  if (isYes !== undefined) draft.shutdownExit = isYes ? 'yes' : 'no';
  else if (after !== undefined) draft.shutdownExit = asSeconds(after);
  else line.refuse(value, expected.shutdownExit);
}

function readNotifyCommand(line: DirectiveLine, draft: Draft): void {
  if (line.values.length === 0) line.problems.error('missing-value', line.line, { name: line.name });
  else draft.notifyCmd = line.values;
}

function readNotifyType(line: DirectiveLine): NotifyType | undefined {
  const [written] = line.values;
  const type = NOTIFY_TYPES.find((known) => known === written);
  if (type !== undefined) return type;
  const { name, problems } = line;
  if (written === undefined) {
    problems.error('missing-value', line.line, { name });
    return undefined;
  }
  const nearest = nearestName(written, NOTIFY_TYPES);
  if (nearest === undefined) problems.warning('unknown-notice', line.line, { name, type: written });
  else problems.warning('mistyped-notice', line.line, { name, type: written, nearest });
  return undefined;
}

function readNotifyMessage(line: DirectiveLine, draft: Draft): void {
  const type = readNotifyType(line);
  if (type === undefined) return;
  const [, value, ...extra] = line.values;
  if (value === undefined) {
    line.problems.error('missing-value', line.line, { name: `NOTIFYMSG ${type}` });
    return;
  }
  if (extra.length > 0) line.problems.warning('extra-words', line.line, { extra: extra.join(' ') });
  draft.notifyMsg[type] = value;
}

function readNotifyFlags(line: DirectiveLine, draft: Draft): void {
  const type = readNotifyType(line);
  if (type === undefined) return;
  const written = line.values.slice(1).join('+');
  const words = written.split('+').filter((word) => word !== '');
  const flags = NOTIFY_FLAGS.filter((flag) => words.includes(flag));
  if (words.length === 0 || words.some((word) => !(NOTIFY_FLAGS as readonly string[]).includes(word))) {
    line.refuse(written, expected.flags);
    return;
  }
  draft.notifyFlag[type] = flags.includes('IGNORE') ? ['IGNORE'] : flags;
}

function readCertHost(line: DirectiveLine, draft: Draft): void {
  const [host, certName, verify, force] = line.values;
  const isVerified = parseBoolean(verify ?? '');
  const isForced = parseBoolean(force ?? '');
  if (host === undefined || certName === undefined || isVerified === undefined || isForced === undefined) {
    line.refuse(line.values.join(' '), expected.certHost);
    return;
  }
  draft.certHosts.push({ host, certName, isVerified, isForced });
}

/** Text of an upsmon.conf that says the same; what is as upsmon has it anyway is left out. */
export function writeUpsmonConf(conf: UpsmonConf): string {
  const lines: string[] = [];
  const put = (name: string, key: keyof UpsmonConf, value: string | number | undefined): void => {
    if (value !== undefined && conf[key] !== UPSMON_DEFAULTS[key]) lines.push(`${name} ${value}`);
  };
  const quoted = (value: string | undefined): string | undefined => (value === undefined ? undefined : quote(value));
  const bit = (value: boolean): number => (value ? 1 : 0);
  for (const monitor of conf.monitors) {
    const words = [quote(formatUpsAddress(monitor)), monitor.powerValue, quote(monitor.user), quote(monitor.password)];
    lines.push(`MONITOR ${words.join(' ')} ${monitor.role}`);
  }
  put('MINSUPPLIES', 'minSupplies', conf.minSupplies);
  put('SHUTDOWNCMD', 'shutdownCmd', quoted(conf.shutdownCmd));
  put('SHUTDOWNEXIT', 'shutdownExit', conf.shutdownExit);
  put('NOTIFYCMD', 'notifyCmd', conf.notifyCmd?.map(quote).join(' '));
  for (const type of NOTIFY_TYPES) {
    const message = conf.notifyMsg[type];
    if (message !== undefined) lines.push(`NOTIFYMSG ${type} ${quote(message)}`);
  }
  for (const type of NOTIFY_TYPES) {
    const flags = conf.notifyFlag[type];
    if (flags !== undefined) lines.push(`NOTIFYFLAG ${type} ${flags.join('+')}`);
  }
  put('POLLFREQ', 'pollFreq', conf.pollFreq);
  put('POLLFREQALERT', 'pollFreqAlert', conf.pollFreqAlert);
  put('POLLFAIL_LOG_THROTTLE_MAX', 'pollFailLogThrottleMax', conf.pollFailLogThrottleMax);
  put('HOSTSYNC', 'hostSync', conf.hostSync);
  put('DEADTIME', 'deadTime', conf.deadTime);
  put('RBWARNTIME', 'rbWarnTime', conf.rbWarnTime);
  put('NOCOMMWARNTIME', 'noCommWarnTime', conf.noCommWarnTime);
  put('FINALDELAY', 'finalDelay', conf.finalDelay);
  put('POWERDOWNFLAG', 'powerDownFlag', quoted(conf.powerDownFlag));
  put('OFFDURATION', 'offDuration', conf.offDuration);
  put('OBLBDURATION', 'oblbDuration', conf.oblbDuration);
  put('OVERDURATION', 'overDuration', conf.overDuration);
  put('ALARMCRITICAL', 'alarmCritical', bit(conf.alarmCritical));
  put('RUN_AS_USER', 'runAsUser', quoted(conf.runAsUser));
  put('FORCESSL', 'forceSsl', bit(conf.forceSsl));
  put('CERTVERIFY', 'certVerify', bit(conf.certVerify));
  put('CERTPATH', 'certPath', quoted(conf.certPath));
  put('CERTFILE', 'certFile', quoted(conf.certFile));
  if (conf.certIdent) lines.push(`CERTIDENT ${quote(conf.certIdent.name)} ${quote(conf.certIdent.password)}`);
  for (const { host, certName, isVerified, isForced } of conf.certHosts) {
    lines.push(`CERTHOST ${quote(host)} ${quote(certName)} ${bit(isVerified)} ${bit(isForced)}`);
  }
  put('DEBUG_MIN', 'debugMin', conf.debugMin);
  return lines.map((line) => `${line}\n`).join('');
}
