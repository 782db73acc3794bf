/** formats.roundtrip: values that change on the way from every dialect of adapter files to every other, over all families. */
import { publishedTargets } from '../../adapters-store/formats/published.ts'
import type { AdapterRecord } from '../../adapters-store/index.ts'
import { drawPairs, drawTokens, LAYERS, roundtrips, SMALL_TARGETS } from '../../measures/engine/formats-roundtrip.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'formats.roundtrip', unit: 'mismatches', better: 'lower', floor: 0, goal: 0 }

/** All layers that are trained anywhere, and parts of them; embeddings of one row and of several. */
function* drawn(): Generator<{ record: AdapterRecord; target: ReturnType<typeof publishedTargets>[number] }> {
  for (const target of SMALL_TARGETS.values()) {
    for (const [i, layers] of Object.values(LAYERS).entries())
      for (const share of [1, 0.1]) yield { record: drawPairs(target, layers, 1000 * (i + 1), share), target }
  }
  for (const target of publishedTargets())
    for (const n of [1, 4])
      yield { record: drawTokens(target, '<me>', n, n), target: { ...target, fingerprint: async () => '0'.repeat(64) } }
}

async function run({ work, log }: BenchContext) {
  let [compared, ways] = [0, 0]
  const wrong: string[] = []
  for (const { record, target } of drawn()) {
    const results = await roundtrips(record, target, work)
    ways += results.length
    compared += results.length * (record.kind === 'pairs' ? record.pairs.length : record.vectors.size)
    for (const { from, to, mismatches } of results) wrong.push(...mismatches.map(name => `${from} -> ${to}: ${name}`))
  }
  for (const line of wrong.slice(0, 10)) log(`  ${line}`)
  const note = `${ways} ways between dialects, SD1, SD2 and SDXL; n: at most so many pairs and rows`
  return [measured(CLAIM, wrong.length, compared, note)]
}

export const formatsRoundtrip: FigureSource = { names: [CLAIM.name], minutes: 4, run }
