import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../nut/commands.ts';
import { VARIABLES } from '../nut/variable-table.ts';
import { PHASE_DOMAINS, PHASE_VALUES } from '../nut/variables.ts';
import { commands } from './de/commands.ts';
import { phasePlaces, phaseValues, variables } from './de/variables.ts';
import { commandText, variableText } from './names.ts';

describe('German names', () => {
  const names = (infos: readonly { readonly name: string }[]): string[] => infos.map(({ name }) => name).sort();

  test('are there for every variable and command that is known, and for no other', () => {
    expect(Object.keys(variables).sort()).toEqual(names(VARIABLES));
    expect(Object.keys(commands).sort()).toEqual(names(COMMANDS));
    expect(Object.keys(phaseValues)).toEqual([...PHASE_VALUES.keys()]);
    expect(Object.keys(phasePlaces)).toEqual([...PHASE_DOMAINS.keys()]);
  });

  test('keep to the glossary, and none is the English one', () => {
    const texts = [...Object.values(variables), ...Object.values(commands)];
    expect(texts.filter((text) => /Batterie|Piepser|[.!]$/.test(text))).toEqual([]);
    const english = new Set([...VARIABLES, ...COMMANDS].map(({ description }) => description));
    expect(texts.filter((text) => english.has(text))).toEqual([]);
  });

  test.each([
    ['battery.charge', 'Ladestand des Akkus'],
    ['outlet.2.current', 'Strom der Steckdose'],
    ['ambient.temperature', 'Temperatur am Sensor'],
    ['input.L1-N.voltage', 'Spannung am Eingang, L1-N'],
    ['output.inverter.voltage', 'Spannung am Wechselrichter-Ausgang'],
    ['device.2.ups.load', 'Last, bezogen auf das, was die USV tragen kann'],
    ['vendor.secret', 'Keine Beschreibung vorhanden'],
  ])('%s is "%s"', (name, text) => {
    expect(variableText(name, 'de')).toBe(text);
  });

  test('do not mind the number of an outlet', () => {
    expect(commandText('outlet.3.load.off', 'de')).toBe('Die Steckdose sofort abschalten');
    expect(commandText('vendor.secret', 'de')).toBe('Keine Beschreibung vorhanden');
  });

  test('in English are those that the NUT server tells', () => {
    expect(variableText('battery.charge', 'en')).toBe('Charge of the battery');
    expect(commandText('beeper.mute', 'en')).toBe('Silence the present beeping');
  });
});
