/** Messages and settings as the tests of the channels need them. */
import { Settings, type ChannelSettings } from '#domain/schema/settings/settings.ts';
import type { OutMessage } from './outbox.ts';

export const OUTAGE: OutMessage = {
  id: '7-1-begin',
  at: Date.UTC(2026, 10, 22, 15, 0, 5),
  title: 'ups: The power is out.',
  ups: 'ups',
  event: 'ONBATT',
  status: 'OB DISCHRG',
  text: 'On battery. About 14 min left.',
  html: '<p>On battery. About 14 min left.</p>',
  brief: 'On battery. About 14 min left.',
  kind: 'on-battery',
  stage: 'begin',
  severity: 'danger',
  startedAt: Date.UTC(2026, 10, 22, 15, 0, 0),
  figures: { 'battery.charge': 87, 'ups.load': 23.5 },
};

export const BACK: OutMessage = {
  ...OUTAGE,
  id: '7-1-end',
  at: OUTAGE.at + 90_000,
  title: 'ups: The power is back.',
  event: 'ONLINE',
  status: 'OL CHRG',
  brief: 'It lasted 1 min.',
  stage: 'end',
  endedAt: OUTAGE.at + 85_000,
};

/** A channel with every default. */
export function channelOf(given: Partial<ChannelSettings> & Pick<ChannelSettings, 'type'>): ChannelSettings {
  const [channel] = Settings.parse({ alerts: { channels: [{ id: 'a', ...given }] } }).alerts.channels;
  if (!channel) throw new Error('one channel was given');
  return channel;
}

export const codeOf = (sending: Promise<unknown>): Promise<unknown> =>
  sending.then(
    () => 'sent',
    (error: unknown) => (error as { code?: unknown }).code,
  );
