/** `semblance generate --use | --subject`: lets the service draw and writes the images here. */
import type { ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { type AdapterUse, findSubject, findUse, isId, listAdapters } from '../../client/find.ts'
import { Generate, type InitImageInput } from '../../client/generated/operations.ts'
import { type Generation, readJob } from '../../client/jobs.ts'
import { download } from '../../client/transfer.ts'
import { AppError } from '../../errors.ts'
import { imagePaths, showImage, type WrittenImage } from '../image-files.ts'
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

export async function generateOnService(options: ServiceDrawing): Promise<void> {
  await withService(options, async ({ client, output, signal }) => {
    const use = await findAdapterUse(client, options)
    const { prompt, negative, steps, guidance, scheduler, rescale, count, seed, width, height } = options
    const longPrompt = LONG_PROMPT[options.longPrompt]
    const init = options.init === undefined ? undefined : initOf(options.init, options.strength)
    const images = Array.from({ length: count }, (_, i) => ({
      prompt,
      seed: seed + i,
      steps,
      guidance,
      scheduler,
      rescale,
      longPrompt,
      init,
      negative,
      width,
      height,
      adapter: use && { ...use, scale: options.adapterScale, halves: HALVES[options.adapterIn ?? 'unsaid'] },
    }))
    const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID()
    const input = { idempotencyKey, images }
    const { generation } = assertSuccess((await client.run(Generate, { input })).generate)
    output.note(`job ${generation.id}`)
    const [drawn] = generation.requests
    if (drawn?.version)
      output.note(`with ${drawn.version.adapter.name}@${drawn.version.number}${drawn.alias ? ` (${drawn.alias})` : ''}`)
    await watchJob(client, generation.id, output, { signal })
    for (const image of await saveImages(client, generation.id, options.out)) showImage(output, image)
  })
}

/** @throws AppError INPUT_INVALID unless it is the id of an image or a photo */
function initOf(reference: string, strength: number | undefined): InitImageInput {
  if (isId(reference, 'Image')) return { imageId: reference, strength }
  if (isId(reference, 'Photo')) return { photoId: reference, strength }
  throw new AppError(
    'INPUT_INVALID',
    `--init ${reference} is not the id of an image or a photo on the service`,
    'generate --json prints the ids of images. To start from a file, draw on this machine.',
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

/** The images of a generation as files; see `imagePaths`. */
export async function saveImages(client: ServiceClient, id: string, out: string): Promise<WrittenImage[]> {
  // Links end after some minutes: these are fresh.
  const { images } = (await readJob(client, id)) as Generation
  const paths = imagePaths(out, images.length)
  const saved: WrittenImage[] = []
  for (const [i, { url, ...image }] of images.entries()) {
    const path = paths[i] ?? ''
    await download({ url, ...image }, path)
    saved.push({ path, ...image })
  }
  return saved
}
