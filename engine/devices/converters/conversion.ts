/** What converters and status rules work with. */
import type { DriverNote } from '#engine/drivers/driver.ts';
import type { DriverOptions } from '#engine/drivers/driver.ts';
import type { HidField } from '#engine/hid/types.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';

/** One field as it was just read. */
export interface Reading {
  readonly field: HidField;
  /** The integer in the report: what codes, flags, dates and string indexes are. */
  readonly logical: number;
  /** In volt, ampere, second, kelvin, …, with every cure of the definition applied. */
  readonly physical: number;
}

/** Facts about one device that one row finds and another needs. */
export interface DeviceMemory {
  eatonFamily?: string;
  /** 0 Europe, 1 US, 2 Europe 208 V, 3 worldwide, 4 Australia. */
  eatonCountry?: number;
  /** Advanced battery management; undefined while unknown. */
  eatonAbm?: boolean;
  firstOutputVoltage?: number;
  cpsBatteryScale?: number;
  cpsNominalIsWrong?: boolean;
  powercomBatteryVoltage?: string;
  liebertWholeVolts?: boolean;
}

export interface ConversionContext {
  readonly device: HidDeviceInfo;
  readonly options: DriverOptions;
  readonly memory: DeviceMemory;
  /** The variable as it is known so far. */
  text(variable: string): string | undefined;
  /** The variable as a number; undefined when it is unknown or no number. */
  number(variable: string): number | undefined;
  /** A string descriptor. */
  string(index: number): string | undefined;
  /** A whole feature report, id byte first. */
  report(reportId: number): Uint8Array | undefined;
  /** Corrects another variable; undefined withdraws it. */
  publish(variable: string, value: string): void;
  /** Tells a cure that showed only in the readings, once per code. */
  remark(note: DriverNote): void;
}

/** What is to be written: the integer itself, or a quantity that is still to be scaled for the field. */
export type Written = { readonly logical: number } | { readonly physical: number };

export interface Converter {
  /** One line: from what to what. */
  readonly meaning: string;
  /** @returns undefined when the value is unknown or not to be published */
  readonly read?: (reading: Reading, context: ConversionContext, reportId: number) => string | undefined;
  /** @param text what the client gave, or the row's own value; @returns undefined when it cannot be written */
  readonly write?: (text: string, context: ConversionContext) => Written | undefined;
  /** Texts that may be written, in the order of the device. */
  readonly allowed?: (context: ConversionContext) => readonly string[];
}
