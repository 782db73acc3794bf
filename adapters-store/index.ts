/** The door of the blob store and of the adapter file formats. */

export { readBlob, removeAll, saveBlob } from './blobs.ts'
export { type FileStore, type FileStoreOptions, openFileStore } from './files.ts'
export { FORMATS, type Format, findFormat, readAdapter, writeAdapter } from './formats/index.ts'
export { type BlobHandler, type BlobHandlerOptions, blobHandler } from './http.ts'
export type {
  BlobBody,
  BlobInfo,
  BlobStore,
  LinkTerms,
  OpenedBlob,
  SignedLink,
  UploadForm,
  UploadTerms,
} from './port.ts'
