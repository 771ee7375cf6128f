/** What the service costs: from its start to the first answer, and while nothing happens, alone and with a page open. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { freePort } from '#tests/support/nut-upsd.ts';
import { ensurePrograms } from '#tests/support/programs.ts';
import {
  buildProgram,
  createNutFolder,
  isListening,
  LAUNCHER,
  ridethrough,
  startProgram,
} from '#tests/support/served-program.ts';
import { CHROMIUM } from '../e2e/support/chromium.ts';
import { residentOf } from './nut-servers.ts';
import { median, type Check, type Section } from './section.ts';

/** As people start it. */
const LAUNCHED = { command: [process.execPath, LAUNCHER] };
const STARTS = 10;
const CALLS = 10;
const SETTLE_MS = 20_000;
const IDLE_MS = 30_000;
const RECORDING = new URL('../tests/fixtures/devices/0764-0501-cp1500avrlcda', import.meta.url).pathname;
const FILES = {
  'ups.conf': `[bench]\n  driver = usbhid-ups\n  port = recording:${RECORDING}\n  pollinterval = 2\n`,
  'upsd.users': '',
};
/** Clock ticks of the kernel's accounting in a second, on every Linux. */
const TICKS_PER_SECOND = 100;

/** Asks a port again and again until a UPS answers with its status. */
async function firstAnswer(port: number): Promise<void> {
  for (;;) {
    if (await isListening(port)) {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.setEncoding('latin1');
      socket.write('GET VAR bench ups.status\n');
      const [reply] = (await once(socket, 'data')) as [string];
      socket.destroy();
      if (reply.startsWith('VAR')) return;
    }
    await delay(2);
  }
}

async function timeOfStart(): Promise<number> {
  const folder = await createNutFolder(FILES);
  const from = performance.now();
  const program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--no-web'], LAUNCHED);
  await firstAnswer(folder.port);
  const took = performance.now() - from;
  await program.end();
  await folder.remove();
  return took;
}

/** Processor seconds a process has used. */
async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

interface Idle {
  /** Bytes. */
  readonly resident: number;
  /** Share of one core. */
  readonly processor: number;
}

async function idle(pid: number): Promise<Idle> {
  await delay(SETTLE_MS);
  const before = await processorTime(pid);
  await delay(IDLE_MS);
  const used = (await processorTime(pid)) - before;
  return { resident: await residentOf(pid), processor: used / (IDLE_MS / 1000) };
}

async function idleWithoutFace(): Promise<Idle> {
  const folder = await createNutFolder(FILES);
  const program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--no-web'], LAUNCHED);
  await program.ready();
  const cost = await idle(program.pid);
  await program.end();
  await folder.remove();
  return cost;
}

async function idleWithPage(): Promise<{ readonly none: Idle; readonly one: Idle }> {
  const folder = await createNutFolder(FILES);
  const web = `127.0.0.1:${await freePort()}`;
  const program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--web', web], LAUNCHED);
  const [, link = ''] = / web=(\S+)/.exec(await program.ready()) ?? [];
  const none = await idle(program.pid);
  const browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage();
    await page.goto(link);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return { none, one: await idle(program.pid) };
  } finally {
    await browser.close();
    await program.end();
    await folder.remove();
  }
}

async function timesOfUpsc(): Promise<number[]> {
  const folder = await createNutFolder(FILES);
  const program = startProgram(['serve', '--nut-conf', folder.conf, '--data-dir', folder.data, '--no-web'], LAUNCHED);
  await firstAnswer(folder.port);
  const times: number[] = [];
  for (let at = 0; at < CALLS; at++) {
    const from = performance.now();
    const { status, stderr } = await ridethrough(['upsc', `bench@${folder.address}`, 'ups.status']);
    if (status !== 0) throw new Error(stderr);
    times.push(performance.now() - from);
  }
  await program.end();
  await folder.remove();
  return times;
}

const ms = (value: number): string => `${Math.round(value)} ms`;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
const share = (value: number): string => `${(value * 100).toFixed(2)} %`;

export async function service(): Promise<Section> {
  const found = await ensurePrograms([{ program: CHROMIUM.executablePath, package: 'chromium' }]);
  if (!found.ok) throw new Error(found.reason);
  await buildProgram();
  await timeOfStart(); // the disk's cache is warm, as with a program that was just installed
  const starts: number[] = [];
  for (let at = 0; at < STARTS; at++) starts.push(await timeOfStart());
  const calls = await timesOfUpsc();
  const alone = await idleWithoutFace();
  const { none, one } = await idleWithPage();
  const check = (what: string, reach: string, measured: string, isMet: boolean): Check => ({
    what,
    reach,
    measured,
    isMet,
  });
  const cost = (what: string, { resident, processor }: Idle): string[] => [what, mib(resident), share(processor)];
  return {
    title: 'The service',
    notes: [
      `Start: ${STARTS} times from the start of the process to the first \`GET VAR\` that is answered with a value, with a recorded unit. ` +
        `\`upsc\`: ${CALLS} times one variable, from the start of the process to its end.`,
      `Cost: one recorded unit polled every 2 s; processor time as a share of one core in ${IDLE_MS / 1000} s, ${SETTLE_MS / 1000} s after the start or after the page was opened; resident memory then.`,
    ],
    head: ['what', 'median or memory', 'slowest or processor'],
    rows: [
      ['start to the first NUT answer', ms(median(starts)), ms(Math.max(...starts))],
      ['`ridethrough upsc` of one variable', ms(median(calls)), ms(Math.max(...calls))],
      cost('idle, without web interface', alone),
      cost('idle, with web interface', none),
      cost('with one page open', one),
    ],
    checks: [
      check('start to the first NUT answer', '< 1 s', ms(median(starts)), median(starts) < 1000),
      check('`ridethrough upsc`', '< 200 ms', ms(median(calls)), median(calls) < 200),
      check('memory when idle, headless', '< 90 MiB', mib(none.resident), none.resident < 90 * 2 ** 20),
      check('processor when idle', '< 1 % of one core', share(none.processor), none.processor < 0.01),
    ],
  };
}
