/** Checks of a request that come before anything else: who it thinks it talks to, and where it comes from. Pure. */
import { isIP } from 'node:net';

export { SECURITY_HEADERS } from '#domain/security-policy.ts';

/** The name and port of a Host header, or undefined when it is not one. */
export function parseHost(header: string | undefined): { readonly name: string; readonly port: string } | undefined {
  if (header === undefined) return undefined;
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(header.trim());
  if (!match) return undefined;
  return { name: (match[1] ?? '').replace(/^\[|\]$/g, '').toLowerCase(), port: match[2] ?? '' };
}

/**
 * DNS rebinding makes a browser send a foreign name to our address. An IP literal cannot be rebound; of names only our
 * own are accepted.
 */
export function isOwnHost(header: string | undefined, ownNames: readonly string[]): boolean {
  const host = parseHost(header);
  if (!host) return false;
  return isIP(host.name) !== 0 || ownNames.some((name) => name.toLowerCase() === host.name);
}

/** A page may only talk to the server it came from. Programs send no Origin: they are no cross-site danger. */
export function isOwnOrigin(origin: string | undefined, hostHeader: string | undefined): boolean {
  if (origin === undefined) return true;
  const host = parseHost(hostHeader);
  if (!host) return false;
  try {
    const url = new URL(origin);
    return url.host.toLowerCase() === (hostHeader ?? '').trim().toLowerCase();
  } catch {
    return false; // "null" and other origins that are no address
  }
}

/** Path and query of a request line, or undefined for one that is no address (`//`, `http://`). */
export function requestUrl(target: string | undefined): URL | undefined {
  return URL.parse(target ?? '/', 'http://host') ?? undefined;
}

/** The value of one cookie. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** User and password of `Authorization: Basic`, or the token of `Authorization: Bearer`. */
export function readAuthorization(
  header: string | undefined,
):
  | { readonly kind: 'basic'; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | undefined {
  const [scheme, value] = (header ?? '').split(' ');
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return { kind: 'bearer', token: value };
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return { kind: 'basic', password: text.slice(text.indexOf(':') + 1) };
}
