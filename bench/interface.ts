/** The interface in a browser: its weight, how soon the first reading is seen, and how soon an outage is. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from '@playwright/test';
import { freePort } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { buildProgram, createNutFolder, startProgram } from '#tests/support/served-program.ts';
import { CHROMIUM } from '../e2e/support/chromium.ts';
import { Dashboard } from '../e2e/pages/dashboard.ts';
import { median, type Section } from './section.ts';

const VISITS = 7;
const OUTAGES = 5;
const BUNDLE = join(import.meta.dirname, '../dist/renderer');
const FILES = { 'ups.conf': '[demo]\n  driver = demo\n  port = auto\n', 'upsd.users': '' };

/** Bytes of every file that the page leads to, as they go over the network. Files of builds before lie beside them. */
async function bundleSize(): Promise<{ readonly whole: number; readonly first: number }> {
  const names = (await readdir(BUNDLE, { recursive: true })).filter((name) => /\.(js|css)$/.test(name));
  const page = await readFile(join(BUNDLE, 'index.html'));
  const start = gzipSync(page).length;
  let whole = start;
  let first = start;
  const reached = new Set<string>();
  const follow = async (text: string, isFirst: boolean): Promise<void> => {
    for (const name of names) {
      if (reached.has(name) || !text.includes(basename(name))) continue;
      reached.add(name);
      const content = await readFile(join(BUNDLE, name));
      const size = gzipSync(content).length;
      whole += size;
      if (isFirst) first += size;
      await follow(content.toString('utf8'), false);
    }
  };
  await follow(page.toString('utf8'), true);
  return { whole, first };
}

/** A number that the page comes to know. The page's policy forbids Playwright's own way of waiting for it. */
async function known(page: Page, expression: string): Promise<number> {
  for (;;) {
    const value = await page.evaluate<number | undefined>(expression);
    if (value !== undefined && !Number.isNaN(value)) return value;
    await delay(20);
  }
}

/** Milliseconds of the page's own clock from its request until a reading stands in a painted frame. */
async function firstReading(browser: Browser, link: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(`
    const look = () => {
      const value = document.querySelector('.reading .value');
      if (value && /\\d/.test(value.textContent)) requestAnimationFrame(() => { globalThis.firstReading = performance.now(); });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  `);
  await page.goto(link);
  const at = await known(page, 'globalThis.firstReading');
  await context.close();
  return at;
}

/** Milliseconds from the press that pulls the mains until the sentence says so, in the page's own clock. */
async function outageSeen(
  page: Page,
  dashboard: Dashboard,
  control: 'Out' | 'Good',
  sentence: RegExp,
): Promise<number> {
  await page.evaluate(`
    globalThis.seenAt = undefined;
    addEventListener('click', (event) => { globalThis.pressedAt = event.timeStamp; }, { once: true, capture: true });
    globalThis.observer?.disconnect();
    globalThis.observer = new MutationObserver(() => {
      if (globalThis.seenAt === undefined && ${String(sentence)}.test(document.querySelector('h1').textContent)) {
        globalThis.seenAt = performance.now();
      }
    });
    globalThis.observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  `);
  await dashboard.demo(control);
  return known(page, 'globalThis.seenAt - globalThis.pressedAt');
}

export async function interfaceInBrowser(): Promise<Section> {
  const found = await ensurePrograms([{ program: CHROMIUM.executablePath, package: 'chromium' }]);
  if (!found.ok) throw new Error(found.reason);
  await buildProgram();
  const { whole, first } = await bundleSize();
  const folder = await createNutFolder(FILES);
  const web = `127.0.0.1:${await freePort()}`;
  const program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--web', web]);
  const [, link = ''] = / web=(\S+)/.exec(await program.ready()) ?? [];
  const browser = await chromium.launch(CHROMIUM);
  try {
    await firstReading(browser, link); // the browser's own first page
    const visits: number[] = [];
    for (let at = 0; at < VISITS; at++) visits.push(await firstReading(browser, link));

    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const dashboard = new Dashboard(page);
    await dashboard.open(link);
    const outages: number[] = [];
    for (let at = 0; at < OUTAGES; at++) {
      outages.push(await outageSeen(page, dashboard, 'Out', /battery for|on battery/i));
      // The unit looks at mains that are back for two seconds before it trusts them: not the program's time.
      await outageSeen(page, dashboard, 'Good', /mains/i);
    }
    const kb = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
    const ms = (value: number): string => `${Math.round(value)} ms`;
    return {
      title: 'The interface in a browser',
      notes: [
        `Weight: HTML, CSS and JavaScript, each gzipped; and what the page itself names, so what is there before the first frame in English; another language fetches its texts before it as well.`,
        `First reading: ${VISITS} visits of the link in new browser profiles, from the request for the page to a number in a painted frame. ` +
          `Outage: ${OUTAGES} times the mains of the demo UPS pulled in the page, through the engine, until the sentence says so.`,
      ],
      head: ['what', 'median', 'slowest'],
      rows: [
        ['whole interface', kb(whole), ''],
        ['of that, before the first frame', kb(first), ''],
        ['first reading painted', ms(median(visits)), ms(Math.max(...visits))],
        ['mains pulled until the sentence says so', ms(median(outages)), ms(Math.max(...outages))],
      ],
      checks: [
        { what: 'interface, gzipped', reach: '< 250 kB', measured: kb(whole), isMet: whole < 250_000 },
        {
          what: 'first reading painted',
          reach: '< 1 s',
          measured: ms(median(visits)),
          isMet: median(visits) < 1000,
        },
        {
          what: 'page shows that the mains are lost, slowest',
          reach: '< 1 s',
          measured: ms(Math.max(...outages)),
          isMet: Math.max(...outages) < 1000,
        },
      ],
    };
  } finally {
    await browser.close();
    await program.end();
    await folder.remove();
  }
}
