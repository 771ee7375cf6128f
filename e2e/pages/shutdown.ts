/** A shutdown as a person sees it come: in the band of every page, and on the overview. */
import type { Locator, Page } from '@playwright/test';

type Wish = 'Cancel this shutdown' | 'Wait 5 more minutes' | 'Shut down now';

export class ShutdownPart {
  readonly page: Page;
  /** On the overview, while an outage or a shutdown lasts. */
  readonly panel: Locator;
  /** The rows of the plan. */
  readonly steps: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.getByRole('region', { name: 'Shutdown' });
    this.steps = page.getByRole('table', { name: /What happens when|If the power fails now/ }).locator('tbody tr');
    this.dialog = page.getByRole('dialog', { name: 'Shut down now?' });
  }

  inBand(wish: Wish): Locator {
    return this.page.getByRole('banner').getByRole('button', { name: wish });
  }

  async wish(wish: Wish): Promise<void> {
    await this.panel.getByRole('button', { name: wish }).click();
  }

  async confirm(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Shut down now' }).click();
  }

  /** Who does what, one line each, without the times. */
  async lines(): Promise<string[]> {
    const rows = await this.steps.all();
    return Promise.all(
      rows.map(async (row) => {
        const [, who = '', what = ''] = await row.getByRole('cell').allInnerTexts();
        return `${who.trim()} ${what.trim()}`;
      }),
    );
  }
}
