/** Deleting a tenant: nothing of it is left anywhere, nobody gets at it meanwhile, and whoever dies in between is followed by another. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { sweepBlobs } from '../../../api/upkeep/sweep.ts'
import { createLog } from '../../../log.ts'
import { newSubject, photo, sendPhotos, startTraining, trainable, trained } from '../../../measures/stage/journey.ts'
import {
  ask,
  cookieOf,
  type Identity,
  keyFor,
  mutate,
  PASSWORD,
  type Service,
  signUp,
} from '../../../measures/stage/service.ts'
import { keyOf as columnOf, insertRow, newIds, TENANT_ROWS } from '../../../measures/stage/tenant-rows.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
beforeAll(async () => {
  service = await openService({ upkeep: { clearSeconds: 3600, deletionSeconds: 0.3 } })
})
afterAll(() => service?.close())

type Owner = Identity & { tenantId: string; email: string }
const remove = (who: Identity, tenantId: string, name: string) =>
  mutate(service, who, 'deleteTenant', { tenantId, name }, 'deletion { tenantId receipt startedAt finishedAt }')
const keyIn = ({ tenantId }: Owner) => keyOf(tenantId, 'Tenant') ?? ''
const rows = (sql: string, values: unknown[] = []) =>
  withConnection(service.ownerUrl, async client => (await client.query(sql, values)).rows)

async function blobs(tenant: string): Promise<string[]> {
  const found: string[] = []
  for await (const { sha256 } of service.store.list(tenant)) found.push(sha256)
  return found
}

/** Tables that have a row of the tenant, with how many. */
async function tables(tenant: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of Object.keys(TENANT_ROWS).filter(name => columnOf(name).id === 'tenant')) {
    const [row] = await rows(`select count(*)::int as n from ${table} where ${columnOf(table).column} = $1`, [tenant])
    if (row.n > 0) counts[table] = row.n
  }
  return counts
}

/** A user of the service is made a member of a tenant. */
async function join(owner: Owner, member: Owner, role: string): Promise<void> {
  const invited = await mutate(service, owner, 'inviteMember', { email: member.email, role }, 'token')
  await mutate(service, member, 'acceptInvite', { token: invited.token }, 'membership { id }')
}

const MADE = new Set(['tenants', 'tenant_deletions', 'queue_turns'])
/** A row in every table, files among them, beside what the API has made. */
async function fill(owner: Owner): Promise<void> {
  await trained(service, owner)
  const [base] = await rows('select id from base_models')
  const ids = { ...newIds(base.id), tenant: keyIn(owner) }
  await withConnection(service.ownerUrl, async client => {
    for (const [table, row] of Object.entries(TENANT_ROWS))
      if (!MADE.has(table)) await insertRow(client, table, row(ids))
    // No worker takes it.
    await client.query("update jobs set state = 'CANCELED', finished_at = now() where id = $1", [ids.job])
  })
}

test('no table and no folder keeps anything of it, and nothing of another tenant is touched', async () => {
  const owner = await signUp(service, 'Olga Owner', 'Studio')
  const other = await signUp(service, 'Otto Other', 'Elsewhere')
  for (const one of [owner, other]) await fill(one)
  const [before, theirs] = [await tables(keyIn(owner)), await tables(keyIn(other))]
  const all = Object.keys(TENANT_ROWS).filter(name => columnOf(name).id === 'tenant' && name !== 'tenant_deletions')
  expect(Object.keys(before).sort()).toEqual(all.sort())
  const [files, theirFiles] = [await blobs(keyIn(owner)), await blobs(keyIn(other))]
  expect(files.length).toBeGreaterThan(2)
  const subjectId = await newSubject(service, owner)
  const sent = { subjectId, files: [{ fileName: 'a.jpg', contentType: 'image/jpeg', bytes: 3 }] }
  await mutate(service, owner, 'requestPhotoUploads', sent, 'photoSet { id }')

  const { deletion } = await remove(owner, owner.tenantId, 'Studio')
  expect(await tables(keyIn(owner))).toEqual({ tenant_deletions: 1 })
  expect(await blobs(keyIn(owner))).toEqual([])
  expect(await service.store.sweepUploads(new Date(Date.now() + 60_000), keyIn(owner))).toBe(0)
  expect(await tables(keyIn(other))).toEqual(theirs)
  expect(await blobs(keyIn(other))).toEqual(theirFiles)
  expect(deletion).toMatchObject({ tenantId: owner.tenantId, receipt: { files: { count: files.length } } })
  expect(deletion.receipt.rows).toMatchObject({ images: before.images, jobs: before.jobs, adapters: before.adapters })
  // Sent again it is the same, also with other words.
  expect((await remove(owner, owner.tenantId, 'anything')).deletion).toEqual(deletion)
})

