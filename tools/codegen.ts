/** Writes api/generated/schema.ts from schema.graphql: `npm run codegen`. A test compares what is committed with it. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type CodegenConfig, generate } from '@graphql-codegen/cli'

const ROOT = resolve(import.meta.dirname, '..')
export const GENERATED = join(ROOT, 'api/generated/schema.ts')

/** Rows behind the object types: resolvers get these as their parent. */
const ROWS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['Adapter', 'AdapterVersion', 'Alias', 'ApiKey', 'AuditEntry', 'BaseModel', 'Checkpoint', 'Consent'],
      ...['DeletionReceipt', 'Image', 'Invitation', 'JobAttempt', 'JobEvent', 'Membership', 'Photo', 'PhotoSet'],
      ...['Session', 'Subject', 'Tenant', 'User'],
    ].map(type => [type, `${type}Row`]),
  ),
  Job: 'JobRow',
  TrainingJob: 'JobRow',
  Generation: 'JobRow',
  ImageRequest: 'ImageRequestRow',
  InitImage: 'InitImageRow',
}
const MAPPERS = Object.fromEntries(Object.entries(ROWS).map(([type, row]) => [type, `../rows.ts#${row}`]))

const CONFIG: CodegenConfig = {
  schema: join(ROOT, 'schema.graphql'),
  silent: true,
  generates: {
    [GENERATED]: {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        useTypeImports: true,
        enumsAsTypes: true,
        contextType: '../context.ts#Context',
        resolversNonOptionalTypename: { unionMember: true },
        mappers: MAPPERS,
        scalars: { DateTime: 'Date', SafeInt: 'number', JSON: 'unknown', ID: 'string' },
      },
    },
  },
}

/** The file as it should be. */
export async function generatedTypes(): Promise<string> {
  const [file] = (await generate(CONFIG, false)) as { content: string }[]
  return file?.content ?? ''
}

if (process.argv[1] === import.meta.filename) await writeFile(GENERATED, await generatedTypes())
