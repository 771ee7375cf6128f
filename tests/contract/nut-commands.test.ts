/** `ridethrough upsc|upscmd|upsrw` beside NUT's own: the same words in, the same bytes and exit status out. */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { runUpsc } from '#headless/nut-commands/upsc.ts';
import { runUpscmd } from '#headless/nut-commands/upscmd.ts';
import { runUpsrw } from '#headless/nut-commands/upsrw.ts';
import { startTestServer, type TestServer } from '#tests/support/nut-server.ts';
import { type NutUpsd, startNutUpsd, UPSD_PROGRAMS } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import { type ProgramRun, runProgram } from '#tests/support/run-program.ts';

const COMMANDS = { upsc: runUpsc, upscmd: runUpscmd, upsrw: runUpsrw };
type CommandName = keyof typeof COMMANDS;

const programs = await ensurePrograms([
  ...UPSD_PROGRAMS,
  ...Object.keys(COMMANDS).map((program) => ({ program, package: 'nut-client' })),
]);

/** Debian's build tells of its TLS library on standard error; that is no part of what the command says. */
const withoutTlsTalk = (text: string): string => text.replace(/^Init SSL without certificate database\n/gm, '');

async function runTheirs(name: CommandName, args: readonly string[], input: string): Promise<ProgramRun> {
  const run = await runProgram(name, args, { input });
  return { ...run, stderr: withoutTlsTalk(run.stderr) };
}

async function runOurs(name: CommandName, args: readonly string[], input: string): Promise<ProgramRun> {
  let stdout = '';
  let stderr = '';
  const status = await COMMANDS[name](args, {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    stdin: Readable.from([Buffer.from(input)]),
    env: process.env,
  });
  return { stdout, stderr, status };
}

