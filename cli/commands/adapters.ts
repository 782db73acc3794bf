/** `semblance adapters`: what the service has learned, as versions with aliases, and files in and out. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { FORMATS, findAdapterFiles } from '../../adapters-store/index.ts'
import type { ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { findAdapter, findBase, findSubject, findVersion, listAdapters } from '../../client/find.ts'
import {
  type AdapterFactsFragment,
  type AdapterFileInput,
  type AdapterFormat,
  DeleteAdapter,
  ExportAdapter,
  ImportAdapter,
  PromoteVersion,
  RequestAdapterUpload,
  SetAlias,
} from '../../client/generated/operations.ts'
import { download, readLocal, sha256, upload } from '../../client/transfer.ts'
import { AppError } from '../../errors.ts'
import { assertFree, reads, writes } from '../paths.ts'
import { confirm } from '../prompt.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { showList } from '../table.ts'
import { oneOf } from './options.ts'

const FORMAT_NAMES = Object.keys(FORMATS)

const REFERENCE = 'NAME, NAME@alias, NAME@3, or the id of a version'

export function adaptersCommand(): Command {
  const command = new Command('adapters').description(
    'list, promote, import, export and delete the adapters of a service',
  )
  const list = new Command('list')
    .description('all adapters, newest first')
    .option('--subject <name>', 'only those of a subject')
  command.addCommand(addService(list).action(runList), { isDefault: true })
  const promote = new Command('promote')
    .description('point the alias "production" at a version')
    .argument('<version>', REFERENCE)
  const alias = new Command('alias')
    .description('point an alias at a version, or remove it')
    .argument('<adapter>', 'name or id of the adapter')
    .argument('<alias>', 'the alias')
    .argument('[version]', `${REFERENCE}, or just its number`)
    .option('--remove', 'remove the alias')
  const remove = new Command('delete')
    .description('delete an adapter with its versions')
    .argument('<adapter>', 'its name or id')
    .option('--yes', 'do not ask')
  return command
    .addCommand(addService(promote).action(runPromote))
    .addCommand(addService(alias).action(runAlias))
    .addCommand(addService(importCommand()).action(runImport))
    .addCommand(addService(exportCommand()).action(runExport))
    .addCommand(addService(remove).action(runDelete))
}

async function runList(options: ServiceOptions & { subject?: string }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const subject = options.subject === undefined ? undefined : await findSubject(client, options.subject)
    const adapters = await listAdapters(client, subject ? { subjectId: subject.id } : {})
    showList(output, {
      event: 'adapter',
      entries: adapters,
      table: [
        { head: 'NAME', of: ({ name }) => name, wide: true },
        { head: 'SUBJECT', of: ({ subject }) => subject?.name ?? '', wide: true },
        { head: 'METHOD', of: ({ method }) => method },
        { head: 'BASE', of: ({ baseModel }) => baseModel.name, wide: true },
        { head: 'VERSIONS', of: aliasText, wide: true },
        { head: 'ID', of: ({ id }) => id },
      ],
      none: 'no adapters; make one with semblance train --subject NAME --images DIR',
    })
  })
}

const aliasText = ({ aliases }: AdapterFactsFragment): string =>
  aliases.map(({ name, version }) => `${name}: ${version.number}`).join(', ')

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

interface ImportOptions extends ServiceOptions {
  readonly name?: string
  readonly adapter?: string
  readonly subject?: string
  readonly base?: string
  readonly phrase?: string
  readonly config?: string
}

const importCommand = (): Command =>
  new Command('import')
    .description('import an adapter file of any program as a version: LoRA pairs or a Textual Inversion embedding')
    .addArgument(
      reads(new Argument('<path>', 'the .safetensors file, or the folder of an adapter that has several files')),
    )
    .option('--name <name>', "name of the adapter, a new one or one that has versions; default: the file's name")
    .option('--adapter <name>', 'the adapter to add a version to')
    .option('--subject <name>', 'the subject that a new adapter draws')
    .option('--base <name>', 'the base of a new adapter; default: the first one')
    .option('--phrase <words>', 'the phrase that refers to the subject, if the file does not state it')
    .addOption(
      reads(new Option('--config <file>', 'for PEFT: its adapter_config.json; default: the one beside the file')),
    )
    .addHelpText(
      'after',
      `\nThe format is detected. Every tensor must fit the base. Formats: ${FORMAT_NAMES.join(', ')}.`,
    )

async function runImport(path: string, options: ImportOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const paths = await findAdapterFiles(path)
    if (options.config !== undefined && paths.length > 1)
      throw new AppError(
        'INPUT_INVALID',
        `${path} has several files`,
        'Leave --config out: each has its own beside it.',
      )
    const place = options.adapter
      ? { adapterId: (await findAdapter(client, options.adapter)).id }
      : { name: options.name ?? basename(path, '.safetensors') }
    const subject = options.subject && { subjectId: (await findSubject(client, options.subject)).id }
    const base = options.base && { baseModelId: (await findBase(client, options.base)).id }
    const files: AdapterFileInput[] = []
    for (const file of paths) files.push(await sendFile(client, path, file, options.config))
    const [first, ...moreFiles] = files as [AdapterFileInput, ...AdapterFileInput[]]
    const input = {
      idempotencyKey: crypto.randomUUID(),
      ...{ ...first, ...place, ...subject, ...base },
      moreFiles: moreFiles.length > 0 ? moreFiles : undefined,
      phrase: options.phrase || undefined,
    }
    const { version } = assertSuccess((await client.run(ImportAdapter, { input })).importAdapter)
    output.result(`version ${version.number} of ${version.adapter.name} (${version.format}): ${version.id}`, {
      event: 'version',
      ...version,
    })
  })
}

/** Under the name that it has in the adapter's folder, with the configuration beside it. */
async function sendFile(client: ServiceClient, path: string, file: string, config?: string): Promise<AdapterFileInput> {
  const own = config ?? join(dirname(file), 'adapter_config.json')
  const fileName = file === path ? basename(file) : relative(path, file).replaceAll(sep, '/')
  const hasConfig = config !== undefined || (await isFile(own))
  return {
    uploadId: await send(client, file),
    fileName,
    configUploadId: hasConfig ? await send(client, own) : undefined,
  }
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() ?? false

async function send(client: ServiceClient, path: string): Promise<string> {
  const bytes = await readLocal(path)
  const input = { bytes: bytes.byteLength, sha256: sha256(bytes) }
  const { uploadId, form } = assertSuccess((await client.run(RequestAdapterUpload, { input })).requestAdapterUpload)
  await upload(form, bytes, basename(path))
  return uploadId
}

interface ExportOptions extends ServiceOptions {
  readonly format: string
  readonly out: string
  readonly force?: boolean
}

const exportCommand = (): Command =>
  new Command('export')
    .description('write the files of a version')
    .argument('<version>', REFERENCE)
    .addOption(oneOf('--format <name>', 'file format', FORMAT_NAMES).default('semblance'))
    .addOption(writes(new Option('--out <folder>', 'where to write them').default('.'), 'into'))

async function runExport(reference: string, options: ExportOptions): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const input = {
      versionId: await findVersion(client, reference),
      format: options.format.toUpperCase().replaceAll('-', '_') as AdapterFormat,
    }
    const { files } = assertSuccess((await client.run(ExportAdapter, { input })).exportAdapter)
    const paths = files.map(({ fileName }) => join(options.out, ...fileName.split('/').map(part => basename(part))))
    await assertFree(paths, options.force ?? false)
    for (const [i, file] of files.entries()) {
      const path = paths[i] ?? ''
      await download(file, path)
      output.result(`wrote ${path}`, { event: 'file', path, bytes: file.bytes, sha256: file.sha256 })
    }
  })
}

async function runDelete(reference: string, options: ServiceOptions & { yes?: boolean }): Promise<void> {
  await withService(options, async ({ client, output }) => {
    const { id, name } = await findAdapter(client, reference)
    await confirm(`delete the adapter ${name} with all its versions`, options.yes ?? false)
    assertSuccess((await client.run(DeleteAdapter, { input: { adapterId: id } })).deleteAdapter)
    output.result(`deleted ${name}`, { event: 'deleted', id, name })
  })
}
