/** Signed download links: the blob, how it is to be shown, and the end of the link, all covered by one signature. */
import { AppError } from '../../errors.ts'
import { isSha256, isTenantId } from '../names.ts'
import type { LinkTerms, SignedLink } from '../port.ts'
import { expiry, type Signer, unixSeconds } from './signer.ts'

export interface ReadLink {
  readonly tenantId: string
  readonly sha256: string
  readonly contentType: string
  readonly fileName: string
  readonly expiresAt: Date
}

const PARAMETERS = ['type', 'name', 'expires', 'signature']

/** What is signed: unambiguous, whatever the parts hold. */
const textOf = (parts: readonly string[]) => JSON.stringify(parts)

/** @param url the address of `/blobs`. */
export function signLink(signer: Signer, url: string, tenantId: string, sha256: string, terms: LinkTerms): SignedLink {
  const expiresAt = expiry(terms.expiresInSeconds)
  const [type, name, expires] = [terms.contentType, terms.fileName, String(unixSeconds(expiresAt))]
  const signature = signer.sign('link', textOf([tenantId, sha256, type, name, expires]))
  const query = new URLSearchParams({ type, name, expires, signature })
  return { url: `${url}/${tenantId}/${sha256}?${query}`, expiresAt }
}

/** @throws AppError FORBIDDEN when anything was changed, is missing or was added, or the link is over. */
export function readLink(signer: Signer, tenantId: string, sha256: string, query: URLSearchParams): ReadLink {
  const [type = '', name = '', expires = '', signature = ''] = PARAMETERS.map(key => query.get(key) ?? '')
  const complete = query.size === PARAMETERS.length && isTenantId(tenantId) && isSha256(sha256)
  if (!complete || !signer.isSigned('link', textOf([tenantId, sha256, type, name, expires]), signature))
    throw refused('is not signed by this server')
  if (Number(expires) <= unixSeconds(new Date())) throw refused('is over')
  return { tenantId, sha256, contentType: type, fileName: name, expiresAt: new Date(Number(expires) * 1000) }
}

const refused = (what: string) => new AppError('FORBIDDEN', `the download link ${what}`, 'Ask for a new link.')
