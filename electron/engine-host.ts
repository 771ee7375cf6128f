/** What the engine inside of the shell runs on. */
import type { SecretSeal } from '#engine/ports.ts';
import {
  demoConfiguration,
  nutFilesConfiguration,
  startConfiguration,
  type Configuration,
} from '#engine/settings/configuration.ts';
import { openSettingsKeeper, type SettingsKeeper, type SettingsKeeperParts } from '#engine/settings/settings-keeper.ts';
import type { LaunchOptions } from './launch-options.ts';

/** What the engine runs on: NUT's files or the demonstration where they were asked for, else our own settings. */
export interface ChosenConfiguration {
  readonly configuration: Configuration;
  readonly settings?: SettingsKeeper;
}

export interface HostParts extends Omit<SettingsKeeperParts, 'seal'> {
  /** Asked only where there are settings with passwords: the system may trouble a person about it. */
  readonly seal: () => Promise<SecretSeal | undefined>;
}

/** @throws SettingsError for files of NUT, or settings of a newer version, that cannot be used */
export async function chooseConfiguration(
  { confDir, isDemo }: Pick<LaunchOptions, 'confDir' | 'isDemo'>,
  { seal: makeSeal, ...parts }: HostParts,
  env: NodeJS.ProcessEnv,
): Promise<ChosenConfiguration> {
  const { dataDir, log } = parts;
  if (confDir !== undefined) return { configuration: await nutFilesConfiguration(confDir, dataDir, env, log) };
  if (isDemo) return { configuration: demoConfiguration(dataDir) };
  const seal = await makeSeal();
  const settings = await openSettingsKeeper({ ...parts, ...(seal ? { seal } : {}) });
  return { configuration: await startConfiguration(settings.current.settings, dataDir, log), settings };
}
