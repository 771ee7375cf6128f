/** Writes resources/device-definition.schema.json, the JSON schema of device definitions, from the zod schema. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { z } from 'zod';
import { DeviceDefinition } from '#domain/schema/device-definition.ts';

export const DEVICE_SCHEMA_FILE = join(import.meta.dirname, '../resources/device-definition.schema.json');

/** The text of the file, formatted like every other. */
export const deviceSchemaText = (): Promise<string> =>
  format(JSON.stringify(z.toJSONSchema(DeviceDefinition)), { parser: 'json', printWidth: 120 });

if (import.meta.main) writeFileSync(DEVICE_SCHEMA_FILE, await deviceSchemaText());
