/** A look at another NUT server before it is written into the settings. */
import { NutError } from '#domain/errors.ts';
import type { Clock } from '#engine/ports.ts';
import { withinLimit } from '#engine/within-limit.ts';
import { connectNutClient, type NutClientOptions } from './client.ts';

/** A person waits for the answer. */
const PATIENCE_MS = 5_000;

/**
 * The UPSes that a server has, with their descriptions; each name once, whatever the server says.
 * @throws NutError when it cannot be reached, is no NUT server or does not answer in time
 */
export async function probeServer(
  host: string,
  port: number,
  clock: Clock,
): Promise<{ name: string; description: string }[]> {
  const listed = await withinTime({ host, port, clock }, (client) => client.list('UPS'));
  const upses = new Map(listed.ok ? listed.value.map(([name = '', description = '']) => [name, description]) : []);
  return [...upses].map(([name, description]) => ({ name, description }));
}

/** SHA-256 of the certificate that a server of this computer shows; undefined where it has none. @throws as probeServer */
export const fingerprintOf = (host: string, port: number, clock: Clock): Promise<string | undefined> =>
  withinTime({ host, port, clock, tls: 'try' }, (client) => Promise.resolve(client.fingerprint));

/** The whole of it within the patience, where the client has one for each step. */
function withinTime<Result>(
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
  return withinLimit(clock, PATIENCE_MS, asking, () => {
    throw new NutError('nut/timeout', { address: `${host}:${port}`, seconds: PATIENCE_MS / 1000 });
  });
}
