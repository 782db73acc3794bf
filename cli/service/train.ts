/** `semblance train --subject`: sends the photos to the service, trains there, and shows how it goes. */

import { openClient, type ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { assertOne, listSubjects, subjectsNamed } from '../../client/find.ts'
import {
  CreateSubject,
  DeleteSubject,
  EstimateTraining,
  type EstimateTrainingInput,
  ExportAdapter,
  StartTraining,
  type StartTrainingInput,
  type SubjectFactsFragment,
} from '../../client/generated/operations.ts'
import type { TrainingJob } from '../../client/jobs.ts'
import { recordConsent, sendPhotos } from '../../client/photo-set.ts'
import { download } from '../../client/transfer.ts'
import { listImages, type PhotoCrop } from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import { similarTo } from '../../similar.ts'
import type { WarningCode } from '../../warnings.ts'
import { duration, type Output } from '../output.ts'
import { createPreviewSaver, previewFolder } from './previews.ts'
import { showPhotos, watchJob } from './progress.ts'
import { type ServiceOptions, withService } from './session.ts'

const CROPS = { aspect: 'ASPECT', square: 'SQUARE' } as const

export interface ServiceTraining extends ServiceOptions {
  readonly images: string
  readonly subject: string
  readonly class: string
  readonly person: boolean
  readonly consentFrom?: string
  readonly consentStatement?: string
  readonly token: string
  readonly method: string
  readonly set: Record<string, unknown>
  readonly steps?: number
  readonly batch?: number
  readonly rate?: number
  readonly seed: number
  readonly checkpointEvery: number
  readonly crop?: PhotoCrop
  readonly preview: readonly string[]
  readonly previewEvery?: number
  readonly idempotencyKey?: string
  readonly detach?: boolean
  /** Folder for the previews. */
  readonly previewOut?: string
  readonly force?: boolean
  readonly out?: string
}

export async function trainOnService(options: ServiceTraining): Promise<void> {
  await withService(options, async ({ client, output, signal }) => {
    const photos = await listImages(options.images, output.warn)
    const subject = await findOrCreate(client, options, output)
    const input = await prepare(client, subject, photos, options, output).catch(error =>
      withdraw(client, subject, output, error),
    )
    const { job } = assertSuccess((await client.run(StartTraining, { input })).startTraining)
    if (options.detach) {
      for (const { code, message } of job.warnings) output.warn({ code: code as WarningCode, message })
      return output.result(job.id, { event: 'job', ...job })
    }
    output.note(`job ${job.id}`)
    const { previewOut: folder = previewFolder(job.id), force = false } = options
    const saver = options.preview.length > 0 ? createPreviewSaver(client, job.id, output, { folder, force }) : undefined
    const done = (await watchJob(client, job.id, output, {
      signal,
      ...(saver && { onEvent: saver.onEvent }),
    })) as TrainingJob
    await saver?.finish(signal)
    await showResult(client, done, options, output)
  })
}

interface Chosen extends Pick<SubjectFactsFragment, 'id' | 'name' | 'isPerson'> {
  /** Whether this command has made it. */
  readonly created: boolean
}

/** Nothing is made before it is known that somebody consents. */
async function findOrCreate(client: ServiceClient, options: ServiceTraining, output: Output): Promise<Chosen> {
  const { subject: name, person: isPerson, consentFrom } = options
  const found = await subjectsNamed(client, name)
  if (found.length > 0) {
    const sought = { what: 'subject', reference: name, next: 'semblance subjects list shows all.' }
    const subject = assertOne(sought, found)
    assertConsent(subject, consentFrom)
    return { ...subject, created: false }
  }
  assertConsent({ name, isPerson }, consentFrom)
  const similar = similarTo(
    name,
    (await listSubjects(client)).map(one => one.name),
  )
  const input = { name, classNoun: options.class, isPerson, idempotencyKey: crypto.randomUUID() }
  const { subject } = assertSuccess((await client.run(CreateSubject, { input })).createSubject)
  output.note(`created the subject ${subject.name}, a ${subject.classNoun}`)
  if (similar.length > 0)
    output.warn({
      code: 'SUBJECT_SIMILAR',
      message: `"${name}" is a new subject beside "${similar.join('", "')}"; semblance subjects delete "${name}" takes it away`,
    })
  return { ...subject, created: true }
}

function assertConsent({ name, isPerson }: Pick<Chosen, 'name' | 'isPerson'>, consentFrom: string | undefined): void {
  if (!isPerson || consentFrom !== undefined) return
  throw new AppError(
    'FORBIDDEN',
    `${name} is a person, and nobody has consented to training on these photos`,
    'Name who consents with --consent-from NAME, or say --no-person of an animal or a thing.',
  )
}

/** Everything that comes before the training. */
async function prepare(
  client: ServiceClient,
  { id }: Chosen,
  photos: Awaited<ReturnType<typeof listImages>>,
  options: ServiceTraining,
  output: Output,
): Promise<StartTrainingInput> {
  const { photoSetId, accepted, captions } = await sendPhotos(client, id, photos, showPhotos(output))
  if (options.consentFrom !== undefined)
    await recordConsent(client, photoSetId, options.consentFrom, options.consentStatement)
  const settings = { photoSetId, ...settingsOf(options) }
  await showEstimate(client, settings, accepted, output)
  return {
    ...settings,
    idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
    seed: options.seed,
    token: options.token,
    crop: options.crop && CROPS[options.crop],
    captions,
    checkpointEvery: options.checkpointEvery,
  }
}

/** A command that starts no training leaves no subject behind that it has made. Throws what went wrong. */
async function withdraw(
  client: ServiceClient,
  { id, name, created }: Chosen,
  output: Output,
  error: unknown,
): Promise<never> {
  if (!created) throw error
  // The client of this command may be stopped: what is left to do is short.
  const fresh = openClient(client.address, client.credentials())
  await fresh.run(DeleteSubject, { input: { subjectId: id } }).then(
    () => output.note(`took the subject ${name} back, with its photos`),
    () =>
      output.warn({ code: 'SUBJECT_LEFT', message: `the subject "${name}" stays: semblance subjects delete ${id}` }),
  )
  throw error
}

/** What the estimate and the training share; what is left out is the service's default. */
const settingsOf = ({ method, set, steps, batch, rate, preview, previewEvery }: ServiceTraining) => ({
  method,
  options: Object.keys(set).length > 0 ? set : undefined,
  steps,
  batch,
  learningRate: rate,
  previewPrompts: preview.length > 0 ? preview : undefined,
  previewEvery,
})

async function showEstimate(
  client: ServiceClient,
  settings: EstimateTrainingInput,
  accepted: number,
  output: Output,
): Promise<void> {
  const { estimate } = assertSuccess((await client.run(EstimateTraining, { input: settings })).estimateTraining)
  const { steps, workUnits, seconds, queued, waitSeconds } = estimate
  if (output.json) return output.result('', { event: 'estimate', ...estimate })
  const begins = waitSeconds === null ? 'no trainer is running now' : `begins in about ${duration(waitSeconds)}`
  const waiting = queued > 0 || waitSeconds === null ? `; ${queued} trainings come first, ${begins}` : ''
  output.note(`${accepted} photos, ${steps} steps: ${workUnits} work units, about ${duration(seconds)}${waiting}`)
}

async function showResult(
  client: ServiceClient,
  job: TrainingJob,
  options: ServiceTraining,
  output: Output,
): Promise<void> {
  const { version } = job
  if (!version)
    throw new AppError('NOT_FOUND', 'the training succeeded, but its version was deleted meanwhile', 'Train again.')
  if (options.out !== undefined) await exportTo(client, version.id, options.out)
  const where = options.out === undefined ? '' : `, also in ${options.out}`
  const prompt = `a photo of ${job.settings.phrase}`
  const next = `semblance generate --use "${version.adapter.name}" --prompt "${prompt} in the snow" --out out.png`
  output.result(`learned "${job.settings.phrase}": version ${version.number} of ${version.adapter.name}${where}`, {
    event: 'version',
    job: job.id,
    ...version,
    path: options.out,
  })
  output.note(next)
}

/** Our own format is one file. */
async function exportTo(client: ServiceClient, versionId: string, path: string): Promise<void> {
  const { files } = assertSuccess(
    (await client.run(ExportAdapter, { input: { versionId, format: 'SEMBLANCE' } })).exportAdapter,
  )
  for (const file of files) await download(file, path)
}
