/**
 * The child process of a device: the only importer of onnxruntime-node. It holds sessions and float32 buffers and
 * answers one request at a time; a run blocks it, so killing it is the hard cancel.
 */
import { readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { invariant } from '../../errors.ts'
import { elements } from '../graph/graph.ts'
import { DTYPES } from '../io/safetensors/dtypes.ts'
import { chunksOf } from './chunks.ts'
import { PROFILES, type Provider } from './profiles.ts'
import type {
  Failure,
  Feed,
  FileRange,
  Inline,
  Memory,
  Replies,
  Reply,
  Request,
  RequestName,
  Requests,
  Run,
  RunResult,
  View,
} from './protocol.ts'

const provider = (process.argv[2] ?? 'cpu') as Provider
const sessions = new Map<number, InferenceSession>()
const buffers = new Map<string, Float32Array>()
let nextSession = 1

function memory(): Memory {
  const peak = /VmHWM:\s+(\d+) kB/.exec(statusFile())?.[1]
  const resident = process.memoryUsage.rss()
  return { resident, peak: peak ? Number(peak) * 1024 : resident }
}

function statusFile(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}

function buffer(name: string): Float32Array {
  const found = buffers.get(name)
  invariant(found, `device has no buffer ${name}`)
  return found
}

const session = (id: number): InferenceSession => {
  const found = sessions.get(id)
  invariant(found, `device has no session ${id}`)
  return found
}

function viewTensor({ buffer: name, offset, shape }: View): Tensor {
  const data = buffer(name).subarray(offset, offset + elements(shape))
  invariant(data.length === elements(shape), `view [${shape}] at ${offset} leaves buffer ${name}`)
  return new Tensor('float32', data, shape)
}

const feedTensor = (feed: Feed): Tensor =>
  'buffer' in feed ? viewTensor(feed) : new Tensor(feed.dtype as 'float32', feed.data as Float32Array, feed.shape)

const inline = (tensor: Tensor): Inline => ({
  data: tensor.data as Float32Array,
  dtype: tensor.type as Inline['dtype'],
  shape: tensor.dims,
})

/** The binding answers with a copy of each output, even where it was given the memory; the collector could keep gigabytes. */
function discardCopy(copy: Tensor, given: Tensor): void {
  const { buffer } = copy.data as Float32Array<ArrayBuffer>
  if (buffer !== (given.data as Float32Array).buffer) buffer.transfer(0)
}

async function runOne({ session: id, feeds, into, fetch }: Run): Promise<RunResult> {
  const target = session(id)
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, feedTensor(feed)]))
  const wanted: Record<string, Tensor | null> = {}
  for (const [name, view] of Object.entries(into)) wanted[name] = viewTensor(view)
  for (const name of fetch) wanted[name] = null
  const start = performance.now()
  const results = await target.run(inputs, wanted)
  const ms = performance.now() - start
  for (const name of Object.keys(into)) discardCopy(results[name] as Tensor, wanted[name] as Tensor)
  return { outputs: Object.fromEntries(fetch.map(name => [name, inline(results[name] as Tensor)])), ms }
}

async function load({ buffer: name, ranges }: Requests['load']): Promise<void> {
  const target = buffer(name)
  for (const range of ranges) {
    const file = await open(range.path)
    try {
      await loadRange(target, file, range)
    } finally {
      await file.close()
    }
  }
}

async function loadRange(target: Float32Array, file: FileHandle, { path, offset, bytes, dtype, at }: FileRange) {
  const { bytes: size, toFloat32 } = DTYPES[dtype]
  invariant(toFloat32 && at + bytes / size <= target.length, `${bytes} bytes of ${dtype} at ${at} do not fit`)
  for (const { from, count } of chunksOf(bytes / size)) {
    const raw = new Uint8Array(count * size)
    for (let got = 0; got < raw.length; ) {
      const { bytesRead } = await file.read(raw, got, raw.length - got, offset + from * size + got)
      if (bytesRead === 0) throw new Error(`the file ${path} ended before byte ${offset + bytes}`)
      got += bytesRead
    }
    target.set(toFloat32(raw), at + from)
  }
}

type Handlers = { [N in RequestName]: (body: Requests[N]) => Promise<Replies[N]> | Replies[N] }

const handlers: Handlers = {
  async open({ model, profile, threads }) {
    const start = performance.now()
    const options = { ...PROFILES[profile], executionProviders: [provider], intraOpNumThreads: threads }
    const created = await InferenceSession.create(model, options)
    sessions.set(nextSession, created)
    return { session: nextSession++, ms: performance.now() - start, memory: memory() }
  },
  async close({ session: id }) {
    await session(id).release()
    sessions.delete(id)
    return {}
  },
  alloc({ buffer: name, elements: count }) {
    invariant(!buffers.has(name), `buffer ${name} exists`)
    buffers.set(name, new Float32Array(count))
    return {}
  },
  free({ buffer: name }) {
    // Moved to a buffer of no length: the collector could keep gigabytes for long.
    const data = buffer(name).buffer as ArrayBuffer
    data.transfer(0)
    buffers.delete(name)
    return {}
  },
  write({ buffer: name, offset, data }) {
    buffer(name).set(data, offset)
    return {}
  },
  read({ buffer: name, offset, elements: count }) {
    return { data: buffer(name).subarray(offset, offset + count) }
  },
  async load(body) {
    const start = performance.now()
    await load(body)
    return { ms: performance.now() - start }
  },
  async run({ runs }) {
    const results: RunResult[] = []
    for (const one of runs) results.push(await runOne(one))
    return { results, memory: memory() }
  },
  info: () => ({ memory: memory(), provider, version: env.versions.node ?? 'unknown' }),
}

const OUT_OF_MEMORY = /alloc|out of memory|bad_alloc|Array buffer allocation failed|Invalid typed array length/i
const MODEL_FAULT = /external|initializer|file|No such|model/i

/** Before the first session is open, a failure on another provider than the CPU is taken for the provider's. */
function failureKind(message: string): Failure {
  if (OUT_OF_MEMORY.test(message)) return 'memory'
  if (provider !== 'cpu' && nextSession === 1) return 'provider'
  return MODEL_FAULT.test(message) ? 'model' : 'bug'
}

function failure(id: number, error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error)
  const firstLine = message.trim().split('\n')[0] ?? ''
  return { id, ok: false, kind: failureKind(message), message: firstLine }
}

async function answer({ id, name, body }: Request): Promise<void> {
  const handle = handlers[name] as (body: Requests[RequestName]) => Promise<Replies[RequestName]>
  const reply = await Promise.resolve()
    .then(() => handle(body))
    .then(
      (result): Reply => ({ id, ok: true, body: result }),
      error => failure(id, error),
    )
  process.send?.(reply)
}

let queue = Promise.resolve()
process.on('message', (request: Request) => {
  queue = queue.then(() => answer(request))
})
process.on('disconnect', () => process.exit(0))
new Worker(new URL('./watchdog.ts', import.meta.url), { workerData: Number(process.argv[3]) }).unref()
