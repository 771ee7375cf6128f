/** Drivers spoken by this program itself; every other name is fronted through an installed NUT driver. */
export const NATIVE_DRIVERS = ['usbhid-ups', 'dummy-ups', 'demo'] as const;

export type NativeDriver = (typeof NATIVE_DRIVERS)[number];

export const isNativeDriver = (name: string): name is NativeDriver =>
  (NATIVE_DRIVERS as readonly string[]).includes(name);
