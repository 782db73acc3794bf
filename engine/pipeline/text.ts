/** Encodes prompts to the text states that condition the network, with the adapters that change them. */
import { invariant } from '../../errors.ts'
import { type Adapter, placeholderTokenOf } from '../adapters/adapter.ts'
import { adapterBatch } from '../adapters/batch.ts'
import { type LowRankModule, lowRankHook } from '../adapters/pairs.ts'
import { embeddingHook, embeddingTensors, type TokenEmbeddings } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import { promptInputs } from '../families/index.ts'
import { createGraph, elements } from '../graph/graph.ts'
import { encode, type Model } from '../graph/onnx.ts'
import { type Layout, tensorsOf } from '../runtime/layout.ts'
import type { Inline } from '../runtime/protocol.ts'
import { runOutputs } from '../runtime/run.ts'
import { type Conditioning, floats, type PipelineContext } from './context.ts'
import { emphasize, parsePrompt } from './prompt.ts'
import { type PromptRows, promptFeeds, readPrompt } from './prompt-feeds.ts'

export interface EncodeTextOptions {
  /** Read the weights of a prompt's parts, e.g. `(word:1.2)`; else brackets are text as any other. */
  readonly weights?: boolean | undefined
  /** Its pairs of the text encoders and its word. */
  readonly adapter?: Adapter | undefined
  /** Multiplies the pairs, default 1. */
  readonly adapterScale?: number | undefined
}

/** What conditions the UNet of each prompt. */
export async function encodeText(
  { base, device, session }: PipelineContext,
  prompts: readonly string[],
  { weights = false, ...adapted }: EncodeTextOptions = {},
) {
  const { layout, flat, modules } = adapterBatch([adapted], isText)
  const tokens = adapted.adapter?.tokens
  const id = await session(`text ${JSON.stringify([layout.slots, tokens?.embeddings])}`, () =>
    textModel(base, modules, tokens?.embeddings ?? []),
  )
  const own = { ...tensorFeeds(layout, flat), ...wordFeeds(adapted.adapter) }
  const names = textConditioning(base)
  const results: Conditioning[] = []
  for (const prompt of prompts) {
    const parts = weights ? parsePrompt(prompt) : [{ text: prompt, weight: 1 }]
    const rows = readPrompt(base, parts, tokens && placeholderTokenOf(tokens))
    const text = await runOutputs(device, id, { ...promptFeeds(base, [rows]), ...own }, names)
    weighContext(base, text, rows)
    results.push(text)
  }
  return results
}

const isText = (component: string): boolean => component !== 'unet'

/** Whether prompts mean something else with the adapter. */
export const changesText = ({ modules, tokens }: Adapter): boolean =>
  tokens !== undefined || modules.some(({ component }) => isText(component))

const NO_FRAME = { original: [0, 0], crop: [0, 0], target: [0, 0] } as const

/** The names of the conditioning that comes from the prompt. */
export const textConditioning = (base: Base): string[] =>
  Object.keys(base.conditioningShapes).filter(name => !Object.hasOwn(base.family.describeFrame(NO_FRAME), name))

function textModel(base: Base, modules: readonly LowRankModule[], embeddings: readonly TokenEmbeddings[]): Model {
  const graph = createGraph()
  const tokens = promptInputs(graph, base.configs, 1, base.tokenizer.maxLength)
  const options = { adapt: lowRankHook(graph, modules, { rows: 1 }), embed: embeddingHook(graph, embeddings, 1) }
  return encode({ ...base.family.encodePrompts(graph, base.configs, tokens, options) }, base.locate)
}

const tensorFeeds = (layout: Layout, flat: Float32Array): Record<string, Inline> =>
  Object.fromEntries([...tensorsOf(layout, flat)].map(([name, { data, shape }]) => [name, floats(data, shape)]))

const wordFeeds = (adapter: Adapter | undefined): Record<string, Inline> =>
  Object.fromEntries(
    embeddingTensors(adapter?.tokens?.embeddings ?? [], 1).map(({ name, shape }) => {
      const data = adapter?.tensors.get(name)
      invariant(data?.length === elements(shape), `the adapter has no ${name} of [${shape}]`)
      return [name, floats(data, shape)]
    }),
  )

/** The encoders' states lie side by side in the context, each weighed by its own tokenizer's places. */
function weighContext(base: Base, { context }: Conditioning, rows: PromptRows): void {
  invariant(context, 'the family encodes no context')
  const width = context.length / base.tokenizer.maxLength
  let from = 0
  base.configs.texts.forEach(({ config }, index) => {
    const to = from + config.hidden_size
    emphasize(context, width, rows[index]?.weights ?? new Float32Array(), { from, to })
    from = to
  })
}

/** The conditioning of the unconditional half of a family that wants zeros there. */
export const zeroText = (base: Base, like: Conditioning): Conditioning =>
  Object.fromEntries(
    Object.keys(like).map(name => [name, new Float32Array(elements(base.conditioningShapes[name] ?? []))]),
  )
