/** What we write as NUT configuration is taken by NUT's own programs, and says to them what it says to us. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asSeconds } from '#domain/units.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { connectNutClient, type NutClient } from '#engine/nut/client.ts';
import type { MonitorConf, UserConf } from '#engine/settings/nut-conf/nut-conf.ts';
import { writeNutFileConf } from '#engine/settings/nut-conf/nut-file-conf.ts';
import { readNutConf } from '#engine/settings/nut-conf/read-nut-conf.ts';
import { writeUpsConf } from '#engine/settings/nut-conf/ups-conf.ts';
import { UPSD_DEFAULTS, writeUpsdConf } from '#engine/settings/nut-conf/upsd-conf.ts';
import { writeUpsdUsers } from '#engine/settings/nut-conf/upsd-users.ts';
import { UPSMON_DEFAULTS, writeUpsmonConf } from '#engine/settings/nut-conf/upsmon-conf.ts';
import { endProcess } from '#tests/support/end-process.ts';
import { freePort, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { withOwnPidFolder } from '#tests/support/own-pid-folder.ts';
import { ensurePrograms } from '#tests/support/programs.ts';

const run = promisify(execFile);
const needs = await ensurePrograms([...UPSD_PROGRAMS, { program: 'upsc', package: 'nut-client' }]);

const HARD_TEXT = 'He said "hi" \\ to # 1 = \'x\' $y `z`';

const ups: UpsConfig[] = [
  {
    name: 'Office.1',
    driver: 'dummy-ups',
    port: 'office unit.dev',
    description: HARD_TEXT,
    options: { pollinterval: '1', 'override.battery.charge.low': '40', 'default.ups.serial': HARD_TEXT },
  },
  { name: 'second', driver: 'dummy-ups', port: 'second.dev', options: { ignorelb: true, mode: 'dummy-once' } },
];
const users: UserConf[] = [
  { name: 'admin', password: HARD_TEXT, actions: new Set(['SET', 'FSD']), instcmds: 'ALL' },
  {
    name: 'operator',
    password: 'pw',
    actions: new Set(),
    instcmds: new Set(Array.from({ length: 40 }, (_, index) => `outlet.${index}.load.off`).concat('load.off')),
  },
  {
    name: 'mon',
    password: 'mon-pw',
    actions: new Set(['LOGIN', 'PRIMARY', 'FSD']),
    instcmds: new Set(),
    upsmon: 'primary',
  },
];

describe.skipIf(!needs.ok)(`the NUT files we write ${needs.reason}`, () => {
  let folder: string;
  let port: number;
  let client: NutClient;
  let log = '';
  const children: ChildProcess[] = [];
  const asUser = process.getuid?.() === 0 ? ['-u', 'root'] : [];

  const start = (program: string, args: readonly string[]): void => {
    const env = { ...process.env, NUT_CONFPATH: folder, NUT_STATEPATH: folder };
    const child = spawn(...withOwnPidFolder(program, [...args, ...asUser]), {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()));
    children.push(child);
  };
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await isSo().catch(() => false)) return;
      await delay(50);
    }
    throw new Error(`${what} did not happen:\n${log}`);
  };
  const login = async (name: string, password: string): Promise<NutClient> => {
    const other = await connectNutClient({ host: '127.0.0.1', port, clock: systemClock });
    await other.authenticate(name, password);
    return other;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nut-conf-'));
    port = await freePort();
    const monitor: MonitorConf = {
      ups: 'second',
      host: '127.0.0.1',
      port,
      powerValue: 1,
      user: 'mon',
      password: 'mon-pw',
      role: 'primary',
    };
    const files = {
      'ups.conf': writeUpsConf(ups, { maxretry: '1' }),
      'upsd.conf': writeUpsdConf({
        ...UPSD_DEFAULTS,
        listen: [{ address: '127.0.0.1', port }],
        trackingDelay: asSeconds(60),
      }),
      'upsd.users': writeUpsdUsers(users),
      'upsmon.conf': writeUpsmonConf({
        ...UPSMON_DEFAULTS,
        monitors: [monitor],
        shutdownCmd: "/bin/echo 'never'",
        notifyCmd: ['/bin/true', 'an argument'],
        notifyMsg: { ONBATT: HARD_TEXT.replaceAll('%', '') },
        notifyFlag: { ONBATT: ['IGNORE'], COMMBAD: ['IGNORE'] },
        powerDownFlag: join(folder, 'killpower'),
        pollFreq: asSeconds(1),
      }),
      'nut.conf': writeNutFileConf({ mode: 'netserver', variables: { POWEROFF_WAIT: '15m', OTHER: HARD_TEXT } }),
      'office unit.dev': 'ups.status: OL\nbattery.charge: 90\nups.delay.start: 30\n',
      'second.dev': 'ups.status: OL\nbattery.charge: 80\nbattery.charge.low: 20\n',
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text);
      await chmod(join(folder, name), 0o640);
    }
    for (const { name } of ups) start('/lib/nut/dummy-ups', ['-a', name, '-F']);
    start('/lib/nut/upsd', ['-F']);
    await until('the server came up', async () => {
      client = await connectNutClient({ host: '127.0.0.1', port, clock: systemClock });
      return true;
    });
    for (const { name } of ups) {
      await until(`${name} came up`, async () => {
        const status = await client.get('VAR', name, 'ups.status');
        return status.ok && status.value !== 'WAIT';
      });
    }
  });

  afterAll(async () => {
    await client.close();
    for (const child of children.toReversed()) await endProcess(child, 'SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  test('upsd lists every UPS in order with its description to the letter', async () => {
    expect(await client.list('UPS')).toEqual({
      ok: true,
      value: [
        ['Office.1', HARD_TEXT],
        ['second', 'Description unavailable'],
      ],
    });
  });

  test('upsc reads what the driver made of its options', async () => {
    const { stdout } = await run('upsc', [`Office.1@127.0.0.1:${port}`]);
    expect(stdout).toContain('battery.charge.low: 40\n');
    expect(stdout).toContain(`ups.serial: ${HARD_TEXT}\n`);
    expect(stdout).toContain('driver.parameter.pollinterval: 1\n');
  });

  test('upsd takes a password with every special character, and grants what was written', async () => {
    const admin = await login('admin', HARD_TEXT);
    expect(await admin.command(['SET', 'VAR', 'Office.1', 'ups.delay.start', '40'])).toMatchObject({ ok: true });
    expect(await admin.command(['INSTCMD', 'second', 'load.off'])).toMatchObject({ ok: true });
    expect(await admin.login('second')).toEqual({ ok: false, error: 'ACCESS-DENIED' });
    await admin.close();
    const operator = await login('operator', 'pw');
    expect(await operator.command(['INSTCMD', 'second', 'load.off'])).toMatchObject({ ok: true });
    await operator.close();
    const monitor = await login('mon', 'mon-pw');
    expect(await monitor.command(['INSTCMD', 'second', 'load.off'])).toEqual({ ok: false, error: 'ACCESS-DENIED' });
    expect(await monitor.command(['PRIMARY', 'second'])).toMatchObject({ ok: true });
    await monitor.close();
  });

  test('upsmon logs in with what its file says', async () => {
    const before = log.length;
    // With -p it is one process, which ends when it is told to.
    start('/lib/nut/upsmon', ['-D', '-F', '-p']);
    await until('upsmon logged in', async () => {
      const clients = await client.list('CLIENT', 'second');
      return clients.ok && clients.value.length === 1;
    });
    expect(log.slice(before)).not.toMatch(/unknown (?!command)|invalid|unrecogni[sz]ed|ignoring/i);
  });

  test('a shell reads nut.conf as it was meant', async () => {
    const { stdout } = await run('sh', [
      '-c',
      '. "$1"; printf "%s|%s|%s" "$MODE" "$POWEROFF_WAIT" "$OTHER"',
      'sh',
      join(folder, 'nut.conf'),
    ]);
    expect(stdout).toBe(`netserver|15m|${HARD_TEXT}`);
  });

  test('we read the same folder back without a complaint', async () => {
    const conf = await readNutConf(folder);
    expect(conf.problems.filter((problem) => problem.code !== 'unknown-variable')).toEqual([]);
    expect(conf.ups.map(({ origin: _origin, ...one }) => one)).toEqual([
      { ...ups[0], options: { maxretry: '1', ...ups[0]!.options } },
      { ...ups[1], options: { maxretry: '1', ...ups[1]!.options } },
    ]);
    expect(conf.users.map(({ origin: _origin, ...one }) => one)).toEqual(users);
  });
});
