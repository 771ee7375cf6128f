import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DriverError } from '#domain/errors.ts';
import { offeredPorts, type PortSources } from './offered-ports.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridethrough-ports-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sources = (more: Partial<PortSources> = {}): PortSources => ({
  scanDevices: () =>
    Promise.resolve([
      {
        title: 'Back-UPS ES (051d:0002)',
        section: '',
        selectors: ['vendorid = 051d', 'serial = "4B12"'],
        matchReason: 'known',
      },
    ]),
  dataDir: join(folder, 'data'),
  devFolder: join(folder, 'dev'),
  ttyFolder: join(folder, 'tty'),
  procFolder: join(folder, 'proc'),
  ...more,
});

const write = async (...path: readonly string[]): Promise<void> => {
  const file = join(folder, ...path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, path.at(-1) === 'type' ? '4\n' : '');
};

test('a USB driver is offered any unit, each attached one by lines that pin it, and recordings', async () => {
  await mkdir(join(folder, 'data/recordings/old-unit'), { recursive: true });
  expect(await offeredPorts('usbhid-ups', sources())).toEqual([
    { port: 'auto', kind: 'auto', title: '', selectors: [] },
    {
      port: 'auto',
      kind: 'unit',
      title: 'Back-UPS ES (051d:0002)',
      selectors: ['vendorid = 051d', 'serial = "4B12"'],
    },
    {
      port: `recording:${join(folder, 'data/recordings/old-unit')}`,
      kind: 'recording',
      title: 'old-unit',
      selectors: [],
    },
  ]);
});

test('a search that fails says why, and "auto" can be chosen all the same', async () => {
  const failing = sources({
    scanDevices: () => Promise.reject(new DriverError('driver/no-hid-library', { reason: 'it is not there' })),
  });
  expect(await offeredPorts('usbhid-ups', failing)).toMatchObject([
    { port: 'auto', problem: { code: 'driver/no-hid-library' } },
  ]);
});

test('serial ports are those that exist, an adapter once and by the name that follows it', async () => {
  for (const name of ['ttyUSB0', 'ttyUSB1', 'ttyS0', 'ttyS1', 'tty1', 'null']) await write('dev', name);
  await write('tty', 'ttyS0', 'type');
  await mkdir(join(folder, 'dev/serial/by-id'), { recursive: true });
  await symlink('../../ttyUSB1', join(folder, 'dev/serial/by-id/usb-FTDI-if00'));
  expect((await offeredPorts('apcsmart', sources())).map(({ port }) => port)).toEqual([
    join(folder, 'dev/serial/by-id/usb-FTDI-if00'),
    join(folder, 'dev/ttyS0'),
    join(folder, 'dev/ttyUSB0'),
  ]);
});

test('a serial port that is the console of the system is not offered', async () => {
  for (const name of ['ttyS0', 'ttyS1', 'ttyUSB0']) await write('dev', name);
  for (const name of ['ttyS0', 'ttyS1']) await write('tty', name, 'type');
  await mkdir(join(folder, 'tty/console'), { recursive: true });
  await writeFile(join(folder, 'tty/console/active'), 'tty0 ttyS0\n');
  expect((await offeredPorts('apcsmart', sources())).map(({ port }) => port)).toEqual([
    join(folder, 'dev/ttyS1'),
    join(folder, 'dev/ttyUSB0'),
  ]);
});

test('serial ports of Windows are those of its registry, by number', async () => {
  const answer = [
    '',
    String.raw`HKEY_LOCAL_MACHINE\HARDWARE\DEVICEMAP\SERIALCOMM`,
    String.raw`    \Device\VCP0    REG_SZ    COM10`,
    String.raw`    \Device\Serial0    REG_SZ    COM1`,
    String.raw`    \Device\USBSER000    REG_SZ    COM3`,
    '',
  ].join('\r\n');
  const ports = await offeredPorts('apcsmart', sources({ serialMap: () => Promise.resolve(answer) }));
  expect(ports.map(({ port, kind }) => [port, kind])).toEqual([
    ['COM1', 'serial'],
    ['COM3', 'serial'],
    ['COM10', 'serial'],
  ]);
  expect(await offeredPorts('apcsmart', sources({ serialMap: () => Promise.resolve('') }))).toEqual([]);
});

test('a driver with both kinds of cable is offered both, one that uses the network neither', async () => {
  await write('dev', 'ttyUSB0');
  expect((await offeredPorts('nutdrv_qx', sources())).map(({ kind }) => kind)).toEqual(['auto', 'unit', 'serial']);
  expect((await offeredPorts('blazer_usb', sources())).map(({ kind }) => kind)).toEqual(['auto', 'unit']);
  expect(await offeredPorts('snmp-ups', sources())).toEqual([]);
});

test('files that describe a UPS are offered by the name that stands in the data folder', async () => {
  await write('data', 'rack.dev');
  await write('data', 'settings.json');
  expect(await offeredPorts('dummy-ups', sources())).toEqual([
    { port: 'rack.dev', kind: 'file', title: '', selectors: [] },
  ]);
});
