/**
 * Our NUT server in a process of its own, for measuring. The variables to serve come as a message from the parent;
 * later messages change one, free memory, or end it.
 */
import { systemClock } from '#engine/adapters/system-clock.ts';
import { createNutServer } from '#engine/nut/server.ts';
import { UPSMON_ACTIONS } from '#engine/nut/users.ts';
import type { Log } from '#engine/ports.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { keepMemorySmall } from '#headless/service-memory.ts';

export type Order =
  | { readonly type: 'serve'; readonly ups: string; readonly variables: Readonly<Record<string, string>> }
  | { readonly type: 'set'; readonly variable: string; readonly value: string }
  | { readonly type: 'measure' };

export type Report =
  | { readonly type: 'serving'; readonly port: number }
  /** When the state changed, in nanoseconds of the system's monotonic clock. */
  | { readonly type: 'set'; readonly at: string }
  /** Bytes, after a garbage collection. */
  | { readonly type: 'measured'; readonly resident: number; readonly heap: number };

// As `serve` runs.
keepMemorySmall();

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quiet,
};

const store = createUpsStore(systemClock);
let ups = '';

const report = (message: Report): void => void process.send?.(message);

async function serve(order: Extract<Order, { type: 'serve' }>): Promise<void> {
  ups = order.ups;
  store.add({ name: ups, driver: 'nut-driver', port: '', options: {} }, 15);
  store.dispatch(ups, { type: 'connected' });
  store.dispatch(ups, { type: 'update', set: order.variables });
  store.dispatch(ups, { type: 'ready' });
  // A driver that lives speaks every second or two.
  systemClock.every(1_000, () => store.dispatch(ups, { type: 'alive' }));
  const server = createNutServer({
    store,
    control: { runCommand: () => Promise.resolve('handled'), setVariable: () => Promise.resolve('handled') },
    clock: systemClock,
    log: quiet,
    users: () => [
      { name: 'mon', password: 'pw', actions: new Set(UPSMON_ACTIONS.secondary), commands: new Set<string>() },
    ],
    config: { listen: [{ host: '127.0.0.1', port: 0 }], allowNotAllListeners: false, trackingDelaySeconds: 3600 },
  });
  const [address] = await server.start();
  report({ type: 'serving', port: address?.port ?? 0 });
}

async function measure(): Promise<void> {
  // Several rounds, because what a collection frees may free more in the next.
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await systemClock.sleep(50);
  }
  const { rss, heapUsed } = process.memoryUsage();
  report({ type: 'measured', resident: rss, heap: heapUsed });
}

process.on('message', (order: Order) => {
  if (order.type === 'serve') void serve(order);
  else if (order.type === 'measure') void measure();
  else {
    store.dispatch(ups, { type: 'update', set: { [order.variable]: order.value } });
    report({ type: 'set', at: String(process.hrtime.bigint()) });
  }
});
