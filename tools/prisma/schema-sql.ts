/** The SQL that leads from one Prisma schema to another, made offline by Prisma's own engine. */
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'

/**
 * `from` and `to` are texts of schemas; without `from` the SQL starts at an empty database. The engine wants a server it
 * can reach at `url`, reads nothing there, and changes nothing: never give it `from: migrations`, which would.
 */
export async function schemaSql(url: string, to: string, from?: string): Promise<string> {
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }))
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', to]] }, () => undefined, adapter)
  try {
    const target = (content: string) => ({
      tag: 'schemaDatamodel' as const,
      files: [{ path: 'schema.prisma', content }],
    })
    const { stdout } = await engine.diff({
      from: from === undefined ? { tag: 'empty' } : target(from),
      to: target(to),
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    })
    // A role without CREATE on the database may not run this, and the schema is there anyway.
    return (stdout ?? '').replace(/^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n+/, '')
  } finally {
    engine.free()
  }
}
