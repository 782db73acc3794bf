import { execFile, spawn } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import express from 'express'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findRange } from '../../../adapters-store/disk/range.ts'
import { blobHandler, openFileStore, readBlob, saveBlob, type UploadForm } from '../../../adapters-store/index.ts'
import { collect, type OpenFiles, openFiles } from '../../stage/blob-drivers.ts'

const ROOT = join(import.meta.dirname, '../../..')
const STORE = JSON.stringify(join(ROOT, 'adapters-store/index.ts'))
const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

let files: OpenFiles
const faults: unknown[] = []
beforeAll(async () => {
  files = await openFiles({ onFault: error => faults.push(error) })
})
afterAll(() => files.close())

/** Everything under the folder, with its area. */
async function contents(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/** A program that opens a store of `folder` as `store` and runs `body` with `tenant`. */
const program = (body: string) => `
  const { openFileStore } = await import(${STORE})
  const [folder, tenant] = process.argv.slice(1)
  const store = openFileStore({ folder, signingKey: new Uint8Array(32), publicUrl: () => 'http://x' })
  ${body}
`
const nodeArguments = (body: string, folder: string, tenant: string) => [
  '--input-type=module',
  '--disable-warning=ExperimentalWarning',
  '-e',
  program(body),
  folder,
  tenant,
]

describe('several processes on one folder', () => {
  test('put the same and other content at the same time, and every blob is whole', async () => {
    const tenant = randomUUID()
    const body = `
      for (let i = 0; i < 20; i++) await store.put(tenant, new Uint8Array(100_000).fill(i))
    `
    const run = () => promisify(execFile)(process.execPath, nodeArguments(body, files.folder, tenant))
    await Promise.all([run(), run(), run()])
    const blobs = await collect(files.store.list(tenant))
    expect(blobs).toHaveLength(20)
    for (const { sha256 } of blobs) await readBlob(await files.store.open(tenant, sha256))
  })

  test('one killed while it writes leaves no blob, only a file that the sweep takes', async () => {
    const tenant = randomUUID()
    const body = `
      async function* endless() {
        for (;;) { yield new Uint8Array(65536); process.stdout.write('.'); await new Promise(r => setTimeout(r, 5)) }
      }
      await store.put(tenant, endless())
    `
    const child = spawn(process.execPath, nodeArguments(body, files.folder, tenant), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise(resolve => child.stdout.once('data', resolve))
    const closed = new Promise(resolve => child.once('close', resolve))
    child.kill('SIGKILL')
    await closed
    expect(await collect(files.store.list(tenant))).toEqual([])
    const own = join(files.folder, 'blobs', tenant)
    expect(await readdir(own)).toHaveLength(1)
    await files.store.sweepUploads(new Date(Date.now() - 60_000))
    expect(await readdir(own)).toHaveLength(1)
    await files.store.sweepUploads(new Date(Date.now() + 1000))
    expect(await readdir(own)).toEqual([])
  })
})

const PUT_LARGE = `
  await store.put(tenant, new Uint8Array(1000))
  const error = await store.put(tenant, new Uint8Array(8 * 2 ** 20)).then(() => undefined, error => error)
  const checked = await store.check().then(() => 'sound', error => error.code)
  const { readdirSync } = await import('node:fs')
  console.log(JSON.stringify({ code: error?.code, message: error?.message, next: error?.next, checked, left: readdirSync(folder + '/blobs/' + tenant) }))
`

async function putInto(folder: string, shell: string, launcher: readonly string[]): Promise<Record<string, unknown>> {
  const [command, ...rest] = [...launcher, 'sh', '-c', `${shell} exec "$0" "$@"`]
  const [node, ...args] = [process.execPath, ...nodeArguments(PUT_LARGE, folder, randomUUID())]
  const { stdout } = await promisify(execFile)(command!, [...rest, node, ...args])
  return JSON.parse(stdout) as Record<string, unknown>
}

const canMount = await promisify(execFile)('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).then(
  () => true,
  () => false,
)

describe('a full disk', () => {
  const expected = { code: 'STORAGE_FAILED', left: [hashOf(new Uint8Array(1000))], next: expect.stringMatching(/\w+/) }
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'semblance-full-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.skipIf(!canMount)(
    'is STORAGE_FAILED naming the path, keeps what was there and leaves no half file',
    async () => {
      const report = await putInto(folder, `mount -t tmpfs -o size=512k tmpfs "${folder}" &&`, ['unshare', '-rm'])
      expect(report).toMatchObject({ ...expected, message: expect.stringContaining('the disk is full') })
      expect(report.message).toContain(folder)
    },
  )
  test('and a file size limit end alike', async () => {
    const report = await putInto(folder, "trap '' XFSZ; ulimit -f 64;", [])
    expect(report).toMatchObject({ ...expected, message: expect.stringContaining(folder) })
  })
})

describe('a store whose disk is not mounted', () => {
  const tenant = randomUUID()
  const failed = { code: 'STORAGE_FAILED', message: expect.stringContaining('missing') }
  test('fails at every call, makes nothing anew, and goes on when it is back', async () => {
    const own = await openFiles()
    const { store, folder } = own
    const { sha256 } = await store.put(tenant, Buffer.from('here'))
    const [blobs, staging] = [join(folder, 'blobs'), join(folder, 'staging')]
    for (const area of [blobs, staging]) await rename(area, `${area}-aside`)
    const calls: Record<string, () => Promise<unknown>> = {
      stat: () => store.stat(tenant, sha256),
      open: () => store.open(tenant, sha256),
      remove: () => store.remove(tenant, sha256),
      list: () => collect(store.list(tenant)),
      tenants: () => collect(store.tenants()),
      takeUpload: () => store.takeUpload(tenant, 'one'),
      dropUpload: () => store.dropUpload(tenant, 'one'),
      sweepUploads: () => store.sweepUploads(new Date()),
      check: () => store.check(),
    }
    for (const [name, call] of Object.entries(calls)) await expect(call(), name).rejects.toMatchObject(failed)
    await expect(store.put(tenant, Buffer.from('new'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect((await readdir(folder)).sort()).toEqual(['blobs-aside', 'staging-aside'])
    for (const area of [blobs, staging]) await rename(`${area}-aside`, area)
    expect((await readBlob(await store.open(tenant, sha256))).toString()).toBe('here')
    await own.close()
  })
  test('is not made by a process that only uses it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'semblance-absent-'))
    const store = openFileStore({ folder, signingKey: randomBytes(32), publicUrl: () => '', creates: false })
    await expect(store.put(tenant, Buffer.from('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
    expect(await readdir(folder)).toEqual([])
    await rm(folder, { recursive: true })
  })
})

test('a blob can be saved to a file of the worker, and a damaged one leaves none', async () => {
  const [tenant, content] = [randomUUID(), randomBytes(100_000)]
  const { sha256 } = await files.store.put(tenant, content)
  const path = join(files.folder, 'copy')
  await saveBlob(await files.store.open(tenant, sha256), path)
  expect(content.equals(await readFile(path))).toBe(true)
  await files.damage(tenant, sha256, Buffer.from('no'))
  const again = files.store.open(tenant, sha256).then(blob => saveBlob(blob, join(files.folder, 'other')))
  await expect(again).rejects.toMatchObject({ code: 'BLOB_CORRUPT', next: expect.any(String) })
  await expect(readFile(join(files.folder, 'other'))).rejects.toThrow('ENOENT')
})

test('reading with a limit refuses more than it', async () => {
  const tenant = randomUUID()
  const { sha256 } = await files.store.put(tenant, randomBytes(11))
  await expect(readBlob(await files.store.open(tenant, sha256), 10)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  expect(await readBlob(await files.store.open(tenant, sha256), 11)).toHaveLength(11)
})

describe('uploads over HTTP', () => {
  const tenant = randomUUID()
  const newForm = (more = {}) =>
    files.store.uploadForm(tenant, {
      uploadId: randomUUID(),
      contentType: 'image/png',
      minBytes: 0,
      maxBytes: 300_000,
      expiresInSeconds: 60,
      ...more,
    })
  const isStaged = async (form: UploadForm) =>
    (await contents(join(files.folder, 'staging'))).includes(form.fields.key!.slice('staging/'.length))
  const BOUNDARY = 'xxBOUNDARYxx'
  const part = (name: string, value: string | Buffer, more = '') =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ])
  const end = Buffer.from(`--${BOUNDARY}--\r\n`)
  const fieldParts = (form: UploadForm) => Object.entries(form.fields).map(([name, value]) => part(name, value))
  const filePart = (content: Buffer) => part('file', content, '; filename="a.png"')
  const post = (body: Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${files.url}/uploads`, {
      method: 'POST',
      body: Buffer.from(body),
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    })

  test('a body cut off anywhere stages nothing', async () => {
    const form = await newForm()
    const whole = Buffer.concat([...fieldParts(form), filePart(randomBytes(2000)), end])
    const cuts = [0, 1, 60, 200, whole.length - 1000, whole.length - 30, whole.length - 10, whole.length - 5]
    for (const cut of cuts) {
      const answer = await post(whole.subarray(0, cut))
      expect(answer.status, `cut at ${cut}`).toBe(400)
      expect(await answer.json()).toMatchObject({ error: { code: 'INPUT_INVALID' } })
      expect(await isStaged(form)).toBe(false)
    }
    expect((await post(whole)).status).toBe(204)
    expect(await isStaged(form)).toBe(true)
  })
  test('a client that hangs up in the middle leaves no file', async () => {
    const form = await newForm()
    const start = Buffer.concat([
      ...fieldParts(form),
      part('file', randomBytes(100_000), '; filename="a"').subarray(0, 90_000),
    ])
    const { hostname, port } = new URL(files.url)
    const socket = connect(Number(port), hostname)
    const type = `Content-Type: multipart/form-data; boundary=${BOUNDARY}`
    socket.write(`POST /uploads HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: 200000\r\n\r\n`)
    socket.write(start)
    const staging = join(files.folder, 'staging', tenant)
    await expect.poll(async () => (await contents(staging)).some(name => name.endsWith('.tmp'))).toBe(true)
    socket.destroy()
    await expect.poll(async () => (await contents(staging)).some(name => name.endsWith('.tmp'))).toBe(false)
    expect(await isStaged(form)).toBe(false)
  })
  test('the size is enforced while it streams: an endless upload is answered early', async () => {
    const form = await newForm({ maxBytes: 100_000 })
    let sent = 0
    async function* endless() {
      yield Buffer.concat(fieldParts(form))
      yield part('file', '', '; filename="a"').subarray(0, -2)
      for (; sent < 2 ** 30; sent += 65_536) {
        yield Buffer.alloc(65_536)
        await new Promise(setImmediate)
      }
    }
    const answer = await fetch(`${files.url}/uploads`, {
      method: 'POST',
      body: ReadableStream.from(endless()),
      duplex: 'half',
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({
      error: { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('100000') },
    })
    expect(sent).toBeLessThan(100 * 2 ** 20)
    expect(await isStaged(form)).toBe(false)
  })
  test.each<[string, (form: UploadForm) => Buffer[]]>([
    ['no file', form => [...fieldParts(form), end]],
    ['the file before the fields', form => [filePart(Buffer.from('x')), ...fieldParts(form), end]],
    ['a part of another name', form => [...fieldParts(form), part('photo', 'x', '; filename="a"'), end]],
    ['a field twice', form => [...fieldParts(form), ...fieldParts(form), filePart(Buffer.from('x')), end]],
    ['a field too many', form => [...fieldParts(form), part('acl', 'public'), filePart(Buffer.from('x')), end]],
    ['a huge field', form => [...fieldParts(form), part('x', 'y'.repeat(100_000)), filePart(Buffer.from('x')), end]],
    [
      'a hundred fields',
      form => [...Array.from({ length: 100 }, (_, i) => part(`f${i}`, '')), ...fieldParts(form), end],
    ],
  ])('%s is refused', async (_what, body) => {
    const form = await newForm()
    const answer = await post(Buffer.concat(body(form)))
    expect([400, 403]).toContain(answer.status)
    expect(await isStaged(form)).toBe(false)
  })
  test.each(['application/json', 'multipart/form-data', 'multipart/mixed; boundary=x', ''])(
    'the content type "%s" is refused',
    async type => {
      const form = await newForm()
      const body = Buffer.concat([...fieldParts(form), filePart(Buffer.from('x')), end])
      expect((await post(body, { 'content-type': type })).status).toBe(400)
    },
  )
  test('random damage never stages a form that is not whole, and never stops the server', async () => {
    const form = await newForm({ minBytes: 500, sha256: hashOf(Buffer.alloc(500, 1)) })
    const whole = Buffer.concat([...fieldParts(form), filePart(Buffer.alloc(500, 1)), end])
    const edit = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.integer({ min: 0, max: 200 }))
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async edits => {
        let body = Buffer.from(whole)
        for (const [at, byte, cut] of edits) {
          body[at % body.length] = byte
          if (cut > 100)
            body = Buffer.concat([body.subarray(0, at % body.length), body.subarray((at % body.length) + cut - 100)])
          if (body.length === 0) body = Buffer.from('-')
        }
        const answer = await post(body)
        if (answer.status === 204)
          expect(await readBlob((await files.store.takeUpload(tenant, form.fields.key!.split('/')[2]!))!)).toEqual(
            Buffer.alloc(500, 1),
          )
        else expect([400, 403, 413]).toContain(answer.status)
        await answer.arrayBuffer()
      }),
      { numRuns: 150, seed: 4 },
    )
    expect(faults).toEqual([])
  })
  test('nothing is left half written after all of this', async () => {
    const names = [...(await contents(join(files.folder, 'staging'))), ...(await contents(join(files.folder, 'blobs')))]
    expect(names.filter(name => name.endsWith('.tmp'))).toEqual([])
  })
})

describe('downloads over HTTP', () => {
  const link = async (content: Uint8Array, more = {}) => {
    const tenant = randomUUID()
    const { sha256 } = await files.store.put(tenant, content)
    const terms = { contentType: 'image/png', fileName: 'a.png', expiresInSeconds: 60, ...more }
    return { tenant, sha256, url: (await files.store.downloadLink(tenant, sha256, terms)).url }
  }
  test('a damaged blob is answered with 500 and not one byte of it, and the fault is told', async () => {
    const { tenant, sha256, url } = await link(Buffer.from('a secret picture'))
    await files.damage(tenant, sha256, Buffer.from('a SECRET picture'))
    faults.length = 0
    const answer = await fetch(url)
    expect(answer.status).toBe(500)
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'BLOB_CORRUPT' } })
    expect(text).not.toMatch(/secret/i)
    expect(text).not.toContain(files.folder)
    expect(faults).toMatchObject([{ code: 'BLOB_CORRUPT' }])
    faults.length = 0
  })
  test('what a browser could run is saved, not shown, and is never sniffed', async () => {
    const { url } = await link(Buffer.from('<script>alert(1)</script>'), {
      contentType: 'text/html',
      fileName: 'a.html',
    })
    const { headers } = await fetch(url)
    expect(headers.get('content-disposition')).toMatch(/^attachment;/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain('sandbox')
    expect((await fetch((await link(Buffer.from('x'))).url)).headers.get('content-disposition')).toMatch(/^inline;/)
  })
  test('a large blob comes in whole and in ranges', async () => {
    const content = randomBytes(20 * 2 ** 20)
    const { url } = await link(content)
    expect(content.equals(Buffer.from(await (await fetch(url)).arrayBuffer()))).toBe(true)
    const range = await fetch(url, { headers: { range: 'bytes=15000000-15000009' } })
    expect(Buffer.from(await range.arrayBuffer())).toEqual(content.subarray(15_000_000, 15_000_010))
  })
  test('HEAD tells size and ETag without content; If-Range of another content gives the whole', async () => {
    const { url, sha256 } = await link(Buffer.alloc(100, 1))
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([
      200,
      '100',
      `"${sha256}"`,
    ])
    const part = (tag: string) => fetch(url, { headers: { range: 'bytes=0-9', 'if-range': tag } })
    expect([(await part(`"${sha256}"`)).status, (await part('"other"')).status]).toEqual([206, 200])
  })
  test('other methods and addresses are refused', async () => {
    const { url } = await link(Buffer.from('x'))
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405)
    expect((await fetch(`${files.url}/uploads`)).status).toBe(405)
    expect((await fetch(`${files.url}/elsewhere`)).status).toBe(404)
    expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(403)
    expect((await fetch(url.replace('?', '/more?'))).status).toBe(403)
  })
  test('inside Express it takes its own addresses and leaves the others', async () => {
    const app = express()
    app.use(blobHandler(files.store))
    app.get('/livez', (_request, response) => void response.send('up'))
    const server = createServer(app)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { url } = await link(Buffer.from('content'))
    expect(await (await fetch(url.replace(files.url, origin))).text()).toBe('content')
    expect(await (await fetch(`${origin}/livez`)).text()).toBe('up')
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  test('a client that leaves early is no fault', async () => {
    const { url } = await link(randomBytes(20 * 2 ** 20))
    faults.length = 0
    const controller = new AbortController()
    const answer = await fetch(url, { signal: controller.signal })
    await answer.body!.getReader().read()
    controller.abort()
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(faults).toEqual([])
  })
})

test('ranges select exactly what they name', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(60), fc.nat(60), (bytes, from, to) => {
      const whole = Array.from({ length: bytes }, (_, i) => i)
      const found = findRange(`bytes=${from}-${to}`, bytes)
      if (to < from) expect(found).toBe('whole')
      else if (from >= bytes) expect(found).toBe('none')
      else expect(found).toEqual({ start: from, end: whole.slice(from, to + 1).at(-1) })
    }),
  )
  for (const header of [
    undefined,
    'bytes=-',
    'bytes=a-b',
    'bytes=0-1,3-4',
    'lines=0-1',
    'bytes=1',
    `bytes=${'9'.repeat(400)}-`,
  ])
    expect(findRange(header, 10)).toBe('whole')
  expect([findRange('bytes=-0', 10), findRange('bytes=-3', 0), findRange('bytes=-20', 10)]).toEqual([
    'none',
    'none',
    { start: 0, end: 9 },
  ])
})

test('a request without a usable address does not stop the server', async () => {
  const answers: string[] = []
  for (const line of ['GET //blobs HTTP/1.1', 'GET http://a/%%% HTTP/1.1', 'POST /uploads?%zz HTTP/1.1']) {
    const { hostname, port } = new URL(files.url)
    const socket = connect(Number(port), hostname)
    socket.end(`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`)
    answers.push(String((await collect(socket))[0]).slice(0, 12))
  }
  expect(answers.every(answer => /^HTTP\/1.1 4/.test(answer))).toBe(true)
  await writeFile(join(files.folder, 'done'), '')
})
