/** Signed links to stored pictures. */
import type { Context } from './context.ts'
import { LINK_SECONDS } from './service/limits.ts'

interface Picture {
  readonly tenantId: string
  readonly id: string
  readonly sha256: string | null
}
type Link = Promise<{ readonly url: string; readonly expiresAt: Date }>

/** One for each row that was read, so that the link and its end, which are two fields, belong together. */
const links = new WeakMap<object, Link>()

/** Undefined for a picture that has no file. */
export function pictureLink({ store }: Pick<Context, 'store'>, row: Picture): Link | undefined {
  const { tenantId, id, sha256 } = row
  if (sha256 === null) return undefined
  const terms = { contentType: 'image/png', fileName: `${id}.png`, expiresInSeconds: LINK_SECONDS }
  const link = links.get(row) ?? store.downloadLink(tenantId, sha256, terms)
  links.set(row, link)
  return link
}
