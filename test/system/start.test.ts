import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, chmod, chown, constants, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openClient } from '../../client/client.ts'
import { Identity } from '../../client/generated/operations.ts'
import { readJob } from '../../client/jobs.ts'
import { descendants, waitForEnd } from '../../measures/stage/cli-process.ts'
import { writeTinyBase } from '../../measures/stage/tiny-base.ts'
import { ROOT, readDemo, SERVING, type Started, type StartFolders, start } from '../stage/start-process.ts'

// Seconds of work; a machine that trains beside it takes many times as long.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

const IMAGES = ['ada.png', 'ada-1.png', 'ada-2.png', 'ada-3.png', 'ada-4.png']
let folder: string
let modelsDir: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-start-'))
  // PostgreSQL's own account must get in where the tests run as root.
  await chmod(folder, 0o711)
  modelsDir = join(folder, 'models')
  await writeTinyBase(join(modelsDir, 'tiny'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const placeOf = (name: string): StartFolders => ({
  dataDir: join(folder, name, 'data of mine'),
  modelsDir,
  out: join(folder, name, 'out'),
})

/** Ends it and makes sure that nothing of it is left. */
async function stop({ child, ended }: Started): Promise<number | null> {
  const pids = descendants(child.pid as number)
  expect(pids.length).toBeGreaterThan(2)
  child.kill('SIGINT')
  const { code } = await ended
  expect(await waitForEnd(pids, 50)).toBeDefined()
  return code
}

test('the first start makes four images over the public API; the next ones find them and serve', async () => {
  const place = placeOf('first')
  const once = await start(place, ['--once', '--steps', '4']).ended
  expect(once, once.stderr).toMatchObject({ code: 0 })
  expect(once.stdout.trim().split('\n')).toEqual(IMAGES.map(name => join(place.out, name)))
  const sizes = IMAGES.map(async name => (await sharp(await readFile(join(place.out, name))).metadata()).width)
  expect(await Promise.all(sizes)).toEqual([64, 16, 16, 16, 16])
  expect((await stat(join(place.dataDir, 'demo.json'))).mode & 0o777).toBe(0o600)

  const again = start(place, [])
  const [, address = ''] = await again.said(SERVING)
  await again.said(/Ctrl-C stops it/)
  const { email, password, apiKey, trainingId } = await readDemo(place)
  expect(again.text()).toContain(`${email}  ${password}`)
  expect(again.text()).toContain(apiKey)
  expect(again.text()).not.toContain('learning')
  const client = openClient(address, { key: apiKey })
  expect((await client.run(Identity, {})).currentKey?.scopes).toContain('TRAINING_WRITE')
  expect(await readJob(client, trainingId)).toMatchObject({ state: 'SUCCEEDED' })

  const second = await start(place, []).ended
  expect(second).toMatchObject({ code: 8, stderr: expect.stringContaining(place.dataDir) })
  const taken = await start(placeOf('taken'), [], { env: { PORT: new URL(address).port } }).ended
  expect(taken).toMatchObject({ code: 2, stderr: expect.stringMatching(/port \d+ .* another process has it\n.*PORT/) })
  expect(taken.stderr).not.toMatch(/\bat .*:\d+:\d+/)
  expect(await stop(again)).toBe(0)
})

test('a training that Ctrl-C stops goes on at the next start', async () => {
  const place = placeOf('stopped')
  const first = start(place, ['--steps', '150'])
  await first.said(/step \d+\/150/)
  expect(await stop(first)).toBe(0)
  const { trainingId } = await readDemo(place)
  const next = await start(place, ['--once']).ended
  expect(next, next.stderr).toMatchObject({ code: 0 })
  expect((await readDemo(place)).trainingId).toBe(trainingId)
  expect(next.stderr).toContain('attempt 2')
})

test('kill -9 leaves no worker behind, and the next start goes on', async () => {
  const place = placeOf('killed')
  const first = start(place, ['--steps', '150'])
  await first.said(/step \d+\/150/)
  const pids = descendants(first.child.pid as number)
  const workers = (
    await Promise.all(pids.map(async pid => ((await commandOf(pid)).includes('postgres') ? [] : [pid])))
  ).flat()
  first.child.kill('SIGKILL')
  expect(workers.length).toBeGreaterThanOrEqual(4)
  expect(await waitForEnd(workers, 8000)).toBeDefined()
  const next = await start(place, ['--once']).ended
  expect(next, next.stderr).toMatchObject({ code: 0 })
  expect(await waitForEnd(pids, 1000)).toBeDefined()
})

const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')

test('a second Ctrl-C does not wait for what is under way', async () => {
  const place = placeOf('pressed')
  const run = start(place, ['--no-demo'])
  const [, address = ''] = await run.said(SERVING)
  const pids = descendants(run.child.pid as number)
  // A request that never ends keeps a graceful stop waiting.
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n')
  await new Promise(resolve => setTimeout(resolve, 200))
  const pressed = performance.now()
  run.child.kill('SIGINT')
  await new Promise(resolve => setTimeout(resolve, 700))
  expect(run.child.exitCode).toBeNull()
  run.child.kill('SIGINT')
  expect(await run.ended).toMatchObject({ code: 130 })
  expect(performance.now() - pressed).toBeLessThan(5000)
  expect(await waitForEnd(pids, 5000)).toBeDefined()
})

test('every wrong variable is in one message, and nothing is made', async () => {
  const place = placeOf('wrong')
  const { code, stderr } = await start(place, [], { env: { PORT: 'many', LEASE_SECONDS: '0', DEVICE: 'tpu' } }).ended
  expect(code).toBe(2)
  for (const name of ['PORT', 'LEASE_SECONDS', 'DEVICE']) expect(stderr).toContain(name)
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/)
  expect(existsSync(place.dataDir)).toBe(false)
  expect(await start(place, ['--twice']).ended).toMatchObject({ code: 2, stderr: expect.stringContaining('--twice') })
})

test('an option that npm takes for one of its own is told, and nothing is made', async () => {
  const place = placeOf('taken by npm')
  // What `npm start --no-demo --steps 5` leaves: nothing but two variables.
  const env = { npm_lifecycle_event: 'start', npm_config_demo: '', npm_config_steps: 'true' }
  const { code, stderr } = await start(place, [], { env }).ended
  expect([code, stderr]).toEqual([2, expect.stringContaining('npm start -- --no-demo')])
  expect(existsSync(place.dataDir)).toBe(false)
})

test.skipIf(process.platform !== 'linux').each(['/proc/nothing/here', '/proc'])(
  'a data folder that can not be used is told at once: %s',
  async dataDir => {
    const { code, stderr } = await start({ ...placeOf('proc'), dataDir }, []).ended
    expect([code, stderr]).toEqual([7, expect.stringContaining(`the data folder ${dataDir} can't be`)])
    expect(stderr).toContain('DATA_DIR')
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+|ENO|EEXIST|mkdir/)
  },
)

