/** SDXL's pooled text of prompts with a learned word, by both rules of transformers (tools/goldens/pooled_text.py). */
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Adapter, type ImageRequest, openBase, openPipeline } from '../../engine/index.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { levelError } from './levels.ts'
import { rangeError } from './parity.ts'

export type PooledRule = 'end' | 'transformers'

/** A copy of the model with the published `eos_token_id` 2, or `eos`, and the choice in its `semblance.json`. */
export async function writePooledBase(model: string, folder: string, rule: PooledRule, eos = 2): Promise<string> {
  await cp(model, folder, { recursive: true })
  const path = join(folder, 'text_encoder_2/config.json')
  const config: object = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...config, eos_token_id: eos }))
  if (rule !== 'end') await writeFile(join(folder, 'semblance.json'), JSON.stringify({ pooledText: rule }))
  return folder
}

const ENCODERS = { text_encoder: 24, text_encoder_2: 32 } as const
const COUNT = 2

async function wordOf(golden: SafetensorsFile, base: string): Promise<Adapter> {
  const names = Object.entries(ENCODERS)
  const rows = await Promise.all(names.map(([name]) => golden.readFloat32(`rows.${name}`)))
  const embeddings = names.map(([component, width]) => ({ component, count: COUNT, width }))
  return {
    manifest: {
      format: 'semblance-adapter-1',
      engine: 'test',
      method: 'textual-inversion',
      base,
      subject: '<me>',
      scale: 1,
      options: {},
      training: {},
    },
    modules: [],
    scale: 1,
    tokens: { placeholder: '<me>', embeddings },
    tensors: new Map(names.map(([name], i) => [`${name}.token_rows`, rows[i] ?? new Float32Array()])),
  }
}

/** Of the base in `folder`: the largest error of any pooled text as a share of its range, and of the image in levels of 255. */
export async function pooledErrors(
  device: Device,
  folder: string,
  rule: PooledRule,
): Promise<{ pooled: number; image: number }> {
  const golden = await openSafetensors(join(folder, 'golden-pooled.safetensors'))
  const prompts = JSON.parse(golden.metadata.prompts ?? '') as string[]
  const request = JSON.parse(golden.metadata.request ?? '') as ImageRequest
  const base = await openBase(folder)
  const pipeline = openPipeline(device, base)
  try {
    const adapter = await wordOf(golden, await base.fingerprint())
    const errors: number[] = []
    for (const [i, { pooled }] of (await pipeline.encodeText(prompts, { adapter })).entries())
      errors.push(rangeError(pooled ?? [], await golden.readFloat32(`pooled.${rule}.${i}`)))
    const [image] = await pipeline.generate([{ ...request, adapter }])
    return {
      pooled: Math.max(...errors),
      image: levelError(image?.pixels ?? [], await golden.readFloat32(`image.${rule}`)),
    }
  } finally {
    await pipeline.close()
  }
}
