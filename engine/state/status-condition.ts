/**
 * Conditions a driver that decodes a device itself reports; `ups.status` is composed from them (compose-status.ts).
 * The words are those of NUT's HID driver (nut-facts: hid-subdrivers.json, statusBits).
 */
export const STATUS_CONDITIONS = [
  'online',
  'offline',
  'dischrg',
  'chrg',
  'lowbatt',
  'overload',
  'replacebatt',
  'shutdownimm',
  'trim',
  'boost',
  'bypassauto',
  'bypassman',
  'off',
  'cal',
  'overheat',
  'commfault',
  'depleted',
  'timelimitexp',
  'fullycharged',
  'notfullycharged',
  'fanfail',
  'nobattery',
  'battvoltlo',
  'battvolthi',
  'chargerfail',
  'awaitingpower',
  'vrange',
  'frange',
  'ecomode',
  'essmode',
] as const;

export type StatusCondition = (typeof STATUS_CONDITIONS)[number];
