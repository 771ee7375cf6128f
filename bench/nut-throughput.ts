/** Requests per second and times to a reply, side by side with upsd, and with what Node's sockets allow at most. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Load, measureLoad, type Servers, startServers, UPS } from './nut-servers.ts';
import { count, median, type Check, type Section } from './section.ts';

const SECONDS = 2;
const ROUNDS = 3;

interface Scenario {
  readonly what: string;
  readonly connections: number;
  readonly depth: number;
  readonly request: string;
}

const GET = `GET VAR ${UPS} ups.status`;
const LIST = `LIST VAR ${UPS}`;
const SCENARIOS: readonly Scenario[] = [
  ...[1, 16, 100, 256, 1000].map((connections) => ({ what: 'GET VAR', connections, depth: 1, request: GET })),
  { what: 'GET VAR, 32 under way', connections: 16, depth: 32, request: GET },
  ...[1, 100, 1000].map((connections) => ({ what: 'LIST VAR', connections, depth: 1, request: LIST })),
];

interface Comparison {
  readonly theirs: Load;
  readonly mine: Load;
  /** Absent where a bare reply is no reply to the request. */
  readonly bare: Load | undefined;
}

/** The middle round of several, one server after the other in each, so that all meet the same weather. */
async function compare({ upsd, ours, load }: Servers, bare: number, scenario: Scenario): Promise<Comparison> {
  const rounds: { theirs: Load; mine: Load; bare: Load | undefined }[] = [];
  const isOneReply = scenario.request === GET && scenario.depth === 1;
  for (let round = 0; round < ROUNDS; round++) {
    const at = (port: number): Promise<Load> =>
      measureLoad(load, port, scenario.connections, scenario.depth, SECONDS, scenario.request);
    rounds.push({
      theirs: await at(upsd.port),
      mine: await at(ours.port),
      bare: isOneReply ? await at(bare) : undefined,
    });
  }
  const middle = (loads: readonly Load[]): Load => ({
    perSecond: median(loads.map((one) => one.perSecond)),
    p50us: median(loads.map((one) => one.p50us)),
    p99us: median(loads.map((one) => one.p99us)),
  });
  return {
    theirs: middle(rounds.map((round) => round.theirs)),
    mine: middle(rounds.map((round) => round.mine)),
    bare: isOneReply ? middle(rounds.flatMap((round) => round.bare ?? [])) : undefined,
  };
}

function check({ what, connections }: Scenario, ratio: number): Check {
  const isList = what === 'LIST VAR';
  return {
    what: `${what} at ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    reach: isList ? '≥ 20 × upsd' : '≥ 0.5 × upsd, parity is the aim',
    measured: `${ratio.toFixed(2)} × upsd`,
    isMet: ratio >= (isList ? 20 : 0.5),
  };
}

const ms = (us: number): string => (us / 1000).toFixed(3);

export async function nutThroughput(): Promise<Section> {
  const servers = await startServers();
  const bareProcess = fork(join(import.meta.dirname, 'bare-socket-process.ts'));
  const [barePort] = (await once(bareProcess, 'message')) as [number];
  try {
    const rows: string[][] = [];
    const checks: Check[] = [];
    for (const scenario of SCENARIOS) {
      const { theirs, mine, bare } = await compare(servers, barePort, scenario);
      const ratio = mine.perSecond / theirs.perSecond;
      rows.push([
        scenario.what,
        String(scenario.connections),
        count(theirs.perSecond),
        count(mine.perSecond),
        ratio.toFixed(2),
        bare ? count(bare.perSecond) : '',
        `${ms(theirs.p50us)} / ${ms(theirs.p99us)}`,
        `${ms(mine.p50us)} / ${ms(mine.p99us)}`,
      ]);
      // The waits of many clients for lists run side by side: no measure of speed.
      if (scenario.what !== 'LIST VAR' || scenario.connections === 1) checks.push(check(scenario, ratio));
    }
    return {
      title: 'NUT server: requests',
      notes: [
        `Both servers on this machine over loopback, same data, ${ROUNDS} rounds of ${SECONDS} s in turns, the middle one shown. ` +
          'Load generator: `bench/nut-load.c`, one thread, in a process of its own, ordinary sockets without quick-ack tricks.',
        'upsd writes a list line by line under Nagle’s algorithm and waits for the delayed acknowledgement of the client; that is its 23 lists a second. The goal is about the wait of one client; the waits of many run side by side, which is why the ratio falls with their number.',
        'Bare Node: a Node program on ordinary sockets that does nothing but write one fixed line for whatever arrives. ' +
          'What lies between it and ours is our work on a request, and that ours keeps its memory small (`headless/service-memory.ts`); what lies between it and upsd is Node’s own.',
      ],
      head: [
        'request',
        'connections',
        'upsd /s',
        'ours /s',
        'ratio',
        'bare Node /s',
        'upsd p50 / p99 ms',
        'ours p50 / p99 ms',
      ],
      rows,
      checks,
    };
  } finally {
    bareProcess.kill();
    await servers.stop();
  }
}
