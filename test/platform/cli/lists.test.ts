/** Jobs, images and what is shown of one thing; short ids and close names; what a command leaves behind. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { demoFileIn } from '../../../cli/service/demo-file.ts'
import { readLogins, saveLogin } from '../../../cli/service/logins.ts'
import { openClient } from '../../../client/client.ts'
import { Service, Subjects } from '../../../client/generated/operations.ts'
import { uuidOf } from '../../../client/ids.ts'
import { callCli, jsonLines, startCli } from '../../../measures/stage/cli-process.ts'
import { type Identity, keyFor, PASSWORD, signUp } from '../../../measures/stage/service.ts'
import { errorOf, fail, isolateCli, last, run } from '../../stage/cli-answers.ts'
import { openWorkingService, runWithInput, type WorkingService, writeDrawings } from '../../stage/working-service.ts'

vi.setConfig({ testTimeout: 150_000, hookTimeout: 150_000 })

let service: WorkingService
let owner: Identity & { email: string }
let key: string
let photos: string
const at = (...parts: string[]) => join(service.folder, ...parts)
const SCOPES = [
  ...['SUBJECTS_WRITE', 'SUBJECTS_DELETE', 'TRAINING_WRITE', 'ADAPTERS_WRITE', 'IMAGES_WRITE', 'EVENTS_READ'],
]

beforeAll(async () => {
  service = await openWorkingService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  key = (await keyFor(service, owner, ...SCOPES)).key ?? ''
  photos = await writeDrawings(at('photos'), 3, 100)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await service?.close()
})
beforeEach(async () => {
  isolateCli(at('config'))
  await saveLogin(service.url, { key })
})

async function text(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await callCli(args)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

const train = (subject: string, ...more: string[]) => {
  const settings = ['--steps', '6', '--batch', '1', '--set', 'rank=2', '--checkpoint-every', '2']
  return ['train', '--images', photos, '--subject', subject, '--class', 'dog', ...settings, ...more]
}
const draw = (...more: string[]) => ['generate', '--prompt', 'sks dog', '--steps', '2', ...more]
const subjectNames = async () => (await run('subjects')).map(({ name }) => name)

describe('a training over a service', () => {
  test('writes its previews where it is told, and prints their paths', async () => {
    const preview = ['--preview', 'sks dog', '--preview', 'a dog', '--preview-out', at('previews')]
    const lines = await run(...train('Rex', '--no-person', '--steps', '50', ...preview))
    const paths = lines.filter(({ event }) => event === 'image').map(({ path }) => path)
    expect(paths).toEqual([at('previews', 'step-00050-1.png'), at('previews', 'step-00050-2.png')])
    for (const path of paths) expect((await sharp(await readFile(String(path))).metadata()).format).toBe('png')
    expect(lines.at(-1)).toMatchObject({ event: 'version', adapter: { name: 'Rex' } })
    // Watched again, they are there and not written over.
    const [job] = await run('jobs', '--kind', 'training')
    const again = await run('watch', String(job?.id), '--preview-out', at('previews'))
    expect(again.filter(({ event }) => event === 'image')).toEqual([])
    expect(await readdir(at('previews'))).toHaveLength(2)
  })

  test('says how long it will take', async () => {
    const lines = await run(...train('Rex', '--seed', '3'))
    const steps = lines.filter(({ event }) => event === 'progress')
    expect(steps.map(({ remainingSeconds }) => typeof remainingSeconds)).toContain('number')
  })

  test('without consent nothing is made', async () => {
    expect(await fail(...train('Ada'))).toMatchObject({ exit: 10, code: 'FORBIDDEN' })
    expect(await subjectNames()).not.toContain('Ada')
  })

  test('that does not start takes back the subject that it made, and no other', async () => {
    expect(await fail(...train('Bo', '--no-person', '--set', 'rnak=2'))).toMatchObject({ exit: 2 })
    expect(await subjectNames()).not.toContain('Bo')
    expect(await fail(...train('Rex', '--set', 'rnak=2'))).toMatchObject({ exit: 2 })
    expect(await subjectNames()).toContain('Rex')
  })

  test('of a new subject whose name is close to another says so', async () => {
    const lines = await run(...train('Rexx', '--no-person', '--detach'))
    expect(lines).toContainEqual(
      expect.objectContaining({ event: 'warning', code: 'SUBJECT_SIMILAR', message: expect.stringContaining('"Rex"') }),
    )
  })
})

describe('jobs', () => {
  test('are listed with short ids that lead to them, shown, canceled and queued again', async () => {
    const { id } = await last(...train('Rex', '--steps', '20000', '--detach'))
    const rows = (await text('jobs', '--state', 'running', '--kind', 'training')).trim().split('\n')
    const queued = (await text('jobs', '--state', 'queued', '--kind', 'training')).trim().split('\n')
    const [short = ''] = [...rows, ...queued]
      .filter(row => /^[0-9a-f]{8,}/.test(row))
      .map(row => row.split(' ')[0] ?? '')
    expect(uuidOf(String(id)).startsWith(short) || short.length >= 8).toBe(true)
    const prefix = uuidOf(String(id)).slice(0, 16)
    expect(await last('jobs', 'show', prefix)).toMatchObject({ event: 'job', id, subject: { name: 'Rex' } })
    expect(await text('jobs', 'show', prefix)).toMatch(/^subject\s+Rex$/m)
    expect(await last('cancel', prefix)).toMatchObject({ event: 'canceled', id })
    await vi.waitFor(
      async () => expect(await last('jobs', 'show', prefix)).toMatchObject({ state: 'CANCELED' }),
      20_000,
    )
    expect(await last('retry', prefix)).toMatchObject({ event: 'retried', id, state: 'QUEUED' })
    await run('cancel', prefix)
    expect(await fail('watch', 'ffffffffffff')).toMatchObject({ exit: 10, code: 'NOT_FOUND' })
    expect(await fail('watch', '0')).toMatchObject({ exit: 10, code: 'NOT_FOUND' })
  })

  test('a beginning of several ids is told with all of them', async () => {
    // All ids of these years begin so.
    const error = await fail('jobs', 'show', '01')
    expect(error).toMatchObject({ code: 'NOT_FOUND' })
    const some = uuidOf(String((await run('jobs'))[0]?.id)).slice(0, 4)
    expect(await fail('jobs', 'show', some)).toMatchObject({
      ...{ exit: 11, code: 'CONFLICT' },
      next: expect.stringMatching(/Name one by its id: [0-9a-f]{8}/),
    })
  })

  test('--follow shows what happens to any job, and ends well when its reader leaves', async () => {
    const following = startCli(['jobs', '--follow', '--json', '--limit', '1'])
    await vi.waitFor(() => expect(following.stdout()).toContain('"job"'), 30_000)
    for (let i = 0; i < 10 && !following.stdout().includes('"event":"state"'); i++)
      await run(...draw('--use', 'Rex', '--out', at(`follow-${i}.png`)))
    expect(following.stdout()).toContain('"event":"state"')
    following.child.stdout?.destroy()
    await run(...draw('--use', 'Rex', '--out', at('follow-last.png')))
    expect((await following.ended).code).toBe(0)
  })

  test('watching that was stopped says where to go on, and goes on there', async () => {
    const { id } = await last(...train('Rex', '--steps', '20000', '--detach'))
    const watching = startCli(['watch', String(id), '--json'])
    await vi.waitFor(() => expect(watching.stdout()).toContain('"progress"'), 60_000)
    watching.child.kill('SIGTERM')
    const ended = await watching.ended
    const error = errorOf(ended) as { exit: number; next: string }
    expect(error.exit).toBe(143)
    const [, after = ''] = /--after (\d+)/.exec(error.next) ?? []
    const numbers = jsonLines(ended.stdout).flatMap(({ number }) => (typeof number === 'number' ? [number] : []))
    expect(Number(after)).toBe(numbers.at(-1))
    await run('cancel', String(id))
    const { stdout } = await callCli(['watch', String(id), '--after', after, '--json'])
    const [next] = jsonLines(stdout).flatMap(({ number }) => (typeof number === 'number' ? [number] : []))
    expect(next).toBeGreaterThan(Number(after))
  })
})

describe('images', () => {
  test('are listed, and written by a short id, one or all of a drawing', async () => {
    const lines = await run(...draw('--use', 'Rex', '--count', '2', '--seed', '5', '--out', at('two.png')))
    const drawn = lines.filter(({ event }) => event === 'image')
    expect(drawn.map(({ path, seed, position }) => [path, seed, position])).toEqual([
      ...[
        [at('two-1.png'), 5, 0],
        [at('two-2.png'), 6, 1],
      ],
    ])
    const listed = await run('images', '--subject', 'Rex', '--limit', '2')
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(drawn.map(({ id }) => id)))
    const [, row = ''] = (await text('images', '--limit', '1')).split('\n')
    const [short = ''] = row.split(' ')
    await run('images', 'save', uuidOf(String(listed[0]?.id)), '--out', at('one.png'))
    expect(short.length).toBeGreaterThanOrEqual(8)
    expect(existsSync(at('one.png'))).toBe(true)
    const [job] = await run('jobs', '--kind', 'drawing', '--limit', '1')
    await run('images', 'save', String(job?.id), '--out', at('all.png'))
    expect(await readFile(at('all-1.png'))).toEqual(await readFile(at('two-1.png')))
    expect(await fail('images', 'save', String(job?.id), '--out', at('all.png'))).toMatchObject({ code: 'FILE_EXISTS' })
  })

  test('more than the service takes at once are drawn in several jobs, with the seeds of one', async () => {
    const { imagesPerGeneration: most } = (await openClient(service.url).run(Service, {})).service.limits
    const lines = await run(
      ...draw('--use', 'Rex', '--steps', '1', '--count', String(most + 1), '--out', at('many.png')),
    )
    const drawn = lines.filter(({ event }) => event === 'image')
    expect(drawn.map(({ seed }) => seed)).toEqual(Array.from({ length: most + 1 }, (_, i) => i))
    expect(drawn.at(-1)).toMatchObject({ path: at(`many-${most + 1}.png`), position: most })
    const alone = await last(...draw('--use', 'Rex', '--steps', '1', '--seed', String(most), '--out', at('alone.png')))
    expect(alone.sha256).toBe(drawn.at(-1)?.sha256)
  })
})

describe('what is shown of one thing', () => {
  test('a subject with its photos, trainings and adapters', async () => {
    const subject = await last('subjects', 'show', 'Rex')
    expect(subject).toMatchObject({ name: 'Rex', adapters: [{ name: 'Rex' }], trainings: expect.any(Array) })
    const shown = await text('subjects', 'show', uuidOf(String(subject.id)).slice(0, 16))
    expect(shown).toMatch(/^photos\s+3 of 3 accepted/m)
    expect(shown).toMatch(/^adapter\s+Rex \(lora\)/m)
  })
  test('an adapter with its versions, aliases and the words that call the subject', async () => {
    await run('adapters', 'promote', 'Rex@1')
    const shown = await text('adapters', 'show', 'Rex')
    expect(shown).toMatch(/^phrase\s+sks dog$/m)
    expect(shown).toMatch(/^1 +production/m)
    const { versions } = (await last('adapters', 'show', 'Rex')) as { versions: { id: string }[] }
    const image = await last(
      ...draw('--use', uuidOf(versions[0]?.id ?? '').slice(0, 16), '--out', at('by-version.png')),
    )
    expect(image).toMatchObject({ event: 'image' })
  })
})

test.each([
  ['a subject', ['subjects', 'show', 'Rxe']],
  ['an adapter', ['adapters', 'show', 'rexy']],
  ['an adapter to draw with', ['generate', '--prompt', 'x', '--out', 'x.png', '--use', 'Rix']],
])('%s of a name that is not known is answered with one that is close', async (_, args) => {
  expect(await fail(...args)).toMatchObject({ code: 'NOT_FOUND', next: expect.stringContaining('Did you mean "Rex"') })
})

test('an alias and a base that are not known are answered with those that are', async () => {
  expect(await fail('adapters', 'promote', 'Rex@latset')).toMatchObject({ next: expect.stringContaining('"latest"') })
  const { path } = await last('adapters', 'export', 'Rex@1', '--out', at('own'))
  const borrowed = ['adapters', 'import', String(path), '--name', 'x', '--base', 'tinny']
  expect(await fail(...borrowed)).toMatchObject({ next: expect.stringContaining('Did you mean "tiny"') })
})

test('a key that is rotated goes on working where it is logged in', async () => {
  // An administrator's logins, apart from those of the other tests.
  vi.stubEnv('XDG_CONFIG_HOME', at('admin'))
  await runWithInput(['login', service.url, '--email', owner.email], `${PASSWORD}\n`, { XDG_CONFIG_HOME: at('admin') })
  const scopes = [...SCOPES, 'TENANT_READ', 'KEYS_WRITE'].join(',')
  const { name, secret } = await last('keys', 'create', 'mine', '--scopes', scopes)
  await saveLogin(service.url, { key: String(secret) })
  expect(await fail('keys', 'rotate', 'mien')).toMatchObject({ next: expect.stringContaining(`"${name}"`) })
  vi.stubEnv('DATA_DIR', at('data'))
  await demoFileIn(at('data')).save({ email: owner.email, password: 'x', apiKey: String(secret) })
  const rotated = await last('keys', 'rotate', 'mine')
  expect(await demoFileIn(at('data')).read()).toMatchObject({ apiKey: rotated.secret })
  expect((await readLogins()).services[service.url]).toEqual({ key: rotated.secret })
  await run('subjects')
  const old = openClient(service.url, { key: String(secret) })
  await vi.waitFor(() => expect(old.run(Subjects, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' }), {
    timeout: 5000,
    interval: 100,
  })
})
