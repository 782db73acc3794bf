/**
 * Computes once what a personalization learns from: latents always, text states where no text encoder is in the
 * graph.
 */
import { AppError } from '../../errors.ts'
import type { OnWarning, Warning } from '../../warnings.ts'
import type { PlaceholderToken } from '../adapters/token-embeddings.ts'
import { type Frame, wholeFrame } from '../families/index.ts'
import { areaOf, type PictureSize, sizeText, square } from '../io/index.ts'
import type { AdapterPlan, Prior } from '../methods/index.ts'
import type { Pipeline } from '../pipeline/generate.ts'
import { readPrompt } from '../pipeline/prompt-feeds.ts'
import { captionWarnings } from '../pipeline/prompt-warnings.ts'
import type { Example, PriorExamples } from '../training/diffusion.ts'
import { classImages, type Moments } from './class-images.ts'
import { bucketsOf, trainsText } from './objective.ts'
import { type PersonalizeOptions, plainCaption, type Subject } from './request.ts'
import type { Personalization } from './settings.ts'

/** An image before its texts: where it lies in latent space, what it may be described with, where its pixels come from. */
interface Described {
  readonly moments: Moments
  readonly prompts: readonly string[]
  readonly frame?: Frame | undefined
  readonly size: PictureSize
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
  const described: Described[] = []
  for (const { pixels, caption, frame, size = square(base.size) } of photos) {
    if (pixels.length !== 3 * areaOf(size)) throw wrongPixels(pixels.length, size)
    const [moments] = await pipeline.encodeImages([pixels], size)
    if (moments) described.push({ moments, prompts: promptsOf(caption), frame, size })
  }
  return examplesOf(pipeline, plan, described, token)
}

const wrongPixels = (values: number, size: PictureSize): AppError =>
  new AppError(
    'INPUT_INVALID',
    `a photo has ${values} values, ${sizeText(size)} pixels have ${3 * areaOf(size)}`,
    'Give the size of its pixels with it.',
  )

/** The class images that train beside a subject's photos: of each size as large a share as of the photos. */
export async function priorExamples(
  pipeline: Pipeline,
  plan: AdapterPlan,
  prior: Prior,
  { photos, request }: { readonly photos: readonly Example[]; readonly request: PersonalizeOptions },
): Promise<PriorExamples> {
  const { cache, signal, onClassImage } = request
  const shares = bucketsOf(pipeline.base, photos).map(({ size, examples }) => {
    const images = Math.ceil((prior.images * examples.length) / photos.length)
    return { size, images }
  })
  const images = shares.reduce((sum, share) => sum + share.images, 0)
  const described: Described[] = []
  for (const { size, images: own } of shares) {
    const before = described.length
    const onImage = ({ done }: { readonly done: number }) => onClassImage?.({ done: before + done, images })
    const moments = await classImages(pipeline, { ...prior, images: own }, { cache, signal, size, onImage })
    described.push(...moments.map(one => ({ moments: one, prompts: [prior.prompt], size })))
  }
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
  const texts = inGraph
    ? []
    : await encodeEach(
        pipeline,
        images.map(({ prompts }) => prompts[0] ?? ''),
      )
  return images.map(({ moments, prompts, frame, size }, i) => ({
    ...moments,
    size,
    conditioning: { ...texts[i], ...base.family.describeFrame(frame ?? wholeFrame(size)) },
    ...(inGraph && { prompts: prompts.map(text => readPrompt(base, [{ text, weight: 1 }], token)) }),
  }))
}

/** Equal prompts are encoded once. */
async function encodeEach(pipeline: Pipeline, prompts: readonly string[]) {
  const distinct = [...new Set(prompts)]
  const states = await pipeline.encodeText(distinct)
  return prompts.map(prompt => states[distinct.indexOf(prompt)] ?? {})
}
