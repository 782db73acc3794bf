/** Cases 01 to 09 and 26: adapter files of strangers, read with the layers, scales and values that their makers meant. */
import { join } from 'node:path'
import { readRecord } from '../../adapters-store/formats/index.ts'
import type { LowRankRecord } from '../../adapters-store/formats/record.ts'
import { openSource } from '../../adapters-store/formats/source.ts'
import { type Case, differs, isWrong, notRefused } from './case.ts'

const CASES = join(import.meta.dirname, '../../test/fixtures/cases')

async function read(path: string) {
  const { record, format, target } = await readRecord(await openSource(join(CASES, path)))
  const { pairs, words = [] } = record as LowRankRecord
  const scales = Object.fromEntries(
    pairs.map(({ component, key, alpha, rank }) => [`${component}.${key}`, alpha / rank]),
  )
  return { pairs, words, scales, values: Object.values(scales), format, family: target.family }
}

async function secondEncoder(): Promise<string[]> {
  const { family, scales, values } = await read('02-te2-projection-label-emb/in.safetensors')
  const missing = ['text_encoder_2.text_projection', 'unet.add_embedding.linear_1'].filter(key => !(key in scales))
  return [
    ...differs('the family', family, 'sdxl'),
    ...differs('layers that are missing', missing, []),
    ...differs('the scales', values.toSorted(), [0.5, 1, 2]),
  ]
}

async function bundled(): Promise<string[]> {
  const { family, values, words } = await read('04-bundled-embedding/in.safetensors')
  const rows = words.map(({ placeholder, vectors }) => [
    placeholder,
    ...[...vectors].map(([component, { shape }]) => [component, ...shape]),
  ])
  return [
    ...differs('the family', family, 'sdxl'),
    ...differs('the scales', values, [0.5]),
    ...differs('the words', rows, [['mycat', ['text_encoder', 2, 768], ['text_encoder_2', 2, 1280]]]),
  ]
}

async function nameInKeys(): Promise<string[]> {
  const peft = await read('05-adapter-name-in-keys/peft')
  return [
    ...differs('diffusers', (await read('05-adapter-name-in-keys/diffusers.safetensors')).values, [1, 1]),
    ...differs('peft', [peft.format, ...peft.values], ['peft', 2]),
  ]
}

async function flatNames(): Promise<string[]> {
  const kohya = {
    'text_encoder.text_model.encoder.layers.0.self_attn.q_proj': 0.5,
    'text_encoder.text_model.encoder.layers.5.mlp.fc1': 1,
  }
  return [
    ...differs('kohya', (await read('06-flat-clip-names/kohya.safetensors')).scales, kohya),
    ...differs('diffusers', (await read('06-flat-clip-names/diffusers.safetensors')).values, [1]),
    ...differs('peft', (await read('06-flat-clip-names/peft')).values, [2]),
  ]
}

async function secondGeneration(): Promise<string[]> {
  const { family, values } = await read('07-sd2-alphas-proj/in.safetensors')
  const expected = ['sd2', 0.5, 3, 30.75, 47]
  return differs('family and scales', [family, ...values.toSorted((a, b) => a - b)], expected)
}

async function wrapped(): Promise<string[]> {
  const expected = { 'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q': 1 }
  const faults: string[] = []
  for (const name of ['A-B', 'down-up'])
    faults.push(...differs(name, (await read(`08-base-model-inside-prefix/${name}.safetensors`)).scales, expected))
  return faults
}

async function storageTypes(): Promise<string[]> {
  const exact = (values: ArrayLike<number>, modulus: number, middle: number) =>
    values.length > 0 && Array.from(values).every((value, i) => value === ((i % modulus) - middle) / 8)
  const faults: string[] = []
  for (const name of ['e4m3', 'e5m2', 'f64']) {
    const { pairs, values } = await read(`09-fp8-storage/${name}.safetensors`)
    const wrong = pairs.some(
      ({ down, up }) => !exact(down.data as Float32Array, 17, 8) || !exact(up.data as Float32Array, 13, 6),
    )
    faults.push(...differs(`scales of ${name}`, values, [0.5]), ...isWrong(`values of ${name}`, wrong))
  }
  return faults
}

async function pickles(): Promise<string[]> {
  const faults: string[] = []
  for (const name of ['a1111.pt', 'learned_embeds.bin'])
    faults.push(...(await notRefused(name, () => openSource(join(CASES, '26-pickled-embedding', name)), /is a pickle/)))
  return faults
}

export const ADAPTER_CASES: readonly Case[] = [
  {
    name: '01-mixed-rank-no-alpha',
    check: async () => differs('the scales', (await read('01-mixed-rank-no-alpha/in.safetensors')).values, [1, 1, 1]),
  },
  { name: '02-te2-projection-label-emb', check: secondEncoder },
  { name: '04-bundled-embedding', check: bundled },
  { name: '05-adapter-name-in-keys', check: nameInKeys },
  { name: '06-flat-clip-names', check: flatNames },
  { name: '07-sd2-alphas-proj', check: secondGeneration },
  { name: '08-base-model-inside-prefix', check: wrapped },
  { name: '09-fp8-storage', check: storageTypes },
  { name: '26-pickled-embedding', check: pickles },
]
