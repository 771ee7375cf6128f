/** The order to the UPS in a dry run is what the monitor would give; the whole of a dry run is in wizard-handlers.test.ts. */
import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createFakePower } from '#tests/support/fake-power.ts';
import { initialState } from '#engine/state/ups-state.ts';
import { dryRun } from './dry-run.ts';
import type { MonitorPolicy } from './policy.ts';
import { policyOf, supplyOf } from './test-support.ts';

const powerOffs = async (change: Partial<MonitorPolicy>) => {
  const steps = await dryRun({
    policy: policyOf({ powerOff: { isWanted: true, delay: 'measured' }, ...change }),
    power: createFakePower(createFakeClock()),
    lateHook: { isReady: () => Promise.resolve(true) },
    secondaries: [],
    shutdownTook: [],
    stateOf: (name) => initialState({ name, driver: 'usbhid-ups', port: 'auto', options: {} }, 15),
  });
  return steps.filter(({ step }) => step === 'power-off').map(({ text }) => [text.phrase, text.params.ups]);
};

test.each([
  ['shutdown', 'dry.power-off-late'],
  ['restart', 'dry.power-off'],
  ['sleep', 'dry.power-off'],
] as const)('%s: the installed hook is told of where the system gets to it', async (kind, phrase) => {
  expect(await powerOffs({ action: { kind } })).toEqual([[phrase, 'ups']]);
});

test('several are told in the order that is wanted', async () => {
  const supplies = [
    supplyOf('last', { powerOffOrder: 2 }),
    supplyOf('never', { powerOffOrder: -1 }),
    supplyOf('first', { powerOffOrder: 1 }),
  ];
  expect((await powerOffs({ supplies })).map(([, ups]) => ups)).toEqual(['first', 'last']);
});
