import { describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createUpsStore } from './ups-store.ts';
import type { UpsChange } from './ups-state.ts';

const unplugged = new DriverError('driver/unplugged', { device: 'Demo UPS' });

function storeWith(options: Record<string, string | true> = {}) {
  const clock = createFakeClock();
  const store = createUpsStore(clock);
  const changes: UpsChange[] = [];
  store.subscribe((change) => changes.push(change));
  store.add({ name: 'Office', driver: 'dummy-ups', port: 'x.dev', options }, 15);
  const value = (name: string) => store.get('office')?.variables.get(name)?.value;
  return { clock, store, changes, value };
}

describe('one UPS in the store', () => {
  test('waits until its first full set of data, and then shows it sorted without case', () => {
    const { store, value } = storeWith();
    expect(store.get('OFFICE')?.availability).toBe('not-connected');
    store.dispatch('office', { type: 'connected' });
    expect(value('ups.status')).toBe('WAIT');
    store.dispatch('office', { type: 'update', set: { 'ups.status': 'OL', 'UPS.Mfr': 'X', 'battery.charge': '90' } });
    store.dispatch('office', { type: 'ready' });
    expect([...(store.get('office')?.variables.keys() ?? [])]).toEqual(['battery.charge', 'ups.mfr', 'ups.status']);
    expect(value('ups.status')).toBe('OL');
  });

  test('counts changes without a gap and is silent when nothing changed', () => {
    const { store, changes } = storeWith();
    store.dispatch('office', { type: 'connected' });
    store.dispatch('office', { type: 'update', set: { 'battery.charge': '90' } });
    store.dispatch('office', { type: 'update', set: { 'battery.charge': '90' } });
    store.dispatch('office', { type: 'update', set: { 'battery.charge': '89' } });
    expect(changes.map((change) => change.sequence)).toEqual(changes.map((_, index) => index + 1));
    expect(changes.at(-1)?.set).toEqual({ 'battery.charge': '89' });
    expect(changes.filter((change) => change.set['battery.charge'] === '90')).toHaveLength(1);
  });

  test('goes stale by itself after MAXAGE and one second, holds its values, and is fresh with the next word', async () => {
    const { store, clock, value } = storeWith();
    store.dispatch('office', { type: 'connected' });
    store.dispatch('office', { type: 'update', set: { 'battery.charge': '90' } });
    await clock.advance(16_000);
    expect(store.get('office')?.availability).toBe('available');
    await clock.advance(10);
    expect(store.get('office')?.availability).toBe('stale');
    expect(value('battery.charge')).toBe('90');
    store.dispatch('office', { type: 'alive' });
    expect(store.get('office')?.availability).toBe('available');
  });

  test('a driver that says stale is stale at once, whatever else it says, until it says fresh', () => {
    const { store } = storeWith();
    store.dispatch('office', { type: 'connected' });
    store.dispatch('office', { type: 'stale', error: unplugged });
    store.dispatch('office', { type: 'alive' });
    expect(store.get('office')?.availability).toBe('stale');
    expect(store.get('office')?.error?.code).toBe('driver/unplugged');
    store.dispatch('office', { type: 'fresh' });
    expect(store.get('office')?.availability).toBe('available');
    expect(store.get('office')?.error).toBeUndefined();
  });

  test('a lost source forgets its data, the forced shutdown stays', () => {
    const { store } = storeWith();
    store.dispatch('office', { type: 'connected' });
    store.dispatch('office', { type: 'update', set: { 'battery.charge': '90' }, commands: ['load.off'] });
    store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    store.dispatch('office', { type: 'disconnected', error: unplugged });
    const state = store.get('office');
    expect(state?.variables.size).toBe(0);
    expect(state?.commands).toEqual([]);
    expect(state?.isForcedShutdown).toBe(true);
  });

  test('default fills a gap, override always wins and is read-only', () => {
    const { store, value } = storeWith({ 'default.battery.type': 'PbAc', 'override.battery.charge.low': '30' });
    store.dispatch('office', { type: 'connected' });
    store.dispatch('office', {
      type: 'update',
      set: { 'battery.charge.low': '10' },
      traits: { 'battery.charge.low': { isWritable: true } },
    });
    expect(value('battery.type')).toBe('PbAc');
    expect(value('battery.charge.low')).toBe('30');
    expect(store.get('office')?.variables.get('battery.charge.low')?.traits.isWritable).toBeUndefined();
    store.dispatch('office', { type: 'update', set: { 'battery.type': 'Li' } });
    expect(value('battery.type')).toBe('Li');
  });

  test('ignorelb compares with the limits that override gives, as NUT users write them', () => {
    const { store, value } = storeWith({
      ignorelb: true,
      'override.battery.charge.low': '30',
      'override.battery.runtime.low': '180',
    });
    store.dispatch('office', { type: 'connected' });
    const tell = (charge: string, runtime: string): void =>
      store.dispatch('office', {
        type: 'update',
        set: { 'battery.charge': charge, 'battery.charge.low': '10', 'battery.runtime': runtime },
        conditions: ['offline', 'dischrg', 'lowbatt'],
      });
    tell('31', '600');
    expect(value('ups.status')).toBe('OB DISCHRG');
    tell('29', '600');
    expect(value('ups.status')).toBe('OB DISCHRG LB');
    tell('29.9', '170');
    expect(value('ups.status')).toBe('OB DISCHRG LB');
    tell('30', '179');
    expect(value('ups.status')).toBe('OB DISCHRG LB');
    tell('30', '180');
    expect(value('ups.status')).not.toContain('LB');
  });

  test('a held-back low battery appears by itself when its time is over', async () => {
    const clock = createFakeClock();
    const store = createUpsStore(clock);
    store.add({ name: 'bx', driver: 'usbhid-ups', port: 'auto', options: {} }, 15);
    store.dispatch('bx', { type: 'connected' });
    store.dispatch('bx', {
      type: 'update',
      conditions: ['online', 'lowbatt'],
      statusDefaults: { lowBatteryDelaySeconds: 3 },
    });
    expect(store.get('bx')?.variables.get('ups.status')?.value).toBe('OL');
    await clock.advance(3000);
    expect(store.get('bx')?.variables.get('ups.status')?.value).toBe('OL LB');
  });

  test('stopping leaves no timer behind', () => {
    const { store, clock } = storeWith();
    store.dispatch('office', { type: 'connected' });
    store.stop();
    expect(clock.pending).toBe(0);
  });
});
