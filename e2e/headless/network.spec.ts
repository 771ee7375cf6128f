/** What stands between this computer's server and others: a firewall, and the list of who may connect. */
import { SettingsPage } from '../pages/settings.ts';
import { Wizard } from '../pages/wizard.ts';
import { isWiderThanWindow, violationsOf } from '../support/for-everybody.ts';
import { SCENES } from '../support/scenes.ts';
import { expect, test } from './fixtures.ts';

const COMMAND = 'sudo ufw allow 3493/tcp';

for (const theme of ['light', 'dark'] as const) {
  for (const locale of ['en-GB', 'de-DE']) {
    test.describe(`in ${theme}, ${locale}`, () => {
      test.use({ colorScheme: theme, locale, contextOptions: { reducedMotion: 'reduce' } });

      test('the Network page has the command for the firewall, and who was turned away', async ({ play, page }) => {
        const { dashboard, host } = await play(SCENES.shared(Date.now()));
        await dashboard.load(host.url, 'network');
        await expect(page.getByText(COMMAND)).toBeVisible();
        await expect(page.getByText('192.168.1.77')).toBeVisible();
        expect(await violationsOf(page)).toEqual([]);
        await page.setViewportSize({ width: 360, height: 640 });
        expect(await isWiderThanWindow(page)).toBe(false);
      });
    });
  }
}

test('a computer that is not shared needs no way through its firewall', async ({ play, page }) => {
  const { dashboard, host } = await play(SCENES.settings(Date.now()));
  await dashboard.load(host.url, 'network');
  await expect(page.getByText('Only programs on this computer')).toBeVisible();
  await expect(page.getByText(COMMAND)).toBeHidden();
});

test('the form has the command for the port that is in force, and none for one that is not saved', async ({
  play,
  page,
}) => {
  const { dashboard, host } = await play(SCENES.shared(Date.now()));
  await dashboard.load(host.url, 'settings');
  const settings = new SettingsPage(page);
  await settings.showAll();
  await expect(page.getByText(COMMAND)).toBeVisible();
  await settings.text('Remote Port').fill('4000');
  await expect(page.getByText(COMMAND)).toBeHidden();
  await expect(page.getByText('a firewall here may keep port 4000 (TCP) closed')).toBeVisible();
});

test('the wizard has the command once other computers are let in', async ({ play, page }) => {
  await play(SCENES['first-launch'](Date.now()));
  const wizard = new Wizard(page);
  await wizard.step('Network').click();
  await expect(page.getByText(COMMAND)).toBeHidden();
  await page.getByRole('switch', { name: 'Remote Monitor' }).click();
  await page.getByRole('button', { name: 'Let them connect' }).click();
  await expect(page.getByText(COMMAND)).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
});

test('a port on the network is asked when the field is left', async ({ play, page }) => {
  const { dashboard, host } = await play(SCENES.settings(Date.now()));
  await dashboard.load(host.url, 'settings');
  const settings = new SettingsPage(page);
  await settings.take('Driver', 'snmp-ups', /^snmp-ups/);
  const port = settings.box('Port or Hostname');
  await port.fill('attic');
  await page.keyboard.press('Tab');
  await expect(settings.field('Port or Hostname')).toContainText('Nobody answers at attic.');
  await port.fill('card');
  await expect(settings.field('Port or Hostname')).not.toContainText('Nobody answers');
  await page.keyboard.press('Tab');
  await expect(settings.field('Port or Hostname')).toContainText('card answers: Quay Card 3.');
  expect(await violationsOf(page)).toEqual([]);
});