test('only an owner who repeats the name may, and others learn nothing', async () => {
  const owner = await signUp(service, 'Nora Name', 'My "Atelier"')
  const [admin, stranger] = [await signUp(service, 'Adam Admin'), await signUp(service, 'Sven Stranger', 'Afar')]
  await join(owner, admin, 'ADMIN')
  expect(await remove(owner, owner.tenantId, 'Atelier')).toMatchObject({ code: 'INVALID', path: ['input', 'name'] })
  expect(await remove(admin, owner.tenantId, 'My "Atelier"')).toMatchObject({ code: 'EXCEEDS_RIGHTS' })
  const unknown = Buffer.from(`Tenant:${randomUUID()}`).toString('base64url')
  const answers = await Promise.all([owner.tenantId, unknown, 'x'].map(id => remove(stranger, id, 'My "Atelier"')))
  expect(answers.map(({ code }) => code)).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'])
  expect(new Set(answers.map(({ message }) => message)).size).toBe(1)
  expect((await tables(keyIn(owner))).memberships).toBe(2)
})

test('keys and members are out at once, a running training is canceled and fenced, and what it stores later is swept', async () => {
  const owner = await signUp(service, 'Rita Running', 'Runs')
  const member = await signUp(service, 'Mia Member')
  await join(owner, member, 'MEMBER')
  const key = await keyFor(service, owner, 'TENANT_READ')
  const { photoSetId } = await trainable(service, owner)
  await startTraining(service, owner, photoSetId)
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('no training waits')
  await startTraining(service, owner, photoSetId)
  const deleting = remove(owner, owner.tenantId, 'Runs')
  await vi.waitFor(async () => expect(await service.worker.heartbeat(claim)).toBe('canceled'), { timeout: 10_000 })
  await vi.waitFor(async () => expect((await ask(service, '{ tenant { id } }', {}, key)).status).toBe(401), {
    timeout: 2000,
  })
  expect((await ask(service, '{ tenant { id } }', {}, member)).data.tenant).toBeNull()
  const named = await ask(service, '{ me { id } }', {}, { ...member, tenant: owner.tenantId })
  expect(named.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect(await service.worker.claim(['TRAINING'], 1)).toEqual([])
  await service.worker.finish(claim, 1, { state: 'CANCELED', message: 'canceled' })
  expect((await deleting).deletion.finishedAt).toBeTruthy()
  const late = await service.store.put(claim.tenantId, Buffer.from('a checkpoint that comes late'))
  expect(await service.worker.checkpoint(claim, 2, { step: 1, ...late })).toBe('stale')
  expect(await service.worker.heartbeat(claim)).toBe('lost')
  await sweepBlobs({ ...service, log: createLog('test', 'error') }, 24 * 3600)
  expect(await blobs(claim.tenantId)).toEqual([])
}, 60_000)

test('a deletion that a process began and did not finish is finished by the next one', async () => {
  const owner = await signUp(service, 'Dora Died', 'Died')
  await trained(service, owner)
  const { id } = await service.database.withTenant(keyIn(owner), async tx => {
    const { userId: id } = await tx.membership.findFirstOrThrow()
    await tx.membership.deleteMany()
    await tx.$queryRaw`select login_begin_tenant_deletion(${id}::uuid)::text`
    return { id }
  })
  const gone = async () => (await service.database.login.findTenantDeletion(id, keyIn(owner)))?.finishedAt
  await vi.waitFor(async () => expect(await gone()).toBeTruthy(), { timeout: 20_000, interval: 100 })
  expect(await tables(keyIn(owner))).toEqual({ tenant_deletions: 1 })
  expect(await blobs(keyIn(owner))).toEqual([])
  expect((await remove(owner, owner.tenantId, 'Died')).deletion.receipt.rows).toMatchObject({ subjects: 1 })
})

test('requests that write meanwhile leave nothing behind, and two owners who delete at once get it deleted once', async () => {
  const owner = await signUp(service, 'Paul Parallel', 'Both')
  const second = await signUp(service, 'Pia Parallel')
  await join(owner, second, 'OWNER')
  const subjectId = await newSubject(service, owner)
  const writes = [1, 2, 3].map(async seed =>
    sendPhotos(service, owner, subjectId, [await photo(7000 + seed)]).catch(() => undefined),
  )
  const answers = await Promise.all([owner, second].map(who => remove(who, owner.tenantId, 'Both')))
  await Promise.all(writes)
  expect(answers.filter(({ deletion }) => deletion)).toHaveLength(1)
  expect(answers.filter(({ code }) => code === 'NOT_FOUND')).toHaveLength(1)
  await sweepBlobs({ ...service, log: createLog('test', 'error') }, 24 * 3600)
  expect(await tables(keyIn(owner))).toEqual({ tenant_deletions: 1 })
  expect(await blobs(keyIn(owner))).toEqual([])
}, 60_000)

const signIn = async (email: string) => {
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }'
  const answer = await ask(service, query, { input: { email, password: PASSWORD } })
  return { type: answer.data?.signIn?.__typename, who: { cookie: cookieOf(answer) } }
}
const leave = (who: Identity, password = PASSWORD) => mutate(service, who, 'deleteAccount', { password }, 'deletedId')

