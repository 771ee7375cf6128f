/** NUT's daemons beside others of their kind, as on a computer that runs NUT or several tests at once. */
import { spawnSync } from 'node:child_process';

/** Compiled into Debian's programs; no variable of the environment leads elsewhere. */
const PID_FOLDER = '/run/nut';

let canIsolate: boolean | undefined;

/** Mounting needs root and a system that lets it. */
function isAllowed(): boolean {
  canIsolate ??=
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', PID_FOLDER]).status === 0;
  return canIsolate;
}

/**
 * A daemon refuses to start while the PID file of its kind names a living process. Where it can be had it gets an empty
 * folder for that file; and it ends with whoever started it, so that a run that is broken off leaves none behind.
 *
 * @returns program and arguments that run the given ones so
 */
export function withOwnPidFolder(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  if (!isAllowed()) return [program, args];
  const script = `mount -t tmpfs none ${PID_FOLDER} && exec "$@"`;
  return ['setpriv', ['--pdeathsig', 'KILL', 'unshare', '--mount', 'sh', '-c', script, 'sh', program, ...args]];
}
