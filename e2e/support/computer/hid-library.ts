/** What the program takes for node-hid on the computer of a test: its nodes are files that name a recording. */
import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '#engine/adapters/recording-port.ts';
import type { HidLibrary, HidLibraryConnection, HidLibraryDevice } from '#engine/adapters/node-hid-port.ts';
import type { Recording } from '#engine/drivers/usb-hid/recording-format.ts';

/** Text of a node below /dev. */
export interface NodeFile {
  readonly recording: string;
  readonly isDenied: boolean;
}

const nodes = join(process.env.COMPUTER_ROOT ?? '', 'dev');
const isNode = (name: string): boolean => /^hidraw\d+$/.test(name);
const nodeFile = (name: string): NodeFile => JSON.parse(readFileSync(join(nodes, name), 'utf8')) as NodeFile;

async function describe(name: string): Promise<HidLibraryDevice> {
  const { identity } = await readRecording(nodeFile(name).recording);
  const { release = 0, interfaceNumber = 0, ...named } = identity;
  return { ...named, path: `/dev/${name}`, release, interface: interfaceNumber };
}

/** hidapi's words for what the system says. */
function check(name: string): NodeFile {
  if (!readdirSync(nodes).includes(name)) throw new Error(`cannot open device with path /dev/${name}: No such device`);
  const file = nodeFile(name);
  if (file.isDenied) throw new Error(`cannot open device with path /dev/${name}: Permission denied`);
  return file;
}

class Connection extends EventEmitter implements HidLibraryConnection {
  readonly #name: string;
  readonly #features = new Map<number, Uint8Array>();

  constructor(name: string, { reports }: Recording) {
    super();
    this.#name = name;
    for (const { type, reportId, bytes } of reports) {
      if (type === 'feature' && !this.#features.has(reportId)) this.#features.set(reportId, bytes);
    }
  }

  getFeatureReport(reportId: number): Promise<Uint8Array> {
    return new Promise((resolve) => {
      check(this.#name);
      const bytes = this.#features.get(reportId);
      if (!bytes) throw new Error('could not get feature report from device: Broken pipe');
      resolve(bytes);
    });
  }

  sendFeatureReport(report: Buffer): Promise<number> {
    this.#features.set(report[0] ?? 0, Uint8Array.from(report));
    return Promise.resolve(report.length);
  }

  close(): Promise<void> {
    this.removeAllListeners();
    return Promise.resolve();
  }
}

const library: HidLibrary = {
  devicesAsync: () => Promise.all(readdirSync(nodes).filter(isNode).sort().map(describe)),
  HIDAsync: {
    async open(path) {
      const name = path.slice('/dev/'.length);
      return new Connection(name, await readRecording(check(name).recording));
    },
  },
};
export default library;
