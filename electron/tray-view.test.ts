import { describe, expect, test } from 'vitest';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { monitorWith } from '#tests/support/monitor-view.ts';
import { upsWith } from './test-support.ts';
import { trayView } from './tray-view.ts';

const seen = (snapshot: UpsSnapshot, onBatterySince?: number) => ({ snapshot, onBatterySince });
const viewOf = (snapshot: UpsSnapshot) => trayView([seen(snapshot)], 'running', 0, 'en');
const actions = (view: ReturnType<typeof trayView>) => view.menu.filter((item) => item.kind === 'action');

test.each([
  ['OL', '100', { shape: 'plug', tone: 'mains' }],
  ['OL BOOST', '100', { shape: 'plug', tone: 'mains' }],
  ['OL CHRG', '40', { shape: 'charging', tone: 'mains' }],
  ['OB DISCHRG', '100', { shape: 'battery-4', tone: 'battery' }],
  ['OB DISCHRG', '50', { shape: 'battery-2', tone: 'battery' }],
  ['OB DISCHRG', '3', { shape: 'battery-0', tone: 'battery' }],
  ['OB LB', '8', { shape: 'low', tone: 'danger' }],
  ['FSD OB LB', '8', { shape: 'off', tone: 'danger' }],
  ['OL OFF', '100', { shape: 'off', tone: 'danger' }],
  ['OL OVER', '100', { shape: 'alert', tone: 'care' }],
  ['OL RB', '100', { shape: 'alert', tone: 'care' }],
  ['OL CAL', '70', { shape: 'battery-3', tone: 'test' }],
])('%s at %s %% has its icon', (status, charge, icon) => {
  expect(viewOf(upsWith({ 'ups.status': status, 'battery.charge': charge })).icon).toEqual(icon);
});

test('mains, battery, low, fault and no contact have a shape each: macOS shows no colours', () => {
  const shapes = ['OL', 'OB DISCHRG', 'OB LB', 'FSD OB LB', 'ALARM OL'].map(
    (status) => viewOf(upsWith({ 'ups.status': status, 'battery.charge': '8' })).icon.shape,
  );
  const lost = viewOf(upsWith({ 'ups.status': 'OL' }, { availability: 'not-connected' })).icon.shape;
  expect(new Set([...shapes, lost]).size).toBe(6);
});

test('on battery with an unknown charge no level is made up', () => {
  expect(viewOf(upsWith({ 'ups.status': 'OB' })).icon.shape).toBe('battery-unknown');
});

test.each(['stale', 'not-connected'] as const)('a UPS that is %s is struck through', (availability) => {
  expect(viewOf(upsWith({ 'ups.status': 'OL' }, { availability })).icon).toEqual({ shape: 'no-contact', tone: 'none' });
});

test('the tooltip says how long the outage has lasted and what is left', () => {
  const outage = upsWith({ 'ups.status': 'OB DISCHRG', 'battery.runtime': '840' });
  expect(trayView([seen(outage, 1_000)], 'running', 121_000, 'en').tooltip).toBe(
    'On battery for 2\u00a0min. About 14\u00a0min left.',
  );
});

test('of several UPSes the worst gives the icon and each has its line', () => {
  const view = trayView(
    [
      seen(upsWith({ 'ups.status': 'OL', 'battery.charge': '100' })),
      seen(upsWith({ 'ups.status': 'OB LB' }, { name: 'attic' })),
    ],
    'running',
    0,
    'en',
  );
  expect(view.icon.shape).toBe('low');
  expect(view.tooltip).toBe('office: On mains power. Battery full.\nattic: The battery is nearly empty.');
  expect(view.menu.filter((item) => item.kind === 'status')).toHaveLength(2);
});

test('a tooltip is never longer than Windows shows', () => {
  const many = Array.from({ length: 9 }, (_, at) => seen(upsWith({ 'ups.status': 'OL' }, { name: `ups${at}` })));
  const { tooltip } = trayView(many, 'running', 0, 'en');
  expect(tooltip.length).toBeLessThanOrEqual(127);
  expect(tooltip.endsWith('…')).toBe(true);
});

