/** The door of the blob store and of the adapter file formats. */

export { readBlob, removeAll, saveBlob } from './blobs.ts'
export { type BlobHandlerOptions, blobHandler } from './disk/http.ts'
export { type FileStore, openFileStore } from './disk/store.ts'
export { convertAdapter } from './formats/convert.ts'
export { describeAdapter } from './formats/describe.ts'
export { PUBLISHED_FAMILIES, type PublishedFamily } from './formats/family-evidence.ts'
export {
  type AdapterFile,
  type AdapterRecord,
  FORMATS,
  type Format,
  type LowRankRecord,
  openAdapter,
  type PairRecord,
  readAdapter,
  readAdapterFiles,
  type TokenRows,
  writeAdapter,
} from './formats/index.ts'
export { assertReadable, findAdapterFiles } from './formats/source.ts'
export type { BlobInfo, BlobStore, OpenedBlob, UploadForm, UploadTerms } from './port.ts'
