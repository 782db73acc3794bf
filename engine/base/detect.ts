/** Describes what a model folder holds and how its files are laid out. */
import { readlink } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { elements } from '../graph/graph.ts'
import { type ModelComponent, openModelFolder } from '../io/index.ts'
import { type Base, openBase } from './base.ts'
import { currentName } from './tensors.ts'

export interface Detected {
  readonly base: Base
  /** The generation of the family and what it was known by. */
  readonly architecture: string
  /** By component: parameters, files, dtypes, and old names that were read as today's. */
  readonly components: Readonly<Record<string, string>>
}

/**
 * @throws AppError MODEL_NOT_FOUND, MODEL_UNSUPPORTED with the reason, MODEL_INVALID, WEIGHTS_MISMATCH with the list.
 */
export async function detect(path: string): Promise<Detected> {
  const base = await openBase(path)
  const model = await openModelFolder(resolve(path))
  const components: Record<string, string> = {}
  for (const name of base.family.components) {
    const component = model.components.get(name)
    if (component) components[name] = await describeComponent(base, name, component)
  }
  return { base, architecture: base.family.describe(base.configs), components }
}

async function describeComponent(base: Base, name: string, { weights }: ModelComponent): Promise<string> {
  const parameters = [...base.shapes].reduce((sum, [key, s]) => sum + (key.startsWith(`${name}.`) ? elements(s) : 0), 0)
  const dtypes = [...new Set([...weights.tensors.values()].map(({ dtype }) => dtype))].join(' and ')
  const [first, ...more] = weights.files
  const links = await Promise.all(weights.files.map(({ path }) => readlink(path).catch(() => undefined)))
  const old = [...weights.tensors.keys()].filter(key => currentName(key) !== key)
  return [
    `${parameters} parameters`,
    `${dtypes} in ${more.length > 0 ? `${more.length + 1} shards` : basename(first?.path ?? '')}`,
    ...(links.some(Boolean) ? ['through links of a download cache'] : []),
    ...(old.length > 0 ? [`${old.length} tensors under older names, such as ${old[0]}`] : []),
  ].join(', ')
}
