/** One connection that receives notifications, and is reopened whenever it is lost. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from '../../log.ts'

const LONGEST_PAUSE_MS = 5_000

interface Listener {
  /** Resolves when the channels are first listened to. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

/**
 * `notified` gets each notification. `missed` is called after every gap: what was announced meanwhile is unknown.
 * Notifications are hints, so nobody waits for this connection to come back.
 */
export function openListener(
  url: string,
  channels: readonly string[],
  on: { notified(channel: string, payload: string): void; missed(): void },
  log: Logger,
): Listener {
  const closing = new AbortController()
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  const session = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, keepAlive: true })
    const lost = new Promise<void>(done => {
      client.on('error', () => done())
      client.on('end', () => done())
      closing.signal.addEventListener('abort', () => done(), { once: true })
    })
    try {
      client.on('notification', ({ channel, payload = '' }) => on.notified(channel, payload))
      await client.connect()
      for (const channel of channels) await client.query(`listen ${client.escapeIdentifier(channel)}`)
      resolve()
      on.missed()
      await lost
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  const keep = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted; ) {
      const failed = await session().then(
        () => false,
        error => {
          log.debug({ err: error }, 'notifications cannot be received now')
          return true
        },
      )
      failures = failed ? failures + 1 : 0
      const pause = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** failures)
      await delay(pause, undefined, { signal: closing.signal }).catch(() => undefined)
    }
    resolve()
  }
  const kept = keep()
  return {
    ready,
    close: async () => {
      closing.abort()
      await kept
    },
  }
}
