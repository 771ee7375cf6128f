import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import type { VariableTraits } from '#engine/drivers/driver.ts';
import { DEMO_COMMANDS } from './demo-commands.ts';
import { createDemoDriver } from './demo-driver.ts';
import { LIMIT_RANGES } from './unit-state.ts';

test('what may be written says between which bounds, and both bounds are taken', async () => {
  const clock = createFakeClock();
  const traits = new Map<string, VariableTraits>();
  let commands: readonly string[] = [];
  const driver = createDemoDriver({
    config: { name: 'demo', driver: 'demo', port: 'auto', options: {} },
    clock,
    log: createRememberingLog(),
    sink(event) {
      if (event.type !== 'update') return;
      for (const [name, told] of Object.entries(event.traits ?? {})) traits.set(name, told);
      commands = event.commands ?? commands;
    },
  });
  driver.start();
  await clock.advance(5_000);

  const ranges = [...traits].flatMap(([name, { ranges: told }]) => (told ? [[name, told] as const] : []));
  expect(Object.fromEntries(ranges)).toEqual({
    'battery.charge.low': [LIMIT_RANGES.charge],
    'battery.charge.warning': [LIMIT_RANGES.warning],
    'battery.runtime.low': [LIMIT_RANGES.runtime],
    'input.transfer.high': [LIMIT_RANGES.transferHigh],
    'input.transfer.low': [LIMIT_RANGES.transferLow],
  });
  for (const [name, [range]] of ranges) {
    for (const [value, outcome] of [
      [range!.min, 'handled'],
      [range!.max, 'handled'],
      [range!.max + 1, 'invalid'],
    ] as const) {
      const done = driver.setVariable(name, String(value));
      await clock.advance(1_000);
      expect([name, value, await done]).toEqual([name, value, outcome]);
    }
  }
  expect(commands).toEqual(expect.arrayContaining(DEMO_COMMANDS.map(({ name }) => name)));
  const stopped = driver.stop();
  await clock.advance(1_000);
  await stopped;
});
