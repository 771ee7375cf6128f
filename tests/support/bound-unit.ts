/** A binding over a made-up descriptor, with reports that a test can change. */
import { bindDevice } from '#engine/devices/bind-device.ts';
import type { BindingUpdate, DeviceBinding, Pass, ReportCache, WritePlan } from '#engine/devices/binding.ts';
import type { DefinitionSet } from '#engine/devices/definition.ts';
import type { DriverOptions } from '#engine/drivers/driver.ts';
import type { VendorTable } from '#engine/hid/usages.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import { syntheticDescriptor, type SyntheticField } from './synthetic-descriptor.ts';

export interface BoundUnit {
  readonly binding: DeviceBinding;
  readonly cache: ReportCache;
  feature(...bytes: number[]): void;
  input(...bytes: number[]): void;
  forget(reportId: number): void;
  strings: Record<number, string>;
  interpret(occasion: Pass | { readonly inputReportId: number }): BindingUpdate;
}

export interface UnitSpec {
  readonly device: Partial<HidDeviceInfo> & Pick<HidDeviceInfo, 'vendorId' | 'productId'>;
  readonly fields: readonly SyntheticField[];
  readonly vendor?: VendorTable;
  readonly options?: DriverOptions;
  readonly definitions?: DefinitionSet;
}

export function boundUnit({ device, fields, vendor, options = {}, definitions }: UnitSpec): BoundUnit {
  const info: HidDeviceInfo = { path: 'test', ...device };
  const features = new Map<number, Uint8Array>();
  const inputs = new Map<number, Uint8Array>();
  const strings: Record<number, string> = {};
  const binding = bindDevice(info, syntheticDescriptor(fields, vendor), options, definitions);
  const cache: ReportCache = { feature: (id) => features.get(id), input: (id) => inputs.get(id) };
  return {
    binding,
    cache,
    strings,
    feature: (...bytes) => void features.set(bytes[0] ?? 0, Uint8Array.from(bytes)),
    input: (...bytes) => void inputs.set(bytes[0] ?? 0, Uint8Array.from(bytes)),
    forget: (reportId) => void features.delete(reportId),
    interpret: (occasion) => binding.interpret(cache, { get: (index) => strings[index] }, occasion),
  };
}

/** The reports that a plan writes, as lists of bytes, with pauses as `pause N`. */
export function stepsOf(plan: WritePlan): readonly (readonly number[] | string)[] {
  if (!plan.ok) throw new Error(`refused: ${plan.outcome}`);
  return plan.steps.map((step) => (step.type === 'pause' ? `pause ${step.ms}` : Array.from(step.report)));
}
