/** Imports adapter files: an upload becomes a version of a new or an existing adapter. */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { z } from 'zod'
import type { BlobInfo, OpenedBlob, UploadForm } from '../../adapters-store/index.ts'
import type { Prisma, Transaction } from '../../prisma/index.ts'
import { findBase } from '../base-models/find.ts'
import { storeAndName } from '../blobs.ts'
import { assertConsent } from '../consents/assert.ts'
import { type Context, tenantOf } from '../context.ts'
import { check, notFoundFault, validationFault } from '../faults.ts'
import type { AdapterFileInput, ImportAdapterInput, RequestAdapterUploadInput } from '../generated/schema.ts'
import { keyOf, toGlobalId } from '../graphql/global-id.ts'
import type { Audit } from '../mutations/change.ts'
import { once, storedResult } from '../mutations/idempotency.ts'
import { requireResult, resolveId } from '../mutations/resolve-id.ts'
import type { AdapterRow, AdapterVersionRow, BaseModelRow, SubjectRow } from '../rows.ts'
import { LIMITS, UPLOAD_SECONDS } from '../service/limits.ts'
import { assertStorage } from '../tenants/storage.ts'
import { point } from './aliases.ts'
import { type ImportedFile, type ImportedPart, importFile, putFile, readConfig } from './files.ts'
import { adapterOfLine } from './line.ts'

const newUpload = z.object({
  bytes: z.int().min(1).max(LIMITS.adapterBytes),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hexadecimal digits')
    .nullish(),
})

export async function requestAdapterUpload(
  context: Context,
  input: RequestAdapterUploadInput,
): Promise<{ uploadId: string; form: UploadForm }> {
  const { bytes, sha256 } = check(newUpload, input)
  const tenantId = tenantOf(context)
  await context.database.withTenant(tenantId, tx => assertStorage(tx, tenantId, bytes, 'bytes'))
  const uploadId = randomUUID()
  const form = await context.store.uploadForm(tenantId, {
    uploadId,
    contentType: 'application/octet-stream',
    minBytes: bytes,
    maxBytes: bytes,
    expiresInSeconds: UPLOAD_SECONDS,
    sha256: sha256 || undefined,
  })
  return { uploadId: toGlobalId('AdapterUpload', uploadId), form }
}

/** Where the version goes. */
interface Target {
  readonly base: BaseModelRow
  readonly adapter: AdapterRow | undefined
  readonly subject: SubjectRow | undefined
  readonly name: string
  readonly phrase: string
}

const newName = z.object({ name: z.string().trim().min(1).max(100) })
const phrases = z.object({ phrase: z.string().trim().min(1).max(100) })

async function resolveTarget(tx: Transaction, input: ImportAdapterInput): Promise<Target> {
  const findAdapter = (id: string) => tx.adapter.findFirst({ where: { id } })
  const adapter = input.adapterId ? await resolveId(input.adapterId, 'Adapter', 'adapterId', findAdapter) : undefined
  const findSubject = (id: string) => tx.subject.findFirst({ where: { id } })
  const given = input.subjectId ? await resolveId(input.subjectId, 'Subject', 'subjectId', findSubject) : undefined
  if (adapter && given && adapter.subjectId !== given.id)
    throw validationFault('INVALID', 'subjectId', 'the adapter draws another subject; leave subjectId out')
  const own = adapter?.subjectId ? await findSubject(adapter.subjectId) : null
  const subject = given ?? own ?? undefined
  const baseId = adapter ? toGlobalId('BaseModel', adapter.baseModelId) : input.baseModelId
  const base = await findBase(tx, baseId)
  const { name } = adapter ?? check(newName, { name: input.name ?? subject?.name ?? '' })
  const { phrase } = check(phrases, { phrase: input.phrase ?? `sks ${subject?.classNoun ?? 'subject'}` })
  if (subject) await assertConsent(tx, subject, undefined, input.subjectId ? 'subjectId' : 'adapterId')
  return { base, adapter, subject, name, phrase }
}

const OPERATION = 'importAdapter'
/** Three parts of a model, two files of an embedding. */
const MAX_FILES = 5

