/** The passwords of the web interface over the contract: whether there are any, and new ones. */
import type { RequestName, RequestParams, RequestResult } from '#domain/contract.ts';
import { WebError } from '#domain/errors.ts';
import type { WebPasswords } from '#engine/ports.ts';

type WebRequest = Extract<RequestName, `web.${string}`>;
export type WebHandlers = {
  [Name in WebRequest]: (params: RequestParams<Name>) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

/** @param passwords undefined where no web interface is served */
export function createWebHandlers(passwords: WebPasswords | undefined): WebHandlers {
  return {
    'web.passwords': async () => (passwords ? { isSet: await passwords.areSet() } : {}),
    'web.setPassword': async ({ key, password }) => {
      if (!passwords) throw new WebError('web/not-served', {});
      await passwords.set(key, password);
      return {};
    },
  };
}
