/** A peer: a Python process that answers one JSON line with one JSON line. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type ProcessMemory, readMemory } from '../measures/process-memory.ts'

/** What a command answers; `ms` is the time that the peer measured around its own work. */
export interface PeerReply {
  readonly ms: number
  readonly [key: string]: unknown
}

export interface Peer {
  /** @throws Error with the peer's own message, or after `seconds`, which end the peer. */
  call(command: string, fields?: Readonly<Record<string, unknown>>, seconds?: number): Promise<PeerReply>
  readonly pid: number
  /** Peak so far. */
  memory(): ProcessMemory
  close(): Promise<void>
}

const LAST_LINES = 12
const MOST_SECONDS = 600

export function openPeer(python: string, script: string): Peer {
  const child = spawn(python, ['-u', script], { stdio: ['pipe', 'pipe', 'pipe'] })
  const errors: string[] = []
  createInterface({ input: child.stderr }).on('line', line => {
    errors.push(line)
    if (errors.length > LAST_LINES) errors.shift()
  })
  let pending: { resolve(line: string): void; reject(error: Error): void } | undefined
  const fail = (why: string): void => pending?.reject(new Error(`${script}: ${why}\n${errors.join('\n')}`))
  createInterface({ input: child.stdout }).on('line', line => pending?.resolve(line))
  child.on('error', error => fail(error.message))
  child.on('close', (code, signal) =>
    fail(signal === 'SIGKILL' ? 'ended: it took too long or too much memory' : `ended with code ${code}`),
  )
  return {
    async call(command, fields = {}, seconds = MOST_SECONDS) {
      const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
      const line = await new Promise<string>((resolve, reject) => {
        pending = { resolve, reject }
        if (child.exitCode !== null) return fail(`ended with code ${child.exitCode}`)
        child.stdin.write(`${JSON.stringify({ command, ...fields })}\n`)
      }).finally(() => clearTimeout(timer))
      pending = undefined
      const reply = JSON.parse(line) as PeerReply & { error?: string }
      if (reply.error !== undefined) throw new Error(`${script} ${command}: ${reply.error}`)
      return reply
    },
    pid: child.pid ?? 0,
    memory: () => readMemory(child.pid ?? 0),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = new Promise(resolve => child.once('close', resolve))
      child.stdin.end()
      await closed
    },
  }
}
