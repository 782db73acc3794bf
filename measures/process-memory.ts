/** Memory of a process as Linux counts it. */
import { existsSync, readFileSync } from 'node:fs'

export interface ProcessMemory {
  /** VmHWM: the largest resident size so far, bytes; pages of mapped files count. */
  readonly peak: number
  /** Private pages now, bytes: what no other process could share. */
  readonly private: number
}

const kilobytes = (text: string, label: string): number => {
  const found = [...text.matchAll(new RegExp(`^${label}:\\s+(\\d+) kB`, 'gm'))]
  return found.reduce((sum, match) => sum + Number(match[1]) * 1024, 0)
}

export function readMemory(pid: number): ProcessMemory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return {
    peak: kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM'),
    private: kilobytes(rollup, 'Private_Clean') + kilobytes(rollup, 'Private_Dirty'),
  }
}

export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`

const POLL = 20

/**
 * Watches pages that belong to no file, which Linux keeps no peak of: the returned function ends it and gives the most
 * seen, bytes.
 */
export function watchAnonymous(pid: number): () => number {
  let most = 0
  const look = () => {
    if (!existsSync(`/proc/${pid}/status`)) return
    most = Math.max(most, kilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'RssAnon'))
  }
  const timer = setInterval(look, POLL)
  return () => {
    clearInterval(timer)
    look()
    return most
  }
}
