/** A look at another NUT server before it is written into the settings. */
import { NutError } from '#domain/errors.ts';
import type { Clock } from '#engine/ports.ts';
import { withinLimit } from '#engine/within-limit.ts';
import { connectNutClient, type NutClient, type NutClientOptions } from './client.ts';

/** A person waits for the answer. */
const PATIENCE_MS = 5_000;

/**
 * The UPSes that a server has, with their descriptions; each name once, whatever the server says.
 * @param patienceMs for the whole of it
 * @throws NutError when it cannot be reached, is no NUT server or does not answer in time
 */
export async function probeServer(
  host: string,
  port: number,
  clock: Clock,
  patienceMs = PATIENCE_MS,
): Promise<{ name: string; description: string }[]> {
  const listed = await withinTime({ host, port, clock, timeoutMs: patienceMs }, (client) => client.list('UPS'));
  const rows = listed.ok ? listed.value : [];
  const upses = new Map(
    rows.flatMap(([name, description = '']) => (name === undefined ? [] : [[name, description] as const])),
  );
  return [...upses].map(([name, description]) => ({ name, description }));
}

/** SHA-256 of the certificate that a server of this computer shows; undefined where it has none. @throws as probeServer */
export const fingerprintOf = (host: string, port: number, clock: Clock): Promise<string | undefined> =>
  withinTime({ host, port, clock, timeoutMs: PATIENCE_MS, tls: 'try' }, (client) =>
    Promise.resolve(client.fingerprint),
  );

/** The whole of it within the time that the client has for each step. */
function withinTime<Result>(
  options: NutClientOptions & { readonly timeoutMs: number },
  ask: (client: NutClient) => Promise<Result>,
): Promise<Result> {
  const { host, port = 0, clock, timeoutMs } = options;
  let client: NutClient | undefined;
  const asking = connectNutClient(options).then(async (connected) => {
    client = connected;
    try {
      return await ask(connected);
    } finally {
      void connected.close();
    }
  });
  return withinLimit(clock, timeoutMs, asking, () => {
    // It may go on telling for as long as it likes.
    void client?.close();
    throw new NutError('nut/timeout', { address: `${host}:${port}`, seconds: timeoutMs / 1000 });
  });
}
