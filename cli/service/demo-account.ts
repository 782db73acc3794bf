/** The demo workspace, made through the public API where it is missing: a user, a tenant, an API key. */
import { randomBytes } from 'node:crypto'
import { openClient, type ServiceClient } from '../../client/client.ts'
import { assertSuccess } from '../../client/failures.ts'
import {
  type ApiKeyScope,
  CreateApiKey,
  CreateTenant,
  Identity,
  SignIn,
  SignUp,
} from '../../client/generated/operations.ts'
import { AppError } from '../../errors.ts'
import type { DemoFile, DemoState } from './demo-file.ts'

const WORKSPACE = 'Demo'
const SCOPES: readonly ApiKeyScope[] = [
  ...([
    'TENANT_READ',
    'SUBJECTS_READ',
    'SUBJECTS_WRITE',
    'SUBJECTS_DELETE',
    'TRAINING_READ',
    'TRAINING_WRITE',
  ] as const),
  ...(['ADAPTERS_READ', 'ADAPTERS_WRITE', 'IMAGES_READ', 'IMAGES_WRITE', 'EVENTS_READ'] as const),
]

type DemoAccount = DemoState & { readonly apiKey: string }

/**
 * The account that `file` holds, made where it is missing. The password is on the disk before the user exists, so a start that was
 * killed in between goes on with it. A key that was rotated, revoked or has ended is replaced.
 * @throws AppError CONFLICT when the service is of another data folder, SERVICE_UNAVAILABLE
 */
export async function ensureDemoAccount(address: string, file: DemoFile, inviteToken?: string): Promise<DemoAccount> {
  const known = await file.read()
  if (known?.apiKey && (await isGood(address, known.apiKey))) return { ...known, apiKey: known.apiKey }
  const state = known ?? { email: 'demo@semblance.example', password: randomBytes(12).toString('base64url'), tries: 0 }
  if (!known) await file.save(state)
  const client = openClient(address)
  await enter(client, state, file, inviteToken)
  return { ...state, apiKey: await makeKey(client, file) }
}

/**
 * The key of an account that is there; a new one, for which its user signs in, where the known one was rotated, revoked or has ended.
 * @throws AppError UNAUTHENTICATED, SERVICE_UNAVAILABLE
 */
export async function currentDemoKey(address: string, { email, password, apiKey }: DemoState, file: DemoFile) {
  if (apiKey && (await isGood(address, apiKey))) return apiKey
  const client = openClient(address)
  assertSuccess((await client.run(SignIn, { input: { email, password } })).signIn)
  return makeKey(client, file)
}

async function makeKey(client: ServiceClient, file: DemoFile): Promise<string> {
  const input = { name: 'demo', scopes: SCOPES }
  const { secret } = assertSuccess((await client.run(CreateApiKey, { input })).createApiKey)
  await file.save({ apiKey: secret })
  return secret
}

/** Whether the service takes the key. */
async function isGood(address: string, key: string): Promise<boolean> {
  try {
    return (await openClient(address, { key }).run(Identity, {})).currentKey !== null
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return false
    throw error
  }
}

/** Signs up, or in when an earlier start came as far as that. */
async function enter(
  client: ServiceClient,
  { email, password }: DemoState,
  file: DemoFile,
  inviteToken: string | undefined,
): Promise<void> {
  const input = { email, password, name: 'Demo user', tenantName: WORKSPACE, inviteToken }
  const { signUp } = await client.run(SignUp, { input })
  // Where sign-up is closed, that the account is there shows in signing in alone.
  const isThere = signUp.__typename === 'ConflictError' || ('path' in signUp && signUp.path.includes('inviteToken'))
  if (!isThere) return void assertSuccess(signUp)
  const { signIn } = await client.run(SignIn, { input: { email, password } })
  if (signIn.__typename !== 'SignInSuccess')
    throw new AppError(
      'CONFLICT',
      `the database already has a demo user, but ${file.path} does not hold the password`,
      'Restore that file, or start with another DATA_DIR or database. The service itself runs.',
    )
  if (signIn.user.memberships.length === 0)
    assertSuccess((await client.run(CreateTenant, { input: { name: WORKSPACE } })).createTenant)
}
