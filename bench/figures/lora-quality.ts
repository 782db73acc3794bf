/** What a LoRA of four photos carries: the person's identity in new scenes, without losing what the prompt asks for. */
import { join } from 'node:path'
import { type Adapter, openBase, openDevice, openPipeline, type Pipeline, personalize } from '../../engine/index.ts'
import type { Portrait } from '../../tools/portraits/attributes.ts'
import { OUTFIT_PHRASES, SCENE_PHRASES } from '../../tools/portraits/captions.ts'
import { drawPortrait } from '../../tools/portraits/draw.ts'
import { createPersonPortraits } from '../../tools/portraits/person.ts'
import { type BenchContext, type Claim, type Figure, measured, onDemoBase } from '../figure.ts'
import { cosine, type MetricNetworks, openMetrics } from '../metric-network.ts'
import { mean, meanInterval } from '../statistics.ts'
import { GUIDANCE, planes, recognised } from './base-quality.ts'

/** Held-out persons: training data draws other identity numbers. */
const PERSONS = Array.from({ length: 8 }, (_, i) => 987_650_000 + i * 7)
const CLAIMS = {
  identity: { name: 'lora.identity', unit: 'share', better: 'higher', floor: 0.5, goal: 0.8 },
  attributes: { name: 'lora.attributes', unit: 'ratio', better: 'higher', floor: 0.9, goal: null },
} as const satisfies Record<string, Claim>

const caption = ({ outfit, outfitColour, scene }: Portrait, who: string): string =>
  `a photo of ${who} in a ${outfitColour} ${OUTFIT_PHRASES[outfit]} ${SCENE_PHRASES[scene]}`

interface PersonResult {
  /** Mean similarity to the training photos of: base images, adapted images, other photos of the person. */
  readonly base: number
  readonly adapted: number
  readonly other: number
  /** Attributes recognised in base and adapted images. */
  readonly baseAttributes: number
  readonly adaptedAttributes: number
}

async function similarity(
  metrics: MetricNetworks,
  images: readonly Float32Array[],
  photos: readonly Float32Array[],
): Promise<number> {
  const codes = await Promise.all(images.map(image => metrics.identity(image)))
  const own = await Promise.all(photos.map(photo => metrics.identity(photo)))
  return mean(codes.flatMap(code => own.map(photo => cosine(code, photo))))
}

const NAMED = ['scene', 'outfit', 'outfitColour', 'headwear', 'style'] as const

/** Photos 1-4 train; photos 5-8 (other scenes and outfits) say what the same person looks like, and what is asked for. */
async function measurePerson(pipeline: Pipeline, metrics: MetricNetworks, identity: number): Promise<PersonResult> {
  const portraits = createPersonPortraits(identity, 8, 0)
  const photos = portraits.map(portrait => planes(drawPortrait(portrait)))
  const [training, wanted] = [photos.slice(0, 4), portraits.slice(4)]
  const adapter = await personalize(
    pipeline,
    {
      photos: training.map((pixels, i) => ({ pixels, caption: caption(portraits[i] as Portrait, 'sks person') })),
      subject: 'sks person',
    },
    { method: 'lora', seed: identity },
  )
  const draw = async (who: string, own?: Adapter): Promise<Float32Array[]> => {
    const requests = wanted.map((portrait, i) => ({
      prompt: caption(portrait, who),
      seed: i + 1,
      guidance: GUIDANCE,
      ...(own ? { adapter: own } : {}),
    }))
    return (await pipeline.generate(requests)).map(({ pixels }) => pixels)
  }
  const [plain, adapted] = [await draw('a person'), await draw('sks person', adapter)]
  const attributes = async (images: readonly Float32Array[]) => {
    const counts = await recognised(metrics, images, wanted)
    return NAMED.reduce((sum, name) => sum + counts[name], 0)
  }
  return {
    base: await similarity(metrics, plain, training),
    adapted: await similarity(metrics, adapted, training),
    other: await similarity(metrics, photos.slice(4), training),
    baseAttributes: await attributes(plain),
    adaptedAttributes: await attributes(adapted),
  }
}

async function measure(folder: string, context: BenchContext): Promise<Figure[]> {
  const device = openDevice({ threads: context.threads })
  try {
    const pipeline = openPipeline(device, await openBase(folder))
    const metrics = await openMetrics(device, join(folder, 'metrics'))
    const results: PersonResult[] = []
    for (const identity of PERSONS) {
      results.push(await measurePerson(pipeline, metrics, identity))
      context.log(`lora.identity: ${results.length} of ${PERSONS.length} persons`)
    }
    const shares = results.map(({ base, adapted, other }) => (adapted - base) / (other - base))
    const over = (key: keyof PersonResult) => mean(results.map(result => result[key]))
    const levels = `mean cosine to the photos: base ${over('base').toFixed(3)}, adapted ${over('adapted').toFixed(3)}, other photos ${over('other').toFixed(3)}`
    const ratio = over('adaptedAttributes') / over('baseAttributes')
    const asked = `attributes in new scenes and outfits: base ${over('baseAttributes').toFixed(1)}, adapted ${over('adaptedAttributes').toFixed(1)} of ${4 * NAMED.length}`
    return [
      { ...measured(CLAIMS.identity, mean(shares), shares.length, levels), ci: meanInterval(shares) },
      measured(CLAIMS.attributes, ratio, results.length, asked),
    ]
  } finally {
    await device.kill()
  }
}

export const loraQuality = onDemoBase(Object.values(CLAIMS), 9, measure)
