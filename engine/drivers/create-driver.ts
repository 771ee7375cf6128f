/** From a section of the configuration to its driver. */
import { isAbsolute, resolve } from 'node:path';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { createRecordingPort, RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import { bindDevice } from '#engine/devices/bind-device.ts';
import { claimDevice } from '#engine/devices/match.ts';
import type { Clock, HidPort, Log } from '#engine/ports.ts';
import { createDemoDriver } from './demo/demo-driver.ts';
import { createDummyDriver } from './dummy/dummy-driver.ts';
import type { Driver, DriverSink, UpsConfig } from './driver.ts';
import { isNativeDriver, type NativeDriver } from './native-drivers.ts';
import { createNutDriverFront } from './nut-driver/nut-driver-front.ts';
import { createDeviceClaims } from './usb-hid/device-claims.ts';
import { createUsbHidDriver } from './usb-hid/usb-hid-driver.ts';

export interface DriverFactoryParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Folder of NUT's files: relative paths start there, and installed drivers read their section in it. */
  readonly confDir: string | undefined;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly maxAgeSeconds: number;
  /** Folder for sockets of NUT drivers that we start. */
  readonly runFolder: string;
  /** Another way to the system's HID devices than node-hid on its own. */
  readonly hidPort?: HidPort;
}

export type DriverFactory = (config: UpsConfig, sink: DriverSink) => Driver;

export function createDriverFactory(parts: DriverFactoryParts): DriverFactory {
  const { clock, log: engineLog } = parts;
  // One port and one register of who speaks to which unit for all sections, or two could take the same one.
  const systemPort = parts.hidPort ?? createNodeHidPort({ clock, log: engineLog });
  const claims = createDeviceClaims();
  const base = parts.confDir ?? process.cwd();
  const pathOf = (path: string): string => (isAbsolute(path) ? path : resolve(base, path));

  const native: Record<NativeDriver, DriverFactory> = {
    'usbhid-ups': (config, sink) => {
      const isRecording = config.port.startsWith(RECORDING_PREFIX);
      const port = isRecording ? createRecordingPort(pathOf(config.port.slice(RECORDING_PREFIX.length))) : systemPort;
      return createUsbHidDriver({
        config: isRecording ? { ...config, port: 'auto' } : config,
        port,
        clock,
        log: engineLog.child({ ups: config.name }),
        bindDevice,
        claimDevice,
        sink,
        ...(isRecording ? {} : { claims }),
      });
    },
    'dummy-ups': (config, sink) =>
      createDummyDriver({ config, confDir: base, clock, log: engineLog.child({ ups: config.name }), sink }),
    demo: (config, sink) => createDemoDriver({ config, clock, log: engineLog.child({ ups: config.name }), sink }),
  };

  return (config, sink) => {
    if (isNativeDriver(config.driver)) return native[config.driver](config, sink);
    return createNutDriverFront({
      config,
      statePath: parts.statePath,
      driverPath: parts.driverPath,
      confDir: parts.confDir,
      clock,
      log: engineLog.child({ ups: config.name }),
      sink,
      maxAgeSeconds: parts.maxAgeSeconds,
      runFolder: parts.runFolder,
    });
  };
}
