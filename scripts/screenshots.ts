/**
 * `npm run screenshots [scene …]`: draws the built interface in Chromium in every situation, size and theme, checks each
 * picture with axe, and keeps the pictures in docs/screenshots/. Time on the page stands still, so that a picture only
 * changes with the interface. CHROMIUM_PATH names another browser.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type Page } from '@playwright/test';
import sharp from 'sharp';
import { CHROMIUM } from '../e2e/support/chromium.ts';
import { startFakeHost, type FakeHost } from '../e2e/support/fake-host.ts';
import { SCENES, type SceneName } from '../e2e/support/scenes.ts';

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const NOW = new Date(2026, 0, 14, 19, 42, 10);
const AT_ONCE = 3;
const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } };
const THEMES = ['light', 'dark'] as const;

interface Shot {
  readonly name: string;
  readonly scene: SceneName;
  readonly page: string;
  readonly locale?: string;
  readonly isWhole?: boolean;
  /** What happens to the page once it stands. */
  readonly then?: (page: Page, host: FakeHost) => Promise<void>;
  readonly forcedColors?: 'active';
  /** What is there in one size only. */
  readonly size?: keyof typeof SIZES;
}

/** Seen most: kept in every size and theme. The others are checked in all, kept wide in light and narrow in dark. */
const CORE: readonly string[] = ['mains', 'on-battery', 'low', 'no-contact'];
const isKept = (name: string, size: string, theme: string): boolean =>
  CORE.includes(name) || (size === 'wide') === (theme === 'light');

