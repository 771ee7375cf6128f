import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLines } from '#engine/nut/words.ts';
import { driverConfFor, hasSection } from './driver-conf.ts';

test('a driver reads its own options and nothing that is for others', () => {
  const text = driverConfFor({
    name: 'rack',
    driver: 'snmp-ups',
    port: '10.0.0.9',
    description: 'in the rack',
    options: { community: 'se"cr\\et #1', notransferoids: true, maxretry: '3', sdorder: '1', nowait: true },
  });
  expect(parseLines(Buffer.from(text)).map(({ words }) => words)).toEqual([
    ['[rack]'],
    ['driver', '=', 'snmp-ups'],
    ['port', '=', '10.0.0.9'],
    ['community', '=', 'se"cr\\et #1'],
    ['notransferoids'],
  ]);
});

test('an option name cannot smuggle a line in', () => {
  const options = { 'x\n[other]\ndriver': 'y', 'override.battery.charge.low': '40', mfr: 'a\nport = /dev/null' };
  const text = driverConfFor({ name: 'a', driver: 'belkin', port: 'p', options });
  expect(parseLines(Buffer.from(text)).map(({ words }) => words)).toEqual([
    ['[a]'],
    ['driver', '=', 'belkin'],
    ['port', '=', 'p'],
    ['override.battery.charge.low', '=', '40'],
    ['mfr', '=', 'aport = /dev/null'],
  ]);
});

test('a section is found by its exact name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'driver-conf-'));
  try {
    expect(await hasSection(folder, 'Office')).toBe(false);
    await writeFile(join(folder, 'ups.conf'), '# [none]\nmaxretry = 3\n[Office] # desk\n  desc = "[other]"\n');
    expect(await hasSection(folder, 'Office')).toBe(true);
    for (const name of ['office', 'none', 'other', '']) expect(await hasSection(folder, name)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
