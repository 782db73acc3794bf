import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, statSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readEnvironment } from '../../../cli/service/environment.ts'
import { chooseService, loginsFile, readLogins, removeLogin, saveLogin } from '../../../cli/service/logins.ts'
import { openClient } from '../../../client/client.ts'
import { Service, Subjects } from '../../../client/generated/operations.ts'
import { followJob } from '../../../client/jobs.ts'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'semblance-cli-'))
const NOBODY = 'http://127.0.0.1:9'
beforeEach(async () => {
  vi.stubEnv('XDG_CONFIG_HOME', folder)
  vi.stubEnv('SEMBLANCE_API_KEY', undefined)
  vi.stubEnv('SEMBLANCE_SERVER', undefined)
  await rm(join(folder, 'semblance'), { recursive: true, force: true })
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

const failure = async (...args: string[]) => {
  const { code, stdout, stderr } = await callCli([...args, '--json'])
  const [line, ...more] = jsonLines(stdout)
  expect({ more, stderr }).toEqual({ more: [], stderr: '' })
  return { exit: code, ...(line?.error as { code: string; message: string; next: string }) }
}

describe('logins', () => {
  test('are kept for their owner alone, one for each service', async () => {
    await saveLogin('http://one', { key: 'smb_test_1' })
    chmodSync(loginsFile(), 0o644)
    await saveLogin('http://two', { cookie: 'semblance_session=x', tenant: 't' })
    expect(statSync(loginsFile()).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'semblance')).mode & 0o777).toBe(0o700)
    expect(await readLogins()).toEqual({
      current: 'http://two',
      services: { 'http://one': { key: 'smb_test_1' }, 'http://two': { cookie: 'semblance_session=x', tenant: 't' } },
    })
    expect(await removeLogin('http://two')).toBe(true)
    expect(await readLogins()).toEqual({ services: { 'http://one': { key: 'smb_test_1' } } })
  })

  test('never go to another address', async () => {
    await saveLogin('http://one', { key: 'smb_test_1' })
    expect(await chooseService(undefined)).toEqual({ address: 'http://one', credentials: { key: 'smb_test_1' } })
    expect(await chooseService('http://other/')).toEqual({ address: 'http://other', credentials: {} })
  })

  test('the environment goes before the last login', async () => {
    await saveLogin('http://one', { key: 'smb_test_1' })
    const environment = readEnvironment({
      XDG_CONFIG_HOME: folder,
      SEMBLANCE_SERVER: 'http://two',
      SEMBLANCE_API_KEY: 'k',
    })
    expect(await chooseService(undefined, environment)).toEqual({ address: 'http://two', credentials: { key: 'k' } })
  })

  test('a damaged file is named, with what to do', async () => {
    await saveLogin('http://one', { key: 'smb_test_1' })
    await writeFile(loginsFile(), '{')
    expect(await failure('subjects')).toMatchObject({
      exit: 3,
      code: 'FILE_INVALID',
      message: expect.stringContaining(loginsFile()),
    })
  })
})

describe('without a service', () => {
  test('a command that needs a login says how to get one', async () => {
    expect(await failure('subjects', '--server', NOBODY)).toMatchObject({
      exit: 10,
      code: 'UNAUTHENTICATED',
      next: expect.stringContaining('semblance login'),
    })
  })

  test('an address where nothing listens is one clear error', async () => {
    await saveLogin(NOBODY, { key: 'smb_test_1' })
    const { exit, code, message } = await failure('adapters')
    expect({ exit, code }).toEqual({ exit: 8, code: 'SERVICE_UNAVAILABLE' })
    expect(message).toContain(NOBODY)
    expect(message).not.toContain('smb_test_1')
  })

  test.each(['', 'localhost:4000', 'ftp://x', 'http://user:secret@x'])('"%s" is no address', async address => {
    expect(await failure('login', '--key', address)).toMatchObject({ exit: 2, code: 'INPUT_INVALID' })
  })

  test('doctor tells every finding and ends with the code of the first bad one', async () => {
    const { code, stdout } = await callCli(['doctor', '--server', NOBODY, '--json'])
    const lines = jsonLines(stdout)
    const states = lines.flatMap(({ event, name, state }) => (event === 'check' ? [[name, state]] : []))
    expect(Object.fromEntries(states)).toMatchObject({
      node: 'good',
      device: 'good',
      service: 'bad',
      clock: 'skipped',
      ready: 'skipped',
      login: 'bad',
      rights: 'skipped',
    })
    expect({ code, error: lines.at(-1)?.error }).toMatchObject({ code: 8, error: { code: 'SERVICE_UNAVAILABLE' } })
    const causes = lines.flatMap(({ event, state, next }) => (event === 'check' && state === 'bad' ? [next] : []))
    expect(new Set(causes).size).toBe(causes.length)
    expect(causes).not.toContain((lines.at(-1) as { error: { next: string } }).error.next)
    // The address stands in the line of the service, and in what to do about the login.
    expect(stdout.split('does not answer').length).toBe(2)
  })
})

describe('train and generate work in one place', () => {
  test.each([
    ['train on neither', ['train', '--images', folder], '--out'],
    ['train in both', ['train', '--images', folder, '--subject', 'A', '--base', folder], '--base'],
    ['train on a service without a subject', ['train', '--images', folder, '--server', NOBODY], '--subject'],
    [
      'draw in both',
      ['generate', '--prompt', 'x', '--out', join(folder, 'x.png'), '--use', 'A', '--adapter', 'b'],
      '--use',
    ],
  ])('%s', async (_, args, named) => {
    expect(await failure(...args)).toMatchObject({
      exit: 2,
      code: 'INPUT_INVALID',
      message: expect.stringContaining(named),
    })
  })
})

test('an address of something else is told from a service', async () => {
  const other = createServer((_request, response) => response.end('<h1>hello</h1>')).listen(0, '127.0.0.1')
  await new Promise(resolve => other.once('listening', resolve))
  const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  await expect(openClient(address).run(Service, {})).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    next: expect.stringContaining('address'),
  })
  other.close()
})

test('a query is sent again when the connection breaks', async () => {
  let asked = 0
  const answer = JSON.stringify({
    data: { subjects: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
  })
  const flaky = createServer((request, response) => {
    asked++
    if (asked < 3) request.socket.destroy()
    else response.setHeader('content-type', 'application/json').end(answer)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => flaky.once('listening', resolve))
  const client = openClient(`http://127.0.0.1:${(flaky.address() as AddressInfo).port}`, { key: 'smb_test_1' })
  expect((await client.run(Subjects, {})).subjects.nodes).toEqual([])
  expect(asked).toBe(3)
  flaky.close()
})

test('a job is followed no longer than its service may be gone', async () => {
  const client = openClient(NOBODY, { key: 'smb_test_1' }, { retry: false })
  const breaks: string[] = []
  const follow = async () => {
    for await (const _ of followJob(client, 'x', { outageMs: 1000, onBreak: ({ code }) => breaks.push(code) })) return
  }
  await expect(follow()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  expect(breaks).toEqual(['SERVICE_UNAVAILABLE'])
})

test('no source of the command line but one reads the environment', async () => {
  const files = execFileSync('grep', ['-rl', 'process.env', join(import.meta.dirname, '../../../cli')], {
    encoding: 'utf8',
  })
  expect(files.trim().split('\n')).toEqual([expect.stringMatching(/cli\/service\/environment\.ts$/)])
  expect(await readFile(files.trim(), 'utf8')).toContain('XDG_CONFIG_HOME')
})
