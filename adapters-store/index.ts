/** The door of the blob store and of the adapter file formats. */

export { readBlob, removeAll, saveBlob } from './blobs.ts'
export { type BlobHandler, type BlobHandlerOptions, blobHandler } from './disk/http.ts'
export { type FileStore, type FileStoreOptions, openFileStore } from './disk/store.ts'
export { type Converted, type ConvertOptions, convertAdapter } from './formats/convert.ts'
export { describeAdapter, type Facts } from './formats/describe.ts'
export {
  type AdapterFile,
  type AdapterRecord,
  FORMATS,
  type Format,
  findFormat,
  type LowRankRecord,
  openAdapter,
  type PairRecord,
  readAdapter,
  readAdapterFiles,
  type TokenRows,
  writeAdapter,
} from './formats/index.ts'
export { findAdapterFiles } from './formats/source.ts'
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
