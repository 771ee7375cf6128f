import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RULE_FILE } from '#engine/setup/udev-rule.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createReadFs } from './node-hid-fs.ts';
import { createSetupSystem } from './setup-system.ts';

const RULE = new URL(`../../resources/udev/${RULE_FILE}`, import.meta.url).pathname;

let folder: string;
let rules: string;
let programs: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-rule-'));
  rules = join(folder, 'rules.d');
  programs = join(folder, 'bin');
  await mkdir(rules);
  await mkdir(programs);
  await addProgram('udevadm', `echo "$@" >>"${folder}/udevadm.log"`);
});
afterEach(() => rm(folder, { recursive: true }));

async function addProgram(name: string, script: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, name), 0o755);
}

const system = (isRoot: boolean, env: Record<string, string> = {}, ruleFile = RULE) =>
  createSetupSystem({
    platform: 'linux',
    env: { PATH: `${programs}:/usr/bin:/bin`, ...env },
    fs: createReadFs(),
    log: createRememberingLog(),
    ruleFile,
    ruleFolder: rules,
    isRoot,
  });

const target = (): string => join(rules, RULE_FILE);

describe.runIf(process.platform === 'linux')('the udev rule', () => {
  test('is put in place by root, readable for all, and udev takes it up', async () => {
    const root = system(true);
    expect(await root.rule()).toBe('missing');
    expect(await root.installRule()).toMatchObject({ outcome: 'installed' });
    expect(await readFile(target(), 'utf8')).toBe(await readFile(RULE, 'utf8'));
    expect((await stat(target())).mode & 0o777).toBe(0o644);
    expect(await readFile(join(folder, 'udevadm.log'), 'utf8')).toMatch(/^control --reload\ntrigger .*hidraw/);
    expect(await root.rule()).toBe('installed');
    expect(await root.installRule()).toMatchObject({ outcome: 'already' });
  });

  test('of an older version is replaced, one of somebody else never', async () => {
    const first = (await readFile(RULE, 'utf8')).split('\n')[0] ?? '';
    await writeFile(target(), `${first}\n# older\n`);
    expect(await system(true).rule()).toBe('outdated');
    expect(await system(true).installRule()).toMatchObject({ outcome: 'installed' });
    await writeFile(target(), 'SUBSYSTEM=="usb", MODE="0666"\n');
    expect(await system(true).rule()).toBe('foreign');
    expect(await system(true).installRule()).toMatchObject({ outcome: 'foreign' });
    expect(await readFile(target(), 'utf8')).toBe('SUBSYSTEM=="usb", MODE="0666"\n');
  });

  test('goes through pkexec where somebody sits at a screen', async () => {
    await addProgram('pkexec', `echo asked >"${folder}/pkexec.log"; exec "$@"`);
    expect(await system(false, { DISPLAY: ':0' }).installRule()).toMatchObject({ outcome: 'installed' });
    expect(await readFile(join(folder, 'pkexec.log'), 'utf8')).toBe('asked\n');
    expect(await readFile(target(), 'utf8')).toBe(await readFile(RULE, 'utf8'));
  });

  test.each([
    ['126', 'by-hand', 'rule.dismissed'],
    ['127', 'by-hand', 'rule.refused'],
  ])('pkexec that ends with %s leaves it to the hand', async (status, outcome, phrase) => {
    await addProgram('pkexec', `exit ${status}`);
    const told = await system(false, { WAYLAND_DISPLAY: 'wayland-0' }).installRule();
    expect(told).toMatchObject({ outcome, reason: { phrase } });
    expect(told.command).toContain(`sudo install -m 644 ${RULE}`);
  });

  test('without a screen the command is told, and nobody is asked', async () => {
    await addProgram('pkexec', `echo asked >"${folder}/pkexec.log"`);
    expect(await system(false).installRule()).toMatchObject({ outcome: 'by-hand' });
    await expect(stat(join(folder, 'pkexec.log'))).rejects.toThrow('ENOENT');
  });

  test('what udev had to say is the reason', async () => {
    await addProgram('udevadm', 'echo "no daemon" >&2; exit 3');
    expect(await system(true).installRule()).toMatchObject({ outcome: 'failed', reason: 'no daemon' });
  });

  test('a program without its own rule says which file is missing', async () => {
    await expect(system(true, {}, join(folder, 'gone')).installRule()).rejects.toMatchObject({
      code: 'settings/cannot-read',
      details: { file: join(folder, 'gone') },
    });
  });
});
