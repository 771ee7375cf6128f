/** Parses and binds one recorded descriptor in a process that has never done so, then again and again. */
import { bindDevice } from '#engine/devices/bind-device.ts';
import { parseReportDescriptor } from '#engine/hid/report-descriptor.ts';
import { keepMemorySmall } from '#headless/service-memory.ts';
import { deviceInfoOf, loadRecording } from '#tests/support/device-proof.ts';
import { median } from './section.ts';

export interface DescriptorTimes {
  readonly bytes: number;
  /** Milliseconds each. */
  readonly firstBind: number;
  readonly laterParse: number;
  readonly laterBind: number;
}

// As `serve` runs.
keepMemorySmall();

const AGAIN = 300;
const [name = ''] = process.argv.slice(2);
const recording = loadRecording(name);
const device = deviceInfoOf(name, recording);

function timed(run: () => unknown): number {
  const from = performance.now();
  run();
  return performance.now() - from;
}
const parse = (): unknown => parseReportDescriptor(recording.descriptor, name);
// Binding parses as well: this is all that lies between a descriptor and its variables.
const bind = (): unknown => bindDevice(device, recording.descriptor, {});

const firstBind = timed(bind);
const times: DescriptorTimes = {
  bytes: recording.descriptor.length,
  firstBind,
  laterParse: median(Array.from({ length: AGAIN }, () => timed(parse))),
  laterBind: median(Array.from({ length: AGAIN }, () => timed(bind))),
};
process.send?.(times);
