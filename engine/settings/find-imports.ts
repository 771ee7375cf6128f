/** Configurations of other UPS programs on this computer that can be moved in. */
import { access } from 'node:fs/promises';
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

/** Those of the places where something is. A folder of NUT counts by the files that name a UPS. */
export async function findImports(places: readonly ImportPlace[]): Promise<ImportPlace[]> {
  const found = await Promise.all(
    places.map(async ({ kind, path }) => {
      const files = kind === 'nut-conf' ? ['ups.conf', 'upsmon.conf'].map((name) => join(path, name)) : [path];
      return (await Promise.all(files.map(isThere))).some(Boolean);
    }),
  );
  return places.filter((_, index) => found[index]);
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false; // whether it can be read is told when it is
  }
}
