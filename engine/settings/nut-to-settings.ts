/** NUT's files as settings: to be moved in, or to be shown where they are what the program runs on. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { phrase } from '#domain/messages/message.ts';
import { LONGEST_TIMER, LONGEST_WAIT } from '#domain/schema/settings/ups-settings.ts';
import { RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { parseUpsAddress, type UpsAddress } from '#engine/nut/ups-address.ts';
import { quote } from '#engine/nut/words.ts';
import type { Moved } from './move-in.ts';
import { knownIdentifier, Moving } from './moving.ts';
import { readConfLines } from './nut-conf/conf-lines.ts';
import { isLoopback } from './nut-conf/loopback.ts';
import type { ListenConf, MonitorConf, NutConf, UpsdConf, UpsmonConf } from './nut-conf/nut-conf.ts';
import type { Problems } from './nut-conf/problem.ts';
import { parseInteger } from './nut-conf/values.ts';
import { UPSD_DEFAULTS, writeUpsdConf } from './nut-conf/upsd-conf.ts';
import { UPSMON_DEFAULTS, writeUpsmonConf } from './nut-conf/upsmon-conf.ts';
import { fieldsOfCommand, NO_COMMAND } from './shutdown-commands.ts';
import type { Group } from './stored-settings.ts';
import { fromUserConf } from './users-text.ts';

/** A timer that upssched starts when the mains fail and stops when they are back. */
export interface OutageTimer {
  readonly name: string;
  readonly seconds: number;
  /** Undefined: whichever UPS. */
  readonly of: UpsAddress | undefined;
}

export interface NutFilesToMove {
  readonly conf: NutConf;
  /** Where relative paths in them start. */
  readonly folder: string;
  readonly timers?: readonly OutageTimer[];
}

export function fromNutConf({ conf, folder, timers = [] }: NutFilesToMove): Moved {
  const moving = new Moving();
  const { upsmon } = conf;
  const monitors = upsmon?.monitors ?? [];
  const common = commonOf(conf, moving);
  const isWatching = monitors.length > 0;
  if (!isWatching && conf.ups.length > 0) moving.note(phrase('import.not-watched', {}));
  const scheduled = upsmon?.notifyCmd?.some((word) => /(?:^|[/\\])upssched(?:\.exe)?$/i.test(word)) ? timers : [];

  const here = conf.ups.map((ups): Group => {
    const monitor = monitors.find((one) => isHere(one.host) && one.ups.toLowerCase() === ups.name.toLowerCase());
    return {
      ...common,
      ...fromSection(ups, folder, moving),
      ...(monitor ? timingOf(monitor, scheduled, moving) : {}),
      ...(isWatching && !(monitor && monitor.powerValue > 0) ? { ...NO_COMMAND, shutdownaction: 'nothing' } : {}),
    };
  });
  const taken = new Set(here.map(({ identifier }) => String(identifier).toLowerCase()));
  const elsewhere = monitors.flatMap((monitor): Group[] => {
    if (isHere(monitor.host)) {
      const isServed = conf.ups.some(({ name }) => name.toLowerCase() === monitor.ups.toLowerCase());
      if (!isServed) moving.note(phrase('import.monitor-without-ups', { ups: monitor.ups }));
      return [];
    }
    // The name is that on the other server and cannot be changed here.
    if (taken.has(monitor.ups.toLowerCase())) {
      moving.note(phrase('import.second-of-name', { ups: monitor.ups, host: monitor.host }));
      return [];
    }
    taken.add(monitor.ups.toLowerCase());
    return [
      {
        ...common,
        powerdown: false,
        ...fromMonitor(monitor),
        ...timingOf(monitor, scheduled, moving),
        ...(monitor.powerValue > 0 ? {} : { ...NO_COMMAND, shutdownaction: 'nothing' }),
      },
    ];
  });
  if (conf.nut.variables.POWEROFF_WAIT !== undefined) {
    moving.note(phrase('import.left-out', { line: `POWEROFF_WAIT=${conf.nut.variables.POWEROFF_WAIT}` }));
  }
  return moving.moved([...here, ...elsewhere], serverOf(conf, folder, moving));
}

