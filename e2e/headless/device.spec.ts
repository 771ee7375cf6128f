import { expect, test } from './fixtures.ts';

test('a self test asks first, says what came of it, and is not taken for an outage', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goToCommands();
  await dashboard.run('test.battery.start.quick');
  await expect(dashboard.dialog).toHaveAccessibleName('Run test.battery.start.quick on demo?');
  await dashboard.dialog.getByRole('button', { name: 'Run it' }).click();
  await expect(dashboard.row('test.battery.start.quick')).toContainText('Done. The UPS accepted it.');
  await expect(dashboard.band).toContainText('Self test');
  await page.getByRole('tab', { name: 'Variables' }).click();
  await expect(dashboard.row('ups.test.result')).toContainText(/passed/i);
  await expect(dashboard.band).toContainText('On mains');
  await dashboard.goTo('Events');
  await expect(dashboard.incident('The power')).toHaveCount(0);
});

test('a measurement of the battery is stopped from the band of any page', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goToCommands();
  // It takes minutes: there is time to stop it, however busy the computer is.
  await dashboard.run('test.battery.start.deep');
  await dashboard.dialog.getByRole('button', { name: 'Run it' }).click();
  await expect(dashboard.band).toContainText('Calibration');
  await page.getByRole('tab', { name: 'Variables' }).click();
  await expect(dashboard.row('ups.test.result')).toContainText(/in progress/i);
  await dashboard.band.getByRole('button', { name: /^Stop/ }).click();
  await expect(dashboard.band).toContainText('On mains');
  await expect(dashboard.row('ups.test.result')).toContainText(/aborted/i);
});

test('a command that cuts the power is run only after the name of the UPS was typed', async ({ open }) => {
  const { dashboard } = await open();
  await dashboard.goToCommands();
  await dashboard.run('shutdown.return');
  const run = dashboard.dialog.getByRole('button', { name: 'Run it' });
  await expect(dashboard.dialog).toContainText('loses power');
  await expect(run).toBeDisabled();
  await dashboard.dialog.getByLabel('Type demo to confirm').fill('dem');
  await expect(run).toBeDisabled();
  await dashboard.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dashboard.dialog).toBeHidden();
  await expect(dashboard.row('shutdown.return')).not.toContainText('Done.');
});

test('a writable variable is changed in place and kept; what the UPS cannot take is said beside it', async ({
  open,
  page,
}) => {
  const { dashboard } = await open();
  await dashboard.goTo('Device');
  const field = await dashboard.edit('battery.charge.low');
  await expect(field).toBeFocused();
  await field.fill('400');
  await expect(dashboard.row('battery.charge.low')).toContainText(/5.+95/);
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(dashboard.save).toBeDisabled();
  await field.fill('27');
  await dashboard.save.click();
  await expect(field).toBeHidden();
  await expect(dashboard.row('battery.charge.low')).toContainText('27');
  await page.reload();
  await expect(dashboard.row('battery.charge.low')).toContainText('27');
});

test('an edit that is called off with Escape changes nothing', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goTo('Device');
  const before = await dashboard.row('battery.charge.low').innerText();
  const field = await dashboard.edit('battery.charge.low');
  await field.fill('33');
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();
  await expect(dashboard.row('battery.charge.low')).toHaveText(before, { useInnerText: true });
});

test('variables are found by name, meaning and value', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goTo('Device');
  await expect(dashboard.row('battery.charge')).toBeVisible();
  await dashboard.search('battery.charge.low');
  await expect(page.getByText('1 variable', { exact: true })).toBeVisible();
  await expect(dashboard.row('battery.charge.low')).toBeVisible();
  await expect(dashboard.row('input.voltage')).toHaveCount(0);
  await dashboard.search('zzz');
  await expect(page.getByText('No variable has "zzz" in its name, meaning or value.')).toBeVisible();
  await dashboard.search('');
  await page.getByRole('checkbox', { name: 'Only those that can be changed' }).check();
  await expect(dashboard.row('battery.charge.low')).toBeVisible();
  await expect(dashboard.row('battery.charge')).toHaveCount(0);
});
