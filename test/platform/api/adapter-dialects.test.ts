import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isEnumType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FORMATS, writeAdapter } from '../../../adapters-store/index.ts'
import { mergeResolvers } from '../../../api/graphql/resolvers.ts'
import { buildExecutableSchema } from '../../../api/graphql/schema.ts'
import { type Adapter, embeddingsName, writeSafetensors } from '../../../engine/descriptors.ts'
import { normals } from '../../../engine/noise.ts'
import { type Form, upload } from '../../../measures/stage/journey.ts'
import { randomAdapter } from '../../../measures/stage/random-adapter.ts'
import { type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

/** SDXL, for which almost every dialect has names. */
let service: Service
let owner: Identity
let folder: string

beforeAll(async () => {
  service = await openService({ family: 'sdxl' })
  owner = await signUp(service, 'Olga Owner', 'Studio')
  folder = await mkdtemp(join(tmpdir(), 'semblance-dialects-'))
})
afterAll(async () => {
  await service?.close()
  if (folder) await rm(folder, { recursive: true })
})

/** Pairs; where a dialect has no place for a scale, of the scale 1. */
async function pairs(plain: boolean): Promise<Adapter> {
  const adapter = randomAdapter(service.base, 1, { fingerprint: await service.base.fingerprint() })
  return plain ? { ...adapter, scale: 1, manifest: { ...adapter.manifest, scale: 1 } } : adapter
}

async function embedding(placeholder: string): Promise<Adapter> {
  const widths = [...service.base.shapes].flatMap(([name, [, width = 0]]) => {
    const [, component] = /^(text_encoder(?:_2)?)\..*token_embedding\.weight$/.exec(name) ?? []
    return component ? [{ component, count: 2, width }] : []
  })
  const tensors = widths.map(
    ({ component, width }, i) => [embeddingsName(component), normals(3, i, 2 * width)] as [string, Float32Array],
  )
  const manifest = {
    ...{ format: 'semblance-adapter-1' as const, engine: '', method: 'textual-inversion' },
    ...{ base: await service.base.fingerprint(), subject: placeholder, scale: 1, options: {}, training: {} },
    word: { placeholder, count: 2 },
  }
  const tokens = { placeholder, embeddings: widths }
  return { manifest, modules: [], scale: 1, tokens, tensors: new Map(tensors) } as Adapter
}

async function send(path: string): Promise<string> {
  const bytes = new Uint8Array(await readFile(path))
  const selection = 'uploadId form { url fields { name value } }'
  const input = { bytes: bytes.length }
  const requested = await mutate(service, owner, 'requestAdapterUpload', input, selection)
  expect(await upload(requested.form as Form, bytes)).toBe(204)
  return requested.uploadId
}

let keys = 0
const importFiles = (input: Record<string, unknown>) =>
  mutate(
    service,
    owner,
    'importAdapter',
    { idempotencyKey: `import-${++keys}`, name: 'Imported', ...input },
    'version { id format manifest adapter { id method } }',
  )

/** The files of a dialect, uploaded: the safetensors files with the configurations beside them. */
async function sendAll(place: string, names: readonly string[]) {
  const files: Record<string, string>[] = []
  for (const fileName of names.filter(name => name.endsWith('.safetensors'))) {
    const config = names.find(name => name.endsWith('.json') && dirname(name) === dirname(fileName))
    const configUploadId = config && { configUploadId: await send(join(place, config)) }
    files.push({ uploadId: await send(join(place, fileName)), fileName, ...configUploadId })
  }
  const [first, ...moreFiles] = files
  return { ...first, moreFiles }
}

const enumOf = (format: string) => format.toUpperCase().replaceAll('-', '_')
const exportAs = (versionId: string, format: string) =>
  mutate(service, owner, 'exportAdapter', { versionId, format: enumOf(format) }, 'files { fileName url }')

test('every dialect is one of the API', () => {
  const type = buildExecutableSchema(mergeResolvers()).getType('AdapterFormat')
  const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : []
  expect(names.sort()).toEqual(Object.keys(FORMATS).map(enumOf).sort())
})

const PLACES = Object.entries(FORMATS).filter(([name]) => name !== 'embedding-webui')

describe.each(PLACES)('%s', (format, dialect) => {
  test('comes in, found out by itself, and goes out with the same bytes', async () => {
    const { kind } = dialect
    const adapter = kind === 'tokens' ? await embedding('<me>') : await pairs('alphas' in dialect)
    const place = join(folder, format)
    await mkdir(place)
    const names = await writeAdapter(adapter, format, service.base, place)
    const { version, ...refused } = await importFiles({ ...(await sendAll(place, names)), phrase: 'sks' })
    expect(refused).toEqual({ __typename: 'ImportAdapterSuccess' })
    const method = kind === 'tokens' ? 'textual-inversion' : 'lora'
    // Both of ours carry the manifest, and are told by it.
    const told = format.endsWith('semblance') ? 'semblance' : format
    expect(version).toMatchObject({ format: told, adapter: { method } })
    if (kind === 'tokens') expect(version.manifest.word.placeholder).toBe('<me>')
    const { files } = await exportAs(version.id, format)
    expect(files).toHaveLength(names.length)
    for (const { fileName, url } of files) {
      const back = Buffer.from(await (await fetch(url)).arrayBuffer())
      const sent = join(place, names.includes(fileName) ? fileName : (names[0] ?? ''))
      expect(back.equals(await readFile(sent)), fileName).toBe(true)
    }
  })
})

describe('what a dialect cannot say', () => {
  test('is refused with the reason, and nothing is written', async () => {
    const place = join(folder, 'other')
    await mkdir(place)
    const names = await writeAdapter(await embedding('<me>'), 'embedding-sdxl', service.base, place)
    const { version } = await importFiles(await sendAll(place, names))
    for (const format of ['kohya', 'embedding-webui']) {
      const answer = await exportAs(version.id, format)
      expect(answer).toMatchObject({ __typename: 'ValidationError', code: 'INVALID', path: ['input', 'format'] })
      expect(answer.message).toContain(format)
    }
  })
})

describe('an embedding that does not say its word', () => {
  const unnamed = async () => {
    const { tensors } = await embedding('<me>')
    const [l, g] = [...tensors.values()].map(data => ({ dtype: 'F32' as const, shape: [2, data.length / 2], data }))
    const path = join(folder, 'silent.safetensors')
    if (l && g) await writeSafetensors(path, new Map([...Object.entries({ clip_l: l, clip_g: g })]), {})
    return send(path)
  }
  const word = ({ version }: { version: { manifest: { word: { placeholder: string } } } }) =>
    version.manifest.word.placeholder
  test('is called by the name of its file, or by the phrase', async () => {
    expect(word(await importFiles({ uploadId: await unnamed(), fileName: 'my cat.safetensors' }))).toBe('my cat')
    expect(word(await importFiles({ uploadId: await unnamed(), phrase: 'rex' }))).toBe('rex')
    const answer = await importFiles({ uploadId: await unnamed() })
    expect(answer).toMatchObject({ code: 'INVALID', path: ['input', 'fileName'] })
  })
  test.each(['../x.safetensors', 'a/b/c.safetensors', '/etc/passwd', '..', ''])(
    'may not be named "%s"',
    async fileName => {
      const answer = await importFiles({ uploadId: await unnamed(), fileName })
      expect(answer).toMatchObject({ code: 'INVALID', path: ['input', 'fileName'] })
    },
  )
})

test('files that are none are refused, and the message names no folder of ours', async () => {
  const path = join(folder, 'pickle.safetensors')
  await writeFile(path, Buffer.concat([Buffer.from([0x80, 4, 0x95]), Buffer.alloc(60, 1)]))
  const pickled = await importFiles({ uploadId: await send(path), fileName: 'old.pt' })
  expect(pickled).toMatchObject({ code: 'FILE_INVALID', path: ['input', 'uploadId'] })
  expect(pickled.message).toContain('pickle')
  expect(pickled.message).not.toContain('semblance-adapter-')
  expect(pickled.message).toContain(basename('old.pt'))
})

describe('a LoRA with its word in one file', () => {
  test('comes in as one adapter, and goes out as one file or as files of each', async () => {
    const place = join(folder, 'bundle')
    await mkdir(place)
    const [lora, word] = [await pairs(true), await embedding('<me>')]
    const manifest = { ...lora.manifest, word: word.manifest.word }
    const tensors = new Map([...lora.tensors, ...word.tensors])
    const bundle = { ...lora, ...(word.tokens && { tokens: word.tokens }), manifest, tensors }
    const names = await writeAdapter(bundle, 'kohya', service.base, place)
    expect(names).toHaveLength(1)
    const { version } = await importFiles({ ...(await sendAll(place, names)), phrase: 'sks' })
    expect(version).toMatchObject({ format: 'kohya', adapter: { method: 'lora' }, manifest: { word: manifest.word } })
    const { files: whole } = await exportAs(version.id, 'kohya')
    const back = Buffer.from(await (await fetch(whole[0].url)).arrayBuffer())
    expect(back.equals(await readFile(join(place, names[0] ?? '')))).toBe(true)
    const { files } = await exportAs(version.id, 'diffusers')
    expect(files.map(({ fileName }: { fileName: string }) => fileName).toSorted()).toEqual([
      'learned_embeds.safetensors',
      'learned_embeds_2.safetensors',
      'pytorch_lora_weights.safetensors',
    ])
  })
})
