/** What a model family is: which pipeline classes it loads, its components, and what conditions its UNet. */
import { type Graph, input, type Shape, type Value } from '../graph/graph.ts'
import type { PictureSize } from '../io/index.ts'
import type { NetOptions } from '../nets/blocks.ts'
import type { ClipTextConfig } from '../nets/clip-text.ts'
import type { UnetConfig } from '../nets/unet/index.ts'
import type { VaeConfig } from '../nets/vae.ts'

/** One text encoder: its folder, the folder of its tokenizer, its config. */
export interface TextEncoder {
  readonly component: string
  readonly tokenizer: string
  readonly config: ClipTextConfig
}

/** The parsed configs of a model folder. */
export interface FamilyConfigs {
  readonly unet: UnetConfig
  /** In the order in which their states lie side by side in the context. */
  readonly texts: readonly [TextEncoder, ...TextEncoder[]]
  readonly vae: VaeConfig
  /** Without a negative prompt the unconditional half sees zeros, not the encoding of an empty text. */
  readonly zeroEmpty: boolean
}

/** A batch of prompts as one text encoder reads them. */
export interface PromptTokens {
  /** Token ids `[B, L]`, int64. */
  readonly ids: Value
  /** Each row's end token as an index into the flattened `[B*L]`, `[B]` int64: where the text is pooled. */
  readonly ends: Value
}

/** Where a picture comes from, in pixels `[height, width]`: its original's size, the crop's top left corner, the size it has now. */
export interface Frame {
  readonly original: readonly [number, number]
  readonly crop: readonly [number, number]
  readonly target: readonly [number, number]
}

/** A picture that was neither resized nor cropped. */
export const wholeFrame = ({ height, width }: PictureSize): Frame => ({
  original: [height, width],
  crop: [0, 0],
  target: [height, width],
})

/** What conditions the UNet beside the timestep, by name; every family has a `context` `[L, D]`, per row where batched. */
export type ConditioningShapes = Readonly<Record<string, Shape>>

export interface DenoiseInputs {
  /** `[B, C, h, w]` */
  readonly sample: Value
  /** `[B]` */
  readonly timesteps: Value
  /** One value `[B, ...]` for each of the family's `conditioningShapes`. */
  readonly conditioning: Readonly<Record<string, Value>>
}

export interface Family {
  readonly name: string
  /** `_class_name` values of model_index.json. */
  readonly pipelines: readonly string[]
  /** Folders that must be there with weights. */
  readonly components: readonly string[]
  /** Keys of scheduler_config.json that the pipeline of diffusers sets itself when it loads, whatever the file says. */
  readonly schedulerCorrections: Readonly<Record<string, number | boolean>>
  /** In words: which generation of the family it is, and by what. */
  describe(configs: FamilyConfigs): string
  /** @param index model_index.json as it is */
  readConfigs(json: (component: string) => unknown, index: Readonly<Record<string, unknown>>): FamilyConfigs
  /** All that `denoise` takes as conditioning, for texts of `length` tokens: shapes of one image. */
  conditioningShapes(configs: FamilyConfigs, length: number): ConditioningShapes
  /** The conditioning that comes from the prompt; `tokens` has one entry for each of `configs.texts`. */
  encodePrompts(
    graph: Graph,
    configs: FamilyConfigs,
    tokens: readonly PromptTokens[],
    options?: NetOptions,
  ): Readonly<Record<string, Value>>
  /** The conditioning that comes from the picture's frame. */
  describeFrame(frame: Frame): Readonly<Record<string, Float32Array>>
  /** The UNet's answer `[B, C, h, w]`. */
  denoise(graph: Graph, configs: FamilyConfigs, inputs: DenoiseInputs, options?: NetOptions): Value
}

/** Names of the graph inputs that hold the tokens of the text encoder at `index`. */
export const tokenNames = (index: number): { readonly ids: string; readonly ends: string } =>
  index === 0 ? { ids: 'ids', ends: 'ends' } : { ids: `ids_${index + 1}`, ends: `ends_${index + 1}` }

/** The graph inputs of a batch of prompts, one entry for each text encoder; what the family does not read stays out of the model. */
export const promptInputs = (graph: Graph, { texts }: FamilyConfigs, batch: number, length: number): PromptTokens[] =>
  texts.map((_, index) => {
    const names = tokenNames(index)
    return {
      ids: input(graph, names.ids, 'int64', [batch, length]),
      ends: input(graph, names.ends, 'int64', [batch]),
    }
  })

/** The graph inputs of a batch's conditioning, by its names. */
export const conditioningInputs = (graph: Graph, shapes: ConditioningShapes, batch: number): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, input(graph, name, 'float32', [batch, ...shape])]),
  )

export const describeText = ({ config }: TextEncoder): string =>
  `text encoder of ${config.num_hidden_layers} layers, ${config.hidden_size} wide (${config.hidden_act})`
