/**
 * Tells the local network of our NUT server, and hears of others: multicast DNS on every link of its own, IPv4. Nothing is
 * loaded or opened before somebody asks.
 */
import { networkInterfaces } from 'node:os';
import type { FullPacket, MulticastDNS } from 'multicast-dns';
import { NutError } from '#domain/errors.ts';
import type { Clock, ServiceDiscovery, Stop } from '#engine/ports.ts';
import { reasonOf } from '#engine/system-reason.ts';
import { answerTo, type Answer, freeLabel, goodbyeOf, HeardServers, QUESTION, recordsOf } from './dns-sd.ts';

/** Answers come within 0.12 s; a packet may be lost, and what is missing is asked in the next round. */
const ROUNDS_MS = [500, 700, 900];
/**
 * Before a name is taken. Who has it answers at once, or, having told of itself within the last second, not at all (RFC
 * 6762, section 6): the last question comes a second after the first.
 */
const NAME_ROUNDS_MS = [300, 800, 400];
/** Said twice, since packets get lost. RFC 6762, section 8.3. */
const SAY_AGAIN_MS = 1_000;
/** A cable is plugged in, a computer wakes up in another network. */
const LOOK_AT_LINKS_MS = 10_000;

/** One of this computer's networks. */
interface Link {
  /** What packets leave from. */
  readonly address: string;
  readonly addresses: readonly string[];
}

interface OpenLink extends Link {
  readonly mdns: MulticastDNS;
}

/** Links without an IPv4 address are left out; addresses that mean nothing without their link as well. */
function linksOf(interfaces: ReturnType<typeof networkInterfaces>): readonly Link[] {
  return Object.values(interfaces).flatMap((all = []): Link[] => {
    const outside = all.filter(({ internal }) => !internal);
    const address = outside.find(({ family }) => family === 'IPv4')?.address;
    if (address === undefined) return [];
    const addresses = outside.flatMap((one) => (/^fe80:/i.test(one.address) ? [] : [one.address]));
    return [{ address, addresses }];
  });
}

async function openLink(link: Link): Promise<OpenLink> {
  // By whoever shares or searches first; most never do.
  const { default: multicastDns } = await import('multicast-dns');
  const mdns = multicastDns({ interface: link.address, bind: '0.0.0.0' });
  return new Promise((resolve, reject) => {
    mdns.on('error', (error) => {
      // After the start there is nothing left that could fail but single packets.
      mdns.destroy();
      reject(error);
    });
    mdns.once('ready', () => resolve({ ...link, mdns }));
  });
}

/** @throws Error of the system where there are links and not one of them can be used */
async function openLinks(own: readonly Link[]): Promise<readonly OpenLink[]> {
  const opened = await Promise.allSettled(own.map(openLink));
  const links = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = opened.find((one) => one.status === 'rejected');
  if (links.length === 0 && failed) throw failed.reason as Error;
  return links;
}

const closeLinks = async (links: readonly OpenLink[]): Promise<void> => {
  await Promise.all(links.map(({ mdns }) => new Promise<void>((resolve) => mdns.destroy(() => resolve()))));
};

async function hear(
  links: readonly OpenLink[],
  roundsMs: readonly number[],
  clock: Clock,
  ending?: AbortSignal,
): Promise<HeardServers> {
  const heard = new HeardServers();
  const listen = ({ answers, additionals }: FullPacket, { address }: { readonly address: string }): void =>
    heard.take([...(answers ?? []), ...(additionals ?? [])], address);
  for (const { mdns } of links) mdns.on('response', listen);
  for (const roundMs of links.length === 0 ? [] : roundsMs) {
    if (ending?.aborted === true) break;
    for (const { mdns } of links) mdns.query([QUESTION, ...heard.missing()]);
    await clock.sleep(roundMs, ending).catch(() => undefined); // cut short: what came so far is kept
  }
  for (const { mdns } of links) mdns.off('response', listen);
  return heard;
}

/** @param interfaces of this computer; it throws where the system does not tell them to every program */
export function createMulticastDiscovery(clock: Clock, interfaces = networkInterfaces): ServiceDiscovery {
  const ownLinks = (): readonly Link[] => linksOf(interfaces());
  return {
    async browse() {
      const opening = async (): Promise<readonly OpenLink[]> => openLinks(ownLinks());
      const links = await opening().catch((error: unknown) => {
        throw new NutError('nut/cannot-search', { reason: reasonOf(error) }, error);
      });
      try {
        const own = new Set(ownLinks().flatMap(({ addresses }) => addresses));
        return (await hear(links, ROUNDS_MS, clock)).servers().filter(({ host }) => !own.has(host));
      } finally {
        await closeLinks(links);
      }
    },

    announce(service, failed) {
      let links: readonly OpenLink[] = [];
      let said: readonly Said[] = [];
      const ending = new AbortController();
      let spokenOn = '';
      let dontSayAgain: Stop = () => undefined;

      const begin = async (own: readonly Link[]): Promise<void> => {
        links = await openLinks(own);
        const label = freeLabel(service.name, (await hear(links, NAME_ROUNDS_MS, clock, ending.signal)).names());
        if (ending.signal.aborted) return;
        said = links.map((link) => answerOn(link, label, service.port));
        say(said);
        dontSayAgain = clock.after(SAY_AGAIN_MS, () => say(said));
      };
      const end = async (): Promise<void> => {
        dontSayAgain();
        await Promise.all(said.map(([{ mdns }, records]) => respond(mdns, goodbyeOf(records))));
        await closeLinks(links);
        links = [];
        said = [];
      };
      const lookAtLinks = async (): Promise<void> => {
        if (ending.signal.aborted) return;
        try {
          const own = ownLinks();
          const now = JSON.stringify(own);
          if (now === spokenOn) return;
          spokenOn = now;
          await end();
          await begin(own);
        } catch (error) {
          await end();
          failed(new NutError('nut/cannot-announce', { reason: reasonOf(error) }, error));
        }
      };
      let turn = lookAtLinks();
      const stopLooking = clock.every(LOOK_AT_LINKS_MS, () => {
        turn = turn.then(lookAtLinks);
      });
      return async () => {
        ending.abort();
        stopLooking();
        await turn;
        await end();
      };
    },
  };
}

type Said = readonly [link: OpenLink, records: readonly Answer[]];

/** Answers for a name from now on. @returns what is to be said of it unasked */
function answerOn(link: OpenLink, name: string, port: number): Said {
  const records = recordsOf({ name, port, addresses: link.addresses });
  link.mdns.on('query', ({ questions = [] }) => {
    const answer = answerTo(questions, records);
    if (answer) link.mdns.respond(answer);
  });
  return [link, records];
}

const say = (said: readonly Said[]): void => {
  for (const [{ mdns }, records] of said) mdns.respond([...records]);
};

/** Resolves once the packet was handed to the system, which may refuse it: the network may be gone. */
const respond = (mdns: MulticastDNS, records: Answer[]): Promise<void> =>
  new Promise((resolve) => mdns.respond(records, () => resolve()));
