/**
 * Pairs as every program reads them the same. Some readers of a dialect take every alpha for the rank, or one alpha for a whole part of
 * the model, and say nothing: there the scale is multiplied into the values, which are then of single precision.
 */
import { DTYPES, type TensorData } from '../../../engine/descriptors.ts'
import type { PairFormat } from '../format.ts'
import type { LowRankRecord, PairRecord } from '../record.ts'
import { mostCommon } from './pairs.ts'

/** @returns the record itself, bit for bit, where the dialect's readers all see what it means. */
export function portable(record: LowRankRecord, { readAlphas }: PairFormat): LowRankRecord {
  if (!readAlphas) return record
  const parts = Map.groupBy(record.pairs, ({ component }) => component)
  const rule = { one: oneAlpha, none: noAlphas }[readAlphas]
  const rules = new Map([...parts].map(([component, own]) => [component, rule(own)]))
  const pairs = record.pairs.map(pair => rules.get(pair.component)?.(pair) ?? pair)
  return pairs.every((pair, i) => pair === record.pairs[i]) ? record : { ...record, pairs }
}

type Rule = (pair: PairRecord) => PairRecord

function oneAlpha(pairs: readonly PairRecord[]): Rule {
  const alpha = mostCommon(pairs.map(own => own.alpha))
  return pair => (pair.alpha === alpha ? pair : { ...pair, alpha, up: scaled(pair.up, pair.alpha / alpha) })
}

/** diffusers before 0.42 takes the first rank for the alpha of all, so that ranks are made equal, too: with rows of zeros. */
function noAlphas(pairs: readonly PairRecord[]): Rule {
  const rank = Math.max(...pairs.map(own => own.rank))
  return pair => {
    const up = pair.alpha === pair.rank ? pair.up : scaled(pair.up, pair.alpha / pair.rank)
    if (pair.rank === rank && up === pair.up) return pair
    return { ...pair, rank, alpha: rank, down: withRows(pair.down, rank), up: withColumns(up, pair.rank, rank) }
  }
}

const bytesOf = ({ data }: TensorData): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))

function scaled(tensor: TensorData, factor: number): TensorData {
  const values = DTYPES[tensor.dtype].toFloat32?.(bytesOf(tensor)) ?? new Float32Array()
  return { dtype: 'F32', shape: tensor.shape, data: values.map(value => value * factor) }
}

/** `[rank, in, ...]` with zeros below. */
function withRows(tensor: TensorData, rank: number): TensorData {
  const [own = 0, ...rest] = tensor.shape
  const bytes = bytesOf(tensor)
  const data = new Uint8Array((bytes.length / own) * rank)
  data.set(bytes)
  return { dtype: tensor.dtype, shape: [rank, ...rest], data }
}

/** `[out, own, ...]` with zeros to the right. */
function withColumns(tensor: TensorData, own: number, rank: number): TensorData {
  const [out = 0, , ...rest] = tensor.shape
  const bytes = bytesOf(tensor)
  const width = bytes.length / out
  const wide = (width / own) * rank
  const data = new Uint8Array(out * wide)
  for (let i = 0; i < out; i++) data.set(bytes.subarray(i * width, (i + 1) * width), i * wide)
  return { dtype: tensor.dtype, shape: [out, rank, ...rest], data }
}
