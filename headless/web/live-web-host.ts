/**
 * The web host as the settings of the data folder have it. A change of `settings.json` or of the passwords is taken up
 * while it runs: with another configuration it closes and opens again at the same place, with the same token.
 */
import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, SettingsError } from '#domain/errors.ts';
import type { Stop } from '#engine/ports.ts';
import { readSettings, readUsableSettings, SETTINGS_FILE } from '#engine/settings/settings-store.ts';
import { findWebSecrets, makeWebSecrets, WEB_SECRETS_FILE, type WebSecrets } from './secrets.ts';
import { createSessions } from './sessions.ts';
import { createWebHost, type WebHost, type WebHostDeps } from './web-host.ts';
import { readWebTls } from './web-tls.ts';

const LOOK_EVERY_MS = 1_000;

export interface LiveWebHostParts extends Omit<WebHostDeps, 'config' | 'sessions'> {
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Nothing is read before start(). @throws also SettingsError from start() */
export function createLiveWebHost(parts: LiveWebHostParts): WebHost {
  const { dataDir, host, clock, log } = parts;
  const token = randomBytes(24).toString('base64url');
  let { port } = parts;
  let current: WebHost | undefined;
  let seen: string | undefined;
  let inForce: string | undefined;
  let looking: Promise<void> | undefined;
  let endWatch: Stop | undefined;
  /** Of this start, where the folder has none. */
  let made: WebSecrets | undefined;
  let isStopped = false;

  const read = async (
    readAll: typeof readSettings = readSettings,
  ): Promise<Pick<WebHostDeps, 'config'> & { readonly signingKey: Buffer }> => {
    const { web } = (await readAll(dataDir)).settings;
    const { passwords, signingKey } = (await findWebSecrets(dataDir)) ?? made ?? (await makeWebSecrets(dataDir, log));
    const tls = await readWebTls(web, { dataDir, host }, clock, log);
    const { allowPlainHttp, hostNames } = web;
    return { config: { host, port, token, passwords, tls, allowPlainHttp, hostNames }, signingKey };
  };
  /** A broken file that could not be set aside must not keep away the interface where it is told. */
  const readAtStart = async (): ReturnType<typeof read> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SettingsError) || error.code !== 'settings/bad-file') throw error;
      log.error(`The web interface starts on the last good settings: ${describeError(error)}`);
      return read(readUsableSettings);
    }
  };
  const make = ({ config, signingKey }: Awaited<ReturnType<typeof read>>): WebHost =>
    createWebHost({ ...parts, config, sessions: createSessions(signingKey) });

  const mayGoOn = (): boolean => !isStopped;

  const look = async (): Promise<void> => {
    const now = await fingerprint(dataDir);
    if (now === seen) return;
    seen = now;
    try {
      const wanted = await read();
      // The settings of other parts are in the same file: pages need not be disconnected for them.
      if (JSON.stringify(wanted) === inForce) return;
      const next = make(wanted);
      next.check();
      if (!mayGoOn()) return;
      await current?.stop();
      current = next;
      inForce = JSON.stringify(wanted);
      if (!mayGoOn()) return;
      const { origin } = new URL(await next.start());
      log.info(`Changed settings taken up; the web interface is at ${origin}`);
    } catch (error) {
      log.error(`The changed settings of the web interface were not taken up: ${describeError(error)}`);
    }
  };

  return {
    check: () => current?.check(),
    async start() {
      made = await makeWebSecrets(dataDir, log);
      seen = await fingerprint(dataDir);
      current = make(await readAtStart());
      const link = await current.start();
      port = Number(new URL(link).port) || port;
      inForce = JSON.stringify(await read(readUsableSettings));
      endWatch = clock.every(LOOK_EVERY_MS, () => {
        looking ??= look().finally(() => (looking = undefined));
      });
      return link;
    },
    get clientCount() {
      return current?.clientCount ?? 0;
    },
    async stop() {
      isStopped = true;
      endWatch?.();
      await looking;
      await current?.stop();
    },
  };
}

/** Changes whenever one of the files was replaced. */
async function fingerprint(dataDir: string): Promise<string> {
  const of = async (name: string): Promise<string> => {
    try {
      const { ino, size, mtimeNs } = await stat(join(dataDir, name), { bigint: true });
      return `${ino}:${size}:${mtimeNs}`;
    } catch {
      return 'none'; // make() tells what is wrong with a file that is there and cannot be read
    }
  };
  return (await Promise.all([SETTINGS_FILE, WEB_SECRETS_FILE].map(of))).join(' ');
}
