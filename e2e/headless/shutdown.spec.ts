/** The shutdown monitor as people see it: the real program with a demo UPS that really loses its mains. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#tests/support/nut-upsd.ts';
import { startProgram } from '#tests/support/served-program.ts';
import { Dashboard } from '../pages/dashboard.ts';
import { ShutdownPart } from '../pages/shutdown.ts';
import { isWiderThanWindow, violationsOf } from '../support/for-everybody.ts';
import { SCENES } from '../support/scenes.ts';
import { expect, test as base } from './fixtures.ts';

interface Outage {
  readonly dashboard: Dashboard;
  readonly shutdown: ShutdownPart;
  /** Whether the command that stands for the shutdown has run. */
  readonly hasRun: () => boolean;
}

/** A demo UPS that leads to a harmless command half an hour after its mains fail. */
const test = base.extend<{ readonly outage: Outage }>({
  outage: async ({ page }, use) => {
    const data = await mkdtemp(join(tmpdir(), 'ridethrough-outage-'));
    const marker = join(data, 'was-shut-down');
    const settings = {
      version: 2,
      setup: { isDone: true },
      ups: [
        {
          id: 'demo',
          identifier: 'demo',
          driver: 'demo',
          port: 'auto',
          shutdown: 'BATT',
          shutdowntimer: 1800,
          shutdowncmd: `touch ${marker}`,
        },
      ],
      server: { remoteport: await freePort() },
    };
    await writeFile(join(data, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
    const program = startProgram(['serve', '--data-dir', data, '--web', `127.0.0.1:${await freePort()}`]);
    const [, link = ''] = / web=(\S+)/.exec(await program.ready()) ?? [];
    const dashboard = new Dashboard(page);
    await dashboard.open(link);
    await expect(dashboard.sentence).toContainText('On mains power');
    await use({ dashboard, shutdown: new ShutdownPart(page), hasRun: () => existsSync(marker) });
    await program.end();
    await rm(data, { recursive: true, force: true });
  },
});

const COUNTDOWN = /^Shutdown command in (\d+):(\d\d)\.$/;
/** Seconds of a countdown of minutes. */
const secondsOf = (text: string | null): number => {
  const [, minutes = NaN, seconds = NaN] = COUNTDOWN.exec(text ?? '') ?? [];
  return Number(minutes) * 60 + Number(seconds);
};

test('mains off: a countdown on every page; cancelled, no trace of it is left', async ({ outage, page }) => {
  const { dashboard, shutdown, hasRun } = outage;
  await dashboard.demo('Out');
  await expect(dashboard.sentence).toHaveText(COUNTDOWN);
  await expect(shutdown.panel).toContainText('demo is on battery');
  await expect(shutdown.panel).toContainText('but the command that is set for it is run');
  await dashboard.goTo('Events');
  await expect(dashboard.band).toContainText('Shutdown command in');
  await shutdown.inBand('Cancel this shutdown').click();
  await expect(dashboard.band).not.toContainText('Shutdown command in');
  const decided = page.getByRole('list', { name: 'What the shutdown monitor decided' }).getByRole('listitem');
  await expect(decided.filter({ hasText: 'A person cancelled the shutdown' })).toHaveCount(1);
  await expect(decided.filter({ hasText: 'demo is on mains power' })).not.toHaveCount(0);
  await dashboard.goTo('Overview');
  await expect(dashboard.sentence).toContainText('On battery');
  await expect(
    page.getByText('the shutdown was cancelled by a person. A low battery still leads to it.').first(),
  ).toBeVisible();
  await expect(shutdown.panel.getByRole('button')).toHaveText(['Shut down now']);
  // With the power back all is as it was: the next outage counts again.
  await dashboard.demo('Good');
  await expect(shutdown.panel).toHaveCount(0);
  await dashboard.demo('Out');
  await expect(dashboard.sentence).toHaveText(COUNTDOWN);
  expect(hasRun()).toBe(false);
});

test('waiting five more minutes moves the time by five minutes', async ({ outage }) => {
  const { dashboard, shutdown } = outage;
  await dashboard.demo('Out');
  await expect(dashboard.sentence).toHaveText(COUNTDOWN);
  // A page that is a second behind shows one more.
  expect(secondsOf(await dashboard.sentence.textContent())).toBeLessThanOrEqual(1801);
  await shutdown.wish('Wait 5 more minutes');
  await expect.poll(async () => secondsOf(await dashboard.sentence.textContent())).toBeGreaterThan(1801);
  expect(secondsOf(await dashboard.sentence.textContent())).toBeLessThanOrEqual(2101);
  await expect(shutdown.panel).toContainText('put off by a person');
});

test('shut down now asks, says what goes down, and runs the command once', async ({ outage }) => {
  const { dashboard, shutdown, hasRun } = outage;
  await dashboard.demo('Out');
  await shutdown.wish('Shut down now');
  await expect(shutdown.dialog).toContainText('This computer runs its shutdown command');
  await shutdown.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(shutdown.dialog).toHaveCount(0);
  expect(hasRun()).toBe(false);
  await shutdown.wish('Shut down now');
  await shutdown.confirm();
  await expect(shutdown.panel).toContainText('nothing can stop it any more');
  await expect(shutdown.panel.getByRole('button')).toHaveCount(0);
  await expect(shutdown.inBand('Cancel this shutdown')).toHaveCount(0);
  await expect.poll(hasRun, { timeout: 30_000 }).toBe(true);
  await expect(dashboard.sentence).toHaveText('The shutdown command was run.');
});

test('the plan on mains, the rehearsal of the settings and the outage itself show the same line', async ({
  outage,
  page,
}) => {
  const { dashboard, shutdown } = outage;
  await expect(page.getByText(/^If the power fails now: after 30.min on battery/)).toBeVisible();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(shutdown.steps.first()).toBeVisible();
  const planned = await shutdown.lines();
  expect(planned).toContain('Mains fail');
  expect(planned.some((line) => line.startsWith('This computer begins to shut down'))).toBe(true);
  await dashboard.goTo('Settings');
  await page.getByRole('button', { name: 'Rehearse an outage' }).click();
  await expect(shutdown.steps.first()).toBeVisible();
  expect(await shutdown.lines()).toEqual(planned);
  await page.keyboard.press('Escape');
  await dashboard.goTo('Overview');
  await dashboard.demo('Out');
  await expect(shutdown.panel).toBeVisible();
  await expect.poll(() => shutdown.lines()).toEqual(planned);
});

test('by keyboard alone: waiting, and a confirmed shutdown', async ({ play, page }) => {
  const engine = SCENES.countdown(Date.now());
  const { dashboard } = await play(engine);
  const shutdown = new ShutdownPart(page);
  await expect(dashboard.sentence).toContainText('Shutting down in');
  await shutdown.inBand('Cancel this shutdown').focus();
  await page.keyboard.press('Tab');
  await expect(shutdown.inBand('Wait 5 more minutes')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(() => engine.asked.some(({ name }) => name === 'monitor.postpone')).toBe(true);
  await shutdown.inBand('Shut down now').focus();
  await page.keyboard.press('Enter');
  await expect(shutdown.dialog).toBeVisible();
  await shutdown.dialog.getByRole('button', { name: 'Shut down now' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => engine.asked.some(({ name }) => name === 'monitor.shutdownNow')).toBe(true);
});

test('who may only look sees the countdown and the plan, and is told why there is nothing to press', async ({
  play,
  page,
}) => {
  const { dashboard } = await play(SCENES['countdown-read-only'](Date.now()));
  const shutdown = new ShutdownPart(page);
  await expect(dashboard.sentence).toContainText('Shutting down in');
  await expect(shutdown.panel).toContainText('You may look, not act');
  await expect(shutdown.panel.getByRole('button')).toHaveCount(0);
  await expect(dashboard.band.getByRole('button')).toHaveCount(0);
  await expect(shutdown.steps).not.toHaveCount(0);
});

test('what does not fit says so in words, with what to do', async ({ play, page }) => {
  await play(SCENES['plan-does-not-fit'](Date.now()));
  const shutdown = new ShutdownPart(page);
  await expect(shutdown.panel).toContainText('The battery is empty before this computer is off.');
  await expect(shutdown.panel).toContainText('Switch off what can be spared, or shut down now.');
  await expect(shutdown.steps.filter({ hasText: 'does not fit' })).toHaveCount(3);
  await expect(shutdown.steps.filter({ hasText: 'would be empty' })).not.toContainText('does not fit');
});

test('secondaries that are waited for stand by name, with who has gone', async ({ play, page }) => {
  await play(SCENES['secondaries-awaited'](Date.now()));
  const { panel } = new ShutdownPart(page);
  await expect(panel.getByRole('listitem').filter({ hasText: 'nas on' })).toContainText('has logged out');
  await expect(panel.getByRole('listitem').filter({ hasText: 'homeassistant on' })).toContainText('still on');
  await expect(panel.getByRole('button')).toHaveCount(0);
});

test('what happened in the last outage is told until somebody has read it', async ({ play, page }) => {
  const { dashboard, host } = await play(SCENES['after-shutdown'](Date.now()));
  const story = page.getByRole('region', { name: 'This computer was shut down' });
  await expect(story).toContainText(/Power was out from .+ with 18 % left; power came back at/);
  await story.getByRole('button', { name: 'Understood' }).click();
  await expect(story).toHaveCount(0);
  await dashboard.load(host.url, 'overview');
  await expect(dashboard.sentence).toContainText('On mains power');
  await expect(story).toHaveCount(0);
  await dashboard.goTo('Events');
  await expect(dashboard.incident('This computer was shut down.')).toHaveCount(1);
});

for (const locale of ['en-GB', 'de-DE']) {
  test.describe(`in ${locale}`, () => {
    test.use({ locale });
    for (const scene of ['countdown', 'plan-does-not-fit', 'secondaries-awaited', 'shutdown-failed'] as const) {
      test(`"${scene}" fits into 360 pixels and is fine with axe`, async ({ play, page }) => {
        await page.setViewportSize({ width: 360, height: 780 });
        await play(SCENES[scene](Date.now()));
        await page.locator('#shutdown-title').waitFor();
        expect(await isWiderThanWindow(page)).toBe(false);
        expect(await violationsOf(page)).toEqual([]);
      });
    }
  });
}
