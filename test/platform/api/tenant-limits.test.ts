/** What a tenant may store and how many keys it may have, also when many ask at once. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { LIMITS } from '../../../api/service/limits.ts'
import { finishTraining, newSubject, startTraining, trainable, trained } from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
beforeAll(async () => {
  service = await openService()
})
afterAll(() => service?.close())

type Owner = Identity & { tenantId: string }
const limited = async (who: Identity, name: string, input: Record<string, unknown>) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename
    ... on LimitError { code message path limit allowed found } ... on UserError { message } } }`
  return (await ask(service, query, { input }, who)).data[name]
}
const storedBytes = async (who: Identity): Promise<number> =>
  (await ask(service, '{ tenant { storedBytes } }', {}, who)).data.tenant.storedBytes

/** The tenant's first photo is said to have so many bytes more: a file of terabytes is not made. */
const grow = ({ tenantId }: Owner, bytes: number) =>
  withConnection(service.ownerUrl, client =>
    client.query(
      `update checkpoints set bytes = bytes + $2 where (tenant_id, job_id, step) =
        (select tenant_id, job_id, step from checkpoints where tenant_id = $1 limit 1)`,
      [keyOf(tenantId, 'Tenant'), bytes],
    ),
  )

test('what is stored is the size of the files in the store, equal ones once, and of one tenant only', async () => {
  const owner = await signUp(service, 'Olga Owner', 'Studio')
  const { photoSetId, subjectId } = await trained(service, owner)
  const query = 'query ($id: ID!) { node(id: $id) { ... on PhotoSet { photos { id } } } }'
  const { photos } = (await ask(service, query, { id: photoSetId }, owner)).data.node
  const keepPhotoIds = photos.map(({ id }: { id: string }) => id)
  await mutate(service, owner, 'requestPhotoUploads', { subjectId, files: [], keepPhotoIds }, 'photoSet { id }')
  let bytes = 0
  for await (const blob of service.store.list(keyOf(owner.tenantId, 'Tenant') ?? '')) bytes += blob.bytes
  expect(bytes).toBeGreaterThan(1000)
  expect(await storedBytes(owner)).toBe(bytes)
  const other = await signUp(service, 'Otto Other', 'Elsewhere')
  expect(await storedBytes(other)).toBe(0)
})

test('a full tenant is told what to delete, wherever something would be stored', async () => {
  const owner = await signUp(service, 'Fina Full', 'Full')
  const { subjectId, photoSetId } = await trained(service, owner)
  const left = LIMITS.storedBytes - (await storedBytes(owner))
  await grow(owner, left)
  const file = { fileName: 'a.jpg', contentType: 'image/jpeg', bytes: 1 }
  const calls: Record<string, Record<string, unknown>> = {
    requestPhotoUploads: { subjectId, files: [file] },
    requestAdapterUpload: { bytes: 1 },
    startTraining: { photoSetId, steps: 3, idempotencyKey: 'full' },
    generate: { images: [{ prompt: 'a house', steps: 1 }], idempotencyKey: 'full drawing' },
  }
  for (const [name, input] of Object.entries(calls)) {
    const answer = await limited(owner, name, input)
    expect([name, answer]).toMatchObject([
      name,
      { code: 'LIMIT_EXCEEDED', limit: 'storedBytes', found: LIMITS.storedBytes + 1 },
    ])
    expect(answer.message).toMatch(/deleteGeneration.*deleteSubject/)
  }
  await grow(owner, -1000)
  for (const [name, input] of Object.entries(calls))
    expect([name, (await limited(owner, name, input)).__typename]).toEqual([name, expect.stringMatching(/Success$/)])
})

test('uploads that are announced at the same time are counted together', async () => {
  const owner = await signUp(service, 'Ulla Uploads', 'Uploads')
  const { photoSetId } = await trainable(service, owner)
  await startTraining(service, owner, photoSetId)
  // Of whichever training waits: the checkpoint below is looked for in the own tenant.
  for (let i = 0; i < 3 && !(await hasCheckpoint(owner)); i++) await finishTraining(service)
  const subjectId = await newSubject(service, owner)
  const bytes = 1_000_000
  await grow(owner, LIMITS.storedBytes - (await storedBytes(owner)) - 3 * bytes)
  const files = [{ fileName: 'a.jpg', contentType: 'image/jpeg', bytes }]
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => limited(owner, 'requestPhotoUploads', { subjectId, files })),
  )
  expect(answers.filter(({ __typename }) => __typename === 'RequestPhotoUploadsSuccess')).toHaveLength(3)
  expect(answers.filter(({ limit }) => limit === 'storedBytes')).toHaveLength(5)
})

const hasCheckpoint = ({ tenantId }: Owner) =>
  service.database.withTenant(keyOf(tenantId, 'Tenant') ?? '', async tx => (await tx.checkpoint.count()) > 0)

test('keys that hold are limited, also when many are created at once; revoked ones do not count, and rotating needs no more', async () => {
  const owner = await signUp(service, 'Karl Keys', 'Keys')
  const input = { name: 'k', scopes: ['TENANT_READ'] }
  await mutate(service, owner, 'createApiKey', input, 'secret')
  await withConnection(service.ownerUrl, client =>
    client.query(
      `insert into api_keys (tenant_id, public_id, name, env, secret_hash, scopes, created_by)
       select tenant_id, 'x' || n, name, env, secret_hash, scopes, created_by from api_keys, generate_series(1, $2) n where tenant_id = $1`,
      [keyOf(owner.tenantId, 'Tenant'), LIMITS.apiKeys - 3],
    ),
  )
  const answers = await Promise.all(Array.from({ length: 6 }, () => limited(owner, 'createApiKey', input)))
  expect(answers.filter(({ __typename }) => __typename === 'CreateApiKeySuccess')).toHaveLength(2)
  expect(answers.find(({ code }) => code)).toMatchObject({
    ...{ code: 'LIMIT_EXCEEDED', limit: 'apiKeys', allowed: LIMITS.apiKeys, found: LIMITS.apiKeys + 1 },
    message: expect.stringContaining('revokeApiKey'),
  })
  const list = '{ tenant { apiKeys(first: 1, filter: { active: true }) { totalCount nodes { id } } } }'
  const { totalCount, nodes } = (await ask(service, list, {}, owner)).data.tenant.apiKeys
  expect(totalCount).toBe(LIMITS.apiKeys)
  expect(await limited(owner, 'rotateApiKey', { apiKeyId: nodes[0].id, graceSeconds: 60 })).toMatchObject({
    limit: 'apiKeys',
  })
  expect(
    (await mutate(service, owner, 'rotateApiKey', { apiKeyId: nodes[0].id }, 'apiKey { id }')).apiKey.id,
  ).toBeTruthy()
  const next = (await ask(service, list, {}, owner)).data.tenant.apiKeys.nodes[0].id
  await mutate(service, owner, 'revokeApiKey', { apiKeyId: next }, 'apiKey { id }')
  expect((await limited(owner, 'createApiKey', input)).__typename).toBe('CreateApiKeySuccess')
})
