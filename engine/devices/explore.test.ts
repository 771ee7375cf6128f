import { describe, expect, test } from 'vitest';
import { boundUnit } from '#tests/support/bound-unit.ts';
import { claimDevice } from './match.ts';

const OPTIONS = { explore: true, vendorid: '09ae' } as const;

describe('exploring', () => {
  const unit = boundUnit({
    device: { vendorId: 0x09ae, productId: 0x1330, product: 'SU3000' },
    fields: [
      { path: 'UPS.PowerSummary.RemainingCapacity', reportId: 0x34, bits: 8 },
      { path: 'UPS.OutletSystem.Outlet.TLWatchdog', reportId: 0x52, bits: 16 },
      { path: 'UPS.Input.Voltage', reportId: 0x54, bits: 8 },
      { path: 'UPS.PowerConverter.Output.Voltage', reportId: 0x18, bits: 16, unit: 0x00f0d121, unitExponent: 6 },
      { path: 'UPS.PowerSummary.RunTimeToEmpty', reportId: 0x35, type: 'input', bits: 16 },
    ],
    vendor: 'tripplite',
    options: OPTIONS,
  });

  test('asks for everything but what hangs the firmware of this make', () => {
    expect(unit.binding.reportsFor('start').map(({ reportId }) => reportId)).toEqual([0x34, 0x52, 0x18, 0x35]);
  });

  test('says of each field where it is and what it holds, and what did not answer', () => {
    unit.feature(0x34, 100);
    unit.feature(0x18, 0xf4, 0x08);
    expect(unit.binding.describe?.(unit.cache)).toEqual([
      'UPS.PowerSummary.RemainingCapacity: feature report 0x34, bit 0, 8 bits: 100',
      'UPS.OutletSystem.Outlet.TLWatchdog: feature report 0x52, bit 0, 16 bits: no answer',
      'UPS.Input.Voltage: feature report 0x54, bit 0, 8 bits: no answer',
      'UPS.PowerConverter.Output.Voltage: feature report 0x18, bit 0, 16 bits: 229.2 (raw 2292)',
      'UPS.PowerSummary.RunTimeToEmpty: input report 0x35, bit 0, 16 bits: no answer',
    ]);
  });

  test('publishes who it is, and can neither be commanded nor set', () => {
    expect(unit.interpret('start').set).toEqual({
      'ups.model': 'SU3000',
      'ups.vendorid': '09ae',
      'ups.productid': '1330',
    });
    expect(unit.interpret('full')).toEqual({});
    expect(unit.binding.planCommand('load.off', undefined, unit.cache)).toEqual({ ok: false, outcome: 'unknown' });
    expect(unit.binding.planKillPower(unit.cache)).toEqual([]);
  });

  test('takes only what the other options let through', () => {
    const mouse = { path: '/dev/hidraw1', vendorId: 0x046d, productId: 0xc077 };
    expect(claimDevice(mouse, OPTIONS).kind).toBe('refused');
    expect(claimDevice(mouse, { explore: true, vendorid: '046d' }).kind).toBe('known');
  });
});
