/**
 * Reads a CLIP tokenizer folder into plain data: vocabulary, merges, special tokens, length.
 *
 * Three layouts are in the wild: vocab.json + merges.txt + special_tokens_map.json (published SD folders), the same with
 * `added_tokens_decoder` in tokenizer_config.json (transformers 4.34+), and a lone tokenizer.json (transformers 5).
 */

import { join } from 'node:path'
import { AppError } from '../../../errors.ts'
import { isObject, type JsonObject, readJsonIfPresent, readTextIfPresent } from '../../../files/json.ts'

/** A token matched in the text as a whole, before BPE. `normalized`: matched after lower-casing, not before. */
export type AddedToken = { readonly content: string; readonly id: number; readonly normalized: boolean }

/** All that a tokenizer is made of. A changed copy (more `added`) gives another tokenizer. */
export type TokenizerSpec = {
  /** Where it came from, for messages. */
  readonly source: string
  readonly vocab: ReadonlyMap<string, number>
  readonly merges: readonly (readonly [string, string])[]
  readonly added: readonly AddedToken[]
  readonly bosId: number
  readonly eosId: number
  readonly padId: number
  readonly unknownId: number
  /** Length of every encoded sequence (77 in all known models). */
  readonly maxLength: number
}

const CLIP_LENGTH = 77
const NEXT = "Use the tokenizer folder of the model's own download; it holds vocab.json and merges.txt."

/** Reads and checks the folder. Throws MODEL_NOT_FOUND when there is no tokenizer, FILE_INVALID when a file is damaged. */
export async function readTokenizerSpec(folder: string): Promise<TokenizerSpec> {
  const config = (await readJsonIfPresent(join(folder, 'tokenizer_config.json'))) ?? {}
  const single = await readJsonIfPresent(join(folder, 'tokenizer.json'))
  const { vocab, merges } = (await readClassicModel(folder)) ?? readSingleModel(folder, single)
  const listed = listAdded(config.added_tokens_decoder, single?.added_tokens)
  const legacy = isObject(config.added_tokens_decoder)
    ? undefined
    : await readJsonIfPresent(join(folder, 'special_tokens_map.json'))
  const names = specialTokens({ ...config, ...legacy })
  const idOf = (token: string) => {
    const id = vocab.get(token)
    if (id === undefined) throw new AppError('FILE_INVALID', `${folder}: the vocabulary lacks ${token}`, NEXT)
    return id
  }
  const added = new Map(listed.map(token => [token.content, token]))
  for (const { content, normalized, marked } of Object.values(names)) {
    if (!listed.some(token => token.content === content)) mergeSpecial(added, content, normalized && marked, idOf)
  }
  return {
    source: folder,
    vocab,
    merges,
    added: [...added.values()],
    bosId: idOf(names.bos.content),
    eosId: idOf(names.eos.content),
    padId: idOf(names.pad.content),
    unknownId: idOf(names.unk.content),
    maxLength: readLength(config.model_max_length),
  }
}

/** transformers adds the special tokens in this order, and the last of one content sets its flags. */
function mergeSpecial(
  added: Map<string, AddedToken>,
  content: string,
  normalized: boolean,
  idOf: (token: string) => number,
): void {
  added.set(content, { content, id: idOf(content), normalized })
}

type Special = { readonly content: string; readonly normalized: boolean; readonly marked: boolean }

/** A plain string is a special token matched in the raw text; a record says so itself. */
function specialTokens(source: JsonObject): Record<'bos' | 'eos' | 'unk' | 'pad', Special> {
  const read = (key: string, fallback: string): Special => {
    const value = source[key]
    if (typeof value === 'string') return { content: value, normalized: false, marked: false }
    if (isObject(value) && typeof value.content === 'string') {
      return { content: value.content, normalized: value.normalized === true, marked: true }
    }
    return { content: fallback, normalized: false, marked: false }
  }
  return {
    bos: read('bos_token', '<|startoftext|>'),
    eos: read('eos_token', '<|endoftext|>'),
    unk: read('unk_token', '<|endoftext|>'),
    pad: read('pad_token', '<|endoftext|>'),
  }
}

function listAdded(decoder: unknown, list: unknown): AddedToken[] {
  const entries = isObject(decoder)
    ? Object.entries(decoder).map(([id, token]) => ({ ...(isObject(token) ? token : {}), id: Number(id) }))
    : Array.isArray(list)
      ? list.filter(isObject)
      : []
  return entries.flatMap((token: JsonObject) =>
    typeof token.content === 'string' && Number.isSafeInteger(token.id)
      ? [{ content: token.content, id: Number(token.id), normalized: token.normalized === true }]
      : [],
  )
}

type Model = Pick<TokenizerSpec, 'vocab' | 'merges'>

async function readClassicModel(folder: string): Promise<Model | undefined> {
  const vocab = await readJsonIfPresent(join(folder, 'vocab.json'))
  const merges = await readTextIfPresent(join(folder, 'merges.txt'))
  if (vocab && merges !== undefined) {
    const lines = merges.split('\n').filter(line => line.trim() !== '' && !line.startsWith('#version'))
    return {
      vocab: readVocab(vocab, join(folder, 'vocab.json')),
      merges: readMerges(lines, join(folder, 'merges.txt')),
    }
  }
  return undefined
}

function readSingleModel(folder: string, single: JsonObject | undefined): Model {
  const path = join(folder, 'tokenizer.json')
  const model = single?.model
  if (!isObject(model) || !isObject(model.vocab) || !Array.isArray(model.merges)) {
    const what = single
      ? `${path} holds no BPE vocabulary`
      : `${folder} is not a tokenizer: vocab.json or merges.txt is missing`
    throw new AppError('MODEL_NOT_FOUND', what, NEXT)
  }
  return { vocab: readVocab(model.vocab, path), merges: readMerges(model.merges, path) }
}

function readVocab(json: JsonObject, path: string): Map<string, number> {
  const vocab = new Map<string, number>()
  for (const [token, id] of Object.entries(json)) {
    if (!Number.isSafeInteger(id) || Number(id) < 0) {
      throw new AppError('FILE_INVALID', `${path}: the id of ${token} is not a whole number`, NEXT)
    }
    vocab.set(token, Number(id))
  }
  return vocab
}

function readMerges(lines: readonly unknown[], path: string): (readonly [string, string])[] {
  return lines.map((line, i) => {
    const [left, right, more] = typeof line === 'string' ? line.trimEnd().split(' ') : Array.isArray(line) ? line : []
    if (typeof left !== 'string' || typeof right !== 'string' || !left || !right || more !== undefined) {
      throw new AppError('FILE_INVALID', `${path}: merge ${i + 1} is not two tokens`, NEXT)
    }
    return [left, right] as const
  })
}

/** Some folders write 1e30 for "no limit"; CLIP's position table always has 77 rows. */
function readLength(value: unknown): number {
  return typeof value === 'number' && value >= 2 && value <= 4096 ? Math.floor(value) : CLIP_LENGTH
}
