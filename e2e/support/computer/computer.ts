/** A computer of a test's own: what is plugged into it, and what its system has in its folders. */
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readRecording } from '#engine/adapters/recording-port.ts';
import { CLI } from '#tests/support/served-program.ts';
import type { NodeFile } from './hid-library.ts';
import { isOfSystem } from './paths.ts';

export interface Computer {
  /** Empty at first. */
  readonly data: string;
  /** Program and arguments that run `ridethrough` on it. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /**
   * Plugs a recorded unit into the USB, in the place of what is plugged in under the same node.
   * @param recording folder of the recording
   */
  plug(recording: string, options?: { readonly node?: string; readonly isDenied?: boolean }): Promise<void>;
  unplug(node?: string): Promise<void>;
  /** Puts a file where the system has it, such as `/etc/nut/ups.conf`. */
  write(path: string, text: string): Promise<void>;
  /** @throws Error where there is none */
  read(path: string): Promise<string>;
  /** Puts a program in front of all others. @param script of the shell; `$COMPUTER_ROOT` is the root */
  addProgram(name: string, script: string): Promise<void>;
  remove(): Promise<void>;
}

const NODE = 'hidraw0';
const REGISTER = new URL('./register.ts', import.meta.url).href;

export async function buildComputer(): Promise<Computer> {
  const folder = await mkdtemp(join(tmpdir(), 'ridethrough-computer-'));
  const [root, data, programs] = ['root', 'data', 'bin'].map((name) => join(folder, name)) as [string, string, string];
  for (const made of [join(root, 'dev'), programs]) await mkdir(made, { recursive: true });

  /** In one step: the program may look at any time. */
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    // Not in the same folder: a half-written node is none.
    const draft = join(folder, `${basename(path)}.new`);
    await writeFile(draft, content, { mode: 0o600 });
    await rename(draft, path);
  };
  const place = (path: string): string => {
    if (!isOfSystem(path)) throw new Error(`${path} is the same on every computer`);
    return join(root, path);
  };
  return {
    data,
    command: [process.execPath, '--import', REGISTER, CLI],
    env: { COMPUTER_ROOT: root, PATH: `${programs}:${process.env.PATH ?? ''}`, DISPLAY: '', WAYLAND_DISPLAY: '' },
    async plug(recording, { node = NODE, isDenied = false } = {}) {
      const { descriptor } = await readRecording(recording);
      await put(join(root, 'sys', 'class', 'hidraw', node, 'device', 'report_descriptor'), descriptor);
      await put(join(root, 'dev', node), JSON.stringify({ recording, isDenied } satisfies NodeFile));
    },
    async unplug(node = NODE) {
      await rm(join(root, 'dev', node));
      await rm(join(root, 'sys', 'class', 'hidraw', node), { recursive: true });
    },
    write: (path, text) => put(place(path), text),
    read: (path) => readFile(place(path), 'utf8'),
    async addProgram(name, script) {
      await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(programs, name), 0o755);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
