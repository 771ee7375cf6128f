import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFakeClock, type FakeClock } from '#tests/support/fake-clock.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import { openOutbox, type Channel, type OutMessage } from './outbox.ts';

let folder: string;
let file: string;
let clock: FakeClock;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-outbox-'));
  file = join(folder, 'outbox.json');
  clock = createFakeClock();
});
afterEach(() => rm(folder, { recursive: true }));

const aMessage = (id: string): OutMessage => ({
  id,
  at: clock.now(),
  title: id,
  ups: 'ups',
  event: 'ONBATT',
  status: 'OB',
  text: id,
  html: id,
  brief: id,
  kind: 'on-battery',
  stage: 'begin',
  severity: 'care',
  figures: {},
});

/** A way to people that can be cut. */
function aChannel(id = 'mail') {
  const sent: string[][] = [];
  const channel: Channel & { sent: string[][]; isCut: boolean } = {
    id,
    sent,
    isCut: false,
    send(messages) {
      if (channel.isCut) return Promise.reject(new Error('no network'));
      sent.push(messages.map((message) => message.id));
      return Promise.resolve();
    },
  };
  return channel;
}

const open = () => openOutbox({ file, clock, log: createRememberingLog() });
const waiting = async (): Promise<string[]> =>
  (JSON.parse(await readFile(file, 'utf8')) as { pending: { message: OutMessage }[] }).pending.map(
    ({ message }) => message.id,
  );

