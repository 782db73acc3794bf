/** What the caller of a personalization passes in. */
import type { OnWarning } from '../../warnings.ts'
import type { Adapter } from '../adapters/adapter.ts'
import type { Frame } from '../families/index.ts'
import type { PictureSize } from '../io/index.ts'
import type { Profile } from '../runtime/protocol.ts'
import type { CheckpointPlan, StepEvent } from '../training/objective.ts'

export interface Photo {
  /** `[3, height, width]` in -1..1. */
  readonly pixels: Float32Array
  /** Default the base's own square. */
  readonly size?: PictureSize | undefined
  /** Names the subject and whatever else is in the photo. */
  readonly caption: string
  /** Where the pixels come from, for families that are told; without it they count as the whole picture. */
  readonly frame?: Frame | undefined
}

export interface Subject {
  readonly photos: readonly Photo[]
  /** The words that mean the subject, e.g. "sks person"; kept in the manifest. */
  readonly subject: string
}

/** What describes a photo that nobody has described. */
export const plainCaption = (subject: string): string => `a photo of ${subject}`

export interface PersonalizeOptions {
  readonly method: string
  /** The method's own options, checked by its schema. */
  readonly options?: unknown
  readonly seed?: number | undefined
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly learningRate?: number | undefined
  readonly accumulate?: number | undefined
  readonly profile?: Profile | undefined
  /** Min-SNR gamma, 0 for plain loss. */
  readonly minSnrGamma?: number | undefined
  /** Noise offset: what is added to all of a channel's pixels alike, as a share of the noise; 0 for none. */
  readonly noiseOffset?: number | undefined
  readonly checkpoint?: CheckpointPlan | undefined
  /** Folder for what is made once and used by later trainings too: class images. */
  readonly cache?: string | undefined
  /** Bytes that training may take, default what the machine has: full weights that need more are refused. */
  readonly memory?: number | undefined
  /** Called while class images are drawn or found, before the first step. */
  readonly onClassImage?: ((event: { readonly done: number; readonly images: number }) => void) | undefined
  /** Called after every so many steps with what the training would return now, one adapter a subject; training waits for it. */
  readonly snapshot?:
    | { readonly every: number; take(step: number, adapters: readonly Adapter[]): Promise<void> }
    | undefined
  readonly signal?: AbortSignal | undefined
  /** What of the captions is not learned. */
  readonly onWarning?: OnWarning | undefined
  readonly onStep?: ((event: StepEvent) => void) | undefined
}
