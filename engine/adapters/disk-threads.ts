import { stat } from 'node:fs';

/** Node's own number is four. Idle ones cost next to nothing. */
const THREADS = '16';

/**
 * To be called before the first asynchronous call to a file. Node makes such calls, those to USB devices and look-ups of
 * names in threads that all share. A disk that hangs holds one for each file that is being written (the state of the
 * monitor, its decisions, waiting messages, a certificate); with all of them held the drivers would stand still too.
 */
export function allowForHangingDisk(): void {
  if (process.env.UV_THREADPOOL_SIZE !== undefined) return;
  process.env.UV_THREADPOOL_SIZE = THREADS;
  // The first call begins the threads, at once; what else is started from here has its own number.
  stat('/', () => undefined);
  delete process.env.UV_THREADPOOL_SIZE;
}
