import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textIn } from '#domain/messages/message.ts';
import { checkPowerDownFlag, writePowerDownFlag } from './power-down-flag.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flag-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('whether the flag could be written is known without writing it', async () => {
  const file = join(folder, 'killpower');
  expect(await checkPowerDownFlag(file)).toBeUndefined();
  await expect(readFile(file)).rejects.toThrow('ENOENT');
  await writePowerDownFlag(file);
  expect(await checkPowerDownFlag(file)).toBeUndefined();
  await writeFile(file, 'of somebody else');
  expect(textIn(await checkPowerDownFlag(file))).toBe('something else stands in it, so it is left alone');
  expect(textIn(await checkPowerDownFlag(join(folder, 'nowhere', 'killpower')))).toBe('it does not exist');
  expect(textIn(await checkPowerDownFlag(folder))).toBe('it is a folder');
});

// Root may write everywhere.
test.skipIf(process.getuid?.() === 0)('a folder that may not be written is told', async () => {
  await chmod(folder, 0o500);
  expect(textIn(await checkPowerDownFlag(join(folder, 'killpower')))).toBe('permission denied');
});
