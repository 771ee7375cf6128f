import { describe, expect, test } from 'vitest';
import { bindDevice } from '#engine/devices/bind-device.ts';
import type { BindingUpdate, Pass, WritePlan } from '#engine/devices/binding.ts';
import { createDefinitionSet } from '#engine/devices/definition.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { demoDefinition } from './demo-definition.ts';
import { createDemoPort } from './demo-port.ts';

/** The least a driver does: polls, listens, and carries out plans. */
async function hosted(definitions = createDefinitionSet([demoDefinition])) {
  const clock = createFakeClock();
  const port = createDemoPort({ clock });
  const [device] = await port.list();
  const connection = await port.open(device!);
  const binding = bindDevice(device!, await connection.readReportDescriptor(), {}, definitions);
  const features = new Map<number, Uint8Array>();
  const inputs = new Map<number, Uint8Array>();
  const strings = new Map<number, string>();
  const cache = { feature: (id: number) => features.get(id), input: (id: number) => inputs.get(id) };
  const seen = {
    variables: {} as Record<string, string>,
    conditions: [] as readonly string[],
    commands: [] as readonly string[],
  };
  const take = (update: BindingUpdate) => {
    Object.assign(seen.variables, update.set);
    seen.conditions = update.conditions ?? seen.conditions;
    seen.commands = update.commands ?? seen.commands;
  };
  const poll = async (pass: Pass = 'full') => {
    for (const { reportId, maxLength } of binding.reportsFor(pass)) {
      features.set(reportId, await connection.getFeatureReport(reportId, maxLength));
    }
    for (const index of binding.stringIndexes(cache)) strings.set(index, (await connection.getString(index)) ?? '');
    take(binding.interpret(cache, strings, pass));
  };
  const carryOut = async (plan: WritePlan) => {
    if (!plan.ok) throw new Error(`refused: ${plan.outcome}`);
    for (const step of plan.steps) {
      if (step.type === 'write') await connection.setFeatureReport(step.report);
      else await clock.advance(step.ms);
    }
  };
  connection.onInputReport((report) => {
    inputs.set(report[0]!, report);
    take(binding.interpret(cache, strings, { inputReportId: report[0]! }));
  });
  await poll('start');
  await poll('full');
  return {
    clock,
    simulator: port.simulator,
    binding,
    seen,
    poll,
    command: (name: string, parameter?: string) => carryOut(binding.planCommand(name, parameter, cache)),
    set: (variable: string, value: string) => carryOut(binding.planSet(variable, value, cache)),
    kill: () => carryOut(binding.planKillPower(cache)[0]!),
  };
}

