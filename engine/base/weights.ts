/** Reads a base's own weights into a layout's flat buffer: where a training of all weights starts. */
import { open } from 'node:fs/promises'
import { invariant } from '../../errors.ts'
import { elements } from '../graph/graph.ts'
import { DTYPES, STORED } from '../io/safetensors/dtypes.ts'
import type { Layout } from '../runtime/layout.ts'
import type { Base } from './base.ts'

/** The values of every slot that is a weight of the base, `component.key`; other slots are zero. */
export async function readWeights(base: Base, { slots, total }: Layout): Promise<Float32Array> {
  const flat = new Float32Array(total)
  for (const { name, shape, offset } of slots) {
    if (!base.shapes.has(name)) continue
    const values = await readWeight(base, name)
    invariant(values.length === elements(shape), `${name} has ${values.length} values, not [${shape}]`)
    flat.set(values, offset)
  }
  return flat
}

/** One weight in single precision. */
export async function readWeight(base: Base, name: string): Promise<Float32Array> {
  const { path, offset, bytes, dtype } = base.locate(name)
  const convert = DTYPES[STORED[dtype as keyof typeof STORED]].toFloat32
  const raw = new Uint8Array(bytes)
  const file = await open(path)
  try {
    const { bytesRead } = await file.read(raw, 0, bytes, offset)
    invariant(convert && bytesRead === bytes, `${path} ended before ${name}`)
    return convert(raw)
  } finally {
    await file.close()
  }
}
