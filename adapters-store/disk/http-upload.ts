/** Takes one multipart form: fields, then the file, which is checked and stored while it comes in. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '../../errors.ts'
import type { FileStore } from './store.ts'
import { readForm } from './upload-form.ts'

/** The fields of a form and a file name are short; one file is all there is. */
const LIMITS = { fields: 16, fieldSize: 8192, fieldNameSize: 100, files: 1, parts: 17, headerPairs: 20 } as const

const NEXT = 'Send all fields of the form, then the content as the part "file".'
const malformed = (what: string, cause?: unknown) => new AppError('INPUT_INVALID', `the upload ${what}`, NEXT, cause)

/** Answers 204. @throws AppError INPUT_INVALID, FORBIDDEN, LIMIT_EXCEEDED, STORAGE_FAILED */
export async function takeForm(store: FileStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await parse(store, request)
  } catch (error) {
    discard(request)
    throw error
  }
  response.writeHead(204).end()
}

function createParser(request: IncomingMessage): BusboyInstance {
  const type = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*;/i.test(type)) throw malformed(`has the content type "${type.slice(0, 100)}"`)
  try {
    return new Busboy({ headers: { ...request.headers, 'content-type': type }, limits: LIMITS })
  } catch (error) {
    throw malformed('has no usable boundary in its content type', error)
  }
}

/** Resolves when the form is complete and its file is durable. */
function parse(store: FileStore, request: IncomingMessage): Promise<void> {
  const parser = createParser(request)
  const fields = new Map<string, string>()
  let file: Readable | undefined
  let receiving: Promise<unknown> | undefined
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      request.unpipe(parser)
      file?.destroy(error instanceof Error ? error : new Error(String(error)))
      reject(error)
    }
    parser.on('field', (name, value, nameCut, valueCut) => {
      if (nameCut || valueCut || fields.has(name)) fail(malformed(`has the field ${name} twice or too long`))
      fields.set(name, value)
    })
    parser.on('file', (name, stream) => {
      file = stream
      stream.on('error', () => undefined)
      if (name !== 'file') return fail(malformed(`has the part ${name} in place of "file"`))
      receiving = receive(store, fields, stream)
      receiving.catch(fail)
    })
    for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      parser.on(limit, () => fail(malformed('has more parts than its form')))
    parser.on('error', error => fail(malformed('is cut off or no multipart form', error)))
    parser.on('finish', () => (receiving ? receiving.then(() => resolve(), fail) : fail(malformed('has no file'))))
    request.on('close', () => request.complete || fail(malformed('was cut off by the client')))
    request.pipe(parser)
  })
}

async function receive(store: FileStore, fields: ReadonlyMap<string, string>, file: Readable): Promise<void> {
  await store.receive(readForm(store.signer, fields), file)
}

/** A client that still sends would lose the answer if the connection closed under it: some more is read and thrown away. */
const PATIENCE = { bytes: 32 * 2 ** 20, milliseconds: 10_000 } as const

function discard(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const end = () => request.destroy()
  const timer = setTimeout(end, PATIENCE.milliseconds).unref()
  let bytes = 0
  request.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > PATIENCE.bytes) end()
  })
  request.on('close', () => clearTimeout(timer))
  request.resume()
}
