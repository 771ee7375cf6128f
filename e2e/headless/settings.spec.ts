/** The options form before the real engine: what is changed there is seen from outside, by NUT's protocol. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { freePort } from '#tests/support/nut-upsd.ts';
import { ridethrough } from '#tests/support/served-program.ts';
import { isWiderThanWindow, violationsOf } from '../support/for-everybody.ts';
import { upsc } from '../support/nut-clients.ts';
import { expect, test } from './fixtures.ts';

test('what a UPS is called and described as is what clients see', async ({ form: { settings, port } }) => {
  await settings.text('Description').fill('Up in the office');
  await settings.text('Identifier').fill('office');
  await expect(settings.bar).toContainText('2 changes');
  await settings.save();
  expect(await upsc('-L', `127.0.0.1:${port}`)).toBe('office: Up in the office');
  await expect(settings.bar.getByText('Saved')).toBeVisible();
});

test('the server moves to another port', async ({ form: { settings, port } }) => {
  const next = await freePort();
  await settings.text('Remote Port').fill(String(next));
  await settings.save();
  expect(await upsc(`ups@127.0.0.1:${next}`, 'device.model')).toBe('Office 700');
  expect((await ridethrough(['upsc', `ups@127.0.0.1:${port}`])).status).toBe(1);
});

test('another file, another driver: the UPS is another one at once', async ({ form: { settings, port }, page }) => {
  await settings.take('Port or Hostname', 'lab', 'lab.dev');
  await settings.save();
  await expect.poll(() => upsc(`ups@127.0.0.1:${port}`, 'device.model')).toBe('Lab 900');
  await settings.take('Driver', 'demo', /^demo/);
  await settings.box('Port or Hostname').fill('auto');
  await settings.save();
  await expect.poll(() => upsc(`ups@127.0.0.1:${port}`, 'driver.name')).toBe('demo');
  await expect(page.getByRole('banner')).toContainText('ups');
});

test('an outage is tried out on this computer: nothing is done, and a command runs only when it is asked for', async ({
  form: { settings },
  page,
}, testInfo) => {
  const mark = testInfo.outputPath('tried');
  await settings.showAll();
  await settings.text('Command Before').fill(`echo x > '${mark}'; echo stopped; exit 3`);
  await settings.text('Command After').fill('/no/such/program');
  const part = page.getByRole('region', { name: 'When the power fails' });
  await part.getByRole('button', { name: 'Try it out without shutting down' }).click();
  const steps = part.getByRole('listitem');
  const before = steps.filter({ hasText: 'The command before runs, for 0:30 at most.' });
  await expect(before.locator('code')).toContainText('echo stopped; exit 3');
  await expect(steps.filter({ hasText: 'The command after' })).toContainText(
    'That would not work: /no/such/program is not there, or may not be run.',
  );
  // The UPS of this page is simulated: it takes no computer down.
  await expect(steps.filter({ hasText: 'This computer would act now, but is set to do nothing.' })).toHaveCount(1);
  expect(existsSync(mark)).toBe(false);
  expect(await violationsOf(page)).toEqual([]);
  expect(await isWiderThanWindow(page)).toBe(false);
  await before.getByRole('button', { name: 'Run it now' }).click();
  await expect(before).toContainText('It failed: exit status 3.');
  await expect(before.locator('pre')).toHaveText('stopped\n');
  expect(existsSync(mark)).toBe(true);
  // What was looked at is not what stands there now.
  await settings.text('Command After').fill('');
  await expect(steps).toHaveCount(0);
});

test('what came of a command is not told of the one that stands there when it has ended', async ({
  form: { settings },
  page,
}, testInfo) => {
  const gate = testInfo.outputPath('gate');
  await settings.showAll();
  await settings.text('Command Before').fill(`until [ -e '${gate}' ]; do sleep 0.1; done; echo first`);
  const part = page.getByRole('region', { name: 'When the power fails' });
  const look = part.getByRole('button', { name: 'Try it out without shutting down' });
  const before = part.getByRole('listitem').filter({ hasText: 'The command before' });
  await look.click();
  await before.getByRole('button', { name: 'Run it now' }).click();
  await settings.text('Command Before').fill('echo second');
  await expect(before).toHaveCount(0);
  await writeFile(gate, '');
  await expect(look).toBeEnabled();
  await look.click();
  await expect(before.locator('code')).toHaveText('echo second');
  await expect(before).not.toContainText('It ended well');
  await before.getByRole('button', { name: 'Run it now' }).click();
  await expect(before.locator('pre')).toHaveText('second\n');
});

test('a command that is tried may take all the time that it has', async ({ form: { settings }, page }, testInfo) => {
  const go = testInfo.outputPath('go');
  await page.clock.install();
  await settings.showAll();
  await settings.text('Command Before').fill(`while [ ! -e '${go}' ]; do sleep 0.1; done; echo stopped`);
  const part = page.getByRole('region', { name: 'When the power fails' });
  await part.getByRole('button', { name: 'Try it out without shutting down' }).click();
  const before = part.getByRole('listitem').filter({ hasText: 'The command before runs' });
  await before.getByRole('button', { name: 'Run it now' }).click();
  await expect(before.getByRole('button', { name: 'Running…' })).toBeDisabled();
  // So long no other request is waited for.
  await page.clock.runFor(25_000);
  await writeFile(go, '');
  await expect(before.locator('pre')).toHaveText('stopped\n');
  await expect(before).toContainText('It ended well after');
});

test('auxiliary lines are completed, marked where they are wrong, and take effect', async ({
  form: { settings, port },
  page,
}) => {
  await settings.showAll();
  const lines = settings.text('Auxiliary Parameters (ups.conf)');
  const field = settings.field('Auxiliary Parameters (ups.conf)');
  await lines.fill('override.battery.charge.low = 33\npolinterval = 5');
  await expect(field).toContainText('Line 2: polinterval is no option of dummy-ups');
  await expect(field).toContainText('Write pollinterval if that is meant.');
  await settings.bar.getByRole('button', { name: 'Save' }).click();
  await expect(lines).toBeFocused();
  await lines.fill('pollinterval = 5\nnolock');
  await expect(field).toContainText(
    'Line 2: nolock is accepted and has no effect: no driver program is started for it.',
  );
  await lines.fill('override.battery.charge.low = 33\npolli');
  await page.getByRole('button', { name: /^pollinterval/ }).click();
  await expect(lines).toHaveValue('override.battery.charge.low = 33\npollinterval = ');
  await page.keyboard.type('5');
  await settings.save();
  await expect.poll(() => upsc(`ups@127.0.0.1:${port}`, 'battery.charge.low')).toBe('33');
  expect(await upsc(`ups@127.0.0.1:${port}`, 'driver.parameter.pollinterval')).toBe('5');
});

test('usual options have inputs of their own, which write the same lines', async ({
  form: { settings, port, data },
  page,
}) => {
  await settings.take('Driver', 'demo', /^demo/);
  await settings.box('Port or Hostname').fill('auto');
  await settings.showAll();
  const lines = settings.text('Auxiliary Parameters (ups.conf)');
  const usual = settings.field('Auxiliary Parameters (ups.conf)').getByRole('group', { name: 'Usual options' });
  const interval = usual.getByRole('textbox', { name: 'Time between quick readings' });
  await expect(interval).toHaveAttribute('placeholder', '2');

  await lines.fill('# of the rack\nmaxretry = "3"\npollinterval = 5 # was 2');
  await expect(interval).toHaveValue('5');
  await interval.fill('7');
  await expect(lines).toHaveValue('# of the rack\nmaxretry = "3"\npollinterval = 7 # was 2');
  await interval.fill('');
  await expect(lines).toHaveValue('# of the rack\nmaxretry = "3"');
  await page.keyboard.type('4');
  await expect(lines).toHaveValue('# of the rack\nmaxretry = "3"\npollinterval = 4 # was 2');
  await usual.getByRole('textbox', { name: 'Limit of low charge' }).fill('33');
  await usual.getByRole('switch', { name: 'Only ask, do not listen' }).click();
  const written = '# of the rack\nmaxretry = "3"\npollinterval = 4 # was 2\noverride.battery.charge.low = 33\npollonly';
  await expect(lines).toHaveValue(written);

  await usual.getByRole('textbox', { name: 'Wait before the UPS switches off' }).fill('soon');
  await expect(settings.field('Auxiliary Parameters (ups.conf)')).toContainText('Line 6: offdelay cannot be "soon".');
  await settings.bar.getByRole('button', { name: 'Save' }).click();
  await expect(usual.getByRole('textbox', { name: 'Wait before the UPS switches off' })).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Delete');
  await lines.fill(`${written}\npollfreq = 20\npollfreq = 40`);
  await expect(usual).toContainText('Line 6 says more than fits here: change it there.');
  await lines.fill(written);

  await settings.text('Auxiliary Parameters (upsd.conf)').fill('LISTEN 127.0.0.1 0');
  await settings.text('Values are old after').fill('25');
  await expect(settings.text('Auxiliary Parameters (upsd.conf)')).toHaveValue('LISTEN 127.0.0.1 0\nMAXAGE 25');
  await settings.text('Auxiliary Parameters (upsd.conf)').fill('MAXAGE 25');

  await page.getByRole('button', { name: 'As NUT files' }).click();
  await settings.dialog.getByRole('tab', { name: 'ups.conf' }).click();
  await expect(settings.dialog.getByRole('tabpanel', { name: 'ups.conf' })).toContainText('pollinterval = "4"');
  await page.keyboard.press('Escape');
  await settings.save();
  const told = (await ridethrough(['config', 'get', 'ups.0.options', '--data-dir', data])).stdout;
  expect(told.trimEnd()).toBe(written);
  await expect.poll(() => upsc(`ups@127.0.0.1:${port}`, 'driver.parameter.pollinterval')).toBe('4');
  expect(await upsc(`ups@127.0.0.1:${port}`, 'battery.charge.low')).toBe('33');

  await settings.search.fill('runtimecal');
  await expect(lines).toBeVisible();
});

test('every other kind of field reaches the settings, and the NUT files they amount to', async ({
  form: { settings, data },
  page,
}) => {
  await settings.showAll();
  await settings.pick('When the battery is low');
  await settings.pick('After a time on battery');
  await settings.text('Shutdown Timer').fill('300');
  await settings.text('Shutdown Command').fill('/sbin/poweroff "now"');
  await settings.choose('Shutdown Action', 'Hibernate');
  await settings.switchOn('Power Off UPS');
  await settings.text('Host Sync').fill('20');
  await settings.text('No Communication Warning Time').fill('120');
  await settings.text('Email').fill('a@example.org; b@example.org');
  await settings.switchOn('Send Email Status Updates');
  await settings.text('Outgoing Mail Server').fill('mail.example.org');
  await settings.text('Auxiliary Parameters (upsd.conf)').fill('MAXAGE 25');
  await settings.choose('Encryption', 'One that the program makes');

  await page.getByRole('button', { name: 'As NUT files' }).click();
  await settings.dialog.getByRole('tab', { name: 'upsmon.conf' }).click();
  const shown = settings.dialog.getByRole('tabpanel', { name: 'upsmon.conf' });
  await expect(shown).toContainText('HOSTSYNC 20');
  await expect(shown).toContainText('NOCOMMWARNTIME 120');
  await expect(shown).toContainText('POWERDOWNFLAG');
  await page.keyboard.press('Escape');
  await expect(settings.dialog).toBeHidden();

  await settings.save();
  const told = (await ridethrough(['config', 'get', '--data-dir', data])).stdout;
  for (const line of [
    'ups.0.shutdown = BATT',
    'ups.0.shutdowntimer = 300',
    'ups.0.shutdowncmd = /sbin/poweroff "now"',
    'ups.0.shutdownaction = hibernate',
    'ups.0.powerdown = true',
    'ups.0.hostsync = 20',
    'ups.0.nocommwarntime = 120',
    'ups.0.emailnotify = true',
    'ups.0.toemail = a@example.org;b@example.org',
    'mail.host = mail.example.org',
    'server.optionsupsd = MAXAGE 25',
    'web.tls = own',
  ]) {
    expect(told.split('\n')).toContain(line);
  }
});

test('a value that cannot be is told in place with what would be right, and is not saved', async ({
  form: { settings, data },
}) => {
  const timer = settings.text('Shutdown Timer');
  await timer.fill('-5');
  await expect(settings.field('Shutdown Timer')).toContainText('This cannot be used. Write a whole number.');
  await expect(settings.bar).toContainText('1 field has to be put right');
  await settings.text('Description').focus();
  await settings.bar.getByRole('button', { name: 'Save' }).click();
  await expect(timer).toBeFocused();
  await settings.field('Shutdown Timer').getByRole('button', { name: 'back to default' }).click();
  await expect(timer).toHaveValue('30');
  await expect(settings.bar).toBeHidden();
  expect((await ridethrough(['config', 'get', '--data-dir', data, 'ups.0.shutdowntimer'])).stdout.trim()).toBe('30');
});

test('what is wrong with a field that was hidden meanwhile can be reached', async ({ form: { settings } }) => {
  await settings.pick('After a time on battery');
  await settings.text('Shutdown Timer').fill('-5');
  await settings.pick('When the battery is low');
  await expect(settings.bar).toContainText('1 field has to be put right');
  await settings.bar.getByRole('button', { name: 'Save' }).click();
  await expect(settings.text('Shutdown Timer')).toBeFocused();
});

test('a test message goes the way that is on the screen, before anything is saved', async ({
  form: { settings },
  page,
  smtp,
}) => {
  const send = page.getByRole('button', { name: 'Send a test message' });
  await expect(send).toBeDisabled();
  await settings.text('Email').fill('desk@example.org');
  await settings.text('Outgoing Mail Server').fill('127.0.0.1');
  await settings.text('Mail Server Port').fill(String(smtp.port));
  await settings.choose('Security', 'Not at all');
  await send.click();
  await expect(page.getByText('Sent to desk@example.org through 127.0.0.1')).toBeVisible();
  expect(smtp.mails).toEqual(['desk@example.org']);
  await settings.text('Mail Server Port').fill('70000');
  await send.click();
  await expect(
    page
      .getByRole('main')
      .getByText(/a port from 1 to 65535/)
      .first(),
  ).toBeVisible();
  await settings.text('Mail Server Port').fill(String(smtp.port));
  await smtp.close();
  await send.click();
  await expect(page.getByText('The mail server 127.0.0.1')).toBeVisible();
  expect(smtp.mails).toHaveLength(1);
});

test('a second UPS is added, served, and taken away after a question', async ({ form: { settings, port }, page }) => {
  await page.getByRole('button', { name: 'Add a UPS' }).click();
  await expect(settings.text('Identifier')).toHaveValue('ups2');
  await settings.text('Identifier').fill('lab');
  await settings.take('Driver', 'dummy', /^dummy-ups/);
  await settings.take('Port or Hostname', '', 'lab.dev');
  await settings.save();
  await expect.poll(async () => (await upsc('-l', `127.0.0.1:${port}`)).split('\n').sort()).toEqual(['lab', 'ups']);
  await settings.ups('lab').click();
  await page.getByRole('button', { name: 'Remove lab' }).click();
  await settings.dialog.getByRole('button', { name: 'Remove it' }).click();
  await expect(settings.ups('lab')).toBeHidden();
  await settings.save();
  await expect.poll(() => upsc('-l', `127.0.0.1:${port}`)).toBe('ups');
});

test('changes wait while other pages are looked at, and are told there', async ({
  form: { settings, dashboard },
  page,
}) => {
  await settings.text('Description').fill('Waiting');
  await dashboard.goTo('Overview');
  await expect(dashboard.navigation.getByRole('link', { name: 'Settings' })).toContainText('1 change is not saved');
  await settings.open();
  await expect(settings.text('Description')).toHaveValue('Waiting');
  await settings.bar.getByRole('button', { name: 'Show them' }).click();
  await expect(settings.dialog).toContainText('Description');
  await expect(settings.dialog).toContainText('Waiting');
  await page.keyboard.press('Escape');
  await settings.field('Description').getByRole('button', { name: 'Undo' }).click();
  await expect(settings.bar).toBeHidden();
});

test('what somebody else changes meanwhile does not take a draft away', async ({ form: { settings, data }, page }) => {
  await settings.text('Description').fill('Mine');
  const changed = await ridethrough(['config', 'set', '--data-dir', data, 'ups.0.shutdowntimer', '77']);
  expect(changed.status).toBe(0);
  await expect(page.getByText('Somebody else changed the settings meanwhile.')).toBeVisible();
  await expect(page.getByText('Changed there: Shutdown Timer')).toBeVisible();
  await expect(settings.text('Shutdown Timer')).toHaveValue('77');
  await expect(settings.text('Description')).toHaveValue('Mine');
  await settings.save();
  const told = (await ridethrough(['config', 'get', '--data-dir', data])).stdout;
  expect(told).toContain('ups.0.shutdowntimer = 77');
  expect(told).toContain('ups.0.description = Mine');
});

test('the search shows what fits, wherever it is', async ({ form: { settings } }) => {
  await settings.search.fill('HOSTSYNC');
  await expect(settings.text('Host Sync')).toBeVisible();
  await expect(settings.text('Identifier')).toBeHidden();
  await settings.search.fill('no such thing');
  await expect(settings.page.getByText('No setting has "no such thing"')).toBeVisible();
  await settings.search.fill('');
  await expect(settings.text('Identifier')).toBeVisible();
});

test('a model is found by its maker and says what its driver needs', async ({ form: { settings } }) => {
  for (const [typed, offered] of [
    ['CYBERPOWER', /^Cyber Power Systems/],
    ['0764:0501', /USB 0764:0501/],
    ['snmp-ups', /^snmp-ups/],
  ] as const) {
    await settings.box('Driver').fill(typed);
    await expect(settings.offered('Driver').first()).toHaveText(offered);
  }
  await settings.box('Driver').fill('ES 850G2');
  await expect(settings.offered('Driver').first()).toContainText('usbhid-ups');
  await settings.take('Driver', 'eaton connectups', /./);
  await expect(settings.field('Driver')).toContainText(/snmp-ups|netxml-ups/);
});

test('NUT’s own files are shown and cannot be changed here', async ({ open, page }) => {
  const { dashboard } = await open();
  await dashboard.goTo('Settings');
  await expect(page.getByText('These settings come from NUT’s own files')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Identifier' })).toHaveValue('demo');
  await expect(page.getByRole('textbox', { name: 'Identifier' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Add a UPS' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Add Synology' })).toBeHidden();
});
