import type { DeviceDefinition } from '#domain/schema/device-definition.ts';

export const powervar = {
  id: 'powervar',
  name: 'Powervar HID',
  source: ['NUT 2.8.5, subdriver powervar', 'no recording yet: tested against a descriptor made from these paths'],
  usages: 'powervar',
  match: [{ vendorId: '4234', productId: '0002' }],
  identity: { manufacturer: 'Powervar', model: 'product' },
  variables: [
    { variable: 'battery.type', path: 'UPS.PowerSummary.iDeviceChemistry', convert: 'string' },
    { variable: 'battery.charge', path: 'UPS.PowerSummary.RemainingCapacity' },
    { variable: 'battery.capacity', path: 'UPS.PowerSummary.FullChargeCapacity' },
    { variable: 'battery.runtime', path: 'UPS.PowerSummary.RuntimeToEmpty' },
  ],
  status: [
    { path: 'UPS.PowerSummary.PresentStatus.ACPresent', sets: 'line-present', poll: 'quick' },
    { path: 'UPS.PowerSummary.PresentStatus.Discharging', sets: 'dischrg', poll: 'quick' },
    { path: 'UPS.PowerSummary.PresentStatus.Charging', sets: 'chrg', poll: 'quick' },
    { path: 'UPS.PowerSummary.PresentStatus.ShutdownImminent', sets: 'shutdownimm' },
    { path: 'UPS.PowerSummary.PresentStatus.BelowRemainingCapacityLimit', sets: 'lowbatt' },
    { path: 'UPS.PowerSummary.PresentStatus.Overload', sets: 'overload' },
    { path: 'UPS.PowerSummary.PresentStatus.NeedReplacement', sets: 'replacebatt' },
    { path: 'UPS.PowerSummary.PresentStatus.RemainingTimeLimitExpired', sets: 'timelimitexp' },
    { path: 'UPS.PowerSummary.PresentStatus.InternalFailure', sets: 'commfault' },
    { path: 'UPS.PowerSummary.PresentStatus.OverTemperature', sets: 'overheat' },
    { path: 'UPS.PowerSummary.PresentStatus.FullyCharged', sets: 'fully-charged' },
    { path: 'UPS.PowerSummary.PresentStatus.FullyDischarged', sets: 'depleted' },
  ],
  commands: [],
} satisfies DeviceDefinition;