const shots: readonly Shot[] = [
  // Those of a page have pictures of the same names below.
  ...(Object.keys(SCENES) as SceneName[])
    .filter((scene) => !/^(?:history|settings|shared)/.test(scene))
    .map((scene) => ({ name: scene, scene, page: 'overview' })),
  { name: 'mains-whole', scene: 'mains', page: 'overview', isWhole: true },
  { name: 'on-battery-whole', scene: 'on-battery', page: 'overview', isWhole: true },
  { name: 'countdown-whole', scene: 'countdown', page: 'overview', isWhole: true },
  { name: 'countdown-elsewhere', scene: 'countdown', page: 'device' },
  {
    name: 'countdown-confirm',
    scene: 'countdown',
    page: 'overview',
    async then(page) {
      await page.getByRole('main').getByRole('button', { name: 'Shut down now' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'countdown-german', scene: 'countdown', page: 'overview', isWhole: true, locale: 'de-DE' },
  { name: 'countdown-forced-colours', scene: 'plan-does-not-fit', page: 'overview', forcedColors: 'active' },
  {
    name: 'plan',
    scene: 'planned',
    page: 'overview',
    async then(page) {
      await page.getByRole('button', { name: 'Show the plan' }).click();
      await page.getByRole('table', { name: 'If the power fails now' }).waitFor();
    },
  },
  { name: 'variables', scene: 'mains', page: 'device' },
  { name: 'commands', scene: 'mains', page: 'device/commands' },
  { name: 'events', scene: 'on-battery', page: 'events' },
  { name: 'history', scene: 'history', page: 'history', isWhole: true },
  {
    name: 'history-year',
    scene: 'history',
    page: 'history',
    isWhole: true,
    async then(page) {
      await page.getByText('1 y', { exact: true }).click();
      await page.getByRole('checkbox', { name: 'rack' }).check();
      await page.getByText('Load · rack').waitFor();
    },
  },
  {
    name: 'history-table',
    scene: 'history',
    page: 'history',
    async then(page) {
      await page.getByText('Table', { exact: true }).click();
      await page.getByRole('table').waitFor();
    },
  },
  { name: 'history-none', scene: 'history-not-written', page: 'history' },
  {
    name: 'event-details',
    scene: 'history',
    page: 'events',
    isWhole: true,
    async then(page) {
      await page
        .getByRole('listitem')
        .filter({ hasText: 'The power was out.' })
        .first()
        .getByRole('button', { name: 'Details' })
        .click();
      await page.getByRole('link', { name: 'Show in History' }).waitFor();
    },
  },
  { name: 'battery', scene: 'history', page: 'battery', isWhole: true },
  { name: 'battery-nothing', scene: 'mains', page: 'battery', isWhole: true },
  {
    name: 'battery-german',
    scene: 'history',
    page: 'battery',
    isWhole: true,
    locale: 'de-DE',
    async then(page) {
      await page.getByRole('button', { name: 'Er wurde ersetzt' }).click();
    },
  },
  {
    name: 'energy',
    scene: 'history',
    page: 'energy',
    isWhole: true,
    async then(page) {
      await page.getByText('Month', { exact: true }).first().click();
      await page.getByRole('spinbutton').fill('0.32');
    },
  },
  { name: 'network', scene: 'shared', page: 'network', isWhole: true },
  { name: 'all', scene: 'several', page: 'all' },
  {
    name: 'more',
    scene: 'several',
    page: 'overview',
    size: 'narrow',
    async then(page) {
      await page.getByRole('navigation').getByRole('button', { name: 'More' }).click();
      await page.getByRole('link', { name: 'Settings' }).waitFor();
    },
  },
  ...(['Programs', 'Outage', 'E-mail', 'Rehearsal', 'Done'] as const).map((step): Shot => ({
    name: `first-launch-${step.toLowerCase().replaceAll(/\W/g, '-')}`,
    scene: 'first-launch',
    page: 'setup',
    isWhole: true,
    async then(page) {
      await page.getByRole('button', { name: step, exact: true }).click();
      if (step === 'Rehearsal') await page.getByRole('table').waitFor();
    },
  })),
  {
    name: 'first-launch-refused',
    scene: 'first-launch-denied',
    page: 'setup',
    isWhole: true,
    async then(page) {
      await page.getByRole('button', { name: 'Outage', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'first-launch-german', scene: 'first-launch-denied', page: 'setup', isWhole: true, locale: 'de-DE' },
  { name: 'settings', scene: 'settings', page: 'settings' },
  { name: 'settings-german', scene: 'settings', page: 'settings', isWhole: true, locale: 'de-DE' },
  { name: 'settings-read-only', scene: 'settings-read-only', page: 'settings' },
  {
    name: 'settings-secondary',
    scene: 'settings-secondary',
    page: 'settings',
    async then(page) {
      await page.getByRole('textbox', { name: 'Remote Host' }).focus();
      await page.keyboard.press('Tab');
      await page.getByText('nas answers').waitFor();
    },
  },
  {
    name: 'settings-driver',
    scene: 'settings',
    page: 'settings',
    async then(page) {
      await page.getByRole('combobox', { name: 'Driver' }).fill('pier');
      await page.getByRole('option', { name: 'Pier 700' }).waitFor();
      await page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'settings-errors',
    scene: 'settings',
    page: 'settings',
    async then(page) {
      await page.getByRole('textbox', { name: 'Shutdown Timer' }).fill('soon');
      await page.getByRole('textbox', { name: 'Description' }).fill('Upstairs');
      await page.getByText('has to be put right').waitFor();
    },
  },
  {
    name: 'settings-changes',
    scene: 'settings',
    page: 'settings',
    async then(page) {
      await page.getByRole('textbox', { name: 'Shutdown Timer' }).fill('600');
      await page.getByRole('textbox', { name: 'Description' }).fill('Upstairs');
      await page.getByRole('button', { name: 'Show them' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'settings-clients',
    scene: 'settings',
    page: 'settings',
    async then(page) {
      await page.getByRole('switch', { name: 'Remote Monitor' }).click();
      await page.getByRole('button', { name: 'Let them connect' }).click();
      await page.getByRole('button', { name: 'Add Home Assistant' }).click();
      await page.getByRole('button', { name: 'Add Synology' }).click();
      await page.getByRole('heading', { name: 'Connect another computer' }).scrollIntoViewIfNeeded();
      await page.evaluate("document.querySelector('.clients').scrollIntoView({ block: 'start' }); scrollBy(0, -80)");
    },
  },
  {
    name: 'settings-open',
    scene: 'settings',
    page: 'settings',
    async then(page) {
      await page.getByRole('switch', { name: 'Remote Monitor' }).click();
      await page.getByRole('radio', { name: 'A new random one' }).check();
    },
  },
  {
    name: 'settings-account',
    scene: 'settings',
    page: 'settings',
    async then(page) {
      await page.getByRole('button', { name: 'Edit account admin' }).click();
      await page.getByRole('combobox', { name: 'Role' }).scrollIntoViewIfNeeded();
    },
  },
  { name: 'commands-read-only', scene: 'read-only', page: 'device/commands' },
  {
    name: 'signed-out',
    scene: 'mains',
    page: 'overview',
    async then(page, host) {
      host.refuse();
      await page.getByRole('heading', { name: 'no longer signed in' }).waitFor();
    },
  },
  {
    name: 'reconnecting',
    scene: 'mains',
    page: 'overview',
    async then(page, host) {
      await page.context().setOffline(true);
      host.drop();
      await page.getByText('What is shown is old').waitFor();
      await page.clock.setFixedTime(new Date(NOW.getTime() + 40_000));
      await page.getByText('40\u00a0s ago').waitFor();
    },
  },
  {
    name: 'large-text',
    scene: 'on-battery',
    page: 'overview',
    then: (page) => page.evaluate("document.documentElement.style.fontSize = '200%'"),
  },
  { name: 'forced-colours', scene: 'on-battery', page: 'overview', forcedColors: 'active' },
  { name: 'german', scene: 'on-battery', page: 'overview', locale: 'de-DE' },
];

let violations = 0;

interface View {
  readonly shot: Shot;
  readonly size: keyof typeof SIZES;
  readonly theme: (typeof THEMES)[number];
}

const nameOf = ({ shot, size, theme }: View): string => `${shot.name}-${size}-${theme}`;

async function take(browser: Browser, view: View): Promise<void> {
  const { shot, size, theme } = view;
  const name = nameOf(view);
  const viewport = SIZES[size];
  const host = await startFakeHost(SCENES[shot.scene](NOW.getTime()));
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    locale: shot.locale ?? 'en-GB',
    reducedMotion: 'reduce',
    ...(shot.forcedColors === undefined ? {} : { forcedColors: shot.forcedColors }),
  });
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      // A scene that is refused or cut off on purpose is no news.
      const isNews = message.type() === 'error' || message.type() === 'warning';
      if (isNews && shot.then === undefined) console.log(`${name}: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
    await page.clock.setFixedTime(NOW);
    // Passwords that the page makes are the same on every picture.
    await page.addInitScript(
      'crypto.getRandomValues = (bytes) => (bytes.set(bytes.map((_, place) => place * 5 + 1)), bytes)',
    );
    await page.goto(`${host.url}#/${shot.page}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('heading', { name: /^(Connecting|Verbindung wird)/ }).waitFor({ state: 'hidden' });
    // Parts of a page that are fetched later, as the charts are, belong to the picture.
    await page.waitForLoadState('networkidle');
    await shot.then?.(page, host);
    // Charts of the past are asked for and drawn, and make the page longer.
    await page.waitForTimeout(shot.page === 'overview' ? 250 : 900);
    if (shot.isWhole === true) {
      // Charts below the edge of the window are not drawn.
      const height = await page.evaluate<number>('document.documentElement.scrollHeight');
      await page.setViewportSize({ width: viewport.width, height });
      await page.waitForTimeout(250);
    }
    // With 256 colours a picture is a third of the size, and hardly another one: most of its colours are edges of letters.
    if (isKept(shot.name, size, theme))
      await sharp(await page.screenshot())
        .png({ palette: true, dither: 0 })
        .toFile(`${folder}${name}.png`);
    const { violations: found } = await new AxeBuilder({ page }).analyze();
    for (const { id, help, nodes } of found) {
      violations += 1;
      console.log(`${name}: axe ${id}: ${help}\n  ${nodes.map(({ target }) => target.join(' ')).join('\n  ')}`);
    }
  } finally {
    await context.close();
    await host.stop();
  }
}

mkdirSync(folder, { recursive: true });
const asked = process.argv.slice(2);
const chosen = asked.length > 0 ? shots.filter(({ name }) => asked.includes(name)) : shots;
const views = chosen.flatMap((shot) =>
  (['wide', 'narrow'] as const)
    .filter((size) => shot.size === undefined || shot.size === size)
    .flatMap((size) => THEMES.map((theme): View => ({ shot, size, theme }))),
);
const browser = await chromium.launch(CHROMIUM);
try {
  // Most of the time is waiting for what settles.
  const waiting = [...views];
  const work = async (): Promise<void> => {
    for (let view = waiting.shift(); view; view = waiting.shift()) await take(browser, view);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
} finally {
  await browser.close();
}
if (asked.length === 0) {
  // What is no longer drawn would show an interface that is no more.
  const kept = new Set(
    views.filter(({ shot, size, theme }) => isKept(shot.name, size, theme)).map((view) => `${nameOf(view)}.png`),
  );
  for (const file of readdirSync(folder)) if (!kept.has(file)) rmSync(`${folder}${file}`);
}
console.log(`${views.length} views, ${violations} violations of axe`);
process.exitCode = violations > 0 ? 1 : 0;
