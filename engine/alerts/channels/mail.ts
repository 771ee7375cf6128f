/** Mail over SMTP. */
import { hostname } from 'node:os';
import { AlertError } from '#domain/errors.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import type { Settings } from '#domain/schema/settings/settings.ts';
import type { Clock } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import type { Channel, OutMessage } from '../outbox.ts';

export interface MailParts {
  readonly id: string;
  readonly server: Settings['mail'];
  readonly to: readonly string[];
  /** With `%d`, `%h`, `%u`, `%e`, `%s` for date, host, UPS, event and status. */
  readonly subject: string;
  readonly clock: Clock;
  readonly locale: Locale;
}

const PORTS = { none: 25, starttls: 587, tls: 465 } as const;
/** Without an answer for this long the server is taken for dead, and tried again later. */
const PATIENCE_MS = 20_000;

/** A connection to be made, for one mail or one look. @throws AlertError alert/no-mail-server */
async function transportOf({ host, port, security, user, password }: Settings['mail']) {
  if (host === '') throw new AlertError('alert/no-mail-server', {});
  // Fetched when the first mail is due: most hours of a year there is none.
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host,
    port: port ?? PORTS[security],
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: PATIENCE_MS,
    ...(user === '' ? {} : { auth: { user, pass: password ?? '' } }),
  });
}

const nameOf = ({ host, port, security }: Settings['mail']): string => `${host}:${port ?? PORTS[security]}`;

/** Connects and logs in as for a mail, and sends none. @throws AlertError with what to do about it */
export async function checkMailServer(server: Settings['mail']): Promise<void> {
  const transport = await transportOf(server);
  try {
    await transport.verify();
  } catch (error) {
    throw toAlertError(error, nameOf(server));
  } finally {
    transport.close();
  }
}

export function createMailChannel({ id, server, to, subject, clock, locale }: MailParts): Channel {
  return {
    id,
    async send(messages) {
      const last = messages.at(-1);
      if (!last) return;
      const transport = await transportOf(server);
      const heading = messages.length === 1 ? undefined : message('alert.digest', { count: messages.length }, locale);
      try {
        await transport.sendMail({
          from: server.from === '' ? { name: 'Ridethrough', address: `ridethrough@${hostname()}` } : server.from,
          to: [...to],
          subject: fillSubject(subject, last, new Date(clock.now())),
          // Of a message that was sent twice mail programs show one.
          messageId: `<${last.id}.${messages.length}@ridethrough.${hostname()}>`,
          date: new Date(clock.now()),
          headers: { 'Auto-Submitted': 'auto-generated' },
          text: [heading, ...messages.map(({ title, text }) => `${title}\n\n${text}`)]
            .filter((part) => part !== undefined)
            .join('\n\n----\n\n'),
          html: htmlOf(heading, messages),
        });
      } catch (error) {
        throw toAlertError(error, nameOf(server));
      } finally {
        transport.close();
      }
    },
  };
}

/** Numbers of the SMTP protocol that say no, and of the system that say nothing. */
function toAlertError(error: unknown, server: string): AlertError {
  const { code, response } = error as { code?: unknown; response?: unknown };
  const reason = typeof response === 'string' ? response : reasonOf(error);
  if (code === 'EAUTH') return new AlertError('alert/mail-login', { server, reason }, error);
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return new AlertError('alert/mail-refused', { server, reason }, error);
  if (code === 'ETLS' || /certificate|self.signed|TLS|SSL/i.test(String(error))) {
    return new AlertError('alert/mail-tls', { server, reason }, error);
  }
  return new AlertError('alert/mail-server', { server, reason }, error);
}

function fillSubject(subject: string, { ups, event, status }: OutMessage, at: Date): string {
  const values: Readonly<Record<string, string>> = {
    d: unixDate(at),
    h: hostname(),
    u: ups,
    e: event,
    s: status,
    '%': '%',
  };
  return subject.replace(/%([dhues%])/g, (whole, letter: string) => values[letter] ?? whole);
}

/** `Mon Nov 22 15:00:05 UTC 2026`, as `date` writes it. */
function unixDate(at: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = at.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} UTC ${year}`;
}

const htmlOf = (heading: string | undefined, messages: readonly OutMessage[]): string =>
  [
    '<div style="font-family:system-ui,sans-serif;max-width:640px">',
    ...(heading === undefined ? [] : [`<p>${heading}</p>`]),
    ...messages.map(({ html }) => html),
    '</div>',
  ].join('\n');
