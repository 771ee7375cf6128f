import type { Log, LogFields } from '#engine/ports.ts';

export interface RememberingLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[];
}

/** A log that keeps its lines for a test to read. */
export function createRememberingLog(): RememberingLog {
  const lines: RememberingLog['lines'] = [];
  const at =
    (level: string, base: LogFields) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields: { ...base, ...fields } });
    };
  const make = (base: LogFields): Log => ({
    debug: at('debug', base),
    info: at('info', base),
    warn: at('warn', base),
    error: at('error', base),
    child: (fields) => make({ ...base, ...fields }),
  });
  return { ...make({}), lines };
}
