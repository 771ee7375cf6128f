import { AppError, phraseOf } from '#domain/errors.ts';
import { phrase, type Text } from '#domain/messages/message.ts';

/** What the system's error numbers mean to a person. */
const REASONS: Readonly<Record<string, () => Text>> = {
  ENOENT: () => phrase('reason.missing', {}),
  EACCES: () => phrase('reason.permission-denied', {}),
  EPERM: () => phrase('reason.permission-denied', {}),
  EISDIR: () => phrase('reason.is-folder', {}),
  ENOTDIR: () => phrase('reason.no-folder', {}),
  ENOSPC: () => phrase('reason.no-space', {}),
  EROFS: () => phrase('reason.read-only', {}),
  ECONNREFUSED: () => phrase('reason.connection-refused', {}),
  ECONNRESET: () => phrase('reason.connection-reset', {}),
  ETIMEDOUT: () => phrase('reason.no-answer-in-time', {}),
  ENOTFOUND: () => phrase('reason.unknown-name', {}),
  EHOSTUNREACH: () => phrase('reason.no-way', {}),
  ENETUNREACH: () => phrase('reason.no-way', {}),
  EADDRINUSE: () => phrase('reason.port-taken', {}),
  EADDRNOTAVAIL: () => phrase('reason.not-own-address', {}),
};

/** Why something failed, to stand inside of an error: a phrase where the reason is a usual one, else as it was told. */
export function reasonOf(error: unknown): Text {
  if (error instanceof AppError) return phraseOf(error as AppError);
  if (!(error instanceof Error)) return String(error);
  // A name with several addresses fails with one error for each; they mostly say the same.
  if (error instanceof AggregateError && error.errors.length > 0 && !known(error)) return reasonOf(error.errors[0]);
  return known(error)?.() ?? error.message;
}

const known = (error: Error): (() => Text) | undefined =>
  'code' in error && typeof error.code === 'string' && Object.hasOwn(REASONS, error.code)
    ? REASONS[error.code]
    : undefined;
