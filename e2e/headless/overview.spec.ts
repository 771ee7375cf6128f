import { expect, test } from './fixtures.ts';

test('the link of the program opens the interface, and the address is free of the token then', async ({
  open,
  page,
}) => {
  const { dashboard, served } = await open();
  await expect(dashboard.band).toContainText('On mains');
  await expect(dashboard.sentence).toContainText('On mains power.');
  await expect(page).toHaveTitle(/^On mains.* · demo · Ridethrough$/);
  expect(page.url()).not.toContain('token');

  // The session lives in a cookie: the bare address is enough from now on.
  await page.goto(new URL('/', served.link).href);
  await expect(dashboard.band).toContainText('On mains');
});

test('without the token there is a page to sign in, and nothing of the UPS', async ({ open, browser }) => {
  const { served } = await open();
  const stranger = await browser.newPage();
  const answer = await stranger.goto(new URL('/', served.link).href);
  expect(answer?.status()).toBe(401);
  await expect(stranger.getByText(/on mains/i)).toHaveCount(0);
  await stranger.close();
});

test('pulling the mains turns band, sentence, picture, readings, charts and events; their return turns them back', async ({
  open,
}) => {
  const { dashboard } = await open();
  await expect(dashboard.band).toContainText('On mains');
  await expect(dashboard.path).toHaveAccessibleName(/^The mains feed the UPS/);
  await expect(dashboard.figure('Output voltage')).toHaveText(/^2[23]\d\.\d\sV$/);
  await expect(dashboard.figure('Temperature')).toHaveText(/^\d\d\.\d\s°C$/);

  await dashboard.demo('Out');
  await expect(dashboard.band).toContainText('On battery');
  await expect(dashboard.band).toContainText(/about .+ left/);
  await expect(dashboard.sentence).toContainText(/^On battery for .+ left\.$/);
  await expect(dashboard.path).toHaveAccessibleName(/^The mains are out\. The battery feeds/);
  await expect(dashboard.reading('Mains voltage')).toHaveText('0');
  await expect(dashboard.incident('The power is out.')).toContainText('going on');
  await expect(dashboard.chart('Voltage')).toHaveAttribute('aria-valuetext', /Mains voltage 0(\.0)?\sV/);
  await dashboard.choose('View', 'Table');
  await expect(dashboard.samples.nth(1)).toContainText(/\b0(\.0)?\sV/);

  await dashboard.demo('Good');
  await expect(dashboard.band).toContainText('On mains');
  await expect(dashboard.sentence).toContainText('On mains power.');
  await expect(dashboard.path).toHaveAccessibleName(/^The mains feed the UPS/);
  await expect(dashboard.samples.nth(1)).toContainText(/2[23]\d(\.\d)?\sV/);
  await expect(dashboard.incident('The power was out.')).not.toContainText('going on');

  await dashboard.goTo('Events');
  await expect(dashboard.sentence).toHaveText('Events');
  await dashboard.choose('Show', 'Outages');
  await expect(dashboard.incident('The power was out.')).toBeVisible();
});

test('low mains voltage is shown as raised by the UPS, not as an outage', async ({ open }) => {
  const { dashboard } = await open();
  await dashboard.demo('Too low');
  await expect(dashboard.band).toContainText('On mains, boosted');
  await expect(dashboard.path).toHaveAccessibleName(/raises the low mains voltage/);
  await expect(dashboard.incident('The power is out.')).toHaveCount(0);
});

test('a pulled cable greys the values with their age, and they come back by themselves', async ({ open }) => {
  const { dashboard } = await open();
  await expect(dashboard.reading('Charge')).toHaveText(/^\d+$/);
  await dashboard.demo('Pull the USB cable for 10 s');
  await expect(dashboard.band).toContainText(/Old data|No contact/);
  await expect(dashboard.band).toContainText(/Values are .+ old/);
  await expect(dashboard.sentence).toContainText(/No contact with the UPS|stopped answering/);
  await expect(dashboard.judgement('Charge')).toContainText(' old');
  await expect(dashboard.incident('There is no contact with the UPS.')).toContainText('going on');
  await expect(dashboard.band).toContainText('On mains', { timeout: 30_000 });
  await expect(dashboard.incident('There was no contact with the UPS.')).not.toContainText('going on');
});

test('paused charts stand still until they go on', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.choose('View', 'Table');
  await expect(dashboard.samples.nth(3)).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  const newest = await dashboard.samples.nth(1).innerText();
  await dashboard.demo('Out');
  await expect(dashboard.reading('Mains voltage')).toHaveText('0');
  await expect(dashboard.samples.nth(1)).toHaveText(newest, { useInnerText: true });
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(dashboard.samples.nth(1)).toContainText(/\b0(\.0)?\sV/);
});

test('the arrow keys read single values of a chart', async ({ open, page }) => {
  const { dashboard } = await open();
  const chart = dashboard.chart('Load');
  await expect(chart).toHaveAttribute('aria-valuetext', /^now, Load \d/);
  await expect(chart).toHaveAttribute('aria-valuemax', /^([3-9]|\d\d+)$/);
  await chart.focus();
  await page.keyboard.press('Home');
  await expect(chart).toHaveAttribute('aria-valuetext', /^at .+, Load \d/);
  await expect(chart).toHaveAttribute('aria-valuenow', '0');
  await page.keyboard.press('Escape');
  await expect(chart).toHaveAttribute('aria-valuetext', /^now, /);
});
