/** The tables of the documentation, made from the tables the program itself works with. Pure but for the recordings. */
import { z } from 'zod';
import { events, requests } from '#domain/contract.ts';
import { en } from '#domain/messages/en.ts';
import { describeCommand } from '#domain/nut/commands.ts';
import { VARIABLES } from '#domain/nut/variable-table.ts';
import type { DeviceDefinition, MatchRule } from '#domain/schema/device-definition.ts';
import { CONVERTERS } from '#engine/devices/converters.ts';
import { BUILT_IN_DEFINITIONS } from '#engine/devices/definitions/index.ts';
import { QUIRK_MEANINGS } from '#engine/devices/quirks.ts';
import { DEMO_COMMANDS, SHORT_DEMO_COMMANDS } from '#engine/drivers/demo/demo-commands.ts';
import { isNativeDriver } from '#engine/drivers/native-drivers.ts';
import { NUT_DRIVER_NAMES, packageOf } from '#engine/drivers/nut-driver/driver-names.ts';
import { interpretRecording, recordingNames } from '#tests/support/device-proof.ts';
import { SCENARIOS, type Happening } from '#tests/support/monitor-scenarios.ts';
import {
  compareRecording,
  REFERENCES,
  shareOf,
  type Comparison,
  type Reference,
} from '#tests/support/reference-facts.ts';
import { code, table, withPlaceholders } from './markdown.ts';

const FIXTURE = 'fixture:';
const recordingsOf = ({ source }: DeviceDefinition): readonly string[] =>
  source.filter((text) => text.startsWith(FIXTURE)).map((text) => text.slice(FIXTURE.length));

const usbId = ({ vendorId, productId }: MatchRule): string => `${vendorId}:${productId ?? 'any'}`;

function makes(): string {
  const rows = BUILT_IN_DEFINITIONS.map((definition) => {
    const ids = new Set(definition.match.filter(({ refuse }) => refuse === undefined).map(usbId));
    return [
      code(definition.id),
      definition.name,
      ids.size === 0 ? 'any power device that nobody lists' : String(ids.size),
      String(recordingsOf(definition).length),
    ];
  });
  return table(['Definition', 'Shown as', 'USB ids', 'Recordings it is proven on'], rows);
}

/** How often a make is asked is no cure of a fault. */
function devices(): string {
  const rows = BUILT_IN_DEFINITIONS.flatMap((definition) => {
    const byId = new Map<string, MatchRule[]>();
    for (const rule of definition.match) byId.set(usbId(rule), [...(byId.get(usbId(rule)) ?? []), rule]);
    return [...byId].map(([id, rules]) => {
      const models = new Set(rules.flatMap(({ models: text }) => text ?? []));
      const asked = [...(definition.quirks ?? []), ...rules.flatMap(({ quirks = [] }) => quirks)];
      const cures = new Set(asked.map(({ quirk }) => quirk).filter((quirk) => quirk !== 'poll-every'));
      const refusals = rules.flatMap(({ refuse }) => (refuse === undefined ? [] : `not read where it is ${refuse}`));
      return [code(id), [...models, ...refusals].join('; '), code(definition.id), [...cures].map(code).join(', ')];
    });
  });
  return table(['USB id', 'Sold as', 'Definition', 'Cures'], rows);
}

function variables(): string {
  const rows = VARIABLES.map(({ name, type, unit, isSettable, values, description }) => [
    code(name),
    description,
    unit ?? (values === undefined ? type : values.map(code).join(' ')),
    isSettable === true ? 'on some' : '',
  ]);
  return table(['Variable', 'What it is', 'Unit or values', 'Can be set'], rows);
}

/** Rows of a catalogue's pairs of texts: what is wrong, what to do. */
function textPairs(problem: string, remedy: string): readonly (readonly string[])[] {
  const texts: Readonly<Record<string, string>> = en;
  return Object.entries(texts)
    .filter(([key]) => key.startsWith(`${problem}.`))
    .map(([key, text]) => {
      const name = key.slice(problem.length + 1);
      return [code(name), withPlaceholders(text), withPlaceholders(texts[`${remedy}.${name}`] ?? '')];
    });
}

const errors = (): string => table(['Code', 'What it says', 'What to do'], textPairs('error', 'remedy'));
const problems = (): string =>
  table(
    ['What it says', 'What to do'],
    textPairs('problem', 'fix').map(([, ...texts]) => texts),
  );

/** Names of the fields of an object; those that may be absent with a question mark. */
function fieldsOf(type: z.ZodType): string {
  if (!(type instanceof z.ZodObject)) return '';
  const shape: Readonly<Record<string, z.ZodType>> = type.shape;
  const fields = Object.entries(shape);
  return fields.map(([name, field]) => code(field.safeParse(undefined).success ? `${name}?` : name)).join(' ');
}

