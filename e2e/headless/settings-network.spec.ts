/** The part of the form about other computers, before the real engine: their accounts and cards, the servers that they are, and ports at them. */
import { openRawClient, startTestServer } from '#tests/support/nut-server.ts';
import { freePort } from '#tests/support/nut-upsd.ts';
import { SettingsPage } from '../pages/settings.ts';
import { SCENES } from '../support/scenes.ts';
import { violationsOf } from '../support/for-everybody.ts';
import { heardBy } from '../support/heard.ts';
import { logIn, upsc } from '../support/nut-clients.ts';
import { expect, test } from './fixtures.ts';

test('an account of the table can log in, and no password is ever told', async ({ form: { settings, port }, page }) => {
  const heard = heardBy(page);
  await page.reload();
  await settings.open();
  await page.getByRole('button', { name: 'Add an account' }).click();
  await settings.text('Name').fill('pi');
  await settings.text('Password').first().fill('raspberry-7');
  await settings.choose('Role', 'Secondary');
  await settings.save();
  expect(await logIn(port, 'pi', 'raspberry-7', 'ups')).toBe('OK');
  expect(await logIn(port, 'pi', 'wrong', 'ups')).toBe('ERR ACCESS-DENIED');

  await page.getByRole('group', { name: 'View' }).getByText('As upsd.users').click();
  const text = settings.text('Accounts as upsd.users');
  await expect(text).toHaveValue(/\[pi\]/);
  await text.fill(`${await text.inputValue()}\n[cam]\n  password = lens-44\n  upsmon secondary\n`);
  await text.blur();
  await page.getByRole('group', { name: 'View' }).getByText('Table').click();
  await expect(page.getByRole('row', { name: /^cam/ })).toContainText('Secondary');
  await settings.save();
  expect(await logIn(port, 'cam', 'lens-44', 'ups')).toBe('OK');
  expect(await logIn(port, 'pi', 'raspberry-7', 'ups')).toBe('OK');
  await page.reload();
  await settings.open();
  const told = heard.join('\n');
  expect(told).toContain('"isSet":true');
  expect(told).not.toContain('raspberry-7');
  // What was written into the text came back once, from the reader of the text, and not from the settings.
  expect(told.split('lens-44').length).toBeLessThanOrEqual(2);
});

test('an account that is renamed goes back to its kept password when a typed one is erased', async ({
  form: { settings, port },
  page,
}) => {
  await page.getByRole('button', { name: 'Add an account' }).click();
  await settings.text('Name').fill('pi');
  await settings.text('Password').first().fill('raspberry-7');
  await settings.choose('Role', 'Secondary');
  await settings.save();

  await settings.text('Name').press('End');
  await settings.text('Name').pressSequentially('nas');
  await settings.text('Password').first().fill('another');
  // The table that comes back is another one.
  const view = page.getByRole('group', { name: 'View' });
  await view.getByText('As upsd.users').click();
  await view.getByText('Table').click();
  await page.getByRole('button', { name: 'Edit account pinas' }).click();
  await settings.text('Password').first().fill('');
  await settings.save();
  expect(await logIn(port, 'pinas', 'raspberry-7', 'ups')).toBe('OK');
});

test('accounts as text: a line that cannot be used stays in sight, and what is not kept is told', async ({
  form: { settings, port },
  page,
}) => {
  const view = page.getByRole('group', { name: 'View' });
  await view.getByText('As upsd.users').click();
  const text = settings.text('Accounts as upsd.users');
  const users = page.locator('#field-server-users');
  await text.fill('# mine\n[pi]\n  password = raspberry-7\n  upsmon secondary\n[living room]\n  password = x\n');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await view.getByText('Table').click();
    await expect(users).toContainText('Line 5: This is no section title');
    await expect(text).toBeFocused();
    await expect(text).toHaveValue(/living room/);
  }
  await settings.text('Description').fill('Not yet');
  await expect(settings.bar).toContainText('1 field has to be put right');
  await settings.bar.getByRole('button', { name: 'Save' }).click();
  await expect(text).toBeFocused();
  await text.fill((await text.inputValue()).replace('living room', 'room'));
  await view.getByText('Table').click();
  await expect(page.getByRole('row', { name: /^room/ })).toBeVisible();
  await expect(users).toContainText('Line 1: Comments are not kept');
  await settings.save();
  expect(await logIn(port, 'pi', 'raspberry-7', 'ups')).toBe('OK');
});

