/** The section of ups.conf that a driver reads. Grammar: engine/nut/words.ts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { parseLines, quote } from '#engine/nut/words.ts';

/**
 * @param folder of ups.conf; a folder without one has no section
 * @param section name, written exactly so: that is how drivers look for it
 * @throws the system's error for a file that cannot be read
 */
export async function hasSection(folder: string, section: string): Promise<boolean> {
  try {
    const file = await readFile(join(folder, 'ups.conf'));
    return parseLines(file).some(({ words }) => words?.[0] === `[${section}]`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Options for upsdrvctl, upsd or us: drivers of NUT 2.8.0 end when they meet some of them. */
const NOT_FOR_DRIVERS: ReadonlySet<string> = new Set(
  'driver port desc sdorder sddelay maxstartdelay maxretry retrydelay nowait'.split(' '),
);
/** What can stand before `=`; anything else no driver has as an option. */
const OPTION_NAME = /^[\w.:+-]+$/;

/** Text of an ups.conf for the driver of one UPS. */
export function driverConfFor(config: UpsConfig): string {
  const options = Object.entries(config.options)
    .filter(([name]) => OPTION_NAME.test(name) && !NOT_FOR_DRIVERS.has(name))
    .map(([name, value]) => (value === true ? `  ${name}` : `  ${name} = ${quote(value)}`));
  return [`[${config.name}]`, `  driver = ${config.driver}`, `  port = ${quote(config.port)}`, ...options, ''].join(
    '\n',
  );
}
