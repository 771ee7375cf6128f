import { expect, test } from 'vitest';
import type { Identity } from '#domain/schema/device-definition.ts';
import type { HidDeviceInfo } from '#engine/ports.ts';
import type { DeviceMemory } from './converters/conversion.ts';
import { identityOf, type IdentityFacts } from './identity.ts';

const NOTHING: IdentityFacts = { modelText: undefined, serialText: undefined, nominalPower: undefined };
const device = (rest: Partial<HidDeviceInfo>): HidDeviceInfo => ({ path: 'test', vendorId: 1, productId: 2, ...rest });
const apc: Identity = { manufacturer: 'APC', model: 'apc-firmware-split', unknownModel: 'unknown' };
const eaton: Identity = { manufacturer: 'Eaton', model: 'eaton-model-table', modelPath: 'UPS.PowerSummary.iModel' };

test.each([
  ['Back-UPS ES 850G2 FW:938.a2 .I USB FW:a2', 'Back-UPS ES 850G2', '938.a2 .I', 'a2'],
  ['Back-UPS 500 FW: 6.5.I USB FW: c1', 'Back-UPS 500', '6.5.I', 'c1'],
  ['Smart-UPS_3000 FW:UPS 06.0 / ID=1027', 'Smart-UPS_3000', 'UPS 06.0 / ID=1027', undefined],
  ['Back-UPS BX1600MI', 'Back-UPS BX1600MI', undefined, undefined],
  ['', 'unknown', undefined, undefined],
])('APC product "%s" is model %s with firmware %s and %s', (product, model, firmware, aux) => {
  const found = identityOf(apc, device({ product }), NOTHING, {});
  expect([found['ups.model'], found['ups.firmware'], found['ups.firmware.aux']]).toEqual([model, firmware, aux]);
});

test.each([
  ['ELLIPSE', { modelText: '300' }, 'ellipse 300', 'offline'],
  ['Eaton 5P', { modelText: '850' }, '5P 850', '5p'],
  ['Ellipse PRO', { modelText: '1200 ' }, 'Eaton 5S1200', '5p'],
  ['3S', { modelText: '700' }, '3S 700', '3s'],
  ['Eaton 3S 700', { nominalPower: 700 }, 'Eaton 3S 700 700', 'default'],
  ['Eaton 5SC', { modelText: '', nominalPower: 750.2 }, 'Eaton 5SC 750', '5p'],
  ['5E', {}, '5E', undefined],
])('Eaton product %s with %j is %s of family %s', (product, facts, model, family) => {
  const memory: DeviceMemory = {};
  expect(identityOf(eaton, device({ product }), { ...NOTHING, ...facts }, memory)['ups.model']).toBe(model);
  expect(memory.eatonFamily).toBe(family);
});

test('a Dell unit is named by its product alone', () => {
  const dell = device({ vendorId: 0x047c, product: 'UPS Tower 1000W' });
  expect(identityOf(eaton, dell, { ...NOTHING, modelText: '1000' }, {})['ups.model']).toBe('UPS Tower 1000W');
});

test('makers are named by their definition only where the device names none', () => {
  expect(identityOf(apc, device({ manufacturer: ' ' }), NOTHING, {})['ups.mfr']).toBe('APC');
  expect(identityOf(apc, device({ manufacturer: ' Schneider ' }), NOTHING, {})['ups.mfr']).toBe('Schneider');
  expect(identityOf(undefined, device({}), NOTHING, {})).toEqual({});
});

test('a model text of the device goes before its product name', () => {
  const delta: Identity = { manufacturer: 'Delta', model: 'string-at-path' };
  const found = identityOf(delta, device({ product: 'UPS' }), { ...NOTHING, modelText: 'Amplon R1K' }, {});
  expect(found['ups.model']).toBe('Amplon R1K');
  expect(identityOf(delta, device({ product: 'UPS' }), NOTHING, {})['ups.model']).toBe('UPS');
});

test('the serial number of USB goes before one in the reports', () => {
  const facts = { ...NOTHING, serialText: 'R-1' };
  expect(identityOf(apc, device({ serialNumber: 'U-1' }), facts, {})['ups.serial']).toBe('U-1');
  expect(identityOf(apc, device({}), facts, {})['ups.serial']).toBe('R-1');
});
