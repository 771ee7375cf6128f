import { SettingsError } from '#domain/errors.ts';
import { makeFolder } from '#engine/make-folder.ts';
import { reasonOf } from '#engine/system-reason.ts';

/** Makes the data folder, for its owner only, where there is none. @throws SettingsError settings/cannot-keep */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700);
  } catch (error) {
    throw new SettingsError('settings/cannot-keep', { file: folder, reason: reasonOf(error) }, error);
  }
}
