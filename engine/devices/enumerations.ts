/** Closed registry: NUT texts of device codes, by code. A code that is not listed is not published. */
import type { EnumerationName } from '#domain/schema/device-definition.ts';

export type CodeTexts = Readonly<Record<string, string>>;

export const ENUMERATIONS: Readonly<Record<EnumerationName, CodeTexts>> = {
  'apc-sensitivity': { '0': 'low', '1': 'medium', '2': 'high' },
  /** Source: HID Power Devices 4.1.5, AudibleAlarmControl. */
  beeper: { '1': 'disabled', '2': 'enabled', '3': 'muted' },
  /** Powercom counts the other way round. */
  'beeper-powercom': { '1': 'enabled', '2': 'disabled' },
  'bypass-off': { '0': 'disabled', '1': 'off' },
  'cps-sensitivity': { '0': 'low', '1': 'normal', '2': 'high' },
  'delta-output-source': {
    '0': 'normal',
    '1': 'battery',
    '2': 'bypass/reserve',
    '3': 'reducing',
    '4': 'boosting',
    '5': 'manual bypass',
    '6': 'other',
    '7': 'no output',
    '8': 'on eco',
  },
  'delta-sensitivity': { '0': 'normal', '1': 'reduced', '2': 'low' },
  'eaton-charger-type': {
    '0': 'None',
    '1': 'Extended (CLA)',
    '2': 'Large extension',
    '3': 'Extra large extension (XL)',
    '4': 'ABM',
    '5': 'Constant Charge (CC)',
  },
  'eaton-sensitivity': { '0': 'normal', '1': 'high', '2': 'low' },
  'eaton-type': {
    '1': 'offline / line interactive',
    '2': 'online',
    '3': 'online - unitary/parallel',
    // Spelled as NUT clients know it.
    '4': 'online - parallel with hot standy',
    '5': 'online - hot standby redundancy',
  },
  'enabled-disabled': { '0': 'disabled', '1': 'enabled' },
  'on-off': { '0': 'off', '1': 'on' },
  'outlet-eco': { '0': 'The outlet is not ECO controlled', '1': 'The outlet is ECO controlled' },
  'outlet-protection': { '0': 'not powered', '1': 'not protected', '2': 'protected' },
  /** Source: HID Power Devices 4.1.5, Test. */
  'test-result': {
    '1': 'Done and passed',
    '2': 'Done and warning',
    '3': 'Done and error',
    '4': 'Aborted',
    '5': 'In progress',
    '6': 'No test initiated',
    '7': 'Test scheduled',
  },
  'test-result-belkin': {
    '0': 'No test initiated',
    '1': 'Done and passed',
    '2': 'Done and warning',
    '3': 'Done and error',
    '4': 'Aborted',
    '5': 'In progress',
  },
  'yes-no': { '0': 'no', '1': 'yes' },
};
