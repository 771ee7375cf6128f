/** From the wish of a section to an opened unit with its binding: lists, chooses, opens, and says why it cannot. */
import { realpath } from 'node:fs/promises';
import { AppError, DriverError, describeError } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { BindDevice, ClaimDevice, DeviceBinding } from '#engine/devices/binding.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import type { Clock, HidConnection, HidDeviceInfo, HidPort, Log, Stop } from '#engine/ports.ts';
import { chooseDevice, describeSearch, deviceLabel, isDevicePath, type Wish } from './device-choice.ts';
import type { DeviceClaims } from './device-claims.ts';
import { withDeadline } from './waiter.ts';

export interface FinderParts {
  readonly config: UpsConfig;
  readonly port: HidPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly bindDevice: BindDevice;
  readonly claimDevice: ClaimDevice;
  /** Shared by all sections of real devices; absent where each section has a port of its own. */
  readonly claims?: DeviceClaims;
}

export interface OpenUnit {
  readonly connection: HidConnection;
  readonly binding: DeviceBinding;
  /** Lets other sections have it. */
  readonly release: Stop;
}

export interface UnitFinder {
  /** Never rejects: what is in the way is the answer. */
  find(): Promise<OpenUnit | AppError>;
  /** Devices were plugged: what was found to be something else may be another device now. */
  forgetStrangers(): void;
}

const OPEN_LIMIT_MS = 10_000;

export function createUnitFinder(parts: FinderParts): UnitFinder {
  const { config, port, clock, log, bindDevice, claimDevice, claims } = parts;
  /** Devices that turned out to be no UPS, with the reason, so that they are not opened again and again. */
  const strangers = new Map<string, Text>();

  const find = async (): Promise<OpenUnit | AppError> => {
    const wish: Wish = { owner: config.name, port: await realPort(config.port), options: config.options };
    const devices = await port.list();
    const choice = chooseDevice(devices, wish, claimDevice, claims);
    const refusals: Text[] = [...choice.refusals];
    let trouble: AppError | undefined;
    for (const { device, claim } of choice.candidates) {
      // A device that nobody knows is no substitute for a known unit that cannot be opened at the moment.
      if (trouble && claim.kind === 'guess') break;
      const opened = await open(device, claim.kind === 'guess');
      if (!(opened instanceof AppError)) return opened;
      if (opened.code === 'driver/not-a-ups') refusals.unshift(notAUps(opened));
      else trouble ??= opened;
    }
    return (
      trouble ??
      (await blockedUnit(wish)) ??
      new DriverError('driver/no-device', { ups: config.name, searched: describeSearch(devices, refusals) })
    );
  };

  const open = async (device: HidDeviceInfo, isGuess: boolean): Promise<OpenUnit | AppError> => {
    const label = deviceLabel(device);
    const stranger = strangers.get(device.path);
    if (stranger !== undefined) return new DriverError('driver/not-a-ups', { device: label, reason: stranger });
    const release = claims ? claims.take(device, config.name) : () => undefined;
    // Another section took it while this one was looking.
    if (!release)
      return new DriverError('driver/not-a-ups', { device: label, reason: phrase('reason.other-section-has', {}) });
    let connection: HidConnection | undefined;
    try {
      const late = (): Error =>
        new DriverError('driver/no-answer', {
          device: label,
          reason: phrase('reason.not-opened', { seconds: OPEN_LIMIT_MS / 1000 }),
        });
      connection = await withDeadline(clock, OPEN_LIMIT_MS, port.open(device), late);
      const descriptor = await connection.readReportDescriptor();
      return { connection, binding: bindDevice(device, descriptor, config.options), release };
    } catch (error) {
      await closeQuietly(connection);
      release();
      const cause = asAppError(error, label);
      const isStranger = cause.code === 'driver/not-a-ups' || (isGuess && cause.code === 'hid/bad-descriptor');
      if (!isStranger) return cause;
      const reason = cause.details.reason as Text;
      strangers.set(device.path, reason);
      return new DriverError('driver/not-a-ups', { device: label, reason }, cause);
    }
  };

  const blockedUnit = async (wish: Wish): Promise<AppError | undefined> => {
    const blocked = (await port.blocked?.()) ?? [];
    return blocked.find(({ device }) => claimDevice(device, wish.options).kind === 'known')?.error;
  };

  const closeQuietly = async (connection: HidConnection | undefined): Promise<void> => {
    try {
      await connection?.close();
    } catch (error) {
      log.debug(`Closing: ${describeError(error)}`);
    }
  };

  return {
    find: () => find().catch((error: unknown) => asAppError(error, config.name)),
    forgetStrangers: () => strangers.clear(),
  };
}

/** Without the full stop, because it stands in a list. */
const notAUps = ({ details }: AppError): Text =>
  phrase('search.not-a-ups', { device: details.device as Text, reason: details.reason as Text });

/** A name that udev made (`SYMLINK+="ups"`) leads to the node that is listed. */
async function realPort(port: string): Promise<string> {
  if (!isDevicePath(port) || !port.startsWith('/')) return port;
  try {
    return await realpath(port);
  } catch {
    return port; // not there at the moment: no device will have this path, and that is what is told
  }
}

/** Errors of a library that were not expected still reach the person as a sentence. */
export function asAppError(error: unknown, device: string): AppError {
  if (error instanceof AppError) return error as AppError;
  return new DriverError('driver/io', { device, reason: reasonOf(error) }, error);
}
