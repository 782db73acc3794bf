/** One line on the machine that figures were measured on. */

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

const FLAGS = ['avx2', 'avx512f', 'amx_tile'] as const

function vectorFlags(): string {
  try {
    const flags = /^flags\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? []
    return FLAGS.filter(flag => flags.includes(flag)).join(' ')
  } catch {
    return ''
  }
}

export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const load = `load ${(loadavg()[0] ?? 0).toFixed(1)}`
  return [`${availableParallelism()} cores`, model, vectorFlags(), memory, `Node ${process.version}`, load].join(', ')
}
