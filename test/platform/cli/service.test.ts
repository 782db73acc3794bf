import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { saveLogin } from '../../../cli/service/logins.ts'
import { openClient } from '../../../client/client.ts'
import { followJob } from '../../../client/jobs.ts'
import { writeSafetensors } from '../../../engine/descriptors.ts'
import { callCli, startCli } from '../../../measures/stage/cli-process.ts'
import { type Identity, keyFor, PASSWORD, signUp } from '../../../measures/stage/service.ts'
import { errorOf, fail, isolateCli, last, run } from '../../stage/cli-answers.ts'
import { openProxy } from '../../stage/cuttable-proxy.ts'
import { openWorkingService, runWithInput, type WorkingService, writeDrawings } from '../../stage/working-service.ts'

vi.setConfig({ testTimeout: 150_000, hookTimeout: 150_000 })

let service: WorkingService
let owner: Identity & { email: string }
let key: string
let photos: string
const at = (...parts: string[]) => join(service.folder, ...parts)
const config = () => at('config')

const SCOPES = ['SUBJECTS_WRITE', 'SUBJECTS_DELETE', 'TRAINING_WRITE', 'ADAPTERS_WRITE', 'IMAGES_WRITE']

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
  isolateCli(config())
  await saveLogin(service.url, { key })
})

const train = (subject: string, ...more: string[]) => {
  const settings = ['--steps', '6', '--batch', '1', '--set', 'rank=2', '--checkpoint-every', '2']
  return ['train', '--images', photos, '--subject', subject, '--class', 'dog', ...settings, ...more]
}

describe('login', () => {
  test('takes the password from standard input, keeps a session, and shows no secret', async () => {
    const env = { XDG_CONFIG_HOME: at('other') }
    const login = ['login', service.url, '--email', owner.email]
    const done = await runWithInput(login, `${PASSWORD}\n`, env)
    expect(done, done.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('Studio (owner)') })
    const file = at('other', 'semblance', 'logins.json')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const kept = await readFile(file, 'utf8')
    const secret = /semblance_session=([^"]+)/.exec(kept)?.[1] ?? 'none'
    expect(kept).not.toContain(PASSWORD)
    expect(done.stdout + done.stderr).not.toMatch(new RegExp(`${PASSWORD}|${secret}`))
    vi.stubEnv('XDG_CONFIG_HOME', at('other'))
    await run('subjects')
    expect(await last('logout')).toMatchObject({ event: 'logout' })
    expect(await fail('subjects')).toMatchObject({ exit: 10, code: 'UNAUTHENTICATED' })
  })

  test('a wrong password and a made-up key are refused', async () => {
    const env = { XDG_CONFIG_HOME: at('none') }
    const wrong = await runWithInput(['login', service.url, '--email', owner.email, '--json'], 'wrong password\n', env)
    expect(errorOf(wrong)).toMatchObject({ exit: 10, code: 'UNAUTHENTICATED' })
    const made = await runWithInput(['login', service.url, '--key', '--json'], 'smb_live_x\n', env)
    expect(errorOf(made)).toMatchObject({ exit: 10, code: 'UNAUTHENTICATED' })
    await expect(stat(at('none', 'semblance', 'logins.json'))).rejects.toThrow('ENOENT')
  })

  test('a session works in the workspace that was picked', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', at('picked'))
    const env = { XDG_CONFIG_HOME: at('picked') }
    const login = ['login', service.url, '--email', owner.email, '--workspace', 'Nobody', '--json']
    expect(errorOf(await runWithInput(login, `${PASSWORD}\n`, env))).toMatchObject({ code: 'NOT_FOUND' })
    login[5] = 'Studio'
    expect((await runWithInput(login, `${PASSWORD}\n`, env)).code).toBe(0)
    const [first] = await run('keys')
    expect(first).toMatchObject({ event: 'key', scopes: expect.arrayContaining(['SUBJECTS_WRITE']) })
    // The same over a WebSocket.
    const { id } = (await run(...train('Cookie Dog', '--no-person', '--detach'))).at(-1) as { id: string }
    expect(await last('watch', id)).toMatchObject({ event: 'result', state: 'SUCCEEDED' })
  })
})

