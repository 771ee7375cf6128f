import { readFile } from 'node:fs/promises';

/** Whether a process has ended: it is not there, or dead and waiting for somebody to notice (Linux). */
export async function isGone(pid: number): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(' Z ');
  } catch {
    return true; // no such process
  }
}
