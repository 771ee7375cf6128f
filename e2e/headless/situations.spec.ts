/** The built interface before a fake engine in situations that no program on this computer can be brought into at will. */
import { SettingsPage } from '../pages/settings.ts';
import { Wizard } from '../pages/wizard.ts';
import { isWiderThanWindow, violationsOf } from '../support/for-everybody.ts';
import { SCENES, type SceneName } from '../support/scenes.ts';
import { expect, test } from './fixtures.ts';

const SCENE_NAMES = Object.keys(SCENES) as SceneName[];

for (const theme of ['light', 'dark'] as const) {
  test.describe(`in ${theme}`, () => {
    test.use({ colorScheme: theme, contextOptions: { reducedMotion: 'reduce' } });

    for (const scene of SCENE_NAMES) {
      test(`axe finds nothing to say about "${scene}"`, async ({ play, page }) => {
        const { dashboard } = await play(SCENES[scene](Date.now()));
        await dashboard.sentence.waitFor();
        expect(await violationsOf(page)).toEqual([]);
      });
    }
  });
}

for (const locale of ['en-GB', 'de-DE']) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    for (const width of [360, 720, 1024, 2560]) {
      test(`nothing sticks out at ${width} pixels`, async ({ play, page }) => {
        await page.setViewportSize({ width, height: 800 });
        const { dashboard, host } = await play(SCENES.several(Date.now()));
        await dashboard.sentence.waitFor();
        for (const address of await dashboard.addresses()) {
          await dashboard.load(host.url, address);
          expect.soft(await isWiderThanWindow(page), address).toBe(false);
        }
      });
    }

    for (const width of [720, 1280]) {
      test(`text of twice the size stays within ${width} pixels`, async ({ play, page }) => {
        await page.setViewportSize({ width, height: 800 });
        const { dashboard, host } = await play(SCENES.several(Date.now()));
        await dashboard.sentence.waitFor();
        for (const address of await dashboard.addresses()) {
          await dashboard.load(host.url, address);
          await page.evaluate("document.documentElement.style.fontSize = '200%'");
          expect.soft(await isWiderThanWindow(page), address).toBe(false);
        }
      });
    }
  });
}

for (const width of [720, 1280]) {
  test(`the whole form and every step of the wizard with text of twice the size stay within ${width} pixels`, async ({
    play,
    page,
  }) => {
    await page.setViewportSize({ width, height: 800 });
    await play(SCENES['first-launch-denied'](Date.now()));
    const wizard = new Wizard(page);
    await wizard.title.waitFor();
    await page.evaluate("document.documentElement.style.fontSize = '200%'");
    const steps = page.locator('section.wizard nav button');
    for (const step of await steps.all()) {
      await step.click();
      expect.soft(await isWiderThanWindow(page), (await step.textContent()) ?? '').toBe(false);
    }
    await page.evaluate("location.hash = '#/settings'");
    await new SettingsPage(page).showAll();
    expect.soft(await isWiderThanWindow(page), 'form').toBe(false);
  });
}

test('icons grow with the text beside them', async ({ play, page }) => {
  const { dashboard } = await play(SCENES.mains(Date.now()));
  const icon = dashboard.band.locator('svg');
  const before = (await icon.boundingBox())?.width ?? NaN;
  await page.evaluate("document.documentElement.style.fontSize = '200%'");
  expect((await icon.boundingBox())?.width).toBe(2 * before);
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });
  test('the page speaks German and says so', async ({ play, page }) => {
    const { dashboard } = await play(SCENES['on-battery'](Date.now()));
    await expect(dashboard.sentence).toContainText(/^Seit 4\smin .+ Noch etwa 32\smin\.$/);
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  });
});

test('a page that is no longer accepted asks to open the link again', async ({ play, page }) => {
  const { dashboard, host } = await play(SCENES.mains(Date.now()));
  await dashboard.sentence.waitFor();
  host.refuse();
  await expect(page.getByRole('heading', { name: 'This page is no longer signed in' })).toBeVisible();
  expect(await violationsOf(page)).toEqual([]);
});

test('a page that waits for its first state says so, and axe finds nothing to say about it', async ({ play, page }) => {
  await page.routeWebSocket(/./, () => undefined);
  await play(SCENES.mains(Date.now()));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connecting');
  expect(await violationsOf(page)).toEqual([]);
});

test('a session without the right to act shows no way to act', async ({ play, page }) => {
  const engine = SCENES['on-battery'](Date.now());
  engine.setAccess('read');
  const { dashboard } = await play(engine, '#/device/commands');
  await expect(page.getByText('You may look, not act')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run load.off' })).toBeDisabled();
  await expect(dashboard.band.getByRole('button')).toHaveCount(0);
  expect(await violationsOf(page)).toEqual([]);
});

test('no UPS: says what is plugged in and what is wrong with it, and a demo is one press away', async ({
  play,
  page,
}) => {
  const { dashboard } = await play(SCENES['no-ups'](Date.now()));
  await expect(dashboard.sentence).toHaveText('No UPS can be read');
  await expect(page.getByText('permission denied on /dev/hidraw3')).toBeVisible();
  await page.getByRole('button', { name: 'Show a demo UPS' }).click();
  await expect(dashboard.band).toContainText('Demo');
  await expect(dashboard.sentence).toContainText('On mains power');
  // The place of the one that was not found is no second UPS.
  await expect(dashboard.switcher).toHaveCount(0);
});

test('a UPS that somebody has configured and that is not there is missed, not replaced', async ({ play, page }) => {
  const engine = SCENES['no-ups'](Date.now());
  engine.setConfiguration('nut-files');
  const { dashboard } = await play(engine);
  await expect(dashboard.sentence).toHaveText('No contact with the UPS.');
  await expect(page.getByText('No UPS found for ups')).toBeVisible();
});

test('a UPS that may not be opened says why and what to do, and is tried again on request', async ({ play, page }) => {
  const engine = SCENES['no-permission'](Date.now());
  const { dashboard } = await play(engine);
  await expect(page.getByText(/permission denied on \/dev\/hidraw3/)).toBeVisible();
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => engine.asked.filter(({ name }) => name === 'ups.retry')).toHaveLength(1);
  engine.set('ups', { 'ups.status': 'OL', 'battery.charge': '100' });
  engine.patch('ups', { availability: 'available', error: undefined });
  await expect(dashboard.sentence).toHaveText('On mains power. Battery full.');
  await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
});

test('what hangs on a UPS that another computer reads is not claimed to be known', async ({ play }) => {
  const engine = SCENES.mains(Date.now());
  engine.setClients([]);
  const { dashboard } = await play(engine);
  await expect(dashboard.path).toHaveAccessibleName(/This computer/);
  engine.patch('ups', { attachment: 'network' });
  await expect(dashboard.path).toHaveAccessibleName(/What hangs on it/);
  await expect(dashboard.path).not.toHaveAccessibleName(/This computer/);
});
