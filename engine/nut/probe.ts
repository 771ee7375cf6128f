/** A look at another NUT server before it is written into the settings. */
import { NutError } from '#domain/errors.ts';
import type { Clock } from '#engine/ports.ts';
import { connectNutClient, type NutClientOptions } from './client.ts';

/** A person waits for the answer. */
const PATIENCE_MS = 5_000;

/**
 * The UPSes that a server has, with their descriptions.
 * @throws NutError when it cannot be reached, is no NUT server or does not answer in time
 */
export async function probeServer(
  host: string,
  port: number,
  clock: Clock,
): Promise<{ name: string; description: string }[]> {
  const listed = await withinTime({ host, port, clock }, (client) => client.list('UPS'));
  return listed.ok ? listed.value.map(([name = '', description = '']) => ({ name, description })) : [];
}

/** SHA-256 of the certificate that a server of this computer shows; undefined where it has none. @throws as probeServer */
export const fingerprintOf = (host: string, port: number, clock: Clock): Promise<string | undefined> =>
  withinTime({ host, port, clock, tls: 'try' }, (client) => Promise.resolve(client.fingerprint));

/** The whole of it within the patience, where the client has one for each step. */
async function withinTime<Result>(
  options: NutClientOptions,
  ask: (client: Awaited<ReturnType<typeof connectNutClient>>) => Promise<Result>,
): Promise<Result> {
  const { host, port = 0, clock } = options;
  const asking = connectNutClient({ ...options, timeoutMs: PATIENCE_MS }).then(async (client) => {
    try {
      return await ask(client);
    } finally {
      void client.close();
    }
  });
  const limit = new AbortController();
  const tooLate = clock.sleep(PATIENCE_MS, limit.signal).then(
    (): never => {
      throw new NutError('nut/timeout', { address: `${host}:${port}`, seconds: PATIENCE_MS / 1000 });
    },
    () => asking, // the answer was there first
  );
  try {
    return await Promise.race([asking, tooLate]);
  } finally {
    limit.abort();
  }
}
