/** What work costs: units of one image through the denoising network once, and the seconds they take. */
import { findMethod, takenSteps } from '../../engine/descriptors.ts'
import type { Transaction } from '../../prisma/index.ts'
import { type ImageJobRequest, type JobKind, PREVIEW_SETTINGS } from '../../queue/index.ts'
import type { BaseModelRow } from '../rows.ts'
import type { Plan } from './plan.ts'

type Drawn = Pick<ImageJobRequest, 'steps' | 'guidance' | 'init' | 'width' | 'height'>

/** Guidance needs the network's answer twice; the pixels count as a share of the base's own size. */
export const drawingUnits = (images: readonly Drawn[], { size }: Pick<BaseModelRow, 'size'>): number =>
  Math.ceil(
    images.reduce(
      (sum, image) => sum + (takenSteps(image) * (image.guidance > 1 ? 2 : 1) * image.width * image.height) / size ** 2,
      0,
    ),
  )

/** Forward and backward pass of a step cost about three forward passes; class images are as many as photos in every step. */
export function trainingUnits(plan: Plan): number {
  const previews = Math.floor(plan.steps / plan.previewEvery) * plan.previewPrompts.length
  const preview = drawingUnits([{ ...PREVIEW_SETTINGS, width: 1, height: 1 }], { size: 1 })
  const prior = findMethod(plan.method).prior?.of('', plan.options)
  const images = plan.batch * (prior ? 2 : 1)
  return plan.steps * images * 3 + previews * preview
}

/** Seconds a unit takes on one processor for each parameter of the network; a first guess until there are own figures. */
const GUESS = 1.2e-9

/** Seconds one unit took in the tenant's last jobs of the kind on this base. */
export async function secondsPerUnit(tx: Transaction, kind: JobKind, base: BaseModelRow): Promise<number> {
  const jobs = await tx.job.findMany({
    where: { kind, baseModelId: base.id, state: 'SUCCEEDED', startedAt: { not: null }, finishedAt: { not: null } },
    orderBy: { id: 'desc' },
    take: 5,
    select: { startedAt: true, finishedAt: true, costUnits: true },
  })
  const rates = jobs
    .map(job => ((job.finishedAt?.getTime() ?? 0) - (job.startedAt?.getTime() ?? 0)) / 1000 / Number(job.costUnits))
    .filter(rate => Number.isFinite(rate) && rate > 0)
    .sort((a, b) => a - b)
  return rates[rates.length >> 1] ?? Number(base.parameters) * GUESS
}
