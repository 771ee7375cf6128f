/** From a section of the configuration to its driver. */
import { isAbsolute, resolve } from 'node:path';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { createRecordingPort, RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import type { DefinitionSet } from '#engine/devices/definition.ts';
import { bindDevice } from '#engine/devices/bind-device.ts';
import { claimDevice } from '#engine/devices/match.ts';
import type { Clock, HidPort, Log } from '#engine/ports.ts';
import { VERSION } from '#engine/version.ts';
import { withDriverCore } from './core.ts';
import { createDemoDriver } from './demo/demo-driver.ts';
import { createDummyDriver } from './dummy/dummy-driver.ts';
import type { Driver, DriverOutcome, DriverSink, UpsConfig } from './driver.ts';
import { isNativeDriver, type NativeDriver } from './native-drivers.ts';
import { createNutDriverFront } from './nut-driver/nut-driver-front.ts';
import { createDeviceClaims } from './usb-hid/device-claims.ts';
import { createUsbHidDriver } from './usb-hid/usb-hid-driver.ts';

export interface DriverFactoryParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Where relative paths start. */
  readonly baseDir: string;
  /** Folder of NUT's files: installed drivers read their section in it. */
  readonly confDir: string | undefined;
  readonly statePath: string | undefined;
  readonly driverPath: string | undefined;
  readonly maxAgeSeconds: number;
  /** Folder for sockets of NUT drivers that we start. */
  readonly runFolder: string;
  /** Reads the configuration again, for the command driver.reload. */
  reload(): Promise<DriverOutcome>;
  /** A person's own definitions before the built-in ones. */
  readonly definitions: DefinitionSet;
  /** Another way to the system's HID devices than node-hid on its own. */
  readonly hidPort?: HidPort;
}

export type DriverFactory = (config: UpsConfig, sink: DriverSink) => Driver;
type NativeFactory = (config: UpsConfig, inner: { readonly sink: DriverSink; readonly log: Log }) => Driver;

/** Grows when a driver reads or tells its device differently. */
const DRIVER_GENERATION = '1.0';

export function createDriverFactory(parts: DriverFactoryParts): DriverFactory {
  const { clock, log: engineLog } = parts;
  // One port and one register of who speaks to which unit for all sections, or two could take the same one.
  const systemPort = parts.hidPort ?? createNodeHidPort({ clock, log: engineLog });
  const claims = createDeviceClaims();
  const base = parts.baseDir;
  const pathOf = (path: string): string => (isAbsolute(path) ? path : resolve(base, path));

  const native: Record<NativeDriver, NativeFactory> = {
    'usbhid-ups': (config, { sink, log }) => {
      const isRecording = config.port.startsWith(RECORDING_PREFIX);
      const port = isRecording ? createRecordingPort(pathOf(config.port.slice(RECORDING_PREFIX.length))) : systemPort;
      return createUsbHidDriver({
        config: isRecording ? { ...config, port: 'auto' } : config,
        port,
        clock,
        log,
        bindDevice: (device, descriptor, options) => bindDevice(device, descriptor, options, parts.definitions),
        claimDevice: (device, options) => claimDevice(device, options, parts.definitions),
        sink,
        ...(isRecording ? {} : { claims }),
      });
    },
    'dummy-ups': (config, { sink, log }) => createDummyDriver({ config, confDir: base, clock, log, sink }),
    demo: (config, { sink, log }) => createDemoDriver({ config, clock, log, sink }),
  };

  return (config, sink) => {
    const { driver } = config;
    const log = engineLog.child({ ups: config.name });
    if (isNativeDriver(driver)) {
      return withDriverCore({
        config,
        sink,
        log,
        version: VERSION,
        internalVersion: DRIVER_GENERATION,
        reload: () => parts.reload(),
        create: (inner) => native[driver](config, inner),
      });
    }
    return createNutDriverFront({
      config,
      statePath: parts.statePath,
      driverPath: parts.driverPath,
      confDir: parts.confDir,
      clock,
      log,
      sink,
      maxAgeSeconds: parts.maxAgeSeconds,
      runFolder: parts.runFolder,
    });
  };
}
