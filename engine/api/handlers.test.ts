import { afterEach, describe, expect, test } from 'vitest';
import { requests } from '#domain/contract.ts';
import { DriverError } from '#domain/errors.ts';
import { startTestEngine, type TestEngine } from '#tests/support/test-engine.ts';
import type { NumberedEvent } from './handlers.ts';

let running: TestEngine | undefined;
afterEach(() => running?.stop());

async function started(...names: string[]) {
  running = await startTestEngine(...names);
  return running;
}

describe('requests', () => {
  test('a list is everything at one moment, in the shape of the contract', async () => {
    const { api } = await started('office', 'lab');
    const answer = await api.handle('ups.list', {}, 'read');
    expect(answer.ok).toBe(true);
    const list = requests['ups.list'].result.parse(answer.ok ? answer.value : undefined);
    expect(list.upses.map((ups) => ups.name)).toEqual(['office', 'lab']);
    expect(list.upses[0]?.attachment).toBe('simulated');
    expect(list.upses[0]?.variables['ups.delay.shutdown']).toMatchObject({
      value: '20',
      isWritable: true,
      maxLength: 10,
    });
  });

  test('looking is allowed to readers, acting is not, and it does not reach the driver', async () => {
    const { api, drivers } = await started('office');
    const params = { ups: 'office', command: 'test.battery.start.quick' };
    expect(await api.handle('ups.runCommand', params, 'read')).toMatchObject({ error: { code: 'api/forbidden' } });
    expect(drivers.get('office')?.asked).toEqual([]);
    expect(await api.handle('ups.runCommand', params, 'control')).toEqual({ ok: true, value: { outcome: 'handled' } });
    expect(drivers.get('office')?.asked).toEqual(['test.battery.start.quick']);
  });

  test('trying again is acting: it reaches the driver of a UPS that cannot be read', async () => {
    const { api, drivers } = await started('office');
    drivers.get('office')?.say({ type: 'stale', error: new DriverError('driver/unplugged', { device: 'UPS' }) });
    expect(await api.handle('ups.retry', { ups: 'office' }, 'read')).toMatchObject({
      error: { code: 'api/forbidden' },
    });
    expect(await api.handle('ups.retry', { ups: 'OFFICE' }, 'control')).toEqual({ ok: true, value: {} });
    expect(drivers.get('office')?.asked).toEqual(['retry']);
  });

  test('more than one line is refused before it reaches a driver or the log', async () => {
    const { api, drivers, log } = await started('office');
    const text = '20\nINSTCMD load.off';
    for (const [name, params] of [
      ['ups.setVariable', { ups: 'office', variable: 'ups.delay.shutdown', value: text }],
      ['ups.runCommand', { ups: 'office', command: 'load.off', parameter: text }],
    ] as const) {
      expect(await api.handle(name, params, 'admin')).toMatchObject({ ok: false, error: { code: 'api/bad-request' } });
    }
    expect(drivers.get('office')?.asked).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  test('what the UPS refused is told as it is', async () => {
    const { api, drivers } = await started('office');
    drivers.get('office')!.outcome = 'invalid';
    const params = { ups: 'OFFICE', variable: 'ups.delay.shutdown', value: '30' };
    expect(await api.handle('ups.setVariable', params, 'admin')).toEqual({ ok: true, value: { outcome: 'invalid' } });
  });

  test('unknown names, broken parameters and unknown UPSes are errors with a remedy', async () => {
    const { api } = await started('office');
    for (const [name, params, code] of [
      ['no.such', {}, 'api/bad-request'],
      ['__proto__', {}, 'api/bad-request'],
      ['ups.samples', {}, 'api/bad-request'],
      ['ups.samples', { ups: 5 }, 'api/bad-request'],
      ['ups.samples', { ups: 'other' }, 'api/unknown-ups'],
    ] as const) {
      const answer = await api.handle(name, params, 'admin');
      expect(answer).toMatchObject({ ok: false, error: { code } });
      expect(answer.ok ? '' : answer.error.remedy).not.toBe('');
    }
  });

  test('a forced shutdown can be taken back by whoever may act', async () => {
    const { api, engine } = await started('office');
    engine.store.dispatch('office', { type: 'forced-shutdown', isSet: true });
    expect(await api.handle('ups.clearForcedShutdown', { ups: 'office' }, 'control')).toMatchObject({ ok: true });
    expect(engine.store.get('office')?.isForcedShutdown).toBe(false);
  });
});

describe('events', () => {
  test('are numbered without a gap and go on from the number of the list', async () => {
    const { api, drivers, clock } = await started('office');
    const told: NumberedEvent[] = [];
    api.onEvent((event) => told.push(event));
    const before = await api.handle('ups.list', {}, 'read');
    drivers.get('office')!.say({ type: 'update', set: { 'ups.status': 'OB' } });
    await clock.advance(2000);
    const numbers = told.map((event) => event.payload.sequence);
    const first = before.ok ? before.value.sequence + 1 : Number.NaN;
    expect(numbers).toEqual(numbers.map((_, index) => first + index));
    expect(new Set(told.map((event) => event.name))).toEqual(new Set(['ups.changed', 'incident', 'ups.sample']));
  });

  test('a removed UPS is told, and a driver that still speaks is not heard', async () => {
    const { api, engine, drivers } = await started('office');
    engine.addUps({ name: 'demo', driver: 'demo', port: 'auto', options: {} });
    const names: string[] = [];
    api.onEvent((event) => names.push(event.name));
    await engine.removeUps('demo');
    drivers.get('demo')!.say({ type: 'update', set: { 'ups.status': 'OB' } });
    expect(names).toEqual(['ups.listChanged']);
    expect(drivers.get('demo')!.isStopped).toBe(true);
  });
});
