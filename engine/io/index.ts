/** The door of the io room: files in, checked data out. Nothing here knows networks, methods or devices. */

export { bucketSizes, nearestBucket } from './images/buckets.ts'
export { describeUnreadable, LOADERS, MAX_PIXELS, READABLE, sniffFormat } from './images/formats.ts'
export { encodePng, loadFramed, loadImage, saveGrid, saveImage } from './images/image.ts'
export { listImages } from './images/image-list.ts'
export { type Preprocessing, preprocess, readPreprocessing } from './images/preprocess.ts'
export {
  areaOf,
  cropWarnings,
  nearestSize,
  type PictureSize,
  type SizeRule,
  sizeFault,
  sizeText,
  sizeWarnings,
  square,
} from './images/size.ts'
export { fingerprint } from './model-folder/fingerprint.ts'
export { type ModelComponent, type ModelFolder, openModelFolder } from './model-folder/model-folder.ts'
export { assertTensors } from './model-folder/tensor-match.ts'
export { openWeights, type WeightInfo } from './model-folder/weights.ts'
export { DTYPES, type Dtype } from './safetensors/dtypes.ts'
export {
  openSafetensors,
  parseSafetensors,
  type SafetensorsFile,
  type TensorData,
  writeSafetensors,
} from './safetensors/file.ts'
export { assertFinite } from './safetensors/finite.ts'
export type { TensorInfo } from './safetensors/header.ts'
export { buildTokenizer, loadTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts'
