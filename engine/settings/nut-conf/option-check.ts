/** Checks the options of one section of ups.conf against what its driver takes. */
import { phrase, type Text } from '#domain/messages/message.ts';
import { findVariable, type VariableInfo } from '#domain/nut/variables.ts';
import { isNativeDriver } from '#engine/drivers/native-drivers.ts';
import {
  GLOBAL_OPTIONS,
  NUT_DRIVERS,
  type OptionTable,
  type OptionType,
  UPS_OPTIONS,
  USB_OPTIONS,
} from './driver-options.ts';
import { nearestName } from './nearest-name.ts';
import { WHY_NO_EFFECT, whyWithoutEffect } from './no-effect.ts';
import type { Problems } from './problem.ts';
import { expected, parseBoolean, parseInteger } from './values.ts';

/** One option as it stands in the file; `true` without a value. */
export interface WrittenOption {
  readonly name: string;
  readonly value: string | true;
  readonly line: number;
}

const GLOBALLY_WITHOUT_EFFECT = new Map([
  ['chroot', WHY_NO_EFFECT.ownUser],
  ['nowait', WHY_NO_EFFECT.driverProgram],
]);

const OBSOLETE = new Set(['sddelay']);

/** It is accepted, for it stands in files of old or of NUT's own drivers, and does nothing. */
export const isWithoutUse = (option: string, driver: string): boolean =>
  OBSOLETE.has(option) || whyWithoutEffect(option, driver) !== undefined;

/** Options that a section of a driver may hold. `undefined`: the driver is not known, so any option may be right. */
export function optionsOf(driver: string): ReadonlyMap<string, OptionType> | undefined {
  // The demo UPS is read by the driver of real ones.
  const name = driver === 'demo' ? 'usbhid-ups' : driver;
  const own = Object.hasOwn(NUT_DRIVERS, name) ? NUT_DRIVERS[name] : undefined;
  if (!own) return undefined;
  const tables: OptionTable[] = [UPS_OPTIONS, own.isUsb ? USB_OPTIONS : {}, own.options];
  return new Map(tables.flatMap((table) => Object.entries(table)));
}

/** Tells a driver name that neither NUT nor this program has. */
export function checkDriver(driver: string, line: number, problems: Problems): void {
  // A NUT package may bring a second build of a driver beside the usual one.
  const name = driver.replace(/-(?:old|new)$/, '');
  if (isNativeDriver(driver) || Object.hasOwn(NUT_DRIVERS, driver) || Object.hasOwn(NUT_DRIVERS, name)) return;
  const nearest = nearestName(driver, [...Object.keys(NUT_DRIVERS), 'demo']);
  if (nearest === undefined) problems.warning('unknown-driver', line, { driver });
  else problems.warning('mistyped-driver', line, { driver, nearest });
}

/**
 * @returns the option under its right name; undefined when it is not used
 */
export function checkOption(
  option: WrittenOption,
  driver: string,
  problems: Problems,
): { readonly name: string; readonly value: string | true } | undefined {
  const { name, value, line } = option;
  if (/^(?:default|override)\../.test(name)) {
    if (value !== true) return checkVariable({ name, value, line }, driver, problems);
    problems.error('option-needs-value', line, { name });
    return undefined;
  }
  const known = optionsOf(driver);
  if (!known) return option;
  const rightName = known.has(name) ? name : [...known.keys()].find((key) => key.toLowerCase() === name.toLowerCase());
  const type = rightName === undefined ? undefined : known.get(rightName);
  if (rightName === undefined || type === undefined) {
    tellUnknown(option, driver, known.keys(), problems);
    return undefined;
  }
  // Options of the drivers themselves may be written in any capitals, those all drivers share may not.
  if (rightName !== name && Object.hasOwn(UPS_OPTIONS, rightName)) {
    problems.warning('wrong-capitals', line, { name, nearest: rightName });
  }
  if (OBSOLETE.has(rightName)) {
    problems.notice('obsolete', line, { name: rightName });
    return undefined;
  }
  const why = whyWithoutEffect(rightName, driver);
  if (why) problems.notice('no-effect', line, { name: rightName, why });
  return checkValue({ name: rightName, value, line }, type, driver, problems);
}

/** A variable that is a number is given one: what compares with it would see nothing at all in a word. */
function checkVariable(
  option: WrittenOption & { readonly value: string },
  driver: string,
  problems: Problems,
): { readonly name: string; readonly value: string } | undefined {
  const { name, value, line } = option;
  const info = findVariable(name.replace(/^(?:default|override)\./, ''));
  if (info?.type !== 'number') return option;
  const isNative = isNativeDriver(driver);
  // NUT's clients take the number that a text begins with.
  const read = Number.parseFloat(value);
  const wanted = Number.isFinite(read) ? beyondPercent(read, info) : expected.number;
  if (wanted !== undefined) {
    const details = { name, value, expected: wanted };
    if (isNative) problems.error('bad-option-value', line, details);
    else problems.warning('bad-option-value', line, details);
    return isNative ? undefined : option;
  }
  if (mismatch(value, 'number') === undefined) return option;
  problems.warning('sloppy-number', line, { name, value, read, expected: expected.number });
  return isNative ? { name, value: String(read) } : option;
}

