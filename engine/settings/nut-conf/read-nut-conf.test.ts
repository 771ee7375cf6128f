import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SettingsError } from '#domain/errors.ts';
import { phrase } from '#domain/messages/message.ts';
import type { ConfFolder } from './conf-folder.ts';
import { describeProblem } from './problem.ts';
import { readNutConf } from './read-nut-conf.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nut-conf-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const UPS = '[a]\ndriver = demo\nport = x\n';
async function write(files: Readonly<Record<string, string>>, mode = 0o640): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), mode);
  }
}
const told = async (environment = {}): Promise<string[]> =>
  (await readNutConf(folder, environment)).problems.map((problem) =>
    `${problem.severity} ${describeProblem(problem)}`.replaceAll(`${folder}/`, ''),
  );

describe('a folder of NUT files', () => {
  test('all five files are read into one configuration', async () => {
    await write({
      'ups.conf': UPS,
      'upsd.conf': 'MAXAGE 20\n',
      'upsd.users': '[mon]\npassword = pw\nupsmon primary\n',
      'upsmon.conf': 'MONITOR a@localhost 1 mon pw primary\nSHUTDOWNCMD /sbin/halt\n',
      'nut.conf': 'MODE=standalone\n',
    });
    const conf = await readNutConf(folder);
    expect(conf.ups.map((ups) => ups.name)).toEqual(['a']);
    expect(conf.ups[0]?.origin).toEqual({ file: join(folder, 'ups.conf'), line: 1 });
    expect(conf.upsd.maxAge).toBe(20);
    expect(conf.users.map((user) => user.name)).toEqual(['mon']);
    expect(conf.upsmon?.monitors.map((monitor) => monitor.user)).toEqual(['mon']);
    expect(conf.nut.mode).toBe('standalone');
    expect(conf.problems).toEqual([]);
  });

  test('files that are not there count as empty, and without upsmon.conf nothing is watched', async () => {
    await write({ 'ups.conf': UPS });
    const conf = await readNutConf(folder);
    expect(conf).toMatchObject({ users: [], upsmon: undefined, nut: { mode: 'none' }, problems: [] });
    expect(conf.upsd.maxAge).toBe(15);
  });

  test('problems name the file with its path and the line', async () => {
    await write({ 'ups.conf': UPS, 'upsd.conf': '\nMAXAEG 20\n' });
    const { problems } = await readNutConf(folder);
    expect(problems.map(describeProblem)).toEqual([
      `${join(folder, 'upsd.conf')}:2: MAXAEG is not known; the line is skipped (write MAXAGE if that is meant)`,
    ]);
  });

  test('no UPS at all is an error unless it is allowed or only other servers are watched', async () => {
    expect(await told()).toEqual([
      'error ups.conf:1: no UPS is configured (add a section with driver and port to ups.conf, or set ALLOW_NO_DEVICE true in upsd.conf)',
    ]);
    expect(await told({ ALLOW_NO_DEVICE: 'yes' })).toEqual([]);
    await write({ 'upsmon.conf': 'MONITOR a@nas 1 mon pw secondary\nSHUTDOWNCMD x\n' });
    expect(await told()).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('passwords that everybody may read are told, and only those', async () => {
    await write(
      {
        'ups.conf': UPS,
        'upsd.conf': 'MAXAGE 20\n',
        'upsd.users': '[mon]\npassword = pw\n',
        'upsmon.conf': 'MONITOR a@b 1 mon pw primary\nSHUTDOWNCMD x\n',
      },
      0o644,
    );
    expect(await told()).toEqual([
      'warning upsd.users:1: everybody on this computer can read the passwords in this file (chmod 640 upsd.users)',
      'warning upsmon.conf:1: everybody on this computer can read the passwords in this file (chmod 640 upsmon.conf)',
    ]);
    await write({ 'upsd.users': '# none yet\n', 'upsmon.conf': '# MONITOR …\n' }, 0o644);
    expect((await told()).filter((line) => line.includes('everybody'))).toEqual([]);
  });

  test('the folder of the sockets comes from the environment, nut.conf, ups.conf and upsd.conf in this order', async () => {
    const statePath = async (environment = {}) => (await readNutConf(folder, environment)).upsd.statePath;
    await write({ 'ups.conf': UPS });
    expect(await statePath()).toBeUndefined();
    await write({ 'upsd.conf': 'STATEPATH /from-upsd\n' });
    expect(await statePath()).toBe('/from-upsd');
    await write({ 'ups.conf': `statepath = /from-ups\n${UPS}` });
    expect(await statePath()).toBe('/from-ups');
    await write({ 'nut.conf': 'NUT_STATEPATH=/from-nut\n' });
    expect(await statePath()).toBe('/from-nut');
    expect(await statePath({ NUT_STATEPATH: '/from-environment' })).toBe('/from-environment');
    expect(await statePath({ NUT_STATEPATH: '' })).toBe('/from-ups');
  });

  test('the environment wins over upsd.conf in what may be missing', async () => {
    await write({ 'ups.conf': UPS, 'upsd.conf': 'ALLOW_NO_DEVICE true\nALLOW_NOT_ALL_LISTENERS false\n' });
    const { upsd } = await readNutConf(folder, { ALLOW_NO_DEVICE: 'no', ALLOW_NOT_ALL_LISTENERS: '1' });
    expect([upsd.allowNoDevice, upsd.allowNotAllListeners]).toEqual([false, true]);
  });

  test('a folder that is not there, or is a file, cannot be read', async () => {
    await expect(readNutConf(join(folder, 'nowhere'))).rejects.toThrow(
      `Cannot read ${join(folder, 'nowhere')}: it does not exist.`,
    );
    await write({ 'a-file': '' });
    await expect(readNutConf(join(folder, 'a-file'))).rejects.toThrow(SettingsError);
  });

  test('a file that is there but cannot be read is an error, not an empty file', async () => {
    await write({ 'ups.conf': UPS });
    await mkdir(join(folder, 'upsd.users'));
    await expect(readNutConf(folder)).rejects.toMatchObject({
      code: 'settings/cannot-read',
      details: { file: join(folder, 'upsd.users'), reason: phrase('reason.is-folder', {}) },
    });
  });

  test('files may come from elsewhere than a disk', async () => {
    const files: Record<string, string> = { 'ups.conf': UPS };
    const memory: ConfFolder = {
      pathOf: (name) => name,
      read: (name) => {
        const text = files[name];
        return Promise.resolve(text === undefined ? undefined : { bytes: Buffer.from(text), isWorldReadable: false });
      },
    };
    expect((await readNutConf(memory)).ups).toHaveLength(1);
  });
});
