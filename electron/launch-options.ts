/** The words after the program's name. Pure. */
import { parseArgs } from 'node:util';

export interface LaunchOptions {
  /** A simulated UPS instead of a real one. */
  readonly isDemo: boolean;
  /** Folder of NUT's files to take the configuration from. */
  readonly confDir: string | undefined;
  /** Started with the session: to the tray, without a window. */
  readonly isHidden: boolean;
  readonly dataDir: string | undefined;
}

/** Chromium's and Electron's own switches stand among ours, so unknown words are passed over. */
export function readLaunchOptions(args: readonly string[]): LaunchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: { type: 'boolean' },
      hidden: { type: 'boolean' },
      'nut-conf': { type: 'string' },
      'data-dir': { type: 'string' },
    },
    strict: false,
    allowPositionals: true,
  });
  const text = (value: string | boolean | undefined) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    isDemo: values.demo === true,
    confDir: text(values['nut-conf']),
    isHidden: values.hidden === true,
    dataDir: text(values['data-dir']),
  };
}
