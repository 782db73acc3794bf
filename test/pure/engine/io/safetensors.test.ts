import { execFile } from 'node:child_process'
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dtype, openSafetensors, type TensorData, writeSafetensors } from '../../../../engine/io/index.ts'
import { STRICTER_THAN_REFERENCE, type StricterRule } from '../../../../engine/io/safetensors/json.ts'
import { mutatedHeaders } from '../../../../measures/engine/safetensors-fuzz.ts'
import { judge } from '../../../../measures/engine/safetensors-verdicts.ts'

const root = join(import.meta.dirname, '../../../..')
const fixtures = join(root, 'test', 'fixtures', 'safetensors')
let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'safetensors-'))
})
afterAll(() => rm(scratch, { recursive: true }))

let files = 0
async function fileOf(json: string, dataBytes: number, length?: bigint): Promise<string> {
  const start = Buffer.alloc(8)
  start.writeBigUInt64LE(length ?? BigInt(Buffer.byteLength(json)))
  const path = join(scratch, `${files++}.safetensors`)
  await writeFile(path, Buffer.concat([start, Buffer.from(json), Buffer.alloc(dataBytes)]))
  return path
}

const f32 = (shape: number[], values: number[]): TensorData => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
})

describe('reading', () => {
  it('gives the values that torch sees, from F32, F16, BF16 and F64', async () => {
    const file = await openSafetensors(join(fixtures, 'reference.safetensors'))
    const expected: Record<string, string[]> = JSON.parse(await readFile(join(fixtures, 'reference.json'), 'utf8'))
    const numbers: Record<string, number> = { inf: Infinity, '-inf': -Infinity, nan: NaN }
    expect(Object.keys(expected)).toHaveLength(4)
    for (const [name, texts] of Object.entries(expected)) {
      const values = Float32Array.from(texts, text => numbers[text] ?? Number(text))
      expect(await file.readFloat32(name), name).toEqual(values)
    }
  })

  it('converts each of the 65,536 half floats as the platform does', async () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i)
    const path = join(scratch, 'halves.safetensors')
    await writeSafetensors(path, new Map([['h', { dtype: 'F16', shape: [65536], data: halves }]]))
    const { Float16Array: Halves } = globalThis as unknown as { Float16Array: new (b: ArrayBuffer) => Iterable<number> }
    expect(await (await openSafetensors(path)).readFloat32('h')).toEqual(Float32Array.from(new Halves(halves.buffer)))
  })

  it('says where a tensor lies in the file', async () => {
    const path = join(fixtures, 'reference.safetensors')
    const file = await openSafetensors(path)
    const info = file.tensors.get('scalar')!
    expect(info).toMatchObject({ dtype: 'F32', shape: [], bytes: 4 })
    expect((await readFile(path)).readFloatLE(info.offset)).toBe(4.25)
    expect(file.metadata).toEqual({ note: 'tab\t "quoted" é \x01' })
  })

  it('follows symbolic links', async () => {
    await symlink(join(fixtures, 'reference.safetensors'), join(scratch, 'linked.safetensors'))
    expect((await openSafetensors(join(scratch, 'linked.safetensors'))).tensors.size).toBe(16)
  })

  it('refuses a tensor it does not have, one that is no float, and a file that shrank', async () => {
    const path = join(scratch, 'shrinks.safetensors')
    await writeFile(path, await readFile(join(fixtures, 'reference.safetensors')))
    const file = await openSafetensors(path)
    await expect(file.read('nothing')).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/no tensor nothing/),
    })
    await expect(file.readFloat32('flag')).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/flag is BOOL/),
    })
    await writeFile(path, (await readFile(path)).subarray(0, 100))
    await expect(file.read('flag')).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/changed while/),
    })
  })
})

