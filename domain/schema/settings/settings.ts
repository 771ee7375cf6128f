/**
 * The settings of a data folder, in three forms of one schema that differ in how a password is written: `Settings` holds
 * the text and never leaves the engine; `SettingsDraft` says whether there is one, or the new text, and is what the faces
 * see and send; the file `settings.json` holds a reference to where it is kept.
 */
import { z } from 'zod';
import { alertSettings } from './alert-settings.ts';
import { NutPassword, wants, YesNo } from './parts.ts';
import { EnergySettings, mailSettings, serverSettings, WebSettings } from './server-settings.ts';
import { upsSettings } from './ups-settings.ts';

export const SETTINGS_VERSION = 2;

/** More than anybody has, and few enough to be watched. */
const MOST_UPSES = 64;

/** A group that was left out is one in which nothing was set. */
const orDefaults = <Group extends z.ZodType>(group: Group) => group.prefault({} as z.input<Group>);

/**
 * @param nutSecret how a password of NUT's files and protocol is written
 * @param secret how any other password is
 */
const settingsWith = <NutSecret extends z.ZodType, Secret extends z.ZodType>(nutSecret: NutSecret, secret: Secret) =>
  z
    .strictObject({
      version: z.literal(SETTINGS_VERSION, wants('expected.this-version')).default(SETTINGS_VERSION),
      /** Empty: the first UPS that is attached, under the name `ups`. */
      ups: z.array(upsSettings(nutSecret), wants('expected.list')).max(MOST_UPSES, wants('expected.fewer')).default([]),
      server: orDefaults(serverSettings(nutSecret)),
      mail: orDefaults(mailSettings(secret)),
      alerts: orDefaults(alertSettings(secret)),
      web: WebSettings.prefault({}),
      energy: EnergySettings.prefault({}),
      setup: z
        .strictObject({
          /** The wizard was gone through, or left for good. */
          isDone: YesNo.default(false),
        })
        .prefault({}),
    })
    .superRefine(({ ups }, context) => {
      const taken = new Set<string>();
      const claim = (given: string, path: readonly (string | number)[]): void => {
        const name = given.toLowerCase();
        if (taken.has(name)) context.addIssue({ code: 'custom', path: [...path], message: 'expected.free-identifier' });
        taken.add(name);
      };
      ups.forEach(({ identifier }, index) => claim(identifier, ['ups', index, 'identifier']));
      ups.forEach(({ aliases }, index) => {
        aliases.forEach((alias, place) => claim(alias, ['ups', index, 'aliases', place]));
      });
    });

const AnyPassword = z.string(wants('expected.text')).max(1024, wants('expected.shorter-text'));

/** Passwords as they are. They go to servers and mail hosts, never to a log, a file of settings or a face. */
export const Settings = settingsWith(NutPassword.optional(), AnyPassword.optional());
export type Settings = z.output<typeof Settings>;
export type UpsSettings = Settings['ups'][number];
export type ChannelSettings = Settings['alerts']['channels'][number];

/**
 * A password seen from outside: whether there is one. Sent back as it is it stays; with `value` it is a new one.
 * `account`: under which name the account is kept, so that its password goes with it to a new name, and comes back when
 * a new one is erased again.
 */
const secretDraft = (password: z.ZodString) =>
  z
    .union([
      z.strictObject({ isSet: z.boolean(), account: z.string().optional() }),
      z.strictObject({ value: password, account: z.string().optional() }),
    ])
    .prefault({ isSet: false });
export type SecretDraft = z.output<ReturnType<typeof secretDraft>>;

export const SettingsDraft = settingsWith(secretDraft(NutPassword), secretDraft(AnyPassword));
export type SettingsDraft = z.output<typeof SettingsDraft>;

/** Passwords of the web interface: kept as hashes, set by key, never told. */
export const WEB_SECRET_KEYS = ['web.password', 'web.readPassword'] as const;
export type WebSecretKey = (typeof WEB_SECRET_KEYS)[number];
/** Fits into the log-in form, however its letters are encoded. */
export const LONGEST_WEB_PASSWORD = 256;
