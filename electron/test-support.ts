import type { MonitorView } from '#domain/schema/monitor.ts';
import type { UpsSnapshot } from '#domain/schema/snapshot.ts';

/** A UPS as the engine tells of it, from a few values. */
export function upsWith(variables: Record<string, string>, rest: Partial<UpsSnapshot> = {}): UpsSnapshot {
  return {
    name: 'office',
    driver: 'usbhid-ups',
    isDemo: false,
    availability: 'available',
    isForcedShutdown: false,
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, { value, changedAt: 0, isWritable: false }]),
    ),
    commands: [],
    notes: [],
    revision: 1,
    ...rest,
  };
}

/** The shutdown monitor of a computer on mains that is set to shut down. */
export const monitorWith = (change: Partial<MonitorView> = {}): MonitorView => ({
  phase: 'watching',
  reason: { phrase: 'monitor.now.line', params: { ups: 'office' } },
  canCancel: false,
  canPostpone: false,
  canShutDown: true,
  plan: { steps: [], action: 'shutdown', takesSeconds: 60, isMeasured: false },
  isSimulated: false,
  secondaries: [],
  supplies: [],
  decisions: [],
  ...change,
});

export const silentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
