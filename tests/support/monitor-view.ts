import type { MonitorView } from '#domain/schema/monitor.ts';

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
