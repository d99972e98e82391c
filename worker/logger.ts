import type { LogLevel, LogMetadata } from '@temporalio/worker';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { pino } from 'pino';

/** Keys whose values never reach a log, wherever they stand. */
const redacted = [
  'secret',
  'secretAccessKey',
  'SecretAccessKey',
  'SecretString',
  'sessionToken',
  'SessionToken',
  'password',
];

/** The worker's log: JSON lines on standard error, secrets left out. */
export function createLogger(level: string): Logger {
  const paths = redacted.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    { name: 'firedoor', level, redact: { paths, censor: '[left out]' } },
    pino.destination({ dest: 2, sync: true }),
  );
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Makes pino the logger of the SDK. Once a process: the SDK has one runtime. */
export function logThrough(logger: Logger): void {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void =>
    logger[levels[level]](meta ?? {}, message);
  Runtime.install({
    logger: {
      log,
      trace: (message, meta) => log('TRACE', message, meta),
      debug: (message, meta) => log('DEBUG', message, meta),
      info: (message, meta) => log('INFO', message, meta),
      warn: (message, meta) => log('WARN', message, meta),
      error: (message, meta) => log('ERROR', message, meta),
    },
    telemetryOptions: { logging: { filter: 'WARN', forward: {} } },
  });
}
