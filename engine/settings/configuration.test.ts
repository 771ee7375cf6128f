import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Settings } from '#domain/schema/settings/settings.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { checkNutFiles, describeFault, nutFilesConfiguration, settingsConfiguration } from './configuration.ts';

describe('a password that everybody knows', () => {
  const listenOf = (server: Readonly<Record<string, unknown>>): readonly string[] => {
    const { engine } = settingsConfiguration(Settings.parse({ server }), '/data', createRememberingLog());
    return (engine.nut?.listen ?? []).map(({ host, port }) => `${host} ${port}`);
  };
  const OWN = ['127.0.0.1 3493', '::1 3493'];

  // As a file that was changed by hand can have it.
  test.each([
    ['the account of this computer', { rmonitor: true, monpwd: 'fixmepass' }, OWN],
    ['a further one', { rmonitor: true, users: [{ name: 'nas', password: 'fixmepass' }] }, OWN],
    [
      'lines by hand',
      { monpwd: 'fixmepass', optionsupsd: 'LISTEN 0.0.0.0 4000\nLISTEN 127.0.0.1 4001' },
      [...OWN, '127.0.0.1 4001'],
    ],
    ['only here', { monpwd: 'fixmepass' }, OWN],
    ['another password', { rmonitor: true, monpwd: 'own' }, ['0.0.0.0 3493', '::0 3493']],
  ])('keeps the server closed to other computers: %s', (_case, server, listen) => {
    expect(listenOf(server)).toEqual(listen);
  });

  describe('in NUT’s files', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'ridethrough-known-'));
      await writeFile(join(folder, 'ups.conf'), '[ups]\n driver = demo\n port = auto\n');
      const users = '[own]\n password = x\n upsmon primary\n[nas]\n password = fixmepass\n upsmon secondary\n';
      await writeFile(join(folder, 'upsd.users'), users, { mode: 0o640 });
    });
    afterEach(() => rm(folder, { recursive: true }));

    const start = (listen: string) =>
      writeFile(join(folder, 'upsd.conf'), `LISTEN ${listen}\n`).then(() =>
        nutFilesConfiguration(folder, folder, {}, createRememberingLog()),
      );

    test('is an error with its line where other computers may connect', async () => {
      await expect(start('0.0.0.0')).rejects.toMatchObject({
        code: 'settings/bad-line',
        details: { file: join(folder, 'upsd.users'), line: 4 },
      });
      const { faults, exposed } = await checkNutFiles(folder, {});
      expect(faults).toEqual([]);
      expect(exposed.map(describeFault)).toEqual([
        `${join(folder, 'upsd.users')}:4: everybody knows this password, and other computers may connect (choose another password)`,
      ]);
    });

    test('is fine where nobody else does', async () => {
      expect((await start('127.0.0.1')).engine.users.map(({ name }) => name)).toEqual(['own', 'nas']);
    });
  });
});
