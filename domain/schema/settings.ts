/**
 * The settings of a data folder (`settings.json`). A key is the dotted path of a value: `web.tls`. Passwords are no part
 * of it; they are kept apart, as hashes.
 */
import { z } from 'zod';

export const SETTINGS_VERSION = 1;

/** Messages of this schema say what to write, so that "write …" can stand before them. */
const HostName = z
  .string({ error: 'names in quotes' })
  .max(253, { error: 'shorter names' })
  .regex(
    /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$|^[0-9a-f:]*:[0-9a-f:.]*$/i,
    {
      error: 'names such as ups.example, without port, joined by commas',
    },
  );

/** Paths are absolute in the file; the command line takes them relative to where it is called. */
const FilePath = z
  .string({ error: 'the path of a file' })
  .min(1, { error: 'the path of a file' })
  .max(4096, { error: 'a shorter path' })
  .meta({ isPath: true });

export const WEB_TLS_MODES = ['none', 'own', 'files'] as const;

const WebSettings = z
  .strictObject({
    /** `none`, a certificate of the program's own, or the one in `certFile` and `keyFile`. */
    tls: z.enum(WEB_TLS_MODES, { error: `one of ${WEB_TLS_MODES.join(', ')}` }).default('none'),
    /** PEM, with the chain. */
    certFile: FilePath.optional(),
    /** PEM, without a passphrase. */
    keyFile: FilePath.optional(),
    /** TLS is done by somebody else (a proxy), or knowingly not at all. */
    allowPlainHttp: z.boolean({ error: 'true or false' }).default(false),
    /** Names besides the computer's own under which the web interface is reached. */
    hostNames: z
      .array(HostName, { error: 'a list of names' })
      .max(100, { error: 'no more than 100 names' })
      .default([]),
  })
  .superRefine((web, context) => {
    if (web.tls !== 'files') return;
    for (const key of ['certFile', 'keyFile'] as const) {
      if (web[key] === undefined) {
        context.addIssue({ code: 'custom', path: [key], message: 'web.tls is "files"', params: { isMissing: true } });
      }
    }
  });

export const Settings = z.strictObject({
  version: z.literal(SETTINGS_VERSION, { error: String(SETTINGS_VERSION) }),
  web: WebSettings.prefault({}),
});
export type Settings = z.output<typeof Settings>;

/** Keys whose values go in and never come out. */
export const SECRET_KEYS = ['web.password', 'web.readPassword'] as const;
export type SecretKey = (typeof SECRET_KEYS)[number];
