import type { EventName, EventPayload, RequestName, RequestParams, RequestResult } from './contract.ts';

/** Whether the engine can be reached: `reconnecting` keeps what is shown, `gone` says that it ended for good. */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'gone';

/** The engine as a face sees it, whatever the transport. */
export interface EngineClient {
  /** @throws AppError with the engine's own message and remedy; client/unreachable when there is no connection */
  request<Name extends RequestName>(name: Name, params: RequestParams<Name>): Promise<RequestResult<Name>>;
  /** @returns ends the subscription */
  subscribe<Name extends EventName>(name: Name, receive: (payload: EventPayload<Name>) => void): () => void;
  /** Calls back at once with the present state and after every change. */
  onConnection(changed: (state: ConnectionState) => void): () => void;
  close(): void;
}
