import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from '#tests/support/run-program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

// Opening a pipe waits for somebody at its other end, in one of the threads: as a disk that hangs does.
const program = `
  const { allowForHangingDisk } = await import(${JSON.stringify(join(import.meta.dirname, 'disk-threads.ts'))});
  const { open, stat } = await import('node:fs/promises');
  allowForHangingDisk();
  for (let count = 0; count < 12; count += 1) void open(process.argv[1]);
  await stat('/');
  process.stdout.write('goes on, ' + process.env.UV_THREADPOOL_SIZE);
  process.kill(process.pid, 'SIGKILL');
`;
const withHangingCalls = async (size: string | undefined): Promise<string> => {
  const pipe = join(folder, 'pipe');
  expect(await runProgram('mkfifo', [pipe])).toMatchObject({ status: 0 });
  const env = { ...process.env, UV_THREADPOOL_SIZE: size };
  const { stdout } = await runProgram(process.execPath, ['--input-type=module', '-e', program, pipe], {
    env,
    timeoutMs: 10_000,
  });
  return stdout;
};

test.skipIf(process.platform === 'win32')('a dozen calls that hang leave threads to the others', async () => {
  expect(await withHangingCalls(undefined)).toBe('goes on, undefined');
});

test.skipIf(process.platform === 'win32')('a number that was asked for stays', async () => {
  expect(await withHangingCalls('14')).toBe('goes on, 14');
});
