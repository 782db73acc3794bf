/** A bell wakes everyone who waits for it: the one way in which a hint from outside ends a wait early. */

export interface Bell {
  /** A ring that nobody waits for is kept for the next wait. */
  ring(): void
  /** Until a ring, an abort, or the end of the time where one is given. */
  wait(signal: AbortSignal, milliseconds?: number): Promise<void>
}

export function createBell(): Bell {
  const waiting = new Set<() => void>()
  let rung = false
  return {
    ring: () => {
      rung = waiting.size === 0
      for (const wake of waiting) wake()
    },
    wait: async (signal, milliseconds) => {
      if (rung || signal.aborted) {
        rung = false
        return
      }
      await new Promise<void>(resolve => {
        const wake = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          waiting.delete(wake)
          resolve()
        }
        const timer = milliseconds === undefined ? undefined : setTimeout(wake, milliseconds)
        signal.addEventListener('abort', wake)
        waiting.add(wake)
      })
    },
  }
}
