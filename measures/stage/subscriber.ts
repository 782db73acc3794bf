/** A subscriber over a WebSocket as any client is one: Node's own WebSocket, the protocol graphql-transport-ws spoken by hand. */
import type { Identity, Service } from './service.ts'

export interface Message {
  readonly type: string
  readonly id?: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever was asked for
  readonly payload?: any
}

export interface Subscriber {
  /** Everything received since the start. */
  readonly received: readonly Message[]
  /** Resolves with the first message, received or to come, that fits. Rejects when the socket is closed before. */
  until(fits: (message: Message) => boolean): Promise<Message>
  readonly closed: Promise<{ code: number; reason: string }>
  send(message: Message): void
  close(): void
}

export interface Opening extends Identity {
  readonly origin?: string
}

export async function openSocket(
  { url }: Pick<Service, 'url'>,
  { key, cookie, tenant, origin }: Opening,
): Promise<Subscriber> {
  const headers = { ...(cookie ? { cookie } : {}), ...(origin ? { origin } : {}) }
  // The second form of the second argument is Node's own: browsers set these headers by themselves.
  const options = { protocols: 'graphql-transport-ws', headers } as unknown as string
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, options)
  const received: Message[] = []
  const waiting = new Set<() => void>()
  const { promise: closed, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
  let open = true
  const wake = () => {
    for (const one of waiting) one()
  }
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.type === 'ping') socket.send('{"type":"pong"}')
    else received.push(message)
    wake()
  })
  socket.addEventListener('close', ({ code, reason }) => {
    open = false
    resolve({ code, reason })
    wake()
  })
  socket.addEventListener('error', () => undefined)
  await new Promise<void>(done => {
    socket.addEventListener('open', () => done())
    socket.addEventListener('close', () => done())
  })
  const send = (message: Message) => socket.send(JSON.stringify(message))
  if (open) send({ type: 'connection_init', payload: { ...(key ? { authorization: `Bearer ${key}` } : {}), tenant } })
  return {
    received,
    closed,
    send,
    close: () => socket.close(),
    until: fits =>
      new Promise((found, fail) => {
        const look = () => {
          const message = received.find(fits)
          if (!message && open) return
          waiting.delete(look)
          if (message) found(message)
          else fail(new Error('the socket was closed'))
        }
        waiting.add(look)
        look()
      }),
  }
}

/** Opens a socket and one subscription `1` on it. */
export async function subscribe(
  service: Pick<Service, 'url'>,
  identity: Opening,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Subscriber> {
  const socket = await openSocket(service, identity)
  await socket.until(({ type }) => type === 'connection_ack')
  socket.send({ type: 'subscribe', id: '1', payload: { query, variables } })
  return socket
}
