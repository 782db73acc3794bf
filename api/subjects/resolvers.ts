/** Resolvers of subjects. */
import { listAdapters } from '../adapters/list.ts'
import { mutation } from '../faults.ts'
import type { Resolvers } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { pageOf } from '../reading/page.ts'
import type { ConsentRow, PhotoSetRow } from '../rows.ts'
import { listTrainingJobs } from '../trainings/list.ts'
import { deleteSubject } from './delete.ts'
import { createSubject, listSubjects, updateSubject } from './subjects.ts'

export const subjectResolvers = {
  Query: {
    subjects: (_root, { filter, ...page }, context) => listSubjects(context, page, filter ?? {}),
  },
  Mutation: {
    createSubject: mutation(async (input, context) => ({
      __typename: 'CreateSubjectSuccess',
      subject: await createSubject(context, input),
    })),
    updateSubject: mutation(async (input, context) => ({
      __typename: 'UpdateSubjectSuccess',
      subject: await updateSubject(context, input),
    })),
    deleteSubject: mutation(async (input, context) => ({
      __typename: 'DeleteSubjectSuccess',
      receipt: await deleteSubject(context, input),
    })),
  },
  Subject: {
    id: row => toGlobalId('Subject', row.id),
    photoSets: ({ id }, page, { read }) =>
      pageOf<PhotoSetRow>(read, page, { table: tx => tx.photoSet, where: () => ({ subjectId: id }) }),
    consents: ({ id }, page, { read }) =>
      pageOf<ConsentRow>(read, page, { table: tx => tx.consent, where: () => ({ subjectId: id }) }),
    trainingJobs: (row, page, context) => listTrainingJobs(context, page, { subjectId: row.id }),
    adapters: (row, page, context) => listAdapters(context, page, { subjectId: row.id }),
  },
  DeletionReceipt: {
    id: row => toGlobalId('DeletionReceipt', row.id),
    subjectId: row => toGlobalId('Subject', row.subjectId),
  },
} satisfies Resolvers
