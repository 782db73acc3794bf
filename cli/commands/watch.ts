/** `semblance watch` and `cancel`: follows a job of the service, whatever happens to the connection, or stops it. */
import { Command } from 'commander'
import { assertSuccess } from '../../client/failures.ts'
import { CancelJob } from '../../client/generated/operations.ts'
import type { Job } from '../../client/jobs.ts'
import { watchJob } from '../service/progress.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { integer } from './options.ts'

export function watchCommand(): Command {
  const command = new Command('watch')
    .description('show the progress of a job to its end; Ctrl-C stops watching, not the job')
    .argument('<job>', 'id of the job')
    .option('--after <number>', 'only events after this number', integer, 0)
  return addService(command).action(runWatch)
}

async function runWatch(id: string, options: ServiceOptions & { after: number }): Promise<void> {
  await withService(options, async ({ client, output, signal }) => {
    const job = await watchJob(client, id, output, { after: options.after, signal })
    output.result(resultText(job), { event: 'result', ...job })
  })
}

function resultText(job: Job): string {
  if (job.__typename === 'Generation') return job.images.map(({ id, prompt }) => `image ${id}: ${prompt}`).join('\n')
  const { version, settings } = job
  if (!version) return 'trained; deleted since'
  const { name } = version.adapter
  return `learned "${settings.phrase}": version ${version.number} of ${name}\nsemblance generate --use "${name}" --prompt "a photo of ${settings.phrase}" --out out.png`
}

export function cancelCommand(): Command {
  const command = new Command('cancel').description('stop a job of the service').argument('<job>', 'id of the job')
  return addService(command).action(runCancel)
}

async function runCancel(jobId: string, options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { job } = assertSuccess((await client.run(CancelJob, { input: { jobId } })).cancelJob)
    const text = job.state === 'CANCELED' ? 'canceled' : `will be canceled within one step (it is ${job.state})`
    output.result(`${jobId} ${text}`, { event: 'canceled', ...job })
  })
}
