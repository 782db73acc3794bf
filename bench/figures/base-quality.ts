/** What the demo base draws: named attributes of combinations it never saw, and seconds per image. */
import type { MetricNetworks } from '../../engine/evaluators/portraits.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import type { Portrait } from '../../tools/portraits/attributes.ts'
import { createPortrait, heldOutCombinations } from '../../tools/portraits/attributes.ts'
import { createFullCaption } from '../../tools/portraits/captions.ts'
import { drawPortrait } from '../../tools/portraits/draw.ts'
import { createFace } from '../../tools/portraits/identity.ts'
import { withJudgedBase } from '../judged-base.ts'
import { type BenchContext, onDemoBase } from '../source.ts'

/** The evaluated attributes: each has at least four values. */
const ATTRIBUTES = ['scene', 'outfit', 'outfitColour', 'headwear', 'style', 'hairColour'] as const
const SIZE = 128
const BATCH = 10
/** Classifier-free guidance at which the demo base draws cleanest. */
export const GUIDANCE = 3

const CLAIMS = {
  attributes: { name: 'base.attributes', unit: 'ratio', better: 'higher', floor: 0.9, goal: null },
  seconds: { name: 'base.seconds', unit: 's', better: 'lower', floor: 2.5, goal: null },
} as const satisfies Record<string, Claim>

/** Bytes `[128, 128, 3]` as `[3, 128, 128]` in -1..1. */
export function planes(bytes: Uint8Array): Float32Array {
  const pixels = new Float32Array(bytes.length)
  const area = bytes.length / 3
  for (let i = 0; i < area; i++) for (let c = 0; c < 3; c++) pixels[c * area + i] = (bytes[i * 3 + c] ?? 0) / 127.5 - 1
  return pixels
}

/** A person that has a combination's hair, the nearest number to `from` whose face fits. */
function personWith(hairColour: string, hairStyle: string, from: number): number {
  for (let identity = from; ; identity++) {
    const face = createFace(identity)
    if (face.hairColour === hairColour && face.hairStyle === hairStyle) return identity
  }
}

/** The fifty held-out combinations as portraits, with glasses and beard left out of the caption by not being there. */
function heldOutPortraits(): Portrait[] {
  return heldOutCombinations().map((combination, i) => {
    const identity = personWith(combination.hairColour, combination.hairStyle, 700_000_000 + i * 1000)
    return { ...createPortrait(identity, i, combination, 'person'), glasses: false, beard: 'none' }
  })
}

/** How many of the evaluated attributes are recognised, per attribute, over images and what they should show. */
async function recognised(
  metrics: MetricNetworks,
  images: readonly Float32Array[],
  wanted: readonly Portrait[],
): Promise<Record<(typeof ATTRIBUTES)[number], number>> {
  const counts = Object.fromEntries(ATTRIBUTES.map(name => [name, 0])) as Record<(typeof ATTRIBUTES)[number], number>
  for (const [i, pixels] of images.entries()) {
    const found = await metrics.attributes(pixels)
    for (const name of ATTRIBUTES) if (found[name] === wanted[i]?.[name]) counts[name]++
  }
  return counts
}

const total = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0)

function measure(folder: string, context: BenchContext): Promise<Figure[]> {
  return withJudgedBase(folder, context, async (pipeline, metrics) => {
    const portraits = heldOutPortraits()
    const images: Float32Array[] = []
    const seconds: number[] = []
    for (let i = 0; i < portraits.length; i += BATCH) {
      const part = portraits.slice(i, i + BATCH)
      const start = performance.now()
      const drawn = await pipeline.generate(
        part.map((portrait, j) => ({
          prompt: createFullCaption(portrait),
          seed: i + j,
          steps: 20,
          guidance: GUIDANCE,
        })),
      )
      seconds.push((performance.now() - start) / 1000 / part.length)
      images.push(...drawn.map(({ pixels }) => pixels))
      context.log(`base.attributes: ${images.length} of ${portraits.length} images`)
    }
    const renders = portraits.map(portrait => planes(drawPortrait(portrait)))
    const [generated, reference] = [
      await recognised(metrics, images, portraits),
      await recognised(metrics, renders, portraits),
    ]
    const parts = ATTRIBUTES.map(name => `${name} ${generated[name]}/${reference[name]}`).join(', ')
    const note = `recognised in ${images.length} generated images / in renders of the same combinations: ${parts}`
    const median = seconds.toSorted((a, b) => a - b)[seconds.length >> 1] ?? 0
    const batchNote = `${SIZE} px, 20 steps, guided, batches of ${BATCH}, ${context.threads} threads`
    return [
      measured(CLAIMS.attributes, total(generated) / total(reference), images.length, note),
      measured(CLAIMS.seconds, median, seconds.length, batchNote),
    ]
  })
}

export const baseQuality = onDemoBase(Object.values(CLAIMS), 2, measure)
