/** Everybody who may call: nobody, users of each role, a key of each scope, and the owner of another tenant. */
import { SCOPES } from '../../api/access/roles.ts'
import { type Identity, keyFor, mutate, type Service, signUp } from '../../measures/stage/service.ts'

/** A user who has joined the owner's tenant with this role. */
export async function member(service: Service, owner: Identity, name: string, role: string): Promise<Identity> {
  const user = await signUp(service, name)
  const { token } = await mutate(service, owner, 'inviteMember', { email: user.email, role }, 'token')
  await mutate(service, user, 'acceptInvite', { token }, 'membership { id }')
  return user
}

export interface Caller {
  readonly name: string
  readonly identity: Identity
  /** What `isAllowed` takes of an actor. */
  readonly role?: string
  readonly scope?: string
}

export async function openCast(service: Service, owner: Identity): Promise<Caller[]> {
  const cast: Caller[] = [
    { name: 'anonymous', identity: {} },
    { name: 'user without a tenant', identity: await signUp(service, 'Nick Nowhere') },
    { name: 'other tenant', identity: await signUp(service, 'Frida Foreign', 'Elsewhere'), role: 'OWNER' },
    { name: 'owner', identity: owner, role: 'OWNER' },
  ]
  for (const role of ['VIEWER', 'MEMBER', 'ADMIN'])
    cast.push({ name: role.toLowerCase(), identity: await member(service, owner, `A ${role}`, role), role })
  for (const scope of SCOPES) cast.push({ name: `key ${scope}`, identity: await keyFor(service, owner, scope), scope })
  return cast
}
