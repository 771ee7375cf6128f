/** upsmon's POWERDOWNFLAG: a file that tells the system's late power-off step that the UPS is to be switched off. */
import { access, constants, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { phrase, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';

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

/** Why it could not be written; undefined where it could. Nothing is changed. */
export async function checkPowerDownFlag(file: string): Promise<Text | undefined> {
  try {
    const text = await readFile(file, 'latin1');
    if (!text.startsWith(MAGIC)) return phrase('dry.flag.foreign', {});
    await access(file, constants.W_OK);
    return undefined;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing
      ? access(dirname(file), constants.W_OK | constants.X_OK).then(() => undefined, reasonOf)
      : reasonOf(error);
  }
}

export const writePowerDownFlag = (file: string): Promise<void> => writeFile(file, MAGIC);
