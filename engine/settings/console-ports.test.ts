import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemConsoles, type ConsolePlaces } from '#engine/drivers/system-consoles.ts';
import { changeSettings } from './change-settings.ts';
import { describeFieldProblem } from './check-settings.ts';
import { consoleFaults, consoleProblems } from './console-ports.ts';
import { primary, secondary } from './test-support.ts';

let folder: string;
let places: ConsolePlaces;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-consoles-'));
  places = { devFolder: join(folder, 'dev'), ttyFolder: join(folder, 'tty'), procFolder: join(folder, 'proc') };
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const dev = (name: string): string => join(folder, 'dev', name);

test('consoles are those in use and those that the kernel was told of', async () => {
  await write('tty/console/active', 'tty0 ttyS0\n');
  await write(
    'proc/consoles',
    'ttyS0                -W- (EC  p a)    4:64\nttyAMA1              -W- (E   p  )  204:65\n',
  );
  await write('proc/cmdline', 'root=/dev/sda1 console=ttyS2,115200n8 noconsole=ttyS3 console=/dev/hvc0 quiet\n');
  expect((await systemConsoles(places)).toSorted()).toEqual(['hvc0', 'tty0', 'ttyAMA1', 'ttyS0', 'ttyS2'].map(dev));
});

test('a computer without any has none', async () => {
  expect(await systemConsoles(places)).toEqual([]);
  await write('tty/console/active', '\n');
  expect(await systemConsoles(places)).toEqual([]);
});

const withPort = (port: string) => changeSettings(primary, [['ups.0.port', port]]).settings;

test('a port that is one is refused, under another name as well, and says what to do', async () => {
  await write('proc/consoles', 'ttyS0                -W- (EC  p a)    4:64\n');
  await write('dev/ttyS0', '');
  await mkdir(dev('serial/by-id'), { recursive: true });
  await symlink('../../ttyS0', dev('serial/by-id/usb-Cable'));
  for (const port of [dev('ttyS0'), join(folder, 'dev/../dev//ttyS0'), dev('serial/by-id/usb-Cable')]) {
    const [problem] = await consoleProblems(withPort(port), primary.settings, places);
    expect(problem).toMatchObject({ path: ['ups', 0, 'port'], severity: 'error' });
    expect(describeFieldProblem(problem!)).toBe(
      `ups.0.port: ${port} is the console of this computer: what the system writes there would reach the UPS as commands (take another port, or remove console=ttyS0 from the kernel command line)`,
    );
  }
});

test('other ports, names without a path and UPSes of other computers are let be', async () => {
  await write('proc/consoles', 'ttyS0                -W- (EC  p a)    4:64\n');
  for (const port of [dev('ttyS1'), 'ttyS0', 'auto', 'recording:/tmp/ttyS0', `${dev('ttyS0')}1`]) {
    expect(await consoleProblems(withPort(port), undefined, places)).toEqual([]);
  }
  const elsewhere = changeSettings(secondary, [['ups.0.port', dev('ttyS0')]]).settings;
  expect(await consoleProblems(elsewhere, undefined, places)).toEqual([]);
});

test('one that was in force before stays and is warned of', async () => {
  await write('proc/consoles', 'ttyS0                -W- (EC  p a)    4:64\n');
  const before = withPort(dev('ttyS0'));
  expect(await consoleProblems(before, before, places)).toMatchObject([{ severity: 'warning' }]);
});

test('in NUT’s files it is told with the line of its section', async () => {
  await write('proc/cmdline', 'console=ttyS0\n');
  const section = { driver: 'apcsmart', options: {}, origin: { file: 'ups.conf', line: 7 } };
  const sections = [
    { ...section, name: 'rack', port: dev('ttyS0') },
    { ...section, name: 'desk', port: dev('ttyS1') },
  ];
  expect(await consoleFaults(sections, folder, places)).toMatchObject([{ file: 'ups.conf', line: 7 }]);
});
