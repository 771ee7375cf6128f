/** Texts as they cross the contract: said in the language of whoever reads them. */
import { z } from 'zod';

/** A sentence or a part of one. */
export const PhraseSchema = z.object({ phrase: z.string(), params: z.record(z.string(), z.unknown()) });
/** A name that is no text of ours stands as it is. */
export const TextSchema = z.union([z.string(), PhraseSchema]);
