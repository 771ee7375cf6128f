/**
 * The desktop shell: from "Open" in the tray until the window stands again and shows the state of the UPS, and from the
 * loss of the mains until tray and notification tell it.
 */
import type { Browser } from '@playwright/test';
import { launchBrowser, launchShell, type Shell } from '../e2e/support/shell.ts';
import { median, type Part } from './section.ts';

const TIMES = 12;
const REACH_MS = 300;
/** A fourth outage within minutes has to last to be told: each program sees three. */
const PROGRAMS = 4;
const OUTAGES_EACH = 3;

/** A hand's wait for something the program does by itself. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function showsState(shell: Shell): Promise<void> {
  await until(() => shell.pages().length === 1);
  await shell
    .pages()[0]
    ?.getByText(/on mains power/i)
    .first()
    .waitFor({ state: 'visible' });
}

interface Reopened {
  /** ms from the page's begin until its content is painted */
  readonly page: number;
  /** ms from the choice in the tray until the sentence is seen, with the browser's and Playwright's way to a new page */
  readonly whole: number;
}

async function reopen(shell: Shell): Promise<Reopened> {
  await shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close(), undefined);
  await until(() => shell.pages().length === 0);
  const startedAt = performance.now();
  await shell.chooseInTray('Open Ridethrough');
  await showsState(shell);
  const whole = performance.now() - startedAt;
  const page = await shell
    .pages()[0]
    ?.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`);
  return { page: page ?? Number.NaN, whole };
}

interface Told {
  /** ms from the order to pull the mains of the demo UPS until the tray says so */
  readonly tray: number;
  /** the same until a notification was handed to the system */
  readonly notification: number;
}

async function outage(shell: Shell): Promise<Told> {
  const play = (command: string): Promise<unknown> | undefined =>
    shell
      .pages()[0]
      ?.evaluate(`window.ridethrough.request('ups.runCommand', { ups: 'demo', command: 'demo.mains.${command}' })`);
  const count = async (words: string): Promise<number> =>
    (await shell.notifications()).filter(({ title }) => title.includes(words)).length;
  const [told, ended] = [await count('The power is out'), await count('The power is back')];
  const from = performance.now();
  const pulled = play('off');
  await until(async () => (await shell.tray()).tooltip.startsWith('On battery'));
  const tray = performance.now() - from;
  await until(async () => (await count('The power is out')) > told);
  const notification = performance.now() - from;
  await pulled;
  await play('on');
  await until(async () => (await count('The power is back')) > ended);
  return { tray, notification };
}

/** In programs that were just started: the first outage finds everything cold, as in life. */
async function outages(browser: Browser): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (let program = 0; program < PROGRAMS; program += 1) {
    const shell = await launchShell(browser);
    try {
      await showsState(shell);
      for (let at = 0; at < OUTAGES_EACH; at += 1) told.push(await outage(shell));
    } finally {
      await shell.dispose();
    }
  }
  return told;
}

export const shellWindow: Part = async () => {
  const browser = await launchBrowser();
  const shell = await launchShell(browser);
  try {
    await showsState(shell);
    const times: Reopened[] = [];
    await reopen(shell); // the first one warms caches that a real program has warm as well
    for (let at = 0; at < TIMES; at += 1) times.push(await reopen(shell));
    const told = await outages(browser);
    const slowest = (what: keyof Told): number => Math.max(...told.map((one) => one[what]));
    const isReal = shell.kind === 'electron';
    const measured = median(times.map(({ page, whole }) => (isReal ? whole : page)));
    const row = (what: string, values: readonly number[]): string[] => [
      what,
      `${Math.round(median(values))} ms`,
      `${Math.round(Math.max(...values))} ms`,
    ];
    return {
      title: 'The desktop shell',
      notes: [
        isReal
          ? `In Electron, ${TIMES} times.`
          : `Under the stand-in for Electron, ${TIMES} times. There a new page is made by Playwright in a browser of its own and each file passes two processes, so the goal is held against the page's own time.`,
        `Outage: ${PROGRAMS * OUTAGES_EACH} times the mains of the demo UPS pulled in the page, ${OUTAGES_EACH} times in each of ${PROGRAMS} programs that were just started, until the tray says so and until the notification of it is handed to the system, asked for from another process.`,
      ],
      head: ['what', 'median', 'slowest'],
      rows: [
        row(
          'page begun to content painted',
          times.map(({ page }) => page),
        ),
        row(
          '"Open" in the tray to the sentence with the state seen',
          times.map(({ whole }) => whole),
        ),
        row(
          'mains pulled until the tray says so',
          told.map(({ tray }) => tray),
        ),
        row(
          'mains pulled until a notification is handed over',
          told.map(({ notification }) => notification),
        ),
      ],
      checks: [
        {
          what: isReal ? 'window made again after it was closed to the tray' : 'page of the window painted again',
          reach: `< ${REACH_MS} ms`,
          measured: `${Math.round(measured)} ms`,
          isMet: measured < REACH_MS,
        },
        {
          what: 'tray shows that the mains are lost, slowest',
          reach: '< 1 s',
          measured: `${Math.round(slowest('tray'))} ms`,
          isMet: slowest('tray') < 1000,
        },
        {
          what: 'mains lost until a notification is handed to the system, slowest',
          reach: '< 100 ms',
          measured: `${Math.round(slowest('notification'))} ms`,
          isMet: slowest('notification') < 100,
        },
      ],
    };
  } finally {
    await shell.dispose();
    await browser.close();
  }
};
