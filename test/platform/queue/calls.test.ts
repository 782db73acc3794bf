import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createLog } from '../../../log.ts'
import { openCalls } from '../../../queue/postgres/calls.ts'

const log = createLog('test', 'silent')

/** What one call says of a server that treats each connection so; undefined: nobody listens. */
async function failureAt(treat: ((socket: Socket) => void) | undefined, value: unknown = 1): Promise<unknown> {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    treat?.(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sockets: Socket[] = []
  server.on('connection', socket => sockets.push(socket))
  if (!treat) server.close()
  const calls = openCalls(`postgresql://user:word@127.0.0.1:${port}/db`, 1, log)
  try {
    return await calls.query('select $1', [value]).catch(error => error)
  } finally {
    server.close()
    for (const socket of sockets) socket.destroy()
    await calls.close()
  }
}

/** Authentication ok, ready for queries. */
const GREETING = Buffer.from('520000000800000000' + '5a0000000549', 'hex')
function greet(socket: Socket, asked: () => void = () => undefined): void {
  socket.once('data', () => {
    socket.write(GREETING)
    socket.on('data', asked)
  })
}
const UNAVAILABLE = { code: 'QUEUE_UNAVAILABLE' }

test.each<[string, ((socket: Socket) => void) | undefined]>([
  ['is not there', undefined],
  ['hangs up', socket => socket.destroy()],
  ['hangs up when it is asked', socket => greet(socket, () => socket.destroy())],
  ['never answers', () => undefined],
])('a server that %s is an outage', { timeout: 15_000 }, async (_what, treat) => {
  expect(await failureAt(treat)).toMatchObject(UNAVAILABLE)
})

// Sent again it would fail again.
test('a value that can not be sent is a bug, and told as it is', async () => {
  const endless = { toPostgres: (): unknown => endless }
  const error = await failureAt(greet, endless)
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toMatchObject(UNAVAILABLE)
  expect((error as Error).message).toContain('circular')
})
