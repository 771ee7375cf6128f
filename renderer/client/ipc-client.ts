/** The engine over the desktop shell's bridge: same process tree, so there is nothing to reconnect here. */
import type { RidethroughBridge } from '#domain/bridge.ts';
import type { EngineClient } from '#domain/client.ts';
import {
  events,
  requests,
  type EventName,
  type EventPayload,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '#domain/contract.ts';
import { ApiError, RemoteError } from '#domain/errors.ts';

export function createIpcClient(bridge: RidethroughBridge): EngineClient {
  const stops = new Set<() => void>();

  const keep = (stop: () => void): (() => void) => {
    const once = (): void => {
      if (stops.delete(once)) stop();
    };
    stops.add(once);
    return once;
  };

  return {
    async request<Name extends RequestName>(name: Name, params: RequestParams<Name>) {
      const answer = await bridge.request(name, params);
      if (!answer.ok) throw new RemoteError(answer.error);
      const parsed = requests[name].result.safeParse(answer.value);
      if (!parsed.success) throw new ApiError('api/bad-request', { name, reason: parsed.error.message });
      return parsed.data as RequestResult<Name>;
    },
    subscribe<Name extends EventName>(name: Name, receive: (payload: EventPayload<Name>) => void) {
      return keep(
        bridge.subscribe(name, (payload) => {
          const parsed = events[name].payload.safeParse(payload);
          if (parsed.success) receive(parsed.data as EventPayload<Name>);
        }),
      );
    },
    onConnection: (changed) => keep(bridge.onConnection(changed)),
    close() {
      for (const stop of [...stops]) stop();
    },
  };
}
