/** Makes the demo workspace on the first run, through the public API: a user, a tenant, an API key. */
import { randomBytes } from 'node:crypto'
import { openClient, type ServiceClient } from '../client/client.ts'
import { assertSuccess } from '../client/failures.ts'
import { type ApiKeyScope, CreateApiKey, CreateTenant, SignIn, SignUp } from '../client/generated/operations.ts'
import { AppError } from '../errors.ts'
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
 * killed in between goes on with it.
 */
export async function ensureDemoAccount(address: string, file: DemoFile): Promise<DemoAccount> {
  const known = await file.read()
  if (known?.apiKey) return { ...known, apiKey: known.apiKey }
  const state = known ?? { email: 'demo@semblance.example', password: randomBytes(12).toString('base64url'), tries: 0 }
  if (!known) await file.save(state)
  const client = openClient(address)
  await enter(client, state, file)
  const input = { name: 'demo', scopes: SCOPES }
  const { secret } = assertSuccess((await client.run(CreateApiKey, { input })).createApiKey)
  const account = { ...state, apiKey: secret }
  await file.save(account)
  return account
}

/** Signs up, or in when an earlier start came as far as that. */
async function enter(client: ServiceClient, { email, password }: DemoState, file: DemoFile): Promise<void> {
  const input = { email, password, name: 'Demo user', tenantName: WORKSPACE }
  const { signUp } = await client.run(SignUp, { input })
  if (signUp.__typename !== 'ConflictError') return void assertSuccess(signUp)
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
