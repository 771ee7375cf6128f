/** The pages besides the first one. They are no part of what has to be there for it. */
import { afterPaint } from '../state/frames.ts';

const everyday = () => import('./everyday-pages.ts');
const setup = () => import('./setup-pages.ts');
const shutdown = () => import('./shutdown-parts.ts');

export const pages = {
  device: async () => (await everyday()).DevicePage,
  history: async () => (await everyday()).HistoryPage,
  energy: async () => (await everyday()).EnergyPage,
  events: async () => (await everyday()).EventsPage,
  battery: async () => (await everyday()).BatteryPage,
  network: async () => (await everyday()).NetworkPage,
  all: async () => (await everyday()).AllPage,
  settings: async () => (await setup()).SettingsPage,
  setup: async () => (await setup()).WizardPage,
} as const;

/** Parts of pages that are seen now and then. */
export const parts = {
  appearance: async () => (await everyday()).Appearance,
  shutdown: async () => (await shutdown()).ShutdownPanel,
  shutdownDialog: async () => (await shutdown()).ShutdownDialog,
  plan: async () => (await shutdown()).PlanIfMainsFail,
  story: async () => (await shutdown()).StoryNotice,
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
  await Promise.allSettled([shutdown(), everyday(), setup()]);
}
