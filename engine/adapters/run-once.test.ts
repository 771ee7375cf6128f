import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Text } from '#domain/messages/message.ts';
import { createFakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { isGone } from '#tests/support/is-gone.ts';
import { createRunOnce, takeTicket, ticketFolder, type TicketFolder } from './run-once.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-once-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = <Answer>(): Promise<Answer> => new Promise(() => undefined);
const timesRun = async (): Promise<number> => (await readFile(join(folder, 'ran'), 'utf8').catch(() => '')).length / 2;

/** Asks for one ticket, and lets time pass on its clock until there is an answer. */
async function ask(change: Partial<TicketFolder> = {}, line = `echo x >> '${folder}/ran'`, seconds = 60) {
  const clock = createFakeClock();
  const log = createRememberingLog();
  const tickets = { ...ticketFolder(join(folder, 'tickets')), ...change };
  const runOnce = createRunOnce({ clock, log, env: process.env, tickets });
  let answer: { readonly failure: Text | undefined } | undefined;
  void runOnce(line, seconds, '1-1').then((failure) => {
    answer = { failure };
  });
  await vi.waitFor(async () => {
    await clock.advance(250);
    expect(answer).toBeDefined();
  }, 10_000);
  return { failure: answer?.failure, seconds: clock.monotonic() / 1000, log };
}

describe.skipIf(process.platform === 'win32')('a disk that never answers', () => {
  test.each([
    ['when the folder is made ready', { prepare: () => never<undefined>() }],
    ['when the ticket is read', { read: () => never<string>() }],
  ])('%s does not keep the line from being run, once', async (_, change) => {
    const { failure, log } = await ask(change);
    expect(failure).toBeUndefined();
    expect(await timesRun()).toBe(1);
    expect(JSON.stringify(log.lines).includes('carried out all the same')).toBe('prepare' in change);
  });

  test('counts into the time of the line, which ends when it was to end', async () => {
    const { failure, seconds } = await ask({ prepare: () => never<undefined>() }, 'sleep 600', 8);
    expect(failure).toEqual({ phrase: 'reason.not-ended', params: { seconds: 3 } });
    expect(seconds).toBeLessThanOrEqual(9);
  });

  test('where no shell takes the ticket is done without as well', async () => {
    const clock = createFakeClock();
    const own = ticketFolder(join(folder, 'tickets'));
    expect([await takeTicket(own, '1-1', clock), await takeTicket(own, '1-1', clock)]).toEqual([true, false]);
    const taken = takeTicket({ ...own, prepare: () => never<undefined>() }, '1-1', clock);
    await clock.advance(5_000);
    expect(await taken).toBe(true);
  });

  test('when the shell takes the ticket is done without, and what hangs there never runs the line', async () => {
    await mkdir(join(folder, 'tickets'));
    // To be opened for writing it waits for a reader.
    const pipe = join(folder, 'tickets', '1-1.log');
    await promisify(execFile)('mkfifo', [pipe]);
    const { failure, log } = await ask();
    expect(failure).toBeUndefined();
    expect(log.lines).toMatchObject([{ level: 'error', message: expect.stringContaining('all the same') as unknown }]);
    const shell = Number(await readFile(join(folder, 'tickets', '1-1'), 'utf8'));
    expect(() => process.kill(shell, 0)).toThrow('ESRCH');
    expect(await timesRun()).toBe(1);
  });
});

describe.skipIf(process.platform === 'win32')('a ticket that another shell is just making', () => {
  const emptyTicket = async (): Promise<void> => {
    await mkdir(join(folder, 'tickets'));
    await writeFile(join(folder, 'tickets', '1-1'), '');
  };

  test('is its own, as soon as it has written into it', async () => {
    await emptyTicket();
    const own = ticketFolder(join(folder, 'tickets'));
    let reads = 0;
    const asked = ask({
      read: async (name) => {
        reads += 1;
        if (reads === 3) {
          await writeFile(join(folder, 'tickets', '1-1.ended'), '4\n');
          await writeFile(join(folder, 'tickets', '1-1'), '999999999\n');
        }
        return own.read(name);
      },
    });
    expect((await asked).failure).toEqual({ phrase: 'reason.exit-status', params: { status: 4 } });
    expect(await timesRun()).toBe(0);
  });

  test('and that stays empty has begun nothing: the line is run', async () => {
    await emptyTicket();
    expect((await ask()).failure).toBeUndefined();
    expect(await timesRun()).toBe(1);
  });
});

describe.runIf(process.platform === 'linux')('a ticket of a shell that is gone', () => {
  test('is not held by the program that has its number now, which is left alone', async () => {
    await mkdir(join(folder, 'tickets'));
    const other = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
    try {
      const pid = other.pid ?? 0;
      await writeFile(join(folder, 'tickets', '1-1'), `${pid}\n`);
      expect((await ask({}, 'true', 1)).failure).toEqual({ phrase: 'reason.was-ended', params: {} });
      expect(await isGone(pid)).toBe(false);
    } finally {
      other.kill('SIGKILL');
    }
  });
});

describe.skipIf(process.platform === 'win32')('a line', () => {
  test.each([0, 1, 113])('that ends with status %i is run once, whatever that means to us', async (status) => {
    const { failure } = await ask({}, `echo x >> '${folder}/ran'; exit ${status}`);
    expect(failure).toEqual(status === 0 ? undefined : { phrase: 'reason.exit-status', params: { status } });
    expect(await timesRun()).toBe(1);
  });

  test('is run although its words cannot be kept', async () => {
    await mkdir(join(folder, 'tickets', '1-1.log'), { recursive: true });
    expect((await ask()).failure).toBeUndefined();
    expect(await timesRun()).toBe(1);
  });
});
