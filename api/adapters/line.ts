/** The line of an adapter: one for each subject, base, method and name, which all versions of that name belong to. */
import type { Transaction } from '../../prisma/index.ts'

interface Line {
  readonly subjectId: string | null
  readonly baseModelId: string
  readonly method: string
  readonly name: string
}

/** The id of the line's adapter, which is made when there is none, and stays locked until the transaction ends. */
export async function adapterOfLine(tx: Transaction, tenantId: string, line: Line): Promise<string> {
  const { subjectId, baseModelId, method, name } = line
  const [row] = await tx.$queryRaw<[{ id: string }]>`
    select adapter_line(${tenantId}::uuid, ${subjectId}::uuid, ${baseModelId}::uuid, ${method}, ${name}) as id`
  return row.id
}
