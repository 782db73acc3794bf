import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from 'vitest'
import { openClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { listKeys } from '../../client/find.ts'
import { type ApiKeyScope, CreateApiKey, RotateApiKey, SignIn } from '../../client/generated/operations.ts'
import { type CliResult, jsonLines } from '../../measures/stage/cli-process.ts'
import { writeTinyBase } from '../../measures/stage/tiny-base.ts'
import { ROOT, readDemo, SERVING, type Started, type StartFolders, start } from '../stage/start-process.ts'

// Seconds of work; a machine that trains beside it takes many times as long.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let folder: string
let place: StartFolders
let service: Started
let address: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-examples-'))
  // PostgreSQL's own account must get in where the tests run as root.
  await chmod(folder, 0o711)
  place = { dataDir: join(folder, "somebody's data"), modelsDir: join(folder, 'models'), out: join(folder, 'out') }
  await writeTinyBase(join(place.modelsDir, 'tiny'))
  service = start(place, ['--steps', '2'])
  ;[, address = ''] = await service.said(SERVING)
  await service.said(/Ctrl-C stops it/)
})
afterAll(async () => {
  service?.child.kill('SIGINT')
  await service?.ended
  await rm(folder, { recursive: true, force: true })
})

/** Runs a program from a folder that is not the repository's. */
function run(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = folder,
): Promise<CliResult> {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  const fixed = { DATA_DIR: place.dataDir, XDG_CONFIG_HOME: join(folder, 'config'), STEPS: '2' }
  const { SEMBLANCE_API_KEY: _, SEMBLANCE_SERVER: __, ...rest } = process.env
  return new Promise(resolve =>
    execFile(program, args, { cwd, env: { ...rest, PATH: path, ...fixed, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, signal: null, stdout, stderr }),
    ),
  )
}

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? '').split(':').some(place => existsSync(join(place, program)))

function needs(context: TestContext, program: string): void {
  if (!isInstalled(program)) context.skip(`${program} is not installed`)
}

const example = (name: string): string => join(ROOT, 'docs/examples', name)
const LANGUAGES: readonly (readonly string[])[] = [
  ['bash', example('session.sh')],
  ['zsh', example('session.sh')],
  ['sh', example('session.sh')],
  ['node', example('session.mjs')],
  ['python3', example('session.py')],
]

/** No stack trace of any language. */
const TRACE = /^\s+at |Traceback|node:internal/m

describe.for(LANGUAGES)('the session in %s', ([program = '', script = '']) => {
  test('draws a picture, and handles the error on the way', async context => {
    needs(context, program)
    const out = join(folder, `drawn by ${program}`, 'picture.png')
    const { code, stdout, stderr } = await run([program, script], { OUT: out })
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(TRACE)])
    const told = stdout + stderr
    expect(told).toContain('4 of 4 photos accepted')
    expect(told).toContain('CONSENT_MISSING at input.photoSetId')
    expect(told).toMatch(/SUCCEEDED, step 2 of 2/)
    expect(stdout.trim().split('\n').at(-1)).toBe(out)
    expect((await sharp(await readFile(out)).metadata()).width).toBe(16)
  })

  test('ends with the words of the service where a value is wrong', async () => {
    const { code, stdout, stderr } = await run([program, script], { STEPS: '100000000' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/INVALID at input\.steps: /)
    expect(stdout + stderr).not.toMatch(TRACE)
  })

  test('says what to do where nothing serves', async context => {
    needs(context, program)
    const { code, stdout, stderr } = await run([program, script], {
      DATA_DIR: join(folder, 'none'),
    })
    expect([code, stdout]).toEqual([8, ''])
    expect(stderr).toMatch(/^no demo was started with .*\nRun npm start, .*DATA_DIR.*\n$/)
  })
})

/** What may stand before a service: it lets the first try to make a subject wait for a second. */
async function openLimiter(): Promise<{ server: Server; refused: () => number }> {
  let refused = 0
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (refused === 0 && body.includes('createSubject(')) {
      refused++
      return response.writeHead(429, { 'retry-after': '1' }).end('{"errors":[{"message":"slowly"}]}')
    }
    const { authorization = '', 'content-type': type = '' } = request.headers
    const headers = { authorization, 'content-type': type }
    const answer = await fetch(`${address}${request.url}`, { method: 'POST', headers, body })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return { server, refused: () => refused }
}

test.for(LANGUAGES)('%s waits as long as it is asked to, and goes on', async ([program = '', script = ''], context) => {
  needs(context, program)
  const { server, refused } = await openLimiter()
  try {
    const dataDir = join(folder, `behind a limit, ${program}`)
    const before = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await mkdir(dataDir)
    await writeFile(join(dataDir, 'demo.json'), JSON.stringify({ ...(await readDemo(place)), address: before }))
    const out = join(dataDir, 'picture.png')
    const { code, stdout, stderr } = await run([program, script], { DATA_DIR: dataDir, OUT: out })
    expect([code, stdout, refused()], stderr).toEqual([0, expect.stringContaining(out), 1])
  } finally {
    server.close()
  }
})

test('a key that was rotated is replaced, and the next command and the next script work', async () => {
  const before = await readDemo(place)
  const client = openClient(address)
  await client.run(SignIn, { input: { email: before.email, password: before.password } })
  const key = (await listKeys(client)).find(({ prefix }) => before.apiKey.startsWith(prefix))
  await client.run(RotateApiKey, { input: { apiKeyId: key?.id ?? '', graceSeconds: 0 } })

  const told = await run(['node', join(ROOT, 'bin/semblance.mjs'), 'demo', '--json'])
  expect([told.code, told.stderr]).toEqual([0, ''])
  const [demo] = jsonLines(told.stdout)
  expect(demo).toMatchObject({ event: 'demo', address, graphql: `${address}/graphql`, tenant: { name: 'Demo' } })
  expect(demo?.apiKey).not.toBe(before.apiKey)
  expect((await readDemo(place)).apiKey).toBe(demo?.apiKey)
  expect(await run(['node', example('session.mjs')], { OUT: join(folder, 'rotated.png') })).toMatchObject({ code: 0 })
})

