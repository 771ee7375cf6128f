/** What variables and commands are called in the language of the page. */
import { describeCommand, findCommand } from '../nut/commands.ts';
import { describeVariable, findVariable, phaseParts } from '../nut/variables.ts';
import { commands } from './de/commands.ts';
import { phasePlaces, phaseValues, variables } from './de/variables.ts';
import type { Locale } from './message.ts';

interface Names {
  variable(name: string): string;
  command(name: string): string;
}

const NAMES: Readonly<Record<Locale, Names>> = {
  en: { variable: describeVariable, command: describeCommand },
  de: { variable: germanVariable, command: germanCommand },
};

export const variableText = (name: string, locale: Locale): string => NAMES[locale].variable(name);
export const commandText = (name: string, locale: Locale): string => NAMES[locale].command(name);

const NO_GERMAN_DESCRIPTION = 'Keine Beschreibung vorhanden';

function germanVariable(name: string): string {
  const { name: general = '' } = findVariable(name) ?? {};
  const parts = phaseParts(general);
  const measured = parts && `${phaseValues[parts.value] ?? ''} ${phasePlaces[parts.domain] ?? ''}`;
  return variables[general] ?? (measured ? [measured, parts.phase ?? []].flat().join(', ') : NO_GERMAN_DESCRIPTION);
}

function germanCommand(name: string): string {
  return commands[findCommand(name)?.name ?? ''] ?? NO_GERMAN_DESCRIPTION;
}
