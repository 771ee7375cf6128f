/** The form by keyboard, for eyes that need contrast or another width, and in German. */
import { isWiderThanWindow, tabStops, violationsOf } from '../support/for-everybody.ts';
import { upsc } from '../support/nut-clients.ts';
import { expect, test } from './fixtures.ts';

test('everything goes by keyboard', async ({ form: { settings, port }, page }) => {
  await settings.box('Port or Hostname').focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('lab');
  await expect(page.getByRole('option', { name: 'lab.dev' })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(settings.box('Port or Hostname')).toHaveValue('lab.dev');
  await page.getByRole('switch', { name: 'Power Off UPS' }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('switch', { name: 'Power Off UPS' })).toBeChecked();
  await settings.bar.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await expect(settings.bar).toContainText('Saved, and in force.');
  await expect.poll(() => upsc(`ups@127.0.0.1:${port}`, 'device.model')).toBe('Lab 900');

  await settings.box('Driver').fill('apc');
  await page.keyboard.press('Escape');
  await expect(settings.box('Driver')).toHaveValue('dummy-ups');
});

test('every place of the form can be reached with the tab key and is seen there', async ({
  form: { settings },
  page,
}) => {
  await settings.showAll();
  const stops = await tabStops(page);
  expect(stops.length).toBeGreaterThan(40);
  expect(stops.filter(({ isSeen }) => !isSeen).map(({ name }) => name)).toEqual([]);
});

const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };
for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`axe finds nothing to say about the form, ${theme} and ${size}`, async ({ form: { settings }, page }) => {
      // A long page, looked at three times.
      test.slow();
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      await settings.showAll();
      await page.getByRole('button', { name: 'Add Proxmox' }).click();
      await page.getByRole('button', { name: 'Edit account proxmox' }).click();
      await settings.text('Shutdown Timer').fill('soon');
      await expect(settings.bar).toContainText('has to be put right');
      expect.soft(await violationsOf(page), 'form').toEqual([]);
      expect.soft(await isWiderThanWindow(page)).toBe(false);
      await settings.box('Driver').fill('apc');
      await page.getByRole('option').first().waitFor();
      expect.soft(await violationsOf(page), 'choices').toEqual([]);
      await page.keyboard.press('Escape');
      await settings.bar.getByRole('button', { name: 'Show them' }).click();
      await settings.dialog.waitFor();
      expect.soft(await violationsOf(page), 'changes').toEqual([]);
    });
  }
}

test('speaks German, with NUT’s words as they are', async ({ form: { link, dashboard, settings }, page }) => {
  await page.getByRole('button', { name: 'Appearance' }).click();
  await dashboard.choose('Language', 'Deutsch');
  await page.keyboard.press('Escape');
  await dashboard.load(link, 'settings');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Einstellungen');
  await expect(settings.field('Abschaltfrist')).toContainText('upssched.conf START-TIMER');
  await settings.text('Abschaltfrist').fill('bald');
  await expect(settings.field('Abschaltfrist')).toContainText('Zulässig: eine ganze Zahl.');
  await page.setViewportSize(SIZES.narrow);
  expect(await isWiderThanWindow(page)).toBe(false);
});
