import { expect, test } from 'vitest'
import { createLog } from '../../../log.ts'

const SECRET = 'hunter2'

function written(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('test', 'debug', { write: line => void lines.push(line) }))
  return lines.join('')
}

test.each(['password', 'secretHash', 'signingKey', 'token', 'authorization', 'cookie', 'set-cookie', 'url', 'apiKey'])(
  'a value named %s is not written, up to two levels down',
  name => {
    const line = written(log => log.info({ [name]: SECRET, a: { [name]: SECRET, b: { [name]: SECRET } } }, 'entry'))
    expect(line).toContain('entry')
    expect(line).not.toContain(SECRET)
  },
)

test('of an error its name, message, code, stack and causes are written, and nothing it carries', () => {
  const cause = Object.assign(new Error('closed'), { code: 'ECONNRESET', client: { connectionParameters: SECRET } })
  const line = written(log =>
    log.error({ err: Object.assign(new Error('no answer', { cause }), { request: SECRET }) }, 'failed'),
  )
  expect(JSON.parse(line).err).toMatchObject({ message: 'no answer', cause: { message: 'closed', code: 'ECONNRESET' } })
  expect(line).not.toContain(SECRET)
})
