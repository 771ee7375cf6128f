/** The pages Battery, Energy and Network: of the running program, and of a made-up past. */
import { ridethrough } from '#tests/support/served-program.ts';
import { violationsOf } from '../support/for-everybody.ts';
import { SCENES } from '../support/scenes.ts';
import { expect, test } from './fixtures.ts';

test('the demo UPS tests itself, and the result is listed', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goTo('Battery');
  await expect(dashboard.sentence).toHaveText('Battery');
  await expect(page.getByText('Nothing learned yet')).toBeVisible();
  await expect(dashboard.fact('Made')).toContainText('2025');
  await expect(page.getByRole('definition').getByText('None so far')).toBeVisible();
  await page.getByRole('button', { name: 'Run a self test' }).click();
  await dashboard.dialog.getByRole('button', { name: 'Run it' }).click();
  await expect(page.getByText('Done. The UPS accepted it.')).toBeVisible();
  await expect(page.getByRole('table').getByText('Passed')).toBeVisible({ timeout: 60_000 });
});

test('a discharge teaches how long the battery lasts; a battery that was replaced begins anew, by keyboard', async ({
  open,
  page,
}) => {
  test.setTimeout(180_000);
  const { dashboard } = await open();
  await dashboard.goTo('Device');
  // An hour on battery takes a minute.
  await page.getByRole('region', { name: 'Demo UPS' }).getByText('60 times').click();
  await dashboard.demo('Out');
  await expect(dashboard.band).toContainText('On battery');
  await dashboard.goTo('Overview');
  await expect
    .poll(async () => Number(await dashboard.reading('Charge').textContent()), { timeout: 120_000 })
    .toBeLessThan(50);
  await dashboard.demo('Good');
  await expect(dashboard.band).toContainText('On mains');
  await dashboard.goTo('Battery');
  await expect(page.getByText(/Learned from 1 discharge/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('Shown by its own discharges').first()).toBeVisible();

  await page.getByRole('button', { name: 'It was replaced' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Day it was put in').focus();
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Start with the new battery' }).focus();
  await page.keyboard.press('Enter');
  await expect(dashboard.fact('Put in, as entered')).toBeVisible();
  await expect(page.getByText('Nothing learned yet')).toBeVisible();
});

test('what energy costs is set once for everybody', async ({ form: { data }, page }) => {
  await page.goto(`${new URL(page.url()).origin}/#/energy`);
  const price = page.getByLabel('Price per kWh');
  await expect(price).toHaveValue('');
  await price.fill('0.3127');
  await page.getByLabel('Currency').selectOption('CHF');
  const get = async (key: string): Promise<string> =>
    (await ridethrough(['config', 'get', key, '--data-dir', data])).stdout.trim();
  await expect.poll(() => get('energy.currency')).toBe('CHF');
  expect(await get('energy.price')).toBe('0.3127');
  await ridethrough(['config', 'set', 'energy.price', '0.4', 'energy.currency', 'EUR', '--data-dir', data]);
  await expect(price).toHaveValue('0.4');
  await expect(page.getByLabel('Currency')).toHaveValue('EUR');
});

test('a price that is not saved stays as it was entered, beside the reason; the next one is saved', async ({
  form,
  page,
}) => {
  const { data } = form;
  await page.goto(`${new URL(page.url()).origin}/#/energy`);
  const price = page.getByLabel('Price per kWh');
  await price.fill('2000000');
  await price.press('Enter');
  const reason = page.getByText(/1,?000,?000/);
  await expect(reason).toBeVisible();
  await expect(price).toHaveValue('2000000');
  await price.fill('0.0000005');
  await price.press('Enter');
  await expect(reason).toBeHidden();
  await expect(price).toHaveValue('5e-7');
  const { stdout } = await ridethrough(['config', 'get', 'energy.price', '--data-dir', data]);
  expect(stdout.trim()).toBe('5e-7');
});

test('where the settings are NUT’s files the price stays in the browser', async ({ open, page }) => {
  await open();
  await page.goto(`${new URL(page.url()).origin}/#/energy`);
  const price = page.getByLabel('Price per kWh');
  await price.fill('0.3');
  await page.getByLabel('Currency').selectOption('CHF');
  await page.reload();
  await expect(price).toHaveValue('0.3');
  await expect(page.getByLabel('Currency')).toHaveValue('CHF');
});

const start = new Date(2026, 0, 14, 19, 42, 10).getTime();
const frozen = test.extend<{ readonly clockStands: undefined }>({
  clockStands: [
    async ({ page }, use) => {
      await page.clock.setFixedTime(start);
      await use(undefined);
    },
    { auto: true },
  ],
});

frozen(
  'what was learned stands beside what the UPS claims, with a word where it claims too much',
  async ({ play, page }) => {
    const { dashboard } = await play(SCENES.history(start), '#/battery');
    await expect(page.getByText('The UPS promises more than this battery has shown')).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: 'At its present charge' })).toContainText('36 min');
    await expect(page.getByText(/Its charge was never seen below 31\s%/)).toBeVisible();
    await expect(dashboard.fact('Put in')).toHaveText(/2 May 2023 \(2\.7 years old\)/);
    await expect(dashboard.fact('Compared with its first discharges')).toHaveText(/81\s%/);
    await expect(dashboard.fact('Next automatic test')).toHaveText('about 16 Jan 2026');
  },
);

