import { errors } from './de/errors.ts';
import { faces } from './de/faces.ts';
import { pages } from './de/pages.ts';
import { power } from './de/power.ts';
import type { en } from './en.ts';

/** The German catalogue: complete for what is on the screen; what is missing here is said in English. */
export const de: Readonly<Partial<Record<keyof typeof en, string>>> = { ...errors, ...faces, ...pages, ...power };
