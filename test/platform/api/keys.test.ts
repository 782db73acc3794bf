import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createKey, parseKey } from '../../../api/access/api-key.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const SUBJECTS = '{ subjects { nodes { id } } }'
const shown = 'secret apiKey { id prefix scopes environment expiresAt lastUsedAt revokedAt }'
const create = (who: Identity, input: Record<string, unknown>) =>
  mutate(service, who, 'createApiKey', { name: 'a key', ...input }, shown)
const codeOf = async (key: string) => (await ask(service, SUBJECTS, {}, { key })).errors?.[0]?.extensions.code

test('a key has the public form, is shown once and kept as a hash', async () => {
  const { secret, apiKey } = await create(owner, { scopes: ['SUBJECTS_READ'] })
  expect(secret).toMatch(/^smb_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$/)
  expect(secret.startsWith(`${apiKey.prefix}_`)).toBe(true)
  const { tenantId = '' } = (await service.database.login.findKey(parseKey(secret)?.publicId ?? '')) ?? {}
  const rows = await service.database.withTenant(tenantId, tx => tx.apiKey.findMany())
  const last = secret.split('_').at(-1)
  expect(JSON.stringify(rows)).not.toContain(last.slice(0, 32))
  expect((await ask(service, SUBJECTS, {}, { key: secret })).errors).toBeUndefined()
})

test('a key with a wrong checksum or form costs no question to the database', async () => {
  const find = vi.spyOn(service.database.login, 'findKey')
  const { key } = createKey('live')
  const swapped = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a')
  for (const wrong of [swapped, key.slice(1), `${key}a`, 'smb_live_', 'x'.repeat(5000), key.replace('live', 'prod')])
    expect(await codeOf(wrong)).toBe('UNAUTHENTICATED')
  expect(find).not.toHaveBeenCalled()
  expect(await codeOf(key)).toBe('UNAUTHENTICATED')
  expect(find).toHaveBeenCalledTimes(1)
  find.mockRestore()
})

test('an unauthenticated key is answered with status 401', async () => {
  expect((await ask(service, SUBJECTS, {}, { key: createKey('live').key })).status).toBe(401)
})

test('a revoked key is refused within a second', async () => {
  const { secret, apiKey } = await create(owner, { scopes: ['SUBJECTS_READ'] })
  expect(await codeOf(secret)).toBeUndefined()
  const revoked = await mutate(service, owner, 'revokeApiKey', { apiKeyId: apiKey.id }, 'apiKey { revokedAt }')
  expect(revoked.apiKey.revokedAt).not.toBeNull()
  await vi.waitFor(async () => expect(await codeOf(secret)).toBe('UNAUTHENTICATED'), 1000)
})

test('a key ends when it should, and its last use is noted', async () => {
  const expiresAt = new Date(Date.now() + 1500).toISOString()
  const { secret, apiKey } = await create(owner, { scopes: ['SUBJECTS_READ'], expiresAt })
  expect(apiKey.lastUsedAt).toBeNull()
  expect(await codeOf(secret)).toBeUndefined()
  const query = 'query ($id: ID!) { node(id: $id) { ... on ApiKey { lastUsedAt } } }'
  expect((await ask(service, query, { id: apiKey.id }, owner)).data.node.lastUsedAt).not.toBeNull()
  await vi.waitFor(async () => expect(await codeOf(secret)).toBe('UNAUTHENTICATED'), 5000)
  const past = await create(owner, { scopes: ['SUBJECTS_READ'], expiresAt: '2020-01-01T00:00:00Z' })
  expect(past).toMatchObject({ code: 'INVALID', path: ['input', 'expiresAt'] })
})

test('a rotated key has the same rights; the old one goes on for its grace and no longer', async () => {
  const { secret, apiKey } = await create(owner, { scopes: ['SUBJECTS_READ', 'IMAGES_READ'] })
  const input = { apiKeyId: apiKey.id, graceSeconds: 2 }
  const rotated = await mutate(service, owner, 'rotateApiKey', input, shown)
  expect(rotated.apiKey.scopes).toEqual(apiKey.scopes)
  expect([await codeOf(secret), await codeOf(rotated.secret)]).toEqual([undefined, undefined])
  await vi.waitFor(async () => expect(await codeOf(secret)).toBe('UNAUTHENTICATED'), 5000)
  const atOnce = await mutate(service, owner, 'rotateApiKey', { apiKeyId: rotated.apiKey.id }, shown)
  expect(await codeOf(atOnce.secret)).toBeUndefined()
  await vi.waitFor(async () => expect(await codeOf(rotated.secret)).toBe('UNAUTHENTICATED'), 1000)
  const again = await mutate(service, owner, 'rotateApiKey', { apiKeyId: rotated.apiKey.id }, shown)
  expect(again).toMatchObject({ code: 'WRONG_STATE' })
})

