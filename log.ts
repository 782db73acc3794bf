/** The one logger: JSON lines on standard error, with everything that could be a secret replaced before it is written. */
import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** Names whose values never reach the log, at the top of an entry or one or two levels down. */
const SECRET_NAMES = [
  ...['password', 'passwordHash', 'secret', 'secretHash', 'signingKey', 'token', 'tokenHash', 'key', 'apiKey'],
  ...['authorization', 'cookie', 'set-cookie', 'url', 'connectionString'],
]

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** `name` distinguishes the processes of one machine. `stream` is for tests. */
export function createLog(name: string, level: LogLevel, stream?: DestinationStream): Logger {
  const paths = SECRET_NAMES.flatMap(secret => ['', '*.', '*.*.'].map(prefix => `${prefix}["${secret}"]`))
  return pino(
    {
      name,
      level,
      redact: { paths: paths.map(path => path.replace('.[', '[')), censor: '[secret]' },
      serializers: { err: describeError },
      formatters: { level: label => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    stream ?? destination({ fd: 2, sync: true }),
  )
}

/** Library errors carry whole connections, with what was sent over them: only these parts are written. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  return { name, message, code, stack, ...(cause === undefined ? {} : { cause: describeError(cause) }) }
}
