/** A copy of a model folder whose UNet is stored in half precision, for memory figures; the other parts are links. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { openWeights, writeSafetensors } from '../engine/io/index.ts'

/** ES2025; Node has it, the project's TypeScript library does not yet. */
const { Float16Array } = globalThis as unknown as {
  readonly Float16Array: { from(values: Float32Array): ArrayBufferView }
}
const LINKED = ['model_index.json', 'text_encoder', 'tokenizer', 'scheduler', 'vae']
const NAME = 'diffusion_pytorch_model'

/** Writes what is not there yet. */
export async function makeHalf(from: string, folder: string, log: (line: string) => void): Promise<string> {
  mkdirSync(join(folder, 'unet'), { recursive: true })
  for (const name of [...LINKED, 'unet/config.json'])
    if (!existsSync(join(folder, name))) symlinkSync(join(from, name), join(folder, name))
  const path = join(folder, 'unet', `${NAME}.safetensors`)
  if (existsSync(path)) return folder
  log(`writing ${path}`)
  const weights = await openWeights(join(from, 'unet'), NAME)
  const halves = new Map<string, { dtype: 'F16'; shape: readonly number[]; data: ArrayBufferView }>()
  for (const [name, { shape }] of weights.tensors)
    halves.set(name, { dtype: 'F16', shape, data: Float16Array.from(await weights.readFloat32(name)) })
  await writeSafetensors(path, halves)
  return folder
}
