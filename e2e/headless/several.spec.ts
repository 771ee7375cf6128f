import { expect, test, THREE_UPSES } from './fixtures.ts';

test('several UPSes have a summary and a switcher, each shows its own values', async ({ open, page }) => {
  const { dashboard } = await open(THREE_UPSES);
  await dashboard.goTo('All UPSes');
  for (const name of ['demo', 'study', 'attic']) {
    await expect(page.getByRole('link', { name: new RegExp(`^${name}`) })).toContainText('On mains power');
  }
  await page.getByRole('link', { name: /^study/ }).click();
  await expect(dashboard.switcher).toHaveValue('study');
  await dashboard.goTo('Device');
  await expect(dashboard.row('device.model')).toContainText('Back-UPS ES 850G2');
  await dashboard.goTo('Overview');

  await dashboard.switcher.selectOption('attic');
  await expect(dashboard.reading('Charge')).toHaveText('64');
  await expect(dashboard.reading('Load')).toHaveText('12');
  await expect(dashboard.reading('Remaining time')).toHaveText('–');
  await page.reload();
  await expect(dashboard.switcher).toHaveValue('attic');
});

test('an outage of one UPS is told with its name and leaves the others on mains', async ({ open, page }) => {
  const { dashboard } = await open(THREE_UPSES);
  await dashboard.switcher.selectOption('demo');
  await dashboard.demo('Out');
  await expect(dashboard.band).toContainText('On battery');
  await dashboard.switcher.selectOption('attic');
  await expect(dashboard.band).toContainText('On mains');
  await dashboard.goTo('All UPSes');
  await expect(page.getByRole('link', { name: /^demo/ })).toContainText('On battery');
  await expect(page.getByRole('link', { name: /^attic/ })).toContainText('On mains power');
  await dashboard.goTo('Events');
  await expect(dashboard.incident('The power is out.')).toContainText('demo');
});

test('one UPS has neither a summary nor a switcher', async ({ open }) => {
  const { dashboard } = await open();
  await expect(dashboard.navigation.getByRole('link', { name: 'Events' })).toBeVisible();
  await expect(dashboard.navigation.getByRole('link', { name: 'All UPSes' })).toHaveCount(0);
  await expect(dashboard.switcher).toHaveCount(0);
});
