/**
 * The engine's second door: what it knows as data, for those who run no network. Nothing here loads the ML runtime, not even
 * through what it imports: methods, layers and sizes of a base, adapter files, and whole-or-nothing writing of files.
 */

export {
  type Adapter,
  type AdapterTokens,
  loadAdapter,
  type Manifest,
  readAdapter,
  readManifest,
  saveAdapter,
} from './adapters/adapter.ts'
export { downName, downShape, type LowRankModule, moduleName, upName } from './adapters/pairs.ts'
export { embeddingsName } from './adapters/token-embeddings.ts'
export { type Base, openBase } from './base/base.ts'
export {
  DTYPES,
  type Dtype,
  describeUnreadable,
  LOADERS,
  MAX_PIXELS,
  openSafetensors,
  type PictureSize,
  READABLE,
  type SafetensorsFile,
  type SizeRule,
  sizeFault,
  sniffFormat,
  type TensorData,
  type TensorInfo,
  writeSafetensors,
} from './io/index.ts'
export { findMethod, METHODS } from './methods/index.ts'
export { defaultCrop } from './personalize/photos.ts'
export { plainCaption } from './personalize/request.ts'
export { readOptions } from './personalize/settings.ts'
export { IMAGE_DEFAULTS, type ResolvedImage, resolveImage, takenSteps } from './pipeline/image-request.ts'
export { SCHEDULERS } from './schedulers/index.ts'
export { ENGINE_VERSION } from './version.ts'
