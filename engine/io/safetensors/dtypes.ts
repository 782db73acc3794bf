/** The element types of safetensors files: their sizes, their place in the writer's order, their way to float32. */

/**
 * In the reference writer's order (ascending). `bytes`: of one element; 0 for what we refuse (F4 and F6
 * share bytes, so no ONNX initializer can point at them; F8_E8M0 holds scales). `toFloat32`: for the types a network's weights may have.
 */
const TABLE = {
  BOOL: { bytes: 1 },
  F4: { bytes: 0 },
  F6_E2M3: { bytes: 0 },
  F6_E3M2: { bytes: 0 },
  U8: { bytes: 1 },
  I8: { bytes: 1 },
  F8_E5M2: { bytes: 1 },
  F8_E4M3: { bytes: 1 },
  F8_E8M0: { bytes: 0 },
  F8_E4M3FNUZ: { bytes: 1 },
  F8_E5M2FNUZ: { bytes: 1 },
  I16: { bytes: 2 },
  U16: { bytes: 2 },
  F16: { bytes: 2, toFloat32: fromHalf },
  BF16: { bytes: 2, toFloat32: fromBrain },
  I32: { bytes: 4 },
  U32: { bytes: 4 },
  F32: { bytes: 4, toFloat32: fromSingle },
  C64: { bytes: 8 },
  F64: { bytes: 8, toFloat32: fromDouble },
  I64: { bytes: 8 },
  U64: { bytes: 8 },
} as const

export type Dtype = keyof typeof TABLE

export type DtypeInfo = {
  readonly bytes: number
  readonly toFloat32?: (data: Uint8Array<ArrayBuffer>) => Float32Array
}

export const DTYPES: Readonly<Record<Dtype, DtypeInfo>> = TABLE

/** What weights are stored as, by ONNX's names of the types. */
export const STORED = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Record<string, Dtype>

const ORDER = new Map(Object.keys(TABLE).map((name, i) => [name, i]))

export function isDtype(name: string): name is Dtype {
  return ORDER.has(name)
}

/** Larger types first, so that every tensor starts at a multiple of its element size. */
export function compareDtypes(a: Dtype, b: Dtype): number {
  return ORDER.get(b)! - ORDER.get(a)!
}

/** Views when aligned; `data` from a fresh read always is. */
function aligned(data: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  return data.byteOffset % bytes === 0 ? data : data.slice()
}

function fromSingle(data: Uint8Array<ArrayBuffer>): Float32Array {
  const source = aligned(data, 4)
  return new Float32Array(source.buffer, source.byteOffset, source.byteLength / 4)
}

function fromDouble(data: Uint8Array<ArrayBuffer>): Float32Array {
  const source = aligned(data, 8)
  return Float32Array.from(new Float64Array(source.buffer, source.byteOffset, source.byteLength / 8))
}

/** bfloat16 is the upper half of a float32. */
function fromBrain(data: Uint8Array<ArrayBuffer>): Float32Array {
  const source = aligned(data, 2)
  const halves = new Uint16Array(source.buffer, source.byteOffset, source.byteLength / 2)
  const words = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16
  return new Float32Array(words.buffer)
}

let halfTable: Uint32Array | undefined

function fromHalf(data: Uint8Array<ArrayBuffer>): Float32Array {
  const source = aligned(data, 2)
  halfTable ??= Uint32Array.from({ length: 65536 }, (_, half) => halfToSingleBits(half))
  const halves = new Uint16Array(source.buffer, source.byteOffset, source.byteLength / 2)
  const words = new Uint32Array(halves.length)
  for (let i = 0; i < halves.length; i++) words[i] = halfTable[halves[i]!]!
  return new Float32Array(words.buffer)
}

/** IEEE 754 binary16 -> binary32 bits, exact for every value; NaN payloads are kept. */
function halfToSingleBits(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >> 10) & 31
  const fraction = half & 0x3ff
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  const shift = Math.clz32(fraction) - 21
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)
}