/** The file is read before anything is stored; a request that was answered before reads nothing. */
export async function importAdapter(context: Context, input: ImportAdapterInput): Promise<AdapterVersionRow> {
  const tenantId = tenantOf(context)
  const done = await context.read(tx => storedResult(tx, OPERATION, input))
  if (done)
    return requireResult(context.read(tx => tx.adapterVersion.findFirst({ where: { id: done.versionId ?? '' } })))
  const target = await context.database.withTenant(tenantId, tx => resolveTarget(tx, input))
  const given = [input, ...(input.moreFiles ?? [])]
  if (given.length > MAX_FILES)
    throw validationFault(
      'INVALID',
      'moreFiles',
      `the adapter has ${given.length} files, at most ${MAX_FILES} are read`,
    )
  const parts: ImportedPart[] = []
  for (const [i, file] of given.entries()) parts.push(await takePart(context, file, i, input.phrase))
  const base = await context.openBase(target.base)
  const version = await importFile(base, { parts, phrase: target.phrase }, async file => {
    assertNamed(file)
    return storeAndName(context, {
      store: () => putFile(context.store, tenantId, file.path),
      hashesOf: ({ sha256 }) => [sha256],
      name: (tx, blob, _tenantId, audit) => addVersion(tx, { tenantId, input, file, blob, audit }),
    })
  })
  for (const id of given.flatMap(({ uploadId, configUploadId }) => [uploadId, configUploadId]))
    if (id) await context.store.dropUpload(tenantId, keyOf(id, 'AdapterUpload') ?? '')
  return version
}

interface NewVersion {
  readonly tenantId: string
  readonly input: ImportAdapterInput
  readonly file: ImportedFile
  readonly blob: BlobInfo
  readonly audit: Audit
}

async function addVersion(
  tx: Transaction,
  { tenantId, input, file, blob, audit }: NewVersion,
): Promise<AdapterVersionRow> {
  const { versionId } = await once(tx, tenantId, OPERATION, input, async () => {
    const target = await resolveTarget(tx, input)
    await assertStorage(tx, tenantId, blob.bytes, 'uploadId')
    const adapterId = await adapterFor(tx, tenantId, target, file)
    const last = await tx.adapterVersion.aggregate({ where: { adapterId }, _max: { number: true } })
    const version = await tx.adapterVersion.create({
      data: {
        tenantId,
        adapterId,
        number: (last._max.number ?? 0) + 1,
        sha256: blob.sha256,
        bytes: blob.bytes,
        manifest: file.manifest as Prisma.InputJsonObject,
        format: file.format,
      },
    })
    await point(tx, { tenantId, adapterId, name: 'latest' }, version.id)
    await audit({ action: OPERATION, target: toGlobalId('AdapterVersion', version.id) })
    return { versionId: version.id }
  })
  return requireResult(tx.adapterVersion.findFirst({ where: { id: versionId ?? '' } }))
}

/** The adapter that was named, else that of the line; its row is locked, so that numbers are given one after the other. */
async function adapterFor(tx: Transaction, tenantId: string, target: Target, file: ImportedFile): Promise<string> {
  const { adapter, name, base, subject } = target
  if (!adapter) {
    const line = { subjectId: subject?.id ?? null, baseModelId: base.id, method: file.manifest.method, name }
    return adapterOfLine(tx, tenantId, line)
  }
  const held = await tx.$queryRaw<unknown[]>`select 1 from adapters where id = ${adapter.id}::uuid for update`
  if (held.length === 0) throw notFoundFault('adapterId')
  return adapter.id
}

const FILE_NAME = /^(?:[\w-]{1,50}\/)?[^/\\\0]{1,200}$/
const fileNames = z.object({
  fileName: z
    .string()
    .regex(FILE_NAME, 'give the name of the file, with one folder before it at most')
    .refine(name => !/^\.+$/.test(basename(name)), 'give the name of the file')
    .nullish(),
})

/** What an embedding is called by that does not say its word: the name of its file, or the phrase. */
const UNNAMED = 'unnamed.safetensors'

async function takePart(
  context: Context,
  file: AdapterFileInput,
  place: number,
  phrase: string | null | undefined,
): Promise<ImportedPart> {
  const inFile = (name: string) => (place === 0 ? [name] : ['moreFiles', place - 1, name])
  const parsed = fileNames.safeParse(file)
  if (!parsed.success)
    throw validationFault('INVALID', inFile('fileName'), parsed.error.issues.map(({ message }) => message).join('; '))
  const named = file.fileName ?? (phrase && `${phrase.replaceAll(/[/\\\0]/g, '_')}.safetensors`) ?? UNNAMED
  const { configUploadId } = file
  const config = configUploadId ? await takeUpload(context, configUploadId, inFile('configUploadId')) : undefined
  return {
    fileName: named,
    weights: await takeUpload(context, file.uploadId, inFile('uploadId')),
    config: config && (await readConfig(config)),
  }
}

const takeUpload = (context: Context, uploadId: string, path: (string | number)[]): Promise<OpenedBlob> =>
  resolveId(uploadId, 'AdapterUpload', path, async key => {
    return (await context.store.takeUpload(tenantOf(context), key)) ?? null
  })

/** @throws UserFault INVALID for an embedding whose word nobody has said. */
function assertNamed({ manifest }: ImportedFile): void {
  const word = (manifest as { word?: { placeholder: string } }).word?.placeholder
  if (word !== UNNAMED.replace('.safetensors', '')) return
  const message = 'the file does not say the word of the embedding; give its fileName, or the word as phrase'
  throw validationFault('INVALID', 'fileName', message)
}
