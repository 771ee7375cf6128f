import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import { asSeconds } from '#domain/units.ts';
import type { SystemAction } from '#engine/monitor/actions/commands.ts';
import type { ShutdownAction } from '#engine/monitor/policy.ts';
import type { Clock } from '#engine/ports.ts';
import { isGone } from '#tests/support/is-gone.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { systemClock } from './system-clock.ts';
import { createSystemPower } from './system-power.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'system-power-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const power = (env: NodeJS.ProcessEnv = process.env) =>
  createSystemPower({ clock: systemClock, log: createRememberingLog(), folder: join(folder, 'actions'), env });
const command = (line: string, seconds = 10): ShutdownAction => ({
  kind: 'command',
  command: line,
  timeout: asSeconds(seconds),
});
const lines = async (name: string): Promise<number> =>
  (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n').filter(Boolean).length;

describe('under test', () => {
  test.each(['shutdown', 'hibernate', 'sleep', 'hybrid-sleep', 'restart'] as const)('%s is refused', async (kind) => {
    for (const env of [{ NODE_ENV: 'test' }, { VITEST: 'true' }, { RIDETHROUGH_NO_POWER: '1' }]) {
      expect(await power({ PATH: '/nowhere', ...env }).act({ kind }, '1-1')).toMatchObject({
        phrase: 'error.monitor/refused-under-test',
      });
    }
  });

  test.each(['/sbin/shutdown -h +0', 'systemctl poweroff', 'sync; echo o > /proc/sysrq-trigger'])(
    'so is the command %s',
    async (line) => {
      expect(await power({ PATH: '/nowhere', VITEST: 'true' }).act(command(line), '1-1')).toMatchObject({
        params: { action: line },
      });
    },
  );
});

describe.skipIf(process.platform === 'win32')('a command', () => {
  test('is run by the shell, and its end is told with its last words', async () => {
    expect(await power().act(command('exit 0'), '1-1')).toBeUndefined();
    expect(await power().act(command('echo first; echo no way >&2; exit 3'), '2-1')).toEqual({
      phrase: 'reason.last-words',
      params: { words: 'no way', how: { phrase: 'reason.exit-status', params: { status: 3 } } },
    });
  });

  test('is run once for one ticket, however often it is asked for at the same time', async () => {
    const line = command(`echo x >> '${folder}/ran'; sleep 0.3; exit 4`);
    const answers = await Promise.all(Array.from({ length: 8 }, () => power().act(line, '1-1')));
    expect(await lines('ran')).toBe(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ params: { status: 4 } });
  });

  test('is run again for another ticket', async () => {
    const line = command(`echo x >> '${folder}/ran'`);
    await power().act(line, '1-1');
    await power().act(line, '1-2');
    expect(await lines('ran')).toBe(2);
  });

  test('that was killed half-way counts as failed, so that it is tried again', async () => {
    expect(await power().act(command('kill -9 $PPID; sleep 5'), '1-1')).toBeDefined();
    expect(await power().act(command('true'), '1-1')).toEqual({ phrase: 'reason.was-ended', params: {} });
  });

  test('that does not end is ended', async () => {
    expect(await power().act(command('sleep 60', 1), '1-1')).toEqual({
      phrase: 'reason.not-ended',
      params: { seconds: 1 },
    });
  });

  test('is run even when nothing can be written', async () => {
    await writeFile(join(folder, 'actions'), 'a file where the folder should be');
    expect(await power().act(command(`echo x >> '${folder}/ran'`), '1-1')).toBeUndefined();
    expect(await lines('ran')).toBe(1);
  });

  test('around the action gets its environment, and is run once for one ticket', async () => {
    const line = `echo "$NOTIFYTYPE $UPSNAME $RIDETHROUGH_STEP" >> '${folder}/around'; exit 3`;
    const env = { NOTIFYTYPE: 'SHUTDOWN', UPSNAME: 'ups', RIDETHROUGH_STEP: 'before' };
    for (const _ of [1, 2]) {
      expect(await power().runLine(line, env, 10, '1-before')).toEqual({
        phrase: 'reason.exit-status',
        params: { status: 3 },
      });
    }
    // An action in between takes nothing of it away.
    expect(await power().act(command('true'), '2-1')).toBeUndefined();
    expect(await power().runLine(line, env, 10, '1-before')).toMatchObject({ phrase: 'reason.exit-status' });
    expect(await readFile(join(folder, 'around'), 'utf8')).toBe('SHUTDOWN ups before\n');
  });

  test('around the action that does not end is ended with all it began, also by who comes later', async () => {
    const line = `sleep 600 & echo $! > '${folder}/child'; wait`;
    const first = power().runLine(line, {}, 60, '1-before');
    await expect.poll(() => lines('child'), { timeout: 10_000 }).toBe(1);
    // As after a kill of the program: another one asks for the same ticket, and has less time left for it.
    expect(await power().runLine(line, {}, 1, '1-before')).toEqual({
      phrase: 'reason.not-ended',
      params: { seconds: 1 },
    });
    expect(await first).toMatchObject({ phrase: 'reason.ended-by' });
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isGone(child), { timeout: 10_000 }).toBe(true);
  });

  test('that is tried is run each time, and what it wrote is told, at its end', async () => {
    const going = new AbortController().signal;
    expect(await power().tryLine('echo out; echo err >&2; exit 4', {}, 10, going)).toMatchObject({
      output: 'out\nerr\n',
      failure: { phrase: 'reason.exit-status', params: { status: 4 } },
    });
    const long = await power().tryLine('i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done', {}, 60, going);
    expect(long.output.endsWith('line 2999\n')).toBe(true);
    expect(long.output.length).toBe(4_000);
    // What goes on in the background is not waited for.
    const behind = `echo begun; sleep 600 & echo $! > '${folder}/behind'`;
    expect(await power().tryLine(behind, {}, 30, going)).not.toHaveProperty('failure');
    process.kill(Number(await readFile(join(folder, 'behind'), 'utf8')));
    expect(await power().tryLine('echo begun; sleep 600', {}, 1, going)).toMatchObject({
      output: 'begun\n',
      failure: { phrase: 'reason.not-ended', params: { seconds: 1 } },
    });
    expect(await power().tryLine('systemctl poweroff', {}, 1, going)).toMatchObject({
      failure: { phrase: 'error.monitor/refused-under-test' },
    });
    // Not even begun once the program ends.
    const late = await power().tryLine(`echo x >> '${folder}/ran'`, {}, 10, AbortSignal.abort());
    expect([late.failure, await lines('ran')]).toEqual([{ phrase: 'reason.was-ended', params: {} }, 0]);
  });

  test.each([
    ['true', 'true'],
    ['A=1 B="x y" echo hi', 'echo'],
    ['if true; then echo a; fi', 'if'],
    ['"$HOME/x" y', '"$HOME/x" y'],
    ['( cd /tmp && ls )', '( cd /tmp && ls )'],
  ])('%s is found', async (line, by) => {
    expect(await power().checkLine(line)).toEqual({ ok: true, by });
    expect(await power().check(command(line))).toEqual({ ok: true, by });
  });

  test('in PATH is told by its path', async () => {
    expect(await power().checkLine('cat /etc/passwd | wc -l')).toEqual({
      ok: true,
      by: expect.stringMatching(/\/cat$/) as unknown,
    });
  });

  test.each([
    ['/no/such/program now', '/no/such/program'],
    ['no-such-program now', 'no-such-program'],
    ['/etc/passwd', '/etc/passwd'],
    ['/tmp', '/tmp'],
    ["X=1 '/no/such program' x", '/no/such program'],
  ])('%s is not, before it is needed', async (line, program) => {
    const reason = { phrase: 'reason.no-program', params: { program } };
    expect(await power().checkLine(line)).toEqual({ ok: false, reason });
    expect(await power().check(command(line))).toEqual({ ok: false, reason });
  });

  test('that the shell cannot read is told with what the shell says, and nothing of it is run', async () => {
    expect(await power().checkLine(`touch '${folder}/ran'; if true`)).toMatchObject({
      ok: false,
      reason: { phrase: 'reason.last-words', params: { words: expect.stringContaining('yntax error') as unknown } },
    });
    await power().checkLine(`touch '${folder}/ran'`);
    expect(await lines('ran')).toBe(0);
    await expect(readFile(join(folder, 'ran'))).rejects.toThrow('ENOENT');
  });

  test('of a notice gets its arguments and its environment', async () => {
    const script = `echo "$1 $NOTIFYTYPE" >> '${folder}/told'`;
    expect(await power().run(['sh', '-c', script, 'sh', 'UPS on battery'], { NOTIFYTYPE: 'ONBATT' })).toBeUndefined();
    expect(await readFile(join(folder, 'told'), 'utf8')).toBe('UPS on battery ONBATT\n');
    expect(await power().run(['/no/such/program'], {})).toMatchObject({ phrase: 'reason.not-started' });
  });
});

