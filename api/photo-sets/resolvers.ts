/** Resolvers of photo sets, photos and consents. */

import { recordConsent, revokeConsent } from '../consents/consents.ts'
import { mutation } from '../faults.ts'
import type { Resolvers } from '../generated/schema.ts'
import { actorId, toGlobalId } from '../graphql/global-id.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import { pictureLink } from '../picture-link.ts'
import { formOf } from '../upload-form.ts'
import { completePhotoUploads } from './complete-uploads.ts'
import { deletePhotoSet } from './delete.ts'
import { requestPhotoUploads } from './request-uploads.ts'

const Mutation: Resolvers['Mutation'] = {
  requestPhotoUploads: mutation(async (input, context) => {
    const { photoSet, uploads } = await requestPhotoUploads(context, input)
    const forms = uploads.map(({ photo, form }) => ({ photo, form: form && formOf(form) }))
    return { __typename: 'RequestPhotoUploadsSuccess', photoSet, uploads: forms }
  }),
  completePhotoUploads: mutation(async (input, context) => ({
    __typename: 'CompletePhotoUploadsSuccess',
    ...(await completePhotoUploads(context, input)),
  })),
  deletePhotoSet: mutation(async (input, context) => ({
    __typename: 'DeletePhotoSetSuccess',
    deletedId: await deletePhotoSet(context, input),
  })),
  recordConsent: mutation(async (input, context) => ({
    __typename: 'RecordConsentSuccess',
    consent: await recordConsent(context, input),
  })),
  revokeConsent: mutation(async (input, context) => {
    const { consent, canceled } = await revokeConsent(context, input)
    return { __typename: 'RevokeConsentSuccess', consent, canceledJobs: canceled.length }
  }),
}

export const photoSetResolvers = {
  Mutation,
  PhotoSet: {
    id: row => toGlobalId('PhotoSet', row.id),
    subject: async (row, _args, { loaders }) => requireRow(await loaders.subject.load(row.subjectId), 'a subject'),
    state: async ({ id, hash }, _args, { loaders }) => {
      if (hash !== null) return 'COMPLETE'
      return (await loaders.photosOf.load(id)).every(({ state }) => state === 'REJECTED') ? 'REJECTED' : 'OPEN'
    },
    photos: (row, _args, { loaders }) => loaders.photosOf.load(row.id),
  },
  Photo: {
    id: row => toGlobalId('Photo', row.id),
    url: async (row, _args, context) => (await pictureLink(context, row))?.url ?? null,
    urlExpiresAt: async (row, _args, context) => (await pictureLink(context, row))?.expiresAt ?? null,
  },
  Consent: {
    id: row => toGlobalId('Consent', row.id),
    subject: async (row, _args, { loaders }) => requireRow(await loaders.subject.load(row.subjectId), 'a subject'),
    photoSet: async (row, _args, { loaders }) => requireRow(await loaders.photoSet.load(row.photoSetId), 'a photo set'),
    recordedBy: row => actorId(row.recordedBy),
  },
} satisfies Resolvers
