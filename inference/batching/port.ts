/**
 * The seam between jobs and the device: a scheduler takes the rows of many jobs and decides which share a denoising call.
 * `whole.ts` draws whole batches; one that lets rows join and leave at every step has the same interface.
 */
import type { GeneratedImage, ImageRequest, PictureSize } from '../../engine/index.ts'

/** One image, its size settled, and what else decides with whom it may be drawn. */
export interface DrawRow extends ImageRequest, PictureSize {
  readonly height: number
  readonly width: number
  /** Chunks of its texts, default 1: only rows of one length can share a call. */
  readonly chunks?: number | undefined
}

/** The images of one job. */
export interface DrawRequest {
  /** Whose turn it takes. */
  readonly tenant: string
  /** Name of the base; only rows of one base, width and height can share a call. */
  readonly base: string
  readonly rows: readonly DrawRow[]
  /** Pixels of an image of the base's own size: a larger one takes the place of several in a batch. */
  readonly area: number
  /** The promise rejects at once; what is drawn for others goes on. */
  readonly signal: AbortSignal
  /** Row-steps done so far; the total is the sum of the rows' steps. Called first with 0, when drawing begins. */
  onSteps(done: number): void
}

export interface Scheduler {
  /**
   * In the order of the rows.
   * @throws AppError CANCELED after `signal` or `close`; what drawing these rows throws, never what other jobs' rows do.
   */
  draw(request: DrawRequest): Promise<GeneratedImage[]>
  /** Refuses what waits, lets the running call end. */
  close(): Promise<void>
}

/** Draws rows in one batch, as the engine's pipelines do. */
export type DrawRows = (
  base: string,
  rows: readonly ImageRequest[],
  options: {
    readonly signal: AbortSignal
    readonly onStep: (event: { step: number }) => void
  },
) => Promise<GeneratedImage[]>
