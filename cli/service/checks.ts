/** The checks of `semblance doctor`, one function each; none throws. */
import { stat, statfs } from 'node:fs/promises'
import { type Credentials, openClient, type ServiceClient } from '../../client/client.ts'
import { type ApiKeyScope, Identity, Service } from '../../client/generated/operations.ts'
import { ENGINE_VERSION, openDevice } from '../../engine/index.ts'
import { AppError, type ErrorCode } from '../../errors.ts'
import { loginsFile } from './logins.ts'

export interface CheckTarget {
  readonly address: string
  readonly credentials: Credentials
  readonly client: ServiceClient
  readonly device: 'cpu' | 'cuda' | 'webgpu'
}

export interface Finding {
  /** Skipped: a check that it builds on has failed, and that one says why. */
  readonly state: 'good' | 'warning' | 'bad' | 'skipped'
  readonly text: string
  readonly next?: string
  readonly code?: ErrorCode
}

type Look = (target: CheckTarget) => Promise<Finding>

interface Check {
  readonly look: Look
  /** Checks without which this one would find the same cause again. */
  readonly needs: readonly string[]
}

const good = (text: string): Finding => ({ state: 'good', text })
const warning = (text: string, next: string): Finding => ({ state: 'warning', text, next })
const bad = (code: ErrorCode, text: string, next: string): Finding => ({ state: 'bad', text, next, code })

/** A check that fails is a finding of its own. */
const guarded = (look: Look, needs: readonly string[] = []): Check => ({
  needs,
  look: async target => {
    try {
      return await look(target)
    } catch (error) {
      if (error instanceof AppError) return bad(error.code, error.message, error.next)
      return bad('SERVICE_UNAVAILABLE', error instanceof Error ? error.message : String(error), 'Try again.')
    }
  },
})

interface NamedFinding extends Finding {
  readonly name: string
}

/** All findings, as they come. What builds on a check that failed is skipped. */
export async function* examine(
  target: CheckTarget,
  checks: Readonly<Record<string, Check>> = CHECKS,
): AsyncGenerator<NamedFinding, undefined> {
  const failed = new Set<string>()
  for (const [name, { look, needs }] of Object.entries(checks)) {
    const cause = needs.find(one => failed.has(one))
    const finding: Finding =
      cause === undefined ? await look(target) : { state: 'skipped', text: `not checked because of "${cause}"` }
    if (finding.state === 'bad' || finding.state === 'skipped') failed.add(name)
    yield { name, ...finding }
  }
}

const checkNode: Look = async () => {
  const { node } = process.versions
  if (Number(node.split('.')[0]) >= 24) return good(node)
  return bad('INPUT_INVALID', `${node} is too old`, 'Run npm install in the checkout: it brings Node 24.')
}

const FREE_BYTES = 2 ** 30

const checkDisk: Look = async () => {
  const { bavail, bsize } = await statfs(process.cwd())
  const text = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free in ${process.cwd()}`
  return bavail * bsize >= FREE_BYTES
    ? good(text)
    : warning(text, 'Adapters, images and checkpoints need room: free 1 GiB.')
}

const checkDevice: Look = async ({ device: provider }) => {
  const device = openDevice({ provider })
  try {
    const { version } = await device.info()
    return good(`${provider}, onnxruntime ${version}`)
  } finally {
    await device.kill()
  }
}

const checkLogin: Look = async ({ address, credentials: { key, cookie } }) => {
  if (key === undefined && cookie === undefined)
    return bad('UNAUTHENTICATED', `none for ${address}`, `Run semblance login ${address}.`)
  const file = loginsFile()
  const mode = await stat(file).then(
    ({ mode }) => mode & 0o077,
    () => 0,
  )
  if (mode !== 0) return warning(`${file} can be read by others`, `chmod 600 ${file}`)
  return good(key === undefined ? 'a session' : `a key (${key.split('_').slice(0, 3).join('_')}...)`)
}

/** Asked as nobody: a key that has ended is another finding. */
const checkService: Look = async ({ address }) => {
  const { service } = await openClient(address, {}, { retry: false }).run(Service, {})
  if (service.version === ENGINE_VERSION) return good(`${address}, version ${service.version}`)
  return warning(
    `${address} is version ${service.version}, this command line ${ENGINE_VERSION}`,
    'Use the same version on both sides.',
  )
}

/** Forms and links end after minutes: clocks that differ make them end early or never begin. */
const CLOCK_SECONDS = 60

const checkClock: Look = async ({ address }) => {
  const response = await ask(`${address}/livez`)
  const theirs = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(theirs))
    return warning('the service sends no time', 'Let the proxy in front of it pass on the header "date".')
  const seconds = Math.round((theirs - Date.now()) / 1000)
  if (Math.abs(seconds) <= CLOCK_SECONDS) return good('the same as here')
  return bad(
    'CONFLICT',
    `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine`,
    'Set both clocks by NTP.',
  )
}

const checkReady: Look = async ({ address }) => {
  const response = await ask(`${address}/readyz`)
  const text = (await response.text()).slice(0, 300)
  if (response.ok) return good('ready')
  return bad(
    'SERVICE_UNAVAILABLE',
    `status ${response.status}: ${text}`,
    'Fix what it names; the service recovers by itself.',
  )
}

async function ask(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(error => {
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `${url} does not answer`,
      'Start the service, or name its address with --server.',
      error,
    )
  })
}

/** What train, watch and generate need. */
const NEEDED: readonly ApiKeyScope[] = ['SUBJECTS_WRITE', 'TRAINING_WRITE', 'ADAPTERS_READ', 'IMAGES_WRITE']

const checkRights: Look = async ({ client }) => {
  const { me, currentKey } = await client.run(Identity, {})
  if (me) {
    const roles = me.memberships.map(({ role, tenant }) => `${role.toLowerCase()} of ${tenant.name}`)
    return roles.length > 0 ? good(roles.join(', ')) : warning('no workspace', 'Create one, or accept an invitation.')
  }
  if (!currentKey) return bad('UNAUTHENTICATED', 'the service does not know this login', 'Run semblance login again.')
  const { scopes, expiresAt } = currentKey
  // Writing includes reading.
  const has = (scope: ApiKeyScope) =>
    scopes.includes(scope) || scopes.some(one => one === scope.replace('_READ', '_WRITE'))
  const missing = NEEDED.filter(scope => !has(scope))
  if (missing.length > 0)
    return warning(`the key lacks ${missing.join(', ')}`, 'Some commands will be refused; use another key for them.')
  const until = expiresAt === null ? '' : `, until ${expiresAt.slice(0, 10)}`
  return good(`the key may train and draw${until}`)
}

const CHECKS: Readonly<Record<string, Check>> = {
  node: guarded(checkNode),
  disk: guarded(checkDisk),
  device: guarded(checkDevice),
  service: guarded(checkService),
  clock: guarded(checkClock, ['service']),
  ready: guarded(checkReady, ['service']),
  login: guarded(checkLogin),
  rights: guarded(checkRights, ['service', 'login']),
}
