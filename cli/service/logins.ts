/** Logins on this machine: one for each service, in one file that only its owner can read. */
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assertAddress, type Credentials } from '../../client/client.ts'
import { AppError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { type ClientEnvironment, readEnvironment } from './environment.ts'

/** A login never goes to another address than the one it was made for. */
export interface Logins {
  /** Address of the service that was logged into last. */
  readonly current?: string
  readonly services: Readonly<Record<string, Credentials>>
}

export const loginsFile = ({ configFolder } = readEnvironment()): string => join(configFolder, 'logins.json')

/** @throws AppError FILE_INVALID when the file is damaged */
export async function readLogins(path = loginsFile()): Promise<Logins> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw damaged(path, error.message)
  })
  if (text === undefined) return { services: {} }
  try {
    const { current, services } = JSON.parse(text) as Partial<Logins>
    return { services: { ...services }, ...(typeof current === 'string' && { current }) }
  } catch {
    throw damaged(path, 'it is not JSON')
  }
}

const damaged = (path: string, why: string) =>
  new AppError('FILE_INVALID', `${path} can't be read: ${why}`, 'Remove it and run semblance login again.')

async function writeLogins(logins: Logins, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFileAtomically(path, `${JSON.stringify(logins, undefined, 2)}\n`, 0o600)
  await chmod(path, 0o600)
}

export async function saveLogin(address: string, credentials: Credentials, path = loginsFile()): Promise<void> {
  const { services } = await readLogins(path)
  await writeLogins({ current: address, services: { ...services, [address]: credentials } }, path)
}

/** False when there was none. */
export async function removeLogin(address: string, path = loginsFile()): Promise<boolean> {
  const { current, services } = await readLogins(path)
  const { [address]: gone, ...others } = services
  if (gone) await writeLogins({ services: others, ...(current && current !== address && { current }) }, path)
  return gone !== undefined
}

/** Puts a new key in the place of the one that begins with `prefix`, wherever it is kept. Returns the addresses. */
export async function replaceKey(prefix: string, secret: string, path = loginsFile()): Promise<string[]> {
  const { services, ...rest } = await readLogins(path)
  const addresses = Object.keys(services).filter(address => services[address]?.key?.startsWith(prefix))
  const renewed = Object.fromEntries(addresses.map(address => [address, { ...services[address], key: secret }]))
  if (addresses.length > 0) await writeLogins({ ...rest, services: { ...services, ...renewed } }, path)
  return addresses
}

interface ChosenService {
  readonly address: string
  readonly credentials: Credentials
}

/** Address of the one-machine default. */
const DEFAULT_ADDRESS = 'http://127.0.0.1:4000'

/** Which service a command talks to, and as whom: the option, the environment, the last login. @throws AppError INPUT_INVALID */
export async function chooseService(
  server: string | undefined,
  environment: ClientEnvironment = readEnvironment(),
): Promise<ChosenService> {
  const { current, services } = await readLogins(loginsFile(environment))
  const address = assertAddress(server ?? environment.server ?? current ?? DEFAULT_ADDRESS)
  const credentials = environment.key === undefined ? services[address] : { key: environment.key }
  return { address, credentials: credentials ?? {} }
}
