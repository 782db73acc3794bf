/** The layers of the published models, derived from their configs: a file is matched with them when no base is given. */
import { type Target, targetOf } from './target.ts'

/** Sizes of a UNet (config.json of diffusers). */
interface UnetSizes {
  readonly channels: readonly number[]
  /** Transformer blocks of each attention by down block, from the first; 0 where there is none. */
  readonly depths: readonly number[]
  readonly midDepth: number
  readonly context: number
  /** proj_in and proj_out are linear, not 1x1 convolutions. */
  readonly linear: boolean
  /** Width of the added conditioning (SDXL: 2816). */
  readonly added?: number
}

/** Sizes of a CLIP text encoder. */
interface TextSizes {
  readonly width: number
  readonly layers: number
  readonly inner: number
  readonly projection?: number
}

export interface ModelSizes {
  readonly unet: UnetSizes
  readonly text: readonly TextSizes[]
}

const BLOCKS = { channels: [320, 640, 1280, 1280], depths: [1, 1, 1, 0], midDepth: 1 }
const CLIP_L: TextSizes = { width: 768, layers: 12, inner: 3072 }

const SIZES: Readonly<Record<'sd1' | 'sd2' | 'sdxl', ModelSizes>> = {
  sd1: { unet: { ...BLOCKS, context: 768, linear: false }, text: [CLIP_L] },
  sd2: { unet: { ...BLOCKS, context: 1024, linear: true }, text: [{ width: 1024, layers: 23, inner: 4096 }] },
  sdxl: {
    unet: { channels: [320, 640, 1280], depths: [0, 2, 10], midDepth: 10, context: 2048, linear: true, added: 2816 },
    text: [CLIP_L, { width: 1280, layers: 32, inner: 5120, projection: 1280 }],
  },
}

/** Layers per down block of all of them; up blocks have one more. */
const DEPTH = 2
const LATENTS = 4
const WORDS = 49408

type Shapes = Map<string, readonly number[]>
type Put = (key: string, ...shape: number[]) => void

/** The published models as targets, smallest first. */
export const publishedTargets = (): Target[] => Object.values(SIZES).map(sizes => targetOf(modelShapes(sizes)))

/** Shapes of all linear, convolution and table weights by `component.key.weight`. */
export function modelShapes({ unet, text }: ModelSizes): Shapes {
  const shapes: Shapes = new Map()
  const putIn =
    (component: string): Put =>
    (key, ...shape) =>
      void shapes.set(`${component}.${key}.weight`, shape)
  putUnet(putIn('unet'), unet)
  for (const [i, sizes] of text.entries()) putText(putIn(i === 0 ? 'text_encoder' : `text_encoder_${i + 1}`), sizes)
  return shapes
}

function putUnet(put: Put, sizes: UnetSizes): void {
  const { channels, depths, midDepth, added } = sizes
  const [first, last] = [channels[0] ?? 0, channels.at(-1) ?? 0]
  const emb = 4 * first
  put('conv_in', first, LATENTS, 3, 3)
  put('time_embedding.linear_1', emb, first)
  put('time_embedding.linear_2', emb, emb)
  if (added) put('add_embedding.linear_1', emb, added)
  if (added) put('add_embedding.linear_2', emb, emb)
  channels.forEach((out, i) => {
    const block = `down_blocks.${i}`
    for (let j = 0; j < DEPTH; j++) {
      putResnet(put, `${block}.resnets.${j}`, j === 0 ? (channels[i - 1] ?? first) : out, out, emb)
      putTransformer(put, `${block}.attentions.${j}`, out, depths[i] ?? 0, sizes)
    }
    if (i < channels.length - 1) put(`${block}.downsamplers.0.conv`, out, out, 3, 3)
  })
  for (const j of [0, 1]) putResnet(put, `mid_block.resnets.${j}`, last, last, emb)
  putTransformer(put, 'mid_block.attentions.0', last, midDepth, sizes)
  putUpBlocks(put, sizes, emb)
  put('conv_out', LATENTS, first, 3, 3)
}

function putUpBlocks(put: Put, sizes: UnetSizes, emb: number): void {
  const [channels, depths] = [sizes.channels.toReversed(), sizes.depths.toReversed()]
  channels.forEach((out, i) => {
    const block = `up_blocks.${i}`
    for (let j = 0; j <= DEPTH; j++) {
      const from = j === 0 ? (channels[i - 1] ?? out) : out
      const skip = j === DEPTH ? (channels[i + 1] ?? out) : out
      putResnet(put, `${block}.resnets.${j}`, from + skip, out, emb)
      putTransformer(put, `${block}.attentions.${j}`, out, depths[i] ?? 0, sizes)
    }
    if (i < channels.length - 1) put(`${block}.upsamplers.0.conv`, out, out, 3, 3)
  })
}

function putResnet(put: Put, key: string, from: number, out: number, emb: number): void {
  put(`${key}.conv1`, out, from, 3, 3)
  put(`${key}.time_emb_proj`, out, emb)
  put(`${key}.conv2`, out, out, 3, 3)
  if (from !== out) put(`${key}.conv_shortcut`, out, from, 1, 1)
}

function putTransformer(put: Put, key: string, c: number, depth: number, { context, linear }: UnetSizes): void {
  if (depth === 0) return
  const kernel = linear ? [] : [1, 1]
  put(`${key}.proj_in`, c, c, ...kernel)
  for (let k = 0; k < depth; k++) {
    const block = `${key}.transformer_blocks.${k}`
    for (const [name, width] of [['attn1', c] as const, ['attn2', context] as const]) {
      put(`${block}.${name}.to_q`, c, c)
      put(`${block}.${name}.to_k`, c, width)
      put(`${block}.${name}.to_v`, c, width)
      put(`${block}.${name}.to_out.0`, c, c)
    }
    put(`${block}.ff.net.0.proj`, 8 * c, c)
    put(`${block}.ff.net.2`, c, 4 * c)
  }
  put(`${key}.proj_out`, c, c, ...kernel)
}

function putText(put: Put, { width, layers, inner, projection }: TextSizes): void {
  put('text_model.embeddings.token_embedding', WORDS, width)
  for (let i = 0; i < layers; i++) {
    const layer = `text_model.encoder.layers.${i}`
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) put(`${layer}.self_attn.${name}`, width, width)
    put(`${layer}.mlp.fc1`, inner, width)
    put(`${layer}.mlp.fc2`, width, inner)
  }
  if (projection) put('text_projection', projection, width)
}
