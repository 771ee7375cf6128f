/** The options of ups.conf that change how data are shown, whatever the native driver. */
import type { StatusDefaults, UpsConfig } from '#engine/drivers/driver.ts';
import { isNativeDriver } from '#engine/drivers/native-drivers.ts';

export interface StateOptions {
  readonly maxAgeSeconds: number;
  /** `default.*`: shown while the device says nothing. Name as written. */
  readonly defaults: ReadonlyMap<string, string>;
  /** `override.*`: always shown, read-only. */
  readonly overrides: ReadonlyMap<string, string>;
  /** LB follows battery.charge(.low) and battery.runtime(.low) instead of the device's own flag. */
  readonly ignoresLowBattery: boolean;
  readonly onlineDischargeIsOnBattery: boolean;
  readonly onlineDischargeIsCalibration: boolean;
  /** LB and RB must last this long while on line before they are shown; 0: at once. */
  readonly lowBatteryDelaySeconds: number;
  /** Hold LB and RB back outside a calibration as well. */
  readonly delaysLowBatteryAlways: boolean;
}

/**
 * Reads the options of one UPS.
 * An installed NUT driver applies them itself: for those nothing is done twice.
 * @param deviceDefaults what the device definition asks for where the user said nothing
 */
export function stateOptionsOf(
  config: UpsConfig,
  maxAgeSeconds: number,
  deviceDefaults: StatusDefaults = {},
): StateOptions {
  const options = isNativeDriver(config.driver) ? config.options : {};
  const isOn = (name: string): boolean => {
    const value = options[name];
    return value === true || (typeof value === 'string' && /^(1|yes|true|on|enabled)$/i.test(value));
  };
  const prefixed = (prefix: string): ReadonlyMap<string, string> =>
    new Map(
      Object.entries(options)
        .filter(([name, value]) => name.startsWith(prefix) && name.length > prefix.length && value !== true)
        .map(([name, value]) => [name.slice(prefix.length), String(value)]),
    );
  const asked = Number.parseInt(String(options.lbrb_log_delay_sec ?? ''), 10);
  const isDelayGiven = Number.isFinite(asked) && asked >= 0;
  return {
    maxAgeSeconds,
    defaults: prefixed('default.'),
    overrides: prefixed('override.'),
    ignoresLowBattery: isOn('ignorelb'),
    onlineDischargeIsOnBattery: isOn('onlinedischarge_onbattery') || isOn('onlinedischarge'),
    onlineDischargeIsCalibration: isOn('onlinedischarge_calibration'),
    lowBatteryDelaySeconds: isDelayGiven ? asked : (deviceDefaults.lowBatteryDelaySeconds ?? 0),
    delaysLowBatteryAlways:
      isOn('lbrb_log_delay_without_calibrating') ||
      (!isDelayGiven && deviceDefaults.lowBatteryDelaySeconds !== undefined),
  };
}
