/** `app://ridethrough/`: the built renderer for the window, from one folder and nothing outside of it. */
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Protocol } from 'electron';
import { APP_HOST, APP_SCHEME } from '#domain/bridge.ts';
import { CONTENT_TYPES } from '#domain/content-types.ts';
import { SECURITY_HEADERS } from '#domain/security-policy.ts';

/** Must be told to Electron before it is ready. */
export const APP_SCHEME_PRIVILEGES = {
  scheme: APP_SCHEME,
  // Standard: the page has an origin of its own. Secure: it counts as a trustworthy place, as https would.
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
} as const;

/**
 * The file an address means.
 * @returns undefined when it is no address of ours, no known type, or would lead out of the folder
 */
export function fileOf(url: string, folder: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== `${APP_SCHEME}:` || parsed.host !== APP_HOST) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(parsed.pathname);
  } catch {
    return undefined; // A stray percent sign: no file of ours has one.
  }
  if (path === '' || path === '/') path = '/index.html';
  // Backslashes and colons mean folders and drives on Windows.
  if (!/^(\/[\w.~@+-]+)+$/.test(path) || path.split('/').includes('..')) return undefined;
  if (!(extname(path) in CONTENT_TYPES)) return undefined;
  const file = join(folder, ...path.split('/'));
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : undefined;
}

const refusal = (status: number): Response => new Response(null, { status, headers: SECURITY_HEADERS });

export async function answerAppRequest(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET') return refusal(405);
  const file = fileOf(request.url, folder);
  if (file === undefined) return refusal(404);
  try {
    const body = await readFile(file);
    const type = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';
    return new Response(new Uint8Array(body), { headers: { ...SECURITY_HEADERS, 'Content-Type': type } });
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR')) {
      return refusal(404);
    }
    throw error;
  }
}

export function serveApp(protocol: Protocol, folder: string): void {
  protocol.handle(APP_SCHEME, (request) => answerAppRequest(request, folder));
}