describe.skipIf(process.platform === 'win32')('another system, by stand-ins for its programs', () => {
  const standIn = async (name: string, script: string): Promise<void> => {
    await mkdir(join(folder, 'bin'), { recursive: true });
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  const on = (platform: NodeJS.Platform, clock: Clock = systemClock) =>
    createSystemPower({
      clock,
      log: createRememberingLog(),
      folder: join(folder, 'actions'),
      env: { PATH: `${folder}/bin:/bin:/usr/bin` },
      platform,
    });
  const refusal = async (platform: NodeJS.Platform, kind: SystemAction): Promise<string | undefined> => {
    const check = await on(platform).check({ kind });
    return check.ok ? undefined : textIn(check.reason);
  };

  test('Windows tells what it can in bytes and what the account may in names', async () => {
    // S3 and S4, a file to hibernate into, no hybrid sleep.
    await standIn('powershell.exe', 'echo "1 0 0 0 0 1 1 1 1 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 0 0 0 0 0 0 0 0"');
    await standIn('whoami.exe', 'echo "SeShutdownPrivilege   Shut down the system   Disabled"');
    expect(await on('win32').check({ kind: 'shutdown' })).toEqual({
      ok: true,
      by: 'shutdown.exe',
      command: 'shutdown.exe /s /f /t 0',
    });
    expect(await refusal('win32', 'sleep')).toBeUndefined();
    expect(await refusal('win32', 'hibernate')).toBeUndefined();
    expect(await refusal('win32', 'hybrid-sleep')).toMatch(/hybrid sleep is switched off/);
    await standIn('whoami.exe', 'echo "SeChangeNotifyPrivilege   x   Enabled"');
    expect(await refusal('win32', 'shutdown')).toMatch(/has not the right/);
  });

  test('macOS tells what it keeps on disk', async () => {
    await standIn('pmset', 'echo " hibernatemode        0"');
    expect(await refusal('darwin', 'sleep')).toBeUndefined();
    expect(await refusal('darwin', 'hybrid-sleep')).toMatch(/keeps nothing on disk .*hibernatemode 0/);
    expect(await refusal('darwin', 'hibernate')).toMatch(/hibernatemode 0; 25 hibernates/);
    await standIn('pmset', 'echo " hibernatemode        3"');
    expect(await refusal('darwin', 'hybrid-sleep')).toBeUndefined();
  });

  test('Linux has logind asked; a lock stops nobody who is root', async () => {
    const says = (answer: string) => standIn('busctl', `echo 's "${answer}"'`);
    await says('yes');
    expect(await on('linux').check({ kind: 'hibernate' })).toMatchObject({
      ok: true,
      by: 'logind',
      command: expect.stringContaining('Hibernate b false') as unknown,
    });
    for (const answer of ['no', 'na', 'challenge', 'challenge-inhibitor-blocked']) {
      await says(answer);
      expect(await refusal('linux', 'hybrid-sleep')).toBe(`logind answers "${answer}"`);
    }
    await says('inhibitor-blocked');
    const isRoot = process.getuid?.() === 0;
    expect(await on('linux').check({ kind: 'sleep' })).toMatchObject(
      isRoot ? { ok: true, command: 'systemctl --no-ask-password -i suspend' } : { ok: false },
    );
  });

  test('one that is asked and complains is heard all the same, and one that hangs counts as silent, and is ended', async () => {
    await standIn('busctl', `echo 'no such locale' >&2; sleep 0.2; echo 's "yes"'`);
    expect(await on('linux').check({ kind: 'sleep' })).toMatchObject({ ok: true, by: 'logind' });
    await standIn('busctl', `sleep 600 & echo $! > '${folder}/child'; wait`);
    const clock = createFakeClock();
    const check = on('linux', clock).check({ kind: 'sleep' });
    await expect.poll(() => lines('child'), { timeout: 10_000 }).toBe(1);
    await clock.advance(5_000);
    expect(await check).toEqual({ ok: false, reason: { phrase: 'reason.logind-silent', params: {} } });
    const child = Number(await readFile(join(folder, 'child'), 'utf8'));
    await expect.poll(() => isGone(child), { timeout: 10_000 }).toBe(true);
  });

  test('on Windows a line that was begun before is not begun again', async () => {
    await standIn('cmd.exe', `echo "$4" >> '${folder}/ran'`);
    expect(await on('win32').runLine('stop-vms.bat', {}, 10, '1-before')).toBeUndefined();
    expect(await on('win32').runLine('stop-vms.bat', {}, 10, '1-before')).toMatchObject({ phrase: 'reason.was-ended' });
    expect(await on('win32').runLine('stop-vms.bat', {}, 10, '2-before')).toBeUndefined();
    expect(await readFile(join(folder, 'ran'), 'utf8')).toBe('"stop-vms.bat"\n"stop-vms.bat"\n');
    expect(await on('win32').checkLine('C:\\nowhere\\x.bat now')).toMatchObject({ ok: false });
    for (const line of ['echo now', '%ProgramFiles%\\x\\stop.exe now', 'C:\\nowhere\\stop', 'cd/d C:\\ & stop']) {
      expect(await on('win32').checkLine(line)).toMatchObject({ ok: true });
    }
  });
});
