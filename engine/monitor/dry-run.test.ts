/** The order to the UPS in a dry run is what the monitor would give; the whole of a dry run is in wizard-handlers.test.ts. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createFakePower } from '#tests/support/fake-power.ts';
import { initialState } from '#engine/state/ups-state.ts';
import { dryRun } from './dry-run.ts';
import type { MonitorPolicy } from './policy.ts';
import { policyOf, supplyOf } from './test-support.ts';

const partsOf = (change: Partial<MonitorPolicy>) => {
  const clock = createFakeClock();
  return {
    policy: policyOf({ powerOff: { isWanted: true, delay: 'measured' }, ...change }),
    clock,
    power: createFakePower(clock),
    lateHook: { isReady: () => Promise.resolve(true) },
    secondaries: [],
    shutdownTook: [],
    stateOf: (name: string) => initialState({ name, driver: 'usbhid-ups', port: 'auto', options: {} }, 15),
  };
};

const powerOffs = async (change: Partial<MonitorPolicy>) => {
  const steps = await dryRun(partsOf(change));
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

test.skipIf(process.platform === 'win32')('a disk that never answers holds it up for a while only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dry-run-'));
  const powerDownFlag = join(folder, 'flag');
  // To be read it waits for a writer.
  await promisify(execFile)('mkfifo', [powerDownFlag]);
  try {
    const parts = {
      ...partsOf({ action: { kind: 'shutdown' }, powerDownFlag }),
      lateHook: { isReady: () => new Promise<boolean>(() => undefined) },
    };
    const running = dryRun(parts);
    await parts.clock.advance(5_000);
    expect((await running).map(({ step, text, problem }) => [step, text.phrase, problem])).toMatchObject([
      ['fsd', 'dry.fsd', undefined],
      ['wait', 'dry.nobody', undefined],
      ['notice', 'dry.notice', undefined],
      ['flag', 'dry.flag', { phrase: 'reason.no-answer-in-time' }],
      ['power-off', 'dry.power-off', { phrase: 'dry.no-power-off' }],
      ['action', 'dry.action', undefined],
    ]);
  } finally {
    await writeFile(powerDownFlag, '');
    await rm(folder, { recursive: true });
  }
});
