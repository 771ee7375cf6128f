import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { panelOf, trayImages } from './icon-files.ts';
import { iconOf } from './tray-view.ts';
import { upsWith } from './test-support.ts';

const icons = join(import.meta.dirname, '../resources/icons');
const charges = ['', '5', '20', '50', '70', '95'];
const states = ['OL', 'OL CHRG', 'OB', 'OB LB', 'OL OVER', 'OL RB', 'OL CAL', 'OL BYPASS', 'OL OFF', 'FSD', 'WAIT', ''];

test.each(['linux', 'win32', 'darwin', 'freebsd'] as const)('every icon that %s may ask for is there', (platform) => {
  const missing = states
    .flatMap((status) => charges.map((charge) => iconOf(upsWith({ 'ups.status': status, 'battery.charge': charge }))))
    .flatMap((icon) => (['dark', 'light'] as const).flatMap((panel) => trayImages(icon, platform, panel)))
    .filter((file) => !existsSync(join(icons, file.name)));
  expect(missing).toEqual([]);
});

test.each([
  ['win32', true, undefined, 'dark'],
  ['win32', false, undefined, 'light'],
  ['darwin', false, undefined, 'light'],
  ['linux', false, 'KDE', 'light'],
  ['linux', true, 'KDE', 'dark'],
  ['linux', false, 'ubuntu:GNOME', 'dark'],
] as const)('on %s, dark %s, desktop %s the panel is %s', (platform, isDark, desktop, panel) => {
  expect(panelOf(platform, isDark, desktop)).toBe(panel);
});
