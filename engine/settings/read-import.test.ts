import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findImports, importPlaces } from './find-imports.ts';
import { type Moved } from './move-in.ts';
import { readImport } from './read-import.ts';
import { errorsOf, settingsOf } from './moving-test-support.ts';

describe('a folder on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ridethrough-moving-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const read = (path = folder): Promise<Moved> => readImport({ kind: 'nut-conf', path }, {});

  test('is read with its timers, and wrong lines are told with file and line', async () => {
    await writeFile(join(folder, 'ups.conf'), '[ups]\n driver = usbhid-ups\n port = auto\n lowbat = 3\n', {
      mode: 0o600,
    });
    expect(errorsOf(await read())).toEqual([expect.stringMatching(/ups\.conf:4: lowbat is no option/)]);
    await writeFile(join(folder, 'ups.conf'), '[ups]\n driver = usbhid-ups\n port = auto\n', { mode: 0o600 });
    await writeFile(
      join(folder, 'upsmon.conf'),
      'MONITOR ups 1 m p primary\nSHUTDOWNCMD x\nNOTIFYCMD /sbin/upssched\n',
      { mode: 0o600 },
    );
    const schedule = 'CMDSCRIPT /bin/true\nAT ONBATT * START-TIMER s 5\nAT ONLINE * CANCEL-TIMER s\n';
    await writeFile(join(folder, 'upssched.conf'), schedule, { mode: 0o600 });
    const moved = await read();
    expect(moved.problems).toEqual([]);
    expect(settingsOf(moved).ups[0]).toMatchObject({ shutdown: 'BATT', shutdowntimer: 5 });
  });

  test('that is not there, or names no UPS, is told', async () => {
    expect(errorsOf(await read())).toEqual([expect.stringMatching(/ups\.conf:1: no UPS is configured/)]);
    await expect(read(join(folder, 'gone'))).rejects.toThrow(/it does not exist/);
    await expect(readImport({ kind: 'apcupsd', path: join(folder, 'gone') }, {})).rejects.toThrow(/it does not exist/);
  });

  test('is found where it is looked for', async () => {
    const nut = join(folder, 'nut');
    const places = [
      { kind: 'nut-conf', path: nut },
      { kind: 'nut-conf', path: join(folder, 'ups') },
      { kind: 'apcupsd', path: join(folder, 'apcupsd.conf') },
    ] as const;
    expect(await findImports(places)).toEqual([]);
    await mkdir(nut);
    await writeFile(join(nut, 'nut.conf'), 'MODE=none\n');
    expect(await findImports(places)).toEqual([]);
    // As a package puts them down.
    await writeFile(join(nut, 'ups.conf'), '# [myups]\n#   driver = usbhid-ups\nmaxretry = 3\n');
    await writeFile(join(nut, 'upsmon.conf'), '# MONITOR myups@bigserver 1 upswired blah primary\nMINSUPPLIES 1\n');
    await writeFile(join(folder, 'apcupsd.conf'), '## apcupsd.conf v1.1 ##\n');
    expect(await findImports(places)).toEqual([]);
    await writeFile(join(nut, 'upsmon.conf'), 'MONITOR ups@nas 1 upsmon pw secondary\n');
    await writeFile(join(folder, 'apcupsd.conf'), '# a comment\nUPSTYPE usb\n');
    expect(await findImports(places)).toEqual([places[0], places[2]]);
    await writeFile(join(nut, 'upsmon.conf'), '');
    await writeFile(join(nut, 'ups.conf'), '[office]\ndriver = usbhid-ups\n');
    expect(await findImports(places)).toEqual([places[0], places[2]]);
  });

  test('every system has its places', () => {
    expect(importPlaces('linux', {}).map(({ path }) => path)).toContain('/etc/nut');
    expect(importPlaces('linux', {}).map(({ path }) => path)).toContain('/etc/apcupsd/apcupsd.conf');
    expect(
      importPlaces('win32', { ProgramFiles: 'C:\\Program Files', SystemDrive: 'C:' }).map(({ kind }) => kind),
    ).toEqual(['nut-conf', 'nut-conf', 'apcupsd']);
    expect(importPlaces('win32', {})).toEqual([]);
  });
});