test('photos become an adapter on the service, and the adapter images here', async () => {
  const lines = await run(...train('Rex', '--no-person', '--preview', 'sks dog', '--out', at('rex.safetensors')))
  const steps = lines.filter(({ event }) => event === 'progress').map(({ step }) => step)
  expect(steps.at(-1)).toBe(6)
  expect(lines.map(({ event }) => event)).toEqual(expect.arrayContaining(['upload', 'estimate', 'state', 'checkpoint']))
  expect(lines.at(-1)).toMatchObject({
    event: 'version',
    number: 1,
    adapter: { name: 'Rex' },
    path: at('rex.safetensors'),
  })
  expect(await last('inspect', at('rex.safetensors'))).toMatchObject({ kind: 'adapter', subject: 'sks dog' })
  const draw = ['generate', '--prompt', 'sks dog', '--steps', '2', '--seed', '3']
  const one = await last(...draw, '--use', 'Rex', '--out', at('rex.png'))
  expect(one).toMatchObject({ event: 'image', path: at('rex.png'), seed: 3 })
  expect((await sharp(await readFile(at('rex.png'))).metadata()).width).toBe(16)
  const started = ['--init', String(one.id), '--strength', '0.5', '--rescale', '0.5', '--out', at('started.png')]
  expect(await last(...draw, ...started, '--use', 'Rex')).toMatchObject({ event: 'image', path: at('started.png') })
  const wide = await last(...draw, '--use', 'Rex', '--width', '24', '--out', at('wide.png'))
  expect(wide).toMatchObject({ event: 'image', width: 24, height: 16 })
  expect(await sharp(await readFile(at('wide.png'))).metadata()).toMatchObject({ width: 24, height: 16 })
  const odd = await fail(...draw, '--use', 'Rex', '--size', '17x16', '--out', at('x.png'))
  expect(odd).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('The nearest size is') })
  const file = [...draw, '--use', 'Rex', '--init', at('rex.png'), '--out', at('x.png')]
  expect(await fail(...file)).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('--init') })
  const two = await run(...draw, '--subject', 'Rex', '--count', '2', '--out', at('two.png'))
  expect(two.filter(({ event }) => event === 'image').map(({ path, seed }) => [path, seed])).toEqual([
    [at('two-1.png'), 3],
    [at('two-2.png'), 4],
  ])
  expect(two.find(({ event }) => event === 'image')).toMatchObject({ sha256: one.sha256 })
})

test('warnings of the workers reach the command line, each once', async () => {
  const draw = ['generate', '--prompt', 'a AND b', '--count', '2', '--steps', '1', '--out', at('warned.jpg')]
  const lines = (await run(...draw, '--server', service.url)).filter(({ event }) => event === 'warning')
  expect(lines.map(({ code }) => code)).toEqual(['FORMAT_OTHER', 'PROMPT_SYNTAX', 'WORD_UNKNOWN'])
  const text = await callCli([...draw, '--server', service.url, '--force'])
  expect(text.stderr.match(/^warning: .*AND/gm)).toHaveLength(1)
  const { code, stderr } = await callCli([...train('Late', '--no-person', '--preview', 'sks dog', '--detach')])
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: no preview is drawn.*previewEvery$/m)])
})

