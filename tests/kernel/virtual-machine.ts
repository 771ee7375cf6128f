import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from '#tests/support/programs.ts';
import type { GuestKernel } from './guest-kernel.ts';
import { buildInitrd } from './initrd.ts';

/** Programs that a virtual machine needs on the host. */
export const MACHINE_PROGRAMS = [
  { program: 'qemu-system-x86_64', package: 'qemu-system-x86' },
  { program: 'busybox', package: 'busybox-static' },
  { program: 'xz', package: 'xz-utils' },
] as const;

export interface MachineOptions {
  readonly kernel: GuestKernel;
  /** Folder of the host that the guest sees as `/ridethrough`; all other files are at their own paths. */
  readonly project: string;
  /** One shell command line, run as root of the guest. */
  readonly command: string;
  /** The machine is turned off after this time. */
  readonly timeoutMs: number;
  /** Every line that the command prints. */
  readonly onLine: (line: string) => void;
}

export type MachineOutcome =
  | { readonly status: number }
  /** The command did not end by itself. */
  | { readonly status: 'none'; readonly why: string; readonly console: string };

const EXIT_LINE = /^guest exit status (\d+)\s*$/;

/** Runs a command under the given kernel, in an emulated machine: no rights and no virtualization needed. */
export async function runInMachine(options: MachineOptions): Promise<MachineOutcome> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ridethrough-machine-'));
  try {
    const initrd = path.join(folder, 'initrd');
    const consoleLog = path.join(folder, 'console');
    await writeFile(initrd, await guestFiles(options));
    const machine = spawn(
      await programPath('qemu-system-x86_64'),
      machineArguments(options.kernel.image, initrd, consoleLog),
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: options.timeoutMs,
        killSignal: 'SIGKILL',
      },
    );
    const complaints: string[] = [];
    machine.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
    let status: number | undefined;
    createInterface({ input: machine.stdout }).on('line', (line) => {
      const exit = EXIT_LINE.exec(line);
      if (exit) status = Number(exit[1]);
      else options.onLine(line);
    });
    const ended = await new Promise<string>((resolve, reject) => {
      machine.once('error', reject);
      machine.once('close', (code, signal) => resolve(signal ?? String(code)));
    });
    if (status !== undefined) return { status };
    const log = await readFile(consoleLog, 'utf8').catch(() => '');
    const why = ended === 'SIGKILL' ? `it was turned off after ${options.timeoutMs / 1000} s` : `qemu ended: ${ended}`;
    return { status: 'none', why, console: complaints.join('') + log };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function guestFiles({ kernel, project, command }: MachineOptions): Promise<Buffer> {
  const modules = await Promise.all(
    kernel.modules.map(async (file) => ({ path: `modules/${path.basename(file)}`, content: await readFile(file) })),
  );
  return buildInitrd(
    [
      { path: 'init', content: await readFile(path.join(import.meta.dirname, 'guest/init')), executable: true },
      { path: 'bin/busybox', content: await readFile(await programPath('busybox')), executable: true },
      { path: 'project', content: `${project}\n` },
      { path: 'command', content: command },
      ...modules,
    ],
    ['proc', 'sys', 'dev', 'host', 'changes', 'root'],
  );
}

/** @throws Error when it is missing, which ensurePrograms has ruled out */
async function programPath(name: string): Promise<string> {
  const file = await findProgram(name);
  if (file === undefined) throw new Error(`${name} is not installed`);
  return file;
}

function machineArguments(kernel: string, initrd: string, consoleLog: string): string[] {
  const kernelOptions = [
    'console=ttyS0 quiet loglevel=4 panic=-1',
    // What costs time or noise in an emulated machine and protects nothing here.
    'mitigations=off nokaslr tsc=nowatchdog random.trust_cpu=on audit=0 selinux=0 apparmor=0',
  ];
  return [
    ['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max'],
    ['-smp', '2', '-m', '1024', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ['-kernel', kernel, '-initrd', initrd, '-append', kernelOptions.join(' ')],
    ['-serial', `file:${consoleLog}`],
    ['-device', 'virtio-serial-pci', '-chardev', 'stdio,id=out,signal=off', '-device', 'virtconsole,chardev=out'],
    ['-fsdev', 'local,id=host,path=/,security_model=none,readonly=on,multidevs=remap'],
    ['-device', 'virtio-9p-pci,fsdev=host,mount_tag=host'],
  ].flat();
}