describe('a message', () => {
  test('is sent at once and forgotten', async () => {
    const channel = aChannel();
    const outbox = await open();
    outbox.setChannels([channel]);
    outbox.put('mail', aMessage('a'));
    await expect.poll(() => channel.sent).toEqual([['a']]);
    await outbox.stop();
    expect(await waiting()).toEqual([]);
  });

  test('that cannot be sent for an hour arrives with all that came meanwhile, as one', async () => {
    const channel = aChannel();
    channel.isCut = true;
    const outbox = await open();
    outbox.setChannels([channel]);
    outbox.put('mail', aMessage('a'));
    await expect.poll(() => outbox.troubles()).toMatchObject([{ channel: 'mail', pending: 1 }]);
    outbox.put('mail', aMessage('b'));
    outbox.put('mail', aMessage('c'));
    for (let minute = 0; minute < 60; minute++) await clock.advance(60_000);
    expect(channel.sent).toEqual([]);
    channel.isCut = false;
    for (let minute = 0; minute < 16; minute++) await clock.advance(60_000);
    await expect.poll(() => channel.sent).toEqual([['a', 'b', 'c']]);
    await expect.poll(() => outbox.troubles()).toEqual([]);
    await outbox.stop();
  });

  test('is tried again after ten seconds, then each time after twice as long, up to a quarter of an hour', async () => {
    const startedAt = clock.now();
    const tries: number[] = [];
    const outbox = await open();
    const send = (): Promise<void> => {
      tries.push((clock.now() - startedAt) / 1000);
      return Promise.reject(new Error('no network'));
    };
    outbox.setChannels([{ id: 'mail', send }]);
    outbox.put('mail', aMessage('a'));
    await outbox.settled();
    for (const seconds of [10, 20, 40, 80, 160, 320, 640, 900, 900]) {
      const before = tries.length;
      await clock.advance((seconds - 1) * 1000);
      expect(tries).toHaveLength(before);
      await clock.advance(1000);
      await outbox.settled();
    }
    expect(tries).toEqual([0, 10, 30, 70, 150, 310, 630, 1270, 2170, 3070]);
    await outbox.stop();
  });

  test('that waits for a way that is dead takes no place from what waits for another one', async () => {
    const log = createRememberingLog();
    const outbox = await openOutbox({ file, clock, log });
    const [dead, slow] = [aChannel('dead'), aChannel('slow')];
    dead.isCut = true;
    slow.isCut = true;
    outbox.setChannels([dead, slow]);
    outbox.put('slow', aMessage('early'));
    for (let index = 0; index < 1000; index++) outbox.put('dead', aMessage(`storm ${index}`));
    await expect.poll(() => outbox.troubles().map(({ pending }) => pending)).toEqual([200, 1]);
    expect(
      log.lines.map(({ message }) => message).filter((line) => line.includes('for dead are too many')),
    ).toHaveLength(1);
    slow.isCut = false;
    dead.isCut = false;
    await vi.waitFor(async () => {
      await clock.advance(60_000);
      expect([slow.sent.length, dead.sent.length]).toEqual([1, 1]);
    }, 10_000);
    expect(slow.sent).toEqual([['early']]);
    expect(dead.sent[0]).toHaveLength(200);
    expect(dead.sent[0]?.at(-1)).toBe('storm 999');
    await outbox.stop();
  });

  test('that is sent once only, and at once, waits for no disk', async () => {
    const shown = aChannel('screen');
    const outbox = await open();
    outbox.setChannels([{ ...shown, isOnce: true }]);
    outbox.put('screen', aMessage('a'));
    // Not even a turn later.
    expect(shown.sent).toEqual([['a']]);
    await outbox.stop();
  });

  test('waits over a restart and is not sent again after it got through', async () => {
    const first = aChannel();
    first.isCut = true;
    const before = await open();
    before.setChannels([first]);
    before.put('mail', aMessage('a'));
    await expect.poll(() => before.troubles()).toHaveLength(1);
    await before.stop();
    expect(await waiting()).toEqual(['a']);

    const second = aChannel();
    const after = await open();
    after.setChannels([second]);
    await expect.poll(() => second.sent).toEqual([['a']]);
    await after.stop();
    const third = aChannel();
    const later = await open();
    later.setChannels([third]);
    await later.stop();
    expect(third.sent).toEqual([]);
  });

  test('holds up no end of the program while nobody answers, and goes out after the next start', async () => {
    const deaf: Channel = {
      id: 'mail',
      send: () => new Promise(() => undefined),
      stop: () => new Promise(() => undefined),
    };
    const before = await open();
    before.setChannels([deaf]);
    before.put('mail', aMessage('a'));
    await expect.poll(waiting).toEqual(['a']);
    let isStopped = false;
    void before.stop().then(() => (isStopped = true));
    await vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(isStopped).toBe(true);
    }, 10_000);
    const channel = aChannel();
    const after = await open();
    after.setChannels([channel]);
    await expect.poll(() => channel.sent).toEqual([['a']]);
    await after.stop();
  });

  test('of more than a week ago is dropped', async () => {
    const cut = aChannel();
    cut.isCut = true;
    const before = await open();
    before.setChannels([cut]);
    before.put('mail', aMessage('old'));
    await expect.poll(() => before.troubles()).toHaveLength(1);
    await before.stop();
    await clock.advance(8 * 24 * 3_600_000);
    const channel = aChannel();
    const outbox = await open();
    outbox.setChannels([channel]);
    outbox.put('mail', aMessage('new'));
    await expect.poll(() => channel.sent).toEqual([['new']]);
    await outbox.stop();
  });

  test('for a way that is gone is dropped, and one way that fails holds up no other', async () => {
    const [broken, fine] = [aChannel('broken'), aChannel('fine')];
    broken.isCut = true;
    const outbox = await open();
    outbox.setChannels([broken, fine]);
    outbox.put('broken', aMessage('a'));
    outbox.put('fine', aMessage('a'));
    await expect.poll(() => fine.sent).toEqual([['a']]);
    outbox.setChannels([fine]);
    await outbox.stop();
    expect(await waiting()).toEqual([]);
  });
});

test('a damaged file is told and begun anew', async () => {
  await writeFile(file, '{"version":1,"pending":[{');
  const log = createRememberingLog();
  const outbox = await openOutbox({ file, clock, log });
  const channel = aChannel();
  outbox.setChannels([channel]);
  outbox.put('mail', aMessage('a'));
  await expect.poll(() => channel.sent).toEqual([['a']]);
  await outbox.stop();
  expect(log.lines.map(({ message }) => message).join('\n')).toContain('outbox.json');
});
