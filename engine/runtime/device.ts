/**
 * A device: one child process that runs sessions. Requests are answered in order; `kill` ends it at once, whatever it
 * is computing, and every open request then fails with the reason.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { AppError } from '../../errors.ts'
import type { Model } from '../graph/onnx.ts'
import { chunksOf } from './chunks.ts'
import type { Provider } from './profiles.ts'
import type { FileRange, Memory, Profile, Replies, Reply, RequestName, Requests, Run, RunResult } from './protocol.ts'

export interface DeviceOptions {
  /** Execution provider; `cuda` and `webgpu` need a runtime build with those libraries. */
  readonly provider?: Provider | undefined
  /** Threads inside one operator; default: the number of cores the runtime finds. */
  readonly threads?: number | undefined
}

export interface Device {
  /** Compiles a model; the returned number names the session in `run`. */
  open(model: Model, profile: Profile): Promise<number>
  close(session: number): Promise<void>
  /** A zero-filled float32 buffer of `elements` in the child; it takes memory only where something is written. */
  alloc(buffer: string, elements: number): Promise<void>
  /** A buffer name that starts with `label` and that this handle has not given before. */
  bufferName(label: string): string
  /** Gives the buffer's memory back at once. */
  free(buffer: string): Promise<void>
  /** Data of any length: it travels in chunks. */
  write(buffer: string, offset: number, data: Float32Array): Promise<void>
  read(buffer: string, offset: number, elements: number): Promise<Float32Array>
  /** Fills buffers from file ranges inside the child, widening half precision. */
  load(buffer: string, ranges: readonly FileRange[]): Promise<void>
  /** Executes in order, one message for all. */
  run(runs: readonly Run[]): Promise<readonly RunResult[]>
  info(): Promise<Replies['info']>
  /** Memory as of the last reply. */
  memory(): Memory
  readonly pid: number
  /** Hard stop: the process is killed, open requests fail with `reason`. */
  kill(reason?: AppError): Promise<void>
}

interface Waiting {
  resolve(body: Replies[RequestName]): void
  reject(error: Error): void
}

const CHILD = new URL('./session.ts', import.meta.url)
const LOST = 'Run it again; what was checkpointed is kept.'

const SMALLER = 'Use the profile lean or checkpoint, a smaller batch or a smaller size.'

function childError(reply: Reply & { ok: false }, provider: Provider): Error {
  const { kind, message } = reply
  if (kind === 'memory') return new AppError('MEMORY_EXCEEDED', `the device ran out of memory: ${message}`, SMALLER)
  if (kind === 'model')
    return new AppError(
      'MODEL_INVALID',
      `the runtime refused the model: ${message}`,
      'Check that the weight files are complete and unchanged.',
    )
  if (kind === 'provider')
    return new AppError(
      'DEVICE_UNAVAILABLE',
      `the device "${provider}" cannot be used here: ${message}`,
      "Install its driver and the runtime's libraries for it, or use the device cpu.",
    )
  return new Error(`internal error on the device: ${message}`)
}

/** The last words of a process that could not get memory: of Node, of C++ and of the loader. */
const OUT_OF_MEMORY = /out of memory|bad_alloc|Allocation failed|cannot allocate/i

function lost(code: number | null, signal: string | null, lastWords: string): AppError {
  const how = signal ? `was killed by ${signal}` : `ended with code ${code}`
  if (OUT_OF_MEMORY.test(lastWords))
    return new AppError('MEMORY_EXCEEDED', `the device process ran out of memory and ${how}`, SMALLER, lastWords)
  const hint = signal === 'SIGKILL' ? ' (often the system running out of memory)' : ''
  return new AppError('DEVICE_LOST', `the device process ${how}${hint}`, LOST, lastWords)
}

/**
 * Starts the child process of a device. It has its own process group, so that a terminal's Ctrl-C reaches the caller
 * alone, and it ends by itself when the caller is gone. Its output is kept for errors, not shown.
 */
export function openDevice({ provider = 'cpu', threads = 0 }: DeviceOptions = {}): Device {
  const child = fork(CHILD, [provider, String(process.pid)], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const { call, gone } = channel(child, provider)
  let memory: Memory = { resident: 0, peak: 0 }
  let named = 0
  const noted = <T extends { memory: Memory }>(reply: T): T => {
    memory = reply.memory
    return reply
  }
  return {
    open: async (model, profile) => noted(await call('open', { model: model.bytes, profile, threads })).session,
    close: async session => void (await call('close', { session })),
    alloc: async (buffer, elements) => void (await call('alloc', { buffer, elements })),
    bufferName: label => `${label} ${named++}`,
    free: async buffer => void (await call('free', { buffer })),
    write: async (buffer, offset, data) => {
      for (const { from, count } of chunksOf(data.length))
        await call('write', { buffer, offset: offset + from, data: data.subarray(from, from + count) })
    },
    read: async (buffer, offset, elements) => {
      const whole = new Float32Array(elements)
      for (const { from, count } of chunksOf(elements))
        whole.set((await call('read', { buffer, offset: offset + from, elements: count })).data, from)
      return whole
    },
    load: async (buffer, ranges) => void (await call('load', { buffer, ranges })),
    run: async runs => noted(await call('run', { runs })).results,
    info: async () => noted(await call('info', {})),
    memory: () => memory,
    pid: child.pid ?? 0,
    kill: async reason => {
      gone(reason ?? new AppError('CANCELED', 'the device was stopped', LOST))
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** What sending to a process meets that is ending: 'close' then says how it ended. */
const isEnding = (error: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_IPC_CHANNEL_CLOSED'].includes(error.code ?? '')

/** Request and reply matching over the child's message channel. */
function channel(child: ChildProcess, provider: Provider) {
  const lastWords = tail(child)
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let end: Error | undefined
  const gone = (error: Error): void => {
    end ??= error
    for (const { reject } of waiting.values()) reject(end)
    waiting.clear()
  }
  child.on('message', (reply: Reply) => {
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.ok) waiter?.resolve(reply.body)
    else waiter?.reject(childError(reply, provider))
  })
  child.on('error', error =>
    gone(
      new AppError(
        'DEVICE_UNAVAILABLE',
        `the device process did not start: ${error.message}`,
        'Check that Node can start processes here.',
        error,
      ),
    ),
  )
  // Not 'exit': only now is all read that it wrote.
  child.on('close', (code, signal) => gone(lost(code, signal, lastWords())))
  const call = <N extends RequestName>(name: N, body: Requests[N]): Promise<Replies[N]> =>
    new Promise((resolve, reject) => {
      if (end) return reject(end)
      const id = nextId++
      waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      child.send({ id, name, body }, error => error && !isEnding(error) && gone(error))
    })
  return { call, gone }
}

const KEPT_CHARACTERS = 4000

/** The end of what the process wrote to its standard error. */
function tail(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-KEPT_CHARACTERS)
  })
  return () => text.trim()
}
