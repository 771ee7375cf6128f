/** The driver as the form writes it: `genericups upstype=4$Model`, the way TrueNAS keys its list of hardware. */

export interface DriverKey {
  readonly driver: string;
  /** Options that belong to the model, `upstype=4`. */
  readonly options: Readonly<Record<string, string | true>>;
  /** The row of the hardware list it was chosen from. */
  readonly model?: string;
}

export function parseDriverKey(text: string): DriverKey {
  const at = text.indexOf('$');
  const model = at < 0 ? undefined : text.slice(at + 1).trim();
  // TrueNAS's own keys may carry remarks and alternatives behind the driver.
  const head = (at < 0 ? text : text.slice(0, at)).replace(/ or .*$/, '').replace(/\(.*$/, '');
  const [driver = '', ...words] = head.split(/\s+/).filter((word) => word !== '');
  const options = words.map((word): readonly [string, string | true] => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word, true] : [word.slice(0, equals), word.slice(equals + 1)];
  });
  return { driver, options: Object.fromEntries(options), ...(model === undefined || model === '' ? {} : { model }) };
}
