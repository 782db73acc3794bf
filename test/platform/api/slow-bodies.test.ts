import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Service } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service

beforeAll(async () => {
  service = await openService({ bodySeconds: 1 })
})
afterAll(() => service?.close())

/** Sends a byte of the body every 100 ms until the server ends the connection. */
async function trickle(path: string): Promise<{ seconds: number; text: string }> {
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('utf8').on('data', piece => (text += piece))
  socket.on('error', () => undefined)
  const ended = new Promise<void>(resolve => socket.once('close', () => resolve()))
  const start = performance.now()
  const head = ['content-type: application/json', 'content-length: 1000', 'host: localhost'].join('\r\n')
  socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n{"query":"`)
  const timer = setInterval(() => socket.write('a'), 100)
  await Promise.race([ended, sleep(15_000)])
  clearInterval(timer)
  socket.destroy()
  return { seconds: (performance.now() - start) / 1000, text }
}

test.each(['/graphql', '/uploads/anything'])(
  'a body that trickles into %s is cut off when its time is over',
  async path => {
    const { seconds, text } = await trickle(path)
    expect(seconds).toBeLessThan(10)
    if (path === '/graphql') {
      expect(text).toMatch(/^HTTP\/1\.1 408 /)
      expect(text).toContain('the body was not complete within 1 s')
      expect(seconds).toBeGreaterThan(0.9)
    }
  },
)

test('a request that comes in time is answered, and a connection that waits between two is left alone', async () => {
  expect((await ask(service, '{ service { version } }')).status).toBe(200)
  await sleep(2500)
  expect((await ask(service, '{ service { version } }')).status).toBe(200)
})