describe('a header', () => {
  const record = '"dtype":"F32","shape":[1],"data_offsets":[0,4]'
  it.each<[string, string, number, RegExp]>([
    ['with a hole', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2, /hole before tensor "a"/],
    [
      'with an overlap',
      `{"a":{${record}},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}`,
      5,
      /overlaps tensor "b"/,
    ],
    ['of another size', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4, /F32 \[2\] takes 8/],
    ['with trailing data', `{"a":{${record}}}`, 5, /has 5 bytes of data; its header describes 4/],
    ['with missing data', `{"a":{${record}}}`, 3, /has 3 bytes of data/],
    ['with a negative size', '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', 4, /unexpected "-"/],
    ['with a fraction', '{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}', 4, /unexpected "1"/],
    ['with a lone surrogate', `{"\\ud800":{${record}}}`, 4, /not valid Unicode/],
    ['with a number as metadata', '{"__metadata__":{"a":1}}', 0, /metadata "a" that is not a string/],
    ['with an unknown dtype', '{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}', 4, /unknown dtype/],
    ['after a byte order mark', `\ufeff{"a":{${record}}}`, 4, /does not begin with "{"/],
    ['without a field', '{"a":{"dtype":"F32","shape":[1]}}', 0, /no data_offsets for tensor "a"/],
  ])('%s is refused', async (_, json, dataBytes, message) => {
    const path = await fileOf(json, dataBytes)
    await expect(openSafetensors(path)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(message),
    })
  })

  const stricter: Record<StricterRule, [string, number]> = {
    'duplicate-key': [`{"a":{${record}},"a":{${record}}}`, 4],
    'unknown-field': [`{"a":{${record},"x":1}}`, 4],
    'value-kind': [`{"a":{${record},"x":-1.5}}`, 4],
    'positional-record': ['{"a":["F32",[1],[0,4]]}', 4],
    'null-metadata': [`{"__metadata__":null,"a":{${record}}}`, 4],
    'tagged-dtype': ['{"a":{"dtype":{"F32":null},"shape":[1],"data_offsets":[0,4]}}', 4],
    'header-start': [` {"a":{${record}}}`, 4],
    'large-number': ['{"a":{"dtype":"F32","shape":[0,9007199254740993],"data_offsets":[0,0]}}', 0],
    'rank-limit': [`{"a":{"dtype":"U8","shape":[${'1,'.repeat(64)}1],"data_offsets":[0,1]}}`, 1],
    'unusable-dtype': ['{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}', 1],
  }
  it.each(Object.entries(stricter))('that breaks the rule %s is refused by that rule', async (rule, [json, bytes]) => {
    expect(Object.keys(STRICTER_THAN_REFERENCE)).toContain(rule)
    const path = await fileOf(json, bytes)
    expect(await judge(path, await readFile(path))).toMatchObject({ outcome: 'refuse', rule })
  })

  it.each([100_000_001n, 2n ** 63n, 2n ** 64n - 1n, 4096n])(
    'that claims %s bytes is refused before it is read',
    async n => {
      await expect(openSafetensors(await fileOf('{}', 0, n))).rejects.toMatchObject({ code: 'FILE_INVALID' })
    },
  )

  it('never makes the reader fail with anything but an AppError, nor accept all or nothing', async () => {
    const path = join(scratch, 'fuzz.safetensors')
    const outcomes = { accept: 0, refuse: 0, crash: 0 }
    const crashes: string[] = []
    for (const { bytes, label } of mutatedHeaders(7, 2000)) {
      const { outcome, message } = await judge(path, bytes)
      outcomes[outcome]++
      if (outcome === 'crash') crashes.push(`${label}: ${message}`)
    }
    expect(crashes).toEqual([])
    expect(outcomes.accept).toBeGreaterThan(250)
    expect(outcomes.refuse).toBeGreaterThan(1000)
  })
})