const isHere = (host: string): boolean => isLoopback(host) || host.toLowerCase() === hostname().toLowerCase();

/** A computer that only watches others says nothing about a server of its own. */
function serverOf(conf: NutConf, folder: string, moving: Moving): Group {
  const { upsd, users, upsmon } = conf;
  if (conf.ups.length === 0 && users.length === 0 && upsd.listen.length === 0) return {};
  const monitor = upsmon?.monitors.find(({ host }) => isHere(host));
  const monuser = monitor?.user ?? users.find(({ upsmon: role }) => role === 'primary')?.name ?? 'upsmon';
  const own = users.find(({ name }) => name === monuser);
  const password = own?.password ?? monitor?.password;
  return {
    ...listenOf(upsd, folder),
    monuser,
    ...(password === undefined ? {} : { monpwd: moving.ownPassword(password, monuser) }),
    users: users
      .filter(({ name }) => name !== monuser)
      .map(fromUserConf)
      .map((user) =>
        user.password === undefined ? user : { ...user, password: moving.ownPassword(user.password, user.name) },
      ),
  };
}

const EVERYWHERE = new Set(['*', '0.0.0.0', '::', '::0']);

/** The form has one port, and this computer only or everybody; other LISTEN lines stay lines. */
function listenOf(upsd: UpsdConf, folder: string): Group {
  const [first] = upsd.listen;
  const rmonitor = upsd.listen.some(({ address }) => EVERYWHERE.has(address));
  const base = upsd.listen.find(({ address }) => !rmonitor || EVERYWHERE.has(address)) ?? first;
  const isCovered = ({ address, port }: ListenConf): boolean =>
    port === base?.port && (rmonitor || isLoopback(address));
  const text = writeUpsdConf({
    ...upsd,
    listen: upsd.listen.filter((one) => !isCovered(one)),
    // Here that is so unless somebody says otherwise.
    disableWeakSsl: UPSD_DEFAULTS.disableWeakSsl,
    ...(upsd.certFile === undefined ? {} : { certFile: resolve(folder, upsd.certFile) }),
    ...(upsd.certPath === undefined ? {} : { certPath: resolve(folder, upsd.certPath) }),
  });
  return { rmonitor, remoteport: base?.port ?? 3493, optionsupsd: text };
}

/** Directives that have fields of their own, or are told in sentences of their own. */
const HAS_FIELD =
  /^(?:MONITOR|MINSUPPLIES|SHUTDOWNCMD|HOSTSYNC|NOCOMMWARNTIME|POWERDOWNFLAG|NOTIFYCMD|NOTIFYMSG|NOTIFYFLAG|RUN_AS_USER)\b/;

/** What upsmon.conf says for all UPSes of this computer. */
function commonOf({ upsmon }: NutConf, moving: Moving): Group {
  // Without timers of its own NUT waits for the low battery.
  const waiting = { shutdown: 'LOWBATT', shutdowntimer: undefined };
  if (!upsmon) return { ...waiting, ...NO_COMMAND };
  tellLeftOut(upsmon, moving);
  const command = fieldsOfCommand(upsmon.shutdownCmd ?? '');
  return {
    ...waiting,
    ...(upsmon.shutdownCmd === undefined ? NO_COMMAND : command),
    hostsync: moving.upTo(LONGEST_WAIT, 'HOSTSYNC', upsmon.hostSync),
    nocommwarntime:
      upsmon.noCommWarnTime === UPSMON_DEFAULTS.noCommWarnTime
        ? undefined
        : moving.warnTime('NOCOMMWARNTIME', upsmon.noCommWarnTime),
    powerdown: upsmon.powerDownFlag !== undefined,
  };
}

