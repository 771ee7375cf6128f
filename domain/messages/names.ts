/** What variables and commands are called in the language of the page; English where a language has no words. */
import { describeCommand } from '../nut/commands.ts';
import { describeVariable } from '../nut/variables.ts';
import { commands as germanCommands } from './de/commands.ts';
import { variables as germanVariables } from './de/variables.ts';
import type { Locale } from './message.ts';

type Names = Readonly<Record<string, string>>;

const VARIABLES: Readonly<Partial<Record<Locale, Names>>> = { de: germanVariables };
const COMMANDS: Readonly<Partial<Record<Locale, Names>>> = { de: germanCommands };

export const variableText = (name: string, locale: Locale): string =>
  VARIABLES[locale]?.[name.toLowerCase()] ?? describeVariable(name);

export const commandText = (name: string, locale: Locale): string =>
  COMMANDS[locale]?.[name.toLowerCase()] ?? describeCommand(name);
