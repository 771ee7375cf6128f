/** What all UPSes have in common: the NUT server and its accounts, the mail server, the web interface, the price of energy. */
import { z } from 'zod';
import { routing } from './alert-settings.ts';
import {
  AddressRange,
  AsciiLine,
  FilePath,
  HostName,
  Lines,
  missingBecause,
  NutUserName,
  Port,
  wants,
  YesNo,
} from './parts.ts';

export const USER_ACTIONS = ['SET', 'FSD'] as const;
export const UPSMON_ROLES = ['none', 'primary', 'secondary'] as const;
/** Kinds of client for which a card with its account is made. */
export const CLIENT_KINDS = ['synology', 'qnap', 'truenas', 'proxmox', 'upsmon', 'home-assistant', 'windows'] as const;

const CommandName = AsciiLine(120).regex(/^[a-z0-9_.-]+$/i, wants('expected.command-name'));

/** A further account of the NUT server: a section of upsd.users. */
const userSettings = <Secret extends z.ZodType>(secret: Secret) =>
  z.strictObject({
    name: NutUserName,
    password: secret,
    actions: z.array(z.enum(USER_ACTIONS, wants('expected.one-of'))).default([]),
    /** Instant commands; `ALL` for every one. */
    instcmds: z.array(CommandName).default([]),
    upsmon: z.enum(UPSMON_ROLES, wants('expected.one-of')).default('none'),
    /** What it was made for. */
    client: z.enum(CLIENT_KINDS, wants('expected.one-of')).optional(),
  });

export const serverSettings = <Secret extends z.ZodType>(secret: Secret) =>
  z
    .strictObject({
      /** Other computers may connect, on every address of this one. */
      rmonitor: YesNo.default(false),
      /** Who may connect then; empty: everybody. The web interface is not concerned. */
      allow: z.array(AddressRange, wants('expected.address-range')).max(200, wants('expected.fewer')).default([]),
      /** While they may, the local network is told of this server (DNS-SD, `_nut._tcp`). */
      announce: YesNo.default(true),
      /** TCP port of the NUT server. */
      remoteport: Port.default(3493),
      /** Account of this computer's own monitor. */
      monuser: NutUserName.default('upsmon'),
      monpwd: secret,
      users: z.array(userSettings(secret)).max(200, wants('expected.fewer')).default([]),
      /** Further lines of upsd.conf. */
      optionsupsd: Lines.default(''),
    })
    .superRefine((server, context) => {
      const names = new Set([server.monuser]);
      server.users.forEach(({ name }, index) => {
        if (names.has(name)) {
          context.addIssue({ code: 'custom', path: ['users', index, 'name'], message: 'expected.free-user-name' });
        }
        names.add(name);
      });
    });

export const MAIL_SECURITY = ['none', 'starttls', 'tls'] as const;

export const mailSettings = <Secret extends z.ZodType>(secret: Secret) =>
  z.strictObject({
    /** Empty: no mail can be sent. */
    host: z.union([z.literal(''), HostName], wants('expected.host')).default(''),
    /** Absent: 465 with `tls`, 587 with `starttls`, 25 with `none`. */
    port: Port.optional(),
    security: z.enum(MAIL_SECURITY, wants('expected.one-of')).default('starttls'),
    /** Empty: no log-in. */
    user: z.string(wants('expected.text')).max(254, wants('expected.shorter-text')).default(''),
    password: secret,
    /** Empty: `ridethrough@` and this computer's name. */
    from: z
      .union(
        [z.literal(''), z.email(wants('expected.email')).max(254, wants('expected.shorter-text'))],
        wants('expected.email'),
      )
      .default(''),
    ...routing,
  });

export const EnergySettings = z.strictObject({
  /** What a kilowatt-hour costs. Absent: costs are not told. */
  price: z
    .number(wants('expected.number'))
    .min(0, wants('expected.number-from'))
    .max(1_000_000, wants('expected.number-up-to'))
    .optional(),
  /** ISO 4217. Empty: what is usual where the language of the reader is spoken. */
  currency: z
    .string(wants('expected.currency'))
    .regex(/^(?:[A-Z]{3})?$/, wants('expected.currency'))
    .default(''),
});

export const WEB_TLS_MODES = ['none', 'own', 'files'] as const;

export const WebSettings = z
  .strictObject({
    /** `none`, a certificate of the program's own, or the one in `certFile` and `keyFile`. */
    tls: z.enum(WEB_TLS_MODES, wants('expected.one-of')).default('none'),
    /** PEM, with the chain. */
    certFile: FilePath.optional(),
    /** PEM, without a passphrase. */
    keyFile: FilePath.optional(),
    /** TLS is done by somebody else (a proxy), or knowingly not at all. */
    allowPlainHttp: YesNo.default(false),
    /** Names besides the computer's own under which the web interface is reached. */
    hostNames: z.array(HostName, wants('expected.host-names')).max(100, wants('expected.fewer')).default([]),
  })
  .superRefine((web, context) => {
    if (web.tls !== 'files') return;
    for (const key of ['certFile', 'keyFile'] as const) {
      if (web[key] === undefined) context.addIssue(missingBecause([key], { key: 'tls', value: 'files' }));
    }
  });
