import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { phrase } from '#domain/messages/message.ts';
import type { Decision } from '#domain/schema/monitor.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { createDecisionLog, DECISIONS_FILE, readDecisions } from './decision-log.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-'));
  file = join(folder, DECISIONS_FILE);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const decision = (at: number): Decision => ({ at, level: 'warn', text: { ...phrase('time.seconds', { count: at }) } });
async function add(...moments: readonly number[]): Promise<void> {
  const log = createDecisionLog(file, createRememberingLog(), 1000);
  for (const at of moments) log.add(decision(at));
  await log.settled();
}

test('decisions are read as they were added, over several starts', async () => {
  expect(await readDecisions(file)).toEqual([]);
  await add(1, 2);
  await add(3);
  expect(await readDecisions(file)).toEqual([1, 2, 3].map(decision));
});

test('a line that was broken off takes no other with it', async () => {
  await add(1);
  await appendFile(file, '{"at":2,"le');
  expect(await readDecisions(file)).toEqual([decision(1)]);
  await add(3);
  expect(await readDecisions(file)).toEqual([1, 3].map(decision));
});

test('a file that became too long loses its older half', async () => {
  await add(...Array.from({ length: 20 }, (_, at) => at));
  expect((await readFile(file, 'utf8')).length).toBeGreaterThan(1000);
  await add(20);
  expect((await readDecisions(file)).map(({ at }) => at)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
});

test('a disk that does not take them is told once, and waited for by nobody', async () => {
  const log = createRememberingLog();
  const decisions = createDecisionLog(join(folder, 'none', DECISIONS_FILE), log);
  decisions.add(decision(1));
  decisions.add(decision(2));
  await decisions.settled();
  expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
});
