/**
 * A primary and two secondaries (Debian's upsmon and this program) go down together, while this program's are killed at
 * random. RIDETHROUGH_ROUNDS says how often.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { askOnce } from '#tests/support/nut-upsd.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { createNutFolder, startProgram, type NutFolder, type RunningProgram } from '#tests/support/served-program.ts';

const UPSMON = '/lib/nut/upsmon';
const found = await ensurePrograms([{ program: UPSMON, package: 'nut-client' }]);
const ROUNDS = Number(process.env.RIDETHROUGH_ROUNDS ?? 3);
const CLI = fileURLToPath(new URL('../../headless/cli.ts', import.meta.url));

const conf = (server: string, role: string, note: string): string =>
  [
    `MONITOR ups@${server} 1 ${role} pw ${role}`,
    `SHUTDOWNCMD "echo $(date +%s.%N) >> ${note}"`,
    'POLLFREQ 1',
    'POLLFREQALERT 1',
    'HOSTSYNC 15',
    'DEADTIME 15',
    'FINALDELAY 1',
    ...'ONLINE ONBATT LOWBATT FSD COMMOK COMMBAD SHUTDOWN NOCOMM'.split(' ').map((type) => `NOTIFYFLAG ${type} SYSLOG`),
    '',
  ].join('\n');

const timesIn = async (file: string): Promise<readonly number[]> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);

/** Our program, started again whenever it is killed. */
function keepRunning(folder: NutFolder) {
  let program: RunningProgram | undefined;
  let isEnding = false;
  let killedAt = -Infinity;
  const run = async (): Promise<void> => {
    for (;;) {
      program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--no-web'], {
        command: [process.execPath, CLI],
        env: { RIDETHROUGH_NO_POWER: '1', NUT_PIDPATH: folder.conf },
      });
      await program.ended;
      if (isEnding) return;
    }
  };
  const done = run();
  return {
    log: () => program?.stderr() ?? '',
    /** Seconds since 1970. */
    get killedAt() {
      return killedAt;
    },
    kill() {
      killedAt = Date.now() / 1000;
      program?.child.kill('SIGKILL');
    },
    async end() {
      isEnding = true;
      await program?.end();
      await done;
    },
  };
}

describe.skipIf(!found.ok)(`a primary and its secondaries${found.ok ? '' : ` (${found.reason})`}`, () => {
  test.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'go down in order, each once, round %i',
    { timeout: 180_000 },
    async () => {
      const primary = await createNutFolder({
        'ups.conf': '[ups]\n driver = dummy-ups\n port = CONF_DIR/ups.dev\n pollinterval = 0.5\n',
        'ups.dev': 'ups.status: OL\nbattery.charge: 90\n',
        'upsd.users': '[primary]\n password = pw\n upsmon primary\n[secondary]\n password = pw\n upsmon secondary\n',
      });
      const secondary = await createNutFolder({ 'ups.conf': '' });
      const notes = ['primary', 'ours', 'debians'].map((name) => join(primary.conf, `${name}.down`));
      const [ofPrimary = '', ofOurs = '', ofDebians = ''] = notes;
      await primary.write('upsmon.conf', conf(primary.address, 'primary', ofPrimary));
      await secondary.write('upsmon.conf', conf(primary.address, 'secondary', ofOurs));
      const debians = await createNutFolder({ 'upsmon.conf': conf(primary.address, 'secondary', ofDebians) });
      await chmod(join(debians.conf, 'upsmon.conf'), 0o640);

      const ours = [keepRunning(primary), keepRunning(secondary)] as const;
      const upsmon: ChildProcess = spawn(...withOwnPidFolder(UPSMON, ['-D', '-F', '-p', '-u', 'root']), {
        stdio: 'ignore',
        env: { ...process.env, NUT_CONFPATH: debians.conf, NUT_STATEPATH: debians.conf, NUT_ALTPIDPATH: debians.conf },
      });
      try {
        const known = (): string => ours.map((program) => program.log()).join('\n');
        const loggedIn = async (): Promise<number> =>
          (await askOnce(primary.port, 'LIST CLIENT ups').catch(() => '')).split('\n').length - 3;
        await expect.poll(loggedIn, { timeout: 60_000, interval: 200, message: known() }).toBe(2);
        await primary.write('ups.dev', 'ups.status: OB\nbattery.charge: 40\n');
        // A kill on battery, before anything is decided, must not make anybody go down.
        await delay(1_000);
        ours[0].kill();
        await delay(2_000 + Math.random() * 2_000);
        for (const note of notes) expect(await timesIn(note)).toEqual([]);
        const lowAt = Date.now() / 1000;
        await primary.write('ups.dev', 'ups.status: OB LB\nbattery.charge: 10\n');
        for (let kill = 0; kill < 3; kill += 1) {
          await delay(Math.random() * 2_500);
          ours[Math.random() < 0.6 ? 0 : 1].kill();
        }
        for (let wait = 0; wait < 60; wait += 1) {
          if ((await Promise.all(notes.map(timesIn))).every((times) => times.length > 0)) break;
          await delay(1_000);
        }
        // Long enough for anybody to act a second time.
        await delay(4_000);
        const [first = [], second = [], third = []] = await Promise.all(notes.map(timesIn));
        expect([first.length, second.length, third.length], known()).toEqual([1, 1, 1]);
        for (const at of [first[0], second[0], third[0]]) expect(at).toBeGreaterThan(lowAt);
        expect(first[0], "the primary goes after Debian's").toBeGreaterThan(third[0] ?? 0);
        // A secondary that is killed is logged out, and nobody waits for one that may never come back.
        if (ours[1].killedAt < lowAt) expect(first[0], 'the primary goes after ours').toBeGreaterThan(second[0] ?? 0);
      } finally {
        await Promise.all(ours.map((program) => program.end()));
        upsmon.kill('SIGKILL');
        if (upsmon.exitCode === null && upsmon.signalCode === null) await once(upsmon, 'exit');
        await Promise.all([primary, secondary, debians].map((folder) => folder.remove()));
      }
    },
  );
});
