/**
 * Messages in the forms that services take over HTTP. Pure. Sources: the services' own API pages: ntfy "Publish as
 * JSON", Telegram Bot API `sendMessage`, Discord "Execute Webhook", Slack "Incoming webhooks", Gotify `POST /message`.
 */
import { hostname } from 'node:os';
import { AlertError } from '#domain/errors.ts';
import { message, type Locale } from '#domain/messages/message.ts';
import type { ChannelSettings } from '#domain/schema/settings/settings.ts';
import { PUBLIC_SERVERS } from '#domain/schema/settings/alert-settings.ts';
import type { OutMessage } from '../outbox.ts';

export const HTTP_TYPES = ['ntfy', 'telegram', 'discord', 'slack', 'gotify', 'webhook'] as const;
export type HttpType = (typeof HTTP_TYPES)[number];
export type HttpChannelSettings = ChannelSettings & { readonly type: HttpType };

export interface HttpForm {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What each service cuts or refuses beyond, in characters; ntfy counts bytes and makes an attachment of more. */
const LONGEST = { ntfy: 1300, telegram: 4096, discord: 4096, slack: 4000, gotify: 16_000 } as const;

type Urgency = 'info' | 'care' | 'danger' | 'end';
const NTFY_PRIORITY = { info: 3, care: 4, danger: 5, end: 3 } as const satisfies Record<Urgency, number>;
const NTFY_TAG = {
  info: 'information_source',
  care: 'warning',
  danger: 'rotating_light',
  end: 'white_check_mark',
} as const satisfies Record<Urgency, string>;
/** From 8 on a telephone makes a sound for it. */
const GOTIFY_PRIORITY = { info: 3, care: 5, danger: 8, end: 5 } as const satisfies Record<Urgency, number>;
const DISCORD_COLOUR = {
  info: 0x4a7ab5,
  care: 0xc77700,
  danger: 0xc4314b,
  end: 0x2e7d4f,
} as const satisfies Record<Urgency, number>;

/** @param messages oldest first, one at least @throws AlertError alert/not-set */
export function formOf(channel: HttpChannelSettings, messages: readonly OutMessage[], locale: Locale): HttpForm {
  const need = (key: 'url' | 'token'): string => {
    const secret = channel[key];
    if (secret === undefined) throw new AlertError('alert/not-set', { channel: nameOf(channel), field: key });
    return secret;
  };
  const { title, text } = wordsOf(messages, locale);
  const urgency = urgencyOf(messages);
  const bearer = channel.token === undefined ? {} : { Authorization: `Bearer ${channel.token}` };
  switch (channel.type) {
    case 'ntfy':
      return {
        url: serverOf(channel.server, PUBLIC_SERVERS.ntfy),
        headers: bearer,
        body: {
          topic: channel.topic,
          title,
          message: cut(text === '' ? title : text, LONGEST.ntfy),
          priority: NTFY_PRIORITY[urgency],
          tags: [NTFY_TAG[urgency]],
        },
      };
    case 'telegram':
      return {
        url: `${serverOf(channel.server, PUBLIC_SERVERS.telegram)}bot${need('token')}/sendMessage`,
        headers: {},
        body: {
          chat_id: channel.chat,
          text: cut(whole(title, text), LONGEST.telegram),
          disable_notification: urgency === 'info',
        },
      };
    case 'discord':
      return {
        url: need('url'),
        headers: {},
        body: {
          username: 'Ridethrough',
          embeds: [
            {
              title: cut(title, 256),
              description: cut(text, LONGEST.discord),
              color: DISCORD_COLOUR[urgency],
              timestamp: new Date(messages.at(-1)?.at ?? 0).toISOString(),
            },
          ],
          // A UPS called @everyone calls nobody.
          allowed_mentions: { parse: [] },
        },
      };
    case 'slack':
      return {
        url: need('url'),
        headers: {},
        body: { text: cut(`*${slackText(title)}*\n${slackText(text)}`.trim(), LONGEST.slack) },
      };
    case 'gotify':
      return {
        url: `${serverOf(channel.server, '')}message`,
        headers: { 'X-Gotify-Key': need('token') },
        body: { title, message: cut(text === '' ? title : text, LONGEST.gotify), priority: GOTIFY_PRIORITY[urgency] },
      };
    case 'webhook':
      return { url: need('url'), headers: bearer, body: jsonOf(messages) };
  }
}

export const nameOf = ({ name, type }: Pick<ChannelSettings, 'name' | 'type'>): string => (name === '' ? type : name);

/** Ends in a slash, whatever was typed. */
const serverOf = (given: string, otherwise: string): string => `${(given || otherwise).replace(/\/+$/, '')}/`;

/** For programs: the newest message, and those that had to wait with it. */
function jsonOf(messages: readonly OutMessage[]): unknown {
  const all = messages.map(factsOf);
  const earlier = all.slice(0, -1);
  return { source: 'ridethrough', host: hostname(), ...all.at(-1), ...(earlier.length > 0 ? { earlier } : {}) };
}

/** A message as programs are told of it, here and by MQTT. */
export function factsOf({ id, at, ups, event, kind, stage, severity, status, ...more }: OutMessage) {
  const { startedAt, endedAt, title, brief, figures } = more;
  return {
    id,
    at: new Date(at).toISOString(),
    ups,
    event,
    kind,
    stage,
    severity,
    status,
    ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt).toISOString() }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
    title,
    text: brief,
    figures,
  };
}

/** Several messages as one. */
export function wordsOf(messages: readonly OutMessage[], locale: Locale): { title: string; text: string } {
  const [only] = messages;
  if (messages.length === 1 && only) return { title: only.title, text: only.brief };
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' });
  return {
    title: message('alert.digest', { count: messages.length }, locale),
    // The newest first: it is what still counts when the rest is cut off.
    text: messages
      .toReversed()
      .map(({ at, title }) => `${time.format(at)}  ${title}`)
      .join('\n'),
  };
}

/** That of what lasts: a danger that is over is none. */
function urgencyOf(messages: readonly OutMessage[]): Urgency {
  const last = messages.at(-1);
  return last === undefined ? 'info' : last.stage === 'end' ? 'end' : last.severity;
}

const whole = (title: string, text: string): string => (text === '' ? title : `${title}\n\n${text}`);
const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
