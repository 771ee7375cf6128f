/** The engine inside of the shell: started so that a UPS is watched even where the network cannot be served. */
import { NutError, describeError, type AppError } from '#domain/errors.ts';
import type { Log, SecretSeal } from '#engine/ports.ts';
import type { Product } from '#engine/product.ts';
import {
  demoConfiguration,
  nutFilesConfiguration,
  startConfiguration,
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
