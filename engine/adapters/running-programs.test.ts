import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createReadFs } from './node-hid-fs.ts';
import { listRunningPrograms, parsePs, parseTasklist } from './running-programs.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ridethrough-proc-'));
});
afterEach(() => rm(root, { recursive: true }));

async function addProcess(pid: number, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(root, 'proc', String(pid));
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

test('a process of Linux with its parent, its whole name and its service', async () => {
  await addProcess(42, {
    stat: '42 (generic_gpio_li) S 7 42 42 0 -1',
    cmdline: '/lib/nut/generic_gpio_libgpiod\0-a\0ups\0',
    cgroup: '0::/system.slice/system-nut\\x2ddriver.slice/nut-driver@ups.service\n',
  });
  await addProcess(43, { stat: '43 (a (b) c) S 1 43', cmdline: '', cgroup: '0::/user.slice/session-2.scope\n' });
  await addProcess(44, {
    stat: '44 (java) S 1 44',
    cmdline: '/opt/jre/bin/java\0-jar\0x.jar\0',
    cgroup: '0::/user.slice/user-0.slice/user@0.service/app.slice/x.scope\n',
  });
  await mkdir(join(root, 'proc', '45'), { recursive: true });
  expect(await listRunningPrograms('linux', createReadFs(root))).toEqual([
    {
      pid: 42,
      parent: 7,
      name: 'generic_gpio_libgpiod',
      command: '/lib/nut/generic_gpio_libgpiod -a ups',
      unit: 'nut-driver@ups.service',
    },
    { pid: 43, parent: 1, name: 'a (b) c', command: '' },
    { pid: 44, parent: 1, name: 'java', command: '/opt/jre/bin/java -jar x.jar' },
  ]);
});

test.runIf(process.platform === 'linux')('this very process is found on this computer', async () => {
  const own = (await listRunningPrograms('linux', createReadFs())).find(({ pid }) => pid === process.pid);
  expect(own).toMatchObject({ parent: process.ppid });
});

test('lines of ps, with spaces in a folder and without a folder', () => {
  const text = [
    '    1     0 /sbin/launchd',
    '  512     1 /Applications/PowerPanel Personal.app/Contents/MacOS/ppbed -d',
    '  600     1 apcupsd',
    '',
  ].join('\n');
  expect(parsePs(text).map(({ pid, parent, name }) => [pid, parent, name])).toEqual([
    [1, 0, 'launchd'],
    [512, 1, 'ppbed'],
    [600, 1, 'apcupsd'],
  ]);
});

test.each(['N/A', 'Nicht zutreffend'])('lines of tasklist, with %j where there is no service', (none) => {
  const text = [
    `"System Idle Process","0","${none}"`,
    '"svchost.exe","900","BrokerInfrastructure,DcomLaunch"',
    '"ppped.exe","4120","PowerPanel Personal Service"',
    `"upsmon.exe","4130","${none}"`,
    'INFO: none',
    '',
  ];
  expect(parseTasklist(text.join('\r\n')).slice(1)).toEqual([
    {
      pid: 900,
      parent: 0,
      name: 'svchost',
      command: 'svchost.exe BrokerInfrastructure,DcomLaunch',
      unit: 'BrokerInfrastructure',
    },
    {
      pid: 4120,
      parent: 0,
      name: 'ppped',
      command: 'ppped.exe PowerPanel Personal Service',
      unit: 'PowerPanel Personal Service',
    },
    { pid: 4130, parent: 0, name: 'upsmon', command: 'upsmon.exe' },
  ]);
});
