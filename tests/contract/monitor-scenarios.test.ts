/** Debian's upsmon and our monitor in the same situations, each with a server and a driver of Debian's of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { createSystemPower } from '#engine/adapters/system-power.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { keepInFile } from '#engine/monitor/kept-state.ts';
import { NO_LATE_HOOK } from '#engine/monitor/late-power-off.ts';
import { createMonitor } from '#engine/monitor/monitor.ts';
import type { MonitorPolicy } from '#engine/monitor/policy.ts';
import { monitorPolicyOf } from '#engine/settings/monitor-policy.ts';
import { readNutConf } from '#engine/settings/nut-conf/read-nut-conf.ts';
import { createUpsStore } from '#engine/state/ups-store.ts';
import { endProcess } from '#tests/support/end-process.ts';
import { SCENARIOS, type Scenario } from '#tests/support/monitor-scenarios.ts';
import { askOnce, startNutUpsd, UPSD_PROGRAMS, type NutUpsd } from '#tests/support/nut-upsd.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';

const UPSMON = '/lib/nut/upsmon';
const UPSSCHED = '/sbin/upssched';
const found = await ensurePrograms([
  ...UPSD_PROGRAMS,
  { program: UPSMON, package: 'nut-client' },
  { program: UPSSCHED, package: 'nut-client' },
]);

/** dummy-ups looks at its file each second, both monitors ask each second, and the computer is shared. */
const TOLERANCE_SECONDS = 3.5;

const TYPES = 'ONLINE ONBATT LOWBATT FSD COMMOK COMMBAD SHUTDOWN REPLBATT NOCOMM CAL'.split(' ');
const NEWER_TYPES = 'SHUTDOWN_HOSTSYNC NOTCAL'.split(' ');

interface Notices {
  /** Types that are told. */
  readonly types: readonly string[];
  /** upssched.conf says what follows from them. */
  readonly isScheduled: boolean;
}

const confOf = (
  { role, hasTwo, conf = '' }: Scenario,
  folder: string,
  server: string,
  { types, isScheduled }: Notices,
): string =>
  [
    `MONITOR ups@${server} 1 mon pw ${role}`,
    hasTwo ? `MONITOR b@${server} 1 mon pw ${role}` : '',
    `SHUTDOWNCMD "${folder}/note SHUTDOWNCMD"`,
    `NOTIFYCMD ${isScheduled ? UPSSCHED : `${folder}/notice`}`,
    ...types.map((type) => `NOTIFYFLAG ${type} EXEC`),
    'POLLFREQ 1',
    'POLLFREQALERT 1',
    'HOSTSYNC 4',
    'DEADTIME 5',
    'FINALDELAY 1',
    'NOCOMMWARNTIME 4',
    'RBWARNTIME 5',
    conf,
    '',
  ].join('\n');

/** Every notice is noted, and the timer forces the shutdown. */
const upsschedConfOf = (folder: string, seconds: number, types: readonly string[]): string =>
  [
    `CMDSCRIPT ${folder}/script`,
    `PIPEFN ${folder}/upssched.pipe`,
    `LOCKFN ${folder}/upssched.lock`,
    ...types.map((type) => `AT ${type} * EXECUTE ${type}`),
    `AT ONBATT * START-TIMER TIMER ${seconds}`,
    'AT ONLINE * CANCEL-TIMER TIMER',
    '',
  ].join('\n');

interface Told {
  readonly at: number;
  readonly what: string;
}

interface Party {
  readonly name: string;
  readonly server: NutUpsd;
  told(): Promise<readonly Told[]>;
  stop(): Promise<void>;
}

const dev = (status: string): string => `ups.status: ${status}\nbattery.charge: 50\n`;