test('the password that the program made is shown once, and is the one that counts', async ({
  form: { settings, port },
  page,
}) => {
  await settings.field('Monitor Password').getByRole('button', { name: 'Show it once' }).click();
  const shown = settings.field('Monitor Password').locator('code').last();
  await expect(shown).toHaveText(/^[a-z2-9]{20}$/);
  const made = await shown.innerText();
  expect(await logIn(port, 'upsmon', made, 'ups')).toBe('OK');
  await page.reload();
  await settings.open();
  await expect(settings.field('Monitor Password').getByRole('button', { name: 'Show it once' })).toBeHidden();

  await settings.field('Monitor Password').getByRole('textbox').fill('another-one');
  await settings.save();
  expect(await logIn(port, 'upsmon', 'another-one', 'ups')).toBe('OK');
  expect(await logIn(port, 'upsmon', made, 'ups')).toBe('ERR ACCESS-DENIED');
});

test('other computers are let in after a password was thought of, each by a card of its own', async ({
  form: { settings, port },
  page,
}) => {
  await settings.switchOn('Remote Monitor');
  await expect(page.getByRole('switch', { name: 'Remote Monitor' })).not.toBeChecked();
  await settings.pick('A new random one');
  const made = await settings.dialog.locator('code').innerText();
  await settings.dialog.getByRole('button', { name: 'Let them connect' }).click();
  await expect(page.getByRole('switch', { name: 'Remote Monitor' })).toBeChecked();
  const own = settings.field('Monitor Password').getByRole('textbox');
  await expect(own).toHaveValue(made);
  await expect(own).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Add TrueNAS' }).click();
  await page.getByRole('button', { name: 'Add Synology' }).click();
  await expect(page.getByRole('button', { name: 'Add Synology' })).toBeDisabled();
  await expect(settings.card('TrueNAS')).toContainText('it works once saved');
  const password = await settings.onCard('TrueNAS', 'Password').innerText();
  expect(password).toMatch(/^[a-z2-9]{20}$/);
  await settings.save();
  await expect(own).toHaveValue('');
  expect(await logIn(port, 'upsmon', made, 'ups')).toBe('OK');
  await expect(settings.card('TrueNAS')).toContainText('Has not logged in yet.');
  // To be entered there, until this page is left.
  await expect(settings.onCard('TrueNAS', 'Password')).toHaveText(password);
  await expect(page.getByText('Fingerprint of its certificate')).toBeVisible();

  const client = await openRawClient(port, '127.0.0.2');
  await client.ask('USERNAME truenas');
  await client.ask(`PASSWORD ${password}`);
  expect(await client.ask('LOGIN ups')).toBe('OK');
  await expect(settings.card('TrueNAS')).toContainText('Logged in from');
  expect(await client.ask('FSD ups')).toBe('ERR ACCESS-DENIED');
  client.destroy();
  await expect(settings.card('TrueNAS')).toContainText('Has not logged in yet.');
  await page.getByRole('link', { name: 'Network' }).click();
  await page.getByRole('link', { name: 'To the settings' }).click();
  await expect(settings.onCard('TrueNAS', 'Password')).toHaveText('(kept, not shown)');
});

test('the name that an appliance insists on is added by its card, and it logs in under it', async ({
  form: { settings, port },
  page,
}) => {
  await settings.text('Identifier').fill('office');
  await page.getByRole('button', { name: 'Add QNAP' }).click();
  const card = settings.card('QNAP');
  await expect(card).toContainText('It asks for a UPS called "qnapups"');
  await card.getByRole('button', { name: 'Call office "qnapups" too' }).click();
  await expect(card).not.toContainText('It asks for');
  await expect(settings.text('Aliases')).toHaveValue('qnapups');
  await settings.text('Aliases').fill('qnapups, Office');
  await expect(settings.field('Aliases')).toContainText('a name that no other UPS has, and that is no alias');
  await settings.text('Aliases').fill('qnapups, ups');
  await settings.save();
  expect(await logIn(port, 'admin', '123456', 'qnapups')).toBe('OK');
  expect(await upsc('-l', `127.0.0.1:${port}`)).toBe('office\nqnapups\nups');
});

test('the password that everybody knows is refused once others may connect', async ({ form: { settings } }) => {
  await settings.field('Monitor Password').getByRole('textbox').fill('fixmepass');
  await settings.switchOn('Remote Monitor');
  await settings.dialog.getByRole('button', { name: 'Let them connect' }).click();
  await expect(settings.field('Monitor Password')).toContainText('Everybody knows this password');
  await expect(settings.bar).toContainText('1 field has to be put right');
});

