/** The program on a data folder of its own, on a computer of the test, and its link opened in the browser. */
import { test as base } from '@playwright/test';
import { freePort } from '#tests/support/nut-upsd.ts';
import { runProgram } from '#tests/support/run-program.ts';
import { startProgram, type RunningProgram } from '#tests/support/served-program.ts';
import { Wizard } from '../pages/wizard.ts';
import { buildComputer, type Computer } from './computer/computer.ts';
import { smtp, type MailServer } from './mail-server.ts';

export interface Launched {
  readonly wizard: Wizard;
  readonly link: string;
  /** Port of the NUT server. */
  readonly port: number;
  /** A setting as it is saved. */
  readonly setting: (key: string) => Promise<string>;
  /** Runs a command of the program to its end. @throws Error when it fails */
  readonly run: (...words: readonly string[]) => Promise<string>;
  /** Ends the program, or kills it; its data and its addresses stay. */
  readonly end: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again where it was. */
  readonly start: () => Promise<void>;
}

export interface LaunchOptions {
  /** Settings set before: names and values. */
  readonly settings?: readonly string[];
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export const test = base.extend<{
  readonly computer: Computer;
  readonly launch: (options?: LaunchOptions) => Promise<Launched>;
  readonly smtp: MailServer;
}>({
  smtp,
  // eslint-disable-next-line no-empty-pattern -- how Playwright is told that it needs nothing
  computer: async ({}, use) => {
    const computer = await buildComputer();
    await use(computer);
    await computer.remove();
  },
  launch: async ({ page, computer }, use) => {
    const { data } = computer;
    const [runtime = '', ...before] = computer.command;
    let program: RunningProgram | undefined;
    await use(async ({ settings = [], port: wanted, env: more = {} } = {}) => {
      const env = { ...process.env, ...computer.env, ...more };
      const run = async (...words: readonly string[]): Promise<string> => {
        const { status, stdout, stderr } = await runProgram(runtime, [...before, ...words], { env });
        if (status !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
        return stdout.trim();
      };
      const port = wanted ?? (await freePort());
      await run('config', 'set', 'server.remoteport', String(port), ...settings, '--data-dir', data);
      const web = `127.0.0.1:${await freePort()}`;
      const start = async (): Promise<string> => {
        program = startProgram(['serve', '--data-dir', data, '--web', web], { command: computer.command, env });
        const [, link = ''] = / web=(\S+)/.exec(await program.ready()) ?? [];
        return link;
      };
      const link = await start();
      await page.goto(link);
      return {
        wizard: new Wizard(page),
        link,
        port,
        run,
        setting: (key) => run('config', 'get', key, '--data-dir', data),
        async end(signal) {
          await program?.end(signal);
        },
        async start() {
          await start();
        },
      };
    });
    await program?.end();
  },
});
