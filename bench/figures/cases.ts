/** cases.wrong: shared cases of outsiders that do not give their right value. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDevice } from '../../engine/index.ts'
import { CASES } from '../../measures/cases/index.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'cases.wrong', unit: 'cases', better: 'lower', floor: 0, goal: 0 }

export const cases: FigureSource = {
  names: [CLAIM.name],
  minutes: 3,
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'semblance-cases-'))
    const device = openDevice({ threads: 1 })
    const stage = { newFolder: () => mkdtemp(join(folder, 'case-')), device }
    const wrong: string[] = []
    try {
      for (const { name, check } of CASES) {
        const faults = await check(stage).catch((error: unknown) => [String(error)])
        if (faults.length > 0) wrong.push(`${name}: ${faults[0]}`)
      }
    } finally {
      await device.kill()
      await rm(folder, { recursive: true })
    }
    const note =
      wrong.join('; ') || 'adapter files, photos, captions, prompts, seeds, samplers, resume, model folders, tokenizers'
    return [measured(CLAIM, wrong.length, CASES.length, note)]
  },
}
