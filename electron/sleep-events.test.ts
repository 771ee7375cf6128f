import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createMonitor } from '#engine/monitor/monitor.ts';
import { NO_LATE_HOOK } from '#engine/monitor/late-power-off.ts';
import { policyOf, supplyOf } from '#engine/monitor/test-support.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { watchSleepEvents } from './sleep-events.ts';

test.each(['darwin', 'win32'] as const)('on %s a sleep is told to the monitor before and after', async (platform) => {
  const powerMonitor = new EventEmitter();
  const log = createRememberingLog();
  const notices: string[] = [];
  const monitor = createMonitor({
    policy: policyOf({ supplies: [supplyOf('ups@localhost')] }),
    store: createUpsStore(systemClock),
    control: { runCommand: () => Promise.resolve('failed'), setVariable: () => Promise.resolve('failed') },
    clients: () => [],
    onLogin: () => () => undefined,
    clock: systemClock,
    log,
    power: createSystemPower({
      clock: systemClock,
      log,
      folder: '/nowhere',
      env: { VITEST: 'true' },
      platform,
      watchSleep: watchSleepEvents(powerMonitor),
    }),
    lateHook: NO_LATE_HOOK,
    keeper: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
    onNotice: ({ type }) => Promise.resolve(void notices.push(type)),
  });
  await monitor.start();
  // A wake-up that no sleep was told before is none.
  powerMonitor.emit('resume');
  await monitor.ask({ kind: 'cancel' });
  expect(notices).toEqual([]);
  powerMonitor.emit('suspend');
  await monitor.ask({ kind: 'cancel' });
  expect(notices).toEqual(['SUSPEND_STARTING']);
  powerMonitor.emit('resume');
  await monitor.ask({ kind: 'cancel' });
  expect(notices).toEqual(['SUSPEND_STARTING', 'SUSPEND_FINISHED']);
  await monitor.stop();
  expect(powerMonitor.eventNames()).toEqual([]);
});
