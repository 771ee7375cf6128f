/** `dummy-ups`: a UPS out of a file, or one of another NUT server. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DriverError, type AppError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Driver, DriverSink, UpsConfig } from '#engine/drivers/driver.ts';
import { parseUpsAddress, type UpsAddress } from '#engine/nut/ups-address.ts';
import type { Clock, Log } from '#engine/ports.ts';
import { credentialsFor, type NutCredentials, readNutAuth } from '#engine/settings/nut-conf/nutauth-conf.ts';
import { describeProblem, Problems } from '#engine/settings/nut-conf/problem.ts';
import { modeOf } from './dummy-options.ts';
import { createFilePlayer } from './file-player.ts';
import { createRepeater } from './repeater.ts';

export interface DummyDriverParts {
  readonly config: UpsConfig;
  /** Folder that relative paths start from: that of ups.conf. */
  readonly confDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: DriverSink;
}

export function createDummyDriver(parts: DummyDriverParts): Driver {
  const { config, confDir, clock, log, sink } = parts;
  const mode = modeOf(config);
  if (mode !== 'repeater') {
    const path = resolve(confDir, config.port);
    return createFilePlayer({ config, path, isLooping: mode === 'loop', clock, log, sink });
  }
  const address = parseUpsAddress(config.port);
  if (!address) {
    const reason = phrase('reason.no-address', { value: config.port });
    return withoutSource(new DriverError('driver/bad-option', { option: 'port', ups: config.name, reason }), sink);
  }
  const credentials = (): Promise<NutCredentials> => readCredentials(config, confDir, address, log);
  return createRepeater({ config, address, credentials, clock, log, sink });
}

const AUTH_FILE = 'nutauth.conf';

/** `authconf`: `none`, a path, or `default`, which is nutauth.conf beside ups.conf and need not be there. */
async function readCredentials(
  { options }: UpsConfig,
  confDir: string,
  address: UpsAddress,
  log: Log,
): Promise<NutCredentials> {
  const asked = typeof options.authconf === 'string' ? options.authconf : 'default';
  if (asked === 'none') return {};
  const path = resolve(confDir, asked === 'default' ? AUTH_FILE : asked);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing && asked === 'default') return {};
    throw new DriverError('driver/cannot-read', { file: path, reason: reasonOf(error) }, error);
  }
  const problems = new Problems(path);
  const auth = readNutAuth(bytes, problems);
  for (const problem of problems.list()) log.debug(describeProblem(problem));
  return credentialsFor(auth, address);
}

/** A section that cannot work until it is corrected. */
function withoutSource(error: AppError, sink: DriverSink): Driver {
  return {
    start() {
      sink({ type: 'disconnected', error });
    },
    stop: () => Promise.resolve(),
    runCommand: () => Promise.resolve('failed'),
    setVariable: () => Promise.resolve('failed'),
    killPower: () => Promise.resolve('failed'),
  };
}
