/** The dotted keys of the settings, read off their schema, and how a value is written as one word of text. */
import { z } from 'zod';
import { Settings } from '#domain/schema/settings.ts';

export type SettingValue = string | number | boolean | readonly string[] | undefined;

export interface SettingKey {
  readonly key: string;
  readonly path: readonly string[];
  /** The path of a file, which the caller makes absolute. */
  readonly isPath: boolean;
  /** The value a text stands for; the text itself where it stands for none, for the schema to refuse. */
  readonly fromText: (text: string) => unknown;
}

type Leaf = Pick<SettingKey, 'isPath' | 'fromText'>;

const YES = /^(?:true|yes|on|1)$/i;
const NO = /^(?:false|no|off|0)$/i;

function leafOf(schema: z.core.$ZodType): Leaf {
  if (schema instanceof z.ZodBoolean) {
    return { isPath: false, fromText: (text) => (YES.test(text) ? true : NO.test(text) ? false : text) };
  }
  if (schema instanceof z.ZodNumber) {
    return { isPath: false, fromText: (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text) };
  }
  if (schema instanceof z.ZodArray) {
    const words = (text: string): string[] => text.split(',').map((word) => word.trim());
    return { isPath: false, fromText: (text) => [...new Set(words(text).filter((word) => word !== ''))] };
  }
  const isPath = schema instanceof z.ZodString && schema.meta()?.isPath === true;
  return { isPath, fromText: (text) => text };
}

function keysOf(schema: z.core.$ZodType, path: readonly string[]): SettingKey[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return keysOf(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as z.core.$ZodShape).flatMap(([name, part]) => keysOf(part, [...path, name]));
  }
  if (schema instanceof z.ZodLiteral) return []; // the version is nobody's to set
  return [{ key: path.join('.'), path, ...leafOf(schema) }];
}

/** Every key of the settings, in the order of the schema. */
export const SETTING_KEYS: ReadonlyMap<string, SettingKey> = new Map(keysOf(Settings, []).map((key) => [key.key, key]));

/** A value as one word: lists are joined by commas, what is not set is empty. */
export function settingText(settings: Settings, { path }: SettingKey): string {
  let value: unknown = settings;
  for (const name of path) value = (value as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value.join(',') : String((value as SettingValue) ?? '');
}
