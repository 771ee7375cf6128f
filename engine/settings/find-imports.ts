/** Configurations of other UPS programs on this computer that can be moved in. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ImportPlace {
  readonly kind: 'nut-conf' | 'apcupsd';
  /** Folder of NUT's files, or apcupsd.conf itself. */
  readonly path: string;
}

/** Where they are by default. */
export function importPlaces(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): ImportPlace[] {
  if (platform === 'win32') {
    const programs = [env.ProgramFiles, env['ProgramFiles(x86)']].flatMap((folder) => folder ?? []);
    return [
      ...[...programs, env.SystemDrive === undefined ? [] : `${env.SystemDrive}\\`]
        .flat()
        .map((folder) => ({ kind: 'nut-conf' as const, path: join(folder, 'NUT', 'etc') })),
      ...(env.SystemDrive === undefined
        ? []
        : [{ kind: 'apcupsd' as const, path: `${env.SystemDrive}\\apcupsd\\etc\\apcupsd\\apcupsd.conf` }]),
    ];
  }
  return [
    ...['/etc/nut', '/usr/local/etc/nut', '/etc/ups', '/opt/homebrew/etc/nut'].map((path) => ({
      kind: 'nut-conf' as const,
      path,
    })),
    ...['/etc/apcupsd/apcupsd.conf', '/usr/local/etc/apcupsd/apcupsd.conf'].map((path) => ({
      kind: 'apcupsd' as const,
      path,
    })),
  ];
}

/** What says that a file is about a UPS. Packages put all of NUT's files down with nothing but comments. */
const NAMES_A_UPS = { 'ups.conf': /^\s*\[/m, 'upsmon.conf': /^\s*MONITOR\s/im } as const;

/** Those of the places where something is. A folder of NUT counts where its files name a UPS. */
export async function findImports(places: readonly ImportPlace[]): Promise<ImportPlace[]> {
  const found = await Promise.all(
    places.map(async ({ kind, path }) => {
      if (kind === 'apcupsd') return holds(path, /^\s*\w/m);
      const named = Object.entries(NAMES_A_UPS).map(([name, pattern]) => holds(join(path, name), pattern));
      return (await Promise.all(named)).some(Boolean);
    }),
  );
  return places.filter((_, index) => found[index]);
}

/** A file that is there and may not be read counts: that is told when it is to be taken over. */
async function holds(file: string, pattern: RegExp): Promise<boolean> {
  try {
    return pattern.test(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM';
  }
}
