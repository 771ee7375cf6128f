/** Every page of the running program is for everybody, in both themes and on wide and narrow screens. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { Dashboard } from '../pages/dashboard.ts';
import { expect, serve, test as base, THREE_UPSES, type Served } from './fixtures.ts';

/** One program for all: the pages are only looked at. */
const test = base.extend<object, { readonly served: Served }>({
  served: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures off this pattern
    async ({}, use) => {
      const served = await serve(THREE_UPSES);
      await use(served);
      await served.dispose();
    },
    { scope: 'worker' },
  ],
});

const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };
const PAGES = ['overview', 'device', 'device/commands', 'events', 'all'];

const violationsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
};

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`axe finds nothing to say about any page, ${theme} and ${size}`, async ({ served, page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      const dashboard = new Dashboard(page);
      await dashboard.open(served.link);
      for (const address of PAGES) {
        await page.goto(new URL(`/#/${address}`, served.link).href);
        await dashboard.sentence.waitFor();
        expect.soft(await violationsOf(page), address).toEqual([]);
      }
      await page.goto(new URL('/#/overview', served.link).href);
      await dashboard.choose('View', 'Table');
      expect.soft(await violationsOf(page), 'samples as a table').toEqual([]);
      await page.getByRole('button', { name: 'Appearance' }).click();
      await dashboard.dialog.waitFor();
      expect.soft(await violationsOf(page), 'dialog').toEqual([]);
    });
  }
}
