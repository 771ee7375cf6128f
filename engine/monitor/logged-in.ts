/** Asks who is logged in to the UPSes of which this computer is primary, and gives them names. */
import { phrase, type Text } from '#domain/messages/message.ts';
import type { MonitorView } from '#domain/schema/monitor.ts';
import type { LoginChange } from '#engine/nut/server.ts';
import type { Clock } from '#engine/ports.ts';
import { secondariesLeft } from './going-down.ts';
import type { Looks } from './looks.ts';
import type { MonitorEvent } from './machine-step.ts';
import { isBeyondReturn, type Standing } from './monitor-state.ts';
import type { SupplyPolicy } from './policy.ts';

const ASK_LOGINS_MS = 250;

export interface LoggedIn {
  /** Who is logged in on our own server at this moment. @param change what has just become of one of them */
  here(change?: LoginChange): readonly MonitorEvent[];
  /** Asks and tells again and again, for as long as that is what the machine waits for. Begun once. */
  askWhileWaited(): void;
  /** Computers that are logged in to a UPS of ours now. */
  names(): readonly Text[];
  /** The same, with those that have left since the shutdown began. */
  view(): MonitorView['secondaries'];
  stop(): void;
}

export interface LoggedInOptions {
  readonly standing: Standing;
  readonly looks: Looks;
  readonly clients: () => readonly { readonly ups: string; readonly address: string; readonly user: string }[];
  readonly clock: Clock;
  readonly tell: (...events: readonly MonitorEvent[]) => Promise<void>;
}

export function createLoggedIn({ standing, looks, clients, clock, tell }: LoggedInOptions): LoggedIn {
  let isAsking = false;
  let isStopped = false;
  /** User names of computers by their address, also of those that have left. */
  const users = new Map<string, string>();

  const primariesOf = (kind: SupplyPolicy['source']['kind']): readonly SupplyPolicy[] =>
    standing.policy.supplies.filter(({ role, source }) => role === 'primary' && source.kind === kind);

  const clientsOf = (name: string): readonly string[] => {
    const there = clients().filter((client) => client.ups.toLowerCase() === name.toLowerCase());
    for (const { address, user } of there) users.set(address, user);
    return there.map(({ address }) => address);
  };

  const allClients = (): readonly string[] => [...new Set(primariesOf('local').flatMap(({ name }) => clientsOf(name)))];

  const nameOf = (address: string): Text => {
    const user = users.get(address);
    return user ? phrase('path.client', { user, address }) : address;
  };

  const here: LoggedIn['here'] = (change) =>
    primariesOf('local')
      .filter(({ name }) => change === undefined || change.ups.toLowerCase() === name.toLowerCase())
      .map(({ ups, name }) => ({
        type: 'logins',
        ups,
        others: clientsOf(name),
        broken: change?.how === 'broken' ? [change.address] : [],
      }));

  const elsewhere = (): Promise<readonly MonitorEvent[]> =>
    Promise.all(
      primariesOf('remote').map(async (supply): Promise<MonitorEvent> => {
        const others = await looks.remote(supply)?.others();
        return { type: 'logins', ups: supply.ups, others: others ?? [] };
      }),
    );

  const isWaitedFor = (): boolean => ['waiting', 'final-delay'].includes(standing.state.phase.phase);

  const ask = async (): Promise<void> => {
    isAsking = true;
    try {
      while (isWaitedFor() && !isStopped) {
        await tell(...(await elsewhere()), ...here(), { type: 'pass' });
        await clock.sleep(ASK_LOGINS_MS);
      }
    } finally {
      isAsking = false;
    }
  };

  return {
    here,
    askWhileWaited() {
      if (isWaitedFor() && !isAsking) void ask();
    },
    names: () => allClients().map(nameOf),
    view() {
      const { policy, state } = standing;
      const isUnderWay = isBeyondReturn(state);
      const there = [...new Set([...allClients(), ...(isUnderWay ? secondariesLeft(policy, state) : [])])];
      const everybody = [...new Set([...(state.phase.phase === 'waiting' ? state.phase.seen : []), ...there])];
      return everybody.map((address) => {
        const name = nameOf(address);
        return { name: typeof name === 'string' ? name : { ...name }, hasLeft: !there.includes(address) };
      });
    },
    stop() {
      isStopped = true;
    },
  };
}
