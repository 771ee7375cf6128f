/** The first launch: how soon the wizard has found and named a unit that is plugged in, on a computer of a test. */
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser } from '@playwright/test';
import { freePort } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { buildProgram, startProgram } from '#tests/support/served-program.ts';
import { CHROMIUM } from '../e2e/support/chromium.ts';
import { buildComputer } from '../e2e/support/computer/computer.ts';
import { median, type Section } from './section.ts';

const LAUNCHES = 5;
const REACH_MS = 2000;
const RECORDING = new URL('../tests/fixtures/devices/051d-0002-back-ups-es-850g2', import.meta.url).pathname;

interface Launch {
  /** From the start of the program to the line that says it is ready. */
  readonly readyMs: number;
  /** From the request of the page, by the page's own clock, until the unit stands in a painted frame, chosen. */
  readonly foundMs: number;
}

async function launch(browser: Browser): Promise<Launch> {
  const computer = await buildComputer();
  await computer.plug(RECORDING);
  const { command, data } = computer;
  const addresses = ['--data-dir', data, '--web', `127.0.0.1:${await freePort()}`];
  const started = performance.now();
  const program = startProgram(['serve', ...addresses], { command, env: computer.env });
  const context = await browser.newContext();
  try {
    const [, link = ''] = / web=(\S+)/.exec(await program.ready()) ?? [];
    const readyMs = performance.now() - started;
    const page = await context.newPage();
    await page.addInitScript(`
      const look = () => {
        if (document.querySelector('.choices input:checked')) requestAnimationFrame(() => { globalThis.foundAt = performance.now(); });
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    `);
    await page.goto(link);
    for (;;) {
      const foundMs = await page.evaluate<number | undefined>('globalThis.foundAt');
      if (foundMs !== undefined) return { readyMs, foundMs };
      await delay(20);
    }
  } finally {
    await context.close();
    await program.end();
    await computer.remove();
  }
}

export async function firstLaunch(): Promise<Section> {
  await buildProgram();
  const found = await ensurePrograms([{ program: CHROMIUM.executablePath, package: 'chromium' }]);
  if (!found.ok) throw new Error(found.reason);
  const browser = await chromium.launch(CHROMIUM);
  const launches: Launch[] = [];
  try {
    await launch(browser); // the browser's own first page
    for (let number = 0; number < LAUNCHES; number += 1) launches.push(await launch(browser));
  } finally {
    await browser.close();
  }
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const ready = launches.map(({ readyMs }) => readyMs);
  const seen = launches.map(({ foundMs }) => foundMs);
  return {
    title: 'First launch',
    notes: [
      `${LAUNCHES} launches with an empty data folder, a recorded unit in the place of one on the USB, and the page in Chromium.`,
    ],
    head: ['what', 'median', 'slowest'],
    rows: [
      ['program started until it is ready', ms(median(ready)), ms(Math.max(...ready))],
      ['page asked for until the wizard has found, named and chosen the unit', ms(median(seen)), ms(Math.max(...seen))],
    ],
    checks: [
      {
        what: 'first launch: page asked for until the wizard has found and named the unit',
        reach: `< ${REACH_MS / 1000} s`,
        measured: ms(median(seen)),
        isMet: median(seen) < REACH_MS,
      },
    ],
  };
}