test('nobody grants what he lacks: neither scopes nor time nor environment', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const given = { scopes: ['KEYS_WRITE', 'SUBJECTS_WRITE'], expiresAt, environment: 'TEST' }
  const maker = { key: (await create(owner, given)).secret }
  const within = { scopes: ['SUBJECTS_READ'], expiresAt, environment: 'TEST' }
  expect(await create(maker, within)).toMatchObject({ __typename: 'CreateApiKeySuccess' })
  const exceeds = (path: string) => ({ code: 'EXCEEDS_RIGHTS', path: ['input', path] })
  expect(await create(maker, { ...within, scopes: ['SUBJECTS_DELETE'] })).toMatchObject(exceeds('scopes'))
  expect(await create(maker, { ...within, expiresAt: null })).toMatchObject(exceeds('expiresAt'))
  expect(await create(maker, { ...within, environment: 'LIVE' })).toMatchObject(exceeds('environment'))
  const strong = await create(owner, { scopes: ['SUBJECTS_DELETE'] })
  const rotated = await mutate(service, maker, 'rotateApiKey', { apiKeyId: strong.apiKey.id }, shown)
  expect(rotated).toMatchObject(exceeds('scopes'))
  expect(await codeOf(strong.secret)).toBeUndefined()
})

test('who cannot grant the rights of a key cannot revoke it; a key can always end itself', async () => {
  const maker = await keyFor(service, owner, 'KEYS_WRITE', 'SUBJECTS_READ')
  const revoke = (who: Identity, apiKeyId: string) =>
    mutate(service, who, 'revokeApiKey', { apiKeyId }, 'apiKey { id }')
  const strong = await create(owner, { scopes: ['SUBJECTS_DELETE'] })
  expect(await revoke(maker, strong.apiKey.id)).toMatchObject({ code: 'EXCEEDS_RIGHTS', path: ['input', 'scopes'] })
  const testKey = await create(owner, { scopes: ['SUBJECTS_READ'], environment: 'TEST' })
  expect(await revoke(maker, testKey.apiKey.id)).toMatchObject({ code: 'EXCEEDS_RIGHTS' })
  expect(await codeOf(strong.secret)).toBeUndefined()
  const weak = await create(owner, { scopes: ['SUBJECTS_READ'] })
  expect(await revoke(maker, weak.apiKey.id)).toMatchObject({ apiKey: { id: weak.apiKey.id } })
  const query = '{ currentKey { id } }'
  const own = (await ask(service, query, {}, maker)).data.currentKey.id
  expect(await revoke(maker, own)).toMatchObject({ apiKey: { id: own } })
})

test('a secret that is shown once is not lost beside a mutation that is refused', async () => {
  const maker = await keyFor(service, owner, 'KEYS_WRITE', 'SUBJECTS_READ')
  const query = `mutation {
    createApiKey(input: { name: "beside", scopes: [SUBJECTS_READ] }) { ... on CreateApiKeySuccess { secret } }
    createSubject(input: { name: "x", classNoun: "cat", isPerson: false }) { __typename } }`
  const { data, errors } = await ask(service, query, {}, maker)
  expect(errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([[['createSubject'], 'FORBIDDEN']])
  expect(data.createSubject).toBeNull()
  expect(await codeOf(data.createApiKey.secret)).toBeUndefined()
})

test('a list that is refused does not take the others with it', async () => {
  const reader = await keyFor(service, owner, 'TENANT_READ', 'SUBJECTS_READ')
  const query = `{ subjects { nodes { id } } adapters { nodes { id } } images { nodes { id } } events { nodes { id } }
    auditEntries { nodes { id } } baseModels { id } tenant { name apiKeys { nodes { id } } memberships { nodes { id } } } }`
  const { data, errors } = await ask(service, query, {}, reader)
  expect(data).toMatchObject({
    ...{ subjects: { nodes: [] }, adapters: null, images: null, events: null, auditEntries: null },
    ...{ baseModels: [{}], tenant: { name: 'Studio', apiKeys: null, memberships: null } },
  })
  expect(errors).toHaveLength(6)
})

test('a key reads itself and cannot act as a user', async () => {
  const key = await keyFor(service, owner, 'SUBJECTS_READ')
  const { data } = await ask(service, '{ me { id } currentKey { name scopes } tenant { __typename } }', {}, key)
  expect(data).toMatchObject({ me: null, currentKey: { scopes: ['SUBJECTS_READ'] } })
  const query = 'mutation { createTenant(input: { name: "x" }) { __typename } }'
  expect((await ask(service, query, {}, key)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})
