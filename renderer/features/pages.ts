/** The pages besides the first one. They are no part of what has to be there for it. */
import { afterPaint } from '../state/frames.ts';

export const pages = {
  device: () => import('./device/DevicePage.svelte'),
  history: () => import('./history/HistoryPage.svelte'),
  energy: () => import('./history/EnergyPage.svelte'),
  events: () => import('./events/EventsPage.svelte'),
  battery: () => import('./battery/BatteryPage.svelte'),
  network: () => import('./network/NetworkPage.svelte'),
  all: () => import('./all/AllPage.svelte'),
  settings: () => import('./settings/SettingsPage.svelte'),
  setup: () => import('./wizard/WizardPage.svelte'),
} as const;

/** Parts of the first page that are seen now and then. */
export const parts = {
  shutdown: () => import('./shutdown/ShutdownPanel.svelte'),
  plan: () => import('./shutdown/PlanIfMainsFail.svelte'),
  story: () => import('./shutdown/StoryNotice.svelte'),
} as const;

const IDLE_MS = 1500;
let isFetching = false;

/**
 * Fetches them when nothing else is to be done: they open at once then, and even when the program has ended meanwhile.
 * What cannot be fetched is asked for again when it is opened.
 */
export async function fetchLater(): Promise<void> {
  if (isFetching) return;
  isFetching = true;
  await afterPaint();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  await Promise.allSettled([
    ...[...Object.values(parts), ...Object.values(pages)].map((fetch) => fetch()),
    import('./shutdown/ShutdownDialog.svelte'),
    import('./frame/Appearance.svelte'),
  ]);
}
