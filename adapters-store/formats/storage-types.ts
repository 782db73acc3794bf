/** Values stored in types that no dialect writes: they are read as single precision. */
import type { Dtype, TensorData } from '../../engine/descriptors.ts'

/** An 8-bit float with `bits` of mantissa; `special` are the codes without a sign that are not numbers. */
function decodeEight(bits: number, bias: number, special: (code: number) => number | undefined): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const [code, sign] = [byte & 0x7f, byte & 0x80 ? -1 : 1]
    const [exponent, mantissa] = [code >> bits, (code & ((1 << bits) - 1)) / (1 << bits)]
    const value = exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias)
    return sign * (special(code) ?? value)
  })
}

/** OCP 8-bit floats, as torch has them: E4M3 has no infinity. */
const E4M3 = decodeEight(3, 7, code => (code === 0x7f ? Number.NaN : undefined))
const E5M2 = decodeEight(2, 15, code =>
  code < 0x7c ? undefined : code === 0x7c ? Number.POSITIVE_INFINITY : Number.NaN,
)

const byTable = (table: Float32Array) => (data: Uint8Array<ArrayBuffer>) =>
  Float32Array.from(data, byte => table[byte]!)

const TO_SINGLE: Partial<Record<Dtype, (data: Uint8Array<ArrayBuffer>) => Float32Array>> = {
  F8_E4M3: byTable(E4M3),
  F8_E5M2: byTable(E5M2),
  F64: data => Float32Array.from(new Float64Array(data.slice().buffer)),
}

/** The tensor in single precision, or undefined for a type that is not read so. F64 is rounded, the others are exact. */
export function toSingle(
  dtype: Dtype,
  shape: readonly number[],
  data: Uint8Array<ArrayBuffer>,
): TensorData | undefined {
  const convert = TO_SINGLE[dtype]
  return convert && { dtype: 'F32', shape: [...shape], data: convert(data) }
}
