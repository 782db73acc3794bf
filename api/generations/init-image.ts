/** The init image of a drawing: a photo or an earlier image of the tenant, and the subjects it may show. */
import { IMAGE_DEFAULTS, takenSteps } from '../../engine/descriptors.ts'
import type { Transaction } from '../../prisma/index.ts'
import { type ImageJobRequest, parseInput } from '../../queue/index.ts'
import { type ActionName, isAllowed } from '../access/actions.ts'
import { assertConsent } from '../consents/assert.ts'
import type { Context } from '../context.ts'
import { notFoundFault, validationFault } from '../faults.ts'
import type { InitImageInput } from '../generated/schema.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import { servedVersion } from './adapter-use.ts'

export interface InitSource {
  readonly init: NonNullable<ImageJobRequest['init']>
  /** Ids of the subjects that the image may show; whatever is drawn from it may show them, too. */
  readonly subjects: readonly string[]
}

type Path = readonly (string | number)[]

/** @throws UserFault NOT_FOUND, INVALID, CONSENT_MISSING, CONSENT_REVOKED */
export async function resolveInit(
  context: Context,
  tx: Transaction,
  { input, steps, path }: { readonly input: InitImageInput; readonly steps: number; readonly path: Path },
): Promise<InitSource> {
  const { photoId, imageId } = input
  const strength = input.strength ?? IMAGE_DEFAULTS.strength
  if (!(strength > 0 && strength <= 1))
    throw validationFault('INVALID', [...path, 'strength'], `strength is ${strength}, allowed are numbers above 0 to 1`)
  if (takenSteps({ steps, init: { strength } }) < 1) {
    const message = `strength ${strength} of ${steps} steps leaves none to take; take at least ${Math.ceil(1 / strength)}`
    throw validationFault('INVALID', [...path, 'strength'], message)
  }
  if (photoId && !imageId) return { ...(await fromPhoto(context, tx, photoId, strength, [...path, 'photoId'])) }
  if (imageId && !photoId) return { ...(await fromImage(context, tx, imageId, strength, [...path, 'imageId'])) }
  throw validationFault('INVALID', path, 'name either a photo or an image: exactly one of them')
}

/** What is drawn from it shows it: whoever may not read it finds nothing. */
function assertReadable({ actor }: Context, action: ActionName, path: Path): void {
  if (!isAllowed(actor, action)) throw notFoundFault(path)
}

async function fromPhoto(
  context: Context,
  tx: Transaction,
  id: string,
  strength: number,
  path: Path,
): Promise<InitSource> {
  assertReadable(context, 'subjects.read', path)
  const find = (key: string) => tx.photo.findFirst({ where: { id: key, state: 'ACCEPTED' } })
  const photo = await resolveId(id, 'Photo', path, find)
  const photoSet = await tx.photoSet.findFirst({ where: { id: photo.photoSetId } })
  const subject = await tx.subject.findFirst({ where: { id: photoSet?.subjectId ?? '' } })
  if (!photoSet || !subject || photo.sha256 === null) throw notFoundFault(path)
  await assertConsent(tx, subject, photoSet, path)
  return { init: { sha256: photo.sha256, strength, photoId: photo.id }, subjects: [subject.id] }
}

async function fromImage(
  context: Context,
  tx: Transaction,
  id: string,
  strength: number,
  path: Path,
): Promise<InitSource> {
  assertReadable(context, 'images.read', path)
  const image = await resolveId(id, 'Image', path, key => tx.image.findFirst({ where: { id: key } }))
  const subjects = await shownIn(tx, image.jobId, path)
  await assertConsents(tx, subjects, path)
  return { init: { sha256: image.sha256, strength, imageId: image.id }, subjects }
}

/** Subjects that images of the job may show: of its adapters, of what it started from, of the training it was a preview of. */
async function shownIn(tx: Transaction, jobId: string, path: Path): Promise<string[]> {
  const job = await tx.job.findFirst({ where: { id: jobId }, include: { parent: true } })
  if (!job) throw notFoundFault(path)
  const uses = await tx.generationAdapter.findMany({ where: { jobId } })
  const { from = [] } = parseInput(job.kind === 'PREVIEW' ? 'PREVIEW' : 'GENERATION', job.input)
  const shown = [...from, job.parent?.subjectId]
  for (const { versionId } of uses) shown.push((await servedVersion(tx, versionId, path)).subjectId)
  return [...new Set(shown.filter(id => id !== null && id !== undefined))]
}

/** @throws UserFault CONSENT_MISSING, CONSENT_REVOKED for a person without any consent that holds. */
export async function assertConsents(tx: Transaction, subjectIds: readonly string[], path: Path): Promise<void> {
  const subjects = await tx.subject.findMany({ where: { id: { in: [...subjectIds] } } })
  for (const subject of subjects) await assertConsent(tx, subject, undefined, path)
}
