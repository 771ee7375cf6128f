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

export const silentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
