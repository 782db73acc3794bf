/** Tells the latest of many values at most once a period; the first goes at once, the last always goes. */

export interface Latest<T> {
  offer(value: T): void
  /** Resolves when the last value offered is told. */
  flush(): Promise<void>
}

/** `tell` must not reject; the next value waits for it. */
export function latest<T>(periodMs: number, tell: (value: T) => Promise<void>): Latest<T> {
  let waiting: { readonly value: T } | undefined
  let telling: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let earliest = 0

  const next = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (telling || !waiting) return
    const { value } = waiting
    waiting = undefined
    earliest = performance.now() + periodMs
    telling = tell(value).finally(() => {
      telling = undefined
      plan()
    })
  }
  const plan = (): void => {
    if (waiting && !telling) timer ??= setTimeout(next, Math.max(0, earliest - performance.now()))
  }
  return {
    offer(value) {
      waiting = { value }
      if (performance.now() >= earliest) next()
      else plan()
    },
    async flush() {
      while (telling || waiting) {
        next()
        await telling
      }
    },
  }
}
