/**
 * Sleep of a Linux computer, told by logind: a moment before, while a delay lock holds it back, and when it is over.
 * Where there is no logind, or none of the programs that ask it, nothing is told: the clock's jump tells afterwards.
 *
 * The lock and the watch are held by child processes that read from us: when this program is killed they end, and a
 * computer that goes to sleep waits for nobody.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock, Log, SleepMoment, Stop } from '#engine/ports.ts';
import { withinLimit } from '#engine/within-limit.ts';

const SIGNAL =
  "type='signal',sender='org.freedesktop.login1',interface='org.freedesktop.login1.Manager',member='PrepareForSleep'";
const WATCH = 'dbus-monitor --system "$1" & exec >/dev/null; cat; kill $!';
const LOCK = ['--what=sleep', '--mode=delay', '--who=Ridethrough', '--why=Notices before this computer sleeps', 'cat'];
/** logind itself waits no longer (InhibitDelayMaxSec). */
const LOCK_LIMIT_MS = 4_000;
/** The bus may not be there yet, or be started anew. */
const AGAIN_MS = 60_000;

export interface SleepWatchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** @param told is waited for before the computer may sleep, for a few seconds */
export function watchLogindSleep(options: SleepWatchOptions, told: (moment: SleepMoment) => Promise<void>): Stop {
  const { env, clock, log } = options;
  let watch: ChildProcess | undefined;
  let lock: ChildProcess | undefined;
  let cancelAgain: Stop = () => undefined;
  let isStopped = false;

  const takeLock = (): void => {
    lock = spawn('systemd-inhibit', LOCK, { env, stdio: ['pipe', 'ignore', 'ignore'] });
    lock.on('error', (error) => log.debug(`Sleep is not held back for notices: ${error.message}`));
    lock.stdin?.on('error', () => undefined); // it ended first
  };
  const releaseLock = (): void => {
    lock?.stdin?.end();
    lock = undefined;
  };

  const onMoment = (moment: SleepMoment): void => {
    if (moment === 'finished') {
      releaseLock();
      takeLock();
      void told('finished');
      return;
    }
    void withinLimit(clock, LOCK_LIMIT_MS, told('starting'), () => undefined).finally(releaseLock);
  };

  const begin = (): void => {
    let rest = '';
    let isOver = false;
    const over = (why: string): void => {
      if (isOver) return;
      isOver = true;
      watch?.stdin?.end();
      releaseLock();
      if (isStopped) return;
      log.debug(`Sleep of this computer is not told beforehand: ${why}`);
      cancelAgain = clock.after(AGAIN_MS, begin);
    };
    watch = spawn('sh', ['-c', WATCH, 'sh', SIGNAL], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    watch.stdin?.on('error', () => undefined); // it ended first
    watch.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, value] = /^\s+boolean (true|false)$/.exec(line) ?? [];
        if (value !== undefined) onMoment(value === 'true' ? 'starting' : 'finished');
      }
    });
    watch.on('error', (error) => over(error.message));
    watch.stdout?.on('close', () => over('the watch on the bus ended'));
    takeLock();
  };

  begin();
  return () => {
    isStopped = true;
    cancelAgain();
    releaseLock();
    watch?.stdin?.end();
  };
}
