/**
 * Computes once what a personalization learns from: latents always, text states where no text encoder is in the
 * graph.
 */
import { AppError } from '../../errors.ts'
import type { OnWarning, Warning } from '../../warnings.ts'
import type { PlaceholderToken } from '../adapters/token-embeddings.ts'
import { type Frame, wholeFrame } from '../families/index.ts'
import { square } from '../io/index.ts'
import type { AdapterPlan, Prior } from '../methods/index.ts'
import type { Pipeline } from '../pipeline/generate.ts'
import { readPrompt } from '../pipeline/prompt-feeds.ts'
import { captionWarnings } from '../pipeline/prompt-warnings.ts'
import type { Example, PriorExamples } from '../training/diffusion.ts'
import { classImages, type Moments } from './class-images.ts'
import { trainsText } from './objective.ts'
import { type PersonalizeOptions, plainCaption, type Subject } from './request.ts'
import type { Personalization } from './settings.ts'

/** An image before its texts: where it lies in latent space, what it may be described with, where its pixels come from. */
interface Described {
  readonly moments: Moments
  readonly prompts: readonly string[]
  readonly frame?: Frame | undefined
}

const captionsUnused = (method: string, count: number): Warning => ({
  code: 'CAPTION_UNUSED',
  message: `the captions of ${count} photos are not used: ${method} describes photos by its templates; with templates "captions" it reads them`,
})

/** The examples of one subject's photos. */
export async function photoExamples(
  pipeline: Pipeline,
  run: Personalization,
  { photos, subject }: Subject,
  onWarning: OnWarning = () => undefined,
): Promise<Example[]> {
  if (photos.length === 0) throw new AppError('INPUT_INVALID', 'no photos to learn from', 'Give at least one photo.')
  const { base, method, options, plan } = run
  const placeholder = method.token?.placeholder(base, subject, options)
  const token = placeholder === undefined ? undefined : { placeholder, count: plan.embeddings?.[0]?.count ?? 0 }
  const promptsOf = (caption: string) =>
    (token && method.token?.prompts({ ...token, subject, caption }, options)) ?? [caption]
  const unused = photos.filter(
    ({ caption }) => caption !== plainCaption(subject) && !promptsOf(caption).includes(caption),
  )
  if (unused.length > 0) onWarning(captionsUnused(method.name, unused.length))
  for (const warning of captionWarnings(
    base,
    photos.flatMap(({ caption }) => promptsOf(caption)),
    token,
  ))
    onWarning(warning)
  const moments = await pipeline.encodeImages(
    photos.map(photo => photo.pixels),
    square(base.size),
  )
  const described = photos.flatMap(({ caption, frame }, i) => {
    const moment = moments[i]
    return moment ? [{ moments: moment, prompts: promptsOf(caption), frame }] : []
  })
  return examplesOf(pipeline, plan, described, token)
}

/** The class images that train beside a subject's photos. */
export async function priorExamples(
  pipeline: Pipeline,
  plan: AdapterPlan,
  prior: Prior,
  request: PersonalizeOptions,
): Promise<PriorExamples> {
  const { cache, signal, onClassImage: onImage } = request
  const moments = await classImages(pipeline, prior, { cache, signal, onImage })
  const described = moments.map(one => ({ moments: one, prompts: [prior.prompt] }))
  return { examples: await examplesOf(pipeline, plan, described), weight: prior.weight }
}

async function examplesOf(
  pipeline: Pipeline,
  plan: AdapterPlan,
  images: readonly Described[],
  token?: PlaceholderToken,
): Promise<Example[]> {
  const { base } = pipeline
  const inGraph = trainsText(plan)
  const whole = wholeFrame(square(base.size))
  const texts = inGraph
    ? []
    : await encodeEach(
        pipeline,
        images.map(({ prompts }) => prompts[0] ?? ''),
      )
  return images.map(({ moments, prompts, frame }, i) => ({
    ...moments,
    conditioning: { ...texts[i], ...base.family.describeFrame(frame ?? whole) },
    ...(inGraph && { prompts: prompts.map(text => readPrompt(base, [{ text, weight: 1 }], token)) }),
  }))
}

/** Equal prompts are encoded once. */
async function encodeEach(pipeline: Pipeline, prompts: readonly string[]) {
  const distinct = [...new Set(prompts)]
  const states = await pipeline.encodeText(distinct)
  return prompts.map(prompt => states[distinct.indexOf(prompt)] ?? {})
}
