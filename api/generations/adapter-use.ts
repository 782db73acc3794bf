/** Resolves the adapter version that an image is drawn with, and checks that it may be used. */
import { IMAGE_DEFAULTS } from '../../engine/descriptors.ts'
import type { Transaction } from '../../prisma/index.ts'
import { assertConsent } from '../consents/assert.ts'
import { notFoundFault, validationFault } from '../faults.ts'
import type { AdapterHalves, AdapterUseInput } from '../generated/schema.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { AdapterVersionRow } from '../rows.ts'

export interface Use {
  readonly version: AdapterVersionRow
  readonly baseModelId: string
  /** Whom its adapter draws. */
  readonly subjectId: string | null
  readonly scale: number
  /** Through which the version was chosen. */
  readonly alias: string | undefined
  readonly halves: 'both' | 'conditional' | undefined
}

const HALVES = { BOTH: 'both', CONDITIONAL: 'conditional' } as const satisfies Record<AdapterHalves, string>

type Path = readonly (string | number)[]

/** @throws UserFault NOT_FOUND, INVALID, CONSENT_MISSING, CONSENT_REVOKED */
export async function resolveUse(tx: Transaction, input: AdapterUseInput, path: Path): Promise<Use> {
  const scale = input.scale ?? IMAGE_DEFAULTS.adapterScale
  if (!(scale >= 0 && scale <= 4))
    throw validationFault('INVALID', [...path, 'scale'], `scale is ${scale}, allowed are 0 to 4`)
  const { versionId, alias } = await versionOf(tx, input, path)
  const halves = input.halves ? HALVES[input.halves] : undefined
  return { ...(await servedVersion(tx, versionId, path)), scale, halves, alias }
}

interface Chosen {
  readonly versionId: string
  readonly alias: string | undefined
}

/** The aliases that a bare adapter stands for, the first that is set. */
const DEFAULT_ALIASES = ['production', 'latest'] as const

/** Of an adapter's aliases the one that its bare name means. */
export const defaultAlias = <A extends { readonly name: string }>(aliases: readonly A[]): A | undefined =>
  DEFAULT_ALIASES.map(name => aliases.find(alias => alias.name === name)).find(alias => alias !== undefined)

async function versionOf(
  tx: Transaction,
  { versionId, adapterId, alias }: AdapterUseInput,
  path: Path,
): Promise<Chosen> {
  if (versionId && !adapterId) {
    const id = await resolveId(versionId, 'AdapterVersion', [...path, 'versionId'], async key => key)
    return { versionId: id, alias: undefined }
  }
  if (!adapterId || versionId)
    throw validationFault('INVALID', path, 'name either a version or an adapter: exactly one of them')
  const find = async (id: string) => {
    const aliases = await tx.alias.findMany({ where: { adapterId: id, ...(alias ? { name: alias } : {}) } })
    return (alias ? aliases[0] : defaultAlias(aliases)) ?? null
  }
  const { name, versionId: chosen } = await resolveId(adapterId, 'Adapter', [...path, 'adapterId'], find)
  return { versionId: chosen, alias: name }
}

/** The version, if nobody's consent stands against it. */
export async function servedVersion(
  tx: Transaction,
  versionId: string,
  path: Path,
): Promise<Omit<Use, 'scale' | 'halves' | 'alias'>> {
  const row = await tx.adapterVersion.findFirst({
    where: { id: versionId },
    include: { adapter: { include: { subject: true } }, job: { include: { photoSet: true } } },
  })
  if (!row) throw notFoundFault([...path, 'versionId'])
  const { adapter, job, ...version } = row
  if (adapter.subject) await assertConsent(tx, adapter.subject, job?.photoSet ?? undefined, path)
  return { version, baseModelId: adapter.baseModelId, subjectId: adapter.subjectId }
}
