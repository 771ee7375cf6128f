import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

describe('a dry run', () => {
  const dryRun = async (...upses: readonly Record<string, unknown>[]) => {
    const ups = upses.map((one, index) => ({ id: `i${index}`, driver: 'usbhid-ups', port: 'auto', ...one }));
    const answer = await running.api.handle('setup.dryRun', { settings: { ups } }, 'admin');
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };
  const tryCommand = (place: string, ups: Record<string, unknown>, access: 'admin' | 'control' = 'admin') =>
    running.api.handle(
      'setup.tryCommand',
      { settings: { ups: [{ id: 'i', identifier: 'ups', driver: 'usbhid-ups', port: 'auto', ...ups }] }, place },
      access,
    );

  test('goes through each step on this computer, and does none of it', async () => {
    tellFigures();
    running.power.failure = 'no way';
    const { steps } = await dryRun({
      identifier: 'ups',
      powerdown: true,
      shutdownbefore: 'stop-vms',
      shutdownafter: 'start-vms',
      shutdownextratimeout: 90,
      shutdownaction: 'sleep',
    });
    expect(steps.map(({ step, text, command, problem }) => [step, textIn(text), command, textIn(problem)])).toEqual([
      ['fsd', 'Whoever is logged in to ups is told to go down (FSD).', undefined, undefined],
      ['wait', 'Nobody is logged in, so nobody is waited for.', undefined, undefined],
      ['notice', 'SHUTDOWN is told, and 5\u00a0s pass.', undefined, undefined],
      ['before', 'The command before runs, for 1:30 at most.', 'stop-vms', undefined],
      ['power-off', 'ups is told to switch off 3\u00a0min later.', undefined, 'it has no command for that'],
      ['action', 'This computer goes to sleep.', undefined, 'no way'],
      ['after', 'Once this computer is awake again the command after runs, for 1:30 at most.', 'start-vms', undefined],
    ]);
    expect([running.power.acts, running.power.lines]).toEqual([[], []]);
    expect(running.engine.store.get('ups')?.isForcedShutdown).toBe(false);
  });

  test('has the commands of the unit, and the exact line of the action', async () => {
    running.drivers.get('ups')?.say({ type: 'update', commands: ['load.off.delay'] });
    const { steps } = await dryRun({ identifier: 'ups', powerdown: true, shutdowncmd: '/bin/down now' });
    expect(steps.filter(({ command }) => command).map(({ step, command }) => [step, command])).toEqual([
      ['power-off', 'load.off.delay 180'],
      ['action', '/bin/down now'],
    ]);
  });

  test('of a secondary tells nobody, and one that only watches has no steps', async () => {
    const far = { identifier: 'rack', mode: 'SLAVE', remotehost: 'nas' };
    expect((await dryRun(far)).steps.map(({ step }) => step)).toEqual(['fsd', 'notice', 'action']);
    expect((await dryRun({ ...far, shutdownaction: 'nothing' })).steps).toEqual([]);
    expect((await dryRun({ ...far, shutdowntimer: -5 })).problems).toHaveLength(1);
  });

  test('runs a command on request only, with its time and its environment, and only for who may set it', async () => {
    const ups = { shutdownbefore: 'stop-vms', shutdownextratimeout: 7 };
    expect(await tryCommand('before', ups, 'control')).toMatchObject({ ok: false, error: { code: 'api/forbidden' } });
    expect(running.power.trials).toEqual([]);
    expect(await tryCommand('before', ups)).toEqual({
      ok: true,
      value: { trial: { output: 'stop-vms\n', seconds: 0 }, problems: [] },
    });
    expect(running.power.trials).toMatchObject([
      { line: 'stop-vms', seconds: 7, env: { NOTIFYTYPE: 'SHUTDOWN', UPSNAME: 'ups', RIDETHROUGH_STEP: 'before' } },
    ]);
    expect(await tryCommand('after', ups)).toEqual({ ok: true, value: { problems: [] } });
    expect(running.power.trials).toHaveLength(1);
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
