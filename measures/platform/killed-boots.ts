/** Kills the first boot of the whole service at many moments; after each kill the next start on that data must come up. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BootCrashes, newDataFolder } from './database-crashes.ts'

const START = join(import.meta.dirname, '../../start.ts')
const UP = /serves at (\S+)/
const LIMIT_MS = 120_000

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  /** Resolves when it serves. @throws with what it said, when it ends before or takes too long */
  readonly up: Promise<void>
}

/** The service as `npm start` runs it, on a free port and without the demo. */
function startService(dataDir: string): Started {
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', THREADS: '1', LOG_LEVEL: 'error' }
  const args = ['--disable-warning=ExperimentalWarning', START, '--no-demo']
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const { promise: up, resolve, reject } = Promise.withResolvers<void>()
  const hear = (text: string): void => {
    said += text
    if (UP.test(said)) resolve()
  }
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
  const late = setTimeout(() => reject(new Error(`not up within ${LIMIT_MS / 1000} s: ${said}`)), LIMIT_MS)
  const ended = new Promise<number | null>(done => child.once('close', done))
  void ended.then(code => {
    clearTimeout(late)
    reject(new Error(`it ended with ${code}: ${said.trim().slice(-500)}`))
  })
  void up.then(
    () => clearTimeout(late),
    () => undefined,
  )
  return { child, ended, up }
}

/** How long an undisturbed first start takes here, in milliseconds. */
export async function measureFirstStart(): Promise<number> {
  const { dataDir, remove } = await newDataFolder()
  const start = performance.now()
  const service = startService(dataDir)
  try {
    await service.up
    return performance.now() - start
  } finally {
    service.child.kill('SIGTERM')
    await service.ended
    await remove()
  }
}

export async function crashFirstStarts(points: number, milliseconds: number): Promise<BootCrashes> {
  const failures: string[] = []
  for (let i = 0; i < points; i++) {
    const { dataDir, remove } = await newDataFolder()
    const moment = (milliseconds * (i + 0.5)) / points
    const victim = startService(dataDir)
    await sleep(moment)
    victim.child.kill('SIGKILL')
    await Promise.allSettled([victim.ended, victim.up])
    const next = startService(dataDir)
    await next.up.catch(error => failures.push(`killed after ${Math.round(moment)} ms: ${error.message}`))
    next.child.kill('SIGTERM')
    const code = await next.ended
    if (code !== 0 && failures.length === 0)
      failures.push(`the start after ${Math.round(moment)} ms stopped with ${code}`)
    await remove()
  }
  return { kills: points, failures }
}
