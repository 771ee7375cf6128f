/** Runs the built program under the stand-in: one process of Node, one context of the browser, a page per window. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Frame, Page, Route } from '@playwright/test';
import { APP_HOST, APP_ORIGIN } from '#domain/bridge.ts';
import type { AppAnswer, FromProgram, Question } from './messages.ts';
import { pagePreload, SYNC_PATH } from './page-preload.ts';

/** Chromium cannot be taught `app:`, so the window's pages stand at this address and are told to the program as app://. */
const PAGE_ORIGIN = `https://${APP_HOST}.stand-in.test`;
const toPage = (url: string): string => url.replace(APP_ORIGIN, PAGE_ORIGIN);
const toApp = (url: string): string => url.replace(PAGE_ORIGIN, APP_ORIGIN);

const register = fileURLToPath(new URL('./register.ts', import.meta.url));

export interface StandInProgram {
  readonly process: ChildProcess;
  /** Everything that was written to standard error. */
  readonly log: () => string;
  readonly pages: () => readonly Page[];
  evaluate(source: string, argument: unknown): Promise<unknown>;
  readonly close: () => Promise<void>;
}

export async function startStandIn(
  browser: Browser,
  main: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<StandInProgram> {
  const context = await browser.newContext();
  const pages = new Map<number, Promise<Page>>();
  const open = new Set<Page>();
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let questions = 0;
  let log = '';

  const child = spawn(process.execPath, ['--import', register, main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const note = (chunk: Buffer): void => {
    log += chunk.toString();
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`The program has ended.\n${log}`));
    waiting.clear();
  });

  const ask = (question: Question): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const number = ++questions;
      waiting.set(number, { resolve, reject });
      // A page may ask while the program ends: then the channel is broken before it is said to be closed.
      child.send({ type: 'question', question: number, ...question }, (problem) => {
        if (!problem) return;
        waiting.delete(number);
        reject(new Error(`The program has ended.\n${log}`, { cause: problem }));
      });
    });

  const hear = async (message: FromProgram): Promise<void> => {
    switch (message.type) {
      case 'make-window': {
        const made = makePage(context, message.window, message.preload, message.size, ask);
        pages.set(message.window, made);
        open.add(await made);
        break;
      }
      case 'load': {
        const page = await pages.get(message.window);
        const problem = await page?.goto(toPage(message.url), { waitUntil: 'domcontentloaded' }).then(
          () => undefined,
          (error: unknown) => String(error),
        );
        // Nobody waits for this word in a program that has ended.
        child.send({ type: 'loaded', window: message.window, problem }, () => undefined);
        break;
      }
      case 'send': {
        const page = await pages.get(message.window);
        // Before the page is there nobody listens, as in Electron.
        if (page && !page.isClosed()) {
          await page.evaluate(`window.standInReceive?.(...${JSON.stringify([message.channel, message.args])})`);
        }
        break;
      }
      case 'destroy-window': {
        const page = await pages.get(message.window);
        pages.delete(message.window);
        if (page) open.delete(page);
        await page?.close();
        break;
      }
      case 'answer':
      case 'failed': {
        const asked = waiting.get(message.question);
        waiting.delete(message.question);
        if (message.type === 'answer') asked?.resolve(message.value);
        else asked?.reject(new Error(message.reason));
      }
    }
  };
  let heard = Promise.resolve();
  child.on('message', (message: FromProgram) => {
    const isAnswer = message.type === 'answer' || message.type === 'failed';
    // In the order in which it was told, so that a window gets the last word before it is closed. Answers pass by:
    // loading a page needs them.
    const turn = isAnswer ? hear(message) : (heard = heard.then(() => hear(message)));
    heard = heard.catch(() => undefined);
    turn.catch((error: unknown) => {
      // A page that is closed in the middle of a call is no news; everything else is.
      if (!/closed|destroyed|navigat/i.test(String(error))) log += `host: ${String(error)}\n`;
    });
  });

  return {
    process: child,
    log: () => log,
    pages: () => [...open],
    evaluate: (source, argument) => ask({ ask: 'evaluate', source, argument }),
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }
      if (child.connected) await new Promise((resolve) => child.once('disconnect', resolve));
      // A page that is closed while it is being made brings Playwright down.
      await heard;
      await context.close();
    },
  };
}

async function makePage(
  context: BrowserContext,
  window: number,
  preload: string,
  size: { width: number; height: number },
  ask: (question: Question) => Promise<unknown>,
): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize(size);
  await page.exposeBinding('standInInvoke', async ({ frame }, channel: string, args: unknown[]) => {
    try {
      return { value: await ask({ ask: 'invoke', window, channel, args, frame: toldFrame(frame) }) };
    } catch (error) {
      return { problem: String(error) };
    }
  });
  await page.exposeBinding('standInSend', async ({ frame }, channel: string, args: unknown[]) => {
    await ask({ ask: 'send', window, channel, args, frame: toldFrame(frame) });
  });
  await page.addInitScript({ content: pagePreload(readFileSync(preload, 'utf8')) });
  await page.route('**/*', (route) =>
    // The program may end while its page still asks for a file.
    answerRoute(route, window, ask).catch(() => (page.isClosed() ? undefined : route.abort('aborted'))),
  );
  page.on('popup', (popup) => {
    void ask({ ask: 'leave', window, url: popup.url(), how: 'open' })
      .catch(() => undefined)
      .then(() => popup.close());
  });
  return page;
}

const toldFrame = (frame: Frame): { url: string; isTop: boolean } => ({
  url: toApp(frame.url()),
  isTop: frame.parentFrame() === null,
});

/** Our own addresses come from the program; a page that wants to go elsewhere is asked about and stays. */
async function answerRoute(route: Route, window: number, ask: (question: Question) => Promise<unknown>): Promise<void> {
  const request = route.request();
  const url = request.url();
  if (url === PAGE_ORIGIN + SYNC_PATH) {
    const { channel, args } = request.postDataJSON() as { channel: string; args: unknown[] };
    const value = await ask({ ask: 'send', window, channel, args, frame: toldFrame(request.frame()) });
    await route.fulfill({ json: { value } });
    return;
  }
  if (new URL(url).origin === PAGE_ORIGIN) {
    const answer = (await ask({ ask: 'app-file', url: toApp(url), method: request.method() })) as AppAnswer;
    await route.fulfill({ status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) });
    return;
  }
  if (request.isNavigationRequest()) await ask({ ask: 'leave', window, url, how: 'navigate' });
  // "aborted" leaves the page as it is; any other reason would put an error page in its place.
  await route.abort('aborted');
}