test('a UPS of another computer is found there and read from there', async ({ form: { settings, port }, page }) => {
  const other = await startTestServer({
    ups: { rack: { variables: { 'ups.status': 'OL', 'device.model': 'Rack 3000' }, description: 'In the rack' } },
  });
  try {
    await settings.pick('Another computer has the cable');
    await expect(settings.box('Driver')).toBeHidden();
    await settings
      .field('Remote Port')
      .first()
      .getByRole('textbox')
      .fill(String(await freePort()));
    await settings.text('Remote Host').fill('127.0.0.1');
    await settings.text('Remote Host').blur();
    await expect(settings.field('Remote Host')).toContainText('Cannot connect');
    await settings.field('Remote Port').first().getByRole('textbox').fill(String(other.port));
    await settings.text('Remote Host').focus();
    await settings.text('Remote Host').blur();
    await expect(settings.field('Remote Host')).toContainText('127.0.0.1 answers');
    await page.getByRole('button', { name: 'Use rack' }).click();
    await expect(settings.text('Identifier')).toHaveValue('rack');
    await settings.save();
    await expect.poll(() => upsc(`rack@127.0.0.1:${port}`, 'device.model')).toBe('Rack 3000');
  } finally {
    await other.stop();
  }
});

test('servers that announce themselves are found, and chosen with their port and a UPS', async ({ play, page }) => {
  const engine = SCENES['settings-secondary'](Date.now());
  await play(engine, '#/settings');
  const settings = new SettingsPage(page);
  const field = settings.field('Remote Host');
  const search = field.getByRole('button', { name: 'Search the network' });
  await search.click();
  await expect(field).toContainText('No server announces itself.');
  engine.setServers([
    { name: 'Silent', host: '192.168.1.7', port: 3493 },
    {
      name: 'Cellar',
      host: 'nas',
      port: 4000,
      upses: [
        { name: 'lab', description: '' },
        { name: 'ups', description: 'Rack' },
      ],
    },
  ]);
  await search.click();
  await expect(field.getByRole('listitem')).toHaveText([
    /^Silent\s*192\.168\.1\.7:3493\s*Use 192\.168\.1\.7$/,
    /^Cellar\s*nas:4000\s*Use lab\s*Use ups$/,
  ]);
  // From the field itself the list stays under the pointer.
  await settings.text('Remote Host').focus();
  await field.getByRole('button', { name: 'Use lab' }).click();
  await expect(settings.text('Remote Host')).toHaveValue('nas');
  await expect(settings.text('Identifier')).toHaveValue('lab');
  await expect(settings.field('Remote Port').first().getByRole('textbox')).toHaveValue('4000');
  await expect(field).toContainText('nas answers');
  expect(await violationsOf(page)).toEqual([]);
});

test('a port on the network is asked when the field is left', async ({ play, page }) => {
  const { dashboard, host } = await play(SCENES.settings(Date.now()));
  await dashboard.load(host.url, 'settings');
  const settings = new SettingsPage(page);
  await settings.take('Driver', 'snmp-ups', /^snmp-ups/);
  const port = settings.box('Port or Hostname');
  await port.fill('attic');
  await page.keyboard.press('Tab');
  await expect(settings.field('Port or Hostname')).toContainText('Nobody answers at attic.');
  await port.fill('card');
  await expect(settings.field('Port or Hostname')).not.toContainText('Nobody answers');
  await page.keyboard.press('Tab');
  await expect(settings.field('Port or Hostname')).toContainText('card answers: Quay Card 3.');
  expect(await violationsOf(page)).toEqual([]);
});

test('a server that did not answer is asked again when the field is left again', async ({
  form: { settings },
  page,
}) => {
  const port = await freePort();
  const field = settings.field('Port or Hostname');
  await settings.box('Port or Hostname').fill(`rack@127.0.0.1:${port}`);
  await page.keyboard.press('Tab');
  await expect(field).toContainText(`Cannot connect to the NUT server 127.0.0.1:${port}`);
  const listen = [{ host: '127.0.0.1', port }];
  const other = await startTestServer({ ups: { rack: { variables: {} } }, config: { listen } });
  try {
    await settings.box('Port or Hostname').focus();
    await page.keyboard.press('Tab');
    await expect(field).toContainText(`127.0.0.1:${port} answers, and has rack.`);
  } finally {
    await other.stop();
  }
});
