/** A shutdown that is on its way, from the tray of the desktop program. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/shell.ts';
import { expect, expectTooltip, play, test, windowOf } from './fixtures.ts';

test('the tray counts down, cancels, waits, and shuts down once it was confirmed', async ({ launch }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rt-'));
  const marker = join(dataDir, 'was-shut-down');
  const ups = { id: 'demo', identifier: 'demo', driver: 'demo', port: 'auto', shutdown: 'BATT', shutdowntimer: 1800 };
  const settings = {
    version: 2,
    setup: { isDone: true },
    ups: [{ ...ups, shutdowncmd: `touch ${marker}` }],
    server: { remoteport: await freePort() },
  };
  writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
  const shell = await launch({ dataDir, hasOwnSettings: true });
  const page = await windowOf(shell);
  const labels = async () => (await shell.tray()).menu.map(({ label }) => label);
  await expectTooltip(shell, /^On mains power/);
  expect(await labels()).not.toContain('Cancel this shutdown');

  await play(page, 'demo.mains.off');
  await expectTooltip(shell, /^Shutdown command in (29:\d\d|30:00)\.\nOn battery/);
  expect((await labels()).slice(0, 4)).toEqual([
    expect.stringMatching(/^Shutdown command in (29|30).min\.$/),
    'Cancel this shutdown',
    'Wait 5 more minutes',
    'Shut down now…',
  ]);
  await expect.poll(() => shell.notifications()).toHaveLength(1);
  const [outage] = await shell.notifications();
  expect(outage?.title).toBe('demo: The power is out.');
  expect(outage?.body).toMatch(/Shutdown command in (29|30).min\. Nothing is shut down if the power returns before\.$/);

  await shell.chooseInTray('Wait 5 more minutes');
  await expectTooltip(shell, /^Shutdown command in (34:\d\d|35:00)\./);
  await shell.chooseInTray('Cancel this shutdown');
  await expectTooltip(shell, /^On battery/);

  await play(page, 'demo.mains.on');
  await expectTooltip(shell, /^On mains power/);
  await play(page, 'demo.mains.off');
  await expectTooltip(shell, /^Shutdown command in/);
  await shell.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = ((options: { detail: string }) => {
      asked.push(options.detail);
      return Promise.resolve({ response: asked.length === 1 ? 1 : 0, checkboxChecked: false });
    }) as unknown as typeof dialog.showMessageBox;
  }, undefined);
  // Refused, and then confirmed.
  await shell.chooseInTray('Shut down now…');
  const asked = () => shell.evaluate(() => (globalThis as unknown as { asked: string[] }).asked, undefined);
  await expect.poll(asked).toEqual([expect.stringContaining('This computer runs its shutdown command')]);
  expect(existsSync(marker)).toBe(false);
  await shell.chooseInTray('Shut down now…');
  await expect.poll(() => existsSync(marker), { timeout: 30_000 }).toBe(true);
  await expectTooltip(shell, /^The shutdown command was run\./);
  expect(await labels()).not.toContain('Cancel this shutdown');
});
