/** Exports adapter versions: links to the stored file, or to files written in another dialect. */
import { basename } from 'node:path'
import type { Transaction } from '../../prisma/index.ts'
import { storeAndName } from '../blobs.ts'
import { type Context, tenantOf } from '../context.ts'
import type { AdapterFormat, ExportAdapterInput, FileLink } from '../generated/schema.ts'
import { servedVersion } from '../generations/adapter-use.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import { LINK_SECONDS } from '../service/limits.ts'
import { type ExportedFile, exportFiles } from './files.ts'

/** A person's adapter leaves only with the person's consent. */
export async function exportAdapter(context: Context, input: ExportAdapterInput): Promise<FileLink[]> {
  const tenantId = tenantOf(context)
  const { version, baseModel } = await context.database.withTenant(tenantId, async tx => {
    const id = await resolveId(input.versionId, 'AdapterVersion', 'versionId', async key => key)
    const { version, baseModelId } = await servedVersion(tx, id, ['versionId'])
    return { version, baseModel: await tx.baseModel.findUniqueOrThrow({ where: { id: baseModelId } }) }
  })
  const format = input.format ?? 'SEMBLANCE'
  const write = async () =>
    exportFiles(context.store, tenantId, {
      sha256: version.sha256,
      format: dialectOf(format),
      base: await context.openBase(baseModel),
    })
  const written = (files: readonly ExportedFile[]) => (format === 'SEMBLANCE' ? [] : files.map(({ sha256 }) => sha256))
  const files = await storeAndName<ExportedFile[], ExportedFile[]>(context, {
    store: async () => (format === 'SEMBLANCE' ? [ownFile(version)] : write()),
    hashesOf: written,
    name: async (_tx, stored, _tenantId, audit) => {
      await audit(exportDeed(version.id, format, written(stored)))
      return stored
    },
  })
  return Promise.all(files.map(file => linkTo(context, file)))
}

/** `KOHYA_ORIGINAL` is the dialect `kohya-original`. */
const dialectOf = (format: AdapterFormat): string => format.toLowerCase().replaceAll('_', '-')

const ownFile = ({ sha256, bytes }: { readonly sha256: string; readonly bytes: bigint }): ExportedFile => ({
  fileName: `adapter-${sha256.slice(0, 12)}.safetensors`,
  sha256,
  bytes: Number(bytes),
})

/** The audit trail remembers which files were written: they go with the version. */
const exportDeed = (versionId: string, format: AdapterFormat, files: string[]) => ({
  action: 'exportAdapter',
  target: toGlobalId('AdapterVersion', versionId),
  detail: { format, files },
})

/** Hashes of the files that were written for these versions. */
export async function exportedBlobs(tx: Transaction, versionIds: readonly string[]): Promise<string[]> {
  const targets = versionIds.map(id => toGlobalId('AdapterVersion', id))
  const entries = await tx.auditEntry.findMany({ where: { action: 'exportAdapter', target: { in: targets } } })
  return [...new Set(entries.flatMap(({ detail }) => (detail as { files?: string[] }).files ?? []))]
}

async function linkTo(context: Context, file: ExportedFile): Promise<FileLink> {
  const contentType = file.fileName.endsWith('.json') ? 'application/json' : 'application/octet-stream'
  const terms = { contentType, fileName: basename(file.fileName), expiresInSeconds: LINK_SECONDS }
  return { ...file, ...(await context.store.downloadLink(tenantOf(context), file.sha256, terms)) }
}
