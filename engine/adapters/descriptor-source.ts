/** Where the report descriptor of an attached device comes from: node-hid does not hand it out. */
import { DriverError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';

export interface DescriptorSource {
  /** @throws DriverError driver/no-descriptor, driver/unplugged */
  read(device: HidDeviceInfo): Promise<Uint8Array>;
}

export const noDescriptor = (device: HidDeviceInfo, reason: Text, cause?: unknown): DriverError =>
  new DriverError('driver/no-descriptor', { device: device.product ?? device.path, reason }, cause);

/** For systems that keep the descriptor to themselves: Windows hands out no more than a parsed form of it. */
export const noDescriptorSource: DescriptorSource = {
  read: (device) => Promise.reject(noDescriptor(device, phrase('reason.no-descriptor-here', {}))),
};