function tellLeftOut(upsmon: UpsmonConf, moving: Moving): void {
  const acting = upsmon.monitors.filter(({ powerValue }) => powerValue > 0).length;
  if (upsmon.minSupplies !== (acting === 0 ? 0 : 1)) {
    moving.note(phrase('import.min-supplies', { count: upsmon.minSupplies }));
  }
  if (upsmon.notifyCmd !== undefined) {
    moving.note(phrase('import.notify-command', { command: upsmon.notifyCmd.join(' ') }));
  }
  if (Object.keys(upsmon.notifyMsg).length > 0) moving.note(phrase('import.left-out', { line: 'NOTIFYMSG' }));
  for (const line of writeUpsmonConf({ ...upsmon, monitors: [] }).split('\n')) {
    if (line === '' || HAS_FIELD.test(line)) continue;
    // Its second word is a password.
    moving.note(phrase('import.left-out', { line: line.startsWith('CERTIDENT') ? 'CERTIDENT' : line }));
  }
}

/** When it is time, by the timers of upssched. */
function timingOf(monitor: MonitorConf, timers: readonly OutageTimer[], moving: Moving): Group {
  const isOf = ({ of }: OutageTimer): boolean =>
    of === undefined || (of.ups === monitor.ups && of.port === monitor.port && of.host === monitor.host);
  const own = timers.filter(isOf);
  // Which timer ends in the shutdown stands in a script; their names say it.
  const timer = own.find(({ name }) => /shut|fsd|halt|power|off/i.test(name)) ?? own[0];
  if (!timer) return {};
  const { name, seconds } = timer;
  moving.note(phrase('import.timer', { name, seconds, ups: monitor.ups }));
  return { shutdown: 'BATT', shutdowntimer: moving.upTo(LONGEST_TIMER, name, seconds) };
}

/** Timers of an upssched.conf that begin with an outage and are stopped when it ends. */
export function readOutageTimers(bytes: Uint8Array, problems: Problems): OutageTimer[] {
  const started: OutageTimer[] = [];
  const stopped = new Set<string>();
  for (const { first, rest } of readConfLines(bytes, problems)) {
    const [type = '', system = '', command = '', name = '', time = ''] = rest;
    if (first !== 'AT') continue;
    if (type.toUpperCase() === 'ONLINE' && command === 'CANCEL-TIMER') stopped.add(name);
    if (type.toUpperCase() !== 'ONBATT' || !/^START-TIMER(?:-SHARED)?$/.test(command)) continue;
    const of = system === '*' ? undefined : parseUpsAddress(system);
    const seconds = parseInteger(time, false).value;
    if (seconds !== undefined && (system === '*' || of)) started.push({ name, seconds, of });
  }
  return started.filter(({ name }) => stopped.has(name));
}

function fromSection(section: UpsConfig, folder: string, moving: Moving): Group {
  const { name, aliases = [], driver, port, description, options } = section;
  const identifier = knownIdentifier(name, moving);
  for (const alias of aliases) moving.note(phrase('import.alias', { alias, ups: identifier }));
  return {
    identifier,
    aliases: aliases.map((alias) => knownIdentifier(alias, moving)),
    mode: 'MASTER',
    driver,
    port: wholePort(driver, port, folder),
    description: moving.shorter('desc', description ?? '', 120),
    options: Object.entries(options)
      .map(([option, value]) => (value === true ? option : `${option} = ${quote(value)}`))
      .join('\n'),
  };
}

/** Files may be named relative to a folder, and what is moved is not in it any more. */
export function wholePort(driver: string, port: string, folder: string): string {
  if (driver === 'dummy-ups' && /\.(?:dev|seq)$/i.test(port)) return resolve(folder, port);
  if (port.startsWith(RECORDING_PREFIX)) {
    return `${RECORDING_PREFIX}${resolve(folder, port.slice(RECORDING_PREFIX.length))}`;
  }
  return port;
}

const fromMonitor = ({ ups, host, port, user, password }: MonitorConf): Group => ({
  identifier: ups,
  mode: 'SLAVE',
  remotehost: host,
  remoteport: port,
  monuser: user,
  ...(password === '' ? {} : { monpwd: password }),
});
