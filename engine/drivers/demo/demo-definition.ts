/**
 * How the demo UPS is read: as any HID power device, with what it is known to mean beyond that. The generic definition
 * leaves these flags out because makes disagree about them; this one make is our own.
 */
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';

const LINE_STATUS = 'UPS.PowerConverter.Input.[1].PresentStatus';

/** Belongs among a person's own definitions (`createDefinitionSet([demoDefinition])`); it claims no real device. */
export const demoDefinition = {
  id: 'demo',
  name: 'Demo UPS',
  extends: 'power-device',
  source: ['engine/drivers/demo/report-layout.ts'],
  match: [{ vendorId: '1209', productId: '0001', manufacturer: '^Ridethrough$', models: 'simulated' }],
  identity: { model: 'product' },
  variables: [
    {
      variable: 'battery.charge.warning',
      path: 'UPS.PowerSummary.WarningCapacityLimit',
      access: 'write',
      maxLength: 10,
    },
  ],
  status: [
    { path: 'UPS.PowerSummary.PresentStatus.Good', sets: 'good', poll: 'quick' },
    { path: 'UPS.PowerSummary.PresentStatus.ConditioningFlag', sets: 'cal', poll: 'quick' },
    { path: `${LINE_STATUS}.VoltageOutOfRange`, sets: 'vrange', poll: 'quick' },
    { path: `${LINE_STATUS}.FrequencyOutOfRange`, sets: 'frange', poll: 'quick' },
  ],
  commands: [],
} satisfies DeviceDefinition;
