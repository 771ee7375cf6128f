/** What runs on this computer, asked of the system: /proc on Linux, ps on macOS, tasklist on Windows. */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import type { RunningProgram } from '#engine/setup/neighbours.ts';
import type { ReadFs } from './node-hid-fs.ts';

const run = promisify(execFile);
const LIMITS = { timeout: 5_000, maxBuffer: 16 * 1024 * 1024, windowsHide: true };

/** @throws Error where the system cannot be asked */
export async function listRunningPrograms(platform: NodeJS.Platform, fs: ReadFs): Promise<readonly RunningProgram[]> {
  switch (platform) {
    case 'linux':
      return listLinux(fs);
    case 'darwin':
      return parsePs((await run('/bin/ps', ['-axo', 'pid=,ppid=,command='], LIMITS)).stdout);
    case 'win32':
      return parseTasklist((await run('tasklist.exe', ['/svc', '/fo', 'csv', '/nh'], LIMITS)).stdout);
    default:
      return [];
  }
}

async function listLinux(fs: ReadFs): Promise<readonly RunningProgram[]> {
  const pids = (await fs.list('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<RunningProgram | undefined> => {
      const [stat, cmdline, cgroup] = await Promise.all(
        ['stat', 'cmdline', 'cgroup'].map((name) => fs.readText(`/proc/${pid}/${name}`)),
      );
      // `1234 (name with (brackets)) S 1 …`; a process that has ended meanwhile has none.
      const [, comm, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat ?? '') ?? [];
      if (comm === undefined) return undefined;
      const words = (cmdline ?? '').split('\0').filter((word) => word !== '');
      const unit = /\/([^/\n]+\.service)(?:\/|$)/m.exec(cgroup ?? '')?.[1];
      return {
        pid: Number(pid),
        parent: Number(parent),
        // The kernel cuts names after 15 letters; threads of the kernel have no command line.
        name: nameOf(words[0], comm),
        command: words.join(' '),
        ...(unit === undefined || unit.startsWith('user@') ? {} : { unit }),
      };
    }),
  );
  return found.filter((program) => program !== undefined);
}

/** Programs may write what they like into their command line, so it counts only where it begins as the name does. */
function nameOf(first: string | undefined, comm: string): string {
  const name = first === undefined ? '' : basename(first);
  return name.startsWith(comm) ? name : comm;
}

/** Lines of `pid ppid command line`. Commands may hold spaces: a folder of macOS often does. */
export const parsePs = (text: string): readonly RunningProgram[] =>
  text.split('\n').flatMap((line): RunningProgram[] => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.+)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const program = /^(?:.*\/)?([^/\s]+(?: [^-/\s][^/\s]*)*?)(?: [-/].*)?$/.exec(command)?.[1] ?? command;
    return [{ pid: Number(pid), parent: Number(parent), name: program, command }];
  });

/** Lines of `"name.exe","pid","services"`, with a word of the system's language where there are none. */
export function parseTasklist(text: string): readonly RunningProgram[] {
  const rows = text.split('\n').flatMap((line) => {
    const [, file, pid, services = ''] = /^"([^"]+)","(\d+)","([^"]*)"/.exec(line) ?? [];
    return file === undefined ? [] : [{ file, pid: Number(pid), services }];
  });
  // The idle process has no service in any language.
  const none = rows.find(({ pid }) => pid === 0)?.services;
  return rows.map(({ file, pid, services }) => {
    const isService = services !== none;
    return {
      pid,
      parent: 0,
      name: file.replace(/\.exe$/i, ''),
      command: isService ? `${file} ${services}` : file,
      ...(isService ? { unit: services.split(',')[0] ?? '' } : {}),
    };
  });
}
