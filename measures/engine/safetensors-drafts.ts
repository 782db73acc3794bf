/** Small valid safetensors files as editable JSON text, and the literals that mutations put into them. */

import type { Random } from './safetensors-random.ts'

/** Every part is JSON text, so that a mutation can write what JSON.stringify never would. */
export type Draft = {
  tensors: { name: string; fields: [key: string, value: string][]; whole?: string }[]
  metadata?: string
  dataBytes: number
  /** Replaces the whole JSON. */
  whole?: string
  prefix: string
  suffix: string
  /** Between the tokens. */
  space: string
  /** Replaces the length in front; else `lengthDelta` is added to it. */
  length?: bigint
  lengthDelta: bigint
}

const SIZES: readonly (readonly [dtype: string, bytes: number])[] = [
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['F64', 8],
  ['I64', 8],
  ['U8', 1],
  ['BOOL', 1],
  ['F8_E4M3', 1],
]

/** A valid file of 1 to 4 tensors, some empty, some with metadata, data all zero. */
export function draftFile(random: Random): Draft {
  const draft: Draft = { tensors: [], dataBytes: 0, prefix: '', suffix: '', space: '', lengthDelta: 0n }
  for (let i = random.below(4); i >= 0; i--) {
    const [dtype, size] = random.pick(SIZES)
    const shape = Array.from({ length: random.below(4) }, () => random.pick([0, 1, 1, 2, 3, 4]))
    const begin = draft.dataBytes
    draft.dataBytes += shape.reduce((a, b) => a * b, 1) * size
    draft.tensors.push({
      name: `"block.${i}.weight"`,
      fields: [
        ['dtype', `"${dtype}"`],
        ['shape', JSON.stringify(shape)],
        ['data_offsets', `[${begin},${draft.dataBytes}]`],
      ],
    })
  }
  if (random.below(3) === 0) draft.metadata = '{"format":"pt","note":"caf\u00e9"}'
  return draft
}

/** The file's bytes: length, JSON, padding, zero data. */
export function encodeDraft(draft: Draft): Uint8Array {
  const { space } = draft
  const join = (parts: string[], open: string, close: string) =>
    `${open}${space}${parts.join(`${space},`)}${space}${close}`
  const pair = (key: string, value: string) => `${key}${space}:${space}${value}`
  const tensors = draft.tensors.map(({ name, fields, whole }) => {
    const members = fields.map(([key, value]) => pair(key.startsWith('"') ? key : `"${key}"`, value))
    return pair(name, whole ?? join(members, '{', '}'))
  })
  if (draft.metadata !== undefined) tensors.unshift(pair('"__metadata__"', draft.metadata))
  const json = `${draft.prefix}${draft.whole ?? join(tensors, '{', '}')}${draft.suffix}`
  const text = Buffer.from(json)
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt.asUintN(64, draft.length ?? BigInt(padded.length) + draft.lengthDelta))
  return Buffer.concat([length, padded, Buffer.alloc(draft.dataBytes)])
}

const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)

/** JSON text, legal or not. */
export const LITERALS = {
  dtypes: [
    '"F32"',
    '"F16"',
    '"I8"',
    '"U64"',
    '"C64"',
    '"F4"',
    '"F6_E2M3"',
    '"F8_E8M0"',
    '"F8_E5M2FNUZ"',
    '"I32"',
    '"U16"',
  ],
  numbers: [
    ...['0', '1', '2', '4', '-0', '-1', '01', '+1', '1.0', '1e0', '1E2', '.5', '0x4', '4294967296', '9007199254740991'],
    ...['9007199254740993', '18446744073709551615', '18446744073709551616', '1e999', 'NaN', 'Infinity', '"4"', 'null'],
  ],
  junk: [
    ...[
      'null',
      'true',
      'false',
      '-1',
      '1.5',
      '1e400',
      '{}',
      '[]',
      '""',
      '"F31"',
      '"f32"',
      '[0]',
      '["F32"]',
      '{"F32":null}',
    ],
    ...[
      '{"a":"b"}',
      "'F32'",
      'undefined',
      '"\\ud800"',
      '"\\ud83d\\ude00"',
      '"a\\u0000b"',
      '"\\x41"',
      '"\u0001"',
      '[1,]',
    ],
    ...[
      '{"a":1,}',
      '{"a":1,"a":2}',
      '-',
      '1.',
      '[[[[1]]]]',
      nested(120, '[', ']'),
      nested(130, '[', ']'),
      nested(9000, '[', ']'),
    ],
    ...[
      `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
      `${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}`,
      `[${'1,'.repeat(20000)}1]`,
    ],
  ],
  names: [
    ...[
      '""',
      '"__proto__"',
      '"constructor"',
      '"toString"',
      '"0"',
      '"a\\u0062"',
      '"\\u005f_metadata__"',
      '"block.0.weight"',
    ],
    ...[
      '"\u00e9\u6771\u{1f600}"',
      '"\\ud83d\\ude00"',
      '"\\ud800"',
      '"\\udc00\\ud800"',
      '"\n"',
      '"\\q"',
      '"\\/"',
      '"\u007f"',
      'a',
      '1',
    ],
    ...[`"${'n'.repeat(5000)}"`, '"__metadata__"', '"dtype"', '"shape"', '"\ufeff"', '"\\u00"'],
  ],
  lengths: [
    0n,
    1n,
    2n,
    7n,
    100_000_000n,
    100_000_001n,
    2n ** 31n,
    2n ** 32n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 1n,
    2n ** 64n - 8n,
  ],
  bytes: [0x00, 0x20, 0x22, 0x2c, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0xff],
} as const
