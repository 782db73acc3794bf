/** A tenant with an owner, and a base, as rows of a database. */
import { randomUUID } from 'node:crypto'
import type { Database } from '../../prisma/index.ts'

interface TestTenant {
  readonly tenantId: string
  readonly userId: string
}

/** A tenant with an owner. */
export async function createTestTenant({ login }: Database, name = 'Tenant'): Promise<TestTenant> {
  const email = `${randomUUID()}@example.org`
  const userId = await login.createUser({ email, name: `Owner of ${name}`, passwordHash: 'none' })
  const { tenantId } = await login.createTenant(userId!, name)
  return { tenantId, userId: userId! }
}

export const createTestBase = ({ registerBaseModel }: Database, name = 'tiny'): Promise<string> =>
  registerBaseModel({
    name,
    fingerprint: 'f'.repeat(64),
    folder: name,
    size: 32,
    sizeStep: 8,
    family: 'stable-diffusion',
    parameters: 1000,
  })
