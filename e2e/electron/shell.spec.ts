import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shell } from '../support/shell.ts';
import { ask, expect, expectTooltip, play, test, windowOf } from './fixtures.ts';

test('the window opens and shows the state of the UPS', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  await expect(page).toHaveTitle(/Ridethrough/);
  await expectTooltip(shell, /^On mains power/);
  await expect(page.getByText(/on mains power/i).first()).toBeVisible();
});

test('the page gets the contract and nothing else', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  expect(await ask(page, 'engine.hello', {})).toMatchObject({ ok: true, value: { access: 'admin' } });
  expect(await ask(page, 'ups.runCommand', { ups: 'nobody', command: 'beeper.mute' })).toMatchObject({
    ok: false,
    error: { code: 'api/unknown-ups' },
  });
  expect(await ask(page, 'ups.runCommand', { ups: 7 })).toMatchObject({
    ok: false,
    error: { code: 'api/bad-request' },
  });
  await expect(ask(page, 'fs.readFile', {})).rejects.toThrow('There is no request "fs.readFile"');
  expect(await page.evaluate('Object.keys(window.ridethrough).sort()')).toEqual([
    'chooseLanguage',
    'language',
    'onConnection',
    'request',
    'subscribe',
  ]);
  expect(await page.evaluate('typeof require + typeof process + typeof module')).toBe('undefinedundefinedundefined');
});

test('events reach the page, numbered', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  await expectTooltip(shell, /^On mains power/);
  await page.evaluate(
    `window.ridethrough.subscribe('ups.sample', (payload) => (window.seen = [...(window.seen ?? []), payload.sequence]))`,
  );
  await expect.poll(() => page.evaluate('window.seen?.length ?? 0')).toBeGreaterThanOrEqual(2);
  const [first, second] = await page.evaluate<number[]>('window.seen');
  expect(second).toBeGreaterThan(first ?? Infinity);
});

test('the page may load nothing from elsewhere, and has no inline scripts', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  const policy = await page.evaluate<string>(
    `fetch(location.href).then((r) => r.headers.get('Content-Security-Policy'))`,
  );
  expect(policy).toContain("script-src 'self'");
  expect(await page.evaluate(`fetch('https://example.com/').then(() => 'loaded', () => 'refused')`)).toBe('refused');
  expect(await page.evaluate(`fetch('../secret.json').then((r) => r.status)`)).toBe(404);
});

test('device definitions of the data folder are used, and one with a mistake is left out and told', async ({
  launch,
}) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rt-definitions-'));
  mkdirSync(join(dataDir, 'devices'));
  const own = { id: 'acme', name: 'Acme', extends: 'power-device', source: ['a test'], match: [{ vendorId: 'acbe' }] };
  writeFileSync(
    join(dataDir, 'devices', 'acme.json'),
    JSON.stringify({ ...own, variables: [], status: [], commands: [] }),
  );
  writeFileSync(join(dataDir, 'devices', 'broken.json'), '{ "id": ');
  const shell = await launch({ dataDir });
  await expectTooltip(shell, /^On mains power/);
  expect(shell.log()).toMatch(/Using device definition \S+acme\.json/);
  expect(shell.log()).toMatch(/broken\.json/);
});

test('a link to elsewhere does not leave the page; an allowed one is opened outside', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  const address = page.url();
  await shell.evaluate(({ shell: outside }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    outside.openExternal = (url: string) => {
      opened.push(url);
      return Promise.resolve();
    };
  }, undefined);
  await page.evaluate(`location.assign('https://evil.example/')`);
  await page.evaluate(`location.assign('https://networkupstools.org/docs/')`);
  await expect
    .poll(() => shell.evaluate(() => (globalThis as unknown as { opened: string[] }).opened, undefined))
    .toEqual(['https://networkupstools.org/docs/']);
  expect(page.url()).toBe(address);
});

/** What is told comes by the alerts: lost contact ten seconds late. */
const expectTitles = (shell: Shell, titles: readonly string[]): Promise<void> =>
  expect.poll(async () => (await shell.notifications()).map(({ title }) => title), { timeout: 30_000 }).toEqual(titles);

test('the tray follows an outage: icon, tooltip, notifications', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  await expectTooltip(shell, /^On mains power/);
  expect((await shell.tray()).icon).toMatch(/^(plug|charging)-mains$/);
  expect(await shell.notifications()).toEqual([]);

  await play(page, 'demo.mains.off');
  await expectTooltip(shell, /^On battery.* left\.$/);
  expect((await shell.tray()).icon).toMatch(/^battery-\d-battery$/);
  await expectTitles(shell, ['demo: The power is out.']);

  await play(page, 'demo.battery.charge', '5');
  await expectTooltip(shell, /^The battery is nearly empty/);
  expect((await shell.tray()).icon).toBe('low-danger');

  await play(page, 'demo.mains.on');
  await expectTooltip(shell, /^On mains power/);
  expect((await shell.tray()).icon).toBe('charging-mains');
  await expectTitles(shell, ['demo: The power is out.', 'demo: The battery is low.', 'demo: The power is back.']);
});

test('lost contact strikes the icon through and is told', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  await expectTooltip(shell, /^On mains power/);
  await play(page, 'demo.unplug', '600');
  await expectTooltip(shell, /no contact|stopped answering/i);
  expect((await shell.tray()).icon).toBe('no-contact-none');
  await expectTitles(shell, ['demo: There is no contact with the UPS.']);
});

