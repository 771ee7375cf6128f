/** Maker, model, serial number and firmware of a device, by the rules of its definition. Pure. */
import type { Identity } from '#domain/schema/device-definition.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type { DeviceMemory } from './converters/conversion.ts';
import { EATON_MODELS } from './definitions/eaton-models.ts';

/** What the device tells beside its USB texts. */
export interface IdentityFacts {
  /** The text of the string descriptor that the definition's model path names. */
  readonly modelText: string | undefined;
  readonly serialText: string | undefined;
  /** UPS.Flow.[4].ConfigApparentPower in volt-amperes. */
  readonly nominalPower: number | undefined;
}

export type IdentityVariables = Readonly<Record<string, string>>;

const DELL = 0x047c;
const nonEmpty = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
};

/**
 * @param memory the Eaton family found by the model goes here
 * @returns ups.mfr, ups.model, ups.serial and firmware, each only where it is known
 */
export function identityOf(
  identity: Identity | undefined,
  device: HidDeviceInfo,
  facts: IdentityFacts,
  memory: DeviceMemory,
): IdentityVariables {
  const product = nonEmpty(device.product);
  const variables: Record<string, string | undefined> = {
    'ups.mfr': nonEmpty(device.manufacturer) ?? identity?.manufacturer,
    'ups.model': product ?? identity?.unknownModel,
    'ups.serial': nonEmpty(device.serialNumber) ?? nonEmpty(facts.serialText),
  };
  switch (identity?.model) {
    case 'apc-firmware-split':
      Object.assign(variables, splitFirmware(product ?? ''));
      variables['ups.model'] ??= identity.unknownModel;
      break;
    case 'eaton-model-table':
      variables['ups.model'] = eatonModel(device, product, facts, memory);
      break;
    case 'string-at-path':
      variables['ups.model'] = nonEmpty(facts.modelText) ?? variables['ups.model'];
      break;
    case 'product':
    case undefined:
      break;
  }
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => !!entry[1]));
}

/** `Back-UPS ES 850G2 FW:938.a2 .I USB FW:a2`: model, firmware of the UPS, firmware of its USB part. */
function splitFirmware(product: string): Record<string, string | undefined> {
  const [main = '', ...usb] = product.split(/ ?USB FW:/);
  const [model = '', ...firmware] = main.split(/ ?FW:/);
  return {
    'ups.model': nonEmpty(model),
    'ups.firmware': nonEmpty(firmware.join(' ')),
    'ups.firmware.aux': nonEmpty(usb.join(' ')),
  };
}

function eatonModel(
  device: HidDeviceInfo,
  product: string | undefined,
  facts: IdentityFacts,
  memory: DeviceMemory,
): string | undefined {
  if (product === undefined || device.vendorId === DELL) return product;
  // Not trimmed: the table has texts that end with a space.
  const told = facts.modelText === '' ? undefined : facts.modelText;
  const model = told ?? (facts.nominalPower === undefined ? undefined : String(Math.trunc(facts.nominalPower)));
  if (model === undefined) return product;
  const known = EATON_MODELS.find((row) => row[0] === product && row[1] === model);
  memory.eatonFamily = known?.[2] ?? 'default';
  return known?.[3] ?? `${product} ${model}`.trim();
}
