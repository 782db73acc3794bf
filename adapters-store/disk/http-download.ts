/** Serves one signed link: the whole blob or one range of it, always after its content was proved. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../errors.ts'
import { type ReadLink, readLink } from './download-link.ts'
import { findRange } from './range.ts'
import type { FileStore } from './store.ts'

/** Types that a browser may show in place; all else is saved. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/webp'])

export async function serveBlob(
  store: FileStore,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, , tenantId = '', sha256 = '', more] = url.pathname.split('/')
  const link = readLink(store.signer, more === undefined ? tenantId : '', sha256, url.searchParams)
  const etag = `"${sha256}"`
  if (isKnown(request.headers['if-none-match'], etag)) {
    if (!(await store.stat(tenantId, sha256))) throw gone(link)
    return void response.writeHead(304, headersOf(link, etag)).end()
  }
  const file = await store.openFile(tenantId, sha256)
  const condition = request.headers['if-range']
  const range = condition === undefined || condition === etag ? findRange(request.headers.range, file.bytes) : 'whole'
  if (range === 'none') {
    await file.close()
    return void response.writeHead(416, { 'content-range': `bytes */${file.bytes}` }).end()
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.bytes - 1 } : range
  const part = range === 'whole' ? {} : { 'content-range': `bytes ${start}-${end}/${file.bytes}` }
  response.writeHead(range === 'whole' ? 200 : 206, {
    ...headersOf(link, etag),
    ...part,
    'content-type': link.contentType,
    'content-length': end - start + 1,
    'content-disposition': disposition(link),
  })
  if (request.method === 'HEAD') {
    await file.close()
    return void response.end()
  }
  await pipeline(file.stream(start, end), response).catch(unlessGone)
}

const gone = ({ sha256 }: ReadLink) =>
  new AppError('BLOB_NOT_FOUND', `there is no blob ${sha256}`, 'It may have been deleted.')

/** The client may leave when it likes. */
function unlessGone(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET' && code !== 'EPIPE') throw error
}

const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some(tag => ['*', etag].includes(tag.trim().replace(/^W\//, '')))

function headersOf({ expiresAt }: ReadLink, etag: string) {
  const seconds = Math.max(0, Math.floor((expiresAt.getTime() - Date.now()) / 1000))
  return {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': `private, max-age=${seconds}, immutable`,
    'content-security-policy': "default-src 'none'; sandbox",
  }
}

/** RFC 6266: a plain name for old clients, the exact one in UTF-8. */
function disposition({ contentType, fileName }: ReadLink): string {
  const plain = fileName.replace(/[^\w.() -]/g, '_')
  const exact = encodeURIComponent(fileName.toWellFormed()).replace(/['()*]/g, escapeByte)
  return `${SHOWN.has(contentType) ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${exact}`
}

const escapeByte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
