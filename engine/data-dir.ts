import { homedir, platform } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder for settings, secrets, history and logs.
 * @param asked `--data-dir`
 * @returns what was asked for, else RIDETHROUGH_DATA_DIR, else the platform's folder for application data
 */
export function dataDirectory(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (asked !== undefined) return asked;
  if (env.RIDETHROUGH_DATA_DIR) return env.RIDETHROUGH_DATA_DIR;
  switch (platform()) {
    case 'win32':
      return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'ridethrough');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'ridethrough');
    default:
      return join(sharedData(env.XDG_DATA_HOME), 'ridethrough');
  }
}

/** An empty or relative path counts as none. Source: XDG Base Directory Specification 0.8, Environment variables. */
const sharedData = (told = ''): string => (isAbsolute(told) ? told : join(homedir(), '.local', 'share'));