test('versions are promoted, named, exported, imported and deleted', async () => {
  await run(...train('Max', '--no-person'))
  await run(...train('Max', '--seed', '1'))
  expect(await last('adapters', '--subject', 'Max')).toMatchObject({
    name: 'Max',
    aliases: [{ name: 'latest', version: { number: 2 } }],
  })
  expect(await last('adapters', 'promote', 'Max@1')).toMatchObject({ name: 'production', version: { number: 1 } })
  expect(await last('adapters', 'alias', 'Max', 'winter', '2')).toMatchObject({
    name: 'winter',
    version: { number: 2 },
  })
  const [own] = await run('adapters', 'export', 'Max@production', '--out', at('own'))
  const peft = await run('adapters', 'export', 'Max@winter', '--format', 'peft', '--out', at('peft'))
  expect(peft.map(({ path }) => path)).toEqual(
    expect.arrayContaining([at('peft', 'adapter_config.json'), at('peft', 'adapter_model.safetensors')]),
  )
  const config = ['--config', at('peft', 'adapter_config.json'), '--name', 'Borrowed']
  expect(await last('adapters', 'import', at('peft', 'adapter_model.safetensors'), ...config)).toMatchObject({
    event: 'version',
    number: 1,
    adapter: { name: 'Borrowed' },
  })
  expect(await last('adapters', 'import', String(own?.path), '--adapter', 'Max')).toMatchObject({ number: 3 })
  // A folder stands for its files; the configuration lies beside them.
  expect(await last('adapters', 'import', at('peft'), '--adapter', 'Max')).toMatchObject({ number: 4, format: 'peft' })
  const [kohya] = await run('adapters', 'export', 'Max@production', '--format', 'kohya', '--out', at('kohya'))
  const named = ['--adapter', 'Max', '--phrase', 'sks dog']
  expect(await last('adapters', 'import', String(kohya?.path), ...named)).toMatchObject({ number: 5, format: 'kohya' })
  const words = ['adapters', 'export', 'Max@production', '--format', 'embedding-webui', '--out', at('words')]
  expect(await fail(...words)).toMatchObject({ message: expect.stringContaining('embedding-webui') })
  expect(await last('adapters', 'alias', 'Max', 'winter', '--remove')).toMatchObject({ name: 'winter', version: null })
  expect(await fail('adapters', 'promote', 'Max@winter')).toMatchObject({ exit: 10, code: 'NOT_FOUND' })
  expect(await fail('adapters', 'import', photos)).toMatchObject({ exit: 3, code: 'FILE_INVALID' })
  const width = service.base.shapes.get('text_encoder.text_model.embeddings.token_embedding.weight')?.[1] ?? 0
  const rows = { dtype: 'F32' as const, shape: [1, width], data: new Float32Array(width).fill(0.1) }
  await writeSafetensors(at('my-cat.safetensors'), new Map([['emb_params', rows]]), {})
  expect(await last('adapters', 'import', at('my-cat.safetensors'), '--base', 'tiny')).toMatchObject({
    format: 'embedding-webui',
    adapter: { name: 'my-cat' },
  })
  await run('adapters', 'delete', 'Borrowed', '--yes')
  expect(await fail('adapters', 'promote', 'Borrowed')).toMatchObject({ code: 'NOT_FOUND' })
})

test('a subject is deleted with a receipt, after a confirmation', async () => {
  expect(await last('subjects', 'create', 'Gone', '--class', 'cat', '--no-person')).toMatchObject({ isPerson: false })
  expect(await fail('subjects', 'delete', 'Gone')).toMatchObject({ exit: 2, next: expect.stringContaining('--yes') })
  await run('subjects', 'delete', 'Gone', '--yes', '--receipt', at('receipt.json'))
  expect(JSON.parse(await readFile(at('receipt.json'), 'utf8'))).toHaveProperty('receipt')
  expect(await fail('subjects', 'delete', 'Gone', '--yes')).toMatchObject({ exit: 10, code: 'NOT_FOUND' })
  const names = (await run('subjects', '--name', 'on')).map(({ name }) => name)
  expect(names).not.toContain('Gone')
})

test('nobody is trained on without consent', async () => {
  expect(await fail(...train('Ada'))).toMatchObject({
    exit: 10,
    code: 'FORBIDDEN',
    next: expect.stringContaining('--consent-from'),
  })
  expect(await last(...train('Ada', '--consent-from', 'Ada Lovelace'))).toMatchObject({ event: 'version' })
})

