/** API keys: creating, rotating and revoking them. The key itself is shown once and stored only as a hash. */
import { z } from 'zod'
import type { Transaction } from '../../prisma/index.ts'
import { actorName } from '../access/actor.ts'
import { createKey } from '../access/api-key.ts'
import { SCOPES, type Scope } from '../access/roles.ts'
import type { Context } from '../context.ts'
import { check, limitFault, validationFault } from '../faults.ts'
import type { CreateApiKeyInput, RevokeApiKeyInput, RotateApiKeyInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { ApiKeyRow } from '../rows.ts'
import { LIMITS } from '../service/limits.ts'
import { assertGrantable, type Grant } from './grants.ts'
import { active } from './list.ts'

interface CreatedKey {
  readonly apiKey: ApiKeyRow
  readonly secret: string
}

const newKey = z.object({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.enum(SCOPES)).min(1),
  environment: z.enum(['LIVE', 'TEST']),
  expiresAt: z
    .date()
    .refine(date => date.getTime() > Date.now(), 'lies in the past')
    .nullish()
    .transform(date => date ?? null),
})

/** Whoever creates one at the same time waits until the transaction ends. @throws UserFault LIMIT_EXCEEDED */
async function assertCount(tx: Transaction, tenantId: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`keys ${tenantId}`}, 0))`
  const [count, allowed] = [await tx.apiKey.count({ where: active() }), LIMITS.apiKeys]
  if (count < allowed) return
  const message = `${count} keys of the tenant hold; allowed are ${allowed} (apiKeys). Revoke some with revokeApiKey; { tenant { apiKeys(filter: { active: true }) } } lists them.`
  throw limitFault([], message, { limit: 'apiKeys', allowed, found: count + 1 })
}

async function insertKey(
  tx: Transaction,
  context: Context,
  tenantId: string,
  { name, scopes, environment, expiresAt }: Grant & { name: string },
): Promise<CreatedKey> {
  await assertCount(tx, tenantId)
  const env = environment === 'LIVE' ? 'live' : 'test'
  const { publicId, key, secretHash } = createKey(env)
  const createdBy = actorName(context.actor)
  const data = { tenantId, publicId, name, env, secretHash, scopes: [...new Set(scopes)], expiresAt, createdBy }
  return { apiKey: await tx.apiKey.create({ data }), secret: key }
}

export async function createApiKey(context: Context, input: CreateApiKeyInput): Promise<CreatedKey> {
  return change(context, async (tx, tenantId, audit) => {
    const wanted = check(newKey, input)
    assertGrantable(context.actor, wanted)
    const created = await insertKey(tx, context, tenantId, wanted)
    const target = toGlobalId('ApiKey', created.apiKey.id)
    await audit({ action: 'createApiKey', target, detail: { scopes: created.apiKey.scopes } })
    return created
  })
}

const MAX_GRACE_SECONDS = 7 * 86_400

/** The new key has the old one's rights, which the caller must have himself. */
export async function rotateApiKey(context: Context, input: RotateApiKeyInput): Promise<CreatedKey> {
  return change(context, async (tx, tenantId, audit) => {
    const old = await findKey(tx, input.apiKeyId)
    const grace = input.graceSeconds ?? 0
    if (grace < 0 || grace > MAX_GRACE_SECONDS)
      throw validationFault(
        'INVALID',
        'graceSeconds',
        `graceSeconds is ${grace}, allowed are 0 to ${MAX_GRACE_SECONDS}`,
      )
    const now = new Date()
    if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= now))
      throw validationFault('WRONG_STATE', 'apiKeyId', 'the key is revoked or expired; create a new one')
    const wanted = { ...old, ...grantOf(old) }
    assertGrantable(context.actor, wanted)
    const end = new Date(now.getTime() + grace * 1000)
    const ends = old.expiresAt !== null && old.expiresAt < end ? old.expiresAt : end
    await tx.apiKey.updateMany({
      where: { id: old.id },
      data: grace === 0 ? { revokedAt: now } : { expiresAt: ends },
    })
    const created = await insertKey(tx, context, tenantId, wanted)
    const detail = { replacedBy: toGlobalId('ApiKey', created.apiKey.id), graceSeconds: grace }
    await audit({ action: 'rotateApiKey', target: toGlobalId('ApiKey', old.id), detail })
    return created
  })
}

const grantOf = ({ scopes, env, expiresAt }: ApiKeyRow): Grant => ({
  scopes: scopes.filter((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope)),
  environment: env === 'live' ? 'LIVE' : 'TEST',
  expiresAt,
})

/** Revoking again changes nothing. The rule is that of granting: nobody takes away what he could not give. */
export async function revokeApiKey(context: Context, { apiKeyId }: RevokeApiKeyInput): Promise<ApiKeyRow> {
  return change(context, async (tx, _tenantId, audit) => {
    const key = await findKey(tx, apiKeyId)
    const { id } = key
    // A key may always end itself, for example when it has leaked.
    if (context.actor.kind !== 'key' || context.actor.id !== id) assertGrantable(context.actor, grantOf(key))
    await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    await audit({ action: 'revokeApiKey', target: toGlobalId('ApiKey', id) })
    return tx.apiKey.findFirstOrThrow({ where: { id } })
  })
}

const findKey = (tx: Transaction, apiKeyId: string): Promise<ApiKeyRow> =>
  resolveId(apiKeyId, 'ApiKey', 'apiKeyId', id => tx.apiKey.findFirst({ where: { id } }))
