import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** What a program has to end by itself in, where it was asked to. */
const PATIENCE_MS = 3_000;

/** Ends a process that a test started and waits until it has; one that has ended before is left alone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit').then(() => true);
  child.kill(signal);
  if (await Promise.race([ended, delay(PATIENCE_MS, false, { ref: false })])) return;
  child.kill('SIGKILL');
  await ended;
}
