/** Writes a base with an adapter's pairs or a delta added to its weights, as a model folder of its own. */
import { AppError, invariant } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import { assertApart, makeEmptyFolder, writeBase } from '../base/folder.ts'
import { readWeight } from '../base/weights.ts'
import { openSafetensors } from '../io/index.ts'
import { type Adapter, loadAdapter, type Manifest } from './adapter.ts'
import { isDelta, openDelta } from './delta.ts'
import { downName, type LowRankModule, moduleName, upName } from './pairs.ts'
import { product } from './small-matrix.ts'

/** How much weights change. */
interface Change {
  readonly manifest: Manifest
  /** The weights that change, `component.key`. */
  readonly names: readonly string[]
  read(name: string): Promise<Float32Array>
}

/**
 * Writes to `out`, a new or empty folder, the base with `path`, a delta or an adapter file, added `scale` times. Half
 * precision stays half, all else becomes single.
 * @throws AppError ADAPTER_INVALID, ADAPTER_MISMATCH, INPUT_INVALID for a folder in use, STORAGE_FAILED.
 */
export async function mergeAdapter(base: Base, path: string, out: string, scale = 1): Promise<Manifest> {
  await assertApart(out, { base: base.folder })
  const { manifest, names, read } = await openChange(base, path)
  const changed = new Set(names)
  const components = new Set(names.map(name => name.split('.')[0] ?? ''))
  await makeEmptyFolder(out)
  await writeBase(base, [...components], out, async name => {
    const weight = await readWeight(base, name)
    if (!changed.has(name)) return weight
    const change = await read(name)
    return weight.map((value, i) => value + scale * (change[i] ?? 0))
  })
  return manifest
}

const openChange = async (base: Base, path: string): Promise<Change> =>
  isDelta(await openSafetensors(path)) ? openDelta(path, base) : pairChange(path, await loadAdapter(path, base))

function pairChange(path: string, adapter: Adapter): Change {
  const { manifest, modules, tokens } = adapter
  if (tokens)
    throw new AppError(
      'ADAPTER_INVALID',
      `${path} holds vectors for the word ${tokens.placeholder}, which no weight of a base can hold`,
      modules.length > 0
        ? 'Split it first: semblance convert FILE --to diffusers --split --out FOLDER; then merge its pairs.'
        : 'Keep it beside the base: semblance generate takes both.',
    )
  const byName = new Map(modules.map(module => [`${moduleName(module)}.weight`, module]))
  return {
    manifest,
    names: [...byName.keys()],
    read: async name => {
      const module = byName.get(name)
      invariant(module, `${path} has no pair for ${name}`)
      return change(adapter, module)
    },
  }
}

/** `scale * up * down`, the change of the layer's weight. */
function change({ manifest, scale, tensors }: Adapter, module: LowRankModule): Float32Array {
  const [down, up] = [tensors.get(downName(module)), tensors.get(upName(module))]
  invariant(down && up, `the adapter has no pair for ${module.key}`)
  const { rank, out } = module
  const strength = manifest.scales?.[moduleName(module)] ?? scale
  const pair = [
    { rows: out, columns: rank, values: up },
    { rows: rank, columns: down.length / rank, values: down },
  ] as const
  return product(...pair).map(value => strength * value)
}
