/** What the settings ask of the shutdown monitor. */
import type { Settings, UpsSettings } from '#domain/schema/settings/settings.ts';
import { asSeconds } from '#domain/units.ts';
import {
  NO_RULES,
  POLICY_DEFAULTS,
  type MonitorPolicy,
  type ShutdownAction,
  type ShutdownRules,
  type SupplyPolicy,
} from '#engine/monitor/policy.ts';
import { parseDriverKey } from './driver-key.ts';
import { monitorPolicyOf } from './monitor-policy.ts';
import { toNutConf } from './settings-to-nut.ts';

/** A command of one's own may sync and save for long; one that hangs for so long will not do it any more. */
const COMMAND_TIMEOUT = asSeconds(3600);

/**
 * Before anybody has decided anything: this computer runs as long as the battery does and goes down when it is low.
 * @param ups name of the UPS that is looked for
 */
const automaticPolicy = (ups: string): MonitorPolicy => ({
  ...POLICY_DEFAULTS,
  supplies: [{ ups, name: ups, source: { kind: 'local' }, role: 'primary', powerValue: 1, rules: NO_RULES }],
  action: { kind: 'shutdown' },
});

/** @param attached name of the UPS that is looked for where none is configured */
export function settingsPolicy(settings: Settings, attached: string): MonitorPolicy {
  const policy = monitorPolicyOf(toNutConf(settings).conf);
  if (!policy) return automaticPolicy(attached);
  // What is simulated shuts nothing real down. Where there is nothing else it is watched, so that the plan is seen.
  const real = settings.ups.filter((ups) => !isSimulated(ups));
  const watched = real.length > 0 ? real : settings.ups;
  const { powerDownFlag: _flag, ...rest } = policy;
  return {
    ...rest,
    supplies: settings.ups.flatMap((ups, index): SupplyPolicy[] => {
      const supply = policy.supplies[index];
      if (!supply || !watched.includes(ups)) return [];
      const name = supply.source.kind === 'local' ? ups.identifier : supply.ups;
      return [{ ...supply, ups: name, rules: rulesOf(ups) }];
    }),
    action: real.length > 0 ? actionOf(real) : { kind: 'nothing' },
    powerOff: { isWanted: real.some(({ mode, powerdown }) => mode === 'MASTER' && powerdown), delay: 'measured' },
    // NOTIFYCMD and its kind are for NUT's files; people are told by the alerts.
    notices: POLICY_DEFAULTS.notices,
  };
}

const isSimulated = ({ mode, driver }: UpsSettings): boolean =>
  mode === 'MASTER' && parseDriverKey(driver).driver === 'demo';

const rulesOf = (ups: UpsSettings): ShutdownRules => ({
  mode: ups.shutdown === 'BATT' ? 'on-battery' : 'low-battery',
  timer: asSeconds(ups.shutdowntimer),
  ...(ups.shutdowncharge > 0 ? { chargeBelow: ups.shutdowncharge } : {}),
  ...(ups.shutdownruntime > 0 ? { runtimeBelow: asSeconds(ups.shutdownruntime) } : {}),
  ignoreShorterThan: asSeconds(ups.shutdownignore),
  holdDuringTest: true,
});

/** A computer goes down in one way: that of the first UPS that asks for anything. */
function actionOf(upses: readonly UpsSettings[]): ShutdownAction {
  const deciding = upses.find(({ shutdownaction }) => shutdownaction !== 'nothing');
  if (!deciding) return { kind: 'nothing' };
  const { shutdownaction: kind, shutdowncmd: command } = deciding;
  // The command stands for the system's own shutdown, as in the form it comes from.
  if (kind === 'command' || (kind === 'shutdown' && command !== '')) {
    return { kind: 'command', command, timeout: COMMAND_TIMEOUT };
  }
  return { kind };
}
