/** Learns subjects from photos: any method's adapter, one or several subjects in one batch, through the generic loop. */
import { AppError, invariant } from '../../errors.ts'
import type { Adapter } from '../adapters/adapter.ts'
import { findMethod } from '../methods/index.ts'
import type { Pipeline } from '../pipeline/generate.ts'
import type { PriorExamples } from '../training/diffusion.ts'
import { ADAMW_DEFAULTS } from '../training/optim/adamw.ts'
import { train } from '../training/train.ts'
import { photoExamples, priorExamples } from './examples.ts'
import { assertFits, distilledAdapter } from './full-weights.ts'
import { adapterObjective } from './objective.ts'
import { describeTraining, trainingIdentity } from './record.ts'
import type { PersonalizeOptions, Subject } from './request.ts'
import { type Personalization, readOptions, readSettings } from './settings.ts'
import { takeRow } from './take-row.ts'

export type { PersonalizeOptions, Photo, Subject } from './request.ts'

/** Learns one subject. See `personalizeAll`. */
export async function personalize(pipeline: Pipeline, subject: Subject, options: PersonalizeOptions): Promise<Adapter> {
  const [adapter] = await personalizeAll(pipeline, [subject], options)
  invariant(adapter, 'training gave no adapter')
  return adapter
}

/**
 * Learns several subjects in one batch, each with its own adapter row, gradient norm and random numbers.
 * @throws AppError INPUT_INVALID for unknown methods, options or missing photos, or several subjects where all weights train;
 * CANCELED; MEMORY_EXCEEDED.
 */
export async function personalizeAll(
  pipeline: Pipeline,
  subjects: readonly Subject[],
  request: PersonalizeOptions,
): Promise<Adapter[]> {
  const run = checkRequest(pipeline, subjects, request)
  const { plan, method, options, settings } = run
  const examples = await Promise.all(subjects.map(subject => photoExamples(pipeline, run, subject, request.onWarning)))
  const priors: (PriorExamples | undefined)[] = []
  for (const { subject } of subjects) {
    const prior = method.prior?.of(subject, options)
    const photos = examples[priors.length] ?? []
    priors.push(prior && (await priorExamples(pipeline, plan, prior, { photos, request })))
  }
  const training = { ...run, subjects: subjects.map(({ subject }) => subject), examples, priors }
  const objective = await adapterObjective(training)
  const identity = await trainingIdentity(run, subjects)
  const manifests = await Promise.all(subjects.map(subject => describeTraining(run, subject, identity)))
  const adaptersOf = async (flat: Float32Array, finished = false): Promise<Adapter[]> => {
    const [manifest] = manifests
    if (plan.weights && manifest)
      return [await distilledAdapter(pipeline, training, { objective, flat, manifest, finished })]
    return manifests.map((one, row) => takeRow(plan, one, { flat, row, rows: subjects.length }))
  }
  const { snapshot } = request
  const flat = await train(pipeline.device, objective, {
    steps: settings.steps,
    learningRate: settings.learningRate,
    schedule: 'cosine',
    warmup: Math.min(10, settings.steps >> 2),
    adamw: { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay },
    clip: 1,
    accumulate: settings.accumulate,
    profile: request.profile ?? (plan.weights ? 'full' : 'fast'),
    memory: request.memory,
    identity,
    checkpoint: request.checkpoint,
    snapshot: snapshot && {
      every: snapshot.every,
      take: async (step, now) => snapshot.take(step, await adaptersOf(now)),
    },
    signal: request.signal,
    onStep: request.onStep,
  })
  return adaptersOf(flat, true)
}

/** Checks all that can be checked before any work. */
function checkRequest({ base }: Pipeline, subjects: readonly Subject[], request: PersonalizeOptions): Personalization {
  const method = findMethod(request.method)
  const options = readOptions(method, request.options ?? {})
  const plan = method.plan(base, options)
  const settings = readSettings(method.defaults(base), request)
  for (const { subject } of subjects) method.assertSubject?.(base, subject)
  if (plan.weights && subjects.length > 1)
    throw new AppError(
      'INPUT_INVALID',
      `${method.name} learns one subject at a time, not ${subjects.length}`,
      'Train them one after the other.',
    )
  if (plan.weights) assertFits(method.name, plan.weights, { accumulate: settings.accumulate, memory: request.memory })
  return { base, method, options, settings, plan }
}
