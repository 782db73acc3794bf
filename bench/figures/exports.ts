/** exports.refused: adapter files in every format that is written, through the loaders of diffusers, transformers and PEFT. */
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { openDevice } from '../../engine/index.ts'
import { writeExports } from '../../measures/engine/exports.ts'
import { type Claim, type Figure, measured, notMeasured } from '../../measures/figure.ts'
import { drawExports } from '../exports-peers.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'exports.refused', unit: 'files', better: 'lower', floor: 0, goal: 0 }

async function run(context: BenchContext): Promise<Figure[]> {
  const { peers, olderPeers, threads, work } = context
  const missing = peers.missing ?? olderPeers.missing
  if (missing) return [notMeasured(CLAIM, missing)]
  const device = openDevice({ threads })
  try {
    const exports = await writeExports(device, await mkdtemp(join(work, 'exports-')))
    const drawn = await drawExports(exports, [peers, olderPeers], context.log)
    const refused = drawn.flatMap(({ answers }) => answers).filter(({ refused }) => refused !== undefined)
    const versions = drawn.map(one => one.versions).join('; ')
    const note = refused.slice(0, 5).map(({ name, refused: why }) => `${name}: ${why}`)
    return [measured(CLAIM, refused.length, 2 * exports.length, [versions, ...note].join('; '))]
  } finally {
    await device.kill()
  }
}

export const exportsRefused: FigureSource = { names: [CLAIM.name], minutes: 15, run }