/** @param force what the script of upssched does when the timer has run out, for the shell */
async function begin(
  scenario: Scenario,
  name: string,
  force: (folder: string) => string,
  run: (folder: string) => Promise<() => Promise<void>>,
) {
  const first = dev(scenario.first ?? 'OL');
  const server = await startNutUpsd({
    devices: { ups: { dev: first }, ...(scenario.hasTwo ? { b: { dev: first } } : {}) },
    users: '[mon]\n password = pw\n upsmon primary\n[nas]\n password = pw\n upsmon secondary\n',
    upsConf: 'pollinterval = 1',
  });
  const folder = await mkdtemp(join(tmpdir(), 'monitor-'));
  await writeFile(join(folder, 'note'), `#!/bin/sh\necho "$(date +%s.%N) $1" >> ${folder}/told\n`);
  await writeFile(join(folder, 'notice'), `#!/bin/sh\nexec ${folder}/note "$NOTIFYTYPE"\n`);
  await writeFile(
    join(folder, 'script'),
    `#!/bin/sh\n${folder}/note "$1"\nif [ "$1" = TIMER ]; then ${force(folder)}; fi\n`,
  );
  await Promise.all(['note', 'notice', 'script'].map((script) => chmod(join(folder, script), 0o755)));
  await mkdir(join(folder, 'conf'));
  const { timer } = scenario;
  const notices = {
    types: name === 'ours' ? [...TYPES, ...NEWER_TYPES] : TYPES,
    isScheduled: timer !== undefined && (name !== 'ours' || timer.by === 'upssched'),
  };
  await writeFile(join(folder, 'conf', 'upsmon.conf'), confOf(scenario, folder, server.address, notices), {
    mode: 0o640,
  });
  if (timer) {
    await writeFile(join(folder, 'conf', 'upssched.conf'), upsschedConfOf(folder, timer.seconds, notices.types), {
      mode: 0o640,
    });
  }
  const end = await run(folder);
  const party: Party = {
    name,
    server,
    async told() {
      const text = await readFile(join(folder, 'told'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ at: Number(line.split(' ')[0]), what: line.split(' ')[1] ?? '' }))
        .sort((a, b) => a.at - b.at);
    },
    async stop() {
      await end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return party;
}

const beginDebians = (scenario: Scenario): Promise<Party> =>
  // As `upsmon -c fsd` does, which finds the process by a file that another upsmon may have written.
  begin(
    scenario,
    'upsmon',
    (folder) => `kill -USR1 "$(cat ${folder}/pid)"`,
    async (folder) => {
      const child: ChildProcess = spawn(...withOwnPidFolder(UPSMON, ['-D', '-F', '-p', '-u', 'root']), {
        stdio: 'ignore',
        env: { ...process.env, NUT_CONFPATH: join(folder, 'conf'), NUT_STATEPATH: folder, NUT_ALTPIDPATH: folder },
      });
      await once(child, 'spawn');
      await writeFile(join(folder, 'pid'), String(child.pid));
      return () => endProcess(child);
    },
  );

const beginOurs = (scenario: Scenario): Promise<Party> =>
  begin(
    scenario,
    'ours',
    (folder) => `touch ${folder}/fsd`,
    async (folder) => {
      const read = monitorPolicyOf(await readNutConf(join(folder, 'conf')));
      if (!read) throw new Error('there is no MONITOR line');
      const policy = withShutdownTimer(read, scenario);
      const monitor = createMonitor({
        policy,
        store: createUpsStore(systemClock),
        control: { runCommand: () => Promise.resolve('failed'), setVariable: () => Promise.resolve('failed') },
        clients: () => [],
        onLogin: () => () => undefined,
        clock: systemClock,
        log: createRememberingLog(),
        power: createSystemPower({
          clock: systemClock,
          log: createRememberingLog(),
          folder: join(folder, 'actions'),
          env: process.env,
        }),
        lateHook: NO_LATE_HOOK,
        keeper: keepInFile(join(folder, 'monitor.json')),
      });
      await monitor.start();
      // SIGUSR1 would reach the process that runs the tests.
      const stopWatching = systemClock.every(100, () => {
        if (existsSync(join(folder, 'fsd'))) void monitor.ask({ kind: 'shutdown-now' });
      });
      return () => {
        stopWatching();
        return monitor.stop();
      };
    },
  );

/** What the settings say of a UPS and upsmon.conf cannot. */
const withShutdownTimer = (policy: MonitorPolicy, { timer }: Scenario): MonitorPolicy =>
  timer?.by !== 'settings'
    ? policy
    : {
        ...policy,
        supplies: policy.supplies.map((supply) => ({
          ...supply,
          rules: { ...supply.rules, mode: 'on-battery', timer: asSeconds(timer.seconds) },
        })),
      };

async function live({ happenings, then }: Scenario, { server }: Party): Promise<void> {
  let secondary: Socket | undefined;
  for (const [after, what] of happenings) {
    await delay(after * 1000);
    if ('status' in what) {
      await server.writeDevice(what.of ?? 'ups', dev(what.status));
      continue;
    }
    switch (what.do) {
      case 'stop-driver':
        await server.stopDriver('ups');
        break;
      case 'start-driver':
        await server.startDriver('ups');
        break;
      case 'stop-server':
        await server.stopServer();
        break;
      case 'start-server':
        await server.startServer();
        break;
      case 'log-in':
        secondary = connect(server.port, server.host).on('error', () => undefined); // ends with the server
        secondary.write('USERNAME nas\nPASSWORD pw\nLOGIN ups\n');
        break;
      case 'log-out':
        secondary?.end('LOGOUT\n');
        break;
      case 'fsd':
        expect(await askOnce(server.port, 'USERNAME mon\nPASSWORD pw\nFSD ups')).toContain('OK FSD-SET');
    }
  }
  await delay(then * 1000);
  secondary?.destroy();
}

describe.skipIf(!found.ok)(`the monitor and Debian's upsmon ${found.reason}`, () => {
  // Two programs in real time on a shared computer: a scenario in which one of them got no time is played once more.
  test.concurrent.each(SCENARIOS)('$role: $name', { timeout: 120_000, retry: 2 }, async (scenario) => {
    const parties = await Promise.all([beginDebians(scenario), beginOurs(scenario)]);
    try {
      // Both look for the first time before anything happens.
      await delay(2_500);
      await Promise.all(parties.map((party) => live(scenario, party)));
      const ourWords = scenario.ours?.tells ?? scenario.both;
      const [debians, ours] = (await Promise.all(
        [scenario.both, ourWords].map(async (expected, index) => toldAsFar(parties[index]!, expected)),
      )) as [readonly Told[], readonly Told[]];
      expect({ upsmon: names(debians), ours: names(ours) }).toEqual({
        upsmon: scenario.both,
        ours: ourWords,
      });
      // Since the first notice, since the two were not started at the same moment.
      const since = (told: readonly Told[]): readonly number[] => told.map(({ at }) => at - (told[0]?.at ?? at));
      const commonOf = (told: readonly Told[]): readonly Told[] =>
        told.filter(({ what }) => scenario.both.includes(what) && ourWords.includes(what));
      const [common, ourCommon] = [commonOf(debians), commonOf(ours)];
      if (scenario.ours?.isSooner) return;
      for (const [index, seconds] of since(common).entries()) {
        expect(Math.abs(seconds - (since(ourCommon)[index] ?? NaN)), names(common)[index]).toBeLessThan(
          TOLERANCE_SECONDS,
        );
      }
    } finally {
      await Promise.all(parties.map((party) => party.stop()));
    }
  });
});

const names = (told: readonly Told[]): readonly string[] => told.map(({ what }) => what);

/** Notices that are given again for as long as their cause lasts. */
const REPEATED: readonly string[] = ['NOCOMM', 'REPLBATT'];

/**
 * What a party told, waited for where it is late. One more of what is repeated for ever says only that the party was
 * looked at for longer.
 */
async function toldAsFar(party: Party, expected: readonly string[]): Promise<readonly Told[]> {
  const deadline = Date.now() + 15_000;
  let told = inOrder(await party.told(), expected);
  while (told.length < expected.length && Date.now() < deadline) {
    await delay(200);
    told = inOrder(await party.told(), expected);
  }
  const last = expected.at(-1);
  const beyond = told.slice(expected.length);
  const isRepeat = last !== undefined && REPEATED.includes(last) && beyond.every(({ what }) => what === last);
  return isRepeat ? told.slice(0, expected.length) : told;
}

/** Both start NOTIFYCMD without waiting for it, so what is told in one moment is written in any order. */
const ONE_MOMENT_SECONDS = 0.6;

/** What was told, that of one moment in the order in which it is expected. */
function inOrder(told: readonly Told[] = [], expected: readonly string[]): readonly Told[] {
  const moments: Told[][] = [];
  for (const entry of told) {
    const last = moments.at(-1);
    if (last && entry.at - (last.at(-1)?.at ?? 0) < ONE_MOMENT_SECONDS) last.push(entry);
    else moments.push([entry]);
  }
  return moments.flatMap((moment) => moment.sort((a, b) => expected.indexOf(a.what) - expected.indexOf(b.what)));
}
