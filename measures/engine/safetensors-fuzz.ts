/**
 * Mutated safetensors files, the same for the same seed: small valid files with lies in the JSON, the numbers, the bytes and
 * the length. Knows nothing of the engine; `encodeCorpus` writes them for bench/peers/safetensors_verdicts.py.
 */

import { type Draft, draftFile, encodeDraft, LITERALS } from './safetensors-drafts.ts'
import { type Random, seededRandom } from './safetensors-random.ts'

export type FuzzCase = {
  /** The mutations that made it, for reports. */
  readonly label: string
  /** A whole file. */
  readonly bytes: Uint8Array
}

/** Yields `count` files; about one in eight is valid, so that a reader that refuses everything shows too. */
export function* mutatedHeaders(seed: number, count: number): Generator<FuzzCase> {
  const random = seededRandom(seed)
  for (let i = 0; i < count; i++) yield mutate(random)
}

/** [u32 little-endian length][bytes] for each file. */
export function encodeCorpus(cases: Iterable<FuzzCase>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const { bytes } of cases) {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    parts.push(length, bytes)
  }
  return Buffer.concat(parts)
}

function mutate(random: Random): FuzzCase {
  const draft = draftFile(random)
  const labels: string[] = []
  const edits = random.below(8) === 0 ? 0 : 1 + (random.below(3) === 0 ? 1 : 0)
  const late: string[] = []
  for (let i = 0; i < edits; i++) {
    if (random.below(4) === 0) late.push(random.pick(Object.keys(BYTE_EDITS)))
    else {
      const label = random.pick(Object.keys(DRAFT_EDITS))
      DRAFT_EDITS[label]!(draft, random)
      labels.push(label)
    }
  }
  const bytes = late.reduce((file, label) => BYTE_EDITS[label]!(file, random), encodeDraft(draft))
  return { label: [...labels, ...late].join('+') || 'valid', bytes }
}

type DraftEdit = (draft: Draft, random: Random) => void

function inRecord(key: string, values: (old: string, random: Random) => string): DraftEdit {
  return (draft, random) => {
    const field = random.pick(draft.tensors)?.fields.find(([name]) => name === key)
    if (field) field[1] = values(field[1], random)
  }
}

function insert<T>(items: T[], item: T, random: Random): void {
  items.splice(random.below(items.length + 1), 0, item)
}

const addTo = (literal: string, delta: number) => literal.replace(/[0-9]+(?=\D*$)/, n => String(Number(n) + delta))

