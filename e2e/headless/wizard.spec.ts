/** The first launch: the wizard in front of the real program with a data folder of its own, and of a fake one for what this computer has not. */
import { mergeTests } from '@playwright/test';
import { startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { Wizard, type StepName } from '../pages/wizard.ts';
import { test as onComputer } from '../support/first-launch.ts';
import { isWiderThanWindow, violationsOf } from '../support/for-everybody.ts';
import { SCENES } from '../support/scenes.ts';
import { expect, test as beforeFake } from './fixtures.ts';

const RECORDING = new URL('../../tests/fixtures/devices/051d-0002-back-ups-es-850g2', import.meta.url).pathname;

const test = mergeTests(onComputer, beforeFake);

test('the first launch to its end by the keyboard alone, without a unit', async ({ launch, page }) => {
  test.slow();
  const { wizard, link, setting } = await launch();
  await expect(wizard.title).toHaveText('Which UPS keeps this computer running?');
  const first = wizard.choice('The first one on USB, whichever it is');
  await expect(wizard.searching).toBeHidden();
  await wizard.tabTo(first);
  await page.keyboard.press('Space');
  await expect(wizard.said).toHaveText('The first UPS on a USB port of this computer is used, whichever it is.');
  for (let count = 0; count < 9 && !(await wizard.finish.isVisible()); count += 1) {
    if ((await wizard.current.textContent()) === 'Rehearsal') {
      await expect(wizard.rehearsal.filter({ hasText: 'shuts down' })).toContainText('5:05');
    }
    await wizard.press(wizard.next);
  }
  await wizard.press(wizard.finish);
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  await wizard.press(page.getByRole('link', { name: 'To the overview' }));
  expect(await setting('setup.isDone')).toBe('true');
  expect(await setting('ups.0.shutdowntimer')).toBe('300');
  await page.goto('about:blank');
  await page.goto(new URL('/', link).href);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await expect(page).not.toHaveURL(/setup/);
});

test('that this computer could not be shut down is said where that is decided', async ({ play, page }) => {
  await play(SCENES['first-launch-denied'](Date.now()));
  const wizard = new Wizard(page);
  for (const step of ['Outage', 'Rehearsal', 'Done'] as const) {
    await wizard.step(step).click();
    await expect(page.getByRole('alert')).toContainText('This computer cannot be shut down from here: ');
    await expect(page.getByRole('alert')).toContainText('Run Ridethrough as a service, or allow its user to power off');
  }
});

test('every step can be left for later, and what holds until then goes on', async ({ launch, page }) => {
  const { wizard, setting } = await launch();
  for (let count = 0; count < 9 && !(await wizard.finish.isVisible()); count += 1) {
    await wizard.later.click();
  }
  await expect(page.getByText('As soon as the battery is low, this computer shuts down.')).toBeVisible();
  await wizard.finish.click();
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  expect(await setting('setup.isDone')).toBe('true');
  await expect(setting('ups.0.identifier')).rejects.toThrow();
});

test('who leaves the wizard is let go, and asked again at the next start', async ({ launch, page }) => {
  const { wizard, link } = await launch();
  await page.getByRole('link', { name: 'Leave for now' }).click();
  await expect(page.getByRole('heading', { name: 'No UPS found' })).toBeVisible();
  await page.goto('about:blank');
  await page.goto(new URL('/', link).href);
  await expect(wizard.title).toHaveText('Which UPS keeps this computer running?');
});

test('going back loses nothing', async ({ launch }) => {
  const { wizard } = await launch();
  await wizard.choice('The first one on USB, whichever it is').check();
  await wizard.step('Name').click();
  await wizard.field('Identifier').fill('study');
  await wizard.next.click();
  await wizard.field('Shutdown Timer').fill('600');
  await expect(wizard.said).toContainText('After 10 min on battery or as soon as the battery is low');
  await wizard.next.click();
  await wizard.next.click();
  await wizard.field('Email').fill('desk@example.org');
  await wizard.back.click();
  await wizard.back.click();
  await expect(wizard.field('Shutdown Timer')).toHaveValue('600');
  await wizard.back.click();
  await expect(wizard.field('Identifier')).toHaveValue('study');
  await wizard.step('E-mail').click();
  await expect(wizard.field('Email')).toHaveValue('desk@example.org');
  await wizard.later.click();
  await wizard.step('Done').click();
  await expect(wizard.page.getByText('Mails are meant for desk@example.org')).toBeVisible();
});

test('another computer has the cable: its upsd is asked, offers its UPSes, and is followed', async ({ launch }) => {
  const found = await ensurePrograms(UPSD_PROGRAMS);
  test.skip(!found.ok, found.reason);
  const dev = 'ups.status: OL\nbattery.charge: 77\n';
  const other = await startNutUpsd({ devices: { rack: { dev, description: 'In the cellar' }, spare: { dev } } });
  try {
    const { wizard, setting, run, port } = await launch();
    await wizard.choice(/^Another computer has the cable/).check();
    await expect(wizard.said).toHaveText('Which computer has the cable is still to be filled in above.');
    await expect(wizard.field('Remote Host')).toHaveAttribute('aria-invalid', 'false');
    await wizard.field('Remote Port').fill(String(other.port));
    await wizard.field('Remote Host').fill('127.0.0.1');
    await wizard.field('Remote Host').blur();
    await expect(wizard.page.getByText('In the cellar')).toBeVisible();
    await wizard.page.getByRole('button', { name: 'Use rack' }).click();
    await expect(wizard.said).toHaveText('This computer follows rack on 127.0.0.1.');
    await wizard.step('Done').click();
    await wizard.finish.click();
    await expect(wizard.page.getByText('Saved, and in force')).toBeVisible();
    expect(await setting('ups.0.mode')).toBe('SLAVE');
    expect(await setting('ups.0.identifier')).toBe('rack');
    await expect.poll(() => run('upsc', `rack@127.0.0.1:${port}`, 'battery.charge').catch(String)).toBe('77');
    await wizard.page.getByRole('link', { name: 'To the overview' }).click();
    await expect(wizard.page.getByText('On mains power.')).toBeVisible();
  } finally {
    await other.stop();
  }
});

test('what is missing is told at the end, with the way to it, and marked from then on', async ({ launch, page }) => {
  const { wizard, setting } = await launch();
  await wizard.choice(/^Another computer has the cable/).check();
  await wizard.step('Done').click();
  const problems = page.getByText('This has to be put right first');
  await expect(problems).toBeVisible();
  await expect(page.locator('.problems li').filter({ hasText: 'Remote Host' })).toHaveCount(1);
  await wizard.finish.click();
  await expect(problems).toBeVisible();
  expect(await setting('setup.isDone')).toBe('false');
  await page.getByRole('button', { name: 'Change: UPS' }).click();
  await expect(wizard.field('Remote Host')).toHaveAttribute('aria-invalid', 'true');
});

test('again from the settings: the plan with the figures of the battery, and a test mail that arrives', async ({
  launch,
  page,
  smtp,
}) => {
  test.slow();
  const unit = ['ups.0.identifier', 'ups', 'ups.0.driver', 'usbhid-ups', 'ups.0.port', `recording:${RECORDING}`];
  const { wizard, setting } = await launch({
    settings: [...unit, 'ups.0.shutdowntimer', '120', 'ups.0.shutdowncmd', 'true'],
  });
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Set up step by step' }).click();
  await expect(wizard.choice('As it is set up: ups')).toBeChecked();
  await wizard.step('Outage').click();
  await expect(wizard.said).toHaveText(
    'After 2 min on battery or as soon as the battery is low, this computer runs its shutdown command. That takes about 1 min. Today the battery lasts 14 min.',
  );
  await wizard.step('E-mail').click();
  await wizard.field('Email').fill('desk@example.org; all@example.org');
  await wizard.field('Outgoing Mail Server').fill('127.0.0.1');
  await wizard.field('Mail Server Port').fill(String(smtp.port));
  await wizard.field('Security').selectOption('none');
  await page.getByRole('button', { name: 'Send a test message' }).click();
  await expect(page.getByText(/^Sent to desk@example.org and all@example.org through 127.0.0.1/)).toBeVisible();
  expect(smtp.mails).toEqual(['desk@example.org all@example.org']);
  await smtp.close();
  await page.getByRole('button', { name: 'Send a test message' }).click();
  await expect(page.getByText('The mail server 127.0.0.1')).toBeVisible();
  await wizard.step('Rehearsal').click();
  await expect(wizard.rehearsal.filter({ hasText: 'begins to shut down' })).toContainText('2:00');
  await wizard.step('Done').click();
  await wizard.finish.click();
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  expect(await setting('ups.0.emailnotify')).toBe('true');
  await page.getByRole('link', { name: 'To the overview' }).click();
  await expect(page.getByText('If the power fails now: after 2 min on battery or as soon as')).toBeVisible();
});

test('a unit that may not be opened: the rule is shown and installed, and the replug is noticed', async ({
  play,
  page,
}) => {
  const engine = SCENES['first-launch-denied'](Date.now());
  await play(engine);
  const wizard = new Wizard(page);
  await expect(page.getByText('KERNELS=="0003:051D:0002.*"')).toBeVisible();
  await expect(wizard.said).toHaveText('As soon as it can be opened, this computer reads Lumen Harbor 1500.');
  await page.getByRole('button', { name: 'Install the rule' }).click();
  await expect(page.getByText('Pull the USB cable of the UPS and plug it in again.')).toBeVisible();
  const [unit] = (await engine.request('device.scan', {})).devices;
  if (!unit) throw new Error('the scene has a unit');
  const { problem: _gone, ...readable } = unit;
  engine.setDevices([readable]);
  await expect(page.getByText('can be read')).toBeVisible();
  await expect(wizard.said).toHaveText('This computer reads Lumen Harbor 1500.');
});

test('one of several units, or all of them; one that is held says by which program', async ({ play, page }) => {
  await play(SCENES['first-launch-several'](Date.now()));
  const wizard = new Wizard(page);
  await expect(page.getByText('apcupsd (812)')).toBeVisible();
  await wizard.choice(/^Lumen Harbor 1500/).check();
  await expect(wizard.said).toHaveText('This computer reads Lumen Harbor 1500.');
  await wizard.choice(/^All of them/).check();
  await wizard.step('Name').click();
  await expect(wizard.said).toContainText('Programs and other computers find it as “ups” and “ups2”.');
});

test('what is in the way is named with its command, and other settings are taken over and put back', async ({
  play,
  page,
}) => {
  await play(SCENES['first-launch'](Date.now()));
  const wizard = new Wizard(page);
  await wizard.step('Programs').click();
  await expect(page.getByText('sudo systemctl disable --now nut-monitor.service')).toBeVisible();
  await expect(wizard.neighbour('UPower')).toContainText('at 30 %. What is planned here may wait until 20 %');
  await expect(wizard.neighbour('UPower').locator('code')).toContainText('PercentageAction=2/');
  await wizard.next.click();
  await page.getByRole('button', { name: 'Take over: NUT, in /etc/nut' }).click();
  await expect(page.getByText('Taken over. It counts once you finish.')).toBeVisible();
  await wizard.next.click();
  await expect(wizard.field('Identifier')).toHaveValue('rack');
  await wizard.back.click();
  await page.getByRole('button', { name: 'Put back what was chosen before' }).click();
  await wizard.next.click();
  await expect(wizard.field('Identifier')).toHaveValue('ups');
});

const STEPS: readonly StepName[] = [
  'UPS',
  'Programs',
  'Take over',
  'Name',
  'Outage',
  'Network',
  'E-mail',
  'Rehearsal',
  'Done',
];
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 640 } };

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`every step is for everybody, ${theme} and ${size}, in English and German`, async ({ play, page }) => {
      test.slow();
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      await play(SCENES['first-launch-denied'](Date.now()));
      const wizard = new Wizard(page);
      await wizard.title.waitFor();
      const places = page.locator('section.wizard nav button');
      for (const step of STEPS) {
        await wizard.step(step).click();
        expect.soft(await violationsOf(page), step).toEqual([]);
        expect.soft(await isWiderThanWindow(page), `${step} is wider than the screen`).toBe(false);
        await expect.soft(wizard.current).toHaveText(step);
      }
      await page.evaluate("localStorage.setItem('ridethrough.language', 'de')");
      await page.reload();
      await expect(wizard.title).toHaveText('Welche USV hält diesen Rechner am Laufen?');
      for (const place of await places.all()) {
        await place.click();
        const name = (await place.textContent()) ?? '';
        expect.soft(await violationsOf(page), name).toEqual([]);
        expect.soft(await isWiderThanWindow(page), `${name} is wider than the screen`).toBe(false);
      }
    });
  }
}
