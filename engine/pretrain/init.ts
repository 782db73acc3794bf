/** Initial weights from a seed, as the torch scripts of the demo base draw them: a table of rules on parameter names. */
import { elements, type Shape } from '../graph/graph.ts'
import { normals, uniforms } from '../noise.ts'

export interface InitTensor {
  /** `component.key`. */
  readonly name: string
  readonly shape: Shape
  /** Shape of the weight that a bias belongs to. */
  readonly weight: Shape
  /** Layers and width of the text encoder. */
  readonly text: { readonly layers: number; readonly width: number }
}

interface Draw {
  readonly kind: 'constant' | 'uniform' | 'normal'
  /** The constant, the bound, or the standard deviation. */
  readonly value: number
}

const constant = (value: number): Draw => ({ kind: 'constant', value })
const normal = (value: number): Draw => ({ kind: 'normal', value })
const uniform = (value: number): Draw => ({ kind: 'uniform', value })
const fanIn = (shape: Shape): number => elements(shape) / (shape[0] ?? 1)

type Rule = readonly [pattern: RegExp, draw: (tensor: InitTensor) => Draw]

/** The first rule that fits. */
const RULES: readonly Rule[] = [
  [/norm\w*\.(\d+\.)?weight$/, () => constant(1)],
  [/norm\w*\.(\d+\.)?bias$/, () => constant(0)],
  // transformers' CLIPPreTrainedModel, but for wider embeddings: with 0.02 the prompt has no effect for long.
  [/^text_encoder.*token_embedding/, () => normal(0.3)],
  [/^text_encoder.*position_embedding/, () => normal(0.1)],
  [/^text_encoder.*\.bias$/, () => constant(0)],
  [/^text_encoder.*\.([qkv]_proj|fc2)\.weight$/, ({ text }) => normal((text.width * 2 * text.layers) ** -0.5)],
  [/^text_encoder.*\.out_proj\.weight$/, ({ text }) => normal(text.width ** -0.5)],
  [/^text_encoder.*\.fc1\.weight$/, ({ text }) => normal((2 * text.width) ** -0.5)],
  // A residual block of the autoencoder starts as its shortcut.
  [/^vae.*\.conv2\.weight$/, () => constant(0)],
  // torch's default for linear and convolution layers, weight and bias.
  [/./, ({ weight }) => uniform(fanIn(weight) ** -0.5)],
]

const WIDE = 2 ** 40

/** The initial values of the `index`-th tensor. */
export function initialTensor(tensor: InitTensor, seed: number, index: number): Float32Array {
  const rule = RULES.find(([pattern]) => pattern.test(tensor.name))
  const { kind, value } = rule?.[1](tensor) ?? constant(0)
  const count = elements(tensor.shape)
  if (kind === 'constant') return new Float32Array(count).fill(value)
  if (kind === 'normal') return normals(seed, WIDE + index, count).map(x => x * value)
  return quiet(
    tensor,
    uniforms(seed, WIDE + index, count).map(x => (2 * x - 1) * value),
  )
}

const SMALL_VARIANCE = -5

/** The log-variance half of the autoencoder's last encoder layer starts near -5: the decoder sees little noise. */
function quiet({ name }: InitTensor, values: Float32Array): Float32Array {
  if (!/^vae\.quant_conv\./.test(name)) return values
  const half = values.length / 2
  return values.map((x, i) => (i < half ? x : name.endsWith('bias') ? SMALL_VARIANCE : 0.05 * x))
}
