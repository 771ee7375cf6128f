/** Finds the way to the engine: the desktop shell's bridge in a window, a WebSocket beside the page in a browser. */
import type { RidethroughBridge } from '#domain/bridge.ts';
import type { EngineClient } from '#domain/client.ts';
import { createIpcClient } from './ipc-client.ts';
import { createWsClient } from './ws-client.ts';

declare global {
  interface Window {
    /** Put there by the preload script of the desktop shell. */
    readonly ridethrough?: RidethroughBridge;
  }
}

export function connect(window: Window): EngineClient {
  if (window.ridethrough) return createIpcClient(window.ridethrough);
  const address = new URL('./socket', window.location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.search = '';
  address.hash = '';
  return createWsClient(address.href, () => isRefused(window));
}

/** Whether the program answers although it does not accept this page: then trying again is no use. */
async function isRefused({ location }: Window): Promise<boolean> {
  try {
    await fetch(new URL('./healthz', location.href), { cache: 'no-store' });
    const page = await fetch(new URL('./', location.href), { cache: 'no-store', method: 'HEAD' });
    return page.status === 401;
  } catch {
    // Nobody answers: the program is not there at present and may come back.
    return false;
  }
}
