/** Runs the decoder process for one photo, with caps on its memory, its processor time and its patience. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../errors.ts'
import type { DecodedHeader, DecoderLimits, RefusedHeader } from './decoder.ts'

interface ProcessLimits {
  /** Writable memory, in KiB: of this Node itself takes half a gigabyte of addresses, an empty one 100 MB for good. */
  readonly memory: number
  /** Processor time, so that a busy machine doesn't count against a photo. */
  readonly seconds: number
  /** Time on the clock. */
  readonly wallSeconds: number
}

/** A progressive JPEG of 108 megapixels that lies on its side takes less than 1,500,000 KiB and 6 s, an ordinary photo half a second. */
export const PROCESS_LIMITS: ProcessLimits = { memory: 1_500_000, seconds: 30, wallSeconds: 180 }

export interface Decoded extends Omit<DecodedHeader, 'print'> {
  readonly print: Uint8Array
  readonly png: Buffer
}

const DECODER = fileURLToPath(new URL('./decoder.ts', import.meta.url))

/** Where the system has no such limit, the others remain. */
function start(limits: DecoderLimits, { memory, seconds }: ProcessLimits): ChildProcess {
  const caps = `ulimit -c 0; ulimit -t ${seconds}; ulimit -d ${memory}`
  const node = ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning', DECODER, JSON.stringify(limits)]
  const args = ['-c', `{ ${caps}; } 2>/dev/null; exec "$0" "$@"`, process.execPath, ...node]
  return spawn('/bin/sh', args, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
}

/**
 * @throws AppError SERVICE_UNAVAILABLE when the decoder itself does not start; whatever the photo does to it is a refusal.
 */
export async function decodePhoto(
  data: Uint8Array,
  limits: DecoderLimits,
  caps: ProcessLimits = PROCESS_LIMITS,
): Promise<Decoded | RefusedHeader> {
  const { output, end } = await run(start(limits, caps), data, caps.wallSeconds)
  const ready = output.indexOf('\n')
  if (output.subarray(0, ready).toString() !== 'ready')
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `the photo decoder did not start (${end})`,
      'Check the free memory, and that the package sharp is installed.',
    )
  const line = output.indexOf('\n', ready + 1)
  if (end !== 'code 0' || line < 0)
    return { refused: 'UNREADABLE', reason: `takes more memory or time to decode than a photo may (${end})` }
  const header = JSON.parse(output.subarray(ready + 1, line).toString()) as DecodedHeader | RefusedHeader
  if ('refused' in header) return header
  return { ...header, print: Buffer.from(header.print, 'base64'), png: output.subarray(line + 1) }
}

/** More than any picture of ours as PNG: what a stranger's bytes made of the process is not trusted. */
const MAX_OUTPUT_BYTES = 100 * 2 ** 20

/** All that the process wrote, and how it ended. */
function run(child: ChildProcess, input: Uint8Array, wallSeconds: number): Promise<{ output: Buffer; end: string }> {
  const pieces: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(() => child.kill('SIGKILL'), wallSeconds * 1000)
  return new Promise<{ output: Buffer; end: string }>((resolve, reject) => {
    child.stdout?.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes > MAX_OUTPUT_BYTES) child.kill('SIGKILL')
      else pieces.push(piece)
    })
    // A process that died early leaves its input unread.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
    child.on('error', error =>
      reject(
        new AppError('SERVICE_UNAVAILABLE', `the photo decoder did not start: ${error.message}`, 'Try again.', error),
      ),
    )
    child.on('close', (code, signal) => {
      resolve({ output: Buffer.concat(pieces), end: signal ?? `code ${code}` })
    })
  }).finally(() => clearTimeout(timer))
}
