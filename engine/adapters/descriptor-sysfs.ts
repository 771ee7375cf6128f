import { phrase } from '#domain/messages/message.ts';
import { noDescriptor, type DescriptorSource } from './descriptor-source.ts';
import type { ReadFs } from './node-hid-fs.ts';
import { hidrawName } from './node-hid-linux.ts';

/** Linux: the kernel shows the descriptor as a file that everybody may read. */
export function createSysfsDescriptorSource(fs: ReadFs): DescriptorSource {
  return {
    async read(device) {
      const name = hidrawName(device.path);
      if (name === undefined) throw noDescriptor(device, phrase('reason.not-hidraw', { path: device.path }));
      const file = `/sys/class/hidraw/${name}/device/report_descriptor`;
      const bytes = await fs.readBytes(file);
      if (bytes === undefined) throw noDescriptor(device, phrase('reason.file-missing', { file }));
      if (bytes.length === 0) throw noDescriptor(device, phrase('reason.file-empty', { file }));
      return new Uint8Array(bytes);
    },
  };
}
