/** How V8 is told to keep little: a service is idle for years, and was busy for a second at its start. */
import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  // Start-up fills the young generation of the heap, which then keeps up to 16 MiB of a service that needs 2.
  '--semi-space-growth-factor=1',
  // The other heaps keep less of what start-up left as well: 4 MiB that would do nothing.
  '--optimize-for-size',
  // V8's last compiler is 6 MiB of its program, read in for a handful of loops, its first one another; the one between
  // them serves as well here.
  '--no-turbofan',
  '--no-sparkplug',
  // For the thread of the history, which throws away what its own start left behind.
  '--expose-gc',
] as const;

/** To be called before what is to be kept small is loaded. */
export function keepMemorySmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
