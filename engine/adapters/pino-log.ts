import pino, { type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Log } from '#engine/ports.ts';
import { logOutput } from './error-output.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Fields that could hold a secret never reach a line, wherever they stand in the fields of a call. */
const REDACTED = ['password', 'pass', 'token', 'secret', '*.password', '*.pass', '*.token', '*.secret'];

/** The log on standard error: one readable line per call, begun to be written at once. Fields follow the message. */
export function createPinoLog(level: LogLevel): Log {
  const readable = prettyFactory({
    colorize: process.stderr.isTTY,
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l',
    ignore: 'pid,hostname,ups',
    singleLine: true,
    messageFormat: (line, key) => {
      const ups = line.ups;
      const text = String(line[key]);
      return typeof ups === 'string' ? `[${ups}] ${text}` : text;
    },
  });
  return wrap(pino({ level, redact: REDACTED }, { write: (line: string) => logOutput.write(readable(line)) }));
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    child: (fields) => wrap(logger.child(fields)),
  };
}
