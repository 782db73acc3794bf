/** Moves files to and from the service: signed forms up, signed links down, whole or not at all. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { unreachable, withRetries } from './failures.ts'

/** Milliseconds before another try. */
const PAUSES: readonly number[] = [300, 1000]

export interface Form {
  readonly url: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

interface Link {
  readonly url: string
  readonly bytes: number
  readonly sha256: string
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** @throws AppError FILE_INVALID naming the file that can't be read */
export async function readLocal(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new AppError('FILE_NOT_FOUND', `${path} does not exist`, 'Check the path.')
    const why = error instanceof Error ? error.message : String(error)
    throw new AppError('FILE_INVALID', `${path} can't be read: ${why}`, 'Check the path and its permissions.')
  }
}

/** Sends all fields of the form and then the bytes; sent twice, the later ones count. */
export async function upload(form: Form, bytes: Uint8Array<ArrayBuffer>, fileName: string): Promise<void> {
  await withRetries(PAUSES, async () => {
    const body = new FormData()
    for (const { name, value } of form.fields) body.append(name, value)
    body.append('file', new Blob([bytes]), fileName)
    const response = await request(form.url, { method: 'POST', body })
    if (!response.ok) throw await refusal(`the upload of ${fileName}`, response)
    await response.body?.cancel()
  })
}

/** Writes what the link leads to, checked against its hash, to `path`; the folder is made where it is missing. */
export async function download(link: Link, path: string): Promise<void> {
  const bytes = await withRetries(PAUSES, async () => {
    const response = await request(link.url, {})
    if (!response.ok) throw await refusal(`the download of ${basename(path)}`, response)
    return new Uint8Array(await readBody(response))
  })
  if (sha256(bytes) !== link.sha256)
    throw new AppError(
      'BLOB_CORRUPT',
      `${basename(path)} arrived damaged: its SHA-256 differs`,
      'Run the command again.',
    )
  await writeFileAtomically(path, bytes)
}

const readBody = (response: Response): Promise<ArrayBuffer> =>
  response.arrayBuffer().catch(error => {
    throw unreachable(originOf(response.url), error)
  })

/** Signed addresses are secrets: messages name the place alone. */
const originOf = (url: string): string => new URL(url).origin

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(600_000) })
  } catch (error) {
    throw unreachable(originOf(url), error)
  }
}

/** The store answers `{ error: { code, message } }`, an S3 server XML. */
async function refusal(what: string, response: Response): Promise<AppError> {
  const text = await response.text().catch(() => '')
  const said = /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? /<Message>([^<]*)/.exec(text)?.[1] ?? ''
  const message = `${what} was refused with status ${response.status}${said && `: ${said}`}`
  if (response.status >= 500)
    return new AppError('SERVICE_UNAVAILABLE', message, 'Try again later; the disk of the service may be full.')
  if (response.status === 413) return new AppError('LIMIT_EXCEEDED', message, 'Send a smaller file.')
  return new AppError('FORBIDDEN', message, 'The form or link may have expired: run the command again.')
}