const contractRequests = (): string =>
  table(
    ['Request', 'Right', 'Parameters', 'Result'],
    Object.entries(requests).map(([name, { access, params, result }]) => [
      code(name),
      access,
      fieldsOf(params),
      fieldsOf(result),
    ]),
  );

const contractEvents = (): string =>
  table(
    ['Event', 'Right', 'Payload'],
    Object.entries(events).map(([name, { access, payload }]) => [code(name), access, fieldsOf(payload)]),
  );

const demoCommands = (): string =>
  table(
    ['Command', 'Parameter', 'What it does'],
    [
      ...DEMO_COMMANDS.map(({ name, range, defaultParameter }) => ({
        name,
        parameter:
          range === undefined
            ? ''
            : `${range.min} to ${range.max}${defaultParameter === undefined ? '' : `, ${defaultParameter} if left out`}`,
      })),
      ...SHORT_DEMO_COMMANDS,
    ].map(({ name, parameter }) => [
      code(name),
      parameter,
      describeCommand(name)
        .replace(/^Demo: /, '')
        .replace(/^./, (letter) => letter.toUpperCase()),
    ]),
  );

const frontedDrivers = (): string => {
  const fronted = NUT_DRIVER_NAMES.filter((name) => !isNativeDriver(name));
  const packages = new Map<string, string[]>();
  for (const name of fronted) {
    const from = packageOf(name) ?? '';
    packages.set(from, [...(packages.get(from) ?? []), name]);
  }
  return [...packages].map(([from, names]) => `- ${code(from)}: ${names.map(code).join(' ')}`).join('\n');
};

const quirks = (): string =>
  table(
    ['Quirk', 'What it does'],
    Object.entries(QUIRK_MEANINGS).map(([name, meaning]) => [code(name), meaning]),
  );

const converters = (): string =>
  table(
    ['Converter', 'What it does'],
    Object.entries(CONVERTERS).map(([name, { meaning }]) => [code(name), meaning]),
  );

const REFERENCE_WORDS: Readonly<Record<Reference, string>> = {
  'nut-2.8.5.txt': 'NUT 2.8.5 of the same bytes',
  'upsc.txt': '`upsc` on the machine of the unit',
  'values.json': "NUT's log of single fields",
};

function recordings(): string {
  const compared = recordingNames().map((name) => ({ name, comparisons: compareRecording(name) }));
  const of = (list: readonly Comparison[], than: Reference): readonly Comparison[] =>
    list.filter(({ reference }) => reference === than);
  const sums = REFERENCES.map((than) => {
    const all = compared.flatMap(({ comparisons }) => of(comparisons, than));
    const { equal, total, share } = shareOf(all);
    return [REFERENCE_WORDS[than], String(all.length), `${equal} of ${total} (${(100 * share).toFixed(1)} %)`];
  });
  const { equal, total, share } = shareOf(compared.flatMap(({ comparisons }) => comparisons));
  sums.push(['all', '', `**${equal} of ${total} (${(100 * share).toFixed(1)} %)**`]);
  const rows = compared.map(({ name, comparisons }) => {
    const result = interpretRecording(name);
    if ('refused' in result) return [code(name), 'refused', '', '', '', ''];
    const shares = REFERENCES.map((than) =>
      of(comparisons, than)
        .map(({ equal, total }) => `${equal} of ${total}`)
        .join(),
    );
    return [code(name), String(Object.keys(result.variables).length), String(result.commands.length), ...shares];
  });
  const overview = table(['Compared with', 'Recordings', 'The same'], sums);
  return `${overview}\n\n${table(['Recording', 'Variables', 'Commands', 'NUT 2.8.5', '`upsc`', 'Fields'], rows)}`;
}

const happened = ([after, what]: Happening): string => {
  const text =
    'status' in what ? `${code(what.status)}${what.of ? ` on ${what.of}` : ''}` : what.do.replaceAll('-', ' ');
  return after === 0 ? text : `${after} s: ${text}`;
};

function monitorScenarios(): string {
  const rows = SCENARIOS.map(({ name, role, first = 'OL', timer, happenings, both, ours }) => [
    role,
    timer === undefined ? name : `${name} (${timer.seconds} s)`,
    [code(first), ...happenings.map(happened)].join(', '),
    both.map(code).join(' '),
    ours === undefined || ours.tells.join() === both.join() ? 'the same' : ours.tells.map(code).join(' '),
    ours?.because ?? '',
  ]);
  return table(['Role', 'Situation', 'What happens', '`upsmon` 2.8.0', 'Here', 'Why not the same'], rows);
}

export const SECTIONS = {
  makes,
  devices,
  variables,
  errors,
  problems,
  'contract requests': contractRequests,
  'contract events': contractEvents,
  'demo commands': demoCommands,
  'fronted drivers': frontedDrivers,
  quirks,
  converters,
  recordings,
  'monitor scenarios': monitorScenarios,
} as const satisfies Record<string, () => string>;
export type SectionName = keyof typeof SECTIONS;
