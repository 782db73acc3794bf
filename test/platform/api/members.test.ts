/** Invitations, and what a removed member leaves behind. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { member } from '../../stage/cast.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
let admin: Identity
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  admin = await member(service, owner, 'Adam Admin', 'ADMIN')
})
afterAll(() => service?.close())

const invite = (who: Identity, email: string, role = 'MEMBER') =>
  mutate(service, who, 'inviteMember', { email, role }, 'token invitation { id role }')
const revoke = (who: Identity, invitationId: string) =>
  mutate(service, who, 'revokeInvitation', { invitationId }, 'invitation { id }')
const accept = (who: Identity, token: string) => mutate(service, who, 'acceptInvite', { token }, 'membership { role }')
const open = async () => {
  const query = '{ tenant { invitations(first: 100) { nodes { email role } } } }'
  return (await ask(service, query, {}, owner)).data.tenant.invitations.nodes
}

test('an invitation that is taken back is good for nothing, and is gone from the list', async () => {
  const guest = await signUp(service, 'Gita Guest')
  const { token, invitation } = await invite(owner, guest.email)
  expect(await revoke(owner, invitation.id)).toMatchObject({ invitation: { id: invitation.id } })
  expect(await accept(guest, token)).toMatchObject({ code: 'NOT_FOUND' })
  expect(await revoke(owner, invitation.id)).toMatchObject({ code: 'NOT_FOUND' })
  expect(await open()).toEqual([])
})

test('a new invitation takes the place of an older one of the same address, also when several are made at once', async () => {
  const guest = await signUp(service, 'Hugo Guest')
  const first = await invite(owner, guest.email, 'ADMIN')
  const second = await invite(owner, guest.email, 'VIEWER')
  expect(await accept(guest, first.token)).toMatchObject({ code: 'NOT_FOUND' })
  await Promise.all([1, 2, 3, 4].map(() => invite(owner, guest.email, 'VIEWER')))
  expect(await open()).toEqual([{ email: guest.email, role: 'VIEWER' }])
  expect(await accept(guest, second.token)).toMatchObject({ code: 'NOT_FOUND' })
  const last = await invite(owner, guest.email, 'MEMBER')
  expect(await accept(guest, last.token)).toMatchObject({ membership: { role: 'MEMBER' } })
  const { errors } = await ask(service, 'query ($id: ID!) { node(id: $id) { id } }', { id: last.invitation.id }, owner)
  expect(errors).toBeUndefined()
})

test('an invitation to a role above the caller is neither taken back nor replaced', async () => {
  const { invitation } = await invite(owner, 'owner.to.be@example.org', 'OWNER')
  const exceeds = { code: 'EXCEEDS_RIGHTS' }
  expect(await revoke(admin, invitation.id)).toMatchObject(exceeds)
  expect(await invite(admin, 'owner.to.be@example.org', 'VIEWER')).toMatchObject(exceeds)
  expect(await open()).toEqual([{ email: 'owner.to.be@example.org', role: 'OWNER' }])
})

test('keys of a removed member, and keys that these have made, are listed until they are revoked', async () => {
  const gone = await member(service, owner, 'Greta Gone', 'ADMIN')
  const created = 'secret apiKey { id createdBy }'
  const create = (who: Identity, scopes: string[]) =>
    mutate(service, who, 'createApiKey', { name: scopes.join(' '), scopes }, created)
  const own = await create(gone, ['KEYS_WRITE', 'SUBJECTS_READ'])
  const made = await create({ key: own.secret }, ['SUBJECTS_READ'])
  const kept = await keyFor(service, owner, 'SUBJECTS_READ')
  const me = (await ask(service, '{ me { id } }', {}, gone)).data.me.id
  expect(own.apiKey.createdBy).toBe(me)
  expect(made.apiKey.createdBy).toBe(own.apiKey.id)
  const members = '{ tenant { memberships(first: 100) { nodes { id user { id } } } } }'
  const found = (await ask(service, members, {}, owner)).data.tenant.memberships.nodes
  const membershipId = found.find((one: { user: { id: string } }) => one.user.id === me).id
  const removed = await mutate(service, owner, 'setRole', { membershipId }, 'membership { id } apiKeys { id }')
  const left = [{ id: made.apiKey.id }, { id: own.apiKey.id }]
  expect(removed).toMatchObject({ membership: null, apiKeys: left })
  const list = async (filter: object) => {
    const query = 'query ($filter: ApiKeyFilter) { tenant { apiKeys(first: 100, filter: $filter) { nodes { id } } } }'
    return (await ask(service, query, { filter }, owner)).data.tenant.apiKeys.nodes
  }
  expect(await list({ ofFormerMember: true, active: true })).toEqual(left)
  expect(await list({ createdBy: me })).toEqual([{ id: own.apiKey.id }])
  for (const { id } of left) await mutate(service, owner, 'revokeApiKey', { apiKeyId: id }, 'apiKey { id }')
  expect(await list({ ofFormerMember: true, active: true })).toEqual([])
  expect(await list({ ofFormerMember: true, active: false })).toEqual(left)
  expect((await ask(service, '{ subjects { nodes { id } } }', {}, kept)).errors).toBeUndefined()
})
