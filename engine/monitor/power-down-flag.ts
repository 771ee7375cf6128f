/** upsmon's POWERDOWNFLAG: a file that tells the system's late power-off step that the UPS is to be switched off. */
import { readFile, rm, writeFile } from 'node:fs/promises';

const MAGIC = 'upsmon-shutdown-file';

/** Takes an own flag of an earlier shutdown away. @returns false when something else stands in the file: it is left alone */
export async function clearPowerDownFlag(file: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
  if (!text.startsWith(MAGIC)) return false;
  await rm(file, { force: true });
  return true;
}

export const writePowerDownFlag = (file: string): Promise<void> => writeFile(file, MAGIC);
