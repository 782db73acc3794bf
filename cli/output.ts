/** What the command line prints: progress on standard error, results on standard output, one JSON object a line with --json. */
import { AppError, ERROR_CODES } from '../errors.ts'
import type { Warning } from '../warnings.ts'

export interface Output {
  readonly json: boolean
  /** A result: the text for people, the object for programs. */
  result(text: string, object: Record<string, unknown>): void
  /** Progress of a long task; `text` follows the bar. */
  progress(done: number, total: number, text: string, object: Record<string, unknown>): void
  /** A line that is neither result nor progress; not shown with --json. */
  note(text: string): void
  /** What was left out or done otherwise: a line on standard error, an object of its own with --json. */
  warn(warning: Warning): void
}

const WIDTH = 28

function bar(done: number, total: number): string {
  const full = Math.round((WIDTH * done) / Math.max(total, 1))
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
}

/** Minutes and seconds, or seconds below a minute. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** On a terminal the bar is redrawn in place; elsewhere a line is printed at each tenth. */
export function createOutput(json: boolean): Output {
  const terminal = process.stderr.isTTY === true
  let tenth = -1
  const line = (object: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(object)}\n`)
  return {
    json,
    result: (text, object) => (json ? line(object) : void process.stdout.write(`${text}\n`)),
    note: text => void (json || process.stderr.write(`${text}\n`)),
    warn: warning =>
      json ? line({ event: 'warning', ...warning }) : void process.stderr.write(`warning: ${warning.message}\n`),
    progress(done, total, text, object) {
      if (json) return void line(object)
      const ended = done >= total
      if (terminal) return void process.stderr.write(`\r\x1b[K${bar(done, total)} ${text}${ended ? '\n' : ''}`)
      const now = Math.floor((10 * done) / Math.max(total, 1))
      if (now !== tenth) process.stderr.write(`${text}\n`)
      tenth = ended ? -1 : now
    },
  }
}

/** The one place where errors leave the process: two lines, never a stack trace unless DEBUG is set for our own bugs. */
export function reportError(error: unknown, json: boolean): number {
  if (error instanceof AppError) {
    const { code, message, next } = error
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, next } })}\n`)
    else process.stderr.write(`\n${message}\n${next}\n`)
    return ERROR_CODES[code]
  }
  const message = error instanceof Error ? error.message : String(error)
  const next = 'This is a bug in Semblance; please report it with the command you ran.'
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: 'INTERNAL', message, next } })}\n`)
  else process.stderr.write(`\n${message}\n${next}\n`)
  return 1
}

/**
 * What outlives this process or is outlived by it. A reader that leaves (`| head`) must not end a training; the starter
 * in bin/, when it is killed, must take this process along.
 */
export function tieToCaller(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('disconnect', () => process.exit(1))
  process.channel?.unref()
}
