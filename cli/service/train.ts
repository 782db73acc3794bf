/** `semblance train --subject`: sends the photos to the service, trains there, and shows how it goes. */

import type { ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { subjectsNamed } from '../../client/find.ts'
import {
  CreateSubject,
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
import { listImages } from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import type { WarningCode } from '../../warnings.ts'
import { duration, type Output } from '../output.ts'
import { showPhotos, watchJob } from './progress.ts'
import { type ServiceOptions, withService } from './session.ts'

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
  readonly preview: readonly string[]
  readonly previewEvery?: number
  readonly idempotencyKey?: string
  readonly detach?: boolean
  readonly out?: string
}

export async function trainOnService(options: ServiceTraining): Promise<void> {
  await withService(options, async ({ client, output, signal }) => {
    const photos = await listImages(options.images, output.warn)
    const subject = await findOrCreate(client, options, output)
    if (subject.isPerson && options.consentFrom === undefined)
      throw new AppError(
        'FORBIDDEN',
        `${subject.name} is a person, and nobody has consented to training on these photos`,
        'Name who consents with --consent-from NAME.',
      )
    const { photoSetId, accepted, captions } = await sendPhotos(client, subject.id, photos, showPhotos(output))
    if (options.consentFrom !== undefined)
      await recordConsent(client, photoSetId, options.consentFrom, options.consentStatement)
    const settings = { photoSetId, ...settingsOf(options) }
    await showEstimate(client, settings, accepted, output)
    const input: StartTrainingInput = {
      ...settings,
      idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
      seed: options.seed,
      token: options.token,
      captions,
      checkpointEvery: options.checkpointEvery,
    }
    const { job } = assertSuccess((await client.run(StartTraining, { input })).startTraining)
    if (options.detach) {
      for (const { code, message } of job.warnings) output.warn({ code: code as WarningCode, message })
      return output.result(job.id, { event: 'job', ...job })
    }
    output.note(`job ${job.id}`)
    const done = (await watchJob(client, job.id, output, { signal })) as TrainingJob
    await showResult(client, done, options, output)
  })
}

async function findOrCreate(
  client: ServiceClient,
  options: ServiceTraining,
  output: Output,
): Promise<SubjectFactsFragment> {
  const [found, ...others] = await subjectsNamed(client, options.subject)
  if (others.length > 0)
    throw new AppError(
      'CONFLICT',
      `several subjects are called "${options.subject}"`,
      'Name one by its id: semblance subjects list.',
    )
  if (found) return found
  const input = {
    name: options.subject,
    classNoun: options.class,
    isPerson: options.person,
    idempotencyKey: crypto.randomUUID(),
  }
  const { subject } = assertSuccess((await client.run(CreateSubject, { input })).createSubject)
  output.note(`created the subject ${subject.name}, a ${subject.classNoun}`)
  return subject
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
