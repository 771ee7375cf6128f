/** The desktop program: ports, engine, IPC, window, tray. Only wiring; every decision has a file of its own. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, dialog, ipcMain, nativeTheme, powerMonitor, protocol, safeStorage, session, shell } from 'electron';
import { describeError } from '#domain/errors.ts';
import { isShutdownComing } from '#domain/shutdown-sentence.ts';
import { message } from '#domain/messages/message.ts';
import { allowForHangingDisk } from '#engine/adapters/disk-threads.ts';
import { createReadFs } from '#engine/adapters/node-hid-fs.ts';
import { holdDataFolder } from '#engine/adapters/hold-data-folder.ts';
import { createMulticastDiscovery } from '#engine/adapters/multicast-discovery.ts';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { logOutput } from '#engine/adapters/error-output.ts';
import { createPinoLog } from '#engine/adapters/pino-log.ts';
import { systemClock as clock } from '#engine/adapters/system-clock.ts';
import { createSetupSystem } from '#engine/adapters/setup-system.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { findDevices } from '#engine/api/found-devices.ts';
import { dataDirectory } from '#engine/data-dir.ts';
import { takeOwnDefinitions } from '#engine/devices/own-definitions.ts';
import { createProduct, type Product } from '#engine/product.ts';
import { RULE_FILE } from '#engine/setup/udev-rule.ts';
import type { SettingsKeeper } from '#engine/settings/settings-keeper.ts';
import { APP_SCHEME_PRIVILEGES, serveApp } from './app-protocol.ts';
import { askToShutDown } from './ask-shutdown.ts';
import { chooseConfiguration } from './engine-host.ts';
import { panelOf } from './icon-files.ts';
import { createIpcServer } from './ipc-server.ts';
import { readLaunchOptions } from './launch-options.ts';
import { askToQuit, becomeOnlyInstance, endThrough } from './lifecycle.ts';
import { installMenu } from './menu.ts';
import { hasTray } from './no-tray.ts';
import { actionsOf } from './notification-actions.ts';
import { createNotifications } from './notifications.ts';
import { createQuitSequence } from './quit-sequence.ts';
import { createSafeSeal } from './safe-secrets.ts';
import { secureContents, secureSession } from './security.ts';
import { createShellLanguage, serveLanguage } from './shell-language.ts';
import { watchSleepEvents } from './sleep-events.ts';
import { MUTE, runTrayCommand, runWish, type Told, type Wish } from './tray-commands.ts';
import { trayView, type Phase } from './tray-view.ts';
import { createTray } from './tray.ts';
import { openUiPreferences } from './ui-preferences.ts';
import { watchUpses, type UpsWatch } from './ups-watch.ts';
import { createMainWindow, type MainWindow } from './windows.ts';

const APP_ID = 'org.ridethrough.Ridethrough';
/** How often a tooltip that counts minutes is brought up to date, seconds; a countdown is each second. */
const TOOLTIP_SECONDS = 15;

const { env, platform } = process;
const options = readLaunchOptions(process.argv.slice(app.isPackaged ? 1 : 2));
const dataDir = resolve(dataDirectory(options.dataDir, env));
const shellFolder = join(dataDir, 'shell');
const rendererFolder = join(import.meta.dirname, '../renderer');
const icons = join(import.meta.dirname, '../../resources/icons');
const appIcon = join(icons, 'app/256.png');
const log = createPinoLog(env.RIDETHROUGH_LOG === 'debug' ? 'debug' : 'info');

let window: MainWindow | undefined;

allowForHangingDisk();

app.setName(message('shell.name', {}));
app.setAppUserModelId(APP_ID);
// One folder for everything, also for the lock of the only instance. Electron takes only a folder that is there.
mkdirSync(shellFolder, { recursive: true, mode: 0o700 });
app.setPath('userData', shellFolder);
protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);

if (becomeOnlyInstance(() => window?.open())) {
  secureContents(app, shell, log);
  app
    .whenReady()
    .then(start)
    .catch(async (error: unknown) => {
      log.error(`The start failed: ${describeError(error)}`);
      await logOutput.settled();
      app.exit(1);
    });
} else {
  app.quit();
}

