/** Draws with exported adapter files in the peers of two releases, and compares with ours. */
import { elements } from '../engine/graph/graph.ts'
import { latentShape, openBase, square } from '../engine/index.ts'
import { findScheduler, startRow } from '../engine/schedulers/index.ts'
import { EXPORT_REQUEST, EXPORT_WORD, type Exported } from '../measures/engine/exports.ts'
import { levelError } from '../measures/engine/levels.ts'
import type { Peer } from './peer.ts'
import type { Peers } from './peers.ts'

export interface Answer {
  readonly name: string
  /** Levels of 0 to 255, `[3, size, size]`; empty where the file was refused. */
  readonly levels: Uint8Array
  /** The program's error, or how far its image is from ours; undefined where it is at most one level. */
  readonly refused: string | undefined
}

export interface Drawn {
  readonly versions: string
  readonly answers: readonly Answer[]
}

/** One process for each release; every file is loaded into a fresh pipeline. */
export async function drawExports(
  exports: readonly Exported[],
  releases: readonly Peers[],
  log: (line: string) => void,
): Promise<Drawn[]> {
  return Promise.all(
    releases.map(async peers => {
      const peer = peers.open('exports_peer.py')
      try {
        const { ms: _, ...versions } = await peer.call('versions')
        const said = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
        const answers: Answer[] = []
        for (const one of exports) {
          answers.push(await drawOne(peer, one))
          if (answers.at(-1)?.refused) log(`  ${said[0]}: ${one.name}: ${answers.at(-1)?.refused}`)
        }
        return { versions: said.join(', '), answers }
      } finally {
        await peer.close()
      }
    }),
  )
}

async function drawOne(
  peer: Peer,
  { name, base, folder, files, words, format, prompt, pixels }: Exported,
): Promise<Answer> {
  const { steps, guidance } = EXPORT_REQUEST
  const noise = await firstNoise(base)
  const fields = { folder: base, path: folder, files, words, format, prompt, word: EXPORT_WORD, noise, steps, guidance }
  try {
    const { pixels: drawn, lost } = await peer.call('draw', fields)
    const levels = Uint8Array.from(drawn as number[])
    const error = levelError(
      pixels,
      Float32Array.from(levels, level => level / 127.5 - 1),
    )
    return { name, levels, refused: error <= 1 ? undefined : `${error} of 255 ${(lost as string[]).join(' ')}` }
  } catch (error) {
    return { name, levels: new Uint8Array(), refused: error instanceof Error ? error.message : String(error) }
  }
}

async function firstNoise(folder: string): Promise<number[]> {
  const base = await openBase(folder)
  const { scheduler, steps, guidance, seed } = EXPORT_REQUEST
  const plan = findScheduler(scheduler).plan(base.schedulerConfig, steps)
  const { x } = startRow(plan, seed, { scale: guidance, rescale: 0 }, elements(latentShape(base, 1, square(base.size))))
  return Array.from(x)
}
