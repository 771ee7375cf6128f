/** The hook of systemd-shutdown as it is installed, and what it runs, against recorded units and a scripted one. */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '#tests/support/run-program.ts';
import { buildProgram } from '#tests/support/served-program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT = join(ROOT, 'resources', 'systemd', 'late-power-off.sh');
const PROGRAM = join(ROOT, 'dist', 'headless', 'late-power-off.mjs');

let folder = '';
beforeAll(buildProgram);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'late-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function runWith(ups: Readonly<Record<string, unknown>>): Promise<{ status: unknown; log: string }> {
  const word = join(folder, 'word.json');
  await writeFile(word, JSON.stringify({ upses: [{ name: 'office', options: {}, ...ups }], baseDir: ROOT }));
  const { status, stdout, stderr } = await runProgram(process.execPath, [PROGRAM, word], { timeoutMs: 60_000 });
  return { status, log: stdout + stderr };
}

describe.skipIf(process.platform !== 'linux')('the late power-off', () => {
  test('tells a recorded unit to switch off in a minute and to come back', async () => {
    const port = 'recording:tests/fixtures/devices/051d-0002-back-ups-es-850g2';
    const { status, log } = await runWith({ driver: 'usbhid-ups', port });
    expect(log).toContain('office was told to switch off in 60 s.');
    expect(status).toBe(0);
  });

  test('says which unit stays on, and why, when it cannot be told or reached', async () => {
    const able = await runWith({ driver: 'usbhid-ups', port: 'recording:tests/fixtures/devices/0463-ffff-eaton-5e' });
    expect(able.log).toContain('office cannot be told to switch off later');
    expect(able.status).toBe(1);
  }, 90_000);

  test('tells what is wrong with its word', async () => {
    const { status, stderr } = await runProgram(process.execPath, [PROGRAM, '/nowhere/word.json']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('The UPS was not switched off')]);
  });

  test('is installed as a hook that acts on halt and power-off only, and is removed again', async () => {
    const env = { ...process.env, DESTDIR: folder };
    const hook = join(folder, 'usr/lib/systemd/system-shutdown/ridethrough');
    const installed = await runProgram('sh', [SCRIPT, 'install'], { env });
    expect(installed.stderr).toBe('');
    expect((await stat(hook)).mode & 0o777).toBe(0o755);
    // The same hook with another word, and a stand-in for what it runs.
    const ran = join(folder, 'ran');
    const word = join(folder, 'word');
    const stand = join(folder, 'node');
    await writeFile(stand, `#!/bin/sh\necho "$@" >>'${ran}'\n`);
    await chmod(stand, 0o755);
    const text = (await readFile(hook, 'utf8'))
      .replaceAll('/run/ridethrough/late-power-off.json', word)
      .replace(/ '[^']*node' /, ` '${stand}' `)
      .replace('/dev/kmsg', '/dev/null');
    await writeFile(hook, text);
    const call = (verb: string) => runProgram(hook, [verb]);
    expect((await call('poweroff')).status).toBe(0);
    await writeFile(word, '{}');
    for (const verb of ['reboot', 'kexec', 'halt', 'poweroff']) expect((await call(verb)).status).toBe(0);
    expect(await readFile(ran, 'utf8')).toBe(`${PROGRAM} ${word}\n`.repeat(2));
    expect((await runProgram('sh', [SCRIPT, 'remove'], { env })).status).toBe(0);
    await expect(stat(hook)).rejects.toThrow('ENOENT');
    expect((await runProgram('sh', [SCRIPT], { env })).status).toBe(2);
  });
});
