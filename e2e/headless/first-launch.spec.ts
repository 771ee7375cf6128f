/** The wizard in front of the real program on a computer of the test: a unit on its USB, other UPS programs and their files. */
import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { freePort, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { Wizard } from '../pages/wizard.ts';
import { test } from '../support/first-launch.ts';
import { violationsOf } from '../support/for-everybody.ts';

const BACK_UPS = new URL('../../tests/fixtures/devices/051d-0002-back-ups-es-850g2', import.meta.url).pathname;

test('a unit on the USB: found, named, and set up to its end by the keyboard alone', async ({
  computer,
  launch,
  page,
  smtp,
}) => {
  test.slow();
  await computer.plug(BACK_UPS);
  const { wizard, port, setting, run } = await launch();
  const isForEverybody = async (): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect
        .soft(await violationsOf(page), `${(await wizard.current.textContent()) ?? ''}, ${colorScheme}`)
        .toEqual([]);
    }
  };
  const goOn = async (step: string): Promise<void> => {
    await isForEverybody();
    await wizard.press(wizard.next);
    await expect(wizard.current).toHaveText(step);
    // Who cannot see it is told where they are, and who can sees it.
    await expect(wizard.title).toBeFocused();
    await expect(wizard.title).toBeInViewport({ ratio: 1 });
  };

  await expect(wizard.choice(/^Back-UPS ES 850G2/)).toBeChecked();
  await expect(wizard.searching).toBeHidden();
  await expect(wizard.said).toContainText('This computer reads Back-UPS ES 850G2');

  if ((await wizard.step('Programs').count()) > 0) await goOn('Programs');
  await goOn('Name');
  await wizard.tabTo(wizard.field('Identifier'));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('study');
  await expect(wizard.said).toContainText('Programs and other computers find it as “study”.');
  await expect(wizard.said).toContainText('This computer has the cable');

  await goOn('Outage');
  await expect(wizard.said).toHaveText(
    'After 5 min on battery or as soon as the battery is low, this computer shuts down. That takes about 1 min. Today the battery lasts 14 min.',
  );
  await wizard.tabTo(wizard.field('Shutdown Timer'));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('240');
  await expect(wizard.said).toContainText('After 4 min on battery');

  await goOn('Network');
  await expect(wizard.said).toHaveText('Only programs on this computer can ask for its state.');

  await goOn('E-mail');
  const fields = [
    ['Email', 'desk@example.org'],
    ['Outgoing Mail Server', '127.0.0.1'],
  ] as const;
  for (const [label, text] of fields) {
    await wizard.tabTo(wizard.field(label));
    await page.keyboard.type(text);
  }
  await wizard.tabTo(wizard.field('Security'));
  // The one without encryption is the first.
  await page.keyboard.press('Home');
  await expect(wizard.field('Security')).toHaveValue('none');
  await wizard.tabTo(wizard.field('Mail Server Port'));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(String(smtp.port));
  await wizard.press(page.getByRole('button', { name: 'Send a test message' }));
  await expect(page.getByText(/^Sent to desk@example.org through 127.0.0.1/)).toBeVisible();
  expect(smtp.mails).toEqual(['desk@example.org']);
  expect(smtp.sources[0]).toContain('study');
  await expect(wizard.said).toHaveText('Mails go to desk@example.org.');

  await goOn('Rehearsal');
  await expect(wizard.rehearsal.filter({ hasText: 'begins to shut down' })).toContainText('4:00');
  await goOn('Done');
  await isForEverybody();
  await wizard.press(wizard.finish);
  await expect(page.getByText('Saved, and in force')).toBeInViewport();
  await expect(page.getByRole('link', { name: 'To the overview' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('On mains power.')).toBeVisible();
  await expect(page.getByText('If the power fails now: after 4 min on battery or as soon as')).toBeVisible();

  for (const [key, value] of [
    ['setup.isDone', 'true'],
    ['ups.0.identifier', 'study'],
    ['ups.0.mode', 'MASTER'],
    ['ups.0.driver', 'usbhid-ups'],
    ['ups.0.port', 'auto'],
    ['ups.0.shutdown', 'BATT'],
    ['ups.0.shutdowntimer', '240'],
    ['ups.0.emailnotify', 'true'],
    ['ups.0.toemail', 'desk@example.org'],
    ['mail.host', '127.0.0.1'],
    ['mail.port', String(smtp.port)],
    ['server.rmonitor', 'false'],
  ] as const) {
    expect.soft(await setting(key), key).toBe(value);
  }
  expect(await run('upsc', `study@127.0.0.1:${port}`, 'battery.runtime')).toBe('868');
  expect(await run('upsc', `study@127.0.0.1:${port}`, 'device.model')).toBe('Back-UPS ES 850G2');
});

test('in German, with the numbers in its sentences', async ({ computer, launch, page }) => {
  await computer.plug(BACK_UPS);
  const { wizard, link, setting } = await launch();
  await page.evaluate("localStorage.setItem('ridethrough.language', 'de')");
  await page.goto('about:blank');
  await page.goto(new URL('/', link).href);
  await expect(wizard.title).toHaveText('Welche USV hält diesen Rechner am Laufen?');
  await expect(wizard.said).toHaveText('Dieser Rechner liest Back-UPS ES 850G2.');
  const next = page.getByRole('button', { name: 'Weiter' });
  const finish = page.getByRole('button', { name: 'Speichern und fertig' });
  await page.getByRole('navigation', { name: 'Schritte' }).getByRole('button', { name: 'Stromausfall' }).click();
  await expect(wizard.said).toHaveText(
    'Dieser Rechner fährt herunter: nach 5 min im Akkubetrieb oder sobald der Akku fast leer ist. Das dauert etwa 1 min. Heute reicht der Akku 14 min.',
  );
  while (!(await finish.isVisible())) await next.click();
  await finish.click();
  await expect(page.getByText('Gespeichert und in Kraft')).toBeVisible();
  expect(await setting('ups.0.shutdowntimer')).toBe('300');
});

test('a unit is left for later: the program goes on as if nobody had been here', async ({ computer, launch, page }) => {
  await computer.plug(BACK_UPS);
  const { wizard, setting } = await launch();
  await expect(wizard.choice(/^Back-UPS ES 850G2/)).toBeChecked();
  for (let count = 0; count < 9 && !(await wizard.finish.isVisible()); count += 1) await wizard.later.click();
  await wizard.finish.click();
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  await expect(setting('ups.0.identifier')).rejects.toThrow();
  expect(await setting('setup.isDone')).toBe('true');
});

test('before anybody has decided anything the unit is watched, served, and a low battery shuts down', async ({
  computer,
  launch,
  page,
}) => {
  await computer.plug(BACK_UPS);
  const { wizard, run, port } = await launch();
  await expect(wizard.title).toBeVisible();
  await page.getByRole('link', { name: 'Leave for now' }).click();
  await expect(page.getByText('On mains power.')).toBeVisible();
  await expect(page.getByText(/^If the power fails now: as soon as the battery is low, this computer/)).toBeVisible();
  expect(await run('upsc', `ups@127.0.0.1:${port}`, 'device.model')).toBe('Back-UPS ES 850G2');
});

test('without a unit there is one to look around with', async ({ launch, page }) => {
  const { wizard, link } = await launch();
  await wizard.tabTo(page.getByRole('button', { name: 'Look around with a demo UPS' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('On mains power.')).toBeVisible();
  // It is no UPS of this computer: who comes again is asked again.
  await page.goto('about:blank');
  await page.goto(new URL('/', link).href);
  await expect(wizard.title).toHaveText('Which UPS keeps this computer running?');
});

test.describe('the settings of another program', () => {
  const NUT = {
    'nut.conf': 'MODE=netserver\n',
    'ups.conf':
      '[office]\n  driver = usbhid-ups\n  port = auto\n  desc = "The one below the desk"\n  pollinterval = 5\n',
    'upsd.users':
      '[upsmon]\n  password = shared-word\n  upsmon primary\n[nas]\n  password = nas-word\n  upsmon secondary\n',
    'upsmon.conf':
      'MONITOR office@localhost 1 upsmon shared-word primary\nSHUTDOWNCMD "/sbin/poweroff -n"\nHOSTSYNC 20\nPOLLFREQ 7\n',
  };

  test('NUT’s files are offered, taken over with a word about each change, and in force', async ({
    computer,
    launch,
    page,
  }) => {
    await computer.plug(BACK_UPS);
    for (const [name, text] of Object.entries(NUT)) await computer.write(`/etc/nut/${name}`, text);
    const port = await freePort();
    await computer.write('/etc/nut/upsd.conf', `LISTEN 127.0.0.1 ${port}\n`);
    const { wizard, setting, run } = await launch();
    await wizard.step('Take over').click();
    await page.getByRole('button', { name: 'Take over: NUT, in /etc/nut' }).click();
    await expect(page.getByText('Taken over. It counts once you finish.')).toBeVisible();
    // Not ours, and told so: POLLFREQ.
    await expect(wizard.notes.filter({ hasText: 'POLLFREQ' })).toHaveCount(1);
    await wizard.step('UPS').click();
    await expect(wizard.choice(/^Back-UPS ES 850G2/)).toBeChecked();
    await wizard.step('Name').click();
    await expect(wizard.field('Identifier')).toHaveValue('office');
    await wizard.step('Outage').click();
    await expect(wizard.said).toContainText('As soon as the battery is low, this computer runs its shutdown command.');
    await wizard.step('Done').click();
    await wizard.finish.click();
    await expect(page.getByText('Saved, and in force')).toBeVisible();
    expect(await setting('ups.0.identifier')).toBe('office');
    expect(await setting('ups.0.description')).toBe('The one below the desk');
    expect(await setting('ups.0.options')).toContain('pollinterval = "5"');
    expect(await setting('ups.0.shutdowncmd')).toBe('/sbin/poweroff -n');
    expect(await setting('ups.0.hostsync')).toBe('20');
    expect(await run('upsc', `office@127.0.0.1:${port}`, 'device.model')).toBe('Back-UPS ES 850G2');
  });

  test('an apcupsd.conf as well', async ({ computer, launch, page }) => {
    await computer.plug(BACK_UPS);
    await computer.write(
      '/etc/apcupsd/apcupsd.conf',
      '## apcupsd.conf v1.1 ##\nUPSNAME study\nUPSCABLE usb\nUPSTYPE usb\nDEVICE\nBATTERYLEVEL 20\nMINUTES 6\nTIMEOUT 0\n',
    );
    const { wizard, setting } = await launch();
    await wizard.step('Take over').click();
    await page.getByRole('button', { name: 'Take over: apcupsd, in /etc/apcupsd/apcupsd.conf' }).click();
    await expect(wizard.notes.first()).toBeVisible();
    await wizard.step('Outage').click();
    await expect(wizard.said).toContainText(
      'At 20 % of charge, when no more than 6 min is left or as soon as the battery is low, this computer shuts down.',
    );
    await wizard.step('Done').click();
    await wizard.finish.click();
    await expect(page.getByText('Saved, and in force')).toBeVisible();
    expect(await setting('ups.0.identifier')).toBe('study');
    expect(await setting('ups.0.driver')).toBe('usbhid-ups');
    expect(await setting('ups.0.shutdowncharge')).toBe('20');
    expect(await setting('ups.0.shutdownruntime')).toBe('360');
  });

  test('declined, nothing of it is taken; files without a UPS are not offered', async ({ computer, launch, page }) => {
    await computer.plug(BACK_UPS);
    await computer.write('/etc/nut/ups.conf', NUT['ups.conf']);
    await computer.write('/etc/apcupsd/apcupsd.conf', '## apcupsd.conf v1.1 ##\n# UPSTYPE usb\n');
    const { wizard, setting } = await launch();
    await wizard.step('Take over').click();
    await expect(page.getByRole('button', { name: /^Take over: / })).toHaveCount(1);
    await wizard.next.click();
    await wizard.step('Done').click();
    await wizard.finish.click();
    await expect(page.getByText('Saved, and in force')).toBeVisible();
    expect(await setting('ups.0.identifier')).toBe('ups');
    expect(await setting('ups.0.description')).toBe('Back-UPS ES 850G2');
    expect(await setting('ups.0.options')).toBe('');
  });
});

test('NUT’s own server is in the way: it is named with what to do, and its port is taken once it is free', async ({
  computer,
  launch,
  page,
}) => {
  const found = await ensurePrograms(UPSD_PROGRAMS);
  test.skip(!found.ok, found.reason);
  const upsd = await startNutUpsd({ devices: { old: { dev: 'ups.status: OL\n' } } });
  try {
    await computer.plug(BACK_UPS);
    const { wizard, run, port } = await launch({ port: upsd.port });
    await expect(wizard.said).toContainText('This computer reads Back-UPS ES 850G2');
    await wizard.step('Programs').click();
    await expect(wizard.neighbour('NUT upsd')).toContainText('It serves UPSes to other computers');
    await expect(wizard.neighbour('NUT upsd').locator('code')).toHaveText(new RegExp(`^sudo kill .*\\b${upsd.pid}\\b`));
    await expect(wizard.neighbour('The port for other computers')).toContainText(`127.0.0.1:${upsd.port}`);
    await upsd.stop();
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect(wizard.neighbour('The port for other computers')).toHaveCount(0);
    await wizard.step('Done').click();
    await wizard.finish.click();
    await expect(page.getByText('Saved, and in force')).toBeVisible();
    expect(await run('upsc', `ups@127.0.0.1:${port}`, 'device.model')).toBe('Back-UPS ES 850G2');
  } finally {
    await upsd.stop();
  }
});

test.describe('a unit that may not be opened', () => {
  const RULE = '/etc/udev/rules.d/60-ridethrough.rules';

  test('its rule is shown, installed through pkexec, and the replug is noticed', async ({ computer, launch, page }) => {
    await computer.plug(BACK_UPS, { isDenied: true });
    // Asks nobody, and puts everything below the root of the computer.
    await computer.addProgram('pkexec', 'exec "$1" "$2" "$3" "$4" "$COMPUTER_ROOT$5"');
    await computer.addProgram('udevadm', 'echo "$@" >>"$COMPUTER_ROOT/udevadm.log"');
    await computer.write('/etc/udev/rules.d/README', '');
    const { wizard } = await launch({ env: { COMPUTER_USER: '1000', DISPLAY: ':0' } });
    await expect(wizard.said).toHaveText('As soon as it can be opened, this computer reads Back-UPS ES 850G2.');
    await expect(page.getByText('KERNELS=="0003:051D:0002.*"')).toBeVisible();
    await page.getByRole('button', { name: 'Install the rule' }).click();
    await expect(page.getByText('Pull the USB cable of the UPS and plug it in again.')).toBeVisible();
    expect(await computer.read(RULE)).toContain('KERNELS=="0003:051D:0002.*"');
    await computer.unplug();
    await expect(page.getByText('No UPS was found on USB.')).toBeVisible();
    await computer.plug(BACK_UPS);
    await expect(page.getByText('can be read')).toBeVisible();
    await expect(wizard.said).toHaveText('This computer reads Back-UPS ES 850G2.');
  });

  test('where nobody can be asked the command is there to copy, and what it does is noticed', async ({
    computer,
    launch,
    page,
  }) => {
    await computer.plug(BACK_UPS, { isDenied: true });
    await computer.addProgram('pkexec', 'exit 127');
    const { wizard } = await launch({ env: { COMPUTER_USER: '1000', DISPLAY: ':0' } });
    await page.getByRole('button', { name: 'Install the rule' }).click();
    await expect(page.getByText('The system did not give the right to do so.')).toBeVisible();
    const command = page.locator('code').filter({ hasText: /^sudo install/ });
    await expect(command).toContainText(`${RULE} && sudo udevadm control --reload`);
    // As the command has it: the file of the program.
    const [, source = ''] = /install -m 644 (\S+)/.exec((await command.textContent()) ?? '') ?? [];
    await computer.write(RULE, await readFile(source, 'utf8'));
    await expect(page.getByText('Pull the USB cable of the UPS and plug it in again.')).toBeVisible();
    await computer.plug(BACK_UPS);
    await expect(wizard.said).toHaveText('This computer reads Back-UPS ES 850G2.');
  });
});

test('the program dies half-way: that is said, nothing is lost, and it is finished once it is back', async ({
  computer,
  launch,
  page,
}) => {
  test.slow();
  await computer.plug(BACK_UPS);
  const { wizard, end, start, setting } = await launch();
  await wizard.step('Name').click();
  await wizard.field('Identifier').fill('study');
  await wizard.step('Outage').click();
  await wizard.field('Shutdown Timer').fill('600');
  await end('SIGKILL');
  await expect(page.getByText('It can be saved once the program is back.')).toBeVisible();
  await start();
  await expect(page.getByText('It can be saved once the program is back.')).toBeHidden({ timeout: 40_000 });
  await expect(wizard.current).toHaveText('Outage');
  await expect(wizard.field('Shutdown Timer')).toHaveValue('600');
  await wizard.step('Done').click();
  await wizard.finish.click();
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  expect(await setting('ups.0.identifier')).toBe('study');
  expect(await setting('ups.0.shutdowntimer')).toBe('600');
});

test('the way back of the browser goes from step to step, and a page that is loaded anew asks first and begins anew', async ({
  computer,
  launch,
  page,
}) => {
  await computer.plug(BACK_UPS);
  const { wizard } = await launch();
  await wizard.step('Name').click();
  await wizard.field('Identifier').fill('study');
  await wizard.step('Network').click();
  await page.goBack();
  await expect(wizard.current).toHaveText('Name');
  await expect(wizard.field('Identifier')).toHaveValue('study');
  await expect(wizard.title).toBeFocused();
  await page.goForward();
  await expect(wizard.current).toHaveText('Network');
  const asked = page.waitForEvent('dialog');
  const reloaded = page.reload();
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
  await reloaded;
  await expect(wizard.current).toHaveText('UPS');
  await expect(wizard.said).toHaveText('This computer reads Back-UPS ES 850G2.');
});

test('two browsers at once: who comes second is told, and there is one UPS in the end', async ({
  computer,
  launch,
  page,
  context,
}) => {
  await computer.plug(BACK_UPS);
  const { wizard, link, setting } = await launch();
  await wizard.step('Name').click();
  await wizard.field('Identifier').fill('study');
  const other = new Wizard(await context.newPage());
  await other.page.goto(new URL('/', link).href);
  await other.step('Outage').click();
  await other.field('Shutdown Timer').fill('600');
  await other.step('Done').click();
  await other.finish.click();
  await expect(other.page.getByText('Saved, and in force')).toBeVisible();
  await other.page.close();

  await expect(page.getByText('Somebody else has saved settings meanwhile')).toBeVisible();
  await wizard.step('Done').click();
  await wizard.finish.click();
  await expect(page.getByText('Saved, and in force')).toBeVisible();
  expect(await setting('ups.0.identifier')).toBe('study');
  await expect(setting('ups.1.identifier')).rejects.toThrow();
});

test('who comes second may take what the other has saved', async ({ computer, launch, page, context }) => {
  await computer.plug(BACK_UPS);
  const { wizard, link } = await launch();
  await wizard.step('Name').click();
  await wizard.field('Identifier').fill('study');
  const other = new Wizard(await context.newPage());
  await other.page.goto(new URL('/', link).href);
  await other.step('Name').click();
  await other.field('Identifier').fill('attic');
  await other.step('Done').click();
  await other.finish.click();
  await expect(other.page.getByText('Saved, and in force')).toBeVisible();
  await page.getByRole('button', { name: 'Take theirs instead' }).click();
  await expect(wizard.field('Identifier')).toHaveValue('attic');
  await expect(page.getByText('Somebody else has saved settings meanwhile')).toBeHidden();
});