describe('writing', () => {
  it("gives the reference writer's bytes for the same tensors, in whatever order they come", async () => {
    const path = join(fixtures, 'reference.safetensors')
    const file = await openSafetensors(path)
    const tensors = new Map<string, { dtype: Dtype; shape: readonly number[]; data: Uint8Array }>()
    for (const [name, { dtype, shape }] of [...file.tensors].reverse()) {
      tensors.set(name, { dtype, shape, data: await file.read(name) })
    }
    const copy = join(scratch, 'copy.safetensors')
    await writeSafetensors(copy, tensors, file.metadata)
    expect(Buffer.compare(await readFile(copy), await readFile(path))).toBe(0)
  })

  it('gives equal bytes for equal metadata in another order, and starts the data at a multiple of 8', async () => {
    const [a, b] = [join(scratch, 'a.safetensors'), join(scratch, 'b.safetensors')]
    const tensors = new Map([['t', f32([2], [1, 2])]])
    await writeSafetensors(a, tensors, { x: '1', 2: 'y', é: 'z' })
    await writeSafetensors(b, tensors, { é: 'z', 2: 'y', x: '1' })
    expect(await readFile(a)).toEqual(await readFile(b))
    expect((await openSafetensors(a)).tensors.get('t')!.offset % 8).toBe(0)
    expect((await openSafetensors(a)).metadata).toEqual({ x: '1', 2: 'y', é: 'z' })
  })

  it('replaces a file in one step: who has the old one open still reads the old one', async () => {
    const [path, old] = [join(scratch, 'swap.safetensors'), join(scratch, 'old.safetensors')]
    await writeSafetensors(path, new Map([['t', f32([1], [1])]]))
    await link(path, old)
    await writeSafetensors(path, new Map([['t', f32([1], [2])]]))
    expect(await (await openSafetensors(old)).readFloat32('t')).toEqual(Float32Array.of(1))
    expect(await (await openSafetensors(path)).readFloat32('t')).toEqual(Float32Array.of(2))
  })

  it('refuses a named pipe instead of waiting for a writer', async () => {
    const pipe = join(scratch, 'pipe.safetensors')
    await promisify(execFile)('mkfifo', [pipe])
    await expect(openSafetensors(pipe)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/is not a file$/),
    })
  })

  it('names a missing folder and a folder in the way, and leaves nothing behind', async () => {
    const folder = join(scratch, 'in-the-way')
    await mkdir(folder)
    const tensors = new Map([['t', f32([1], [1])]])
    await expect(writeSafetensors(join(scratch, 'no', 'x.safetensors'), tensors)).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringMatching(/folder does not exist/),
    })
    await expect(writeSafetensors(folder, tensors)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await readdir(scratch)).filter(name => name.endsWith('.tmp'))).toEqual([])
  })
})

/** Writes 1 MB over an existing file in a shell that limits the room, and reports what is left. */
const FULL = `
  import { readdirSync, readFileSync } from 'node:fs'
  const { writeSafetensors } = await import(process.argv[1])
  const path = process.argv[2] + '/model.safetensors'
  const of = n => new Map([['t', { dtype: 'U8', shape: [n], data: new Uint8Array(n).fill(7) }]])
  await writeSafetensors(path, of(16))
  const before = readFileSync(path).toString('hex')
  const error = await writeSafetensors(path, of(2 ** 20)).then(() => undefined, error => error)
  const kept = readFileSync(path).toString('hex') === before
  console.log(JSON.stringify({ code: error?.code, message: error?.message, kept, left: readdirSync(process.argv[2]) }))
`

async function writeInto(folder: string, shell: string, launcher: readonly string[]): Promise<unknown> {
  const run = `${shell} exec "$0" --input-type=module -e "$1" "$2" "$3"`
  const args = ['-c', run, process.execPath, FULL, join(root, 'engine', 'io', 'safetensors', 'file.ts'), folder]
  const [command, ...rest] = [...launcher, 'sh', ...args]
  return JSON.parse((await promisify(execFile)(command!, rest)).stdout)
}

const canMount = await promisify(execFile)('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).then(
  () => true,
  () => false,
)

describe('a full disk', () => {
  it.skipIf(!canMount)('ends in STORAGE_FAILED, the old file whole and no other file left', async () => {
    const folder = await mkdtemp(join(scratch, 'full-'))
    const report = await writeInto(folder, 'mount -t tmpfs -o size=64k tmpfs "$3" &&', ['unshare', '-rm'])
    expect(report).toMatchObject({ code: 'STORAGE_FAILED', kept: true, left: ['model.safetensors'] })
    expect(report).toMatchObject({ message: expect.stringContaining('the disk is full') })
  })

  it('and a file size limit end alike', async () => {
    const folder = await mkdtemp(join(scratch, 'limit-'))
    const report = await writeInto(folder, "trap '' XFSZ; ulimit -f 64;", [])
    expect(report).toMatchObject({ code: 'STORAGE_FAILED', kept: true, left: ['model.safetensors'] })
  })
})
