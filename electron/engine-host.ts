/** The engine inside of the shell: started so that a UPS is watched even where the network cannot be served. */
import { NutError, describeError, type AppError } from '#domain/errors.ts';
import type { Log } from '#engine/ports.ts';
import type { Product } from '#engine/product.ts';
import {
  demoConfiguration,
  nutFilesConfiguration,
  settingsConfiguration,
  type Configuration,
} from '#engine/settings/configuration.ts';
import { openSettingsKeeper, type SettingsKeeper, type SettingsKeeperParts } from '#engine/settings/settings-keeper.ts';
import type { LaunchOptions } from './launch-options.ts';

export interface StartedProduct {
  readonly product: Product;
  /** Why the UPS is not shared with the network. */
  readonly networkProblem: AppError | undefined;
}

/**
 * @param create makes the product of a configuration
 * @throws AppError what the engine itself cannot get over
 */
export async function startProduct(
  create: (configuration: Configuration) => Product,
  configuration: Configuration,
  log: Log,
): Promise<StartedProduct> {
  const product = create(configuration);
  try {
    await product.start();
    return { product, networkProblem: undefined };
  } catch (error) {
    await product.stop();
    if (!(error instanceof NutError) || !configuration.engine.nut) throw error;
    // Most often NUT's own server already listens there. Warnings and the shutdown do not need the network.
    log.warn(describeError(error));
    const local = create({ ...configuration, engine: { ...configuration.engine, nut: undefined } });
    await local.start();
    return { product: local, networkProblem: error };
  }
}

/** What the engine runs on: NUT's files or the demonstration where they were asked for, else our own settings. */
export interface ChosenConfiguration {
  readonly configuration: Configuration;
  readonly settings?: SettingsKeeper;
}

/** @throws SettingsError for files of NUT, or settings of a newer version, that cannot be used */
export async function chooseConfiguration(
  { confDir, isDemo }: Pick<LaunchOptions, 'confDir' | 'isDemo'>,
  { dataDir, clock, log, seal }: SettingsKeeperParts,
  env: NodeJS.ProcessEnv,
): Promise<ChosenConfiguration> {
  if (confDir !== undefined) return { configuration: await nutFilesConfiguration(confDir, dataDir, env, log) };
  if (isDemo) return { configuration: demoConfiguration(dataDir) };
  const settings = await openSettingsKeeper({ dataDir, clock, log, ...(seal ? { seal } : {}) });
  return { configuration: settingsConfiguration(settings.current.settings, dataDir, log), settings };
}
