/** What a training will be: its input with every default filled in, checked before anything is stored or paid for. */
import { z } from 'zod'
import { type Base, defaultCrop, findMethod, METHODS, plainCaption, readOptions } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import type { TrainingInput } from '../../queue/index.ts'
import { check, validationFault } from '../faults.ts'
import type { EstimateTrainingInput, StartTrainingInput } from '../generated/schema.ts'
import { keyOf } from '../graphql/global-id.ts'
import { TEST_LIMITS, testAdapterName } from '../jobs/test-mode.ts'
import type { BaseModelRow, PhotoRow, SubjectRow } from '../rows.ts'
import { LIMITS } from '../service/limits.ts'

const settings = z.object({
  method: z.enum(Object.keys(METHODS)),
  options: z.record(z.string(), z.json()).nullish(),
  steps: z.int().min(1).max(LIMITS.stepsPerTraining).nullish(),
  batch: z.int().min(1).max(64).nullish(),
  learningRate: z.number().positive().max(1).nullish(),
  previewPrompts: z.array(z.string().trim().min(1).max(1000)).max(4).nullish(),
  previewEvery: z.int().min(1),
})
const startOnly = z.object({
  token: z.string().regex(/^[\p{L}\p{N}<>_-]{1,50}$/u, 'give one word of 1 to 50 letters or digits'),
  checkpointEvery: z.int().min(1),
  adapterName: z.string().trim().min(1).max(100).nullish(),
  crop: z.enum(['ASPECT', 'SQUARE']).nullish(),
})

const CROPS = { ASPECT: 'aspect', SQUARE: 'square' } as const

export interface Plan {
  readonly method: string
  readonly options: Record<string, z.core.util.JSONType>
  readonly steps: number
  readonly batch: number
  readonly learningRate: number
  readonly previewPrompts: readonly string[]
  readonly previewEvery: number
}

/** @throws UserFault INVALID naming the field and what is allowed. */
export function planTraining(input: EstimateTrainingInput | StartTrainingInput, base: BaseModelRow): Plan {
  const given = check(settings, input)
  const method = findMethod(given.method)
  // A method's defaults depend on the size of the base alone.
  const defaults = method.defaults({ layers: { parameters: Number(base.parameters) } } as Base)
  return {
    method: method.name,
    options: optionsOf(given.method, given.options ?? {}),
    steps: given.steps ?? defaults.steps,
    batch: given.batch ?? defaults.batch,
    learningRate: given.learningRate ?? defaults.learningRate,
    previewPrompts: given.previewPrompts ?? [],
    previewEvery: given.previewEvery,
  }
}

function optionsOf(method: string, given: unknown): Plan['options'] {
  try {
    return readOptions(findMethod(method), given) as Plan['options']
  } catch (error) {
    if (error instanceof AppError) throw validationFault('INVALID', 'options', `${error.message}. ${error.next}`)
    throw error
  }
}

/** The job's input. */
export function trainingInput(
  plan: Plan,
  input: StartTrainingInput,
  base: BaseModelRow,
  subject: SubjectRow,
  photos: readonly PhotoRow[],
  forTest: boolean,
): TrainingInput {
  const { token, checkpointEvery, adapterName, crop } = check(startOnly, input)
  const name = adapterName ?? subject.name
  const phrase = `${token} ${subject.classNoun}`
  const captions = captionsOf(input, photos)
  return {
    base: base.name,
    crop: crop ? CROPS[crop] : defaultCrop({ layers: { parameters: Number(base.parameters) } } as Base),
    subject: phrase,
    classNoun: subject.classNoun,
    adapterName: forTest ? testAdapterName(name) : name,
    ...plan,
    previewPrompts: [...plan.previewPrompts],
    ...(forTest ? { previewSteps: TEST_LIMITS.stepsPerImage } : {}),
    seed: input.seed ?? 0,
    checkpointEvery,
    photos: photos.map(({ id, sha256 }) => ({
      sha256: sha256 ?? '',
      caption: captions.get(id) ?? plainCaption(phrase),
    })),
  }
}

const captionText = z.string().trim().min(1).max(1000)

/** @throws UserFault for captions of photos that are not in the set or were not accepted. */
function captionsOf({ captions }: StartTrainingInput, photos: readonly PhotoRow[]): ReadonlyMap<string, string> {
  const ids = new Set(photos.map(({ id }) => id))
  const known = (captions ?? []).map(({ photoId, text }, i): [string, string] => {
    const id = keyOf(photoId, 'Photo')
    const path = ['captions', i, 'photoId'].map(String).join('.')
    if (id === undefined || !ids.has(id))
      throw validationFault('INVALID', ['captions', i, 'photoId'], `${path} is not an accepted photo of the set`)
    const parsed = captionText.safeParse(text)
    if (!parsed.success) throw validationFault('INVALID', ['captions', i, 'text'], 'a caption has 1 to 1000 characters')
    return [id, parsed.data]
  })
  return new Map(known)
}
