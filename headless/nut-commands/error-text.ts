/** The sentences NUT's own clients say when something fails: scripts compare them, so they are NUT's letter for letter. */
import { AppError } from '#domain/errors.ts';

const REFUSALS: Readonly<Record<string, string>> = {
  'VAR-NOT-SUPPORTED': 'Variable not supported by UPS',
  'UNKNOWN-UPS': 'Unknown UPS',
  'ACCESS-DENIED': 'Access denied',
  'PASSWORD-REQUIRED': 'Password required',
  'PASSWORD-INCORRECT': 'Password incorrect',
  'MISSING-ARGUMENT': 'Missing argument',
  'DATA-STALE': 'Data stale',
  'VAR-UNKNOWN': 'Variable unknown',
  'ALREADY-LOGGED-IN': 'Already logged in',
  'ALREADY-SET-PASSWORD': 'Already set password',
  'UNKNOWN-TYPE': 'Unknown variable type',
  'UNKNOWN-VAR': 'Unknown variable',
  READONLY: 'Read-only variable',
  'TOO-LONG': 'New value is too long',
  'INVALID-VALUE': 'Invalid value for variable',
  'SET-FAILED': 'Set command failed',
  'UNKNOWN-INSTCMD': 'Unknown instant command',
  'INSTCMD-FAILED': 'Instant command failed',
  'CMD-NOT-SUPPORTED': 'Instant command not supported',
  'INVALID-USERNAME': 'Invalid username',
  'ALREADY-SET-USERNAME': 'Already set username',
  'UNKNOWN-COMMAND': 'Unknown command',
  'INVALID-PASSWORD': 'Invalid password',
  'USERNAME-REQUIRED': 'Username required',
  'DRIVER-NOT-CONNECTED': 'Driver not connected',
};

/** What the C library says for the errors a connection can meet; Node words them differently. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EACCES: 'Permission denied',
  EADDRNOTAVAIL: 'Cannot assign requested address',
};

/** The sentence for an ERR word of the server. */
export const refusalText = (word: string): string =>
  (Object.hasOwn(REFUSALS, word) ? REFUSALS[word] : undefined) ?? 'Unknown error';

/** The sentence for a connection that failed; undefined for errors that have nothing to do with it. */
export function failureText(error: unknown): string | undefined {
  if (!(error instanceof AppError)) return undefined;
  switch (error.code) {
    case 'nut/cannot-connect':
      return connectText(error.cause);
    case 'nut/timeout':
      return 'Connection failure: Connection timed out';
    case 'nut/connection-lost':
      return 'Server disconnected';
    case 'nut/bad-reply':
      return 'Protocol error';
    case 'nut/tls-failed':
    case 'nut/certificate-changed':
      return `SSL error: ${error.message}`;
    default:
      return undefined;
  }
}

function connectText(cause: unknown): string {
  const { code, message } = (cause instanceof Error ? cause : new Error('')) as NodeJS.ErrnoException;
  if (code === 'ENOTFOUND' || code?.startsWith('EAI_')) return 'No such host';
  return `Connection failure: ${(code === undefined ? undefined : SYSTEM_ERRORS[code]) ?? message}`;
}
