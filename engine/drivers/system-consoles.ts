/** Serial lines by which the system talks to people. What it writes there, a UPS would take for commands. */
import { readFile, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';

/** Where Linux tells of them; other systems have none of these files, and no console by a serial line. */
export interface ConsolePlaces {
  readonly devFolder?: string;
  /** Where Linux tells what its serial ports are. */
  readonly ttyFolder?: string;
  readonly procFolder?: string;
}

/** Their device paths: those in use, and those that the kernel was told of at its start. */
export async function systemConsoles(places: ConsolePlaces = {}): Promise<readonly string[]> {
  const { devFolder = '/dev', ttyFolder = '/sys/class/tty', procFolder = '/proc' } = places;
  const active = (await textOf(join(ttyFolder, 'console', 'active'))).trim().split(/\s+/);
  const listed = [...(await textOf(join(procFolder, 'consoles'))).matchAll(/^(\S+)/gm)];
  const asked = [...(await textOf(join(procFolder, 'cmdline'))).matchAll(/(?:^|\s)console=(?:\/dev\/)?([^\s,]+)/g)];
  const names = new Set([...active, ...[...listed, ...asked].map(([, name = '']) => name)]);
  return [...names].filter((name) => /^[\w.-]+$/.test(name)).map((name) => join(devFolder, name));
}

/**
 * Which of the consoles a port is, if any: `ttyS0`. By another name (`/dev/serial/by-id/…`) it is one as well.
 * @param port as it stands in the form: anything
 */
export async function consoleAt(port: string, consoles: readonly string[]): Promise<string | undefined> {
  if (!isAbsolute(port) || consoles.length === 0) return undefined;
  const paths = [join(port), await targetOf(port)];
  const found = consoles.find((console) => paths.includes(console));
  return found === undefined ? undefined : basename(found);
}

async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path; // what is not there, or not for us to see, is what it is called
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return ''; // another system, or none: then no port is one
  }
}
