/**
 * Writes test/fixtures/exports/golden.safetensors: what the peers of both releases draw with every file that is exported, so that the tests
 * hold the files to it without Python. Run it when an export changes: `node tools/setup.mjs bench/record-exports.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDevice } from '../engine/index.ts'
import { type TensorData, writeSafetensors } from '../engine/io/index.ts'
import { EXPORT_GOLDEN, writeExports } from '../measures/engine/exports.ts'
import { drawExports } from './exports-peers.ts'
import { findPeers } from './peers.ts'

const RELEASES = ['newest', 'older'] as const

const device = openDevice({ threads: 1 })
const work = await mkdtemp(join(tmpdir(), 'semblance-exports-'))
try {
  const exports = await writeExports(device, work)
  const drawn = await drawExports(exports, RELEASES.map(findPeers), console.error)
  const refused = drawn.flatMap(({ answers }) => answers).filter(answer => answer.refused !== undefined)
  if (refused.length > 0) throw new Error(`${refused.length} files are refused or drawn otherwise; see above`)
  const images = drawn.flatMap(({ answers }, i) =>
    answers.map(({ name, levels }): [string, TensorData] => [
      `${name}.${RELEASES[i]}`,
      { dtype: 'U8', shape: [levels.length], data: levels },
    ]),
  )
  const digests = Object.fromEntries(exports.map(({ name, digest }) => [name, digest]))
  const versions = Object.fromEntries(drawn.map((one, i) => [RELEASES[i], one.versions]))
  await writeSafetensors(EXPORT_GOLDEN, new Map(images), {
    digests: JSON.stringify(digests),
    versions: JSON.stringify(versions),
  })
} finally {
  await device.kill()
  await rm(work, { recursive: true })
}
