import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import type { UpsConfig } from './driver.ts';

/** Drivers that reach their unit over the network, whatever their port says. Source: NUT's manual pages. */
const OVER_THE_NETWORK: ReadonlySet<string> = new Set(['apcupsd-ups', 'netxml-ups', 'powerman-pdu', 'snmp-ups']);
/** Drivers whose port is a device of this computer or the name of a host. */
const EITHER_WAY: ReadonlySet<string> = new Set(['apc_modbus', 'generic_modbus', 'nut-ipmipsu']);
/** A file, a COM port of Windows, the only device of its kind, or IPMI's own controller. */
const OWN_DEVICE = /^(\/|\\\\\.\\|COM\d+$|auto$|id\d+$)/i;
/** Drivers that show what other drivers read: where the unit hangs is not in their section. */
const OF_OTHERS: ReadonlySet<string> = new Set(['clone', 'clone-outlet', 'failover']);

/**
 * How a unit hangs on this computer, as far as its section tells.
 * @returns undefined when it does not
 */
export function attachmentOf({ driver, port }: Pick<UpsConfig, 'driver' | 'port'>): UpsSnapshot['attachment'] {
  if (driver === 'demo' || port.startsWith(RECORDING_PREFIX)) return 'simulated';
  if (driver === 'dummy-ups') return port.includes('@') ? 'network' : 'simulated';
  if (OVER_THE_NETWORK.has(driver)) return 'network';
  if (OF_OTHERS.has(driver)) return undefined;
  return EITHER_WAY.has(driver) && !OWN_DEVICE.test(port) ? 'network' : 'cable';
}
