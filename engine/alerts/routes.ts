/** The ways to people that the settings name, each with what it takes. */
import type { Locale } from '#domain/messages/message.ts';
import type { AlertKind, AlertSeverity, ChannelTrouble } from '#domain/schema/alerts.ts';
import type { Routing } from '#domain/schema/settings/alert-settings.ts';
import type { ChannelSettings, Settings } from '#domain/schema/settings/settings.ts';
import type { Clock, DesktopNotifier, Log, SystemPower } from '#engine/ports.ts';
import { createCommandChannel } from './channels/command.ts';
import { createDesktopChannel, DESKTOP } from './channels/desktop.ts';
import { createHttpChannel } from './channels/http.ts';
import { nameOf, type HttpChannelSettings } from './channels/http-forms.ts';
import { createMailChannel } from './channels/mail.ts';
import { createMqttChannel, type UpsSource } from './channels/mqtt.ts';
import { createSyslogChannel } from './channels/syslog.ts';
import type { Channel } from './outbox.ts';
import { takes } from './routing.ts';

/** What of the settings says who is told. */
export type AlertSettings = Pick<Settings, 'ups' | 'mail' | 'alerts'>;

export interface RouteParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly power: Pick<SystemPower, 'run'>;
  readonly locale: () => Locale;
  /** Absent where nobody sits at this computer. */
  readonly desktop?: DesktopNotifier;
  readonly source: UpsSource;
  /** A standing connection came or went. */
  readonly changed: () => void;
}

export interface Route {
  readonly channel: Channel;
  readonly type: ChannelTrouble['type'];
  /** What people call it. */
  readonly name: string;
  readonly routing: Routing;
  /** Names of UPSes; undefined: all. */
  readonly upses: readonly string[] | undefined;
  /** What it was made of: a channel that stays as it is keeps its connection. */
  readonly madeOf: string;
}

/** @param before routes that are taken over where nothing of them changed */
export function createRoutes(settings: AlertSettings, before: readonly Route[], parts: RouteParts): readonly Route[] {
  const { desktop } = parts;
  const wanted = [
    ...mailRoutes(settings, parts),
    ...(desktop && settings.alerts.desktop.enabled ? [desktopRoute(settings, desktop, parts)] : []),
    ...settings.alerts.channels.filter(({ enabled }) => enabled).map((channel) => channelRoute(channel, parts)),
  ];
  return wanted.map(({ make, ...route }) => {
    const known = before.find((old) => old.channel.id === route.id && old.madeOf === route.madeOf);
    const { id: _id, ...rest } = route;
    return { ...rest, channel: known?.channel ?? make() };
  });
}

/** @param ups empty for what is about no UPS */
export const isTaken = (route: Route, kind: AlertKind, severity: AlertSeverity, ups: string): boolean =>
  takes(route.routing, kind, severity) &&
  (ups === '' || (route.upses?.some((name) => name.toLowerCase() === ups.toLowerCase()) ?? true));

/** The channel of a test: it is no news that it ends. @returns undefined for an id that the settings do not have */
export function createTestChannel(id: string, settings: AlertSettings, parts: RouteParts): Channel | undefined {
  if (id === DESKTOP) return parts.desktop && createDesktopChannel(parts.desktop, parts.locale);
  const channel = settings.alerts.channels.find((one) => one.id === id);
  return channel && createChannel(channel, parts, true);
}

interface Wanted extends Omit<Route, 'channel'> {
  readonly id: string;
  readonly make: () => Channel;
}

function mailRoutes({ ups, mail }: AlertSettings, { clock, locale }: RouteParts): readonly Wanted[] {
  return ups.flatMap(({ id, identifier, emailnotify, toemail, subject }): readonly Wanted[] => {
    if (!emailnotify || toemail.length === 0) return [];
    const parts = { id: `mail-${id}`, server: mail, to: toemail, subject, clock, locale: locale() };
    return [
      {
        id: parts.id,
        type: 'mail',
        name: toemail.join('; '),
        routing: mail,
        upses: [identifier],
        madeOf: JSON.stringify([mail, toemail, subject, locale()]),
        make: () => createMailChannel(parts),
      },
    ];
  });
}

const desktopRoute = ({ alerts }: AlertSettings, desktop: DesktopNotifier, { locale }: RouteParts): Wanted => ({
  id: DESKTOP,
  type: 'desktop',
  name: DESKTOP,
  routing: alerts.desktop,
  upses: undefined,
  madeOf: '',
  make: () => createDesktopChannel(desktop, locale),
});

/** What it takes is decided before it is asked: a change of that needs no new connection. */
function channelRoute(channel: ChannelSettings, parts: RouteParts): Wanted {
  const { least: _least, except: _except, quietFrom: _from, quietTo: _to, upses, ...own } = channel;
  return {
    id: channel.id,
    type: channel.type,
    name: nameOf(channel),
    routing: channel,
    upses: upses.length === 0 ? undefined : upses,
    madeOf: JSON.stringify([own, parts.locale()]),
    make: () => createChannel(channel, parts, false),
  };
}

function createChannel(channel: ChannelSettings, parts: RouteParts, isTest: boolean): Channel {
  const { type } = channel;
  switch (type) {
    case 'ntfy':
    case 'telegram':
    case 'discord':
    case 'slack':
    case 'gotify':
    case 'webhook':
      return createHttpChannel(channel as HttpChannelSettings, parts.locale());
    case 'mqtt':
      return createMqttChannel({
        settings: channel,
        clock: parts.clock,
        log: parts.log,
        locale: parts.locale(),
        ...(isTest ? {} : { source: parts.source, changed: parts.changed }),
      });
    case 'command':
      return createCommandChannel(channel, parts.power);
    case 'syslog':
      return createSyslogChannel(channel, parts.power);
  }
}
