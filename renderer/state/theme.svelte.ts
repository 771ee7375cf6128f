import { untrack } from 'svelte';
import type { Preferences } from './preferences.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

/** Light, dark, or as the system says. */
export class Theme {
  choice = $state<ThemeChoice>('system');
  /** Counts up whenever the colours on the screen change, whoever changed them: for what draws by itself. */
  version = $state(0);

  readonly #preferences: Preferences;
  #colours: Record<string, string> = {};

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    const known = preferences.read('theme');
    this.choice = THEMES.find((theme) => theme === known) ?? 'system';
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    this.#preferences.write('theme', choice === 'system' ? undefined : choice);
  }

  /** The colour a variable of app.css stands for in this theme, as a canvas understands it. */
  colour(variable: string, document: Document): string {
    const known = this.#colours[variable];
    if (known !== undefined) return known;
    const probe = document.createElement('span');
    // Lines of a chart keep their colours where the system forces its own on texts and grounds.
    probe.style.forcedColorAdjust = 'none';
    probe.style.color = `var(${variable})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    this.#colours[variable] = color;
    return color;
  }

  /** Puts the choice on the page and follows the system. @returns ends it */
  apply(root: HTMLElement, window: Window): () => void {
    if (this.choice === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.choice;
    const changed = (): void => {
      this.#colours = {};
      this.version = untrack(() => this.version) + 1;
    };
    changed();
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }
}
