import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { DeviceDefinition } from '#domain/schema/device-definition.ts';
import { DEVICE_SCHEMA_FILE, deviceSchemaText } from '../../scripts/generate-device-schema.ts';
import { builtInDefinitions, createDefinitionSet, loadDefinition, mergeDefinitions, problems } from './definition.ts';
import { BUILT_IN_DEFINITIONS } from './definitions/index.ts';

const SHED = {
  id: 'shed',
  name: 'Shed',
  source: ['mine'],
  match: [{ vendorId: '1234' }],
  variables: [{ variable: 'input.voltage', path: 'UPS.Input.Voltage', digits: 1 }],
  status: [{ path: 'UPS.PowerSummary.PresentStatus.ACPresent', sets: 'line-present' as const }],
  commands: [],
} satisfies DeviceDefinition;

describe.each(BUILT_IN_DEFINITIONS.map((definition) => [definition.id, definition] as const))(
  '%s',
  (_id, definition) => {
    test('survives a JSON round trip and passes the check of files', () => {
      expect(loadDefinition(JSON.parse(JSON.stringify(definition)), definition.id)).toEqual(definition);
      expect(problems(definition)).toEqual([]);
    });

    test('says where it is known from', () => {
      expect(definition.source.length).toBeGreaterThan(0);
    });

    test('has no row twice', () => {
      const rows = [...definition.variables, ...definition.status, ...definition.commands].map((row) =>
        JSON.stringify(row),
      );
      expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
    });
  },
);

test('ids are unique', () => {
  const ids = BUILT_IN_DEFINITIONS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('resources/device-definition.schema.json is current (node scripts/generate-device-schema.ts)', async () => {
  expect(readFileSync(DEVICE_SCHEMA_FILE, 'utf8')).toBe(await deviceSchemaText());
});

describe('a definition from a file', () => {
  test.each([
    ['not an object', null, /expected object/i],
    ['a field that is not known', { ...SHED, colour: 'red' }, /colour/],
    [
      'a converter that is not known',
      with_({ variable: 'a', path: 'UPS.Input.Voltage', convert: 'magic' }),
      /variables\.0\.convert/,
    ],
    ['a path with an unknown name', with_({ variable: 'a', path: 'UPS.Gadget.Voltage' }), /UPS\.Gadget\.Voltage/],
    ['a vendor id with capitals', { ...SHED, match: [{ vendorId: '051D' }] }, /match\.0\.vendorId/],
    ['a broken expression', { ...SHED, match: [{ vendorId: '1234', product: '(' }] }, /regular expression/],
    [
      'an unknown condition',
      { ...SHED, status: [{ path: 'UPS.Input', sets: { '1': 'on fire' } }] },
      /status condition/,
    ],
    ['a status row with nothing to say', { ...SHED, status: [{ path: 'UPS.Input' }] }, /either sets or rule/],
    ['a quirk that is not known', { ...SHED, quirks: [{ quirk: 'haunted' }] }, /quirks\.0/],
  ])('with %s is refused, and told why', (_what, data, reason) => {
    expect(() => loadDefinition(data, 'shed.json')).toThrow(reason);
    expect(() => loadDefinition(data, 'shed.json')).toThrow(/shed\.json/);
  });

  test('may name the schema for editors', () => {
    expect(loadDefinition({ $schema: './device-definition.schema.json', ...SHED }, 'shed.json').id).toBe('shed');
  });
});

function with_(row: Readonly<Record<string, unknown>>): unknown {
  return { ...SHED, variables: [row] };
}

describe('definitions together', () => {
  test('an own definition replaces the built-in one of its id and may extend it', () => {
    const own = { ...SHED, id: 'apc', extends: 'apc', usages: 'apc' } satisfies DeviceDefinition;
    const merged = createDefinitionSet([own]).get('apc');
    expect(merged?.variables[0]).toEqual(SHED.variables[0]);
    expect(merged?.variables.length).toBe((builtInDefinitions.get('apc')?.variables.length ?? 0) + 1);
    expect(merged?.identity).toEqual(builtInDefinitions.get('apc')?.identity);
  });

  test('a status path read by both is read once, as the own definition says', () => {
    const apc = builtInDefinitions.get('apc');
    if (!apc) throw new Error('there is no apc');
    const rows = mergeDefinitions(apc, SHED).status.filter(({ path }) => path === SHED.status[0]?.path);
    expect(rows).toEqual(SHED.status);
  });

  test('extending the unknown, oneself or other names is an error', () => {
    expect(() => createDefinitionSet([{ ...SHED, extends: 'attic' }])).toThrow(/attic, which is not known/);
    expect(() => createDefinitionSet([{ ...SHED, extends: 'shed' }])).toThrow(/shed, which is not known/);
    const other = { ...SHED, id: 'other', extends: 'shed' };
    expect(() => createDefinitionSet([{ ...SHED, extends: 'other' }, other])).toThrow(/leads back to itself/);
    const mixed = { ...SHED, extends: 'apc', usages: 'mge' } satisfies DeviceDefinition;
    expect(() => createDefinitionSet([mixed])).toThrow(/names of mge/);
  });
});
