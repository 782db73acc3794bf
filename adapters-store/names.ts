/** Valid names of blobs, uploads and tenants: nothing else ever becomes part of a path. */
import { invariant } from '../errors.ts'

const TENANT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const UPLOAD = /^[A-Za-z0-9_-]{1,64}$/
const SHA256 = /^[0-9a-f]{64}$/

export const isTenantId = (text: string): boolean => TENANT.test(text)
export const isUploadId = (text: string): boolean => UPLOAD.test(text)
export const isSha256 = (text: string): boolean => SHA256.test(text)

export function requireTenantId(text: string): string {
  invariant(isTenantId(text), `the tenant id ${JSON.stringify(text)} is not a UUID`)
  return text
}

export function requireUploadId(text: string): string {
  invariant(isUploadId(text), `the upload id ${JSON.stringify(text)} is not made of letters, digits, - and _`)
  return text
}
