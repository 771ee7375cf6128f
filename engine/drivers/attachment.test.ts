import { expect, test } from 'vitest';
import { attachmentOf } from './attachment.ts';

test.each([
  ['usbhid-ups', 'auto', 'cable'],
  ['blazer_ser', '/dev/ttyS0', 'cable'],
  ['apc_modbus', 'auto', 'cable'],
  ['apc_modbus', '/dev/ttyUSB0', 'cable'],
  ['apc_modbus', 'COM3', 'cable'],
  ['nut-ipmipsu', 'id0', 'cable'],
  ['apc_modbus', '192.0.2.7:502', 'network'],
  ['nut-ipmipsu', 'bmc.example', 'network'],
  ['snmp-ups', '192.0.2.7', 'network'],
  ['netxml-ups', 'http://192.0.2.7', 'network'],
  ['apcupsd-ups', 'localhost:3551', 'network'],
  ['dummy-ups', 'office@localhost', 'network'],
  ['dummy-ups', 'office.dev', 'simulated'],
  ['usbhid-ups', 'recording:units/office', 'simulated'],
  ['demo', 'auto', 'simulated'],
  ['clone', 'usbhid-ups-office', undefined],
])('a unit of %s at %s hangs on this computer by: %s', (driver, port, expected) => {
  expect(attachmentOf({ driver, port })).toBe(expected);
});
