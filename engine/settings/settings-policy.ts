/** What the settings ask of the shutdown monitor. */
import type { Settings, UpsSettings } from '#domain/schema/settings/settings.ts';
import { asSeconds } from '#domain/units.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { powerOffOrderOf } from '#engine/monitor/order-power-off.ts';
import { attachmentOf } from '#engine/drivers/attachment.ts';
import {
  NO_RULES,
  POLICY_DEFAULTS,
  type AroundAction,
  type MonitorPolicy,
  type ShutdownAction,
  type ShutdownRules,
  type SupplyPolicy,
} from '#engine/monitor/policy.ts';
import { formatUpsAddress } from '#engine/nut/ups-address.ts';
import { parseDriverKey } from './driver-key.ts';
import { standsForCommand } from './shutdown-commands.ts';
import { toNutConf } from './settings-to-nut.ts';

/** A command that hangs for so long will not shut anything down any more. */
const COMMAND_TIMEOUT = asSeconds(3600);

/**
 * Before anybody has decided anything: this computer runs as long as the battery does and goes down when it is low.
 * @param ups name of the UPS that is looked for
 */
const automaticPolicy = (ups: string): MonitorPolicy => ({
  ...POLICY_DEFAULTS,
  supplies: [localSupply(ups, NO_RULES)],
  action: { kind: 'shutdown' },
});

/** @param attached name of the UPS that is looked for where none is configured */
export function settingsPolicy(settings: Settings, attached: string): MonitorPolicy {
  const { ups: upses } = settings;
  if (upses.length === 0) return automaticPolicy(attached);
  const sections = toNutConf(settings).conf.ups;
  const real = upses.filter((ups) => !isSimulated(ups));
  const warnTimes = upses.flatMap(({ nocommwarntime }) => nocommwarntime ?? []);
  const isOnlyWatching = upses.every(({ shutdownaction }) => shutdownaction === 'nothing');
  return {
    ...POLICY_DEFAULTS,
    ...(isOnlyWatching ? { minSupplies: 0 } : {}),
    // Beside a real UPS a simulated one is there to be looked at; on its own it shows what would happen. One for which
    // nothing is to be done is watched, and carries nothing of this computer.
    supplies: upses.map((ups) => ({
      ...supplyOf(ups),
      ...powerOffOf(ups, sections),
      ...((real.length > 0 && !real.includes(ups)) || ups.shutdownaction === 'nothing' ? { powerValue: 0 } : {}),
    })),
    hostSync: asSeconds(Math.max(...upses.map(({ hostsync }) => hostsync))),
    noCommWarnTime: warnTimes.length === 0 ? POLICY_DEFAULTS.noCommWarnTime : asSeconds(Math.min(...warnTimes)),
    action: real.length > 0 ? actionOf(real) : onlyCommand(actionOf(upses)),
    around: aroundOf(real.length > 0 ? real : upses),
    powerOff: { isWanted: real.some(({ mode, powerdown }) => mode === 'MASTER' && powerdown), delay: 'measured' },
  };
}

const isSimulated = ({ mode, driver, port }: UpsSettings): boolean =>
  mode === 'MASTER' && attachmentOf({ driver: parseDriverKey(driver).driver, port }) === 'simulated';

function localSupply(name: string, rules: ShutdownRules): SupplyPolicy {
  return { ups: name, name, source: { kind: 'local' }, role: 'primary', powerValue: 1, rules };
}

/** Each UPS says for itself whether it is switched off. */
function powerOffOf({ identifier, powerdown }: UpsSettings, sections: readonly UpsConfig[]) {
  const section = sections.find(({ name }) => name === identifier);
  return { powerOffOrder: powerdown && section ? powerOffOrderOf(section) : -1 };
}

function supplyOf(ups: UpsSettings): SupplyPolicy {
  const { identifier, mode, remotehost, remoteport, monuser, monpwd } = ups;
  const rules = rulesOf(ups);
  if (mode === 'MASTER') return localSupply(identifier, rules);
  return {
    ups: formatUpsAddress({ ups: identifier, host: remotehost, port: remoteport }),
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

/** A computer goes down in one way: that of the first UPS that asks for anything. */
const decidingOf = (upses: readonly UpsSettings[]): UpsSettings | undefined =>
  upses.find(({ shutdownaction }) => shutdownaction !== 'nothing');

function aroundOf(upses: readonly UpsSettings[]): AroundAction {
  const deciding = decidingOf(upses);
  if (!deciding) return POLICY_DEFAULTS.around;
  const { shutdownbefore: before, shutdownafter: after, shutdownextratimeout } = deciding;
  return {
    ...(before === '' ? {} : { before }),
    ...(after === '' ? {} : { after }),
    timeout: asSeconds(shutdownextratimeout),
  };
}

function actionOf(upses: readonly UpsSettings[]): ShutdownAction {
  const deciding = decidingOf(upses);
  if (!deciding) return { kind: 'nothing' };
  const { shutdownaction: kind, shutdowncmd: command } = deciding;
  // `command` without one cannot be set.
  if (kind === 'command' || standsForCommand(deciding)) return { kind: 'command', command, timeout: COMMAND_TIMEOUT };
  return { kind };
}

/** A simulation never takes a computer down; a command that somebody wrote for it is run. */
const onlyCommand = (action: ShutdownAction): ShutdownAction =>
  action.kind === 'command' ? action : { kind: 'nothing' };
