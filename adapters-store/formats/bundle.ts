/**
 * An adapter with its words: rows of tokens in the file of the pairs (`bundle_emb` of the trainers and the web UIs, our own), or in a file
 * beside it (pivotal tuning of diffusers). Pairs and rows are read by the dialects that know them alone.
 */
import { readManifest, type SafetensorsFile } from '../../engine/descriptors.ts'
import { type AdapterPart, type AdapterSource, invalid, listed, type TokenFormat } from './format.ts'

export interface Unbundled {
  readonly pairs: AdapterSource
  /** One for each word. */
  readonly words: readonly AdapterSource[]
}

/** The word may have dots; what follows is what a file of the word alone calls its rows. */
const BUNDLED = /^bundle_emb\.(.+)\.((?:clip_[lg]|em[bp]_params)(?:_out)?|string_to_param\..+)$/
/** Of our own files. */
const OWN = /\.token_rows$/

const keep = (file: SafetensorsFile, isKept: (name: string) => boolean): SafetensorsFile => ({
  ...file,
  tensors: new Map([...file.tensors].filter(([name]) => isKept(name))),
})

/** @param formats those that read rows of tokens. */
export function unbundle({ parts }: AdapterSource, formats: readonly TokenFormat[]): Unbundled {
  const isWord = (part: AdapterPart) => formats.some(format => format.matches({ parts: [part] }))
  const beside = parts.some(part => !isWord(part)) ? parts.filter(isWord) : []
  const inside = parts.filter(part => !beside.includes(part)).map(unbundlePart)
  return {
    pairs: { parts: inside.flatMap(({ pairs }) => (pairs.weights.tensors.size > 0 ? [pairs] : [])) },
    words: [...inside.flatMap(({ words }) => words), ...(beside.length > 0 ? [{ parts: beside }] : [])],
  }
}

function unbundlePart(part: AdapterPart): { readonly pairs: AdapterPart; readonly words: readonly AdapterSource[] } {
  const { weights } = part
  const names = [...weights.tensors.keys()]
  // LiDB's few values are made pairs of by the engine, which reads the whole file.
  const isOurs = weights.metadata.semblance !== undefined && !readManifest(weights).lidb
  const isOwn = isOurs && names.some(name => !OWN.test(name))
  const isRow = (name: string) => BUNDLED.test(name) || (isOwn && OWN.test(name))
  if (!names.some(isRow)) return { pairs: part, words: [] }
  const words = [...new Set(names.flatMap(name => BUNDLED.exec(name)?.[1] ?? []))].map(word =>
    bundledWord(weights, word),
  )
  if (isOwn && names.some(name => OWN.test(name))) words.push(keep(weights, name => OWN.test(name)))
  return {
    pairs: { ...part, weights: keep(weights, name => !isRow(name)) },
    words: words.map(own => ({ parts: [{ weights: own }] })),
  }
}

/** The rows under the names that files of one word have. */
function bundledWord(weights: SafetensorsFile, word: string): SafetensorsFile {
  const original = new Map<string, string>()
  for (const name of weights.tensors.keys()) {
    const [, own, row = ''] = BUNDLED.exec(name) ?? []
    if (own === word) original.set(row.startsWith('string_to_param.') ? 'emb_params' : row, name)
  }
  return {
    ...weights,
    metadata: { placeholder: word },
    tensors: new Map([...original].map(([row, name]) => [row, weights.tensors.get(name)!])),
    read: row => weights.read(original.get(row) ?? row),
    readFloat32: row => weights.readFloat32(original.get(row) ?? row),
  }
}

/** @throws AppError ADAPTER_INVALID for several words: a request carries one. */
export function assertOneWord(words: readonly { readonly placeholder: string }[]): void {
  if (words.length > 1)
    throw invalid(
      `holds ${words.length} words: ${listed(words.map(({ placeholder }) => placeholder))}; one is served`,
      'Split it: semblance convert FILE --to kohya --split --out FOLDER.',
    )
}