test('an account goes with its sessions and memberships, and its name and address are nowhere', async () => {
  const owner = await signUp(service, 'Hanna Host', 'Hosts')
  const user = await signUp(service, 'Zacharias Zebra', 'Zebras alone')
  await join(owner, user, 'ADMIN')
  const phone = (await signIn(user.email)).who
  expect(await leave(user, 'not the password')).toMatchObject({ code: 'BAD_CREDENTIALS' })
  const refused = await leave(user)
  expect(refused).toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('"Zebras alone"') })
  expect(refused.message).not.toContain('Hosts')
  await remove(user, user.tenantId, 'Zebras alone')
  await mutate(
    service,
    { ...user, tenant: owner.tenantId },
    'createApiKey',
    { name: 'k', scopes: ['TENANT_READ'] },
    'secret',
  )
  const { deletedId } = await leave(user)
  expect(deletedId).toBeTruthy()
  for (const who of [user, phone]) expect((await ask(service, '{ me { id } }', {}, who)).data.me).toBeNull()
  expect((await signIn(user.email)).type).not.toBe('SignInSuccess')
  const names = await rows("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
  const found: string[] = []
  for (const { relname } of names)
    for (const { text } of await rows(`select t::text as text from ${relname} t`)) {
      if (/zebra/i.test(text)) found.push(`${relname}: the name`)
      if (text.includes(keyOf(deletedId, 'User') ?? '')) found.push(relname)
    }
  expect([...new Set(found)].sort()).toEqual(['api_keys', 'audit_entries'])
  const query =
    '{ auditEntries(first: 1) { nodes { action actor } } tenant { memberships { totalCount } apiKeys(filter: { ofFormerMember: true }) { totalCount } } }'
  const { data } = await ask(service, query, {}, owner)
  expect(data.auditEntries.nodes).toEqual([{ action: 'deleteAccount', actor: deletedId }])
  expect(data.tenant).toEqual({ memberships: { totalCount: 1 }, apiKeys: { totalCount: 1 } })
})

test('of two owners who leave at once one stays', async () => {
  const one = await signUp(service, 'Una Owner', 'Twins')
  const two = await signUp(service, 'Uwe Owner')
  await join(one, two, 'OWNER')
  const answers = await Promise.all([leave(one), leave(two)])
  expect(answers.filter(({ deletedId }) => deletedId)).toHaveLength(1)
  expect(answers.filter(({ code }) => code === 'WRONG_STATE')).toHaveLength(1)
  expect((await tables(keyIn(one))).memberships).toBe(1)
})
