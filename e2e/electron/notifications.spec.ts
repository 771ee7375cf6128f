/** Buttons of a notification on a real Linux desktop: what is chosen there is done. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DESKTOP_PROGRAMS, startNotificationDesktop } from '../../tests/support/notification-desktop.ts';
import { ensurePrograms } from '../../tests/support/programs.ts';
import { freePort } from '../support/shell.ts';
import { ask, expect, play, test, windowOf } from './fixtures.ts';

const ups = { id: 'demo', identifier: 'demo', driver: 'demo', port: 'auto', shutdown: 'BATT', shutdowntimer: 1800 };

for (const action of ['cancel', 'mute'] as const) {
  test(`"${action}" is done when it is chosen in the notification of an outage`, async ({ launch }) => {
    const programs = await ensurePrograms(DESKTOP_PROGRAMS);
    test.skip(!programs.ok, programs.reason);
    const desktop = await startNotificationDesktop({ 'The power is out': action });
    try {
      const dataDir = mkdtempSync(join(tmpdir(), 'rt-'));
      const settings = {
        version: 2,
        setup: { isDone: true },
        ups: [{ ...ups, shutdowncmd: 'true' }],
        server: { remoteport: await freePort() },
      };
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
      const shell = await launch({ dataDir, hasOwnSettings: true, notifying: desktop.env });
      const page = await windowOf(shell);
      const phase = async () => ((await ask(page, 'monitor.get', {})).value as { readonly phase: string }).phase;
      const beeper = async () => JSON.stringify((await ask(page, 'ups.list', {})).value);
      await expect.poll(phase).toBe('watching');
      expect(await beeper()).toMatch(/"ups\.beeper\.status":\{"value":"enabled"/);

      await play(page, 'demo.mains.off');
      await expect.poll(phase).toBe('counting-down');
      await expect.poll(() => desktop.displayed()).toBe(1);
      // None of its own was shown in place of the desktop's.
      expect(await shell.notifications()).toEqual([]);
      await desktop.dunst('action', '0');
      if (action === 'cancel') await expect.poll(phase).toBe('on-battery');
      else await expect.poll(beeper).toMatch(/"ups\.beeper\.status":\{"value":"muted"/);
    } finally {
      await desktop.end();
    }
  });
}
