/** `semblance login` and `logout`: remembers who this machine is to a service. Secrets are asked for, kept and never shown. */
import { Command } from 'commander'
import { assertAddress, type Credentials, openClient, type ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import { Identity, type IdentityQuery, SignIn, SignOut } from '../../client/generated/operations.ts'
import { AppError } from '../../errors.ts'
import { didYouMean } from '../../similar.ts'
import { createOutput, type Output } from '../output.ts'
import { ask } from '../prompt.ts'
import { chooseService, loginsFile, removeLogin, saveLogin } from '../service/logins.ts'

interface LoginOptions {
  readonly key?: boolean
  readonly email?: string
  readonly workspace?: string
  readonly json?: boolean
}

export const loginCommand = (): Command =>
  new Command('login')
    .description(
      'log in to a service and remember the login; asks for the password or key, or reads it from standard input',
    )
    .argument('[address]', 'the service; default: that of the last login, or http://127.0.0.1:4000')
    .option('--key', 'log in with an API key')
    .option('--email <address>', 'log in with e-mail address and password')
    .option('--workspace <name>', 'name or id of the workspace to use; default: the one joined first')
    .option('--json', 'one JSON object a line on standard output')
    .action(runLogin)

export const logoutCommand = (): Command =>
  new Command('logout')
    .description('end the session and forget it')
    .argument('[address]', 'the service; default: that of the last login')
    .option('--json', 'one JSON object a line on standard output')
    .action(runLogout)

async function runLogin(address: string | undefined, options: LoginOptions): Promise<void> {
  const output = createOutput(options.json ?? false)
  const server = assertAddress((await chooseService(address)).address)
  output.note(`logging in at ${server}`)
  if (options.key) return loginWithKey(server, output)
  const email = options.email ?? (await ask('e-mail address'))
  const client = openClient(server)
  const password = await ask('password', { hidden: true })
  const { user } = assertSuccess((await client.run(SignIn, { input: { email, password } })).signIn)
  const membership = chooseMembership(user.memberships, options.workspace)
  await remember(client, membership && { tenant: membership.tenant.id })
  const place = membership ? `${membership.tenant.name} (${membership.role.toLowerCase()})` : 'no workspace yet'
  output.result(`logged in as ${user.email ?? email}, ${place}`, {
    event: 'login',
    address: server,
    user: user.email,
    workspace: membership?.tenant.name ?? null,
    role: membership?.role ?? null,
  })
}

/** Keeps what the sign-in has set. */
const remember = (client: ServiceClient, more: Credentials = {}): Promise<void> =>
  saveLogin(client.address, { ...client.credentials(), ...more })

type Membership = NonNullable<IdentityQuery['me']>['memberships'][number]

function chooseMembership(memberships: readonly Membership[], wanted: string | undefined): Membership | undefined {
  if (wanted === undefined) return memberships[0]
  const found = memberships.find(({ tenant }) => tenant.id === wanted || tenant.name === wanted)
  if (found) return found
  const names = memberships.map(({ tenant }) => tenant.name).join(', ')
  const meant = didYouMean(
    wanted,
    memberships.map(({ tenant }) => tenant.name),
  )
  const next = `${meant}Yours are: ${names || 'none'}.`
  throw new AppError('NOT_FOUND', `you are not a member of a workspace "${wanted}"`, next)
}

async function loginWithKey(address: string, output: Output): Promise<void> {
  const key = await ask('API key', { hidden: true })
  const client = openClient(address, { key })
  const { currentKey } = await client.run(Identity, {})
  if (!currentKey)
    throw new AppError(
      'UNAUTHENTICATED',
      'the service does not know this key',
      'Copy the whole key, from smb_ to its end.',
    )
  await remember(client)
  const { name, prefix, scopes } = currentKey
  output.result(`logged in with the key "${name}" (${prefix}...), which may: ${scopes.join(', ')}`, {
    event: 'login',
    address,
    key: prefix,
    name,
    scopes,
  })
}

async function runLogout(address: string | undefined, options: { json?: boolean }): Promise<void> {
  const output = createOutput(options.json ?? false)
  const chosen = await chooseService(address)
  // A session that the service no longer knows, or a service that is gone, is as good as ended.
  if (chosen.credentials.cookie !== undefined)
    await openClient(chosen.address, chosen.credentials)
      .run(SignOut, { input: {} })
      .catch(() => undefined)
  const known = await removeLogin(chosen.address)
  if (!known)
    throw new AppError('NOT_FOUND', `there is no login for ${chosen.address} in ${loginsFile()}`, 'Nothing to do.')
  output.result(`logged out of ${chosen.address}`, { event: 'logout', address: chosen.address })
}
