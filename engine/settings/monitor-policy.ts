/** What upsmon.conf and upssched.conf ask of the shutdown monitor. */
import { basename } from 'node:path';
import { asSeconds } from '#domain/units.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { powerOffOrderOf } from '#engine/monitor/order-power-off.ts';
import {
  NO_RULES,
  POLICY_DEFAULTS,
  type MonitorPolicy,
  type RemoteSource,
  type SupplyPolicy,
} from '#engine/monitor/policy.ts';
import { NUT_PORT } from '#engine/nut/protocol.ts';
import { formatUpsAddress } from '#engine/nut/ups-address.ts';
import type { MonitorConf, NutConf, UpsmonConf } from './nut-conf/nut-conf.ts';

/** upsmon waits for SHUTDOWNCMD for ever; a command that hangs for so long will not do it any more. */
const COMMAND_TIMEOUT = asSeconds(3600);
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i;

/** What upsmon.conf names by path, as text. */
export interface MonitorFiles {
  /** PEM of CERTPATH. */
  readonly authorities?: string;
  /** PEM of CERTFILE. */
  readonly certificate?: string;
}

/**
 * @returns undefined where there is no MONITOR line: nothing acts then
 */
export function monitorPolicyOf(conf: NutConf, files: MonitorFiles = {}): MonitorPolicy | undefined {
  const { upsmon } = conf;
  if (!upsmon || upsmon.monitors.length === 0) return undefined;
  const { notifyCmd, powerDownFlag, shutdownCmd, shutdownExit } = upsmon;
  const doesUpssched = notifyCmd?.[0] !== undefined && basename(notifyCmd[0]) === 'upssched' && conf.upssched;
  return {
    supplies: upsmon.monitors.map((monitor) => supplyOf(monitor, conf, upsmon, files)),
    minSupplies: upsmon.minSupplies,
    pollFreq: upsmon.pollFreq,
    pollFreqAlert: upsmon.pollFreqAlert,
    hostSync: upsmon.hostSync,
    deadTime: upsmon.deadTime,
    finalDelay: upsmon.finalDelay,
    rbWarnTime: upsmon.rbWarnTime,
    noCommWarnTime: upsmon.noCommWarnTime,
    offDuration: upsmon.offDuration,
    oblbDuration: upsmon.oblbDuration,
    overDuration: upsmon.overDuration,
    alarmCritical: upsmon.alarmCritical,
    pollFailLogThrottleMax: upsmon.pollFailLogThrottleMax,
    action:
      shutdownCmd === undefined
        ? { kind: 'nothing' }
        : { kind: 'command', command: shutdownCmd, timeout: COMMAND_TIMEOUT },
    // What is to be done around it stands in SHUTDOWNCMD itself.
    around: POLICY_DEFAULTS.around,
    logOut: shutdownExit === 'yes' ? 'at-once' : shutdownExit === 'no' ? 'never' : shutdownExit,
    // Who wants the flag wants the UPS switched off; what hangs on our own cable needs no late script for that.
    powerOff: { isWanted: powerDownFlag !== undefined, delay: 'measured' },
    ...(powerDownFlag === undefined ? {} : { powerDownFlag }),
    notices: {
      notifyMsg: upsmon.notifyMsg,
      notifyFlag: upsmon.notifyFlag,
      ...(doesUpssched ? { upssched: doesUpssched } : notifyCmd === undefined ? {} : { notifyCmd }),
    },
  };
}

function supplyOf(monitor: MonitorConf, conf: NutConf, upsmon: UpsmonConf, files: MonitorFiles): SupplyPolicy {
  const own = ownSection(monitor, conf);
  return {
    ups: monitor.origin?.system ?? formatUpsAddress(monitor),
    name: monitor.ups,
    source: own ? { kind: 'local' } : remoteSource(monitor, upsmon, files),
    role: monitor.role,
    powerValue: monitor.powerValue,
    rules: NO_RULES,
    ...(own ? { powerOffOrder: powerOffOrderOf(own) } : {}),
  };
}

/** The UPS of the line where this program itself serves it: asking it over the network would be asking ourselves. */
function ownSection({ ups, host, port }: MonitorConf, { ups: own, upsd }: NutConf): UpsConfig | undefined {
  const ports = upsd.listen.length === 0 ? [NUT_PORT] : upsd.listen.map((listen) => listen.port);
  const isHere = LOOPBACK.test(host) || upsd.listen.some(({ address }) => address.toLowerCase() === host.toLowerCase());
  if (!isHere || !ports.includes(port)) return undefined;
  return own.find(({ name }) => name.toLowerCase() === ups.toLowerCase());
}

function remoteSource(
  { host, port, user, password }: MonitorConf,
  upsmon: UpsmonConf,
  { authorities, certificate }: MonitorFiles,
): RemoteSource {
  const rule = upsmon.certHosts.find((certHost) => certHost.host.toLowerCase() === host.toLowerCase());
  const isConfigured = upsmon.certVerify || upsmon.certPath !== undefined || upsmon.certFile !== undefined || rule;
  return {
    kind: 'remote',
    host,
    port,
    user,
    password,
    tls: (rule?.isForced ?? upsmon.forceSsl) ? 'require' : isConfigured ? 'try' : 'off',
    verify: rule?.isVerified ?? upsmon.certVerify,
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(rule === undefined || rule.certName === '' ? {} : { certificateName: rule.certName }),
    ...(certificate === undefined
      ? {}
      : { identity: { pem: certificate, ...(upsmon.certIdent ? { password: upsmon.certIdent.password } : {}) } }),
  };
}
