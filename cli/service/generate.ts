/** `semblance generate --use | --subject`: lets the service draw and writes the images here. */
import type { ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { type AdapterUse, findSubject, findUse, listAdapters } from '../../client/find.ts'
import {
  Generate,
  type GenerateMutation,
  type ImageFactsFragment,
  type InitImageInput,
  Service,
} from '../../client/generated/operations.ts'
import { isId, shortPrefix } from '../../client/ids.ts'
import { findImage } from '../../client/job-list.ts'
import { type Generation, readJob } from '../../client/jobs.ts'
import { download } from '../../client/transfer.ts'
import { AppError } from '../../errors.ts'
import { imagePaths, showImage, type WrittenImage, warnOfFormat } from '../image-files.ts'
import type { Output } from '../output.ts'
import { watchJob } from './progress.ts'
import { type ServiceOptions, withService } from './session.ts'

export interface ServiceDrawing extends ServiceOptions {
  readonly prompt: string
  readonly negative?: string
  readonly use?: string
  readonly subject?: string
  readonly adapterScale: number
  readonly adapterIn?: 'both' | 'conditional'
  readonly seed: number
  readonly count: number
  readonly steps: number
  readonly guidance: number
  readonly scheduler: string
  readonly rescale: number
  readonly longPrompt: 'chunks' | 'cut'
  /** Global id of an image or a photo. */
  readonly init?: string
  readonly strength?: number
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly idempotencyKey?: string
  readonly out: string
}

const HALVES = { both: 'BOTH', conditional: 'CONDITIONAL', unsaid: undefined } as const
const LONG_PROMPT = { chunks: 'CHUNKS', cut: 'CUT' } as const

/** Groups of as many images as the service takes at once, one after the other: the same images as in one. */
export async function generateOnService(options: ServiceDrawing): Promise<void> {
  await withService(options, async ({ client, output, signal }) => {
    warnOfFormat(output, options.out)
    const images = await requestsOf(client, options)
    const { imagesPerGeneration: most } = (await client.run(Service, {})).service.limits
    const paths = imagePaths(options.out, images.length)
    const key = options.idempotencyKey ?? crypto.randomUUID()
    for (let from = 0; from < images.length; from += most) {
      const idempotencyKey = from === 0 ? key : `${key}-${from / most + 1}`
      const input = { idempotencyKey, images: images.slice(from, from + most) }
      const { generation } = assertSuccess((await client.run(Generate, { input })).generate)
      output.note(`job ${generation.id}`)
      noteVersion(generation.requests, output)
      await watchJob(client, generation.id, output, { signal })
      for (const image of await saveImages(client, generation.id, paths.slice(from)))
        showImage(output, { ...image, position: from + image.position })
    }
  })
}

type Requests = Extract<
  GenerateMutation['generate'],
  { readonly __typename: 'GenerateSuccess' }
>['generation']['requests']

/** Which version a name has stood for. */
function noteVersion([drawn]: Requests, output: Output): void {
  if (!drawn?.version) return
  const alias = drawn.alias ? ` (${drawn.alias})` : ''
  output.note(`with ${drawn.version.adapter.name}@${drawn.version.number}${alias}`)
}

async function requestsOf(client: ServiceClient, options: ServiceDrawing) {
  const {
    prompt,
    negative,
    steps,
    guidance,
    scheduler,
    rescale,
    count,
    seed,
    width,
    height,
    adapterScale: scale,
  } = options
  const use = await findAdapterUse(client, options)
  const longPrompt = LONG_PROMPT[options.longPrompt]
  const init = options.init === undefined ? undefined : await initOf(client, options.init, options.strength)
  const adapter = use && { ...use, scale, halves: HALVES[options.adapterIn ?? 'unsaid'] }
  const shared = { prompt, negative, steps, guidance, scheduler, rescale, longPrompt, init, width, height, adapter }
  return Array.from({ length: count }, (_, i) => ({ ...shared, seed: seed + i }))
}

/** The id of an image or a photo, or a short one of an image. @throws AppError INPUT_INVALID, NOT_FOUND */
async function initOf(client: ServiceClient, reference: string, strength?: number): Promise<InitImageInput> {
  if (isId(reference, 'Photo')) return { photoId: reference, strength }
  if (isId(reference, 'Image')) return { imageId: reference, strength }
  if (shortPrefix(reference) !== undefined) return { imageId: (await findImage(client, reference)).id, strength }
  throw new AppError(
    'INPUT_INVALID',
    `--init ${reference} is not the id of an image or a photo on the service`,
    'semblance images shows the ids of images. To start from a file, draw on this machine.',
  )
}

/** The newest adapter of a subject, or what --use names. */
async function findAdapterUse(
  client: ServiceClient,
  { use, subject }: ServiceDrawing,
): Promise<AdapterUse | undefined> {
  if (use !== undefined) return findUse(client, use)
  if (subject === undefined) return undefined
  const { id, name } = await findSubject(client, subject)
  const [newest] = await listAdapters(client, { subjectId: id })
  if (newest) return { adapterId: newest.id }
  throw new AppError('NOT_FOUND', `${name} has no adapter yet`, `semblance train --subject "${name}" --images DIR`)
}

/** Writes the images of a generation to these paths, in their order. */
export async function saveImages(client: ServiceClient, id: string, paths: readonly string[]): Promise<WrittenImage[]> {
  // Links end after some minutes: these are fresh.
  const { images } = (await readJob(client, id)) as Generation
  return saveLinked(images, paths)
}

/** Writes images by their links. */
export async function saveLinked(
  images: readonly ImageFactsFragment[],
  paths: readonly string[],
): Promise<WrittenImage[]> {
  const saved: WrittenImage[] = []
  for (const [i, { url, ...image }] of images.entries()) {
    const path = paths[i] ?? ''
    await download({ url, ...image }, path)
    saved.push({ path, ...image })
  }
  return saved
}
