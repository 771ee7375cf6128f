/**
 * `npm run screenshots [scene …]`: draws the built interface in Chromium in every situation, size and theme, checks each
 * picture with axe, and keeps the pictures in docs/screenshots/. Time on the page stands still, so that a picture only
 * changes with the interface. CHROMIUM names another browser.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser } from '@playwright/test';
import { startFakeHost } from '../e2e/support/fake-host.ts';
import { SCENES, type SceneName } from '../e2e/support/scenes.ts';

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const NOW = new Date(2026, 0, 14, 19, 42, 10);
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };
const THEMES = ['light', 'dark'] as const;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Shot {
  readonly name: string;
  readonly scene: SceneName;
  readonly page: string;
  readonly locale?: string;
  readonly isWhole?: boolean;
}

/** Seen most: kept in every size and theme. The others are checked in all, kept wide in light and narrow in dark. */
const CORE: readonly string[] = ['mains', 'on-battery', 'low', 'no-contact'];
const isKept = (name: string, size: string, theme: string): boolean =>
  CORE.includes(name) || (size === 'wide') === (theme === 'light');

const shots: readonly Shot[] = [
  ...(Object.keys(SCENES) as SceneName[]).map((scene) => ({ name: scene, scene, page: 'overview' })),
  { name: 'mains-whole', scene: 'mains', page: 'overview', isWhole: true },
  { name: 'on-battery-whole', scene: 'on-battery', page: 'overview', isWhole: true },
  { name: 'variables', scene: 'mains', page: 'device' },
  { name: 'commands', scene: 'mains', page: 'device/commands' },
  { name: 'events', scene: 'on-battery', page: 'events' },
  { name: 'all', scene: 'several', page: 'all' },
  { name: 'german', scene: 'on-battery', page: 'overview', locale: 'de-DE' },
];

let violations = 0;

async function take(browser: Browser, shot: Shot): Promise<void> {
  const host = await startFakeHost(SCENES[shot.scene](NOW.getTime()));
  try {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const theme of THEMES) {
        const context = await browser.newContext({
          viewport,
          colorScheme: theme,
          locale: shot.locale ?? 'en-GB',
          reducedMotion: 'reduce',
        });
        const page = await context.newPage();
        const name = `${shot.name}-${size}-${theme}`;
        page.on('console', (message) => {
          if (message.type() === 'error' || message.type() === 'warning') console.log(`${name}: ${message.text()}`);
        });
        page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
        await page.clock.setFixedTime(NOW);
        await page.goto(`${host.url}#/${shot.page}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.getByRole('heading', { name: /^(Connecting|Verbindung wird)/ }).waitFor({ state: 'hidden' });
        if (shot.isWhole === true) {
          // Charts below the edge of the window are not drawn.
          const height = await page.evaluate<number>('document.documentElement.scrollHeight');
          await page.setViewportSize({ width: viewport.width, height });
        }
        await page.waitForTimeout(250);
        if (isKept(shot.name, size, theme)) {
          await page.screenshot({ path: `${folder}${name}.png` });
        }
        const { violations: found } = await new AxeBuilder({ page }).analyze();
        for (const { id, help, nodes } of found) {
          violations += 1;
          console.log(`${name}: axe ${id}: ${help}\n  ${nodes.map(({ target }) => target.join(' ')).join('\n  ')}`);
        }
        await context.close();
      }
    }
  } finally {
    await host.stop();
  }
}

mkdirSync(folder, { recursive: true });
const asked = process.argv.slice(2);
const chosen = asked.length > 0 ? shots.filter(({ name }) => asked.includes(name)) : shots;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
});
try {
  for (const shot of chosen) await take(browser, shot);
} finally {
  await browser.close();
}
console.log(`${chosen.length * 4} views, ${violations} violations of axe`);
process.exitCode = violations > 0 ? 1 : 0;
