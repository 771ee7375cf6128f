/** Which UPSes go by another name after a change of the settings. Pure. */
import type { Settings } from '#domain/schema/settings/settings.ts';
import { attachmentOf } from '#engine/drivers/attachment.ts';
import { parseDriverKey } from './driver-key.ts';
import { stored, type Group, type StoredSettings } from './stored-settings.ts';

/** The name before and the name after. */
export type Renaming = readonly [before: string, after: string];

/**
 * A UPS is known by its id. The one that was found without any settings is the first that is named on USB.
 * @param automatic the name it had until then
 */
export function renamedUpses(before: Settings, after: Settings, automatic: string): readonly Renaming[] {
  if (before.ups.length === 0) {
    const first = after.ups.find(
      ({ mode, driver, port }) =>
        mode === 'MASTER' &&
        parseDriverKey(driver).driver === 'usbhid-ups' &&
        attachmentOf({ driver: 'usbhid-ups', port }) === 'cable',
    );
    return first && first.identifier !== automatic ? [[automatic, first.identifier]] : [];
  }
  return after.ups.flatMap(({ id, identifier }): Renaming[] => {
    const known = before.ups.find((ups) => ups.id === id);
    return known && known.identifier !== identifier ? [[known.identifier, identifier]] : [];
  });
}

/** One step after the other, so that two that change their names with each other do not meet. */
export function inSteps(renamings: readonly Renaming[]): readonly Renaming[] {
  const leaving = new Set(renamings.map(([before]) => before.toLowerCase()));
  const isMeeting = renamings.some(
    ([before, after]) => after.toLowerCase() !== before.toLowerCase() && leaving.has(after.toLowerCase()),
  );
  if (!isMeeting) return renamings;
  // No UPS can be called that.
  const aside = (name: string): string => `${name} (renamed)`;
  return [
    ...renamings.map(([before]): Renaming => [before, aside(before)]),
    ...renamings.map(([before, after]): Renaming => [aside(before), after]),
  ];
}

/** Channels that are for some UPSes follow them to their new names, unless the change says itself for whom they are. */
export function withFollowedNames(before: StoredSettings, after: StoredSettings): StoredSettings {
  // One that was found without settings was never chosen.
  if (before.settings.ups.length === 0) return after;
  const renamings = new Map(
    renamedUpses(before.settings, after.settings, '').map(([old, name]) => [old.toLowerCase(), name]),
  );
  const namesOf = ({ settings }: StoredSettings, id: unknown): readonly string[] | undefined =>
    settings.alerts.channels.find((channel) => channel.id === id)?.upses;
  const follow = (channel: Group): Group => {
    const names = namesOf(after, channel.id);
    if (!names || names.join() !== namesOf(before, channel.id)?.join()) return channel;
    return { ...channel, upses: names.map((name) => renamings.get(name.toLowerCase()) ?? name) };
  };
  const isForSome = after.settings.alerts.channels.some(({ upses }) => upses.length > 0);
  if (renamings.size === 0 || !isForSome) return after;
  const alerts = after.given.alerts as Group & { readonly channels: readonly Group[] };
  const channels = alerts.channels.map((channel) => (Array.isArray(channel.upses) ? follow(channel) : channel));
  return stored({ ...after.given, alerts: { ...alerts, channels } }, after.revision);
}
