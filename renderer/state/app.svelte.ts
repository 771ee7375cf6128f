import type { UpsSnapshot } from '#domain/schema/snapshot.ts';
import { isBeyondReturn, shutdownSentence } from '#domain/shutdown-sentence.ts';
import type { Mood } from '#domain/power-state.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import { createContext } from 'svelte';
import type { PageClock } from './clock.svelte.ts';
import type { EngineStore } from './engine.svelte.ts';
import type { LocaleState } from './locale.svelte.ts';
import type { Preferences } from './preferences.ts';
import type { Route } from './route.svelte.ts';
import type { SettingsDraftState } from './settings-draft.svelte.ts';
import type { Theme } from './theme.svelte.ts';
import { isUnfound } from '../text/ups-view.ts';

/** A shutdown of this computer that is on its way. */
export interface ComingShutdown {
  readonly monitor: MonitorView;
  /** `Shutting down in 4:32.` */
  readonly sentence: string;
  readonly mood: Mood;
}

/** What every page may need; made once in main.ts, handed down by context. */
export class AppState {
  readonly engine: EngineStore;
  readonly locale: LocaleState;
  readonly theme: Theme;
  readonly route: Route;
  readonly clock: PageClock;
  readonly preferences: Preferences;

  /** The settings as they are being edited; made by their page when it is opened first, and kept when it is left. */
  settings = $state.raw<SettingsDraftState>();
  #chosen = $state<string>();

  constructor(parts: Pick<AppState, 'engine' | 'locale' | 'theme' | 'route' | 'clock' | 'preferences'>) {
    this.engine = parts.engine;
    this.locale = parts.locale;
    this.theme = parts.theme;
    this.route = parts.route;
    this.clock = parts.clock;
    this.preferences = parts.preferences;
    this.#chosen = parts.preferences.read('ups');
  }

  /**
   * The UPSes that are shown. Without a configuration the program looks for one under a name of its own; a place that is
   * still empty is no UPS. One that somebody has configured is missed, and stays.
   */
  readonly upses = $derived.by((): readonly UpsSnapshot[] => {
    const { upses, hello } = this.engine;
    return hello?.configuration === 'automatic' ? upses.filter((ups) => !isUnfound(ups)) : upses;
  });

  /** The UPS that is shown: the chosen one, else the first. */
  readonly ups = $derived.by((): UpsSnapshot | undefined => {
    const { upses } = this;
    return upses.find(({ name }) => name === this.#chosen) ?? upses[0];
  });

  /** Now, by the engine's clock. */
  readonly now = $derived.by((): number => this.clock.now - this.engine.skew);

  /** The shutdown that is on its way, whichever UPS is shown. */
  readonly coming = $derived.by((): ComingShutdown | undefined => {
    const { monitor } = this.engine;
    const sentence = monitor && shutdownSentence(monitor, this.now, this.locale.current);
    if (monitor === undefined || sentence === undefined) return undefined;
    const isGrave = isBeyondReturn(monitor) && monitor.plan.action !== 'nothing';
    return { monitor, sentence, mood: isGrave ? 'danger' : 'battery' };
  });

  /** The connection to the program is lost, so everything that is shown is old. */
  readonly isCutOff = $derived.by((): boolean => this.engine.connection !== 'connected' && this.engine.isLoaded);

  /** How long it has been lost, in seconds. */
  readonly cutOffFor = $derived.by((): number => {
    const { lostAt } = this.engine;
    return lostAt === undefined ? 0 : Math.max(0, (this.clock.now - lostAt) / 1000);
  });

  chooseUps(name: string): void {
    this.#chosen = name;
    this.preferences.write('ups', name);
  }
}

export const [useApp, provideApp] = createContext<AppState>();
