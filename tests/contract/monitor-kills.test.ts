/**
 * A primary and two secondaries (Debian's upsmon and this program) go down together, each on a computer of its own as
 * far as the network goes, while each of them is killed at random and started again as its init system would do.
 *
 * RIDETHROUGH_ROUNDS says how often, RIDETHROUGH_SEED with which round it begins: the same number is the same plan.
 * RIDETHROUGH_KEEP names a folder for what happened in each round.
 *
 * In even rounds ours run on settings, with commands before and after the action, and are killed while these run, too.
 *
 * One thing no primary can know: a secondary that is killed after it was told of the forced shutdown looks like one that
 * went down (upsmon says no goodbye), and one that was killed before is waited for no longer than HOSTSYNC. So one that is
 * away for longer than FINALDELAY (killed once the battery is low) or HOSTSYNC (killed before) may come after it. It may
 * not be missed, though.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '#tests/fuzz/random.ts';
import { layNetwork, type NetworkHost } from '#tests/support/network-namespaces.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { buildProgram, CLI, createNutFolder, ridethrough, type NutFolder } from '#tests/support/served-program.ts';

const UPSMON = '/lib/nut/upsmon';
const found = await ensurePrograms([
  { program: UPSMON, package: 'nut-client' },
  { program: 'ip', package: 'iproute2' },
]);
const ROUNDS = Number(process.env.RIDETHROUGH_ROUNDS ?? 2);
const FIRST = Number(process.env.RIDETHROUGH_SEED ?? 1);
/** What systemd waits before it starts a service again. */
const RESTART_MS = 100;
const PATIENCE_MS = 90_000;
/** FINALDELAY of the primary: what upsmon has by itself. */
const FINAL_DELAY = 5;
/** HOSTSYNC of the primary, likewise; and where there are commands, which the secondaries need time for. */
const HOST_SYNC = { plain: 15, around: 60 };

/** A line for the shell that notes what is done, and when (milliseconds since 1970). */
const noting = (what: string, note: string): string => `echo ${what} $(date +%s%3N) >> ${note}`;

const conf = (server: string, role: string, note: string, finalDelay: number): string =>
  [
    `MONITOR ups@${server} 1 ${role} pw ${role}`,
    `SHUTDOWNCMD "${noting('action', note)}"`,
    'POLLFREQ 1',
    'POLLFREQALERT 1',
    `FINALDELAY ${finalDelay}`,
    ...'ONLINE ONBATT LOWBATT FSD COMMOK COMMBAD SHUTDOWN NOCOMM'.split(' ').map((type) => `NOTIFYFLAG ${type} SYSLOG`),
    '',
  ].join('\n');

/** What happened in a round, by whom and when: for the report of a round that went wrong. */
class Timeline {
  readonly #lines: { readonly at: number; readonly who: string; readonly what: string }[] = [];

  add(who: string, what: string): void {
    this.#lines.push({ at: Date.now(), who, what });
  }

  /** When somebody said something, milliseconds since 1970. */
  times(who: string, what: string): readonly number[] {
    return this.#lines.filter((line) => line.who === who && line.what.includes(what)).map(({ at }) => at);
  }

  text(): string {
    return this.#lines
      .map(({ at, who, what }) => `${new Date(at).toISOString().slice(11, 23)} ${who.padEnd(9)} ${what}`)
      .join('\n');
  }
}

/** A computer with a monitor, which is started again whenever it is killed. */
class Party {
  readonly name: string;
  /** When it was killed, milliseconds since 1970. */
  readonly kills: number[] = [];
  readonly #note: string;
  readonly #start: () => ChildProcess;
  readonly #timeline: Timeline;
  #child: ChildProcess | undefined;
  #isEnding = false;
  #done: Promise<void> | undefined;

  constructor(name: string, note: string, timeline: Timeline, start: () => ChildProcess) {
    this.name = name;
    this.#note = note;
    this.#timeline = timeline;
    this.#start = start;
  }