test('a training that is canceled ends the watching with the code of a stop', async () => {
  const [job] = (await run(...train('Slow', '--no-person', '--steps', '20000', '--detach'))).slice(-1)
  const id = String(job?.id)
  const watching = startCli(['watch', id, '--json'])
  while (!watching.stdout().includes('"progress"')) await new Promise(resolve => setTimeout(resolve, 20))
  await run('cancel', id)
  const ended = await watching.ended
  expect(errorOf(ended)).toMatchObject({ exit: 130, code: 'CANCELED' })
})

test('Ctrl-C leaves the job alone', async () => {
  const [job] = (await run(...train('Slow', '--steps', '20000', '--detach'))).slice(-1)
  const id = String(job?.id)
  const watching = startCli(['watch', id, '--json'])
  while (!watching.stdout().includes('"progress"')) await new Promise(resolve => setTimeout(resolve, 20))
  watching.child.kill('SIGINT')
  expect(errorOf(await watching.ended)).toMatchObject({
    exit: 130,
    next: expect.stringContaining(`semblance watch ${id}`),
  })
  expect(await last('cancel', id)).toMatchObject({ id, state: expect.stringMatching(/RUNNING|CANCELED/) })
})

test('a job is followed over broken connections without a gap or a repeat', async () => {
  const [job] = (await run(...train('Cut', '--no-person', '--steps', '60', '--detach'))).slice(-1)
  const proxy = await openProxy(service.url)
  const client = openClient(proxy.address, { key })
  const numbers: number[] = []
  let breaks = 0
  for await (const event of followJob(client, String(job?.id), { onBreak: () => breaks++ })) {
    numbers.push(event.number)
    if (numbers.length % 15 === 0) proxy.cut()
  }
  await proxy.close()
  const direct: number[] = []
  for await (const { number } of followJob(openClient(service.url, { key }), String(job?.id))) direct.push(number)
  expect(breaks).toBeGreaterThan(2)
  expect(numbers).toEqual(direct)
})

test('keys are shown once, rotated and revoked', async () => {
  const env = { XDG_CONFIG_HOME: at('admin') }
  await runWithInput(['login', service.url, '--email', owner.email], `${PASSWORD}\n`, env)
  vi.stubEnv('XDG_CONFIG_HOME', at('admin'))
  const made = await last('keys', 'create', 'ci', '--scopes', 'subjects_read,training_read', '--days', '2')
  expect(made).toMatchObject({ name: 'ci', secret: expect.stringMatching(/^smb_live_/) })
  const rotated = await last('keys', 'rotate', 'ci')
  expect(rotated.secret).not.toBe(made.secret)
  expect(JSON.stringify(await run('keys'))).not.toContain(String(rotated.secret))
  vi.stubEnv('SEMBLANCE_API_KEY', String(made.secret))
  expect(await fail('subjects')).toMatchObject({ exit: 10, code: 'UNAUTHENTICATED' })
  vi.stubEnv('SEMBLANCE_API_KEY', String(rotated.secret))
  await run('subjects')
  expect(await fail('subjects', 'create', 'x')).toMatchObject({ exit: 10, code: 'FORBIDDEN' })
  vi.stubEnv('SEMBLANCE_API_KEY', undefined)
  await run('keys', 'revoke', String(rotated.prefix))
  expect(await fail('keys', 'create', 'bad', '--scopes', 'EVERYTHING')).toMatchObject({
    exit: 2,
    code: 'INPUT_INVALID',
  })
})

test('doctor finds everything well, and says which rights a key lacks', async () => {
  const states = async () => Object.fromEntries((await run('doctor')).map(({ name, state }) => [name, state]))
  expect(await states()).toMatchObject({ service: 'good', clock: 'good', ready: 'good', rights: 'good', login: 'good' })
  vi.stubEnv('SEMBLANCE_API_KEY', (await keyFor(service, owner, 'SUBJECTS_READ')).key)
  expect(await states()).toMatchObject({ rights: 'warning' })
})
