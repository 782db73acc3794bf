/** Cleans up after an earlier run: ends a leftover server process and removes its lock files. */
import { execFile } from 'node:child_process'
import { readFile, realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const POLL_MILLISECONDS = 20
const STOP_MILLISECONDS = 30_000

/** Ends what an earlier run left running on this cluster, and removes its lock files. The caller owns the folder. */
export async function stopLeftover(cluster: string, socket?: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid')
  const pid = Number((await readLines(file))[0] ?? 0)
  if (pid > 0 && (await servesCluster(pid, cluster))) await endProcess(pid)
  // The number may belong to any process by now (usual in containers): then PostgreSQL would refuse to start.
  await rm(file, { force: true })
  if (!socket) return
  for (const name of ['.s.PGSQL.5432', '.s.PGSQL.5432.lock']) await rm(join(socket, name), { force: true })
}

export async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').map(line => line.trim())
}

async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  const args =
    process.platform === 'linux'
      ? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      : await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
          ({ stdout }) => [
            stdout.trim().split(' ')[0] ?? '',
            ...(stdout.includes(` -D ${cluster} `) ? ['-D', cluster] : []),
          ],
          () => [],
        )
  const folder = args[args.indexOf('-D') + 1] ?? ''
  const real = (path: string) => realpath(path).catch(() => path)
  return (args[0] ?? '').endsWith('postgres') && args.includes('-D') && (await real(folder)) === (await real(cluster))
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Fast shutdown, then immediate shutdown, then no choice: in each case the log brings every committed row back. */
export async function endProcess(pid: number): Promise<void> {
  for (const [signal, milliseconds] of [
    ['SIGINT', STOP_MILLISECONDS],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + milliseconds
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return
      await delay(POLL_MILLISECONDS)
    }
  }
}
