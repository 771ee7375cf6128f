/**
 * The desktop program for tests: through Playwright's `_electron` where a real binary is at hand, else the same built
 * bundles under the stand-in. Specs do not see the difference.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, chromium, type Browser, type Page } from '@playwright/test';
import { startStandIn } from './stand-in/host.ts';

type Electron = typeof import('electron');

const root = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(root, 'dist/electron/main.mjs');
const register = fileURLToPath(new URL('./stand-in/register.ts', import.meta.url));
const tap = fileURLToPath(new URL('./tap.cjs', import.meta.url));

/** Switches that keep Chromium alone and still. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The real program, where there is one; never fetched for a test. */
export function electronBinary(): string | undefined {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(root, 'node_modules/electron/dist');
  const name =
    process.platform === 'win32'
      ? 'electron.exe'
      : process.platform === 'darwin'
        ? 'Electron.app/Contents/MacOS/Electron'
        : 'electron';
  const path = join(folder, name);
  return existsSync(path) ? path : undefined;
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: CHROMIUM_ARGS });

export interface TrayOnScreen {
  /** `plug-mains`, `battery-4-battery` … */
  readonly icon: string;
  readonly tooltip: string;
  readonly menu: readonly { readonly label: string; readonly isEnabled: boolean }[];
}

export interface Shell {
  readonly kind: 'electron' | 'stand-in';
  readonly dataDir: string;
  /** Windows that stand at this moment. */
  readonly pages: () => readonly Page[];
  /** Runs in the main process, given as text: nothing from the test's scope is there. */
  readonly evaluate: <Argument, Result>(
    run: (electron: Electron, argument: Argument) => Result,
    argument: Argument,
  ) => Promise<Awaited<Result>>;
  tray(): Promise<TrayOnScreen>;
  chooseInTray(label: string): Promise<void>;
  notifications(): Promise<readonly { readonly title: string; readonly body: string }[]>;
  /** Starts the program a second time with the same data. @returns its exit status */
  launchAgain(): Promise<number | null>;
  /** Ends the program the given way. @returns its exit status */
  end(how: 'quit' | 'signal' | 'system shutdown'): Promise<number | null>;
  readonly log: () => string;
  /** Ends what is left and takes the data away. */
  dispose(): Promise<void>;
}

export interface ShellOptions {
  readonly desktop?: string;
  /** Environment in which notifications are shown; nowhere unless given. */
  readonly notifying?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  /** Taken over from a program that ran before. */
  readonly dataDir?: string;
  /** On the settings of the data folder and not on NUT's files. */
  readonly hasOwnSettings?: boolean;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A demo UPS served on a port that is free, described in NUT's own files. */
async function writeConfiguration(folder: string): Promise<string> {
  const confDir = join(folder, 'nut');
  mkdirSync(confDir, { recursive: true });
  const port = await freePort();
  writeFileSync(join(confDir, 'ups.conf'), '[demo]\n  driver = demo\n  port = auto\n  desc = "Demo UPS"\n');
  writeFileSync(join(confDir, 'upsd.conf'), `LISTEN 127.0.0.1 ${port}\n`);
  writeFileSync(join(confDir, 'upsd.users'), '');
  return confDir;
}

export async function launchShell(browser: Browser, options: ShellOptions = {}): Promise<Shell> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'rt-'));
  const args = [...(options.args ?? [])];
  if (!options.hasOwnSettings) args.push('--nut-conf', await writeConfiguration(dataDir));
  const env = {
    ...process.env,
    RIDETHROUGH_NO_POWER: '1',
    RIDETHROUGH_DATA_DIR: dataDir,
    XDG_CURRENT_DESKTOP: options.desktop ?? 'KDE',
    // No session bus: the desktop's name decides whether there is a tray.
    DBUS_SESSION_BUS_ADDRESS: options.notifying?.DBUS_SESSION_BUS_ADDRESS ?? 'unix:path=/nonexistent',
    XDG_RUNTIME_DIR: dataDir,
  };
  const program = electronBinary() ? await launchElectron(args, env) : await launchStandIn(browser, args, env);
  const evaluate: Shell['evaluate'] = program.evaluate;

  return {
    kind: program.kind,
    dataDir,
    pages: program.pages,
    evaluate,
    tray: () =>
      evaluate(() => {
        const { icon, tooltip, menu } = (globalThis as unknown as { shellSeen: Seen }).shellSeen;
        return {
          icon: icon.replace(/^.*[\\/]|-\d+\.png$/g, ''),
          tooltip: tooltip.split('\n').slice(1).join('\n'),
          menu: menu
            .filter((item) => item.type !== 'separator')
            .map((item) => ({ label: item.label, isEnabled: item.enabled })),
        };
      }, undefined),
    chooseInTray: (label) =>
      evaluate((_, wanted) => {
        const { menu } = (globalThis as unknown as { shellSeen: Seen }).shellSeen;
        const item = menu.find((candidate) => candidate.label === wanted);
        if (!item) throw new Error(`The tray's menu has no "${wanted}"`);
        item.click();
      }, label),
    notifications: () =>
      evaluate(() => (globalThis as unknown as { shellSeen: Seen }).shellSeen.notifications, undefined),
    launchAgain: () =>
      new Promise((resolve, reject) => {
        const binary = electronBinary();
        const words = binary ? [binary, MAIN] : [process.execPath, '--import', register, MAIN];
        const [file = '', ...rest] = [...words, ...args];
        spawn(file, rest, { env, stdio: 'ignore' }).on('exit', resolve).on('error', reject);
      }),
    end: async (how) => {
      const { process: child } = program;
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      if (how === 'signal') child.kill('SIGTERM');
      else {
        evaluate(({ app, powerMonitor }, isQuit) => {
          if (isQuit) app.quit();
          else powerMonitor.emit('shutdown', { preventDefault: () => undefined });
        }, how === 'quit').catch(() => undefined); // The answer may not come any more when the program goes.
      }
      return ended;
    },
    log: program.log,
    async dispose() {
      await program.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface Seen {
  readonly icon: string;
  readonly tooltip: string;
  readonly menu: readonly { label: string; enabled: boolean; type?: string; click: () => void }[];
  readonly notifications: { title: string; body: string }[];
}

type Program = Pick<Shell, 'kind' | 'pages' | 'evaluate' | 'log'> & {
  readonly process: ReturnType<typeof spawn>;
  readonly close: () => Promise<void>;
};

async function launchElectron(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const executablePath = electronBinary();
  const app = await _electron.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['-r', tap, ...CHROMIUM_ARGS, MAIN, ...args],
    env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  });
  let log = '';
  app.process().stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  return {
    kind: 'electron',
    process: app.process(),
    pages: () => app.windows(),
    evaluate: (run, argument) => app.evaluate(run as never, argument) as never,
    log: () => log,
    close: () => app.close(),
  };
}

async function launchStandIn(browser: Browser, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const program = await startStandIn(browser, MAIN, args, env);
  return {
    kind: 'stand-in',
    process: program.process,
    pages: program.pages,
    evaluate: (run, argument) => program.evaluate(run.toString(), argument) as never,
    log: program.log,
    close: program.close,
  };
}
