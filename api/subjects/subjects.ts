/** Subjects: creating and listing them. Deleting one is a file of its own. */
import { z } from 'zod'
import type { Context } from '../context.ts'
import { check } from '../faults.ts'
import type { CreateSubjectInput, SubjectFilter, UpdateSubjectInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { once } from '../mutations/idempotency.ts'
import { requireResult, resolveId } from '../mutations/resolve-id.ts'
import { type Connection, containing, type PageArguments, pageOf, within } from '../reading/page.ts'
import type { SubjectRow } from '../rows.ts'

const newSubject = z.object({
  name: z.string().trim().min(1).max(100),
  classNoun: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[\p{L}][\p{L}\p{N} '-]{0,49}$/u, 'give a noun of 1 to 50 letters, as prompts say it'),
})

export async function createSubject(context: Context, input: CreateSubjectInput): Promise<SubjectRow> {
  const { name, classNoun } = check(newSubject, input)
  return change(context, async (tx, tenantId, audit) => {
    const { subjectId } = await once(tx, tenantId, 'createSubject', input, async () => {
      const { id } = await tx.subject.create({ data: { tenantId, name, classNoun, isPerson: input.isPerson } })
      await audit({ action: 'createSubject', target: toGlobalId('Subject', id) })
      return { subjectId: id }
    })
    return requireResult(tx.subject.findFirst({ where: { id: subjectId ?? '' } }))
  })
}

/** Trainings that have started keep the words they were started with. */
export async function updateSubject(context: Context, input: UpdateSubjectInput): Promise<SubjectRow> {
  const given = check(newSubject.partial(), input)
  return change(context, async (tx, _tenantId, audit) => {
    const find = (id: string) => tx.subject.findFirst({ where: { id } })
    const { id } = await resolveId(input.subjectId, 'Subject', 'subjectId', find)
    const { name, classNoun } = given
    const data = { ...(name === undefined ? {} : { name }), ...(classNoun === undefined ? {} : { classNoun }) }
    await tx.subject.updateMany({ where: { id }, data })
    await audit({ action: 'updateSubject', target: toGlobalId('Subject', id), detail: { fields: Object.keys(data) } })
    return tx.subject.findFirstOrThrow({ where: { id } })
  })
}

export const listSubjects = (
  { read }: Context,
  page: PageArguments,
  { nameContains, isPerson, ...period }: SubjectFilter,
): Promise<Connection<SubjectRow>> => {
  const where = {
    ...within(period),
    ...(nameContains ? { name: containing(nameContains) } : {}),
    ...(typeof isPerson === 'boolean' ? { isPerson } : {}),
  }
  return pageOf(read, page, { table: tx => tx.subject, where: () => where })
}
