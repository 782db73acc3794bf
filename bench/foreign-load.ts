/** How much of the machine other processes take while something is timed. */
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Clock ticks that all processors spent working; both counts are in hundredths of a second on Linux. */
function busyTicks(): number {
  const fields = /^cpu\s+(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
  const [user = 0, nice = 0, system = 0, , , interrupt = 0, soft = 0] = fields
  return user + nice + system + interrupt + soft
}

/** Clock ticks of a process, its ended children included; undefined for one that has ended. */
function ownTicks(pid: number): number | undefined {
  const path = `/proc/${pid}/stat`
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0)
}

/** Starts watching; the returned function gives the share of all cores, 0 to 1, that went to none of `pids` or to us. */
export function watchForeignLoad(pids: readonly number[]): () => number {
  const all = [process.pid, ...pids]
  // One that ends meanwhile, such as a connection's process that nobody needs, counts as it was at the start.
  const atStart = new Map(all.map(pid => [pid, ownTicks(pid) ?? 0]))
  const own = (): number => all.reduce((sum, pid) => sum + (ownTicks(pid) ?? atStart.get(pid) ?? 0), 0)
  const [start, busy, ours] = [performance.now(), busyTicks(), own()]
  return () => {
    const capacity = ((performance.now() - start) / 10) * availableParallelism()
    return Math.min(1, Math.max(0, (busyTicks() - busy - (own() - ours)) / capacity))
  }
}