test.for(LANGUAGES)('%s runs with the rights that docs/api.md names', async ([program = '', script = ''], context) => {
  needs(context, program)
  const page = await readFile(join(ROOT, 'docs/api.md'), 'utf8')
  const [, scopes = ''] = /keys create partner --scopes (\S+)/.exec(page) ?? []
  const { email, password } = await readDemo(place)
  const client = openClient(address)
  await client.run(SignIn, { input: { email, password } })
  const input = { name: `partner ${program}`, scopes: scopes.split(',') as ApiKeyScope[] }
  const { secret } = assertSuccess((await client.run(CreateApiKey, { input })).createApiKey)
  const env = { DATA_DIR: join(folder, 'none'), SEMBLANCE_SERVER: address, SEMBLANCE_API_KEY: secret }
  const { code, stdout, stderr } = await run([program, script], { ...env, OUT: join(folder, `${program}.png`) })
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining(`${program}.png`)])
})

test('keys rotate puts the new key where demo and the logins look for it', async () => {
  const { email, password, apiKey } = await readDemo(place)
  const semblance = `node '${join(ROOT, 'bin/semblance.mjs')}'`
  const login = `printf %s '${password}' | ${semblance} login ${address} --email ${email} --json`
  // By its first part: an earlier test has left two of one name.
  const rotate = `${semblance} keys rotate ${apiKey.split('_').slice(0, 3).join('_')} --json`
  const { code, stdout, stderr } = await run(['sh', '-e', '-c', `${login} && ${rotate}`])
  expect([code, stderr], stdout).toEqual([0, ''])
  const { secret } = jsonLines(stdout).at(-1) as { secret: string }
  expect(secret).not.toBe(apiKey)
  expect((await readDemo(place)).apiKey).toBe(secret)
})

test('the link for browsers signs in as the demo user', async () => {
  const [link = ''] = /http:\S+\/sign-in\/\S+/.exec(service.text()) ?? []
  const entered = await fetch(link, { redirect: 'manual' })
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/graphql'])
  const [cookie = ''] = entered.headers.getSetCookie()
  expect(cookie).toMatch(/HttpOnly; SameSite=Lax/)
  const headers = { accept: 'text/html', cookie: cookie.split(';')[0] ?? '' }
  const page = await (await fetch(`${address}/graphql`, { headers })).text()
  expect(page).toContain((await readDemo(place)).email)
  const at = link.lastIndexOf('/') + 1
  const other = link[at] === 'a' ? 'b' : 'a'
  const wrong = await fetch(`${link.slice(0, at)}${other}${link.slice(at + 1)}`, { redirect: 'manual' })
  expect([wrong.status, wrong.headers.getSetCookie()]).toEqual([404, []])
})

test('a worker of its own starts as docs/operations.md says', async () => {
  const page = await readFile(join(ROOT, 'docs/operations.md'), 'utf8')
  const [, block = ''] = /```sh\n(export DATABASE_WORKER_URL[\s\S]*?)```/.exec(page) ?? []
  const { PATH, HOME } = process.env
  const env = {
    PATH: `${dirname(process.execPath)}:${PATH}`,
    HOME,
    DATA_DIR: place.dataDir,
    MODELS_DIR: place.modelsDir,
  }
  const worker = spawn('sh', ['-e', '-c', block.replace('node_modules/.bin/node', 'exec node')], { cwd: ROOT, env })
  const ended = new Promise(resolve => worker.once('close', resolve))
  let told = ''
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', data => (told += data))
  await vi.waitFor(() => expect(told).toContain('"msg":"ready"'), { timeout: 60_000, interval: 200 })
  worker.kill('SIGINT')
  expect(await ended).toBe(0)
})

describe('README', () => {
  const blocks = async () =>
    [...(await readFile(join(ROOT, 'README.md'), 'utf8')).matchAll(/```sh\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    )

  test.for(['bash', 'zsh'])('all its commands work when they are pasted into %s', async (shell, context) => {
    needs(context, shell)
    const [first, ...commands] = await blocks()
    expect(first?.trim()).toBe('npm start')
    const out = join(folder, `readme ${shell}`)
    const here = `$1 --base '${join(place.modelsDir, 'tiny')}' --steps 2`
    const script = commands
      .join('\n')
      .replace(/(train +--images \S+)/g, here)
      .replace(/(generate --adapter)/g, here.replace(/^\$1 (.*)$/, 'generate $1 --adapter'))
      .replaceAll(/ (me\.|out\/)/g, (_, path: string) => ` '${out}'/${path}`)
    // As on a terminal: zsh takes no comments there.
    const strict = shell === 'zsh' ? ['-f', '-o', 'no_interactive_comments', '-e', '-c'] : ['-e', '-c']
    const done = await run(
      [shell, ...strict, `mkdir -p '${out}/out'\n${script}`],
      { OUT: join(out, 'session.png') },
      ROOT,
    )
    expect(done.code, done.stderr + done.stdout).toBe(0)
    expect(done.stdout + done.stderr).not.toMatch(TRACE)
    for (const picture of [join(out, 'me.png'), join(out, 'out/ada-snow.png')])
      expect((await sharp(await readFile(picture)).metadata()).width).toBe(16)
  })
})