  start(): void {
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      const child = this.#start();
      this.#child = child;
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          for (const line of text.split('\n').filter(Boolean)) this.#timeline.add(this.name, line);
        });
      }
      const [code] = (await once(child, 'exit')) as [number | null];
      // upsmon ends by itself after SHUTDOWNCMD; init has nothing to do then.
      if (code === 0) return;
      await delay(RESTART_MS);
    }
  }

  kill(): void {
    this.kills.push(Date.now());
    this.#timeline.add(this.name, '-- kill -9 --');
    this.#child?.kill('SIGKILL');
  }

  /** What its commands noted, in their order. */
  async done(): Promise<readonly { readonly what: string; readonly at: number }[]> {
    const text = await readFile(this.#note, 'utf8').catch(() => ''); // nothing ran yet
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => line.split(' ')).map(([what = '', at]) => ({ what, at: Number(at) }));
  }

  /** When SHUTDOWNCMD ran, milliseconds since 1970. */
  async shutdowns(): Promise<readonly number[]> {
    return (await this.done()).filter(({ what }) => what === 'action').map(({ at }) => at);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    this.#child?.kill('SIGKILL');
    await this.#done;
  }
}

async function until(isSo: () => boolean | Promise<boolean>, what: string, known: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: did not happen; ${known()}`);
    await delay(100);
  }
}

const started = ([program, args]: readonly [string, readonly string[]], env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });

/** @param around whether it runs on the settings that were made of NUT's files, or on these files */
const ours = (host: NetworkHost, { conf: folder, data }: NutFolder, around: Around | undefined): ChildProcess => {
  const source = around ? [] : ['--nut-conf', folder];
  return started(host.on(process.execPath, [CLI, 'serve', ...source, '--data-dir', data, '--no-web']), {
    RIDETHROUGH_NO_POWER: '1',
    NUT_PIDPATH: folder,
  });
};

/** The commands around the action of a round. */
interface Around {
  /** Seconds that the command before the action takes; `hangs`: until it is ended. */
  readonly before: number | 'hangs';
  /** The same of the action and of the command after it. */
  readonly action: number;
  readonly after: number;
  /** Which of ours is killed so many milliseconds after what was noted. */
  readonly kills: readonly { readonly at: 'before' | 'action' | 'after'; readonly party: 0 | 1; readonly ms: number }[];
}

function aroundOf(chance: Random): Around {
  const kills = (['before', 'action', 'after'] as const).flatMap((at) =>
    ([0, 1] as const).map((party) => ({ at, party, ms: chance.below(at === 'before' ? 2_500 : 1_000) })),
  );
  return {
    before: chance.pick([0, 1, 3, 'hangs'] as const),
    action: chance.pick([0, 1, 2] as const),
    after: chance.pick([0, 2] as const),
    kills: kills.filter(() => chance.below(2) === 0),
  };
}

/** Moves NUT's files of a computer into its settings, and sets the commands there. */
async function moveIn(
  { conf: folder, data }: NutFolder,
  note: string,
  { before, action, after }: Around,
): Promise<void> {
  const lasting = before === 'hangs' ? 600 : before;
  const settings = {
    'server.announce': 'false',
    'ups.0.hostsync': String(HOST_SYNC.around),
    'ups.0.shutdownbefore': `${noting('before', note)}; sleep ${lasting}; ${noting('prepared', note)}`,
    'ups.0.shutdowncmd': `${noting('action', note)}; sleep ${action}`,
    'ups.0.shutdownafter': `${noting('after', note)}; sleep ${after}`,
    'ups.0.shutdownextratimeout': before === 'hangs' ? '2' : '30',
  };
  const pairs = Object.entries(settings).flat();
  for (const words of [
    ['import', '--nut-conf', folder],
    ['set', ...pairs],
  ]) {
    const { status, stderr } = await ridethrough(['config', ...words, '--data-dir', data]);
    if (status !== 0) throw new Error(`config ${words[0] ?? ''}: ${stderr}`);
  }
}

const debians = (host: NetworkHost, { conf: folder }: NutFolder): ChildProcess =>
  started(host.on(...withOwnPidFolder(UPSMON, ['-D', '-F', '-p', '-u', 'root'])), {
    NUT_CONFPATH: folder,
    NUT_STATEPATH: folder,
    NUT_ALTPIDPATH: folder,
  });

describe.skipIf(!found.ok)(`a primary and its secondaries ${found.reason}`, () => {
  beforeAll(buildProgram);

  test.concurrent.each(Array.from({ length: ROUNDS }, (_, round) => FIRST + round))(
    'go down in order, each once, whoever is killed: round %i',
    { timeout: 240_000 },
    async (round) => {
      const chance = new Random(round);
      const around = round % 2 === 0 ? aroundOf(chance) : undefined;
      const hostSync = around ? HOST_SYNC.around : HOST_SYNC.plain;
      const timeline = new Timeline();
      const network = await layNetwork(2);
      const [hostOfOurs, hostOfDebians] = network.clients as readonly [NetworkHost, NetworkHost];
      const folders = {
        primary: await createNutFolder({
          'ups.conf': '[ups]\n driver = dummy-ups\n port = CONF_DIR/ups.dev\n pollinterval = 0.5\n',
          'ups.dev': 'ups.status: OL\nbattery.charge: 90\n',
          'upsd.users': '[primary]\n password = pw\n upsmon primary\n[secondary]\n password = pw\n upsmon secondary\n',
        }),
        ours: await createNutFolder({ 'ups.conf': '', 'upsd.conf': '' }),
        debians: await createNutFolder({}),
      };
      const { port } = folders.primary;
      const notes = Object.values(folders).map(({ conf: folder }) => join(folder, 'down'));
      const [ofPrimary = '', ofOurs = '', ofDebians = ''] = notes;
      await folders.primary.write('upsd.conf', `LISTEN 0.0.0.0 ${port}\n`);
      await folders.ours.write('upsd.conf', `LISTEN 127.0.0.1 ${folders.ours.port}\n`);
      await folders.primary.write('upsmon.conf', conf(`localhost:${port}`, 'primary', ofPrimary, FINAL_DELAY));
      await folders.ours.write('upsmon.conf', conf(`${hostOfOurs.server}:${port}`, 'secondary', ofOurs, 1));
      await folders.debians.write('upsmon.conf', conf(`${hostOfDebians.server}:${port}`, 'secondary', ofDebians, 1));
      await chmod(join(folders.debians.conf, 'upsmon.conf'), 0o640);

      if (around) {
        await moveIn(folders.primary, ofPrimary, around);
        await moveIn(folders.ours, ofOurs, around);
      }

      const primary = new Party('primary', ofPrimary, timeline, () => ours(network.server, folders.primary, around));
      const secondaries = [
        new Party('ours', ofOurs, timeline, () => ours(hostOfOurs, folders.ours, around)),
        new Party("debian's", ofDebians, timeline, () => debians(hostOfDebians, folders.debians)),
      ] as const;
      const parties = [primary, ...secondaries];
      const ourParties = [primary, secondaries[0]] as const;
      const power = async (status: string): Promise<void> => {
        timeline.add('power', status);
        await folders.primary.write('ups.dev', `ups.status: ${status}\nbattery.charge: 40\n`);
      };
      /** Kills somebody now and then for so long. */
      const killFor = async (ms: number, times: number): Promise<void> => {
        const moments = Array.from({ length: times }, () => chance.below(ms)).sort((a, b) => a - b);
        const begin = Date.now();
        for (const moment of moments) {
          await delay(Math.max(0, begin + moment - Date.now()));
          chance.pick(parties).kill();
        }
        await delay(Math.max(0, begin + ms - Date.now()));
      };
      /** Kills who has come so far. */
      const killAround = async ({ kills }: Around): Promise<void> => {
        await Promise.all(
          kills.map(async ({ at, party, ms }) => {
            const one = ourParties[party];
            const isSoFar = async (): Promise<boolean> => (await one.done()).some(({ what }) => what === at);
            await until(isSoFar, `${one.name}: ${at}`, report);
            await delay(ms);
            one.kill();
          }),
        );
      };
      const report = (): string =>
        `round ${round}, networks apart: ${network.isApart}, ${JSON.stringify(around)}\n${timeline.text()}`;
      try {
        timeline.add('test', `namespaces: ${network.isApart}`);
        for (const party of parties) party.start();
        await until(() => timeline.times('primary', ' logged in').length >= 2, 'both are logged in', report);
        await power('OB');
        await killFor(3_000, 1 + chance.below(2));
        for (const party of parties) expect(await party.shutdowns(), report()).toEqual([]);
        const lowAt = Date.now();
        await power('OB LB');
        await Promise.all([killFor(9_000, 1 + chance.below(4)), ...(around ? [killAround(around)] : [])]);
        const isOver = async (): Promise<boolean> =>
          (await Promise.all(parties.map((party) => party.shutdowns()))).every((times) => times.length > 0);
        await until(isOver, 'all go down', report);
        // Whoever would act a second time does so when it is started again.
        const starts = (party: Party): number => timeline.times(party.name, 'The monitor goes on').length;
        const before = ourParties.map(starts);
        for (const party of ourParties) party.kill();
        const areBack = (): boolean => ourParties.every((party, index) => starts(party) > (before[index] ?? 0));
        await until(areBack, 'both are back', report);
        const isAfter = async (party: Party): Promise<boolean> =>
          (await party.done()).some(({ what }) => what === 'after');
        if (around) for (const party of ourParties) await until(() => isAfter(party), `${party.name}: after`, report);
        await delay(3_000);

        for (const party of parties)
          for (const { what, at } of await party.done()) timeline.add(party.name, `noted ${what} ${at}`);
        if (around) {
          const wanted = ['before', ...(around.before === 'hangs' ? [] : ['prepared']), 'action', 'after'];
          for (const party of ourParties) {
            const order = (await party.done()).map(({ what }) => what);
            expect(order, `${party.name} around the action; ${report()}`).toEqual(wanted);
          }
        }
        const [last = 0, ...more] = await primary.shutdowns();
        expect(more, `the primary once; ${report()}`).toEqual([]);
        for (const party of secondaries) {
          const [first = 0, ...again] = await party.shutdowns();
          expect(first, `${party.name} early; ${report()}`).toBeGreaterThan(lowAt);
          const backAt = timeline.times(party.name, 'ogged in');
          const isAwayTooLong = party.kills.some((at) => {
            const patience = at > lowAt ? FINAL_DELAY : hostSync;
            return at < first && !backAt.some((back) => back > at && back < at + patience * 1000);
          });
          if (last < first && isAwayTooLong) timeline.add('test', `${party.name} was away for too long`);
          else expect(last, `the primary after ${party.name}; ${report()}`).toBeGreaterThan(first);
          // upsmon has no memory: killed between its command and its end it begins anew.
          const isExcused = party.name === "debian's" && party.kills.some((at) => at >= first);
          if (!isExcused) expect(again, `${party.name} once; ${report()}`).toEqual([]);
        }
        if (process.env.RIDETHROUGH_KEEP)
          await writeFile(join(process.env.RIDETHROUGH_KEEP, `round-${round}`), report());
      } finally {
        await Promise.all(parties.map((party) => party.end()));
        await network.remove();
        await Promise.all(Object.values(folders).map((folder) => folder.remove()));
      }
    },
  );
});
