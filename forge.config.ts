/**
 * Packages of the desktop program, made by electron-builder: `npm run package`.
 * Icons: scripts/render-icons.ts. Fuses are switches inside of Electron's program, set before it is signed.
 */
import type { Configuration } from 'electron-builder';

/** Nobody may turn the program that watches the UPS into something else by its environment or its files. */
export const fuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
} as const satisfies Configuration['electronFuses'];

const UDEV_RULES = 'resources/udev/60-ridethrough.rules';

const config: Configuration = {
  appId: 'org.ridethrough.Ridethrough',
  productName: 'Ridethrough',
  copyright: 'GPL-2.0-or-later',
  directories: { output: 'release', buildResources: 'resources' },
  files: [
    'package.json',
    'dist/electron/**',
    'dist/renderer/**',
    'resources/icons/{app,tray,template}/**',
    // What was bundled into dist is not needed a second time; what is left are the native modules and the log.
    '!**/node_modules/**/*.{map,md,markdown,d.ts,d.mts,d.cts}',
    '!**/node_modules/**/{test,tests,__tests__,docs,example,examples,benchmark,benchmarks}/**',
  ],
  asar: true,
  // The system's loader reads native modules from real files only.
  asarUnpack: ['**/*.node'],
  // node-hid and usb bring their binaries with them; nothing is compiled.
  npmRebuild: false,
  electronFuses: fuses,
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
  linux: {
    target: ['AppImage', 'deb'],
    icon: 'resources/icons/app',
    category: 'System',
    synopsis: 'Keeps this computer standing through a power cut',
    executableName: 'ridethrough-desktop',
    maintainer: 'The Ridethrough developers <nobody@ridethrough.invalid>',
    extraResources: [{ from: 'resources/udev', to: 'udev' }],
  },
  deb: {
    // Installed with the package, so that no UPS needs a permission repaired.
    fpm: [`${UDEV_RULES}=/usr/lib/udev/rules.d/60-ridethrough.rules`],
    recommends: ['libayatana-appindicator3-1'],
  },
  win: { target: ['nsis'], icon: 'resources/icons/app.ico' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: {
    target: ['dmg'],
    icon: 'resources/icons/app.icns',
    category: 'public.app-category.utilities',
    hardenedRuntime: true,
    gatekeeperAssess: false,
  },
  publish: null,
};

export default config;
