/** Asserts that a person's consent covers the photos; every job that depends on them calls this. */
import type { Transaction } from '../../prisma/index.ts'
import { consentFault } from '../faults.ts'
import type { PhotoSetRow, SubjectRow } from '../rows.ts'

/**
 * Lets pass what shows no person, and persons whose consent for the photos holds. Without a photo set (imported adapters) any consent of
 * the person counts. A revocation counts against all earlier consents for the same photos. Holds the consents until the transaction ends,
 * so that none is revoked meanwhile.
 * @throws UserFault CONSENT_MISSING, CONSENT_REVOKED
 */
export async function assertConsent(
  tx: Transaction,
  subject: Pick<SubjectRow, 'id' | 'name' | 'isPerson'>,
  photoSet: PhotoSetRow | undefined,
  path: string | readonly (string | number)[],
): Promise<void> {
  if (!subject.isPerson) return
  const rows = await tx.$queryRaw<{ recorded: Date; revoked: Date | null }[]>`
    select recorded_at as recorded, revoked_at as revoked from consents
    where subject_id = ${subject.id}::uuid and (${photoSet?.id ?? null}::uuid is null or photo_set_id = ${photoSet?.id ?? null}::uuid)
    for share`
  const revocation = Math.max(...rows.map(({ revoked }) => revoked?.getTime() ?? Number.NEGATIVE_INFINITY))
  if (rows.some(({ recorded, revoked }) => revoked === null && recorded.getTime() > revocation)) return
  const extra = { photoSet: photoSet ?? null }
  if (rows.length > 0)
    throw consentFault('CONSENT_REVOKED', path, `the consent of ${subject.name} was revoked; record a new one`, extra)
  const next = 'record a consent for the photo set first'
  throw consentFault('CONSENT_MISSING', path, `${subject.name} is a person and has not consented; ${next}`, extra)
}
