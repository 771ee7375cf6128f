import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** The scheme that the page's colours follow. */
const scheme = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
/** The colour text is written in: bright on dark ground, dark on bright ground. */
const textColour = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.body).color');
const movements = (page: Page): Promise<number> =>
  page.evaluate('document.getAnimations().filter(({ playState }) => playState === "running").length');

for (const system of ['light', 'dark'] as const) {
  test(`in a ${system} system the page is ${system} until told otherwise, and remembers`, async ({ open, page }) => {
    await page.emulateMedia({ colorScheme: system });
    const { dashboard } = await open();
    const before = await textColour(page);
    await dashboard.chooseTheme(system === 'light' ? 'Dark' : 'Light');
    await expect.poll(() => textColour(page)).not.toBe(before);
    const chosen = await textColour(page);
    await page.reload();
    await dashboard.band.waitFor();
    expect(await textColour(page)).toBe(chosen);
    await dashboard.chooseTheme('As the system');
    await expect.poll(() => textColour(page)).toBe(before);
    expect(await scheme(page)).toContain(system);
  });
}

test('the power flows in the picture, but stands still for those who want less motion', async ({ open, page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  const { dashboard } = await open();
  await expect(dashboard.path).toBeVisible();
  await expect.poll(() => movements(page)).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(() => movements(page)).toBe(0);
});

test('the language is chosen and remembered', async ({ open, page }) => {
  const { dashboard } = await open();
  await page.getByRole('button', { name: 'Appearance' }).click();
  await dashboard.choose('Language', 'Deutsch');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await expect(dashboard.sentence).toContainText('Netz');
});