const DRAFT_EDITS: Readonly<Record<string, DraftEdit>> = {
  'dtype-known': inRecord('dtype', (_, random) => random.pick(LITERALS.dtypes)),
  'dtype-junk': inRecord('dtype', (_, random) => random.pick(LITERALS.junk)),
  'shape-number': inRecord(
    'shape',
    (_, random) => `[${random.pick(LITERALS.numbers)},${random.pick(LITERALS.numbers)}]`,
  ),
  'shape-off': inRecord('shape', (old, random) => addTo(old, random.pick([-1, 1, 256]))),
  'shape-zero': inRecord('shape', (_, random) => `[0,${random.pick(LITERALS.numbers)}]`),
  'shape-rank': inRecord('shape', (old, random) =>
    old.replace('[', `[${'1,'.repeat(random.pick([1, 60, 64, 65, 3000]))}`),
  ),
  'shape-junk': inRecord('shape', (_, random) => random.pick(LITERALS.junk)),
  'offset-off': inRecord('data_offsets', (old, random) => addTo(old, random.pick([-4, -1, 1, 4, 8]))),
  'offset-number': inRecord(
    'data_offsets',
    (_, random) => `[${random.pick(LITERALS.numbers)},${random.pick(LITERALS.numbers)}]`,
  ),
  'offset-reversed': inRecord('data_offsets', old => old.replace(/^\[(.*?),(.*)\]$/, '[$2,$1]')),
  'offset-count': inRecord('data_offsets', (_, random) =>
    random.pick(['[]', '[0]', '[0,4,8]', '[[0,4]]', '{"0":0,"1":4}']),
  ),
  'offset-junk': inRecord('data_offsets', (_, random) => random.pick(LITERALS.junk)),
  overlap: (draft, random) => {
    const [a, b] = [random.pick(draft.tensors), random.pick(draft.tensors)]
    if (a && b) b.fields = a.fields.map(([key, value]) => [key, value])
  },
  'field-missing': (draft, random) => random.pick(draft.tensors)?.fields.splice(random.below(3), 1),
  'field-unknown': (draft, random) => {
    const tensor = random.pick(draft.tensors)
    if (tensor) insert(tensor.fields, [random.pick(LITERALS.names), random.pick(LITERALS.junk)], random)
  },
  'field-twice': (draft, random) => {
    const tensor = random.pick(draft.tensors)
    if (tensor) insert(tensor.fields, [...random.pick(tensor.fields)], random)
  },
  'fields-reordered': (draft, random) => random.pick(draft.tensors)?.fields.reverse(),
  'tensors-reordered': draft => void draft.tensors.reverse(),
  'tensor-twice': (draft, random) => {
    const tensor = random.pick(draft.tensors)
    if (tensor) insert(draft.tensors, { ...tensor, fields: tensor.fields.map(([k, v]) => [k, v]) }, random)
  },
  'tensor-renamed': (draft, random) => {
    const tensor = random.pick(draft.tensors)
    if (tensor) tensor.name = random.pick(LITERALS.names)
  },
  'tensor-positional': (draft, random) => {
    const tensor = random.pick(draft.tensors)
    if (tensor) tensor.whole = `[${tensor.fields.map(([, value]) => value)}]`
  },
  'tensor-junk': (draft, random) => {
    const tensor = random.pick(draft.tensors)
    if (tensor) tensor.whole = random.pick(LITERALS.junk)
  },
  'metadata-junk': (draft, random) => {
    draft.metadata = random.pick(LITERALS.junk)
  },
  'metadata-value': (draft, random) => {
    draft.metadata = `{"a":${random.pick(LITERALS.junk)}}`
  },
  'metadata-text': (draft, random) => {
    draft.metadata = `{${random.pick(LITERALS.names)}:${random.pick(LITERALS.names)}}`
  },
  'metadata-twice': draft => {
    draft.metadata = '{"a":"b"},"__metadata__":{"a":"c"}'
  },
  'metadata-key-twice': draft => {
    draft.metadata = '{"a":"b","a":"c"}'
  },
  'json-whole': (draft, random) => {
    draft.whole = random.pick([...LITERALS.junk, '{', '{}}', '{},', '', '{"":{}}'])
  },
  'json-prefix': (draft, random) => {
    draft.prefix = random.pick([' ', '\n\t', '\u00a0', '\ufeff', '//\n', 'x'])
  },
  'json-suffix': (draft, random) => {
    draft.suffix = random.pick(['\n', '\t\r', '\0\0', '}', ',', '{}', '//x', '\u3000'])
  },
  'json-spaces': (draft, random) => {
    draft.space = random.pick([' ', '\n', '\t\r\n', '\u00a0', '/**/'])
  },
  'data-length': (draft, random) => {
    draft.dataBytes = Math.max(0, draft.dataBytes + random.pick([-9, -1, 1, 8, 4096]))
  },
  'length-off': (draft, random) => {
    draft.lengthDelta = BigInt(random.pick([-8, -2, -1, 1, 2, 8, 100]))
  },
  'length-huge': (draft, random) => {
    draft.length = random.pick(LITERALS.lengths)
  },
}

type ByteEdit = (file: Uint8Array, random: Random) => Uint8Array

const INVALID_UTF8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]]

function spliced(file: Uint8Array, at: number, remove: number, bytes: readonly number[] | Uint8Array): Uint8Array {
  return Uint8Array.from([...file.subarray(0, at), ...bytes, ...file.subarray(at + remove)])
}

const BYTE_EDITS: Readonly<Record<string, ByteEdit>> = {
  'bit-flip': (file, random) => {
    const copy = Uint8Array.from(file)
    for (let i = random.below(3); i >= 0 && copy.length > 0; i--)
      copy[random.below(copy.length)]! ^= 1 << random.below(8)
    return copy
  },
  'byte-set': (file, random) => spliced(file, 8 + random.below(file.length), 1, [random.below(256)]),
  'byte-insert': (file, random) => spliced(file, 8 + random.below(file.length), 0, [random.pick(LITERALS.bytes)]),
  'byte-delete': (file, random) => spliced(file, 8 + random.below(file.length), 1 + random.below(3), []),
  'utf8-break': (file, random) => {
    const bytes = random.pick(INVALID_UTF8)
    return spliced(file, 9 + random.below(60), bytes.length, bytes)
  },
  'span-repeat': (file, random) => {
    const at = 8 + random.below(file.length)
    return spliced(file, at, random.below(2) * 12, file.subarray(at, at + 12))
  },
  truncated: (file, random) => file.subarray(0, random.below(file.length + 1)),
  'only-start': (file, random) => file.subarray(0, random.below(10)),
}
