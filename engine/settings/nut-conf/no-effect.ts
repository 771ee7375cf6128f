/** Options of ups.conf that are accepted, since files of NUT hold them, and change nothing with a driver of ours. */
import { phrase, type Phrase } from '#domain/messages/message.ts';
import { isNativeDriver } from '#engine/drivers/native-drivers.ts';

/** Options and directives that stand for something that is not here or cannot be otherwise, and why that is. */
export const WHY_NO_EFFECT = {
  driverProgram: phrase('idle.driver-program', {}),
  ownUser: phrase('idle.own-user', {}),
  systemHid: phrase('idle.system-hid', {}),
  always: phrase('idle.always', {}),
  ownTimers: phrase('idle.own-timers', {}),
  ownData: phrase('idle.own-data', {}),
  upsdSays: phrase('idle.upsd-says', {}),
  scripts: phrase('idle.scripts', {}),
  plainFile: phrase('idle.plain-file', {}),
} as const satisfies Record<string, Phrase>;

const { driverProgram, ownUser, systemHid, always } = WHY_NO_EFFECT;
const NATIVELY: ReadonlyMap<string, Phrase> = new Map([
  ['user', ownUser],
  ['group', ownUser],
  ['nolock', driverProgram],
  ['synchronous', driverProgram],
  ['maxstartdelay', driverProgram],
  ['maxretry', driverProgram],
  ['retrydelay', driverProgram],
  ['LIBUSB_DEBUG', systemHid],
  ['usb_set_altinterface', systemHid],
  ['usb_config_index', systemHid],
  ['usb_hid_desc_index', systemHid],
  ['usb_hid_ep_in', systemHid],
  ['usb_hid_ep_out', systemHid],
  // Every request has room for the longest report there is (adapters/node-hid-connection.ts).
  ['maxreport', always],
  // What it asks for is how node-hid reaches a device on Windows.
  ['winhid', always],
  ['repeater_disable_strict_start', always],
]);

/** Why an option changes nothing with this driver; undefined: it does. */
export const whyWithoutEffect = (option: string, driver: string): Phrase | undefined =>
  isNativeDriver(driver) ? NATIVELY.get(option) : undefined;
