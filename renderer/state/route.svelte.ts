export const PAGES = [
  'overview',
  'history',
  'energy',
  'events',
  'battery',
  'device',
  'network',
  'all',
  'settings',
  'setup',
] as const;
export type Page = (typeof PAGES)[number];
export type DevicePart = 'variables' | 'commands';

/** Which page is shown; it lives in the address, so that back, reload and links work. */
export class Route {
  page = $state<Page>('overview');
  part = $state<DevicePart>('variables');
  /** The time the page History shows; whatever it chooses without. Milliseconds since 1970. */
  span = $state.raw<{ readonly from: number; readonly to: number }>();
  /** Step of the page setup; empty at its beginning. */
  step = $state('');

  /** Shows a page at once, as a link to it would. */
  go(page: Page, window: Window): void {
    window.location.hash = addressOf(page);
    this.page = page;
  }

  /** @returns ends following the address */
  follow(window: Window): () => void {
    const read = (): void => {
      const [page = '', part = ''] = window.location.hash.replace(/^#\/?/, '').split('/');
      this.page = PAGES.find((known) => known === page) ?? 'overview';
      const [, from = NaN, to = NaN] = /^(\d{1,14})-(\d{1,14})$/.exec(part)?.map(Number) ?? [];
      this.span = from < to ? { from, to } : undefined;
      this.part = part === 'commands' ? 'commands' : 'variables';
      this.step = this.page === 'setup' ? part : '';
    };
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }
}

export const addressOf = (page: Page, part?: DevicePart): string => `#/${page}${part ? `/${part}` : ''}`;

export const addressOfStep = (step: string): string => `#/setup/${step}`;

export const addressOfSpan = (from: number, to: number): string => `#/history/${Math.round(from)}-${Math.round(to)}`;
