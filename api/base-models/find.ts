/** Finds the base model that an input names, or the first one. */
import type { Transaction } from '../../prisma/index.ts'
import { validationFault } from '../faults.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { BaseModelRow } from '../rows.ts'

export async function findBase(tx: Transaction, id: string | null | undefined): Promise<BaseModelRow> {
  if (id) return resolveId(id, 'BaseModel', 'baseModelId', key => tx.baseModel.findFirst({ where: { id: key } }))
  const first = await tx.baseModel.findFirst({ orderBy: { createdAt: 'asc' } })
  if (!first)
    throw validationFault('WRONG_STATE', 'baseModelId', 'this server has no base model; add one and restart it')
  return first
}
