/** What the settings ask of the shutdown monitor. */
import type { Settings, UpsSettings } from '#domain/schema/settings/settings.ts';
import { asSeconds } from '#domain/units.ts';
import { attachmentOf } from '#engine/drivers/attachment.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import {
  NO_RULES,
  POLICY_DEFAULTS,
  type MonitorPolicy,
  type ShutdownAction,
  type ShutdownRules,
  type SupplyPolicy,
} from '#engine/monitor/policy.ts';

/** A command that hangs for so long will not shut anything down any more. */
const COMMAND_TIMEOUT = asSeconds(3600);

/**
 * Before the first UPS stands in the settings, the one that is attached is guarded until its battery is low: nobody has
 * chosen anything else yet.
 * @param running how the engine reads them
 */
export function settingsPolicy(settings: Settings, running: readonly UpsConfig[]): MonitorPolicy {
  const isSimulated = (name: string): boolean => {
    const config = running.find((one) => one.name === name);
    return config !== undefined && attachmentOf(config) === 'simulated';
  };
  const { ups } = settings;
  const supplies =
    ups.length === 0 ? running.map((config) => localSupply(config.name, NO_RULES)) : ups.map((one) => supplyOf(one));
  const isAllSimulated = supplies.every(({ name }) => isSimulated(name));
  const warnTimes = ups.flatMap(({ nocommwarntime }) => nocommwarntime ?? []);
  return {
    ...POLICY_DEFAULTS,
    // Beside a real UPS a simulated one is there to be looked at.
    supplies: isAllSimulated
      ? supplies
      : supplies.map((supply) => (isSimulated(supply.name) ? { ...supply, powerValue: 0 } : supply)),
    hostSync: ups.length === 0 ? POLICY_DEFAULTS.hostSync : asSeconds(Math.max(...ups.map(({ hostsync }) => hostsync))),
    noCommWarnTime: warnTimes.length === 0 ? POLICY_DEFAULTS.noCommWarnTime : asSeconds(Math.min(...warnTimes)),
    action: actionOf(ups, isAllSimulated),
    powerOff: { isWanted: ups.some(({ mode, powerdown }) => mode === 'MASTER' && powerdown), delay: 'measured' },
  };
}

const localSupply = (name: string, rules: ShutdownRules): SupplyPolicy => ({
  ups: name,
  name,
  source: { kind: 'local' },
  role: 'primary',
  powerValue: 1,
  rules,
});

function supplyOf(ups: UpsSettings): SupplyPolicy {
  const { identifier, mode, remotehost, remoteport, monuser, monpwd } = ups;
  const rules = rulesOf(ups);
  if (mode === 'MASTER') return localSupply(identifier, rules);
  const host = remotehost.includes(':') ? `[${remotehost}]` : remotehost;
  return {
    ups: `${identifier}@${host}:${remoteport}`,
    name: identifier,
    source: {
      kind: 'remote',
      host: remotehost,
      port: remoteport,
      user: monuser,
      password: monpwd ?? '',
      // Servers without encryption are the rule in a house, and a secondary that cannot connect guards nothing.
      tls: 'try',
      verify: false,
    },
    role: 'secondary',
    powerValue: 1,
    rules,
  };
}

const rulesOf = (ups: UpsSettings): ShutdownRules => ({
  mode: ups.shutdown === 'BATT' ? 'on-battery' : 'low-battery',
  timer: asSeconds(ups.shutdowntimer),
  ...(ups.shutdowncharge > 0 ? { chargeBelow: ups.shutdowncharge } : {}),
  ...(ups.shutdownruntime > 0 ? { runtimeBelow: asSeconds(ups.shutdownruntime) } : {}),
  ignoreShorterThan: asSeconds(ups.shutdownignore),
  holdDuringTest: true,
});

/** A computer goes down once, so the first UPS that says how is heard. */
function actionOf(ups: readonly UpsSettings[], isSimulated: boolean): ShutdownAction {
  const command = ups.find(({ shutdowncmd }) => shutdowncmd !== '')?.shutdowncmd;
  const kind = ups[0]?.shutdownaction ?? 'shutdown';
  if (kind !== 'nothing' && command !== undefined) return { kind: 'command', command, timeout: COMMAND_TIMEOUT };
  // A simulation never takes a computer down; a command that somebody wrote for it is run.
  return isSimulated || kind === 'command' ? { kind: 'nothing' } : { kind };
}
