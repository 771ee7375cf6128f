/** Messages by HTTP: to services people have on their telephones, and to programs. */
import { AlertError } from '#domain/errors.ts';
import { phrase, type Locale, type Text } from '#domain/messages/message.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { VERSION } from '#engine/version.ts';
import type { Channel } from '../outbox.ts';
import { formOf, nameOf, type HttpChannelSettings } from './http-forms.ts';

/** Without an answer for this long the server is taken for dead, and tried again later. */
const PATIENCE_MS = 20_000;
const LONGEST_REASON = 200;

export function createHttpChannel(settings: HttpChannelSettings, locale: Locale): Channel {
  return {
    id: settings.id,
    async send(messages) {
      if (messages.length === 0) return;
      const { url, headers, body } = formOf(settings, messages, locale);
      // Addresses hold tokens: errors name the host alone.
      const server = URL.canParse(url) ? new URL(url).host : '';
      const fault = { channel: nameOf(settings), server };
      const safe = (reason: Text): Text =>
        typeof reason === 'string' ? withoutSecrets(reason, url, settings) : reason;
      let response: Response;
      try {
        response = await fetch(url, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'User-Agent': `Ridethrough/${VERSION}`, ...headers },
          body: JSON.stringify(body),
          // A message that was moved elsewhere did not arrive where it was meant to.
          redirect: 'manual',
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
      } catch (error) {
        throw new AlertError('alert/unreachable', { ...fault, reason: safe(whyNot(error)) });
      }
      const answer = await response.text().catch(() => ''); // what it says matters only where it says no
      if (response.ok) return;
      throw new AlertError('alert/refused', { ...fault, reason: safe(refusal(response.status, answer)) });
    },
  };
}

/** Servers and `fetch` itself quote what they refuse: "Route POST:/hook/… not found". */
function withoutSecrets(text: string, url: string, { token = '' }: HttpChannelSettings): string {
  const { pathname, search, username, password } = URL.canParse(url)
    ? new URL(url)
    : { pathname: '', search: '', username: '', password: '' };
  return [url, pathname + search, pathname, token, username, password]
    .filter((secret) => secret.length > 1)
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    .slice(0, LONGEST_REASON);
}

function whyNot(error: unknown): Text {
  if (error instanceof Error && error.name === 'TimeoutError') return phrase('reason.no-answer-in-time', {});
  // What fetch itself says is "fetch failed".
  return reasonOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

/** Where the services say why, each under a name of its own. */
const REASON_KEYS = ['description', 'errorDescription', 'error', 'message'] as const;

function refusal(status: number, answer: string): string {
  const said = reasonIn(answer).replaceAll(/\s+/g, ' ').trim();
  return said === '' ? `HTTP ${status}` : `HTTP ${status}, ${said}`;
}

function reasonIn(answer: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    return /^\s*</.test(answer) ? '' : answer; // a page for a browser says nothing here
  }
  if (typeof parsed !== 'object' || parsed === null) return answer;
  const found = REASON_KEYS.map((key) => (parsed as Readonly<Record<string, unknown>>)[key]);
  return found.find((value) => typeof value === 'string') ?? '';
}
