/** Encodes prompts to the text states that condition the network, with the adapters that change them. */
import { invariant } from '../../errors.ts'
import { type Adapter, placeholderTokenOf } from '../adapters/adapter.ts'
import { adapterBatch } from '../adapters/batch.ts'
import { type LowRankModule, lowRankHook } from '../adapters/pairs.ts'
import { embeddingHook, embeddingTensors, type TokenEmbeddings } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import type { ConditioningShapes } from '../families/index.ts'
import { promptInputs } from '../families/index.ts'
import { createGraph, elements } from '../graph/graph.ts'
import { encode, type Model } from '../graph/onnx.ts'
import { type Layout, tensorsOf } from '../runtime/layout.ts'
import type { Inline } from '../runtime/protocol.ts'
import { runOutputs } from '../runtime/run.ts'
import { type Conditioning, floats, type PipelineContext } from './context.ts'
import { emphasize, type PromptPart, parsePrompt } from './prompt.ts'
import type { LongPrompt } from './prompt-chunks.ts'
import { type PromptRows, promptFeeds, readChunks, readPrompt } from './prompt-feeds.ts'

export interface EncodeTextOptions {
  /** Read the weights of a prompt's parts, e.g. `(word:1.2)`; else brackets are text as any other. */
  readonly weights?: boolean | undefined
  /** Its pairs of the text encoders and its placeholder token. */
  readonly adapter?: Adapter | undefined
  /** Multiplies the pairs, default 1. */
  readonly adapterScale?: number | undefined
  /** Default `cut`, as captions are read. */
  readonly longPrompt?: LongPrompt | undefined
  /** Chunks that each prompt has at least; empty ones are added. Default 1. */
  readonly chunks?: number | undefined
}

/** What conditions the UNet beside the timestep, for texts of `chunks` runs of the text encoder. */
export const conditioningShapes = ({ family, configs, tokenizer }: Base, chunks: number): ConditioningShapes =>
  family.conditioningShapes(configs, chunks * tokenizer.maxLength)

/** The chunks of a prompt with weights. */
export const promptChunks = (
  base: Base,
  prompt: string,
  { adapter, longPrompt }: Pick<EncodeTextOptions, 'adapter' | 'longPrompt'>,
): number => rowsOf(base, parsePrompt(prompt), { adapter, longPrompt }).length

function rowsOf(
  base: Base,
  parts: readonly PromptPart[],
  { adapter, longPrompt = 'cut', chunks = 1 }: EncodeTextOptions,
): readonly PromptRows[] {
  const token = adapter?.tokens && placeholderTokenOf(adapter.tokens)
  const rows = longPrompt === 'cut' ? [readPrompt(base, parts, token)] : readChunks(base, parts, token)
  const empty = Array.from({ length: Math.max(0, chunks - rows.length) }, () => readPrompt(base, []))
  return [...rows, ...empty]
}

/** What conditions the UNet of each prompt: of all its chunks, and the pooled text of the first one. */
export async function encodeText(
  { base, device, session }: PipelineContext,
  prompts: readonly string[],
  { weights = false, ...adapted }: EncodeTextOptions = {},
): Promise<Conditioning[]> {
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
    const encoded: Conditioning[] = []
    for (const rows of rowsOf(base, parts, adapted)) {
      const text = await runOutputs(device, id, { ...promptFeeds(base, [rows]), ...own }, names)
      weighContext(base, text, rows)
      encoded.push(text)
    }
    results.push(joinChunks(encoded))
  }
  return results
}

function joinChunks(chunks: readonly Conditioning[]): Conditioning {
  const [first = {}] = chunks
  if (chunks.length === 1) return first
  const states = chunks.map(({ context }) => context ?? new Float32Array())
  const context = new Float32Array(states.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of states) {
    context.set(part, offset)
    offset += part.length
  }
  return { ...first, context }
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
export const zeroText = (like: Conditioning): Conditioning =>
  Object.fromEntries(Object.entries(like).map(([name, { length }]) => [name, new Float32Array(length)]))