describe('the demo UPS through descriptor, reports and definition', () => {
  test('shows every variable a UPS of its kind has', async () => {
    const { seen } = await hosted();
    expect(seen.variables).toMatchObject({
      'battery.charge': '100',
      'battery.charge.low': '20',
      'battery.charge.warning': '50',
      'battery.runtime.low': '120',
      'battery.voltage': '27.3',
      'battery.voltage.nominal': '24.0',
      'battery.type': 'PbAc',
      'battery.mfr.date': '2025/03/14',
      'battery.temperature': expect.stringMatching(/^24\.\d$/) as string,
      'battery.runtime': expect.stringMatching(/^2\d{3}$/) as string,
      'input.voltage': '230.0',
      'input.voltage.nominal': '230',
      'input.frequency': '50.0',
      'input.frequency.nominal': '50',
      'input.transfer.low': '170',
      'input.transfer.high': '280',
      'output.voltage': '230.0',
      'output.voltage.nominal': '230',
      'output.frequency': '50.0',
      'output.frequency.nominal': '50',
      'output.current': '0.69',
      'ups.load': '25',
      'ups.power': '158',
      'ups.power.nominal': '1000',
      'ups.realpower': '150',
      'ups.realpower.nominal': '600',
      'ups.temperature': expect.stringMatching(/^28\.\d$/) as string,
      'ups.beeper.status': 'enabled',
      'ups.test.result': 'No test initiated',
      'ups.delay.shutdown': '20',
      'ups.delay.start': '30',
      'ups.timer.shutdown': '-1',
      'ups.timer.start': '-1',
      'ups.timer.reboot': '-1',
      'ups.mfr': 'Ridethrough',
      'ups.model': 'Demo UPS',
    });
    expect(seen.conditions).toEqual(['online', 'fullycharged']);
  });

  test('is known, not guessed, and needs no cure', async () => {
    const { binding } = await hosted();
    expect(binding.definitionName).toBe('Demo UPS');
    expect(binding.notes).toEqual([]);
  });

  test('is read as fully by the generic definition, which does not know it', async () => {
    const [own, generic] = [await hosted(), await hosted(createDefinitionSet())];
    expect(generic.binding.definitionName).toBe('HID Power Device');
    expect(Object.keys(generic.seen.variables).sort()).toEqual(Object.keys(own.seen.variables).sort());
  });

  test('an outage is told by input reports alone, from the first moment to the last', async () => {
    const { clock, simulator, seen } = await hosted();
    simulator.setMains('off');
    await clock.advance(0);
    expect(seen.conditions).toEqual(expect.arrayContaining(['offline', 'dischrg', 'vrange']));
    expect(seen.variables['input.voltage']).toBe('0.0');
    simulator.setBatteryCharge(21);
    simulator.setSpeed(20);
    await clock.advance(10_000);
    expect(seen.conditions).toContain('lowbatt');
    await clock.advance(60_000);
    expect(seen.variables).toMatchObject({ 'battery.charge': '0', 'battery.runtime': '0', 'output.voltage': '0.0' });
    expect(seen.conditions).toEqual(expect.arrayContaining(['offline', 'off', 'depleted']));
  });

  test('poor mains are boosted and trimmed', async () => {
    const { clock, simulator, seen } = await hosted();
    simulator.setMains('sag');
    await clock.advance(10_000);
    expect(seen.conditions).toEqual(expect.arrayContaining(['online', 'boost']));
    simulator.setMains('surge');
    await clock.advance(10_000);
    expect(seen.conditions).toContain('trim');
    expect(seen.conditions).not.toContain('boost');
    simulator.setMains('drift');
    await clock.advance(40_000);
    expect(seen.conditions).toEqual(expect.arrayContaining(['offline', 'frange']));
  });

  test('offers the commands of a UPS that can be tested, silenced and switched', async () => {
    const { seen } = await hosted();
    expect(seen.commands).toEqual(
      expect.arrayContaining([
        'beeper.disable',
        'beeper.enable',
        'beeper.mute',
        'load.off',
        'load.off.delay',
        'load.on',
        'load.on.delay',
        'shutdown.reboot',
        'shutdown.return',
        'shutdown.stayoff',
        'shutdown.stop',
        'test.battery.start.deep',
        'test.battery.start.quick',
        'test.battery.stop',
      ]),
    );
  });

  test('shutdown and return counts down, switches off and comes back', async () => {
    const { clock, seen, command, poll } = await hosted();
    await command('shutdown.return');
    await poll();
    expect(seen.variables).toMatchObject({ 'ups.timer.shutdown': '20', 'ups.timer.start': '30' });
    expect(seen.conditions).toContain('shutdownimm');
    await clock.advance(25_000);
    expect(seen.conditions).toContain('off');
    await clock.advance(10_000);
    expect(seen.conditions).not.toContain('off');
  });

  test('shutdown and stay off stays off until it is switched on', async () => {
    const { clock, seen, command } = await hosted();
    await command('shutdown.stayoff');
    await clock.advance(120_000);
    expect(seen.conditions).toEqual(expect.arrayContaining(['online', 'off']));
    await command('load.on');
    await clock.advance(2_000);
    expect(seen.conditions).not.toContain('off');
  });

  test('a shutdown under way can be stopped', async () => {
    const { clock, seen, command } = await hosted();
    await command('shutdown.return');
    await clock.advance(10_000);
    await command('shutdown.stop');
    await clock.advance(60_000);
    expect(seen.conditions).not.toContain('off');
  });

  test('killing the power during an outage brings it back only with the line', async () => {
    const { clock, simulator, seen, kill } = await hosted();
    simulator.setMains('off');
    await kill();
    await clock.advance(120_000);
    expect(seen.conditions).toEqual(expect.arrayContaining(['off', 'awaitingpower']));
    simulator.setMains('on');
    await clock.advance(5_000);
    expect(seen.conditions).not.toContain('off');
  });

  test('a quick test goes from in progress to passed', async () => {
    const { clock, seen, command } = await hosted();
    await command('test.battery.start.quick');
    await clock.advance(1_000);
    expect(seen.variables['ups.test.result']).toBe('In progress');
    expect(seen.conditions).toEqual(expect.arrayContaining(['online', 'dischrg']));
    await clock.advance(12_000);
    expect(seen.variables['ups.test.result']).toBe('Done and passed');
    expect(seen.conditions).not.toContain('dischrg');
  });

  test('a deep test is a calibration, and can be stopped', async () => {
    const { clock, seen, command } = await hosted();
    await command('test.battery.start.deep');
    await clock.advance(1_000);
    expect(seen.conditions).toContain('cal');
    await command('test.battery.stop');
    await clock.advance(1_000);
    expect(seen.conditions).not.toContain('cal');
    expect(seen.variables['ups.test.result']).toBe('Aborted');
  });

  test('written limits are kept and acted upon', async () => {
    const { clock, simulator, seen, set, poll } = await hosted();
    simulator.setMains('off');
    simulator.setBatteryCharge(40);
    await clock.advance(0);
    expect(seen.conditions).not.toContain('lowbatt');
    await set('battery.charge.low', '45');
    await set('battery.charge.warning', '60');
    await set('battery.runtime.low', '300');
    await set('input.transfer.low', '200');
    await poll();
    expect(seen.variables).toMatchObject({
      'battery.charge.low': '45',
      'battery.charge.warning': '60',
      'battery.runtime.low': '300',
      'input.transfer.low': '200',
    });
    expect(seen.conditions).toContain('lowbatt');
    await expect(set('battery.charge.low', '100')).rejects.toThrow();
  });

  test('the beeper is silenced and heard again', async () => {
    const { seen, command, poll } = await hosted();
    for (const [name, status] of [
      ['beeper.disable', 'disabled'],
      ['beeper.mute', 'muted'],
      ['beeper.enable', 'enabled'],
    ] as const) {
      await command(name);
      await poll();
      expect(seen.variables['ups.beeper.status']).toBe(status);
    }
  });

  test('a worn battery asks to be replaced, an overload is told', async () => {
    const { clock, simulator, seen } = await hosted();
    simulator.setBatteryHealth(40);
    simulator.setLoad(120);
    await clock.advance(0);
    expect(seen.conditions).toEqual(expect.arrayContaining(['replacebatt', 'overload']));
  });
});
