/**
 * Signed upload forms: what S3's POST policies are, for stores without a server of their own. All terms lie in one field,
 * `policy`, whose exact text is signed; the fields that repeat a term for the client's sake must agree with it.
 */
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { isTenantId, isUploadId } from '../names.ts'
import type { UploadForm, UploadTerms } from '../port.ts'
import { expiry, type Signer, unixSeconds } from './signer.ts'

const policySchema = z.strictObject({
  tenant: z.string().refine(isTenantId),
  upload: z.string().refine(isUploadId),
  contentType: z.string(),
  minBytes: z.number().int().min(0),
  maxBytes: z.number().int().min(0),
  sha256: z.string().optional(),
  /** Unix time in seconds. */
  expires: z.number().int(),
})

export type UploadPolicy = z.output<typeof policySchema>

const keyOf = ({ tenant, upload }: UploadPolicy) => `staging/${tenant}/${upload}`

/** The form's fields but for the signature, by name. */
function fieldsOf(policy: UploadPolicy, text: string): Record<string, string> {
  return { key: keyOf(policy), 'Content-Type': policy.contentType, policy: text }
}

export function signForm(signer: Signer, url: string, tenantId: string, terms: UploadTerms): UploadForm {
  const expiresAt = expiry(terms.expiresInSeconds)
  const policy: UploadPolicy = {
    tenant: tenantId,
    upload: terms.uploadId,
    contentType: terms.contentType,
    minBytes: terms.minBytes,
    maxBytes: terms.maxBytes,
    ...(terms.sha256 === undefined ? {} : { sha256: terms.sha256 }),
    expires: unixSeconds(expiresAt),
  }
  const text = Buffer.from(JSON.stringify(policy)).toString('base64url')
  return { url, fields: { ...fieldsOf(policy, text), signature: signer.sign('upload', text) }, expiresAt }
}

/**
 * The policy of a form as it came in.
 * @throws AppError FORBIDDEN when a field was changed, is missing or was added, or the form is over.
 */
export function readForm(signer: Signer, fields: ReadonlyMap<string, string>): UploadPolicy {
  const [text, signature] = [fields.get('policy') ?? '', fields.get('signature') ?? '']
  if (!signer.isSigned('upload', text, signature)) throw refused('is not signed by this server')
  const policy = policySchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
  const expected = fieldsOf(policy, text)
  const changed = [...new Set([...Object.keys(expected), ...fields.keys()])].filter(
    name => name !== 'signature' && expected[name] !== fields.get(name),
  )
  if (changed.length > 0) throw refused(`does not agree with its policy in ${changed.slice(0, 5).join(', ')}`)
  if (policy.expires <= unixSeconds(new Date())) throw refused('is over')
  return policy
}

const refused = (what: string) =>
  new AppError('FORBIDDEN', `the upload form ${what}`, 'Ask for a new form and send all of its fields unchanged.')
