/** The wizard of the first launch as a person uses it. */
import type { Locator, Page } from '@playwright/test';

export type StepName =
  'UPS' | 'Programs' | 'Take over' | 'Name' | 'Outage' | 'Network' | 'E-mail' | 'Rehearsal' | 'Done';

export class Wizard {
  readonly page: Page;
  readonly title: Locator;
  /** Shown as long as units are looked for. */
  readonly searching: Locator;
  /** What will be true after the step. */
  readonly said: Locator;
  readonly next: Locator;
  readonly back: Locator;
  readonly later: Locator;
  /** Lines of the rehearsal. */
  readonly rehearsal: Locator;
  readonly finish: Locator;

  constructor(page: Page) {
    this.page = page;
    this.title = page.getByRole('heading', { level: 1 });
    this.searching = page.getByText('Looking for UPSes on USB');
    this.said = page.locator('p[aria-live]');
    this.next = page.getByRole('button', { name: 'Continue' });
    this.back = page.getByRole('button', { name: 'Back', exact: true });
    this.later = page.getByRole('button', { name: 'Decide later' });
    this.rehearsal = page.getByRole('table').getByRole('row');
    this.finish = page.getByRole('button', { name: 'Save and finish' });
  }

  step(name: StepName): Locator {
    return this.page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name, exact: true });
  }

  /** What is told of what was taken over. */
  get notes(): Locator {
    return this.page.locator('.moved li');
  }

  /** What gets in the way, by its name. */
  neighbour(title: string): Locator {
    return this.page
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('heading', { name: title, exact: true, level: 2 }) });
  }

  /** The step that is shown. */
  get current(): Locator {
    return this.page.locator('button[aria-current="step"]');
  }

  choice(name: string | RegExp): Locator {
    return this.page.getByRole('radio', { name });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  /** Goes on by Tab until something is focused, as a hand on the keyboard does. @throws Error where it never is */
  async tabTo(target: Locator): Promise<void> {
    for (let count = 0; count < 80; count += 1) {
      if ((await target.and(this.page.locator(':focus')).count()) > 0) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the tab key never comes to ${String(target)}`);
  }

  /** Presses a button by the keyboard alone. */
  async press(target: Locator): Promise<void> {
    await this.tabTo(target);
    await this.page.keyboard.press('Enter');
  }
}
