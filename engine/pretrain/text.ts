/**
 * Pre-training of the text encoder before it joins the UNet: from the end token and every padding position a linear head
 * predicts the bag of the caption's words and of its adjacent word pairs. The head is thrown away.
 */
import { invariant } from '../../errors.ts'
import { promptInputs } from '../families/index.ts'
import { createGraph, input, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import type { Dataset } from '../io/images/dataset.ts'
import type { Tokenizer } from '../io/index.ts'
import { uniforms } from '../noise.ts'
import type { Inline } from '../runtime/protocol.ts'
import { drawCaptions, drawPictures, fullTraining, type PretrainContext, type PretrainPart, stream } from './part.ts'

const DROPPED = 0.05
/** Caption variants of each picture that the features are collected from. */
const SCANNED = 3
/** The most frequent words and pairs are predicted. */
const MAX_FEATURES = 4096

/** Token ids and adjacent pairs of a caption, as keys. */
function featuresOf(ids: readonly number[]): string[] {
  return [...ids.map(String), ...ids.slice(1).map((id, i) => `${ids[i]} ${id}`)]
}

/** The place of each feature in the head's output. */
export function collectFeatures(dataset: Dataset, tokenizer: Tokenizer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (let picture = 0; picture < dataset.count; picture++)
    for (const caption of dataset.captions(picture).slice(0, SCANNED))
      for (const feature of featuresOf(wordsOf(tokenizer, caption))) counts.set(feature, (counts.get(feature) ?? 0) + 1)
  const common = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, MAX_FEATURES)
  return new Map(common.map(([feature], place) => [feature, place]))
}

/** As many of a caption's tokens as the encoder sees. */
const wordsOf = (tokenizer: Tokenizer, caption: string): number[] =>
  tokenizer.tokens(caption).slice(0, tokenizer.maxLength - 2)

/** Binary cross-entropy from logits, summed over the features, averaged over the positions that `mask` marks with 1. */
function bagLoss(logits: Value, wanted: Value, mask: Value): Value {
  const entropy = op.sub(op.softplus(logits), op.mul(logits, wanted))
  const perPosition = op.mul(op.reduceSum(entropy, [2]), mask)
  return op.div(op.reduceSum(perPosition, [0, 1]), op.reduceSum(mask, [0, 1]))
}

function textTraining({ base, batch }: PretrainContext, features: number) {
  const graph = createGraph()
  const { options, trainable, trainables, layout } = fullTraining(graph)
  const length = base.tokenizer.maxLength
  const tokens = promptInputs(graph, base.configs, batch, length)
  const { context: states } = base.family.encodePrompts(graph, base.configs, tokens, options)
  invariant(states, 'the family encodes no context')
  const width = base.configs.texts[0].config.hidden_size
  const weight = trainable('head.weight', [features, width])
  const bias = trainable('head.bias', [features])
  const logits = op.gemm(op.reshape(states, [batch * length, width]), weight, { transB: true, bias })
  const wanted = input(graph, 'wanted', 'float32', [batch, 1, features])
  const mask = input(graph, 'mask', 'float32', [batch, length])
  const losses = bagLoss(op.reshape(logits, [batch, length, features]), wanted, mask)
  return { losses, trainables: trainables(), layout: layout() }
}

function bagFeeds(tokenizer: Tokenizer, features: ReadonlyMap<string, number>, captions: readonly string[]) {
  const length = tokenizer.maxLength
  const [ids, mask] = [new BigInt64Array(captions.length * length), new Float32Array(captions.length * length)]
  const wanted = new Float32Array(captions.length * features.size)
  captions.forEach((caption, row) => {
    ids.set(BigInt64Array.from(tokenizer.encode(caption), BigInt), row * length)
    const words = wordsOf(tokenizer, caption)
    mask.fill(1, row * length + words.length + 1, (row + 1) * length)
    for (const feature of featuresOf(words)) {
      const place = features.get(feature)
      if (place !== undefined) wanted[row * features.size + place] = 1
    }
  })
  return {
    ids: { data: ids, dtype: 'int64', shape: [captions.length, length] },
    mask: { data: mask, dtype: 'float32', shape: [captions.length, length] },
    wanted: { data: wanted, dtype: 'float32', shape: [captions.length, 1, features.size] },
  } satisfies Record<string, Inline>
}

export const textPart: PretrainPart = {
  components: ['text_encoder'],
  captions: true,
  settings: {
    steps: 3000,
    batch: 64,
    learningRate: 1e-3,
    beta2: 0.999,
    weightDecay: 0.01,
    warmup: 100,
    decay: 0.4,
    ema: 0,
  },
  build(context) {
    const { base, batch, dataset, seed } = context
    const features = collectFeatures(dataset, base.tokenizer)
    return {
      ...textTraining(context, features.size),
      feeds: step => {
        const drops = uniforms(seed, stream('drop', step), batch)
        const captions = drawCaptions(context, step, drawPictures(context, step))
        return bagFeeds(
          base.tokenizer,
          features,
          captions.map((text, row) => ((drops[row] ?? 1) < DROPPED ? '' : text)),
        )
      },
    }
  },
}
