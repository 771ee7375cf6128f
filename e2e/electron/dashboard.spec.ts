/** The window of the desktop program is the same interface as in a browser, and tray and window tell the same. */
import { Dashboard } from '../pages/dashboard.ts';
import { violationsOf } from '../support/for-everybody.ts';
import { expect, expectTooltip, test, windowOf } from './fixtures.ts';

test('pulling the mains turns band, sentence, picture, readings, chart, events and tray; their return turns them back', async ({
  launch,
}) => {
  const shell = await launch();
  const dashboard = new Dashboard(await windowOf(shell));
  await expect(dashboard.band).toContainText('On mains');
  await expectTooltip(shell, /^On mains power/);

  await dashboard.demo('Out');
  await expect(dashboard.band).toContainText('On battery');
  await expect(dashboard.sentence).toContainText(/^On battery for .+ left\.$/);
  await expect(dashboard.path).toHaveAccessibleName(/^The mains are out\. The battery feeds/);
  await expect(dashboard.reading('Mains voltage')).toHaveText('0');
  await expect(dashboard.chart('Voltage')).toHaveAttribute('aria-valuetext', /Mains voltage 0(\.0)?\sV/);
  await expect(dashboard.incident('The power is out.')).toContainText('going on');
  await expectTooltip(shell, /^On battery.* left\.$/);
  expect((await shell.tray()).icon).toMatch(/^battery-\d-battery$/);

  await dashboard.demo('Good');
  await expect(dashboard.band).toContainText('On mains');
  await expect(dashboard.sentence).toContainText('On mains power.');
  await expect(dashboard.path).toHaveAccessibleName(/^The mains feed the UPS/);
  await expect(dashboard.incident('The power was out.')).not.toContainText('going on');
  await expectTooltip(shell, /^On mains power/);
  expect((await shell.tray()).icon).toMatch(/^(plug|charging)-mains$/);
});

test('a pulled cable is told by window and tray, and both find back by themselves', async ({ launch }) => {
  const shell = await launch();
  const dashboard = new Dashboard(await windowOf(shell));
  await expectTooltip(shell, /^On mains power/);
  await dashboard.demo('Pull the USB cable for 10 s');
  await expectTooltip(shell, /no contact|stopped answering/i);
  await expect(dashboard.band).toContainText(/Old data|No contact/);
  await expect(dashboard.band).toContainText(/Values are .+ old/);
  await expect(dashboard.band).toContainText('On mains', { timeout: 40_000 });
  await expect(dashboard.incident('There was no contact with the UPS.')).not.toContainText('going on');
  await expectTooltip(shell, /^On mains power/);
});

test('every page stands in the window, and axe finds nothing to say about it', async ({ launch }) => {
  test.slow();
  const shell = await launch();
  const page = await windowOf(shell);
  const dashboard = new Dashboard(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect(dashboard.sentence).toContainText('On mains power.');
  expect.soft(await violationsOf(page), 'Overview').toEqual([]);
  for (const name of ['History', 'Events', 'Battery', 'Device', 'Network', 'Settings'] as const) {
    await dashboard.goTo(name);
    await expect(dashboard.navigation.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
    expect.soft(await violationsOf(page), name).toEqual([]);
  }
});
