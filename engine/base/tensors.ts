/**
 * Matches the tensors of a model folder with those its networks ask for, under every name that exports have used over
 * the years.
 */
import { AppError, invariant } from '../../errors.ts'
import type { Shape } from '../graph/graph.ts'
import type { TensorLocation } from '../graph/onnx.ts'
import { assertTensors, type ModelFolder, type WeightInfo } from '../io/index.ts'

/** An int64 buffer of old exports; carries no weights. */
const IGNORED = [/position_ids$/]

/** Names that some exports use for the same tensors: newer transformers drop the prefix, old diffusers named attention otherwise. */
const RENAMED: readonly (readonly [RegExp, string])[] = [
  [/^(embeddings|encoder\.layers|final_layer_norm)\./, 'text_model.$1.'],
  [/(\.attentions\.0)\.query\./, '$1.to_q.'],
  [/(\.attentions\.0)\.key\./, '$1.to_k.'],
  [/(\.attentions\.0)\.value\./, '$1.to_v.'],
  [/(\.attentions\.0)\.proj_attn\./, '$1.to_out.0.'],
]

export const currentName = (key: string): string => RENAMED.reduce((name, [from, to]) => name.replace(from, to), key)

type Tensors = ReadonlyMap<string, WeightInfo>

/**
 * The tensors of every component by `component.key`.
 * @throws AppError WEIGHTS_MISMATCH with the list, MODEL_INVALID for a component without weights.
 */
export function matchTensors(model: ModelFolder, components: readonly string[], shapes: ReadonlyMap<string, Shape>) {
  const tensors = new Map<string, WeightInfo>()
  for (const component of components)
    for (const [key, tensor] of matchComponent(model, component, shapes)) tensors.set(`${component}.${key}`, tensor)
  return tensors
}

function matchComponent(model: ModelFolder, component: string, shapes: ReadonlyMap<string, Shape>): Tensors {
  const weights = model.components.get(component)?.weights
  if (!weights)
    throw new AppError(
      'MODEL_INVALID',
      `${model.path} has no ${component} weights`,
      'Fetch the whole model folder again.',
    )
  const expected = new Map(
    [...shapes].flatMap(([name, shape]) =>
      name.startsWith(`${component}.`) ? [[name.slice(component.length + 1), shape] as const] : [],
    ),
  )
  const tensors = new Map<string, WeightInfo>()
  for (const [stored, tensor] of weights.tensors) {
    const key = currentName(stored)
    tensors.set(key, reshaped(tensor, expected.get(key)))
  }
  assertTensors(expected, { tensors }, IGNORED, `the weights of ${component}`)
  return tensors
}

/** A linear layer may be stored as the 1x1 convolution that it equals, and the other way round: the bytes are the same. */
function reshaped(tensor: WeightInfo, expected: Shape | undefined): WeightInfo {
  const sides = ({ length }: Shape) => length === 2 || length === 4
  if (!expected || !sides(expected) || !sides(tensor.shape)) return tensor
  const [short, long] = [expected, tensor.shape].sort((a, b) => a.length - b.length) as [Shape, Shape]
  return String(long) === String([...short, 1, 1]) ? { ...tensor, shape: expected } : tensor
}

const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const

/** @throws AppError MODEL_UNSUPPORTED for a tensor that is not F32, F16 or BF16. */
export function locateTensor(folder: string, tensor: WeightInfo | undefined, name: string): TensorLocation {
  invariant(tensor, `${folder} has no tensor ${name}`)
  const dtype = DTYPES[tensor.dtype as keyof typeof DTYPES]
  if (dtype) return { path: tensor.path, offset: tensor.offset, bytes: tensor.bytes, dtype }
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `tensor ${name} is stored as ${tensor.dtype}`,
    'Convert the weights to F32, F16 or BF16.',
  )
}
