/** Throttles values: sends the latest at most once per period, the first immediately, the last always. */

interface Latest<T> {
  offer(value: T): void
  /** Resolves when the last value offered is sent. */
  flush(): Promise<void>
}

/** `send` must not reject; the next value waits for it. */
export function latest<T>(periodMs: number, send: (value: T) => Promise<void>): Latest<T> {
  let waiting: { readonly value: T } | undefined
  let sending: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let earliest = 0

  const next = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (sending || !waiting) return
    const { value } = waiting
    waiting = undefined
    earliest = performance.now() + periodMs
    sending = send(value).finally(() => {
      sending = undefined
      plan()
    })
  }
  const plan = (): void => {
    if (waiting && !sending) timer ??= setTimeout(next, Math.max(0, earliest - performance.now()))
  }
  return {
    offer(value) {
      waiting = { value }
      if (performance.now() >= earliest) next()
      else plan()
    },
    async flush() {
      while (sending || waiting) {
        next()
        await sending
      }
    },
  }
}
