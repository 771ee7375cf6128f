import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningProgram } from '#engine/setup/neighbours.ts';
import { createReadFs } from './node-hid-fs.ts';
import { readPowerRules } from './power-rules.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ridethrough-rules-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
const program = (name: string): RunningProgram => ({ pid: 7, parent: 1, name, command: name });
const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../../tests/fixtures/power-rules/${name}`, import.meta.url), 'utf8');

/** @param answers what programs print; one that is not there ends with status 1 */
async function rules(platform: NodeJS.Platform, running: readonly string[], answers: Record<string, string> = {}) {
  const asked: string[] = [];
  const found = await readPowerRules(
    {
      platform,
      env: { HOME: '/home/me' },
      fs: createReadFs(root),
      ask: (file, args) => {
        asked.push([file, ...args].join(' '));
        const answer = answers[file];
        return answer === undefined
          ? Promise.reject(Object.assign(new Error('ended'), { code: 1 }))
          : Promise.resolve(answer);
      },
    },
    running.map(program),
  );
  return { found: found.map(({ id, at }) => [id, at]), asked };
}

test('Linux: the files of what runs, in the order in which they count', async () => {
  await write('etc/UPower/UPower.conf', '[UPower]\nPercentageLow=40\nPercentageCritical=35\nPercentageAction=30\n');
  await write('etc/UPower/UPower.conf.d/50-b.conf', '[UPower]\nPercentageAction=25\n');
  await write('etc/UPower/UPower.conf.d/10-a.conf', '[UPower]\nPercentageAction=15\n');
  await write('etc/UPower/UPower.conf.d/own.conf', '[UPower]\nPercentageAction=12\n');
  await write('home/me/.config/powerdevilrc', '[BatteryManagement]\nBatteryCriticalLevel=11\n');
  expect((await rules('linux', ['upowerd', 'org_kde_powerdevil'])).found).toEqual([
    ['upower', { charge: 25 }],
    ['kde', { charge: 11 }],
  ]);
  expect(await rules('linux', ['firefox'])).toEqual({ found: [], asked: [] });
});

test('Windows: only with a UPS among its batteries', async () => {
  const powercfg = await fixture('powercfg.txt');
  const count = '    Count    REG_DWORD    0x1\r\n';
  const { found, asked } = await rules('win32', [], { 'reg.exe': count, 'powercfg.exe': powercfg });
  expect(found).toEqual([['windows-critical', { charge: 5 }]]);
  expect(asked.at(-1)).toBe('powercfg.exe /qh SCHEME_CURRENT SUB_BATTERY');
  expect((await rules('win32', [], { 'powercfg.exe': powercfg })).found).toEqual([]);
  await expect(rules('win32', [], { 'reg.exe': count })).rejects.toThrow('ended');
});

test('macOS: what pmset says of the UPS', async () => {
  const { found, asked } = await rules('darwin', [], { '/usr/bin/pmset': await fixture('pmset-ups.txt') });
  expect(found).toHaveLength(2);
  expect(asked).toEqual(['/usr/bin/pmset -g ups']);
});