describe.skipIf(!programs.ok)(`NUT's commands and ours ${programs.reason}`, () => {
  let upsd: NutUpsd;
  let own: TestServer;
  const traits = { isWritable: true } as const;

  beforeAll(async () => {
    upsd = await startNutUpsd({
      devices: {
        dummy: {
          dev: 'ups.mfr: Dummy\nups.status: OL CHRG\nbattery.charge: 90\nups.model: He said "hi" \\ back # hash\nups.delay.start: 30\n',
          description: 'A "quoted" desc # with \\ in it',
        },
        off: { dev: '', isRunning: false },
      },
      users:
        '[admin]\n password = secret\n actions = SET FSD\n instcmds = ALL\n[mon]\n password = pw\n upsmon primary\n',
    });
    own = await startTestServer({
      ups: {
        dummy: {
          variables: {
            'a.enum': 'two',
            'b.range': '7',
            'c.both': 'x',
            'd.string': 'say "hi" \\ #1',
            'e.number': '4',
            'f.fixed': '1',
            'g.either': '5',
            'h.mixed': 'q',
            'ups.status': 'OB LB',
          },
          traits: {
            'a.enum': { ...traits, values: ['one', 'two', 't"r#ee'] },
            'b.range': {
              ...traits,
              ranges: [
                { min: 5, max: 10 },
                { min: 20, max: 30 },
              ],
            },
            'c.both': { ...traits, kind: 'string', maxLength: 5, values: ['x', 'y'] },
            'd.string': { ...traits, kind: 'string', maxLength: 12 },
            'e.number': { ...traits, kind: 'number' },
            'g.either': { ...traits, values: ['5'], ranges: [{ min: 1, max: 9 }] },
            'h.mixed': { ...traits, kind: 'string', maxLength: 9, ranges: [{ min: 1, max: 9 }] },
          },
          commands: ['load.off', 'vendor.x'],
          description: 'ours',
        },
        empty: { variables: {} },
        off: { variables: {}, isConnected: false },
      },
      // Refusals of wrong passwords are held back ever longer: here that is only told, not waited for.
      clock: { ...systemClock, after: (ms, run) => systemClock.after(Math.min(ms, 50), run) },
      outcome: (what) => (what === 'vendor.x' ? 'invalid' : 'handled'),
    });
  });
  afterAll(async () => {
    await upsd.stop();
    await own.stop();
  });

  const admin = ['-u', 'admin', '-p', 'secret'];
  /** AT stands for the server's address. */
  const calls: [name: CommandName, args: string[], input?: string][] = [
    ['upsc', ['dummy@AT']],
    ['upsc', ['dummy@AT', 'ups.status']],
    ['upsc', ['dummy@AT', 'UPS.Status', 'more']],
    ['upsc', ['dummy@AT', 'ups.model']],
    ['upsc', ['dummy@AT', 'server.version']],
    ['upsc', ['DUMMY@AT', 'no.such']],
    ['upsc', ['dummy@AT', 'nope']],
    ['upsc', ['empty@AT']],
    ['upsc', ['off@AT']],
    ['upsc', ['off@AT', 'ups.status']],
    ['upsc', ['nosuch@AT']],
    ['upsc', ['@AT']],
    ['upsc', ['-l', 'AT']],
    ['upsc', ['-L', 'AT']],
    ['upsc', ['-lL', 'AT']],
    ['upsc', ['-c', 'dummy@AT']],
    ['upsc', ['-c', 'nosuch@AT']],
    ['upsc', ['--', 'dummy@AT', 'ups.status']],
    ['upsc', ['-l', 'dummy@AT']],
    ['upsc', []],
    ['upsc', ['-c']],
    ['upsc', ['']],
    ['upsc', ['dummy@']],
    ['upsc', ['dummy@127.0.0.1:1']],
    ['upsc', ['dummy@127.0.0.1:']],
    ['upsc', ['dummy@127.0.0.1:abc']],
    ['upsc', ['dummy@127.0.0.1:99999']],
    ['upsc', ['dummy@127.0.0.1:1x']],
    ['upsc', ['dummy@[::1']],
    ['upsc', ['dummy@[::1]:']],
    ['upsc', ['dummy@[::1]:1']],
    ['upsc', ['dummy@nohost.invalid']],
    ['upsc', ['-l', '127.0.0.1:1']],
    ['upsc', ['-l', '127.0.0.1:x']],
    ['upsc', ['-l', '']],
    ['upsc', ['-l', '[::1']],
    ['upscmd', ['-l', 'off@AT']],
    ['upscmd', ['-l', 'nosuch@AT']],
    ['upscmd', ['-l', 'dummy@AT']],
    ['upscmd', ['-l', 'empty@AT']],
    ['upscmd', ['-l', '']],
    ['upscmd', ['-l', 'x@']],
    ['upscmd', ['', 'x']],
    ['upscmd', [...admin, 'dummy@AT', 'load.off']],
    ['upscmd', [...admin, 'dummy@AT', 'load.off', '5']],
    ['upscmd', [...admin, 'dummy@AT', 'load.off', '5', '6']],
    ['upscmd', [...admin, 'dummy@AT', 'no.such']],
    ['upscmd', [...admin, 'dummy@AT', 'nope']],
    ['upscmd', [...admin, 'nosuch@AT', 'load.off']],
    ['upscmd', [...admin, 'off@AT', 'load.off']],
    ['upscmd', [...admin, 'dummy@127.0.0.1:1', 'load.off']],
    ['upscmd', ['-u', 'admin', '-p', 'bad', 'dummy@AT', 'load.off']],
    ['upscmd', ['-uadmin', '-pbad', '-w', 'dummy@AT', 'load.off']],
    ['upscmd', ['-u', '', '-p', 'x', 'dummy@AT', 'load.off']],
    ['upscmd', ['-u', 'admin', '-p', '', 'dummy@AT', 'load.off']],
    ['upscmd', ['-w', '-t', '0', ...admin, 'dummy@AT', 'load.off']],
    ['upscmd', ['-w', '-t', '5x', ...admin, 'dummy@AT', 'load.off']],
    ['upscmd', ['-w', '-t', '-1', ...admin, 'dummy@AT', 'load.off']],
    ['upscmd', ['dummy@AT', 'load.off'], 'admin\nsecret\n'],
    ['upscmd', ['dummy@AT', 'load.off'], '\nsecret\n'],
    ['upscmd', ['-u', 'admin', 'dummy@AT', 'load.off'], 'secret'],
    ['upscmd', ['-u', 'admin', 'dummy@AT', 'load.off'], ''],
    ['upscmd', ['dummy@AT', 'load.off'], ''],
    ['upsrw', ['dummy@AT']],
    ['upsrw', ['-l', 'dummy@AT']],
    ['upsrw', ['empty@AT']],
    ['upsrw', ['nosuch@AT']],
    ['upsrw', ['off@AT']],
    ['upsrw', ['']],
    ['upsrw', ['x@']],
    ['upsrw', ['-s', 'no.such=1', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'nope=1', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', '=1', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'driver.name=1', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'f.fixed=1', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'a.enum=four', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'b.range=25', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'd.string=a "b" = c', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'd.string=0123456789abc', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'ups.delay.start=44', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'ups.mfr=a "b" = c', ...admin, 'dummy@AT']],
    ['upsrw', ['-s', 'ups.delay.start=44', '-u', 'admin', '-p', 'bad', 'dummy@AT']],
    ['upsrw', ['-s', 'ups.delay.start=44', '-u', 'mon', '-p', 'pw', 'dummy@AT']],
    ['upsrw', ['-s', 'ups.delay.start', ...admin, 'dummy@AT'], '46\n'],
    ['upsrw', ['-s', 'ups.delay.start', 'dummy@AT'], 'admin\n47\nsecret\n'],
    ['upsrw', ['-s', 'ups.delay.start', 'dummy@AT'], ''],
    ['upsrw', ['-t', 'x', '-w', '-s', 'ups.delay.start=45', ...admin, 'dummy@AT']],
  ];

  const title = (call: (typeof calls)[number]): string =>
    `${call[0]} ${call[1].map((word) => (word === '' ? "''" : word)).join(' ')}${call[2] === undefined ? '' : ` < ${JSON.stringify(call[2])}`}`;

  describe.each(["against NUT's server", 'against ours'])('%s', (where) => {
    test.each(calls.map((call) => [title(call), ...call] as const))('%s', async (_, name, args, input = '') => {
      const address = where === 'against ours' ? `127.0.0.1:${own.port}` : upsd.address;
      const words = args.map((word) => word.replace('AT', address));
      const theirs = await runTheirs(name, words, input);
      expect(await runOurs(name, words, input)).toEqual(theirs);
    });
  });

  test('the result of a setting that is waited for is told like NUT tells it', async () => {
    const words = ['-w', '-s', 'd.string=new', ...admin, `dummy@127.0.0.1:${own.port}`];
    const theirs = await runTheirs('upsrw', words, '');
    expect(theirs).toEqual({ stdout: '', stderr: 'SUCCESS\n', status: 0 });
    expect(await runOurs('upsrw', words, '')).toEqual(theirs);
  });

  test('the failure of a command that is waited for is told like NUT tells it', async () => {
    const words = ['-w', ...admin, `dummy@127.0.0.1:${own.port}`, 'vendor.x'];
    const theirs = await runTheirs('upscmd', words, '');
    expect(theirs.stderr).toBe('ERR INVALID-ARGUMENT\n');
    expect(await runOurs('upscmd', words, '')).toEqual(theirs);
  });

  test.each(['upsc', 'upscmd', 'upsrw'] as const)(
    '%s: what is wrong with its options is told and help is given, status as in NUT',
    async (name) => {
      for (const args of [['-h'], ['-x'], ['-V'], ...(name === 'upsc' ? [] : [['-u'], [], ['-l']])]) {
        const [ours, theirs] = [await runOurs(name, args, ''), await runTheirs(name, args, '')];
        expect(ours.status).toBe(theirs.status);
        if (args[0] !== '-V') {
          expect(ours.stderr).toBe(theirs.stderr);
          expect(ours.stdout.split('\n')[0]).toMatch(new RegExp(`^Network UPS Tools ${name} \\d`));
        }
      }
    },
  );
});
