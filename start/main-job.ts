/**
 * The main job as a partner's program would do it, with nothing but the address and an API key: consent, subject, photos by signed
 * uploads, a training followed by subscription, four images by signed links. It goes on where an earlier start has left it.
 */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { imagePaths } from '../cli/image-files.ts'
import type { Output } from '../cli/output.ts'
import { type DemoFile, type DemoProgress, progressOf } from '../cli/service/demo-file.ts'
import { saveImages } from '../cli/service/generate.ts'
import { showPhotos, watchJob } from '../cli/service/progress.ts'
import type { ServiceClient } from '../client/client.ts'
import { assertSuccess } from '../client/failures.ts'
import { CreateSubject, Generate, StartTraining, SubjectById } from '../client/generated/operations.ts'
import { readJob } from '../client/jobs.ts'
import { recordConsent, sendPhotos } from '../client/photo-set.ts'
import { listImages } from '../engine/index.ts'
import { AppError, invariant } from '../errors.ts'
import { saveContactSheet } from './contact-sheet.ts'

const PERSON = 'Ada'
/** Scenes and styles that are in none of the four photos. */
const PROMPTS = [
  'a photo of sks person in a red hoodie in the snow',
  'a photo of sks person in a blue suit in a city',
  'a photo of sks person wearing a green shirt and a crown in a forest',
  'pixel art of sks person on a beach',
]

/** Of a job that an earlier start has begun only what goes on now is shown. */
const THIS_START = new Date(performance.timeOrigin)

interface MainJob {
  readonly client: ServiceClient
  readonly file: DemoFile
  readonly output: Output
  readonly signal: AbortSignal
  /** Folder of the sample photos. */
  readonly photos: string
  /** Folder for the images. */
  readonly out: string
  /** Training steps; the method's own when left out. */
  readonly steps?: number | undefined
}

type Step = (job: MainJob, state: DemoProgress) => Promise<DemoProgress>

interface MainJobResult {
  /** Paths of the images, the one with all of them first. */
  readonly images: readonly string[]
  /** Whether an earlier start has made them. */
  readonly known: boolean
}

/** @throws AppError what the service answers, CANCELED on `signal` */
export async function runMainJob(job: MainJob): Promise<MainJobResult> {
  const known = await job.file.read()
  invariant(known, 'the demo account comes before the main job')
  let state = progressOf(known)
  if (state.images && (await allExist(state.images))) return { images: state.images, known: true }
  for (const step of [ensureSubject, ensurePhotos, ensureConsent, ensureTraining, ensureGeneration, ensureFiles]) {
    const next: DemoProgress = await step(job, state)
    if (next !== state) await job.file.save(next)
    state = next
  }
  return { images: state.images ?? [], known: false }
}

const allExist = (paths: readonly string[]): Promise<boolean> =>
  Promise.all(paths.map(path => access(path))).then(
    () => true,
    () => false,
  )

const ensureSubject: Step = async ({ client }, state) => {
  if (state.subjectId === undefined) {
    const input = { name: PERSON, classNoun: 'person', isPerson: true, idempotencyKey: 'demo-subject' }
    const { subject } = assertSuccess((await client.run(CreateSubject, { input })).createSubject)
    return { ...state, subjectId: subject.id }
  }
  const { node } = await client.run(SubjectById, { id: state.subjectId })
  if (node) return state
  throw new AppError(
    'NOT_FOUND',
    `the demo subject ${PERSON} was deleted`,
    'Start with another DATA_DIR to see the demo again.',
  )
}

const ensurePhotos: Step = async ({ client, photos, output }, state) => {
  if (state.photoSetId !== undefined || state.subjectId === undefined) return state
  const files = await listImages(photos, output.warn)
  output.note(`${PERSON}: sending ${files.length} photos from ${photos}`)
  const { photoSetId, captions } = await sendPhotos(client, state.subjectId, files, showPhotos(output))
  return { ...state, photoSetId, captions: [...captions] }
}

const ensureConsent: Step = async ({ client }, state) => {
  if (state.consented || state.photoSetId === undefined) return state
  await recordConsent(client, state.photoSetId, PERSON)
  return { ...state, consented: true }
}

/** The job that is known and has not failed; otherwise the state for another try. */
async function knownJob(client: ServiceClient, state: DemoProgress, id: string | undefined) {
  if (id === undefined) return { state }
  const job = await readJob(client, id)
  if (job.state !== 'FAILED' && job.state !== 'CANCELED') return { state, job }
  return { state: { ...state, tries: state.tries + 1 } }
}

const ensureTraining: Step = async ({ client, file, steps, output, signal }, before) => {
  if (before.photoSetId === undefined) return before
  const { state, job } = await knownJob(client, before, before.trainingId)
  if (job?.state === 'SUCCEEDED') return state
  const input = {
    idempotencyKey: `demo-training-${state.tries}`,
    photoSetId: before.photoSetId,
    captions: state.captions ?? [],
    steps,
  }
  const trainingId = job?.id ?? assertSuccess((await client.run(StartTraining, { input })).startTraining).job.id
  const started = { ...state, trainingId }
  await file.save(started)
  output.note(`${PERSON}: learning "sks person"`)
  await watchJob(client, trainingId, output, { signal, since: THIS_START })
  return started
}

const ensureGeneration: Step = async ({ client, file, output, signal }, before) => {
  const { state, job } = await knownJob(client, before, before.generationId)
  if (job?.state === 'SUCCEEDED') return state
  const training = await readJob(client, before.trainingId ?? '')
  const version = training.__typename === 'TrainingJob' ? training.version : null
  if (!version)
    throw new AppError(
      'NOT_FOUND',
      'the adapter of the demo training was deleted',
      'Start with another DATA_DIR to see the demo again.',
    )
  const images = PROMPTS.map((prompt, i) => ({ prompt, seed: i + 1, guidance: 3, adapter: { versionId: version.id } }))
  const input = { idempotencyKey: `demo-images-${state.tries}`, images }
  const generationId = job?.id ?? assertSuccess((await client.run(Generate, { input })).generate).generation.id
  const started = { ...state, generationId }
  await file.save(started)
  output.note(`${PERSON}: drawing ${PROMPTS.length} new scenes`)
  await watchJob(client, generationId, output, { signal, since: THIS_START })
  return started
}

/** The four images, and one picture with the photos above them. */
const ensureFiles: Step = async ({ client, photos, out }, state) => {
  const grid = join(out, 'ada.png')
  const saved = await saveImages(client, state.generationId ?? '', imagePaths(grid, PROMPTS.length))
  const size = saved[0]?.width ?? 0
  const paths = [...(await listImages(photos, () => undefined)), ...saved].map(({ path }) => path)
  await saveContactSheet(grid, paths, PROMPTS.length, size)
  return { ...state, images: [grid, ...saved.map(({ path }) => path)] }
}
