/** Resolvers of adapters, versions and aliases. */
import { mutation } from '../faults.ts'
import type { Resolvers } from '../generated/schema.ts'
import { defaultAlias } from '../generations/adapter-use.ts'
import { filterKey, toGlobalId } from '../graphql/global-id.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import { pageOf } from '../reading/page.ts'
import type { AdapterVersionRow } from '../rows.ts'
import { formOf } from '../upload-form.ts'
import { promoteVersion, setAlias } from './aliases.ts'
import { deleteAdapter } from './delete.ts'
import { exportAdapter } from './export.ts'
import { importAdapter, requestAdapterUpload } from './import.ts'
import { listAdapters } from './list.ts'

const Mutation: Resolvers['Mutation'] = {
  promoteVersion: mutation(async (input, context) => ({
    __typename: 'PromoteVersionSuccess',
    alias: await promoteVersion(context, input),
  })),
  setAlias: mutation(async (input, context) => ({
    __typename: 'SetAliasSuccess',
    alias: await setAlias(context, input),
  })),
  requestAdapterUpload: mutation(async (input, context) => {
    const { uploadId, form } = await requestAdapterUpload(context, input)
    return { __typename: 'RequestAdapterUploadSuccess', uploadId, form: formOf(form) }
  }),
  importAdapter: mutation(async (input, context) => ({
    __typename: 'ImportAdapterSuccess',
    version: await importAdapter(context, input),
  })),
  exportAdapter: mutation(async (input, context) => ({
    __typename: 'ExportAdapterSuccess',
    files: await exportAdapter(context, input),
  })),
  deleteAdapter: mutation(async (input, context) => ({
    __typename: 'DeleteAdapterSuccess',
    deletedId: await deleteAdapter(context, input),
  })),
}

/** Every manifest of ours says it. */
const phraseOf = ({ manifest }: AdapterVersionRow): string => (manifest as { subject?: string }).subject ?? ''

export const adapterResolvers = {
  Query: {
    adapters: (_root, { filter, ...page }, context) => {
      const subjectId = filterKey(filter?.subjectId, 'Subject')
      const baseModelId = filterKey(filter?.baseModelId, 'BaseModel')
      return listAdapters(context, page, { ...filter, subjectId, baseModelId })
    },
  },
  Mutation,
  Adapter: {
    id: row => toGlobalId('Adapter', row.id),
    subject: async (row, _args, { loaders }) =>
      row.subjectId === null ? null : ((await loaders.subject.load(row.subjectId)) ?? null),
    baseModel: async (row, _args, { loaders }) =>
      requireRow(await loaders.baseModel.load(row.baseModelId), 'a base model'),
    versions: (row, page, { read }) =>
      pageOf<AdapterVersionRow>(read, page, { table: tx => tx.adapterVersion, where: () => ({ adapterId: row.id }) }),
    aliases: (row, _args, { loaders }) => loaders.aliasesOf.load(row.id),
    phrase: async (row, _args, { loaders }) => {
      const alias = defaultAlias(await loaders.aliasesOf.load(row.id))
      const version = alias && (await loaders.version.load(alias.versionId))
      return version ? phraseOf(version) : null
    },
  },
  AdapterVersion: {
    id: row => toGlobalId('AdapterVersion', row.id),
    bytes: row => Number(row.bytes),
    phrase: phraseOf,
    adapter: async (row, _args, { loaders }) => requireRow(await loaders.adapter.load(row.adapterId), 'an adapter'),
    trainingJob: async (row, _args, { loaders }) =>
      row.jobId === null ? null : ((await loaders.job.load(row.jobId)) ?? null),
  },
  Alias: {
    version: async (row, _args, { loaders }) => requireRow(await loaders.version.load(row.versionId), 'a version'),
  },
} satisfies Resolvers
