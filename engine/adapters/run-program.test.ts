import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isGone } from '#tests/support/is-gone.ts';
import { endGroup, startProgram } from './run-program.ts';
import { systemClock } from './system-clock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-program-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A shell that waits for a child of its own. */
async function begin(timeoutMs = 60_000) {
  const line = `sleep 600 & echo "$$ $!" > '${folder}/new'; mv '${folder}/new' '${folder}/pids'; wait`;
  const run = startProgram('/bin/sh', ['-c', line], { env: process.env, timeoutMs, clock: systemClock });
  const pids = () => readFile(join(folder, 'pids'), 'utf8').catch(() => '');
  await expect.poll(pids, { timeout: 10_000 }).not.toBe('');
  const [shell = 0, child = 0] = (await pids()).split(' ').map(Number);
  return { ...run, shell, child };
}

describe.skipIf(process.platform === 'win32')('a program is ended', () => {
  test('with all it began', async () => {
    const { exit, shell, child } = await begin();
    endGroup(shell);
    expect(await exit).toMatchObject({ phrase: 'reason.ended-by' });
    await expect.poll(() => isGone(child), { timeout: 10_000 }).toBe(true);
  });

  test('on Windows, which knows no groups, by taskkill', async () => {
    const { exit, shell, child } = await begin();
    const script = `#!/bin/sh\necho "$@" > '${folder}/asked'\nkill -9 "-$4"\n`;
    await writeFile(join(folder, 'taskkill.exe'), script, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
    endGroup(shell, 'win32');
    await exit;
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(`/t /f /pid ${shell}\n`);
    await expect.poll(() => isGone(child), { timeout: 10_000 }).toBe(true);
  });

  test('on Windows without taskkill at least itself', async () => {
    const { exit, shell, child } = await begin();
    vi.stubEnv('PATH', folder);
    endGroup(shell, 'win32');
    expect(await exit).toMatchObject({ phrase: 'reason.ended-by' });
    process.kill(child, 'SIGKILL');
  });

  test('or is left to whom it belongs: that is no error of ours, and nobody waits for it', async () => {
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    const { exit, shell } = await begin(1_000);
    expect(await exit).toEqual({ phrase: 'reason.not-ended', params: { seconds: 1 } });
    expect(kill).toHaveBeenCalledWith(-shell, 'SIGKILL');
    kill.mockRestore();
    endGroup(shell);
  });
});
