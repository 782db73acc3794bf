/** What a model family is: which pipeline classes it loads, its components, and how its text conditions the UNet. */
import type { Graph, Value } from '../graph.ts'
import type { NetOptions } from '../nets/blocks.ts'
import type { ClipTextConfig } from '../nets/clip-text.ts'
import type { UnetConfig } from '../nets/unet/index.ts'
import type { VaeConfig } from '../nets/vae.ts'

/** The parsed configs of a model folder. */
export interface FamilyConfigs {
  readonly unet: UnetConfig
  readonly text: ClipTextConfig
  readonly vae: VaeConfig
}

export interface Family {
  readonly name: string
  /** `_class_name` values of model_index.json. */
  readonly pipelines: readonly string[]
  /** Folders that must be there with weights. */
  readonly components: readonly string[]
  readConfigs(json: (component: string) => unknown): FamilyConfigs
  /** The UNet's context `[B, L, D]` from token ids `[B, L]`. */
  context(graph: Graph, configs: FamilyConfigs, ids: Value, options?: NetOptions): Value
  /** The UNet's answer `[B, C, h, w]`. */
  denoise(graph: Graph, configs: FamilyConfigs, inputs: DenoiseInputs, options?: NetOptions): Value
}

export interface DenoiseInputs {
  readonly sample: Value
  readonly timesteps: Value
  readonly context: Value
}