/** A load may be more than what the device is made for; no other part of something is more than the whole of it. */
function beyondPercent(value: number, { name, unit }: VariableInfo): Text | undefined {
  if (unit !== '%') return undefined;
  if (value < 0) return phrase('expected.number-from', { minimum: 0 });
  if (value <= 100 || /\b(?:load|percent)\b/.test(name)) return undefined;
  return phrase('expected.number-up-to', { maximum: 100 });
}

function checkValue(
  option: WrittenOption,
  type: OptionType,
  driver: string,
  problems: Problems,
): { readonly name: string; readonly value: string | true } | undefined {
  const { name, value, line } = option;
  // A program of NUT is the judge of its own options, and may be newer than the list here.
  const isJudged = isNativeDriver(driver);
  if (type === 'flag') {
    if (value === true) return { name, value };
    problems.warning('value-of-flag', line, { name, value });
    // `pollonly = no` asks for the opposite of what NUT would make of it.
    return parseBoolean(value) === false ? undefined : { name, value: true };
  }
  if (value === true) {
    if (type === 'flag-or-value') return { name, value };
    if (isJudged) problems.error('option-needs-value', line, { name });
    else problems.warning('option-needs-value', line, { name });
    return undefined;
  }
  const checked = checkText({ name, value, line }, type, isJudged, problems);
  return isJudged ? checked : { name, value };
}

/**
 * @param isJudged a value that does not fit is an error, for nobody else is there to say so
 * @returns the value as it is used; undefined when it is not
 */
function checkText(
  { name, value, line }: WrittenOption & { readonly value: string },
  type: Exclude<OptionType, 'flag'>,
  isJudged: boolean,
  problems: Problems,
): { readonly name: string; readonly value: string } | undefined {
  const wanted = mismatch(value, type);
  const isPollInterval = name === 'pollinterval';
  if (wanted === undefined && !(isPollInterval && Number(value) <= 0)) return { name, value };
  const { value: read } = type === 'integer' ? parseInteger(value, true) : { value: undefined };
  if (read !== undefined && !(isPollInterval && read <= 0)) {
    problems.warning('sloppy-number', line, { name, value, read, expected: expected.wholeNumber });
    return { name, value: String(read) };
  }
  const details = { name, value, expected: wanted ?? expected.wholeNumber };
  // Over these two NUT's own programs end.
  if (isJudged || isPollInterval || type === 'regex') problems.error('bad-option-value', line, details);
  else problems.warning('bad-option-value', line, details);
  return undefined;
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/;

/** @returns what would be right, undefined when the value is. Our own drivers take fractions of seconds too. */
function mismatch(value: string, type: Exclude<OptionType, 'flag'>): Text | undefined {
  switch (type) {
    case 'text':
    case 'flag-or-value':
      return undefined;
    case 'integer':
      return NUMBER.test(value) ? undefined : expected.wholeNumber;
    case 'number':
      return NUMBER.test(value) ? undefined : expected.number;
    case 'hex':
      return /^\s*(?:0x)?[0-9a-f]+\s*$/i.test(value) ? undefined : expected.hexNumber;
    case 'boolean':
      return parseBoolean(value) === undefined ? expected.boolean : undefined;
    case 'regex':
      return isPattern(value) ? undefined : expected.pattern;
    default:
      return type.some((word) => word.toLowerCase() === value.toLowerCase()) ? undefined : expected.oneOf(type);
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false; // the constructor is the only judge of a pattern
  }
}

function tellUnknown({ name, line }: WrittenOption, driver: string, known: Iterable<string>, problems: Problems): void {
  const nearest = nearestName(name, known);
  // NUT's own program ends over an unknown option; an installed one may be newer than the list here.
  const tell = isNativeDriver(driver) ? problems.error.bind(problems) : problems.warning.bind(problems);
  if (nearest === undefined) tell('unknown-option', line, { name, driver });
  else tell('mistyped-option', line, { name, driver, nearest });
}

/**
 * Lines before the first section. Unknown ones may belong to a program that is not here.
 * @returns the option as it is used; undefined when it is not
 */
export function checkGlobalOption(option: WrittenOption, problems: Problems): WrittenOption | undefined {
  const { name, value, line } = option;
  const type = Object.hasOwn(GLOBAL_OPTIONS, name) ? GLOBAL_OPTIONS[name] : undefined;
  if (type === undefined) {
    const nearest = nearestName(name, Object.keys(GLOBAL_OPTIONS));
    if (nearest === undefined) problems.warning('unknown-global', line, { name });
    else problems.warning('mistyped-directive', line, { name, nearest });
    return undefined;
  }
  const why = GLOBALLY_WITHOUT_EFFECT.get(name);
  if (why) problems.notice('no-effect', line, { name, why });
  if (type === 'flag') {
    if (value !== true) problems.warning('value-of-flag', line, { name, value });
    return { name, value: true, line };
  }
  if (value === true) {
    problems.error('option-needs-value', line, { name });
    return undefined;
  }
  const checked = checkText({ name, value, line }, type, true, problems);
  return checked && { ...checked, line };
}

/** Global options that every section has unless it says otherwise. */
export const isInherited = (name: string): boolean =>
  Object.hasOwn(GLOBAL_OPTIONS, name) && Object.hasOwn(UPS_OPTIONS, name);
