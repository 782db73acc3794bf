/** The engine's door: images and a model folder in, adapters and images out. */

export {
  ADAPTER_HALVES,
  type Adapter,
  type AdapterHalves,
  loadAdapter,
  parseAdapter,
  readManifest,
  saveAdapter,
} from './adapters/adapter.ts'
export { deltaHash, isDelta, saveDelta } from './adapters/delta.ts'
export { mergeAdapter } from './adapters/merge.ts'
export { type Base, latentShape, openBase, sizeRule } from './base/base.ts'
export { detect } from './base/detect.ts'
export {
  cropWarnings,
  encodePng,
  listImages,
  loadFramed,
  loadImage,
  openSafetensors,
  type PictureSize,
  type SafetensorsFile,
  saveImage,
  sizeWarnings,
  square,
} from './io/index.ts'
export { METHODS, type Method } from './methods/index.ts'
export {
  type PersonalizeOptions,
  type Photo,
  personalize,
  personalizeAll,
} from './personalize/personalize.ts'
export { defaultCrop, loadPhoto, PHOTO_CROPS, type PhotoCrop } from './personalize/photos.ts'
export { plainCaption } from './personalize/request.ts'
export type { GeneratedImage } from './pipeline/context.ts'
export { textChunks } from './pipeline/denoiser.ts'
export { openPipeline, type Pipeline } from './pipeline/generate.ts'
export type { ImageRequest, InitImage } from './pipeline/image-request.ts'
export { LONG_PROMPTS, type LongPrompt } from './pipeline/prompt-chunks.ts'
export { promptWarnings } from './pipeline/prompt-warnings.ts'
export { PRETRAIN_PARTS, type PretrainOptions, pretrain } from './pretrain/pretrain.ts'
export { type Device, type DeviceOptions, openDevice } from './runtime/device.ts'
export { SCHEDULERS } from './schedulers/index.ts'
export type { StepEvent } from './training/train.ts'
export { ENGINE_VERSION } from './version.ts'
