/** Before any schema is made: the content security policy forbids code from text, so zod need not try it. */
import { config } from 'zod';

config({ jitless: true });
