/** The passwords of the web interface as its own page sees and changes them. */
import { WebError } from '#domain/errors.ts';
import type { Log, WebPasswords } from '#engine/ports.ts';
import { isLoopback } from '#engine/settings/nut-conf/loopback.ts';
import { changePasswords, checkPassword, findWebSecrets } from './secrets.ts';

/** @param address where the interface listens: on the network it keeps a password for every right */
export function createWebPasswords(
  dataDir: string,
  address: { readonly host: string; readonly port: number },
  log: Log,
): WebPasswords {
  return {
    async areSet() {
      const { control, read } = (await findWebSecrets(dataDir))?.passwords ?? {};
      return { 'web.password': control !== undefined, 'web.readPassword': read !== undefined };
    },
    async set(key, password) {
      if (key === 'web.password' && password === '' && !isLoopback(address.host)) {
        throw new WebError('web/password-needed', { address: `${address.host}:${address.port}` });
      }
      checkPassword(key, password);
      await changePasswords(dataDir, new Map([[key, password]]));
      log.warn(`On the page of settings ${key} was ${password === '' ? 'taken away' : 'changed'}`);
    },
  };
}
