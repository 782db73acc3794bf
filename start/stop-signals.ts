/** When to stop: the first Ctrl-C asks for a graceful stop, a second one ends everything at once. */

import { exitCodeOf, onStop } from '../cli/stop.ts'

/** The terminal, npm and the starter may all pass on the same Ctrl-C. */
const SAME_PRESS_MS = 500

export interface StopSignals {
  /** Aborted at the first request to stop. */
  readonly signal: AbortSignal
  /** Exit code for the reason: 130 after Ctrl-C. */
  exitCode(): number
}

/** @param onSecond called at the second press; it should end the process */
export function listenForStop(onSecond: (code: number) => void): StopSignals {
  const controller = new AbortController()
  let [pressed, code] = [0, 0]
  const stop = (exitCode: number) => {
    if (controller.signal.aborted) {
      if (performance.now() - pressed > SAME_PRESS_MS) onSecond(exitCode)
      return
    }
    ;[pressed, code] = [performance.now(), exitCode]
    controller.abort()
  }
  onStop(signal => stop(exitCodeOf(signal)))
  // The starter was killed: nobody is left to press Ctrl-C.
  process.on('disconnect', () => stop(exitCodeOf('SIGTERM')))
  process.channel?.unref()
  // A reader that leaves (`| head`) does not stop the service.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return { signal: controller.signal, exitCode: () => code }
}
