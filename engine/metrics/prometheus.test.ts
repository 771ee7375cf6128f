import { expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { renderMetrics } from './prometheus.ts';

const program = { version: '1.2.3', nutClients: 2, nutRefused: 3, webClients: 1, startedAtSeconds: 100 };

function officeWith(set: Record<string, string>) {
  const clock = createFakeClock();
  const store = createUpsStore(clock);
  store.add({ name: 'off"ice', driver: 'dummy-ups', port: 'x', options: {} }, 15);
  store.dispatch('off"ice', { type: 'connected' });
  store.dispatch('off"ice', { type: 'update', set });
  return { store, clock, metrics: () => renderMetrics(store.list(), program, clock.now()) };
}

test('every quantity is a gauge with the name of the usual exporters, names and texts are not', () => {
  const { metrics } = officeWith({
    'battery.charge': '97',
    'input.transfer.low': '184.5',
    'ups.status': 'OL CHRG',
    'ups.serial': '12345',
    'ups.productid': '0002',
    'ups.mfr.date': '2024',
    'ups.firmware': '2.1',
    'device.model': 'Back-UPS "X"',
  });
  const text = metrics();
  expect(text).toContain('network_ups_tools_battery_charge{ups="off\\"ice"} 97\n');
  expect(text).toContain('network_ups_tools_input_transfer_low{ups="off\\"ice"} 184.5\n');
  expect(text).toContain('network_ups_tools_ups_status{ups="off\\"ice",flag="OL"} 1\n');
  expect(text).toContain('network_ups_tools_ups_status{ups="off\\"ice",flag="OB"} 0\n');
  expect(text).not.toMatch(/ups_serial|productid|mfr_date|ups_firmware/);
  expect(text).toContain('model="Back-UPS \\"X\\""');
  expect(text).toContain('ridethrough_build_info{version="1.2.3"} 1\n');
});

test('each family is announced once, and every line is well-formed', () => {
  const text = officeWith({ 'ups.status': 'OB LB', 'battery.charge': '9' }).metrics();
  const types = text.split('\n').filter((line) => line.startsWith('# TYPE'));
  expect(new Set(types).size).toBe(types.length);
  for (const line of text
    .trimEnd()
    .split('\n')
    .filter((each) => !each.startsWith('#'))) {
    expect(line).toMatch(/^[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? -?[\d.e+-]+$/);
  }
});

test('no line comes twice, whatever names a driver gives its variables', () => {
  const text = officeWith({
    'ups.status': 'OL',
    up: '5',
    'device.info': '7',
    'a.b-c': '1',
    'a.b.c': '2',
    'line\nbreak\\': '3',
  }).metrics();
  const lines = text.trimEnd().split('\n');
  const series = lines.filter((line) => !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''));
  expect(series.filter((each, at) => series.indexOf(each) !== at)).toEqual([]);
  expect(text).toContain('network_ups_tools_up{ups="off\\"ice"} 1\n');
  expect(series.filter((each) => each.startsWith('network_ups_tools_device_info'))).toHaveLength(1);
  expect(text).toContain('# HELP network_ups_tools_line_break_ Variable line\\nbreak\\\\.\n');
});

test('the time of a poll is told where there is one, and the age of the data is that of the last sign of life', async () => {
  const { store, clock, metrics } = officeWith({ 'battery.charge': '97' });
  expect(metrics()).not.toContain('poll_duration');
  await clock.advance(5_000);
  store.dispatch('off"ice', { type: 'alive' });
  store.dispatch('off"ice', { type: 'polled', tookMs: 42 });
  expect(metrics()).toContain('ridethrough_poll_duration_seconds{ups="off\\"ice"} 0.042\n');
  expect(metrics()).toContain('ridethrough_ups_data_age_seconds{ups="off\\"ice"} 0\n');
});

test('old data are left out rather than repeated', () => {
  const { store, metrics } = officeWith({ 'battery.charge': '97' });
  store.dispatch('off"ice', { type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) });
  expect(metrics()).toContain('network_ups_tools_up{ups="off\\"ice"} 0\n');
  expect(metrics()).not.toContain('battery_charge');
});
