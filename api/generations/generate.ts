/** Queues drawings: resolves the adapters, fills in every default, and checks each subject's consent. */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { type PictureSize, SCHEDULERS, takenSteps } from '../../engine/descriptors.ts'
import type { Transaction } from '../../prisma/index.ts'
import type { GenerationInput, ImageJobRequest } from '../../queue/index.ts'
import { actorName } from '../access/actor.ts'
import { findBase } from '../base-models/find.ts'
import type { Context } from '../context.ts'
import { check, validationFault } from '../faults.ts'
import type { GenerateInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { assertJobCost, assertMayWait } from '../jobs/limits.ts'
import { isTest, testDrawing } from '../jobs/test-mode.ts'
import { change } from '../mutations/change.ts'
import { once } from '../mutations/idempotency.ts'
import { requireResult } from '../mutations/resolve-id.ts'
import type { BaseModelRow, JobRow } from '../rows.ts'
import { LIMITS } from '../service/limits.ts'
import { drawingUnits } from '../trainings/cost.ts'
import { resolveUse, type Use } from './adapter-use.ts'
import { type InitSource, resolveInit } from './init-image.ts'
import { imageSize } from './size.ts'

const LONG_PROMPT = { CHUNKS: 'chunks', CUT: 'cut' } as const

const image = z.object({
  prompt: z.string().trim().min(1).max(1000),
  negative: z.string().trim().max(1000).nullish(),
  seed: z.int().min(0).nullish(),
  width: z.int().nullish(),
  height: z.int().nullish(),
  steps: z.int().min(1).max(LIMITS.stepsPerImage),
  guidance: z.number().min(0).max(30),
  rescale: z.number().min(0).max(1),
  scheduler: z.enum(Object.keys(SCHEDULERS)),
  longPrompt: z.enum(['CHUNKS', 'CUT']).transform(value => LONG_PROMPT[value]),
})
const request = z.object({
  images: z.array(image).min(1).max(LIMITS.imagesPerGeneration),
})

export async function generate(context: Context, input: GenerateInput): Promise<JobRow> {
  const job = await change(context, async (tx, tenantId, audit) => {
    const { jobId } = await once(tx, tenantId, 'generate', input, async () => {
      const { base, uses, jobInput: asked } = await prepare(context, tx, input)
      const forTest = isTest(context.actor)
      const jobInput = forTest ? testDrawing(asked, base) : asked
      const costUnits = forTest ? 0 : drawingUnits(jobInput.images, base)
      assertJobCost(costUnits, 'images', 'Ask for fewer images or steps.')
      await assertMayWait(tx, tenantId, costUnits)
      const job = await tx.job.create({
        data: {
          tenantId,
          kind: 'GENERATION',
          input: jobInput,
          baseModelId: base.id,
          steps: Math.max(...jobInput.images.map(takenSteps)),
          isTest: forTest,
          costUnits,
          createdBy: actorName(context.actor),
        },
      })
      const versions = new Map(uses.flatMap(use => (use ? [[use.version.id, use.scale] as const] : [])))
      const data = [...versions].map(([versionId, weight]) => ({ tenantId, jobId: job.id, versionId, weight }))
      await tx.generationAdapter.createMany({ data })
      await audit({ action: 'generate', target: toGlobalId('Generation', job.id), detail: { images: uses.length } })
      return { jobId: job.id }
    })
    return requireResult(tx.job.findFirst({ where: { id: jobId ?? '' } }))
  })
  await context.dispatch.announce(job.id, 'GENERATION')
  return job
}

interface Prepared {
  readonly base: BaseModelRow
  /** Image by image. */
  readonly uses: readonly (Use | undefined)[]
  readonly jobInput: GenerationInput
}

async function prepare(context: Context, tx: Transaction, input: GenerateInput): Promise<Prepared> {
  const uses: (Use | undefined)[] = []
  for (const [i, { adapter }] of input.images.entries())
    uses.push(adapter ? await resolveUse(tx, adapter, ['images', i, 'adapter']) : undefined)
  const checked = check(request, input)
  const first = uses.find(use => use !== undefined)?.baseModelId
  const base = await findBase(tx, input.baseModelId ?? (first && toGlobalId('BaseModel', first)))
  uses.forEach((use, i) => {
    if (!use || use.baseModelId === base.id) return
    const message = `the adapter does not belong to the base ${base.name}; draw with one base at a time`
    throw validationFault('INVALID', ['images', i, 'adapter'], message)
  })
  const sizes = checked.images.map((one, i) => imageSize(one, base, ['images', i]))
  const inits = await resolveInits(context, tx, input, checked.images)
  const images = checked.images.map((one, i) => ({ ...jobImage(one, uses[i], inits[i]), ...(sizes[i] as PictureSize) }))
  const from = [...new Set(inits.flatMap(source => source?.subjects ?? []))]
  const more = from.length > 0 ? { from } : {}
  return { base, uses, jobInput: { base: base.name, images, ...more } }
}

/** Image by image. */
async function resolveInits(
  context: Context,
  tx: Transaction,
  { images }: GenerateInput,
  checked: readonly z.output<typeof image>[],
): Promise<(InitSource | undefined)[]> {
  const inits: (InitSource | undefined)[] = []
  for (const [i, { init }] of images.entries()) {
    const steps = checked[i]?.steps ?? 0
    inits.push(init ? await resolveInit(context, tx, { input: init, steps, path: ['images', i, 'init'] }) : undefined)
  }
  return inits
}

const adapterOf = ({ version, alias, scale, halves }: Use): NonNullable<ImageJobRequest['adapter']> => ({
  versionId: version.id,
  ...(alias ? { alias } : {}),
  sha256: version.sha256,
  scale,
  ...(halves ? { halves } : {}),
})

function jobImage(
  one: z.output<typeof image>,
  use: Use | undefined,
  source: InitSource | undefined,
): Omit<ImageJobRequest, keyof PictureSize> {
  const { prompt, negative, steps, guidance, rescale, scheduler, longPrompt } = one
  return {
    prompt,
    seed: one.seed ?? randomInt(2 ** 47),
    steps,
    guidance,
    scheduler,
    longPrompt,
    ...(rescale > 0 ? { rescale } : {}),
    ...(negative ? { negative } : {}),
    ...(source ? { init: source.init } : {}),
    ...(use ? { adapter: adapterOf(use) } : {}),
  }
}