test('the menu offers only commands that the UPS has', () => {
  expect(actions(viewOf(upsWith({ 'ups.status': 'OL' }))).map((item) => item.label)).toEqual([
    'Open Ridethrough',
    'Quit Ridethrough…',
  ]);
  const able = upsWith({ 'ups.status': 'OL' }, { commands: ['beeper.mute', 'test.battery.start.quick', 'load.off'] });
  expect(actions(viewOf(able)).map((item) => item.action)).toEqual([
    { type: 'open' },
    { type: 'command', ups: 'office', command: 'beeper.mute' },
    { type: 'command', ups: 'office', command: 'test.battery.start.quick' },
    { type: 'quit' },
  ]);
});

test('the battery is not tested while it is all there is', () => {
  const commands = ['beeper.mute', 'test.battery.start.quick'];
  const enabled = (snapshot: UpsSnapshot) => actions(viewOf(snapshot)).map((item) => item.isEnabled);
  expect(enabled(upsWith({ 'ups.status': 'OB' }, { commands }))).toEqual([true, true, false, true]);
  expect(enabled(upsWith({ 'ups.status': 'OL' }, { commands, availability: 'stale' }))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('while the program ends nothing of the last state is shown', () => {
  const view = trayView([seen(upsWith({ 'ups.status': 'OL' }))], 'ending', 0, 'en');
  expect(view.tooltip).toBe('Ridethrough is ending.');
  expect(view.icon.shape).toBe('no-contact');
  expect(actions(view).every((item) => !item.isEnabled)).toBe(true);
});

test('after a start that failed the tray does not say that it is starting', () => {
  const view = trayView([], 'failed', 0, 'en');
  expect(view.tooltip).toBe('Nothing is watched: the start failed.');
  expect(view.icon.shape).toBe('no-contact');
  expect(actions(view).every((item) => item.isEnabled)).toBe(true);
});

test('without a UPS the tray says so', () => {
  expect(trayView([], 'running', 0, 'en').tooltip).toBe('No UPS is set up.');
});

test('tooltip and menu speak the language asked for', () => {
  const commands = ['beeper.mute', 'test.battery.start.quick'];
  const outage = upsWith({ 'ups.status': 'OB DISCHRG', 'battery.runtime': '840' }, { commands });
  const view = trayView([seen(outage, 0)], 'running', 120_000, 'de');
  expect(view.tooltip).toBe('Seit 2\u00a0min im Akkubetrieb. Noch etwa 14\u00a0min.');
  expect(actions(view).map((item) => item.label)).toEqual([
    'Ridethrough öffnen',
    'Warnton stummschalten',
    'Akku testen',
    'Ridethrough beenden …',
  ]);
});

describe('a shutdown that is on its way', () => {
  const outage = seen(upsWith({ 'ups.status': 'OB DISCHRG', 'battery.runtime': '840', 'battery.charge': '80' }));
  const counting = monitorWith({ phase: 'counting-down', endsAt: 272_000, canCancel: true, canPostpone: true });
  const view = (monitor: MonitorView, now = 0) => trayView([outage], 'running', now, 'en', monitor);
  const labels = (monitor: MonitorView, now = 0) =>
    view(monitor, now).menu.flatMap((item) => (item.kind === 'separator' ? [] : [item.label]));

  test('counts down in the tooltip, and offers the three wishes first', () => {
    expect(view(counting).tooltip).toMatch(/^Shutting down in 4:32\.\nOn battery/);
    expect(labels(counting).slice(0, 4)).toEqual([
      'Shutting down in 4\u00a0min.',
      'Cancel this shutdown',
      'Wait 5 more minutes',
      'Shut down now…',
    ]);
    expect(actions(view(counting)).map(({ action }) => action)).toContainEqual({ type: 'wish', wish: 'postpone' });
  });

  test('leaves an open menu alone from one second to the next', () => {
    expect(view(counting, 1000).menu).toEqual(view(counting, 2000).menu);
  });

  test('that cannot be stopped any more offers nothing, and has the icon of what goes off', () => {
    const going = monitorWith({ phase: 'final-delay', endsAt: 5000, canShutDown: false });
    expect(view(going).icon).toEqual({ shape: 'off', tone: 'danger' });
    expect(labels(going)).not.toContain('Cancel this shutdown');
    expect(labels(going)).not.toContain('Shut down now…');
  });

  test('that failed can be tried again', () => {
    expect(labels(monitorWith({ phase: 'failed' }))).toContain('Try again…');
  });

  test('on mains there is nothing of it', () => {
    expect(labels(monitorWith())).not.toContain('Shut down now…');
  });
});
