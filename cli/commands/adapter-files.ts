/** `semblance adapters import` and `export`: files of adapters in and out of a service. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { FORMATS, findAdapterFiles } from '../../adapters-store/index.ts'
import type { ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { findAdapter, findBase, findSubject, findVersion } from '../../client/find.ts'
import {
  type AdapterFileInput,
  type AdapterFormat,
  ExportAdapter,
  ImportAdapter,
  RequestAdapterUpload,
} from '../../client/generated/operations.ts'
import { download, readLocal, sha256, upload } from '../../client/transfer.ts'
import { AppError } from '../../errors.ts'
import { assertFree, reads, writes } from '../paths.ts'
import { addService, type ServiceOptions, withService } from '../service/session.ts'
import { oneOf } from './options.ts'

const FORMAT_NAMES = Object.keys(FORMATS)

export const REFERENCE = 'NAME, NAME@alias, NAME@3, or the beginning of the id of a version'

interface ImportOptions extends ServiceOptions {
  readonly name?: string
  readonly adapter?: string
  readonly subject?: string
  readonly base?: string
  readonly phrase?: string
  readonly config?: string
}

export const importCommand = (): Command =>
  addService(new Command('import'))
    .action(runImport)
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

export const exportCommand = (): Command =>
  addService(new Command('export'))
    .action(runExport)
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