frozen('energy and its cost are told by the calendar, and the price is remembered', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.history(start), '#/history');
  await page.getByRole('link', { name: 'Energy' }).click();
  await dashboard.choose('By', 'Month');
  await page.getByLabel('Price per kWh').fill('0.5');
  await page.getByLabel('Currency').selectOption('EUR');
  const december = page.getByRole('row').filter({ hasText: 'Dec 2025' });
  await expect(december).toContainText(/\d\skWh.*€\d/);
  const [, used = '', cost = ''] =
    /([\d.]+)\skWh.*€(\d+\.\d\d)/.exec((await december.getByRole('cell').allTextContents()).join(' ')) ?? [];
  expect(Number(used)).toBeGreaterThan(100);
  expect(Math.abs(Number(cost) - Number(used) / 2)).toBeLessThanOrEqual(0.5);
  await expect(page.getByText('Computed from the load in percent and the nominal power of 900 W.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Price per kWh')).toHaveValue('0.5');
  await expect(december).toContainText('€');
});

frozen('a price that this browser kept from before becomes the one of the program, once', async ({ play, page }) => {
  await page.addInitScript(() => localStorage.setItem('ridethrough.energy-price', '0.25 CHF'));
  const engine = SCENES.history(start);
  engine.setAccess('read');
  await play(engine, '#/energy');
  const price = page.getByLabel('Price per kWh');
  await expect(price).toBeDisabled();
  await expect(price).toHaveValue('');
  engine.setAccess('admin');
  await page.reload();
  await expect(price).toBeEnabled();
  await expect(price).toHaveValue('0.25');
  await expect(page.getByLabel('Currency')).toHaveValue('CHF');
  await price.fill('0.5');
  await price.press('Enter');
  // The browser has its old one again, and it is passed over.
  await page.reload();
  await expect(price).toHaveValue('0.5');
  engine.setAccess('read');
  await page.reload();
  await expect(price).toBeDisabled();
  await expect(price).toHaveValue('0.5');
});

frozen('energy of a unit that tells no watts is not made up', async ({ play, page }) => {
  const engine = SCENES.history(start);
  engine.set('ups', { 'ups.realpower.nominal': undefined });
  await play(engine, '#/energy');
  await expect(page.getByText('Nothing is known of the power')).toBeVisible();
  await expect(page.getByText(/override\.ups\.realpower\.nominal/)).toBeVisible();
});

frozen(
  'who listens is listed, and the way to the sheets for others is shown to those who may',
  async ({ play, page }) => {
    const engine = SCENES.history(start);
    const { dashboard } = await play(engine, '#/network');
    const nas = page.getByRole('listitem').filter({ hasText: 'nas' });
    await expect(nas).toContainText('192.168.1.20');
    await expect(nas).toContainText('secondary');
    await expect(dashboard.fact('Certificate')).toContainText(':');
    await expect(page.getByRole('link', { name: 'To the settings' })).toBeVisible();
    engine.setClients([]);
    await expect(page.getByText('Nobody is logged in')).toBeVisible();
  },
);

for (const colorScheme of ['light', 'dark'] as const) {
  frozen(`axe finds nothing to say about battery, energy and network, ${colorScheme}`, async ({ play, page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { dashboard } = await play(SCENES.history(start), '#/battery');
    await dashboard.fact('Put in').waitFor();
    await page.getByRole('button', { name: 'It was replaced' }).click();
    expect.soft(await violationsOf(page), 'battery').toEqual([]);
    await page.goto(page.url().replace('#/battery', '#/energy'));
    await page.getByRole('table').waitFor();
    expect.soft(await violationsOf(page), 'energy').toEqual([]);
    await dashboard.goTo('Network');
    await dashboard.fact('Certificate').waitFor();
    expect.soft(await violationsOf(page), 'network').toEqual([]);
  });
}
