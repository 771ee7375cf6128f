/** How long it takes from "Open" in the tray until the window stands again and shows the state of the UPS. */
import { launchBrowser, launchShell, type Shell } from '../e2e/support/shell.ts';
import { median, type Part } from './section.ts';

const TIMES = 12;
const REACH_MS = 300;

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

export const shellWindow: Part = async () => {
  const browser = await launchBrowser();
  const shell = await launchShell(browser);
  try {
    await showsState(shell);
    const times: Reopened[] = [];
    await reopen(shell); // the first one warms caches that a real program has warm as well
    for (let at = 0; at < TIMES; at += 1) times.push(await reopen(shell));
    const isReal = shell.kind === 'electron';
    const measured = median(times.map(({ page, whole }) => (isReal ? whole : page)));
    const row = (what: string, values: readonly number[]): string[] => [
      what,
      `${Math.round(median(values))} ms`,
      `${Math.round(Math.max(...values))} ms`,
    ];
    return {
      title: 'Window made again',
      notes: [
        isReal
          ? `In Electron, ${TIMES} times.`
          : `Under the stand-in for Electron, ${TIMES} times. There a new page is made by Playwright in a browser of its own and each file passes two processes, so the goal is held against the page's own time.`,
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
      ],
      checks: [
        {
          what: isReal ? 'window made again after it was closed to the tray' : 'page of the window painted again',
          reach: `< ${REACH_MS} ms`,
          measured: `${Math.round(measured)} ms`,
          isMet: measured < REACH_MS,
        },
      ],
    };
  } finally {
    await shell.dispose();
    await browser.close();
  }
};
