/** The door of the photo checks. */

export {
  type AcceptedPhoto,
  type CheckedPhoto,
  checkPhotos,
  type PhotoRules,
  type PhotoSource,
  type PhotoVerdict,
  photoSetHash,
  type RejectedPhoto,
  VERDICTS,
} from './check.ts'
