import { expect, test } from './fixtures.ts';

test('the first tab leads to the skip link, and that into the page', async ({ open, page }) => {
  await open();
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('main').locator(':focus')).toHaveCount(1);
});

test('tab passes the pages in the order they are read, and Enter opens one', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.navigation.getByRole('link', { name: 'Overview' }).focus();
  for (const name of ['History', 'Events']) {
    await page.keyboard.press('Tab');
    await expect(dashboard.navigation.getByRole('link', { name })).toBeFocused();
  }
  await page.keyboard.press('Enter');
  await expect(dashboard.sentence).toHaveText('Events');
  await expect(dashboard.navigation.getByRole('link', { name: 'Events' })).toHaveAttribute('aria-current', 'page');
});

test('a dialog takes the focus, leaves none to the page behind it, and gives it back on Escape', async ({
  open,
  page,
}) => {
  const { dashboard } = await open();
  const opener = page.getByRole('button', { name: 'Appearance' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(dashboard.dialog).toBeVisible();
  await expect(dashboard.dialog.locator(':focus')).toHaveCount(1);
  // Past the last control lies the browser's own bar, as everywhere; past that, the dialog again.
  for (let step = 0; step < 8; step += 1) {
    await page.keyboard.press('Tab');
    await expect(page.locator(':focus:not(dialog *)')).toHaveCount(0);
  }
  await expect(dashboard.dialog.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dashboard.dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test('an outage is played, a command found and run without a pointer', async ({ open, page }) => {
  const { dashboard } = await open();
  await page.getByRole('region', { name: 'Demo UPS' }).getByRole('button', { name: 'Out' }).focus();
  await page.keyboard.press('Space');
  await expect(dashboard.band).toContainText('On battery');
  await dashboard.navigation.getByRole('link', { name: 'Device' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Variables' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Commands' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Run beeper.mute', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(dashboard.dialog).toBeVisible();
  await dashboard.dialog.getByRole('button', { name: 'Run it' }).focus();
  await page.keyboard.press('Enter');
  await expect(dashboard.row('beeper.mute')).toContainText('Done. The UPS accepted it.');
});
