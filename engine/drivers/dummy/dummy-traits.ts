/** What NUT's dummy-ups says of its variables: all can be written, most are short strings. Source: observed, 2.8.0. */
import type { VariableTraits } from '#engine/drivers/driver.ts';

const NUMBERS = new Set([
  'battery.charge',
  'battery.charge.low',
  'battery.charge.restart',
  'battery.current',
  'battery.runtime',
  'battery.runtime.low',
  'battery.temperature',
  'battery.voltage',
  'battery.voltage.nominal',
  'input.frequency',
  'input.transfer.boost.high',
  'input.transfer.boost.low',
  'input.transfer.high',
  'input.transfer.low',
  'input.transfer.trim.high',
  'input.transfer.trim.low',
  'input.voltage',
  'input.voltage.maximum',
  'input.voltage.minimum',
  'input.voltage.nominal',
  'output.current',
  'output.frequency',
  'output.voltage',
  'ups.delay.reboot',
  'ups.delay.shutdown',
  'ups.delay.start',
  'ups.load',
  'ups.temperature',
  'ups.test.interval',
]);

const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['input.quality', 6],
  ['input.sensitivity', 1],
  ['input.transfer.reason', 1],
  ['ups.date', 16],
  ['ups.firmware', 16],
  ['ups.firmware.aux', 16],
  ['ups.id', 16],
  ['ups.mfr.date', 16],
  ['ups.test.result', 16],
  ['ups.time', 16],
]);
const USUAL_LENGTH = 32;

const NUMBER: VariableTraits = { isWritable: true };
const stringOf = (maxLength: number): VariableTraits => ({ isWritable: true, kind: 'string', maxLength });
const USUAL = stringOf(USUAL_LENGTH);

export function dummyTraits(variable: string): VariableTraits {
  const key = variable.toLowerCase();
  if (NUMBERS.has(key)) return NUMBER;
  const length = LENGTHS.get(key);
  return length === undefined ? USUAL : stringOf(length);
}
