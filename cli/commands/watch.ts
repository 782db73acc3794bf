/** `semblance watch`, `cancel` and `retry`: follows a job of the service, whatever happens to the connection, stops it, queues it again. */
import { Command, Option } from 'commander'
import { assertSuccess } from '../../client/failures.ts'
import { CancelJob, RetryJob } from '../../client/generated/operations.ts'
import { findJob } from '../../client/job-list.ts'
import type { Job } from '../../client/jobs.ts'
import { writes } from '../paths.ts'
import { createPreviewSaver } from '../service/previews.ts'
import { watchJob } from '../service/progress.ts'
import { addService, type ServiceOptions, untilReaderLeaves, withService } from '../service/session.ts'
import { integer } from './options.ts'

const JOB = 'id of the job, or the beginning of it'

export const followJobOption = (command: Command): Command =>
  command.option('--follow', 'go on as semblance watch does')

export function watchCommand(): Command {
  const command = new Command('watch')
    .description('show the progress of a job to its end; Ctrl-C stops watching, not the job')
    .argument('<job>', JOB)
    .option('--after <number>', 'only events after this number', integer, 0)
    .addOption(writes(new Option('--preview-out <folder>', 'write the previews of a training there'), 'into'))
  return addService(command).action(runWatch)
}

interface WatchOptions extends ServiceOptions {
  readonly after: number
  readonly previewOut?: string
  readonly force?: boolean
}

export async function runWatch(reference: string, options: WatchOptions): Promise<void> {
  const { after, previewOut: folder, force = false } = options
  await withService(options, async ({ client, output, signal }) => {
    const id = await findJob(client, reference)
    const saver = folder === undefined ? undefined : createPreviewSaver(client, id, output, { folder, force })
    await untilReaderLeaves(signal, async both => {
      const job = await watchJob(client, id, output, { after, signal: both, ...(saver && { onEvent: saver.onEvent }) })
      await saver?.finish(both)
      output.result(resultText(job), { event: 'result', ...job })
    })
  })
}

function resultText(job: Job): string {
  if (job.__typename === 'Generation') {
    const images = job.images.map(({ id, prompt }) => `image ${id}: ${prompt}`)
    return [...images, `semblance images save ${job.id} --out out.png`].join('\n')
  }
  const { version, settings } = job
  if (!version) return 'trained; deleted since'
  const { name } = version.adapter
  return `learned "${settings.phrase}": version ${version.number} of ${name}\nsemblance generate --use "${name}" --prompt "a photo of ${settings.phrase}" --out out.png`
}

export function cancelCommand(): Command {
  const command = new Command('cancel').description('stop a job of the service').argument('<job>', JOB)
  return addService(command).action(runCancel)
}

async function runCancel(reference: string, options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const input = { jobId: await findJob(client, reference) }
    const { job } = assertSuccess((await client.run(CancelJob, { input })).cancelJob)
    const text = job.state === 'CANCELED' ? 'canceled' : `will be canceled within one step (it is ${job.state})`
    output.result(`${job.id} ${text}`, { event: 'canceled', ...job })
  })
}

export function retryCommand(): Command {
  const command = new Command('retry')
    .description('queue a failed or canceled job again; a training goes on from its last checkpoint')
    .argument('<job>', JOB)
    .option('--idempotency-key <text>', 'idempotency key: a repeated request queues nothing twice')
  return addService(followJobOption(command)).action(runRetry)
}

interface RetryOptions extends ServiceOptions {
  readonly idempotencyKey?: string
  readonly follow?: boolean
}

async function runRetry(reference: string, options: RetryOptions): Promise<void> {
  const { idempotencyKey = crypto.randomUUID(), follow } = options
  const id = await withService(options, async ({ client, output }) => {
    const input = { idempotencyKey, jobId: await findJob(client, reference) }
    const { job } = assertSuccess((await client.run(RetryJob, { input })).retryJob)
    output.result(`${job.id} is queued again`, { event: 'retried', ...job })
    return job.id
  })
  if (follow) await runWatch(id, { ...options, after: 0 })
}
