/** What the schemas of the settings are built from. A schema that refuses says the key of what would be right. */
import { z } from 'zod';
import type { MessageKey } from '#domain/messages/message.ts';

type ExpectedKey = Extract<MessageKey, `expected.${string}`>;

/** What is wanted instead, for the `error` of a schema; limits and words fill the message. */
export const wants = <Key extends ExpectedKey>(key: Key): { readonly error: Key } => ({ error: key });

export const YesNo = z.boolean(wants('expected.true-or-false'));

/** Printable ASCII in one line: NUT's files and its protocol lose everything else. */
export const AsciiLine = (longest: number): z.ZodString =>
  z
    .string(wants('expected.text'))
    .max(longest, wants('expected.shorter-text'))
    .regex(/^[\x20-\x7e]*$/, wants('expected.ascii-line'));

export const WholeNumber = (least: number, most: number): z.ZodNumber =>
  z
    .number(wants('expected.whole-number'))
    .int(wants('expected.whole-number'))
    .min(least, wants('expected.number-from'))
    .max(most, wants('expected.number-up-to'));

export const Port = z
  .number(wants('expected.port'))
  .int(wants('expected.port'))
  .min(1, wants('expected.port'))
  .max(65_535, wants('expected.port'));

const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?$/i;
/** With a zone where it is a link-local one. */
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*(?:%[\w.-]+)?$/i;

/** A host name, IPv4 or IPv6 address, without port and brackets. */
export const HostName = z
  .string(wants('expected.text'))
  .max(253, wants('expected.shorter-text'))
  .refine((text) => NAME.test(text) || IPV6.test(text), wants('expected.host'));

/** An IPv4 or IPv6 address, or a network of them in CIDR notation, without zone: 192.168.1.7, fd00::/8. */
const RANGES = [z.regexes.ipv4, z.regexes.cidrv4, z.regexes.ipv6, z.regexes.cidrv6];
export const AddressRange = z
  .string(wants('expected.address-range'))
  .refine((text) => RANGES.some((range) => range.test(text)), wants('expected.address-range'));

/** The user of NUT's files and protocol. */
export const NutUserName = AsciiLine(50).regex(/^[^\s"\\#=[\]]+$/, wants('expected.user-name'));

/**
 * A password that NUT's files and every client can hold: upsmon sends it as it is, so that what means something to the
 * protocol's grammar would not arrive.
 */
export const NutPassword = AsciiLine(128).regex(/^[^\s#="\\]+$/, wants('expected.nut-password'));

/** Several lines for NUT's files. */
export const Lines = z.string(wants('expected.text')).max(65_536, wants('expected.shorter-text'));

/** Paths are absolute in the file; the command line takes them relative to where it is called. */
export const FilePath = z
  .string(wants('expected.file-path'))
  .min(1, wants('expected.file-path'))
  .max(4096, wants('expected.shorter-text'))
  .meta({ isPath: true });

/** Marks a value that does not fit another one: `web.certFile` is missing because `web.tls` is `files`. */
export const missingBecause = (
  path: readonly (string | number)[],
  because: { readonly key: string; readonly value: string },
): z.core.$ZodSuperRefineIssue => ({ code: 'custom', path: [...path], message: '', params: { because } });

/** Names under which secrets stand, wherever they do: kept in a file of their own, and never told. */
export const SECRET_NAMES: ReadonlySet<string> = new Set(['monpwd', 'password', 'token', 'url']);
