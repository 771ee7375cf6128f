import { describe, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createIncidentLog } from './incidents.ts';

function watched() {
  const clock = createFakeClock();
  const store = createUpsStore(clock);
  const log = createIncidentLog(store);
  store.add({ name: 'office', driver: 'dummy-ups', port: 'x.dev', options: {} }, 3600);
  const say = (set: Record<string, string>) => store.dispatch('office', { type: 'update', set });
  const begin = () => {
    store.dispatch('office', { type: 'connected' });
    say({ 'ups.status': 'OL', 'battery.charge': '100' });
    store.dispatch('office', { type: 'ready' });
  };
  return { clock, store, log, say, begin };
}

describe('incidents of one UPS', () => {
  test('a start without contact is not an incident, a lost contact is', () => {
    const { store, log, begin } = watched();
    const gone = { type: 'disconnected', error: new DriverError('driver/unplugged', { device: 'UPS' }) } as const;
    store.dispatch('office', gone);
    expect(log.list()).toEqual([]);
    begin();
    store.dispatch('office', gone);
    expect(log.list()).toMatchObject([{ kind: 'no-contact', detail: 'UPS is unplugged.' }]);
  });

  test('an outage is one incident from the loss of mains to its return, with its lowest charge', async () => {
    const { clock, log, say, begin } = watched();
    begin();
    say({ 'ups.status': 'OB DISCHRG' });
    await clock.advance(90_000);
    say({ 'battery.charge': '71' });
    say({ 'battery.charge': '74' });
    say({ 'ups.status': 'OL CHRG' });
    const [outage] = log.list();
    expect(outage).toMatchObject({ kind: 'on-battery', chargeAtStart: 100, chargeLowest: 71 });
    expect(outage!.endedAt! - outage!.startedAt).toBe(90_000);
  });

  test('an outage stays open while contact is lost, for nobody knows whether the mains are back', () => {
    const { store, log, say, begin } = watched();
    begin();
    say({ 'ups.status': 'OB' });
    store.dispatch('office', { type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) });
    expect(log.list().map((incident) => [incident.kind, incident.endedAt])).toEqual([
      ['no-contact', undefined],
      ['on-battery', undefined],
    ]);
    store.dispatch('office', { type: 'fresh' });
    say({ 'ups.status': 'OL' });
    expect(log.list().every((incident) => incident.endedAt !== undefined)).toBe(true);
  });

  test('an outage does not end because the driver connects anew, only because the device says so', () => {
    const { store, log, say, begin } = watched();
    begin();
    say({ 'ups.status': 'OB' });
    store.dispatch('office', { type: 'connected' });
    say({ 'battery.charge': '60' });
    expect(log.list().map((incident) => [incident.kind, incident.endedAt])).toEqual([['on-battery', undefined]]);
    say({ 'ups.status': 'OB' });
    store.dispatch('office', { type: 'ready' });
    expect(log.list()).toHaveLength(1);
    say({ 'ups.status': 'OL' });
    expect(log.list()[0]?.endedAt).toBeDefined();
  });

  test('what lasts of a UPS that was removed has ended', () => {
    const { store, log, say, begin } = watched();
    begin();
    say({ 'ups.status': 'OB' });
    const told: (number | undefined)[] = [];
    log.onIncident((incident) => told.push(incident.endedAt));
    log.endOfRemoved(5);
    expect(told).toEqual([]);
    store.remove('office');
    log.endOfRemoved(7);
    log.endOfRemoved(8);
    expect(told).toEqual([7]);
    expect(log.list()).toMatchObject([{ kind: 'on-battery', endedAt: 7 }]);
  });

  test('a forced shutdown lasts until it is taken back', () => {
    const { store, log, begin } = watched();
    begin();
    store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    expect(log.list()).toMatchObject([{ kind: 'forced-shutdown' }]);
    store.dispatch('office', { type: 'forced-shutdown', isSet: false });
    expect(log.list()[0]?.endedAt).toBeDefined();
  });

  test('never keeps more than its limit, and never drops one that still lasts', () => {
    const { log, say, begin } = watched();
    begin();
    say({ 'ups.status': 'OL RB' });
    for (let round = 0; round < 300; round += 1) {
      say({ 'ups.status': 'OB RB' });
      say({ 'ups.status': 'OL RB' });
    }
    expect(log.list().length).toBeLessThanOrEqual(200);
    expect(log.list().some((incident) => incident.kind === 'replace-battery')).toBe(true);
  });
});
