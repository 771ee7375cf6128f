import { en } from './en.ts';

export type MessageKey = keyof typeof en;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** Parameters a message needs, read off its English text: `{device}` asks for `device`. */
export type MessageParams<Key extends MessageKey> = Record<Placeholders<(typeof en)[Key]>, string | number>;

/** Puts parameters into a text. A placeholder without a parameter stays visible rather than becoming "undefined". */
export function fill(text: string, params: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

/** The text of a message in English. */
export function message<Key extends MessageKey>(key: Key, params: MessageParams<Key>): string {
  return fill(en[key], params);
}
