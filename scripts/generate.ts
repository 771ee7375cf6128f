/** `npm run generate`: writes every file of the repository that is made from others. A test checks that all are current. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BUILT_IN_DEFINITIONS } from '#engine/devices/definitions/index.ts';
import { DEVICE_SCHEMA_FILE, deviceSchemaText } from './generate-device-schema.ts';
import { GENERATED_PAGES } from './generate-docs.ts';
import { udevRules } from './udev-rules.ts';

export interface GeneratedFile {
  readonly file: string;
  readonly text: () => string | Promise<string>;
}

const ROOT = join(import.meta.dirname, '..');

export const GENERATED_FILES: readonly GeneratedFile[] = [
  {
    file: join(ROOT, 'resources/udev/60-ridethrough.rules'),
    text: () => udevRules(BUILT_IN_DEFINITIONS),
  },
  { file: DEVICE_SCHEMA_FILE, text: deviceSchemaText },
  ...GENERATED_PAGES,
];

/** The text of a file as it is in the repository; undefined where it was never generated. */
export function committedText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

if (import.meta.main) {
  for (const { file, text } of GENERATED_FILES) {
    const current = await text();
    if (committedText(file) === current) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, current);
    console.log(`written: ${file}`);
  }
}
