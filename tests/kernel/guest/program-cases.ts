/** The built program in front of the kernel's hidraw: found, read, told, unplugged, forbidden. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { devicesAsync } from 'node-hid';
import { askNut, listVariables } from './nut-question.ts';
import { runLatePowerOff, runProgram, startService, type Service, type User } from './program.ts';
import { until } from './until.ts';
import type { VirtualUps } from './virtual-ups.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/** Bytes of the recorded Back-UPS ES 850G2: PresentStatus and ACPresent with mains and without, the alarm disabled. */
const ON_MAINS = { input: hex('160c000000'), features: [hex('160c000000'), hex('7a0c000000'), hex('1301')] };
const ON_BATTERY = { input: hex('160a000000'), features: [hex('160a000000'), hex('7a0a000000'), hex('1300')] };
const ALARM_DISABLED = hex('1801');
/** DelayBeforeShutdown, 60 s. */
const OFF_IN_A_MINUTE = hex('153c00');

/** What may differ between a unit at a kernel and its recording: where it was found and how it is called there. */
const ABOUT_THE_WAY = /^(driver\.parameter\..*|device\.(mfr|model|serial)|ups\.(mfr|model|serial|firmware(\.aux)?))$/;
/** Fewer would mean that most reports were not understood. */
const LEAST_VARIABLES = 25;

