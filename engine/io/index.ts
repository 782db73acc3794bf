/** The door of the io room: files in, checked data out. Nothing here knows networks, methods or devices. */

export {
  encodePng,
  loadFramed,
  loadImage,
  MAX_PIXELS,
  MIN_SIDE,
  type PictureSize,
  saveGrid,
  saveImage,
  sniffFormat,
} from './images/image.ts'
export { type ListedImage, listImages } from './images/image-list.ts'
export { fingerprint } from './model-folder/fingerprint.ts'
export { type ModelComponent, type ModelFolder, openModelFolder } from './model-folder/model-folder.ts'
export { assertTensors, type ExpectedTensors } from './model-folder/tensor-match.ts'
export { openWeights, type WeightInfo, type Weights } from './model-folder/weights.ts'
export { DTYPES, type Dtype, isDtype } from './safetensors/dtypes.ts'
export {
  openSafetensors,
  parseSafetensors,
  type SafetensorsFile,
  type TensorData,
  writeSafetensors,
} from './safetensors/file.ts'
export type { TensorInfo } from './safetensors/header.ts'
export { STRICTER_THAN_REFERENCE } from './safetensors/json.ts'
export type { AddedToken, TokenizerSpec } from './tokenizer/files.ts'
export { buildTokenizer, loadTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts'
