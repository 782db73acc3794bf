/** The previews of a training as files: written as they are drawn, named by their step. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceClient } from '../../client/client.ts'
import { TrainingPreviews, type TrainingPreviewsQuery } from '../../client/generated/operations.ts'
import { uuidOf } from '../../client/ids.ts'
import { FINAL, followJob, type JobEvent } from '../../client/jobs.ts'
import { readLocal, sha256 } from '../../client/transfer.ts'
import { showImage } from '../image-files.ts'
import type { Output } from '../output.ts'
import { assertFree } from '../paths.ts'
import { saveLinked } from './generate.ts'

type Training = Extract<TrainingPreviewsQuery['node'], { readonly __typename: 'TrainingJob' }>
type Preview = Training['previews'][number]

export interface PreviewSaver {
  /** For `watchJob`. */
  onEvent(event: JobEvent): Promise<void>
  /** Waits for those that are still drawn, and writes them. */
  finish(signal: AbortSignal): Promise<void>
}

/** A folder of its own for each job, so that nothing of another is there. */
export const previewFolder = (jobId: string): string => `previews-${uuidOf(jobId).slice(0, 12)}`

/** How long the last previews are waited for when the training has ended. */
const PATIENCE_MS = 120_000

interface Place {
  readonly folder: string
  readonly force: boolean
}

export function createPreviewSaver(
  client: ServiceClient,
  jobId: string,
  output: Output,
  { folder, force }: Place,
): PreviewSaver {
  const seen = new Set<string>()
  const save = async () => {
    const { previews, every } = await readPreviews(client, jobId)
    for (const [i, { id, state, images }] of previews.entries()) {
      if (state !== 'SUCCEEDED' || seen.has(id)) continue
      seen.add(id)
      const step = String((i + 1) * every).padStart(5, '0')
      await savePreview(images, join(folder, `step-${step}`), force, output)
    }
    return previews.filter(({ state }) => !FINAL.has(state))
  }
  return {
    onEvent: async ({ type }) => void (type === 'PREVIEW' && (await save())),
    finish: async signal => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
      for (const { id } of await save())
        for await (const _ of followJob(client, id, { signal: limit, outageMs: PATIENCE_MS })) if (limit.aborted) break
      const late = await save()
      if (late.length > 0)
        output.warn({
          code: 'PREVIEW_LATE',
          message: `${late.length} previews are not drawn yet: semblance watch ${jobId} --preview-out ${folder} writes them`,
        })
    },
  }
}

async function readPreviews(client: ServiceClient, id: string) {
  const { node } = await client.run(TrainingPreviews, { id })
  if (node?.__typename !== 'TrainingJob') return { previews: [], every: 0 }
  return { previews: node.previews, every: node.settings.previewEvery }
}

async function savePreview(images: Preview['images'], stem: string, force: boolean, output: Output): Promise<void> {
  const paths = images.map(({ position }) => `${stem}-${position + 1}.png`)
  const known = await Promise.all(images.map((image, i) => holds(paths[i] ?? '', image.sha256)))
  const missing = images.filter((_, i) => !known[i])
  const free = paths.filter((_, i) => !known[i])
  await assertFree(free, force)
  for (const image of await saveLinked(missing, free)) showImage(output, image)
}

/** Whether an earlier run has written it. */
async function holds(path: string, hash: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined)
  return there?.isFile() === true && sha256(await readLocal(path)) === hash
}
