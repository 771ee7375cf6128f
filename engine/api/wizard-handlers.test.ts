import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { phrase, textIn } from '#domain/messages/message.ts';
import { DEFAULT_NUT_SERVER_CONFIG } from '#engine/nut/server-config.ts';
import { startTestEngine, type TestEngine } from '#tests/support/test-engine.ts';

let running: TestEngine;
beforeEach(async () => {
  running = await startTestEngine('ups');
});
afterEach(() => running.stop());

const rehearse = async (...upses: readonly Record<string, unknown>[]) => {
  const ups = upses.map((one, index) => ({ id: `i${index}`, driver: 'usbhid-ups', port: 'auto', ...one }));
  const answer = await running.api.handle('setup.rehearse', { settings: { ups } }, 'admin');
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};

const tellFigures = (): void => {
  const set = { 'ups.status': 'OL', 'battery.charge': '90', 'battery.runtime': '600' };
  running.drivers.get('ups')?.say({ type: 'update', set });
};

test('a rehearsal has the figures of the UPS as it is now', async () => {
  tellFigures();
  const { rehearsal } = await rehearse({ identifier: 'ups', shutdowntimer: 120 });
  expect(rehearsal).toMatchObject({ beginsAfterSeconds: 120, batterySeconds: 600, isInTime: true });
});

test('a UPS that gets another name on this very page is the one that is read', async () => {
  tellFigures();
  expect((await rehearse({ identifier: 'study' })).rehearsal?.batterySeconds).toBe(600);
  const two = await rehearse({ identifier: 'study' }, { identifier: 'attic' });
  expect(two.rehearsal).not.toHaveProperty('batterySeconds');
});

test('figures that are old are none', async () => {
  tellFigures();
  running.drivers
    .get('ups')
    ?.say({ type: 'disconnected', error: new DriverError('driver/unplugged', { device: 'ups' }) });
  expect((await rehearse({ identifier: 'ups' })).rehearsal).not.toHaveProperty('batterySeconds');
});

test('settings that cannot be used are answered with what is wrong', async () => {
  const { rehearsal, problems } = await rehearse({ identifier: 'ups', shutdowntimer: -5 });
  expect(rehearsal).toBeUndefined();
  expect(problems.map(({ path }) => path)).toEqual([['ups', 0, 'shutdowntimer']]);
});

test('the state of the computer is for those who may change the settings', async () => {
  expect(await running.api.handle('setup.state', {}, 'control')).toMatchObject({
    ok: false,
    error: { code: 'api/forbidden' },
  });
  expect(await running.api.handle('setup.state', {}, 'admin')).toEqual({
    ok: true,
    value: { units: [], neighbours: [], rule: 'installed' },
  });
});

test('a NUT server that cannot have its port is told with what to do, and has it once it is free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const nut = { ...DEFAULT_NUT_SERVER_CONFIG, listen: [{ host: '127.0.0.1', port }] };
  const wanted = running.engine.reconfigure({ ups: [], users: [], nut, maxAgeSeconds: 15 });
  await expect(wanted).rejects.toMatchObject({ code: 'nut/port-in-use' });
  const look = async () => {
    const answer = await running.api.handle('setup.state', {}, 'admin');
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value.neighbours.map(({ id, effect, remedy }) => [id, textIn(effect), textIn(remedy)]);
  };
  expect(await look()).toEqual([
    [
      'network',
      `Cannot listen on 127.0.0.1:${port}: the port is in use.`,
      'Stop the other NUT server (upsd), or choose another port.',
    ],
  ]);
  other.close();
  await once(other, 'close');
  expect(await look()).toEqual([]);
  expect(running.engine.addresses).toEqual([{ host: '127.0.0.1', port }]);
});

test('a computer that may not be shut down is told before there is an outage', async () => {
  running.power.failure = phrase('reason.logind-says', { answer: 'challenge' });
  const answer = await running.api.handle('setup.state', {}, 'admin');
  expect(answer).toMatchObject({
    value: { neighbours: [{ id: 'shutdown', effect: { phrase: 'neighbour.shutdown.refused' } }] },
  });
});

test('an action that could not be carried out is told while it is chosen', async () => {
  const chosen = { identifier: 'ups', shutdownaction: 'hibernate' };
  expect(await rehearse(chosen)).not.toHaveProperty('refusal');
  running.power.failure = phrase('reason.logind-says', { answer: 'na' });
  expect(await rehearse(chosen)).toMatchObject({
    rehearsal: { action: 'hibernate' },
    refusal: phrase('neighbour.shutdown.refused', { reason: phrase('reason.logind-says', { answer: 'na' }) }),
  });
});