test('the menu of the tray offers what the UPS can do, and does it', async ({ launch }) => {
  const shell = await launch();
  await expectTooltip(shell, /^On mains power/);
  const { menu } = await shell.tray();
  expect(menu[0]?.label).toMatch(/^On mains power/);
  expect(menu[0]?.isEnabled).toBe(false);
  expect(menu.slice(1).map((item) => item.label)).toEqual([
    'Open Ridethrough',
    'Mute the beeper',
    'Test the battery',
    'Quit Ridethrough…',
  ]);
  await shell.chooseInTray('Test the battery');
  await expectTooltip(shell, /^The battery is being tested/);
  expect(await shell.notifications()).toEqual([]);
});

test('a muted beeper is told, because nothing else shows it', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  await expectTooltip(shell, /^On mains power/);
  await play(page, 'demo.mains.off');
  await expectTooltip(shell, /^On battery/);
  await shell.chooseInTray('Mute the beeper');
  await expectTitles(shell, ['demo: The power is out.', 'The beeper is muted']);
});

test('a page that breaks is loaded again', async ({ launch }) => {
  const shell = await launch();
  const page = await windowOf(shell);
  await page.evaluate('window.isOld = true');
  await shell.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  }, undefined);
  await expect.poll(() => page.evaluate('window.isOld ?? false').catch(() => undefined)).toBe(false);
});

test('closing the window destroys it, and the tray brings it back as it was', async ({ launch }) => {
  const shell = await launch();
  await windowOf(shell);
  await shell.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.setBounds({ x: 120, y: 90, width: 900, height: 640 });
    window?.close();
  }, undefined);
  await expect.poll(() => shell.pages().length).toBe(0);
  expect(await shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, undefined)).toBe(0);

  await shell.chooseInTray('Open Ridethrough');
  const page = await windowOf(shell);
  await expect(page).toHaveTitle(/Ridethrough/);
  expect(await shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds(), undefined)).toEqual(
    { x: 120, y: 90, width: 900, height: 640 },
  );
});

test('without a tray closing says so once and minimises', async ({ launch }) => {
  const shell = await launch({ desktop: 'GNOME' });
  await windowOf(shell);
  await shell.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((_window: unknown, options: { message: string }) => {
      asked.push(options.message);
      return Promise.resolve({ response: 0, checkboxChecked: false });
    }) as typeof dialog.showMessageBox;
  }, undefined);
  const close = () =>
    shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().forEach((window) => window.close()), undefined);
  const isMinimised = () =>
    shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized(), undefined);
  await close();
  await expect.poll(isMinimised).toBe(true);
  await close();
  expect(shell.pages()).toHaveLength(1);
  expect(await shell.evaluate(() => (globalThis as unknown as { asked: string[] }).asked, undefined)).toEqual([
    'Ridethrough keeps running',
  ]);
});

test('a second start brings the window of the first to the front and ends', async ({ launch }) => {
  const shell = await launch();
  await windowOf(shell);
  await shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close(), undefined);
  await expect.poll(() => shell.pages().length).toBe(0);
  expect(await shell.launchAgain()).toBe(0);
  await windowOf(shell);
  await expect
    .poll(() => shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFocused(), undefined))
    .toBe(true);
});

test('bounds that lie off every screen are repaired at the next start', async ({ launch }) => {
  const first = await launch();
  await windowOf(first);
  await first.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 9000, y: 9000, width: 800, height: 600 });
  }, undefined);
  await first.end('quit');
  const second = await launch({ dataDir: first.dataDir });
  await windowOf(second);
  const { bounds, area } = await second.evaluate(
    ({ BrowserWindow, screen }) => ({
      bounds: BrowserWindow.getAllWindows()[0]?.getBounds() ?? { x: NaN, width: NaN, height: NaN },
      area: screen.getPrimaryDisplay().workArea,
    }),
    undefined,
  );
  expect(bounds).toMatchObject({ width: 800, height: 600 });
  expect(bounds.x + bounds.width).toBeLessThanOrEqual(area.x + area.width);
});

test('started with the session it stays in the tray', async ({ launch }) => {
  const shell = await launch({ args: ['--hidden'] });
  await expectTooltip(shell, /^On mains power/);
  expect(shell.pages()).toHaveLength(0);
});

test('quitting asks first, because protection ends with it', async ({ launch }) => {
  const shell = await launch();
  await windowOf(shell);
  await expectTooltip(shell, /^On mains power/);
  await shell.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((options: { detail: string }) => {
      asked.push(options.detail);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    }) as unknown as typeof dialog.showMessageBox;
  }, undefined);
  await shell.chooseInTray('Quit Ridethrough…');
  const asked = await shell.evaluate(() => (globalThis as unknown as { asked: string[] }).asked, undefined);
  expect(asked).toEqual([expect.stringContaining('no longer protected')]);
  expect((await shell.tray()).tooltip).toMatch(/^On mains power/);
});

for (const how of ['quit', 'signal', 'system shutdown'] as const) {
  test(`an end by ${how} tells the page first and leaves no step behind`, async ({ launch }) => {
    const shell = await launch();
    const page = await windowOf(shell);
    await expectTooltip(shell, /^On mains power/);
    const states: string[] = [];
    await page.exposeFunction('noteConnection', (state: string) => states.push(state));
    await page.evaluate('window.ridethrough.onConnection((state) => void window.noteConnection(state))');
    expect(await shell.end(how)).toBe(0);
    await expect.poll(() => states).toEqual(['connected', 'gone']);
    expect(shell.log()).not.toMatch(/failed|not waited for/);
  });
}
