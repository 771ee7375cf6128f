import { DriverError } from '#domain/errors.ts';
import { createNodeHidPort } from '#engine/adapters/node-hid-port.ts';
import { createPinoLog } from '#engine/adapters/pino-log.ts';
import { systemClock } from '#engine/adapters/system-clock.ts';
import { recordDevice } from '#engine/drivers/usb-hid/record.ts';
import { scanUsb, type ScanResult } from '#engine/drivers/usb-hid/scan.ts';
import { EXIT, UsageError, type CommandIo } from '../io.ts';
import { parseOptions } from '../options.ts';

const HELP = `Usage: ridethrough record --out DIR [--device ID] [--seconds N]

Records a UPS into a folder: its report descriptor and its reports, with the serial number masked. The recording can be
replayed (driver usbhid-ups, port recording:DIR) and sent with a report of a device that is read wrongly.

  --out DIR     folder to write, made when it is not there
  --device ID   which unit: its path or vendor:product as "ridethrough scan" shows them (needed with several)
  --seconds N   how long to listen for what the unit tells by itself (default 10)
`;

const DEFAULT_SECONDS = 10;
const MOST_SECONDS = 86_400;

export async function record(args: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    out: { type: 'string' },
    device: { type: 'string' },
    seconds: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    io.stdout.write(HELP);
    return EXIT.ok;
  }
  if (positionals.length > 0) throw new UsageError(`"record" takes no "${positionals.join(' ')}"`);
  const { out, device: asked } = values;
  if (out === undefined) throw new UsageError('--out DIR is needed');
  const seconds = readSeconds(values.seconds);

  const port = createNodeHidPort({ clock: systemClock, log: createPinoLog('warn') });
  const { device, title } = choose(await scanUsb(port), asked);
  io.stderr.write(`Recording ${title} for ${seconds} s …\n`);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const summary = await recordDevice({
    port,
    device,
    outDir: out,
    seconds,
    clock: systemClock,
    signal: interrupted.signal,
  });
  const refused = summary.refused.length === 0 ? '' : `, ${summary.refused.length} reports not given by the unit`;
  io.stdout.write(
    `${out}: descriptor of ${summary.descriptorBytes} bytes, ${summary.featureReports} feature and ${summary.inputReports} input reports${refused}\n`,
  );
  return EXIT.ok;
}

function readSeconds(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SECONDS;
  if (!/^\d{1,6}$/.test(text) || Number(text) > MOST_SECONDS) {
    throw new UsageError(`--seconds takes a whole number up to ${MOST_SECONDS}, not "${text}"`);
  }
  return Number(text);
}

const hex4 = (value: number): string => value.toString(16).padStart(4, '0');

/** The only unit, or the one that was asked for. @throws DriverError driver/no-device, UsageError */
function choose(found: readonly ScanResult[], asked: string | undefined): ScanResult {
  const fitting = found.filter(
    ({ device }) =>
      asked === undefined ||
      device.path === asked ||
      `${hex4(device.vendorId)}:${hex4(device.productId)}` === asked.toLowerCase(),
  );
  const [first, ...more] = fitting;
  if (!first) {
    const searched = asked === undefined ? 'nothing is attached' : `nothing attached is ${asked}`;
    throw new DriverError('driver/no-device', { ups: 'the recording', searched });
  }
  if (more.length > 0) {
    const list = fitting.map(({ title, device }) => `${device.path} ${title}`).join('; ');
    throw new UsageError(`several units fit, choose one with --device: ${list}`);
  }
  return first;
}
