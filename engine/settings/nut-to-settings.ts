/** NUT's files as settings: to be moved in, or to be shown where they are what the program runs on. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { phrase, type Text } from '#domain/messages/message.ts';
import { Settings } from '#domain/schema/settings/settings.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { quote } from '#engine/nut/words.ts';
import type { MonitorConf, NutConf } from './nut-conf/nut-conf.ts';
import { UPSMON_DEFAULTS } from './nut-conf/upsmon-conf.ts';
import { writeUpsdConf } from './nut-conf/upsd-conf.ts';
import { fromUserConf } from './users-text.ts';

export interface MovedSettings {
  readonly settings: Settings;
  /** What is not as it was, each a sentence. */
  readonly notes: readonly Text[];
}

type UpsInput = Readonly<Record<string, unknown>>;

/** @param idOf the id of a UPS, by its name: that of one there was, or a new one */
export function fromNutConf(conf: NutConf, idOf: (name: string) => string): MovedSettings {
  const notes: Text[] = [];
  const { upsmon } = conf;
  const monitors = upsmon?.monitors ?? [];
  const ownMonitor = monitors.find((monitor) => isHere(monitor.host));
  const monuser = ownMonitor?.user ?? conf.users.find(({ upsmon: role }) => role === 'primary')?.name ?? 'upsmon';
  const monpwd = ownMonitor?.password ?? conf.users.find(({ name }) => name === monuser)?.password;
  const common = commonOf(conf, notes);
  const here = conf.ups.map((ups): UpsInput => ({ ...common, ...fromSection(ups, notes), id: idOf(ups.name) }));
  const elsewhere = monitors
    .filter(({ host }) => !isHere(host))
    .map((monitor): UpsInput => ({ ...common, powerdown: false, ...fromMonitor(monitor), id: idOf(monitor.ups) }));
  const [first] = conf.upsd.listen;
  const others = conf.upsd.listen.slice(1).filter(({ port }) => port !== first?.port);
  for (const { address, port } of others) {
    notes.push(phrase('import.other-port', { address, port, kept: first?.port ?? 3493 }));
  }
  return {
    settings: Settings.parse({
      ups: [...here, ...elsewhere],
      server: {
        rmonitor: conf.upsd.listen.some(({ address }) => !isLoopback(address)),
        ...(first ? { remoteport: first.port } : {}),
        monuser,
        ...(monpwd === undefined ? {} : { monpwd }),
        users: conf.users.filter(({ name }) => name !== monuser).map(fromUserConf),
        optionsupsd: writeUpsdConf({ ...conf.upsd, listen: [] }),
      },
      setup: { isDone: true },
    }),
    notes,
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
const isHere = (host: string): boolean => isLoopback(host) || host.toLowerCase() === hostname().toLowerCase();

/** What upsmon.conf says for all UPSes of this computer. */
function commonOf({ upsmon }: NutConf, notes: Text[]): UpsInput {
  // Without timers of its own NUT waits for the low battery.
  const shutdown = 'LOWBATT';
  if (!upsmon) return { shutdown };
  if (upsmon.minSupplies !== 1) notes.push(phrase('import.min-supplies', { count: upsmon.minSupplies }));
  if (upsmon.notifyCmd !== undefined)
    notes.push(phrase('import.notify-command', { command: upsmon.notifyCmd.join(' ') }));
  return {
    shutdown,
    ...(upsmon.shutdownCmd === undefined || /\bshutdown\b.*-[hPp]/.test(upsmon.shutdownCmd)
      ? {}
      : { shutdowncmd: upsmon.shutdownCmd }),
    hostsync: upsmon.hostSync,
    ...(upsmon.noCommWarnTime === UPSMON_DEFAULTS.noCommWarnTime ? {} : { nocommwarntime: upsmon.noCommWarnTime }),
    powerdown: upsmon.powerDownFlag !== undefined,
  };
}

function fromSection({ name, driver, port, description, options }: UpsConfig, notes: Text[]): UpsInput {
  const identifier = name.replaceAll(/[^\w.-]/g, '_');
  if (identifier !== name) notes.push(phrase('import.renamed', { name, identifier }));
  return {
    identifier,
    mode: 'MASTER',
    driver,
    port,
    ...(description === undefined ? {} : { description: description.slice(0, 120) }),
    options: Object.entries(options)
      .map(([option, value]) => (value === true ? option : `${option} = ${quote(value)}`))
      .join('\n'),
  };
}

const fromMonitor = ({ ups, host, port, user, password }: MonitorConf): UpsInput => ({
  identifier: ups,
  mode: 'SLAVE',
  remotehost: host,
  remoteport: port,
  monuser: user,
  monpwd: password,
});
