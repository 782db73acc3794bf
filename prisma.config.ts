/** Where the Prisma command line finds the schema; it connects to nothing. */
import { defineConfig } from 'prisma/config'

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } })
