/** From the device to the network: what a descriptor costs, and how soon a report is the answer to a client. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { builtInDefinitions } from '#engine/devices/definition.ts';
import { createDriverFactory } from '#engine/drivers/create-driver.ts';
import { createEngine } from '#engine/engine.ts';
import { deviceInfoOf, loadRecording, recordingNames } from '#tests/support/device-proof.ts';
import { ScriptedDevice, ScriptedPort } from '#tests/support/scripted-hid-port.ts';
import { createRememberingLog } from '#tests/support/silent-log.ts';
import type { DescriptorTimes } from './descriptor-process.ts';
import { median, percentile, type Section } from './section.ts';

const PROCESSES = 7;
const REPORTS = 300;
const POLLS = 12;
const POLL_INTERVAL_MS = 2_000;
/** A CyberPower CP1500AVRLCDa. Its report 11 holds ACPresent (bit 0), Charging (1), Discharging (2), … */
const UNIT = '0764-0501-cp1500avrlcda';
const ON_LINE = [0x0b, 0x11];
const ON_BATTERY = [0x0b, 0x04];

async function descriptorTimes(name: string): Promise<DescriptorTimes> {
  const child = fork(join(import.meta.dirname, 'descriptor-process.ts'), [name]);
  const [times] = (await once(child, 'message')) as [DescriptorTimes];
  return times;
}

function largestDescriptor(): string {
  const bySize = [...recordingNames()].sort(
    (a, b) => loadRecording(b).descriptor.length - loadRecording(a).descriptor.length,
  );
  const [largest] = bySize;
  if (largest === undefined) throw new Error('there are no recordings');
  return largest;
}

interface Bench {
  readonly device: ScriptedDevice;
  readonly socket: Socket;
  stop(): Promise<void>;
}

/** The engine with a unit whose reports are made here, and a client that is logged in to nothing. */
async function startUnit(options: Readonly<Record<string, string>>): Promise<Bench> {
  const recording = loadRecording(UNIT);
  const device = new ScriptedDevice({ ...deviceInfoOf(UNIT, recording), usagePage: 0x84 }, recording);
  const log = createRememberingLog();
  const hidPort = new ScriptedPort();
  hidPort.plug(device);
  const engine = createEngine(
    {
      clock: systemClock,
      log,
      createDriver: createDriverFactory({
        baseDir: process.cwd(),
        clock: systemClock,
        log,
        hidPort,
        definitions: builtInDefinitions,
        reload: () => Promise.resolve('handled'),
        confDir: undefined,
        statePath: undefined,
        driverPath: undefined,
        maxAgeSeconds: 15,
        runFolder: '',
      }),
    },
    {
      ups: [{ name: 'bench', driver: 'usbhid-ups', port: 'auto', options }],
      users: [],
      nut: { listen: [{ host: '127.0.0.1', port: 0 }], allowNotAllListeners: false, trackingDelaySeconds: 3600 },
      maxAgeSeconds: 15,
    },
  );
  const [address] = await engine.start();
  const socket = connect({ host: '127.0.0.1', port: address?.port ?? 0, noDelay: true });
  socket.setEncoding('latin1');
  await once(socket, 'connect');
  const bench: Bench = {
    device,
    socket,
    async stop() {
      socket.destroy();
      await engine.stop();
    },
  };
  await told(bench, '"OL');
  return bench;
}

/** Asks without pause until the status begins so. @returns when, in milliseconds of the monotonic clock */
async function told({ socket }: Bench, status: string): Promise<number> {
  for (;;) {
    socket.write('GET VAR bench ups.status\n');
    const [reply] = (await once(socket, 'data')) as [string];
    if (reply.includes(`ups.status ${status}`)) return performance.now();
    if (reply.startsWith('ERR')) await delay(20);
  }
}

/** Milliseconds from an input report until a client is told. */
async function timesOfReports(): Promise<number[]> {
  const bench = await startUnit({});
  const times: number[] = [];
  for (let at = 0; at < REPORTS; at++) {
    const isLoss = at % 2 === 0;
    bench.device.features.set(0x0b, Uint8Array.from(isLoss ? ON_BATTERY : ON_LINE));
    const from = performance.now();
    bench.device.send(...(isLoss ? ON_BATTERY : ON_LINE));
    times.push((await told(bench, isLoss ? '"OB' : '"OL')) - from);
    await delay(7);
  }
  await bench.stop();
  return times;
}

/** Milliseconds from a change that only a poll shows until a client is told. */
async function timesOfPolls(): Promise<number[]> {
  const bench = await startUnit({ pollonly: '', pollinterval: String(POLL_INTERVAL_MS / 1000) });
  const times: number[] = [];
  for (let at = 0; at < POLLS; at++) {
    const isLoss = at % 2 === 0;
    // Each time at another moment between two polls.
    await delay((at * POLL_INTERVAL_MS * 0.618) % POLL_INTERVAL_MS);
    bench.device.features.set(0x0b, Uint8Array.from(isLoss ? ON_BATTERY : ON_LINE));
    const from = performance.now();
    times.push((await told(bench, isLoss ? '"OB' : '"OL')) - from);
  }
  await bench.stop();
  return times;
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

export async function hid(): Promise<Section> {
  const largest = largestDescriptor();
  const all: DescriptorTimes[] = [];
  for (let at = 0; at < PROCESSES; at++) all.push(await descriptorTimes(largest));
  const first = median(all.map((times) => times.firstBind));
  const later = median(all.map((times) => times.laterBind));
  const parse = median(all.map((times) => times.laterParse));
  const reports = await timesOfReports();
  const polls = await timesOfPolls();
  const slowestPoll = Math.max(...polls);
  return {
    title: 'From the device to the network',
    notes: [
      `Descriptor: the largest recorded one, ${largest}, ${all[0]?.bytes ?? 0} bytes, from its bytes to a table of variables; ` +
        `the first time in each of ${PROCESSES} new processes and the median of 300 times after it. ` +
        'The first time is once in the life of the program, and mostly Node compiling the code and running it unoptimised.',
      `Status: a recorded unit whose reports are made here, in the same process as the engine. ${REPORTS} input reports of mains lost and back, ` +
        `and ${POLLS} changes that no input report tells; a client on loopback asks without pause.`,
    ],
    head: ['what', 'median', 'p99 or slowest'],
    rows: [
      ['largest descriptor parsed and bound, first time', ms(first), ms(Math.max(...all.map((one) => one.firstBind)))],
      ['the same later', ms(later), ms(Math.max(...all.map((one) => one.laterBind)))],
      ['of that, parsed', ms(parse), ms(Math.max(...all.map((one) => one.laterParse)))],
      ['input report until a client is told', ms(median(reports)), ms(percentile(reports, 0.99))],
      [`change until a client is told, polled every ${POLL_INTERVAL_MS / 1000} s`, ms(median(polls)), ms(slowestPoll)],
    ],
    checks: [
      { what: 'largest descriptor parsed and bound', reach: '< 3 ms', measured: ms(later), isMet: later < 3 },
      { what: 'the same, first time in a process', reach: '< 3 ms', measured: ms(first), isMet: first < 3 },
      {
        what: 'input report of mains lost until NUT clients are told, p99',
        reach: '< 100 ms',
        measured: ms(percentile(reports, 0.99)),
        isMet: percentile(reports, 0.99) < 100,
      },
      {
        what: 'mains lost on a polled unit until NUT clients are told',
        reach: '< poll interval + 100 ms',
        measured: ms(slowestPoll),
        isMet: slowestPoll < POLL_INTERVAL_MS + 100,
      },
    ],
  };
}
