/** What the command line prints: progress on standard error, results on standard output, one JSON object a line with --json. */
import { AppError, ERROR_CODES } from '../errors.ts'
import type { Warning } from '../warnings.ts'
import type { Line } from './events.ts'
import { readEnvironment } from './service/environment.ts'
import { stopCode } from './stop.ts'
import { clip, visible } from './text.ts'

export interface Output {
  readonly json: boolean
  /** A result: the text for people, the object for programs. */
  result(text: string, line?: Line): void
  /** Progress of a long task; `text` follows the bar. */
  progress(done: number, total: number, text: string, line: Line): void
  /** A line that is neither result nor progress; not shown with --json. */
  note(text: string): void
  /** What was left out or done otherwise: a line on standard error, an object of its own with --json. */
  warn(warning: Warning): void
}

const WIDTH = 28

function bar(done: number, total: number): string {
  const full = Math.round((WIDTH * Math.min(done, total)) / Math.max(total, 1))
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
}

/** Minutes and seconds, or seconds below a minute. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${(whole / 3600).toFixed(1)} h`
}

/** Whether a bar stands in the last line of the terminal: whatever is written next takes its place. */
let barStands = false
const CLEAR = '\r\x1b[K'

function write(stream: NodeJS.WriteStream, text: string): void {
  if (barStands) process.stderr.write(CLEAR)
  barStands = false
  stream.write(text)
}

/** On a terminal the bar is redrawn in place; elsewhere a line is printed at each tenth. There are no colours. */
export function createOutput(json: boolean): Output {
  const terminal = process.stderr.isTTY === true && readEnvironment().hasCursor
  let tenth = -1
  const line = (object: Line) => process.stdout.write(`${JSON.stringify(object)}\n`)
  const say = (text: string) => void (json || write(process.stderr, `${visible(text)}\n`))
  return {
    json,
    result: (text, object) => {
      if (!json) write(process.stdout, `${visible(text)}\n`)
      else if (object) line(object)
    },
    note: say,
    warn: warning => (json ? void line({ event: 'warning', ...warning }) : say(`warning: ${warning.message}`)),
    progress(done, total, text, object) {
      if (json) return void line(object)
      const ended = done >= total
      if (terminal) {
        const shown = clip(`${bar(done, total)} ${visible(text)}`, (process.stderr.columns ?? 80) - 1)
        process.stderr.write(`${CLEAR}${shown}${ended ? '\n' : ''}`)
        barStands = !ended
        return
      }
      const now = Math.floor((10 * done) / Math.max(total, 1))
      if (now !== tenth) process.stderr.write(`${visible(text)}\n`)
      tenth = ended ? -1 : now
    },
  }
}

/** The one place where errors leave the process: two lines, never a stack trace unless DEBUG is set for our own bugs. */
export function reportError(error: unknown, json: boolean): number {
  const known = error instanceof AppError
  const message = error instanceof Error ? error.message : String(error)
  const code = known ? error.code : 'INTERNAL'
  const next = known ? error.next : 'This is a bug in Semblance; please report it with the command you ran.'
  if (json)
    process.stdout.write(`${JSON.stringify({ event: 'error', error: { code, message, next } } satisfies Line)}\n`)
  else {
    if (barStands) process.stderr.write('\n')
    barStands = false
    process.stderr.write(`${visible(message)}\n${visible(next)}\n`)
  }
  if (!known) return 1
  return error.code === 'CANCELED' ? stopCode() : ERROR_CODES[error.code]
}

const left = new AbortController()

/** Aborted when whoever read standard output has left (`| head`). */
export const readerLeft: AbortSignal = left.signal

/**
 * What outlives this process or is outlived by it. A reader that leaves must not end a training; the starter in bin/, when it
 * is killed, must take this process along.
 */
export function tieToCaller(): void {
  process.stdout.on('error', () => left.abort())
  process.stderr.on('error', () => undefined)
  process.on('disconnect', () => process.exit(1))
  process.channel?.unref()
}
