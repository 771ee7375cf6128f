/** For tests of alerts: a UPS on a clock that is turned by hand, and everything between it and people. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Settings } from '#domain/schema/settings/settings.ts';
import type { Incident } from '#domain/schema/snapshot.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { openAlerts, type Alerts } from '#engine/alerts/alerts.ts';
import { createIncidentLog } from '#engine/history/incidents.ts';
import { createRecentSamples } from '#engine/history/recent-samples.ts';
import type { DesktopNote } from '#engine/ports.ts';
import { createUpsStore, type UpsStore } from '#engine/state/ups-store.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createRememberingLog, type RememberingLog } from './silent-log.ts';

/** A UPS, people who are told of it, and a clock that is turned by hand. */
export interface AlertScene {
  readonly folder: string;
  readonly clock: FakeClock;
  readonly store: UpsStore;
  /** Notifications that were shown. */
  readonly notes: DesktopNote[];
  /** What the log was told, of every start. */
  readonly log: RememberingLog;
  /** What the UPS says from now on. */
  readonly say: (set: Readonly<Record<string, string>>) => void;
  /** Starts what tells people; again: as after a restart of the program, with what lasted then. */
  start(settings?: unknown): Promise<Alerts>;
  end(): Promise<void>;
}

/** With a UPS `ups` on line power, from an afternoon on. */
export async function openAlertScene(): Promise<AlertScene> {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-alerts-'));
  const clock = createFakeClock(new Date(2026, 10, 22, 15).getTime());
  const store = createUpsStore(clock);
  const notes: DesktopNote[] = [];
  const log = createRememberingLog();
  let known: readonly Incident[] = [];
  const nothingRuns = (): Promise<void> => Promise.resolve();
  let stopRun = nothingRuns;
  const say = (set: Readonly<Record<string, string>>): void => store.dispatch('ups', { type: 'update', set });
  store.add({ name: 'ups', driver: 'dummy-ups', port: 'x.dev', options: {} }, 1e9);
  store.dispatch('ups', { type: 'connected' });
  say({ 'ups.status': 'OL', 'battery.charge': '100' });
  store.dispatch('ups', { type: 'ready' });
  return {
    folder,
    clock,
    store,
    notes,
    log,
    say,
    async start(settings = {}) {
      await stopRun();
      const incidents = createIncidentLog(store);
      const samples = createRecentSamples(store, clock);
      incidents.restore(known, () => undefined);
      const alerts = await openAlerts({
        dataDir: folder,
        store,
        onListChanged: () => () => undefined,
        samples,
        incidents,
        clock,
        log,
        power: createSystemPower({ clock: systemClock, log, folder, env: process.env }),
        locale: () => 'en',
        desktop: { show: (note) => Promise.resolve(void notes.push(note)) },
        planWords: () => ['What happens next:', '15:04: This computer: shuts down'],
      });
      stopRun = async () => {
        stopRun = nothingRuns;
        await alerts.stop();
        known = incidents.list();
        samples.stop();
        incidents.stop();
      };
      alerts.setSettings(Settings.parse(settings));
      // Who was never heard cannot be lost.
      say({ 'battery.charge': '99' });
      return alerts;
    },
    async end() {
      await stopRun();
      store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
