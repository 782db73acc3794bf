/**
 * The HTTP side of the files store, for `app.use` or `http.createServer`: takes signed upload forms at `POST /uploads` and
 * serves signed links at `GET /blobs/<tenant>/<sha256>`. It knows no users: a signature is the whole permission.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, type ErrorCode } from '../../errors.ts'
import { serveBlob } from './http-download.ts'
import { takeForm } from './http-upload.ts'
import type { FileStore } from './store.ts'

type BlobHandler = (request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void) => void

export interface BlobHandlerOptions {
  /** Told of every failure that is not the client's. */
  readonly onFault?: (error: unknown) => void
}

/** Signed addresses may be used from any page: no cookie counts here. */
const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, content-range, content-length, content-disposition',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const

type Work = (store: FileStore, request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>

const preflight: Work = async (_store, _request, response) => {
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST')
  response.setHeader('access-control-allow-headers', 'range, if-none-match, if-range')
  response.writeHead(204).end()
}

const ROUTES: readonly { path: RegExp; methods: Readonly<Record<string, Work>> }[] = [
  { path: /^\/uploads$/, methods: { POST: takeForm, OPTIONS: preflight } },
  { path: /^\/blobs\//, methods: { GET: serveBlob, HEAD: serveBlob, OPTIONS: preflight } },
]

/** Anything that is not under `/uploads` or `/blobs/` goes on to `next`, or is answered with 404. */
export function blobHandler(store: FileStore, { onFault }: BlobHandlerOptions = {}): BlobHandler {
  return (request, response, next) => {
    const url = new URL(`http://store${request.url?.startsWith('/') ? request.url : '/'}`)
    const route = ROUTES.find(({ path }) => path.test(url.pathname))
    if (!route && next) return next()
    for (const [name, value] of Object.entries(OPEN)) response.setHeader(name, value)
    const work = route && Object.hasOwn(route.methods, request.method ?? '') && route.methods[request.method ?? '']
    if (!route) return answer(response, 404, 'NOT_FOUND', 'there is nothing at this address')
    if (!work) return answer(response, 405, 'INPUT_INVALID', `${request.method} is not possible here`)
    work(store, request, response, url).catch(error => fail(response, error, onFault))
  }
}

/** What a client may know of a failure; what is not listed is ours. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  INPUT_INVALID: 400,
  FORBIDDEN: 403,
  BLOB_NOT_FOUND: 404,
  LIMIT_EXCEEDED: 413,
}

/** Failures of the disk, whose messages name our paths. */
const MASKED: Readonly<Partial<Record<ErrorCode, [status: number, message: string]>>> = {
  STORAGE_FAILED: [507, 'the store cannot take or read this now; try again later'],
  BLOB_CORRUPT: [500, 'the stored content is damaged and is not served'],
}

function fail(response: ServerResponse, error: unknown, onFault: BlobHandlerOptions['onFault']): void {
  const code = error instanceof AppError ? error.code : undefined
  const status = code && STATUS[code]
  if (!status) onFault?.(error)
  const [masked, general] = (code && MASKED[code]) ?? [500, 'internal error']
  const message = error instanceof AppError && status ? `${error.message}. ${error.next}` : general
  if (response.headersSent) response.destroy()
  else answer(response, status ?? masked, code ?? 'INTERNAL', message)
}

function answer(response: ServerResponse, status: number, code: string, message: string): void {
  if (response.destroyed) return
  response.setHeader('cache-control', 'no-store')
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { code, message } }))
}
