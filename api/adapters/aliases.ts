/** Aliases: names that point at a version of an adapter and can be moved. */
import { z } from 'zod'
import type { Transaction } from '../../prisma/index.ts'
import type { Context } from '../context.ts'
import { check, limitFault, notFoundFault } from '../faults.ts'
import type { PromoteVersionInput, SetAliasInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { AliasRow } from '../rows.ts'
import { LIMITS } from '../service/limits.ts'

/** `latest` follows the newest version by itself. */
const newAlias = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/, 'give 1 to 50 letters, digits, - and _')
    .refine(name => name !== 'latest', 'latest follows the newest version by itself; choose another name'),
})

export async function promoteVersion(context: Context, { versionId }: PromoteVersionInput): Promise<AliasRow> {
  return change(context, async (tx, tenantId, audit) => {
    const find = (id: string) => tx.adapterVersion.findFirst({ where: { id } })
    const version = await resolveId(versionId, 'AdapterVersion', 'versionId', find)
    const alias = await point(tx, { tenantId, adapterId: version.adapterId, name: 'production' }, version.id)
    await audit({ action: 'promoteVersion', target: toGlobalId('AdapterVersion', version.id) })
    return alias
  })
}

/** Null when the alias was removed. */
export async function setAlias(context: Context, input: SetAliasInput): Promise<AliasRow | null> {
  return change(context, async (tx, tenantId, audit) => {
    const find = (id: string) => tx.adapter.findFirst({ where: { id } })
    const adapter = await resolveId(input.adapterId, 'Adapter', 'adapterId', find)
    const { name } = check(newAlias, input)
    const place = { tenantId, adapterId: adapter.id, name }
    const detail = { name, version: input.versionId ?? null }
    await audit({ action: 'setAlias', target: toGlobalId('Adapter', adapter.id), detail })
    if (input.versionId === null || input.versionId === undefined) {
      const { count } = await tx.alias.deleteMany({ where: place })
      if (count === 0) throw notFoundFault('name')
      return null
    }
    const own = (id: string) => tx.adapterVersion.findFirst({ where: { id, adapterId: adapter.id } })
    const version = await resolveId(input.versionId, 'AdapterVersion', 'versionId', own)
    await assertRoom(tx, place)
    return point(tx, place, version.id)
  })
}

/** @throws UserFault LIMIT_EXCEEDED for a new name that would be too many */
async function assertRoom(tx: Transaction, { adapterId, name }: Place): Promise<void> {
  const others = await tx.alias.count({ where: { adapterId, name: { not: name } } })
  const [allowed, found] = [LIMITS.aliasesPerAdapter, others + 1]
  const message = `the adapter would have ${found} aliases; allowed are ${allowed} (aliasesPerAdapter). Remove one: give it no version.`
  if (found > allowed) throw limitFault('name', message, { limit: 'aliasesPerAdapter', allowed, found })
}

type Place = Pick<AliasRow, 'tenantId' | 'adapterId' | 'name'>

export const point = (tx: Transaction, place: Place, versionId: string): Promise<AliasRow> =>
  tx.alias.upsert({
    where: { tenantId_adapterId_name: place },
    create: { ...place, versionId },
    update: { versionId, movedAt: new Date() },
  })
