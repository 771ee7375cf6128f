/** What the wizard needs of this computer; engine/adapters/setup-system.ts is the real one. */
import type { Text } from '#domain/messages/message.ts';
import type { FirewallHint, Opening } from './firewall.ts';
import type { Neighbour } from './neighbours.ts';
import type { LowBattery } from './power-rules.ts';
import type { RuleState } from './udev-rule.ts';

/**
 * How putting the rule in place ended. `by-hand`: nobody can be asked for the right to do so here, or nobody gave it;
 * `foreign`: somebody else's file has its name, and stays.
 */
export interface RuleInstallation {
  readonly outcome: 'installed' | 'already' | 'by-hand' | 'foreign' | 'failed';
  /** Does the same in a terminal. */
  readonly command: string;
  readonly reason?: Text;
}

export interface SetupSystem {
  /**
   * What gets in the way of this program; empty where nobody can tell.
   * @param low where the UPSes call their batteries low: rules of the system that come later are none
   */
  neighbours(low: LowBattery): Promise<readonly Neighbour[]>;
  /** A firewall that may keep others from the NUT server; undefined where none is on, or nobody can tell. */
  firewall(opening: Opening): Promise<FirewallHint | undefined>;
  /** Undefined where the system needs no rule. @throws SettingsError settings/cannot-read */
  rule(): Promise<RuleState | undefined>;
  /** @throws SettingsError settings/cannot-read */
  installRule(): Promise<RuleInstallation>;
}
