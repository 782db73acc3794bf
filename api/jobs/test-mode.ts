/**
 * What test keys do: the same flow as with live ones, free of charge and on the smallest settings, so that a program can be tried from the
 * first photo to the last image in seconds. What they train stays apart from the adapters that people use.
 */
import type { GenerationInput } from '../../queue/index.ts'
import type { Warning } from '../../warnings.ts'
import type { Actor } from '../access/actor.ts'
import type { BaseModelRow } from '../rows.ts'

/** The most that a test key gets, whatever it asks for. */
export const TEST_LIMITS = { stepsPerTraining: 4, batch: 1, previews: 1, stepsPerImage: 2, pixels: 64 } as const

const { stepsPerTraining, previews, stepsPerImage, pixels } = TEST_LIMITS
export const TEST_WARNING: Warning = {
  code: 'TEST_SETTINGS',
  message: `made with a test key: at most ${stepsPerTraining} steps and ${previews} preview for a training, ${stepsPerImage} steps and ${pixels} pixels for an image, whatever was asked for`,
}

export const isTest = (actor: Actor): boolean => actor.kind === 'key' && actor.environment === 'test'

interface Sizes {
  readonly steps: number
  readonly batch: number
  readonly previewPrompts: readonly string[]
  readonly previewEvery: number
}

export const testPlan = <P extends Sizes>(plan: P): P => ({
  ...plan,
  steps: Math.min(plan.steps, TEST_LIMITS.stepsPerTraining),
  batch: TEST_LIMITS.batch,
  previewPrompts: plan.previewPrompts.slice(0, TEST_LIMITS.previews),
  previewEvery: Math.min(plan.previewEvery, TEST_LIMITS.stepsPerTraining),
})

/** A line of its own: `latest` of the adapter that people draw with never becomes a training of four steps. */
export const testAdapterName = (name: string): string => (name.endsWith(' (test)') ? name : `${name} (test)`)

/** The least multiple of what the base draws that has so many pixels. */
const testSide = (side: number, { sizeStep }: BaseModelRow): number =>
  Math.min(side, Math.ceil(TEST_LIMITS.pixels / sizeStep) * sizeStep)

export const testDrawing = (input: GenerationInput, base: BaseModelRow): GenerationInput => ({
  ...input,
  images: input.images.map(image => ({
    ...image,
    width: testSide(image.width, base),
    height: testSide(image.height, base),
    steps: Math.min(image.steps, TEST_LIMITS.stepsPerImage),
    // One step at least is taken of an image that is started from.
    ...(image.init ? { init: { ...image.init, strength: 1 } } : {}),
  })),
})
