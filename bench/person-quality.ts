/** What a method carries of held-out persons of the demo base: learned from four photos, drawn in other scenes and outfits. */

import { nearness } from '../engine/evaluators/evaluator.ts'
import type { MetricNetworks } from '../engine/evaluators/portraits.ts'
import { type Adapter, type ImageRequest, METHODS, type Pipeline, personalize } from '../engine/index.ts'
import type { Portrait } from '../tools/portraits/attributes.ts'
import { OUTFIT_PHRASES, SCENE_PHRASES } from '../tools/portraits/captions.ts'
import { drawPortrait } from '../tools/portraits/draw.ts'
import { createPersonPortraits } from '../tools/portraits/person.ts'
import { GUIDANCE, planes } from './figures/base-quality.ts'

/** Training data draws other identity numbers. */
export const PERSONS: readonly number[] = Array.from({ length: 8 }, (_, i) => 987_650_000 + i * 7)

/** What a prompt asks for, and what belongs to the person alone. */
export const ASKED = ['scene', 'outfit', 'outfitColour', 'headwear', 'style'] as const
export const OWN = ['hairColour', 'hairStyle'] as const

/** Of four images. */
export interface Scores {
  /** Mean cosine to the four training photos. */
  readonly identity: number
  /** Attributes recognised as asked for, and as the person's own. */
  readonly asked: number
  readonly own: number
}

export interface PersonScores {
  /** Images of "a person" by the base alone. */
  readonly base: Scores
  readonly adapted: Scores
  /** Four other photos of the person: as good as it gets. */
  readonly photos: Scores
  readonly seconds: number
  readonly adapter: Adapter
}

const caption = ({ outfit, outfitColour, scene }: Portrait, who: string): string =>
  `a photo of ${who} in a ${outfitColour} ${OUTFIT_PHRASES[outfit]} ${SCENE_PHRASES[scene]}`

/** A method that learns a word wants a new one. */
const wordsOf = (method: string): { subject: string; prompt: string } =>
  METHODS[method]?.token ? { subject: '<me> person', prompt: '<me>' } : { subject: 'sks person', prompt: 'sks person' }

/** What a method learned of a person, and what its images are compared with. */
export interface LearnedPerson {
  readonly adapter: Adapter
  /** Wall time of the training. */
  readonly seconds: number
  /** The words that mean the person. */
  readonly prompt: string
  /** The photos that trained, and others. */
  readonly training: readonly Float32Array[]
  readonly others: readonly Float32Array[]
  /** What the others show, which is what is drawn. */
  readonly wanted: readonly Portrait[]
}

interface Learning {
  readonly method: string
  readonly cache: string
  /** The method's own options. */
  readonly options?: Record<string, unknown>
}

/** Photos 1-4 train; photos 5-8 (other scenes and outfits) say what the same person looks like, and what is asked for. */
export async function learnPerson(
  pipeline: Pipeline,
  identity: number,
  { method, cache, options = {} }: Learning,
): Promise<LearnedPerson> {
  const portraits = createPersonPortraits(identity, 8, 0)
  const photos = portraits.map(portrait => planes(drawPortrait(portrait)))
  const training = photos.slice(0, 4)
  const { subject, prompt } = wordsOf(method)
  const start = performance.now()
  const described = training.map((pixels, i) => ({ pixels, caption: caption(portraits[i] as Portrait, prompt) }))
  const given = { method, seed: identity, cache, options }
  const adapter = await personalize(pipeline, { photos: described, subject }, given)
  const seconds = (performance.now() - start) / 1000
  return { adapter, seconds, prompt, training, others: photos.slice(4), wanted: portraits.slice(4) }
}

/** Images of what is wanted, of `who`, with the adapter or without. */
export async function drawPerson(
  pipeline: Pipeline,
  { wanted }: LearnedPerson,
  who: string,
  own: Pick<ImageRequest, 'adapter' | 'adapterIn'> = {},
): Promise<Float32Array[]> {
  const requests = wanted.map((portrait, i) => ({
    ...{ prompt: caption(portrait, who), seed: i + 1, guidance: GUIDANCE },
    ...own,
  }))
  return (await pipeline.generate(requests)).map(({ pixels }) => pixels)
}

export const scorePictures = (
  metrics: MetricNetworks,
  { wanted, training }: LearnedPerson,
  images: readonly Float32Array[],
) => scoreImages(metrics, images, wanted, training)

export async function scorePerson(
  pipeline: Pipeline,
  metrics: MetricNetworks,
  identity: number,
  learning: Learning,
): Promise<PersonScores> {
  const person = await learnPerson(pipeline, identity, learning)
  const { adapter, seconds, prompt, others } = person
  return {
    base: await scorePictures(metrics, person, await drawPerson(pipeline, person, 'a person')),
    adapted: await scorePictures(metrics, person, await drawPerson(pipeline, person, prompt, { adapter })),
    photos: await scorePictures(metrics, person, others),
    seconds,
    adapter,
  }
}

async function scoreImages(
  metrics: MetricNetworks,
  images: readonly Float32Array[],
  wanted: readonly Portrait[],
  photos: readonly Float32Array[],
): Promise<Scores> {
  const codes = await Promise.all(images.map(metrics.identity))
  const own = await Promise.all(photos.map(metrics.identity))
  const found = await Promise.all(images.map(metrics.attributes))
  const count = (names: readonly (keyof Portrait)[]) =>
    found.reduce((sum, one, i) => sum + names.filter(name => one[name] === wanted[i]?.[name]).length, 0)
  return {
    identity: nearness(codes, own),
    asked: count(ASKED),
    own: count(OWN),
  }
}
