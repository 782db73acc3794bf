/** Passwords: argon2id with the parameters OWASP names (19 MiB, 2 passes), kept in the usual `$argon2id$...` text. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { invariant } from '../../errors.ts'

const derive = promisify(argon2)

interface Cost {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const [SALT_BYTES, HASH_BYTES] = [16, 32]
const FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** The same text typed on two machines may come in different Unicode forms. */
const hash = (password: string, nonce: Buffer, tagLength: number, cost: Cost): Promise<Buffer> =>
  derive('argon2id', { message: password.normalize('NFKC'), nonce, tagLength, ...cost })

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await hash(password, salt, HASH_BYTES, COST)
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

let decoy: Promise<string> | undefined

/** Whether the password belongs to the stored text. Without one (no such user) it takes as long and answers false. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  decoy ??= hashPassword('')
  const [, memory, passes, parallelism, salt, tag] = FORM.exec(stored ?? (await decoy)) ?? []
  invariant(salt && tag, 'a stored password hash has an unknown form')
  const expected = Buffer.from(tag, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const given = await hash(password, Buffer.from(salt, 'base64'), expected.length, cost)
  return timingSafeEqual(given, expected) && stored !== undefined
}