const NOBODY = 65534

test('an ordinary user can start it', async context => {
  if (process.getuid?.() !== 0) return context.skip('the other tests run as an ordinary user already')
  const probe = spawn('test', ['-r', join(ROOT, 'start.ts')], { uid: NOBODY, gid: NOBODY })
  const readable = await new Promise(resolve => probe.on('close', code => resolve(code === 0)))
  if (!readable) return context.skip('another user cannot read this checkout')
  const place = placeOf('ordinary')
  await mkdir(join(folder, 'ordinary'))
  await chown(join(folder, 'ordinary'), NOBODY, NOBODY)
  // Fixtures have the modes of whoever checked them out.
  await promisify(execFile)('chmod', ['-R', 'a+rX', join(folder, 'models')])
  const env = { HOME: join(folder, 'ordinary') }
  const run = await start(place, ['--once', '--steps', '2'], { env, user: NOBODY }).ended
  expect(run, run.stderr).toMatchObject({ code: 0 })
})

test('the setup script passes Ctrl-C on and takes the service along when it is killed', async context => {
  // Without the stamp it would install anew, under the running tests.
  const ready = [join(ROOT, 'node_modules/.semblance-lock'), join(ROOT, 'prisma/generated/.schema')]
  const stamped = await Promise.all(ready.map(path => access(path, constants.R_OK))).catch(() => undefined)
  if (!stamped) return context.skip('the checkout was not set up by npm start or npm test')
  const place = placeOf('setup')
  const through = [join(ROOT, 'tools/setup.mjs')]
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const run = start(place, ['--no-demo'], { through })
    await run.said(SERVING)
    const pids = descendants(run.child.pid as number)
    run.child.kill(signal)
    expect(await waitForEnd(pids, 15_000)).toBeDefined()
    expect(await run.ended).toMatchObject(signal === 'SIGINT' ? { code: 0 } : { signal })
  }
})

test('a database whose demo user is of another data folder is told, and served', async () => {
  const place = placeOf('first')
  const known = await readDemo(place)
  await writeFile(
    join(place.dataDir, 'demo.json'),
    JSON.stringify({ email: known.email, password: 'of another', tries: 0 }),
  )
  const next = start(place, [])
  await next.said(SERVING)
  expect(next.text()).toContain('demo.json does not hold the password')
  expect(await stop(next)).toBe(0)
})
