/** Older settings, made into what this version reads. */
import { SETTINGS_VERSION } from '#domain/schema/settings/settings.ts';

type Given = Readonly<Record<string, unknown>>;

/** By the version they start from; each leads one version up. */
const STEPS: Readonly<Record<number, (given: Given) => Given>> = {
  // Version 2 added UPSes, server and mail beside the web interface; what version 1 held means the same.
  1: (given) => given,
};

/** @returns the same without its version; undefined for a version nobody ever wrote */
export function migrate(given: Given): Given | undefined {
  const { version = SETTINGS_VERSION, ...rest } = given;
  let current: Given = rest;
  for (let from = version; from !== SETTINGS_VERSION; from = Number(from) + 1) {
    const step = STEPS[Number(from)];
    if (!step) return undefined;
    current = step(current);
  }
  return current;
}
