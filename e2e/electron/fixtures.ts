import { test as base, type Browser, type Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { launchBrowser, launchShell, type Shell, type ShellOptions } from '../support/shell.ts';

interface Fixtures {
  /** Starts the program; it is ended and its data are taken away after the test. */
  readonly launch: (options?: ShellOptions) => Promise<Shell>;
}

export const test = base.extend<Fixtures, { readonly standInBrowser: Browser }>({
  standInBrowser: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures off this pattern
    async ({}, use) => {
      const browser = await launchBrowser();
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  launch: async ({ standInBrowser }, use, info) => {
    const shells: Shell[] = [];
    await use(async (options) => {
      const shell = await launchShell(standInBrowser, options);
      info.annotations.push({ type: 'runs in', description: shell.kind });
      shells.push(shell);
      return shell;
    });
    if (info.status !== info.expectedStatus) {
      for (const shell of shells) await info.attach('log', { body: shell.log(), contentType: 'text/plain' });
    }
    for (const shell of shells) await shell.dispose();
  },
});

export { expect };

/** The window, once it stands. */
export async function windowOf(shell: Shell): Promise<Page> {
  await expect.poll(() => shell.pages().length, { message: 'a window' }).toBe(1);
  const [page] = shell.pages();
  if (!page) throw new Error('the window is gone again');
  await page.waitForURL(/\/\/ridethrough/, { waitUntil: 'domcontentloaded' });
  return page;
}

/** Asks the engine from within the page, through the real preload script. */
export async function ask(page: Page, name: string, params: object): Promise<{ ok: boolean; value: unknown }> {
  return page.evaluate(`window.ridethrough.request(${JSON.stringify(name)}, ${JSON.stringify(params)})`);
}

/** Plays with the demo UPS. */
export async function play(page: Page, command: string, parameter?: string): Promise<void> {
  const answer = await ask(page, 'ups.runCommand', { ups: 'demo', command, ...(parameter ? { parameter } : {}) });
  expect(answer).toEqual({ ok: true, value: { outcome: 'handled' } });
}

/** Waits until the tray says something. */
export const expectTooltip = (shell: Shell, text: RegExp): Promise<void> =>
  expect.poll(async () => (await shell.tray()).tooltip, { timeout: 20_000 }).toMatch(text);
