/** `semblance subjects`: who and what the service knows, and their deletion with a receipt. */
import { Command, Option } from 'commander'
import { assertSuccess } from '../../client/failures.ts'
import { findSubject, listSubjects } from '../../client/find.ts'
import {
  CreateSubject,
  DeleteSubject,
  SubjectDetail,
  type SubjectFactsFragment,
} from '../../client/generated/operations.ts'
import { shortIds } from '../../client/ids.ts'
import { AppError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { writes } from '../paths.ts'
import { confirm } from '../prompt.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { formatFacts, showList } from '../table.ts'

const SUBJECT = 'its name, or the beginning of its id'

export function subjectsCommand(): Command {
  const command = new Command('subjects').description('list, create and delete the subjects of a service')
  command.addCommand(
    addService(
      new Command('list').description('all subjects, newest first').option('--name <text>', 'part of the name'),
    ).action(runList),
    { isDefault: true },
  )
  const show = new Command('show')
    .description('one subject: its photos, consents, trainings and adapters')
    .argument('<subject>', SUBJECT)
  const create = new Command('create')
    .description('create a subject')
    .argument('<name>', 'its name')
    .option('--class <word>', 'what it is, as a noun in a prompt', 'person')
    .option('--no-person', 'it is an animal or an object: no consent needed')
  const remove = new Command('delete')
    .description('delete a subject with its photos, consents, trainings, adapters and images')
    .argument('<subject>', SUBJECT)
    .option('--yes', 'do not ask')
    .addOption(
      writes(
        new Option('--receipt <file>', 'write the receipt, the hashes of everything deleted, to this file'),
        'file',
      ),
    )
  return command
    .addCommand(addService(show).action(runShow))
    .addCommand(addService(create).action(runCreate))
    .addCommand(addService(remove).action(runDelete))
}

async function runList(options: ServiceOptions & { name?: string }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const subjects = await listSubjects(client, options.name)
    const short = shortIds(subjects.map(({ id }) => id))
    showList(output, {
      event: 'subject',
      entries: subjects,
      table: [
        { head: 'NAME', of: ({ name }) => name, wide: true },
        { head: 'CLASS', of: ({ classNoun }) => classNoun, wide: true },
        { head: 'PERSON', of: ({ isPerson }) => (isPerson ? 'yes' : '') },
        { head: 'CREATED', of: ({ createdAt }) => createdAt.slice(0, 10) },
        { head: 'ID', of: ({ id }) => short.get(id) ?? '' },
      ],
      none: 'no subjects; create one with semblance subjects create NAME',
    })
  })
}

async function runShow(reference: string, options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { id } = await findSubject(client, reference)
    const { node } = await client.run(SubjectDetail, { id })
    if (node?.__typename !== 'Subject')
      throw new AppError('NOT_FOUND', `${reference} was deleted meanwhile`, 'semblance subjects list shows all.')
    const { __typename: _, photoSets, consents, trainingJobs, adapters, ...subject } = node
    const parts = {
      photoSets: photoSets.nodes,
      consents: consents.nodes,
      trainings: trainingJobs.nodes,
      adapters: adapters.nodes,
    }
    const day = (time: string) => time.slice(0, 10)
    const lines = [
      ['name', subject.name],
      ['class', `${subject.classNoun}${subject.isPerson ? ' (a person, who must consent)' : ''}`],
      ['created', day(subject.createdAt)],
      ['id', id],
      ...parts.photoSets.map(({ state, photos, createdAt }) => {
        const accepted = photos.filter(photo => photo.state === 'ACCEPTED').length
        return [
          'photos',
          `${accepted} of ${photos.length} accepted, ${state.toLowerCase()}, ${day(createdAt)}`,
        ] as const
      }),
      ...parts.consents.map(({ grantedBy, recordedAt, revokedAt }) => {
        const until = revokedAt === null ? '' : `, revoked ${day(revokedAt)}`
        return ['consent', `of ${grantedBy}, ${day(recordedAt)}${until}`] as const
      }),
      ...parts.trainings.map(job => {
        const made = job.version ? `  ${job.version.adapter.name}@${job.version.number}` : ''
        return ['training', `${job.settings.method} ${job.state.toLowerCase()}${made}  ${job.id}`] as const
      }),
      ...parts.adapters.map(({ name, method }) => ['adapter', `${name} (${method})`] as const),
    ] as const
    output.result(formatFacts(lines), { event: 'subject', ...subject, ...parts })
  })
}

interface CreateOptions extends ServiceOptions {
  readonly class: string
  readonly person: boolean
}

async function runCreate(name: string, options: CreateOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const input = { name, classNoun: options.class, isPerson: options.person, idempotencyKey: crypto.randomUUID() }
    const { subject } = assertSuccess((await client.run(CreateSubject, { input })).createSubject)
    output.result(describe(subject), { event: 'subject', ...subject })
  })
}

const describe = ({ name, classNoun, isPerson, id }: SubjectFactsFragment): string =>
  `created ${name}, a ${classNoun}${isPerson ? ' who must consent' : ''}: ${id}`

interface DeleteOptions extends ServiceOptions {
  readonly yes?: boolean
  readonly receipt?: string
}

async function runDelete(reference: string, options: DeleteOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { id, name } = await findSubject(client, reference)
    await confirm(`delete ${name} with everything that came from it`, options.yes ?? false)
    const { receipt } = assertSuccess((await client.run(DeleteSubject, { input: { subjectId: id } })).deleteSubject)
    if (options.receipt) await writeFileAtomically(options.receipt, `${JSON.stringify(receipt, undefined, 2)}\n`)
    const where = options.receipt ? `receipt in ${options.receipt}` : `receipt ${receipt.id}`
    output.result(`deleted ${name}; ${where}`, { event: 'deleted', name, ...receipt })
  })
}
