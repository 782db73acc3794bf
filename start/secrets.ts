/** The secrets of an installation: made on its first start, kept in DATA_DIR/secrets.json, readable by its owner alone. */
import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors.ts'

const secrets = z.object({
  /** Signs upload forms and download links; 32 bytes, base64. */
  signingKey: z.base64(),
  /** Passwords of the database roles. */
  databaseOwner: z.string().min(32),
  databaseApp: z.string().min(32),
  databaseWorker: z.string().min(32),
})
export type Secrets = Readonly<z.output<typeof secrets>>

/** @throws AppError CONFIG_INVALID when the file is damaged: making new secrets would lock the database's owner out. */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json')
  const known = (await readSecrets(path)) ?? (await createSecrets(dataDir, path))
  await chmod(path, 0o600)
  return known
}

async function readSecrets(path: string): Promise<Secrets | undefined> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return Object.freeze(secrets.parse(JSON.parse(text)))
  } catch (error) {
    throw new AppError(
      'CONFIG_INVALID',
      `${path} is damaged`,
      'Restore it from a backup; without it the data folder cannot be used; a new data folder starts empty.',
      error,
    )
  }
}

/** Whole or not at all, and once: of two processes that start together, both read what the faster one wrote. */
async function createSecrets(dataDir: string, path: string): Promise<Secrets> {
  await mkdir(dataDir, { recursive: true })
  const password = () => randomBytes(32).toString('base64url')
  const fresh: Secrets = {
    signingKey: randomBytes(32).toString('base64'),
    databaseOwner: password(),
    databaseApp: password(),
    databaseWorker: password(),
  }
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(temporary, 'w', 0o600)
  await file.writeFile(`${JSON.stringify(fresh, null, 2)}\n`)
  await file.sync()
  await file.close()
  await link(temporary, path).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(temporary)
  return (await readSecrets(path)) ?? fresh
}