/** One unit in what `scan --json` prints, as far as it is looked at. */
interface Found {
  readonly title: string;
  readonly device: { readonly path: string; readonly vendorId: number; readonly productId: number };
  readonly section: string;
  readonly problem?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/** Registers the proofs. @param ups plugged in and on mains before and after each of them @param folder its recording */
export function programCases(ups: VirtualUps, folder: string): void {
  let running: Service | undefined;
  after(() => running?.stop());
  const service = (): Service => {
    if (!running) throw new Error('serve does not run');
    return running;
  };
  const startWith = async (sections: string, user: User): Promise<Service> =>
    (running = await startService(await configuration(sections), user));
  const stop = (): Promise<number | null> => {
    const ending = service();
    running = undefined;
    return ending.stop();
  };

  void test('scan lists the unit as a section that serve reads it with, the same values as from its recording', async () => {
    const [unit] = await scan('root');
    assert.ok(unit, 'nothing was found');
    assert.deepEqual(unit.device, { ...unit.device, ...(await nodeOfUnit()) });
    assert.equal(unit.problem, undefined);

    const name = /^\[(.+)\]$/m.exec(unit.section)?.[1];
    const replay = `[replay]\n  driver = usbhid-ups\n  port = "recording:${path.resolve(folder)}"\n`;
    const { nutPort } = await startWith(`${unit.section}\n${replay}`, 'root');
    const valuesOf = async (section: string): Promise<[string, string][]> => {
      await becomes(nutPort, section, 'ups.status', /^OL/);
      return [...(await listVariables(nutPort, section))].filter(([variable]) => !ABOUT_THE_WAY.test(variable));
    };
    const values = await valuesOf(name!);
    assert.deepEqual(values, await valuesOf('replay'));
    assert.ok(values.length >= LEAST_VARIABLES, `only ${values.length} variables`);
    assert.equal(await stop(), 0);
  });

  void test('an input report changes ups.status, there and back', async () => {
    const { nutPort } = await startWith(OFFICE, 'root');
    await becomes(nutPort, 'office', 'ups.status', /^OL/);
    await ups.change(ON_BATTERY);
    await becomes(nutPort, 'office', 'ups.status', /^OB/);
    await ups.change(ON_MAINS);
    await becomes(nutPort, 'office', 'ups.status', /^OL/);
  });

  void test('an instant command is written to the unit as SET_REPORT', async () => {
    const { nutPort } = service();
    const before = ups.written.length;
    const command = ['USERNAME admin', 'PASSWORD secret', 'INSTCMD office beeper.disable'];
    assert.deepEqual(await askNut(nutPort, ...command), ['OK', 'OK', 'OK']);
    await until('a written report', () => ups.written[before]);
    assert.deepEqual(ups.written.slice(before), [ALARM_DISABLED]);
    await becomes(nutPort, 'office', 'ups.beeper.status', /^disabled$/);
  });

  void test('an unplugged unit is stale for NUT clients, and plugged in again it is read under its new node', async () => {
    const { nutPort } = service();
    const before = await nodeOfUnit();
    // A node that somebody holds open keeps its number, so that the next one has another.
    await using _holder = await open(before.path);
    await ups.unplug();
    await until('the words for old data', async () => {
      const answer = await askNut(nutPort, 'GET VAR office ups.status');
      return answer[0] === 'ERR DATA-STALE' ? true : undefined;
    });
    await ups.plugIn();
    await becomes(nutPort, 'office', 'ups.status', /^OL/);
    assert.notEqual((await nodeOfUnit()).path, before.path);
    await ups.change(ON_BATTERY);
    await becomes(nutPort, 'office', 'ups.status', /^OB/);
    await ups.change(ON_MAINS);
    await becomes(nutPort, 'office', 'ups.status', /^OL/);
  });

  void test('SIGTERM ends serve with status 0', async () => {
    assert.equal(await stop(), 0);
  });

  void test('the late power-off tells the unit to switch off with no program running', async () => {
    const before = ups.written.length;
    const word = path.join(await emptyFolder(), 'word.json');
    const upses = [{ name: 'office', driver: 'usbhid-ups', port: 'auto', options: {} }];
    await writeFile(word, JSON.stringify({ upses, baseDir: '/' }));
    const { status, stderr } = await runLatePowerOff(word);
    assert.equal(status, 0, stderr);
    assert.deepEqual(ups.written.slice(before), [OFF_IN_A_MINUTE]);
  });

  void test('scan tells a user without rights which node is closed to him and what to do', async () => {
    const [unit] = await scan('nobody');
    assert.equal(unit?.problem?.code, 'driver/permission-denied');
    assert.ok(unit.problem.message.includes(unit.device.path), unit.problem.message);
    assert.match(unit.problem.remedy, /udev rule/);
  });

  void test('serve tells the same in its log, and reads the unit as soon as the node is opened to him', async () => {
    const node = (await nodeOfUnit()).path;
    const { nutPort, log } = await startWith(OFFICE, 'nobody');
    const complaint = await until('a line about the node', () => log.find((line) => line.includes(node)));
    assert.match(complaint, /permission denied/);
    assert.match(complaint, /udev rule/);
    assert.deepEqual(await askNut(nutPort, 'GET VAR office ups.status'), ['ERR DRIVER-NOT-CONNECTED']);
    await chmod(node, 0o666);
    await becomes(nutPort, 'office', 'ups.status', /^OL/);
    assert.equal(await stop(), 0);
  });
}

const OFFICE = '[office]\n  driver = usbhid-ups\n  port = auto\n';

async function scan(user: User): Promise<readonly Found[]> {
  const { status, stdout, stderr } = await runProgram(['scan', '--json'], user);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as readonly Found[];
}

async function nodeOfUnit(): Promise<{ path: string; vendorId: number; productId: number }> {
  const [device] = await until('the unit in the list', async () => {
    const devices = await devicesAsync();
    return devices.length > 0 ? devices : undefined;
  });
  if (device?.path === undefined) throw new Error('a device without a path');
  return { path: device.path, vendorId: device.vendorId, productId: device.productId };
}

function becomes(nutPort: number, ups: string, variable: string, value: RegExp): Promise<true> {
  return until(`${variable} of ${ups} like ${value.source}`, async () => {
    const now = (await listVariables(nutPort, ups)).get(variable);
    return now !== undefined && value.test(now) ? true : undefined;
  });
}

/** Arguments that let the program read these sections of ups.conf, with a user of the NUT server who may do everything. */
async function configuration(sections: string): Promise<string[]> {
  const [folder, data] = await Promise.all([emptyFolder(), emptyFolder()]);
  const files = {
    'ups.conf': sections,
    'upsd.conf': 'LISTEN 127.0.0.1 3493\n',
    'upsd.users': '[admin]\n  password = secret\n  actions = SET\n  instcmds = ALL\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return ['--nut-conf', folder, '--data-dir', data];
}

/** A folder that everybody may use. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kernel-'));
  await chmod(folder, 0o777);
  return folder;
}
