import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { holdDataFolder } from './hold-data-folder.ts';
import { systemClock } from './system-clock.ts';

let folder: string;
const log = createRememberingLog();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-hold-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const holder = `
  const { holdDataFolder } = await import(${JSON.stringify(join(import.meta.dirname, 'hold-data-folder.ts'))});
  const { systemClock } = await import(${JSON.stringify(join(import.meta.dirname, 'system-clock.ts'))});
  await holdDataFolder(process.argv[1], systemClock, { warn: console.error });
  process.stdout.write('held');
  setInterval(() => undefined, 1000);
`;

test('a folder is held once, and again when it was let go', async () => {
  const letGo = await holdDataFolder(folder, systemClock, log);
  await expect(holdDataFolder(folder, systemClock, log)).rejects.toMatchObject({ code: 'shell/folder-in-use' });
  letGo();
  letGo();
  (await holdDataFolder(folder, systemClock, log))();
  expect(log.lines).toEqual([]);
});

test('a program that is killed holds nothing any more', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await expect(holdDataFolder(folder, systemClock, log)).rejects.toMatchObject({ code: 'shell/folder-in-use' });
  child.kill('SIGKILL');
  await ended;
  (await holdDataFolder(folder, systemClock, log))();
});

test('a folder that cannot be written is lived with, and told', async () => {
  (await holdDataFolder(join(folder, 'missing'), systemClock, log))();
  expect(log.lines.map(({ message }) => message).join()).toMatch(/is not known/);
});
