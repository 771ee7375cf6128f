/** What may stand in the field for the port of a driver, on this computer. */
import { execFile } from 'node:child_process';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FoundDevice, OfferedPort } from '#domain/contract.ts';
import { NUT_DRIVERS } from '#engine/settings/nut-conf/driver-options.ts';
import { RECORDING_PREFIX } from '#engine/adapters/recording-port.ts';
import { AppError } from '#domain/errors.ts';
import { isNativeDriver } from './native-drivers.ts';
import { systemConsoles, type ConsolePlaces } from './system-consoles.ts';

const execute = promisify(execFile);

export interface PortSources extends ConsolePlaces {
  /** Attached UPSes. */
  scanDevices(): Promise<readonly FoundDevice[]>;
  readonly dataDir: string;
  /** What Windows answers about its serial ports; undefined on other systems. */
  serialMap?(): Promise<string | undefined>;
}

/** They reach their device by a name or an address. */
const NETWORK_DRIVERS = new Set(['snmp-ups', 'netxml-ups', 'apcupsd-ups', 'powerman-pdu', 'nut-upower', 'nut-ipmipsu']);

const AUTO: OfferedPort = { port: 'auto', kind: 'auto', title: '', selectors: [] };

/** Most likely first. What cannot be looked up (a folder that is not there) is not offered. */
export async function offeredPorts(driver: string, sources: PortSources): Promise<OfferedPort[]> {
  const isUsb = driver === 'usbhid-ups' || (Object.hasOwn(NUT_DRIVERS, driver) && NUT_DRIVERS[driver]?.isUsb === true);
  if (driver === 'demo') return [AUTO];
  if (driver === 'dummy-ups') return files(sources.dataDir);
  const ports = isUsb ? await usbPorts(sources) : [];
  if (driver === 'usbhid-ups') return [...ports, ...(await recordings(sources.dataDir))];
  // Drivers that speak by a serial line say nothing of it; what has "usb" in its name does not.
  if (NETWORK_DRIVERS.has(driver) || isNativeDriver(driver) || driver.includes('usb')) return ports;
  return [...ports, ...(await serialPorts(sources))];
}

/** A search that fails is told beside `auto`, which can be chosen all the same. */
async function usbPorts(sources: PortSources): Promise<OfferedPort[]> {
  try {
    const units = (await sources.scanDevices()).map(({ title, selectors, problem }): OfferedPort => ({
      port: 'auto',
      kind: 'unit',
      title,
      selectors: [...selectors],
      ...(problem === undefined ? {} : { problem }),
    }));
    return [AUTO, ...units];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{ ...AUTO, problem: { ...error.toWire(), details: { ...error.details } } }];
  }
}

/** Folders that "ridethrough record" wrote into the folder of recordings. */
async function recordings(dataDir: string): Promise<OfferedPort[]> {
  const folder = join(dataDir, 'recordings');
  return (await namesIn(folder)).map((name) => ({
    port: `${RECORDING_PREFIX}${join(folder, name)}`,
    kind: 'recording',
    title: name,
    selectors: [],
  }));
}

const files = async (dataDir: string): Promise<OfferedPort[]> =>
  (await namesIn(dataDir))
    .filter((name) => /\.(?:dev|seq)$/.test(name))
    .map((name) => ({ port: name, kind: 'file', title: '', selectors: [] }));

/** Adapters by the name that follows them into another socket; the plain names of those that have none. */
async function serialPorts(sources: PortSources): Promise<OfferedPort[]> {
  const map = await (sources.serialMap ?? askSerialMap)();
  if (map !== undefined) return comPorts(map).map((port) => ({ port, kind: 'serial', title: '', selectors: [] }));
  const { devFolder = '/dev', ttyFolder = '/sys/class/tty' } = sources;
  const byId = join(devFolder, 'serial', 'by-id');
  const named = await Promise.all(
    (await namesIn(byId)).map(async (name) => ({ path: join(byId, name), target: await realpath(join(byId, name)) })),
  );
  const consoles = await systemConsoles(sources);
  const taken = new Set([...named.map(({ target }) => target), ...consoles]);
  const plain: string[] = [];
  for (const name of await namesIn(devFolder)) {
    const isAdapter = /^(?:ttyUSB|ttyACM|cu\.)/.test(name);
    if (isAdapter || (/^ttyS\d+$/.test(name) && (await isThere(ttyFolder, name)))) plain.push(join(devFolder, name));
  }
  const offered = [
    ...named.filter(({ target }) => !consoles.includes(target)).map(({ path }) => path),
    ...plain.filter((path) => !taken.has(path)),
  ];
  return offered.map((port) => ({ port, kind: 'serial', title: '', selectors: [] }));
}

/**
 * Names of serial ports in the answer of `reg query` about SERIALCOMM, by number: each line has the name of the device,
 * the type and the port. Pure.
 */
function comPorts(answer: string): string[] {
  const ports = [...answer.matchAll(/\sREG_SZ\s+(COM\d+)\s*$/gm)].flatMap(([, port]) => port ?? []);
  return [...new Set(ports)].sort((a, b) => Number(a.slice(3)) - Number(b.slice(3)));
}

/** Without any port the key is not there and the program fails: then there are none to offer. */
async function askSerialMap(): Promise<string | undefined> {
  if (process.platform !== 'win32') return undefined;
  try {
    const { stdout } = await execute('reg', ['query', String.raw`HKLM\HARDWARE\DEVICEMAP\SERIALCOMM`], {
      timeout: 5_000,
    });
    return stdout;
  } catch {
    return ''; // a port that is not offered can be typed
  }
}

/** Linux makes more names than a computer has ports; those without one have the type 0. */
async function isThere(ttyFolder: string, name: string): Promise<boolean> {
  try {
    return (await readFile(join(ttyFolder, name, 'type'), 'utf8')).trim() !== '0';
  } catch {
    return false; // a name of which the system says nothing is not offered; it can be typed
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return []; // not there, or not for us to see: then nothing of it is offered
  }
}
