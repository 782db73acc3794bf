/** The door of the io room: files in, checked data out. Nothing here knows networks, methods or devices. */

export { DTYPES, type Dtype, isDtype } from './dtypes.ts'
export { fingerprint } from './fingerprint.ts'
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
} from './image.ts'
export { type ListedImage, listImages } from './image-list.ts'
export { type ModelComponent, type ModelFolder, openModelFolder } from './model-folder.ts'
export {
  openSafetensors,
  parseSafetensors,
  type SafetensorsFile,
  type TensorData,
  writeSafetensors,
} from './safetensors.ts'
export type { TensorInfo } from './safetensors-header.ts'
export { STRICTER_THAN_REFERENCE } from './safetensors-json.ts'
export { assertTensors, type ExpectedTensors } from './tensor-match.ts'
export { buildTokenizer, loadTokenizer, type Tokenizer } from './tokenizer.ts'
export type { AddedToken, TokenizerSpec } from './tokenizer-files.ts'
export { openWeights, type WeightInfo, type Weights } from './weights.ts'
