/** The passwords of the web interface in a browser: who is let in, to do what, and who is logged out. */
import type { Page } from '@playwright/test';
import { ridethrough } from '#tests/support/served-program.ts';
import { Dashboard } from '../pages/dashboard.ts';
import { SettingsPage } from '../pages/settings.ts';
import { violationsOf } from '../support/for-everybody.ts';
import { heardBy } from '../support/heard.ts';
import { expect, test, type SetUp } from './fixtures.ts';

// Each change ends the sessions, and whoever made it begins anew.
test.slow();

const homeOf = ({ link }: SetUp): string => new URL('/', link).href;

async function logIn(page: Page, home: string, password: string): Promise<void> {
  await page.goto(home);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** The page is not let in any more. */
const untilOut = (page: Page, home: string): Promise<void> =>
  expect.poll(async () => (await page.request.get(home)).status()).toBe(401);

/** The page asks the program for something of its own accord. @returns the code of the error it gets, if any */
const askFrom = (page: Page, name: string, params: object): Promise<string | undefined> =>
  page.evaluate(
    ([address, frame]) =>
      new Promise<string | undefined>((resolve, reject) => {
        const socket = new WebSocket(address);
        socket.onerror = () => reject(new Error('no connection'));
        socket.onopen = () => socket.send(frame);
        socket.onmessage = ({ data }) => {
          const { id, error } = JSON.parse(String(data)) as { id?: number; error?: { code: string } };
          if (id === 1) resolve(error?.code);
        };
      }),
    [new URL('/socket', page.url()).href.replace(/^http/, 'ws'), JSON.stringify({ id: 1, name, params })] as const,
  );

test('a password of the web interface is set and taken away, and counts at once', async ({ form, page }) => {
  const { settings, link } = form;
  const home = homeOf(form);
  const heard = heardBy(page);
  const all = settings.webPassword('Password for Every Right');

  await expect(all).toContainText('Not set');
  await settings.text('Description').fill('unsaved');
  await expect(page.getByText('Save or discard the other changes first')).toBeVisible();
  await expect(all.getByLabel('Password for Every Right')).toBeDisabled();
  await settings.discard();
  await settings.setWebPassword('Password for Every Right', 'first of all');
  await untilOut(page, home);

  await logIn(page, home, 'first of all');
  await settings.open();
  await expect(all).toContainText('Set');
  await all.getByRole('button', { name: 'Take it away' }).click();
  await untilOut(page, home);
  await page.goto(link);
  await settings.open();
  await expect(all).toContainText('Not set');
  expect(heard.join()).not.toMatch(/first of all|scrypt/);
});

test('a new password logs everybody out, is told on every page, and only the new one lets in', async ({
  form,
  page,
  browser,
}) => {
  const { settings, data } = form;
  const home = homeOf(form);
  const words = ['config', 'set', 'web.password', 'the old one', '--data-dir', data];
  expect(await ridethrough(words)).toMatchObject({ status: 0 });
  await untilOut(page, home);
  await logIn(page, home, 'the old one');
  await settings.open();
  const others = await browser.newContext();
  try {
    const other = await others.newPage();
    await logIn(other, home, 'the old one');
    await new Dashboard(other).band.waitFor();

    await settings.setWebPassword('Password for Every Right', 'the new one');
    for (const one of [page, other]) {
      await expect(one.getByText('This page is no longer signed in')).toBeVisible({ timeout: 20_000 });
    }
    await other.getByRole('button', { name: 'Load the page again' }).click();
    await other.getByLabel('Password').fill('the old one');
    await other.getByRole('button', { name: 'Log in' }).click();
    await expect(other.getByRole('alert')).toBeVisible();
    for (const one of [page, other]) {
      await logIn(one, home, 'the new one');
      await new Dashboard(one).band.waitFor();
    }
  } finally {
    await others.close();
  }
});

test('who may only look sees every page, can change nothing, and is told why', async ({ form, page, browser }) => {
  const { data, port } = form;
  const home = homeOf(form);
  const words = ['config', 'set', 'web.password', 'every right', 'web.readPassword', 'only look', '--data-dir', data];
  expect(await ridethrough(words)).toMatchObject({ status: 0 });
  await untilOut(page, home);
  const looking = await browser.newContext();
  try {
    const guest = await looking.newPage();
    await logIn(guest, home, 'only look');
    const dashboard = new Dashboard(guest);
    await dashboard.band.waitFor();
    await expect(dashboard.band).toContainText('On mains');
    await expect(dashboard.reading('Charge')).toHaveText('64');

    // What there is to see is seen, what there is to do is not offered.
    const why = guest.getByText('You may look, not act: this session has no control right.');
    await expect(dashboard.navigation.getByRole('link', { name: 'Settings' })).toBeHidden();
    for (const name of ['History', 'Events', 'Network'] as const) {
      await dashboard.goTo(name);
      await expect(guest.getByRole('heading', { level: 1 })).toBeVisible();
    }
    await dashboard.goTo('Battery');
    await expect(why).toBeVisible();
    await expect(guest.getByRole('button', { name: 'It was replaced' })).toBeHidden();
    await dashboard.goToCommands();
    await expect(why).toBeVisible();
    const run = guest.getByRole('button', { name: /^Run / });
    expect(await run.count()).toBeGreaterThan(0);
    for (const button of await run.all()) await expect(button).toBeDisabled();
    expect(await violationsOf(guest)).toEqual([]);
    await dashboard.load(home, 'settings');
    await expect(guest.getByText('This session may not see or change the settings.')).toBeVisible();
    await expect(guest.getByText('Log in with the password that has every right.')).toBeVisible();
    await expect(new SettingsPage(guest).text('Identifier')).toBeHidden();
    await dashboard.load(home, 'setup');
    await expect(guest.getByText('This session may not set the program up.')).toBeVisible();

    // Nor is it done for who asks in spite of that.
    expect(await askFrom(guest, 'ups.list', {})).toBeUndefined();
    const forbidden = [
      ['ups.setVariable', { ups: 'ups', variable: 'battery.charge', value: '1' }],
      ['ups.runCommand', { ups: 'ups', command: 'driver.reload' }],
      ['monitor.shutdownNow', {}],
      ['settings.get', {}],
      ['web.setPassword', { key: 'web.password', password: 'mine' }],
    ] as const;
    for (const [name, params] of forbidden) expect(await askFrom(guest, name, params)).toBe('api/forbidden');
    expect((await ridethrough(['upsc', `ups@127.0.0.1:${port}`, 'battery.charge'])).stdout.trim()).toBe('64');
    await logIn(page, home, 'every right');
    await new Dashboard(page).band.waitFor();
  } finally {
    await looking.close();
  }
});
