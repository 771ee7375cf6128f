/** The engine over WebSocket. Reconnects by itself; a request that was under way fails and is the asker's to repeat. */
import type { ConnectionState, EngineClient } from '#domain/client.ts';
import {
  events,
  isEventName,
  requests,
  type EventName,
  type EventPayload,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '#domain/contract.ts';
import { ApiError, RemoteError } from '#domain/errors.ts';
import { LONGEST_WAIT } from '#domain/schema/settings/ups-settings.ts';
import { z } from 'zod';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** A connection that held shorter than this does not shorten the pause before the next try. */
const STEADY_MS = 10_000;
const ANSWER_MS = 20_000;
/** Requests that take longer: the system asks a person first, a mail server or a person's own command takes its time. */
const LONG_ANSWERS_MS: Partial<Record<RequestName, number>> = {
  'setup.installRule': 600_000,
  'settings.testAlert': 120_000,
  // The longest time that a command may be given, and the way there and back.
  'setup.tryCommand': LONGEST_WAIT * 1000 + ANSWER_MS,
};

const AnswerFrame = z.union([
  z.object({ id: z.number(), ok: z.literal(true), value: z.unknown() }),
  z.object({
    id: z.number(),
    ok: z.literal(false),
    error: z.object({
      code: z.string(),
      message: z.string(),
      remedy: z.string(),
      details: z.record(z.string(), z.unknown()),
    }),
  }),
]);
const EventFrame = z.object({ event: z.string(), payload: z.unknown() });

interface Waiting {
  readonly name: RequestName;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * @param url address of the socket
 * @param onRefused called when the server does not accept this session any more
 */
export function createWsClient(url: string, onRefused: () => Promise<boolean>): EngineClient {
  const subscribers = new Map<EventName, Set<(payload: never) => void>>();
  const watchers = new Set<(state: ConnectionState) => void>();
  const waiting = new Map<number, Waiting>();
  let state: ConnectionState = 'connecting';
  let socket: WebSocket | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let steady: ReturnType<typeof setTimeout> | undefined;
  let lastId = 0;
  let isClosed = false;

  const become = (next: ConnectionState): void => {
    if (state === next) return;
    state = next;
    for (const watcher of watchers) watcher(next);
  };

  const failAll = (): void => {
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new ApiError('client/unreachable', {}));
    }
    waiting.clear();
  };

  const settle = (frame: z.infer<typeof AnswerFrame>): void => {
    const asked = waiting.get(frame.id);
    if (!asked) return;
    waiting.delete(frame.id);
    clearTimeout(asked.timer);
    if (!frame.ok) asked.reject(new RemoteError(frame.error));
    else {
      const parsed = requests[asked.name].result.safeParse(frame.value);
      if (parsed.success) asked.resolve(parsed.data);
      else asked.reject(new ApiError('api/bad-request', { name: asked.name, reason: parsed.error.message }));
    }
  };

  const tell = ({ event, payload }: z.infer<typeof EventFrame>): void => {
    if (!isEventName(event)) return;
    const parsed = events[event].payload.safeParse(payload);
    if (!parsed.success) return;
    for (const subscriber of subscribers.get(event) ?? []) subscriber(parsed.data as never);
  };

  const receive = (text: string): void => {
    const frame = parseJson(text);
    const told = EventFrame.safeParse(frame);
    if (told.success) {
      tell(told.data);
      return;
    }
    const answer = AnswerFrame.safeParse(frame);
    if (answer.success) settle(answer.data);
  };

  const lost = async (wasOpen: boolean): Promise<void> => {
    failAll();
    clearTimeout(steady);
    if (isClosed) return;
    become('reconnecting');
    // A refusal and an absent server look alike from here; only asking tells them apart.
    if (!wasOpen && (await onRefused())) {
      become('gone');
      return;
    }
    retry = setTimeout(open, retryMs);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  };

  const open = (): void => {
    let wasOpen = false;
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener('open', () => {
      wasOpen = true;
      steady = setTimeout(() => (retryMs = FIRST_RETRY_MS), STEADY_MS);
      become('connected');
    });
    opened.addEventListener('message', (message) => {
      if (typeof message.data === 'string') receive(message.data);
    });
    opened.addEventListener('close', () => void lost(wasOpen));
  };
  open();

  return {
    request<Name extends RequestName>(name: Name, params: RequestParams<Name>) {
      return new Promise<RequestResult<Name>>((resolve, reject) => {
        if (socket?.readyState !== WebSocket.OPEN) {
          reject(new ApiError('client/unreachable', {}));
          return;
        }
        const id = ++lastId;
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(new ApiError('client/unreachable', {}));
        }, LONG_ANSWERS_MS[name] ?? ANSWER_MS);
        waiting.set(id, { name, resolve: (value) => resolve(value as RequestResult<Name>), reject, timer });
        socket.send(JSON.stringify({ id, name, params }));
      });
    },
    subscribe<Name extends EventName>(name: Name, receive: (payload: EventPayload<Name>) => void) {
      const set = subscribers.get(name) ?? new Set();
      subscribers.set(name, set);
      set.add(receive);
      return () => set.delete(receive);
    },
    onConnection(changed) {
      watchers.add(changed);
      changed(state);
      return () => watchers.delete(changed);
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      clearTimeout(steady);
      socket?.close();
      failAll();
    },
  };
}

/** Undefined for what is not JSON: no frame then. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
