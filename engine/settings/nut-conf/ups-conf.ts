import { SettingsError } from '#domain/errors.ts';
import type { UpsConfig } from '#engine/drivers/driver.ts';
import { plainText } from '#engine/nut/protocol.ts';
import { quote } from '#engine/nut/words.ts';
import type { ConfLine } from './conf-lines.ts';
import { checkDriver, checkGlobalOption, checkOption, isInherited, type WrittenOption } from './option-check.ts';
import type { Problems } from './problem.ts';
import { readSections, type Section } from './section-file.ts';
import { sectionTitle } from './upsd-users.ts';

export interface UpsConf {
  readonly ups: readonly UpsConfig[];
  readonly global: UpsConfig['options'];
}

export function readUpsConf(bytes: Uint8Array, problems: Problems): UpsConf {
  const { global, sections } = readSections(bytes, problems);
  const globalOptions = [...readOptions(global, problems).values()].flatMap(
    (option) => checkGlobalOption(option, problems) ?? [],
  );
  const byKey = new Map<string, Section>();
  const ups: UpsConfig[] = [];
  for (const section of sections) {
    const { name, line } = section;
    const key = name.toLowerCase();
    const other = byKey.get(key);
    if (other) problems.error('name-clash', line, { name, other: other.name, first: other.line });
    else if (key === 'default') problems.error('reserved-name', line, { name });
    else {
      byKey.set(key, section);
      const config = readSection(section, globalOptions, problems);
      if (config) ups.push(config);
    }
  }
  const asRecord = globalOptions.map(({ name, value }) => [name, value] as const);
  return { ups, global: Object.fromEntries(asRecord) };
}

function readSection(
  section: Section,
  globalOptions: readonly WrittenOption[],
  problems: Problems,
): UpsConfig | undefined {
  const { name, line } = section;
  const written = readOptions(section.lines, problems);
  const take = (option: string): WrittenOption | undefined => {
    // Capitals are told below, with the other options.
    const found = written.get(option) ?? [...written.values()].find((one) => one.name.toLowerCase() === option);
    if (found && found.name !== option) {
      problems.warning('wrong-capitals', found.line, { name: found.name, nearest: option });
    }
    if (found) written.delete(found.name);
    return found;
  };
  const driver = textOf(take('driver'));
  const port = textOf(take('port'));
  const description = textOf(take('desc'));
  if (driver === undefined) problems.error('no-driver', line, { name });
  if (port === undefined) problems.error('no-port', line, { name });
  if (driver === undefined || port === undefined) return undefined;
  checkDriver(driver, line, problems);
  const options = new Map<string, string | true>();
  for (const { name: option, value } of globalOptions) if (isInherited(option)) options.set(option, value);
  for (const option of written.values()) {
    const checked = checkOption(option, driver, problems);
    if (checked) options.set(checked.name, checked.value);
  }
  return {
    name,
    driver,
    port,
    ...(description === undefined ? {} : { description }),
    options: Object.fromEntries(options),
    origin: { file: problems.file, line },
  };
}

const textOf = (option: WrittenOption | undefined): string | undefined =>
  option === undefined || option.value === true || option.value === '' ? undefined : option.value;

/** Options by name; of those that stand twice the later one counts. */
function readOptions(lines: readonly ConfLine[], problems: Problems): Map<string, WrittenOption> {
  const options = new Map<string, WrittenOption>();
  for (const { first: name, rest, line } of lines) {
    const [equals, value, ...extra] = rest;
    if (equals !== undefined && equals !== '=') {
      problems.error('not-an-option', line, { name });
      continue;
    }
    if (equals === '=' && value === undefined) {
      problems.error('option-needs-value', line, { name });
      continue;
    }
    if (extra.length > 0) problems.warning('extra-words', line, { extra: extra.join(' ') });
    const earlier = options.get(name);
    if (earlier) problems.warning('repeated', line, { name, first: earlier.line });
    options.set(name, { name, value: value ?? true, line });
  }
  return options;
}

/**
 * Text of a ups.conf that says the same.
 * @throws SettingsError settings/cannot-write for names that the file cannot hold
 */
export function writeUpsConf(ups: readonly UpsConfig[], global: UpsConfig['options'] = {}): string {
  const head = Object.entries(global).map(([name, value]) => optionLine(name, value));
  const sections = ups.map(({ name, driver, port, description, options }) => {
    const desc = description === undefined ? undefined : plainText(description);
    return [
      sectionTitle(name, 'UPS name'),
      `  driver = ${quote(driver)}`,
      `  port = ${quote(port)}`,
      ...(desc === undefined ? [] : [`  desc = ${quote(desc)}`]),
      ...Object.entries(options).map(([option, value]) => `  ${optionLine(option, value)}`),
    ].join('\n');
  });
  return [...(head.length > 0 ? [head.join('\n')] : []), ...sections].map((block) => `${block}\n`).join('\n');
}

function optionLine(name: string, value: string | true): string {
  if (!/^[A-Za-z_][\w.:-]{0,500}$/.test(name)) {
    throw new SettingsError('settings/cannot-write', { what: 'option name', reason: `"${name}" is no plain word` });
  }
  return value === true ? name : `${name} = ${quote(value)}`;
}
