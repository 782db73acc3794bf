/** `semblance jobs`: trainings and drawings of a service, and what goes on now. */
import { Command } from 'commander'
import { findSubject } from '../../client/find.ts'
import type { JobState } from '../../client/generated/operations.ts'
import { shortIds } from '../../client/ids.ts'
import { findJob, JOB_KINDS, type JobKindName, type JobRow, listJobs } from '../../client/job-list.ts'
import { FINAL, type Job, readJob } from '../../client/jobs.ts'
import { waitText, watchTenant } from '../service/progress.ts'
import { addService, type ServiceOptions, untilReaderLeaves, withService } from '../service/session.ts'
import { type Column, formatFacts, showList } from '../table.ts'
import { count, integer, oneOf } from './options.ts'
import { followJobOption, runWatch } from './watch.ts'

/** Words for `--state`; the states of the service are theirs in capitals. */
const STATES = ['queued', 'preparing', 'running', 'succeeded', 'failed', 'canceled'] as const

export function jobsCommand(): Command {
  const command = new Command('jobs').description('list and follow the trainings and drawings of a service')
  const list = new Command('list')
    .description('the newest jobs first; with --follow then everything that happens to any job, until Ctrl-C')
    .addOption(oneOf('--kind <name>', 'only of this kind', JOB_KINDS))
    .addOption(oneOf('--state <name>', 'only in this state', STATES))
    .option('--subject <name>', 'only trainings of a subject')
    .option('--limit <n>', 'how many', count, 20)
    .option('--follow', 'go on with the events of all jobs')
    .option('--after <number>', 'with --follow: the events behind this number, instead of a list', integer)
  const show = new Command('show')
    .description('one job: its state, progress and results')
    .argument('<job>', 'its id, or the beginning of it')
  return command
    .addCommand(addService(list).action(runList), { isDefault: true })
    .addCommand(addService(followJobOption(show)).action(runShow))
}

interface ListOptions extends ServiceOptions {
  readonly kind?: JobKindName
  readonly state?: (typeof STATES)[number]
  readonly subject?: string
  readonly limit: number
  readonly follow?: boolean
  readonly after?: number
}

async function runList({ kind, state, subject, limit, follow, after, ...options }: ListOptions): Promise<void> {
  await withService(options, async ({ client, output, signal }) => {
    if (!follow || after === undefined) {
      const search = {
        kind: subject === undefined ? kind : ('training' as const),
        states: state && [state.toUpperCase() as JobState],
        subjectId: subject === undefined ? undefined : (await findSubject(client, subject)).id,
      }
      const entries = await listJobs(client, search, limit)
      showList(output, {
        event: 'job',
        entries,
        table: columns(entries),
        none: 'no jobs; train and generate start some',
      })
    }
    if (follow) await untilReaderLeaves(signal, both => watchTenant(client, output, { after, signal: both }))
  })
}

function columns(jobs: readonly JobRow[]): Column<JobRow>[] {
  const short = shortIds(jobs.map(({ id }) => id))
  return [
    { head: 'ID', of: ({ id }) => short.get(id) ?? '' },
    { head: 'KIND', of: job => ('settings' in job ? job.settings.method : 'drawing') },
    { head: 'WHAT', of: job => ('subject' in job ? job.subject.name : (job.requests[0]?.prompt ?? '')), wide: true },
    { head: 'STATE', of: ({ state }) => state.toLowerCase() },
    { head: 'PROGRESS', of: progressOf },
    { head: 'QUEUED', of: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
    { head: 'REASON', of: ({ state, reason }) => (state === 'SUCCEEDED' ? '' : (reason ?? '')), wide: true },
  ]
}

const progressOf = ({ progress }: Pick<JobRow, 'progress'>): string =>
  progress ? `${progress.step}/${progress.steps}` : ''

async function runShow(reference: string, options: ServiceOptions & { follow?: boolean }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const job = await readJob(client, await findJob(client, reference))
    output.result(describe(job), { event: 'job', ...job })
    if (!options.follow || FINAL.has(job.state)) return
    await runWatch(job.id, { ...options, after: 0 })
  })
}

function describe(job: Job): string {
  const shared = [
    ['id', job.id],
    ['kind', job.kind.toLowerCase()],
    ['state', job.state.toLowerCase()],
    ['reason', job.reason],
    ['code', job.code],
    ['progress', progressOf(job)],
    ['queue', waitText(job)],
  ] as const
  if (job.__typename === 'Generation') {
    const images = job.images.map(({ id, prompt, seed }) => `${id}  seed ${seed}  ${prompt}`)
    return formatFacts([...shared, ...images.map(image => ['image', image] as const)])
  }
  const { subject, settings, version } = job
  const made = version && `${version.adapter.name}@${version.number}  ${version.id}`
  return formatFacts([...shared, ['subject', subject.name], ['phrase', settings.phrase], ['version', made]])
}
