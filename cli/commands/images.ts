/** `semblance images`: what a service has drawn: listed, and fetched as files. */
import { Command, Option } from 'commander'
import type { ServiceClient } from '../../client/client.ts'
import { findSubject, findVersion } from '../../client/find.ts'
import type { ImageFactsFragment } from '../../client/generated/operations.ts'
import { isId, shortIds } from '../../client/ids.ts'
import { findImage, findJob, listImages } from '../../client/job-list.ts'
import { readJob } from '../../client/jobs.ts'
import { AppError } from '../../errors.ts'
import { imagePaths, showImage, warnOfFormat } from '../image-files.ts'
import { assertFree, writes } from '../paths.ts'
import { saveLinked } from '../service/generate.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { showList } from '../table.ts'
import { count } from './options.ts'

export function imagesCommand(): Command {
  const command = new Command('images').description('list and fetch the images of a service')
  const list = new Command('list')
    .description('the newest images first')
    .option('--subject <name>', 'only those of a subject')
    .option('--use <adapter>', 'only those drawn with a version: NAME, NAME@alias, NAME@3, or its id')
    .option('--limit <n>', 'how many', count, 20)
  const save = new Command('save')
    .description('write an image, or all images of a drawing')
    .argument('<id>', 'id of an image or a job, or the beginning of it')
    .addOption(
      writes(
        new Option('--out <file>', 'the PNG to write; several are numbered: a-1.png, a-2.png').makeOptionMandatory(),
        'file',
        // How many there are is not known yet; the command checks the rest.
        out => imagePaths(out, 1),
      ),
    )
  return command
    .addCommand(addService(list).action(runList), { isDefault: true })
    .addCommand(addService(save).action(runSave))
}

interface ListOptions extends ServiceOptions {
  readonly subject?: string
  readonly use?: string
  readonly limit: number
}

async function runList({ subject, use, limit, ...options }: ListOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const filter = {
      ...(subject !== undefined && { subjectId: (await findSubject(client, subject)).id }),
      ...(use !== undefined && { versionId: await findVersion(client, use) }),
    }
    const entries = await listImages(client, filter, limit)
    const short = shortIds(entries.map(({ id }) => id))
    showList(output, {
      event: 'image',
      entries,
      table: [
        { head: 'ID', of: ({ id }) => short.get(id) ?? '' },
        { head: 'SIZE', of: ({ width, height }) => `${width}x${height}` },
        { head: 'SEED', of: ({ seed }) => String(seed) },
        { head: 'DRAWN', of: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
        { head: 'PROMPT', of: ({ prompt }) => prompt, wide: true },
      ],
      none: 'no images; semblance generate --use NAME draws some',
    })
  })
}

async function runSave(reference: string, options: ServiceOptions & { out: string; force?: boolean }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const images = await imagesOf(client, reference)
    warnOfFormat(output, options.out)
    const paths = imagePaths(options.out, images.length)
    await assertFree(paths, options.force ?? false)
    for (const image of await saveLinked(images, paths)) showImage(output, image)
  })
}

/** Of an image it, of a job all. @throws AppError NOT_FOUND */
async function imagesOf(client: ServiceClient, reference: string): Promise<readonly ImageFactsFragment[]> {
  const isJob = isId(reference, 'Generation') || isId(reference, 'TrainingJob')
  const image = isJob ? undefined : await findImage(client, reference).catch(onlyMissing)
  if (image) return [image]
  const job = await readJob(client, await findJob(client, reference))
  if (job.__typename === 'Generation' && job.images.length > 0) return job.images
  throw new AppError('NOT_FOUND', `the job ${reference} has no images`, 'semblance images shows those that there are.')
}

function onlyMissing(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error
}