async function start(): Promise<void> {
  let phase: Phase = 'starting';
  let product: Product | undefined;
  let keeper: SettingsKeeper | undefined;
  let watch: UpsWatch | undefined;

  const preferences = openUiPreferences(log);
  const language = createShellLanguage(preferences, app.getPreferredSystemLanguages(), () => {
    setMenu();
    refresh();
  });
  const locale = () => language.locale;

  secureSession(session.defaultSession);
  serveApp(protocol, rendererFolder);
  const ipc = createIpcServer({ ipcMain, windows: () => window?.contents ?? [], log });
  serveLanguage(ipcMain, language, log);
  const isTrayShown = await hasTray(platform, env, log);
  const made = createMainWindow({
    preferences,
    preload: join(import.meta.dirname, 'preload.cjs'),
    icon: appIcon,
    hasTray: isTrayShown,
    isDark: () => nativeTheme.shouldUseDarkColors,
    log,
    locale,
  });
  window = made;
  const open = (): void => made.open();
  const runCommand = async (ups: string, command: string): Promise<void> => {
    const answer = product && (await runTrayCommand(product.api, ups, command, locale()));
    told(answer);
  };
  const notifications = createNotifications({
    icon: appIcon,
    platform,
    clock,
    log,
    locale,
    storyTold: {
      get: () => preferences.get('storyTold'),
      set: (startedAt) => preferences.set('storyTold', startedAt),
    },
    open,
    async actionsOf(note) {
      // What has just failed may not be counted down to yet.
      await product?.monitor.looked();
      const canCancel = product?.monitor.view().canCancel === true;
      const ups = watch?.list().find(({ snapshot }) => snapshot.name === note.ups)?.snapshot;
      return actionsOf(note, ups, canCancel, locale());
    },
    act(note, action) {
      if (action === 'mute' && note.ups !== undefined) void runCommand(note.ups, MUTE);
      if (action === 'cancel') void fulfil('cancel');
    },
  });
  const told = (what: Told | undefined): void => {
    if (what) notifications.tell(what.title, what.body);
  };
  const quit = (): void => void askToQuit(phase === 'running' && (watch?.list().length ?? 0) > 0, locale());

  const tray = isTrayShown
    ? createTray({
        icons,
        platform,
        panel: () =>
          panelOf(
            platform,
            platform === 'linux'
              ? nativeTheme.shouldUseDarkColors
              : nativeTheme.shouldUseDarkColorsForSystemIntegratedUI,
            env.XDG_CURRENT_DESKTOP,
          ),
        act: (action) => {
          switch (action.type) {
            case 'open':
              return open();
            case 'quit':
              return quit();
            case 'command':
              return void runCommand(action.ups, action.command);
            case 'wish':
              return void fulfil(action.wish);
          }
        },
      })
    : undefined;
  /** Shutting down is asked about; the other wishes can be taken back. */
  const fulfil = async (wish: Wish): Promise<void> => {
    const monitor = watch?.monitor();
    if (!product || !monitor || (wish === 'shutdown-now' && !(await askToShutDown(monitor, locale())))) return;
    told(await runWish(product.api, wish, locale()));
  };
  const refresh = (): void => tray?.show(trayView(watch?.list() ?? [], phase, clock.now(), locale(), watch?.monitor()));
  let seconds = 0;
  const stopTicking = clock.every(1000, () => {
    const monitor = watch?.monitor();
    seconds += 1;
    if ((monitor && isShutdownComing(monitor)) || seconds % TOOLTIP_SECONDS === 0) refresh();
  });
  nativeTheme.on('updated', () => tray?.redraw());
  const setMenu = (): void =>
    installMenu({ platform, isPackaged: app.isPackaged, locale: locale(), quit, setUp: () => made.openAt('setup') });
  setMenu();

  endThrough(
    createQuitSequence(
      [
        {
          name: 'tell windows and tray',
          run: () => {
            phase = 'ending';
            stopTicking();
            watch?.stop();
            refresh();
            ipc.end();
          },
        },
        {
          name: 'stop the engine',
          run: () => {
            keeper?.stop();
            return product?.stop();
          },
        },
        {
          name: 'close window and tray',
          run: () => {
            notifications.close();
            made.destroy();
            tray?.destroy();
          },
        },
      ],
      clock,
      log,
    ),
  );

  refresh();
  if (!options.isHidden || !isTrayShown) open();

  const hidPort = createNodeHidPort({ clock, log });
  try {
    await holdDataFolder(dataDir, clock, log);
    const chosen = await chooseConfiguration(
      options,
      { dataDir, clock, log, seal: () => createSafeSeal({ keyring: safeStorage, platform, clock, log }) },
      env,
    );
    keeper = chosen.settings;
    const made = createProduct({
      configuration: chosen.configuration,
      ...(keeper ? { settings: keeper } : {}),
      locale,
      desktop: notifications,
      dataDir,
      clock,
      log,
      hidPort,
      power: createSystemPower({
        clock,
        log,
        folder: join(dataDir, 'shutdown-actions'),
        env,
        watchSleep: watchSleepEvents(powerMonitor),
      }),
      setupSystem: createSetupSystem({
        platform,
        env,
        fs: createReadFs(),
        log,
        ruleFile: join(app.isPackaged ? process.resourcesPath : join(icons, '..'), 'udev', RULE_FILE),
      }),
      definitions: await takeOwnDefinitions(dataDir, clock, log),
      discovery: createMulticastDiscovery(clock),
      scanDevices: () => findDevices(hidPort),
    });
    // Most often NUT's own server already listens there. Warnings and the shutdown do not need the network.
    product = made;
    await made.start('wished');
    watch = await watchUpses(made.api);
    const follow = (): void => {
      refresh();
      const monitor = watch?.monitor();
      if (monitor) notifications.follow(monitor);
    };
    watch.onChange(follow);
    phase = 'running';
    ipc.serve(made.api);
    follow();
    if (made.networkProblem) {
      notifications.tell(message('notice.no-nut', {}, locale()), describeError(made.networkProblem, locale()));
    }
  } catch (error) {
    phase = 'failed';
    refresh();
    ipc.end();
    log.error(`The engine could not be started: ${describeError(error)}`);
    dialog.showErrorBox(
      message('shell.name', {}),
      message('error.shell/start-failed', { reason: describeError(error, locale()) }, locale()),
    );
  }
}
