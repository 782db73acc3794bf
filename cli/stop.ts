/** How a command is asked to stop, and the exit code that says so: 128 and the number of the signal, as shells have it. */
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type StopSignal = (typeof SIGNALS)[number]

export const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal]

let received: StopSignal | undefined

/** Of a command that was stopped: by Ctrl-C where no signal came, as when a job was canceled on the service. */
export const stopCode = (): number => exitCodeOf(received ?? 'SIGINT')

/** Calls `stop` at each request to stop until the function that it returns is called. */
export function onStop(stop: (signal: StopSignal) => void): () => void {
  const listeners = SIGNALS.map(signal => {
    const listener = () => {
      received ??= signal
      stop(signal)
    }
    process.on(signal, listener)
    return () => void process.off(signal, listener)
  })
  return () => {
    for (const remove of listeners) remove()
  }
}
