/** `semblance adapters`: what the service has learned, as versions with aliases, and files in and out. */
import { Command } from 'commander'
import type { ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { findAdapter, findSubject, findVersion, listAdapters } from '../../client/find.ts'
import {
  AdapterDetail,
  type AdapterFactsFragment,
  DeleteAdapter,
  PromoteVersion,
  SetAlias,
} from '../../client/generated/operations.ts'
import { shortIds } from '../../client/ids.ts'
import { AppError } from '../../errors.ts'
import { confirm } from '../prompt.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { formatFacts, formatTable, showList } from '../table.ts'
import { exportCommand, importCommand, REFERENCE } from './adapter-files.ts'

const ADAPTER = 'its name, or the beginning of its id'

export function adaptersCommand(): Command {
  const command = new Command('adapters').description(
    'list, promote, import, export and delete the adapters of a service',
  )
  const list = new Command('list')
    .description('all adapters, newest first')
    .option('--subject <name>', 'only those of a subject')
  command.addCommand(addService(list).action(runList), { isDefault: true })
  const show = new Command('show')
    .description('one adapter: its versions, aliases and the words that call the subject')
    .argument('<adapter>', ADAPTER)
  const promote = new Command('promote')
    .description('point the alias "production" at a version')
    .argument('<version>', REFERENCE)
  const alias = new Command('alias')
    .description('point an alias at a version, or remove it')
    .argument('<adapter>', ADAPTER)
    .argument('<alias>', 'the alias')
    .argument('[version]', `${REFERENCE}, or just its number`)
    .option('--remove', 'remove the alias')
  const remove = new Command('delete')
    .description('delete an adapter with its versions')
    .argument('<adapter>', ADAPTER)
    .option('--yes', 'do not ask')
  return command
    .addCommand(addService(show).action(runShow))
    .addCommand(addService(promote).action(runPromote))
    .addCommand(addService(alias).action(runAlias))
    .addCommand(importCommand())
    .addCommand(exportCommand())
    .addCommand(addService(remove).action(runDelete))
}

async function runList(options: ServiceOptions & { subject?: string }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const subject = options.subject === undefined ? undefined : await findSubject(client, options.subject)
    const adapters = await listAdapters(client, subject ? { subjectId: subject.id } : {})
    const short = shortIds(adapters.map(({ id }) => id))
    showList(output, {
      event: 'adapter',
      entries: adapters,
      table: [
        { head: 'NAME', of: ({ name }) => name, wide: true },
        { head: 'SUBJECT', of: ({ subject }) => subject?.name ?? '', wide: true },
        { head: 'METHOD', of: ({ method }) => method },
        { head: 'BASE', of: ({ baseModel }) => baseModel.name, wide: true },
        { head: 'VERSIONS', of: aliasText, wide: true },
        { head: 'ID', of: ({ id }) => short.get(id) ?? '' },
      ],
      none: 'no adapters; make one with semblance train --subject NAME --images DIR',
    })
  })
}

const aliasText = ({ aliases }: AdapterFactsFragment): string =>
  aliases.map(({ name, version }) => `${name}: ${version.number}`).join(', ')

/** What a training or an import has written into a version. */
const phraseOf = (manifest: unknown): string | undefined => {
  const { subject } = (manifest ?? {}) as { subject?: unknown }
  return typeof subject === 'string' ? subject : undefined
}

async function runShow(reference: string, options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { id } = await findAdapter(client, reference)
    const { node } = await client.run(AdapterDetail, { id })
    if (node?.__typename !== 'Adapter')
      throw new AppError('NOT_FOUND', `${reference} was deleted meanwhile`, 'semblance adapters list shows all.')
    const { __typename: _, versions, ...adapter } = node
    const [newest] = versions.nodes
    const facts = formatFacts([
      ['name', adapter.name],
      ['subject', adapter.subject?.name],
      ['phrase', phraseOf(newest?.manifest)],
      ['method', adapter.method],
      ['base', `${adapter.baseModel.name} (${adapter.baseModel.size} px)`],
      ['created', adapter.createdAt.slice(0, 10)],
      ['id', id],
    ])
    const short = shortIds(versions.nodes.map(version => version.id))
    const table = formatTable(
      [
        { head: 'VERSION', of: ({ number }) => String(number) },
        { head: 'ALIASES', of: ({ number }) => aliasesOf(adapter, number), wide: true },
        { head: 'FORMAT', of: ({ format }) => format },
        { head: 'BYTES', of: ({ bytes }) => String(bytes) },
        { head: 'MADE', of: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
        { head: 'ID', of: version => short.get(version.id) ?? '' },
      ],
      versions.nodes,
      process.stdout.isTTY ? process.stdout.columns : undefined,
    )
    output.result(`${facts}\n\n${table}`, { event: 'adapter', ...adapter, versions: versions.nodes })
  })
}

const aliasesOf = ({ aliases }: Pick<AdapterFactsFragment, 'aliases'>, number: number): string =>
  aliases.flatMap(({ name, version }) => (version.number === number ? [name] : [])).join(', ')

async function runPromote(reference: string, options: ServiceOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    // Of a bare name the newest version: `production` is what moves.
    const input = { versionId: await findVersion(client, reference, ['latest']) }
    const { alias } = assertSuccess((await client.run(PromoteVersion, { input })).promoteVersion)
    output.result(`${alias.name} is version ${alias.version.number}`, { event: 'alias', ...alias })
  })
}

interface AliasOptions extends ServiceOptions {
  readonly remove?: boolean
}

async function runAlias(
  reference: string,
  name: string,
  version: string | undefined,
  options: AliasOptions,
): Promise<void> {
  if ((version === undefined) !== (options.remove ?? false))
    throw new AppError(
      'INPUT_INVALID',
      'give either a version or --remove: exactly one of them',
      'See semblance adapters alias --help.',
    )
  await withService(options, async ({ client, output }) => {
    const adapter = await findAdapter(client, reference)
    const input = {
      adapterId: adapter.id,
      name,
      versionId: version === undefined ? null : await versionOf(client, adapter, version),
    }
    const { alias } = assertSuccess((await client.run(SetAlias, { input })).setAlias)
    const text = alias
      ? `${name} is version ${alias.version.number} of ${adapter.name}`
      : `removed ${name} of ${adapter.name}`
    output.result(text, { event: 'alias', adapter: adapter.id, name, version: alias?.version ?? null })
  })
}

const versionOf = (client: ServiceClient, adapter: AdapterFactsFragment, reference: string): Promise<string> =>
  findVersion(client, /^\d+$/.test(reference) ? `${adapter.id}@${reference}` : reference)

async function runDelete(reference: string, options: ServiceOptions & { yes?: boolean }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { id, name } = await findAdapter(client, reference)
    await confirm(`delete the adapter ${name} with all its versions`, options.yes ?? false)
    assertSuccess((await client.run(DeleteAdapter, { input: { adapterId: id } })).deleteAdapter)
    output.result(`deleted ${name}`, { event: 'deleted', id, name })
  })
}
