/** The adapter of one row of what was trained: its pairs as they serve, whatever form they were learned in. */
import { invariant } from '../../errors.ts'
import type { Adapter, Manifest } from '../adapters/adapter.ts'
import { packLidb } from '../adapters/lidb.ts'
import { downName, upName } from '../adapters/pairs.ts'
import { embeddingTensors } from '../adapters/token-embeddings.ts'
import type { AdapterPlan } from '../methods/index.ts'
import { tensorsOf } from '../runtime/layout.ts'
import { formOf, planLayout } from './objective.ts'

/** @param flat the values of the plan's layout with `rows` rows */
export function takeRow(
  plan: AdapterPlan,
  manifest: Manifest,
  { flat, row, rows }: { readonly flat: Float32Array; readonly row: number; readonly rows: number },
): Adapter {
  const learned = new Map(
    [...tensorsOf(planLayout(plan, rows), flat)].map(([name, { data }]) => {
      const count = data.length / rows
      return [name, data.slice(row * count, (row + 1) * count)] as const
    }),
  )
  const { modules, scale, embeddings = [], lidb } = plan
  const { word } = manifest
  const learnedOf = (name: string): Float32Array => {
    const values = learned.get(name)
    invariant(values, `nothing was learned of ${name}`)
    return values
  }
  const tensors = new Map<string, Float32Array>()
  for (const module of modules) {
    const { down, up } = formOf(plan).expand(module, learnedOf)
    tensors.set(downName(module), down).set(upName(module), up)
  }
  for (const { name } of embeddingTensors(embeddings, 1)) tensors.set(name, learnedOf(name))
  return {
    manifest,
    modules,
    scale,
    ...(word && { tokens: { placeholder: word.placeholder, embeddings } }),
    ...(lidb && { packed: packLidb(modules, learnedOf) }),
    tensors,
  }
}
