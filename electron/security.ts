/** What pages may do: stay on our own address, and nothing else. */
import type { App, Session, Shell, WebContents } from 'electron';
import { APP_HOST, APP_SCHEME } from '#domain/bridge.ts';
import type { Log } from '#engine/ports.ts';

/** Places outside that links may lead to. */
const LINK_HOSTS: ReadonlySet<string> = new Set([
  'github.com',
  'networkupstools.org',
  'www.networkupstools.org',
  'www.rfc-editor.org',
]);

const parse = (url: string): URL | undefined => URL.parse(url) ?? undefined;

/** Whether an address belongs to our own pages. */
export function isOwnUrl(url: string): boolean {
  const parsed = parse(url);
  // `origin` is "null" for schemes that the URL standard does not list, so scheme and host are compared.
  return parsed?.protocol === `${APP_SCHEME}:` && parsed.host === APP_HOST && parsed.username === '';
}

export function isAllowedLink(url: string): boolean {
  const parsed = parse(url);
  return (
    parsed?.protocol === 'https:' &&
    parsed.username === '' &&
    parsed.password === '' &&
    parsed.port === '' &&
    LINK_HOSTS.has(parsed.hostname)
  );
}

/** Copying a value to the clipboard is the one permission our pages need. */
export const isAllowedPermission = (permission: string, url: string): boolean =>
  permission === 'clipboard-sanitized-write' && isOwnUrl(url);

/** Everything a page could load from elsewhere; the security policy forbids it as well. */
const OUTSIDE = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file:///*'];

export function secureSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(isAllowedPermission(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) => isAllowedPermission(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest({ urls: OUTSIDE }, (_details, answer) => answer({ cancel: true }));
}

/** Applies to every page that is ever made, ours or not. */
export function secureContents(app: App, shell: Pick<Shell, 'openExternal'>, log: Log): void {
  const openOutside = (url: string): void => {
    if (!isAllowedLink(url)) {
      log.warn('A link was not followed', { url });
      return;
    }
    shell.openExternal(url).catch((error: unknown) => {
      log.warn('A link could not be opened', { url, reason: error instanceof Error ? error.message : String(error) });
    });
  };
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-redirect', (details) => {
      if (!isOwnUrl(details.url)) details.preventDefault();
    });
    contents.on('will-navigate', (details) => {
      if (isOwnUrl(details.url)) return;
      details.preventDefault();
      openOutside(details.url);
    });
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}
