/** The door of the photo checks. */

export { type AcceptedPhoto, type CheckedPhoto, checkPhotos, photoSetHash, VERDICTS } from './check.ts'
