/** Cases 24 and 25: model folders as others write them draw what the plain folder draws. */
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { openSafetensors, type TensorData, writeSafetensors } from '../../engine/io/index.ts'
import { writeTinyBase } from '../stage/tiny-base.ts'
import { type Case, type CaseStage, isWrong } from './case.ts'
import { draw, REQUEST } from './draw.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures')
const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T

/** All weights of a folder in half precision, handed to `write`. */
async function halve(
  folder: string,
  file: string,
  write: (tensors: Map<string, TensorData>, path: string) => Promise<void>,
): Promise<void> {
  const path = join(folder, file)
  const source = await openSafetensors(path)
  const tensors = new Map<string, TensorData>()
  for (const [name, { shape }] of source.tensors)
    tensors.set(name, { dtype: 'F16', shape, data: Float16Array.from(await source.readFloat32(name)) })
  await rm(path)
  await write(tensors, path)
}

const UNET = 'diffusion_pytorch_model.safetensors'

async function writeShards(tensors: Map<string, TensorData>, path: string, shards: number): Promise<void> {
  const map: Record<string, string> = {}
  const parts = Array.from({ length: shards }, () => new Map<string, TensorData>())
  ;[...tensors].forEach(([name, tensor], i) => {
    parts[i % shards]?.set(name, tensor)
    map[name] = `diffusion_pytorch_model.fp16-${String((i % shards) + 1).padStart(5, '0')}-of-0000${shards}.safetensors`
  })
  const folder = join(path, '..')
  for (const [i, part] of parts.entries())
    await writeSafetensors(join(folder, `diffusion_pytorch_model.fp16-0000${i + 1}-of-0000${shards}.safetensors`), part)
  const index = { metadata: { total_size: 0 }, weight_map: map }
  await writeFile(join(folder, 'diffusion_pytorch_model.safetensors.index.fp16.json'), JSON.stringify(index))
}

async function writeFlatText(tensors: Map<string, TensorData>, path: string): Promise<void> {
  const flat = new Map([...tensors].map(([name, tensor]) => [name.replace(/^text_model\./, ''), tensor] as const))
  const ids = BigInt64Array.from({ length: 77 }, (_, i) => BigInt(i))
  await writeSafetensors(path, flat.set('embeddings.position_ids', { dtype: 'I64', shape: [1, 77], data: ids }))
}

async function folderVariants(stage: CaseStage): Promise<string[]> {
  const folder = await stage.newFolder()
  const plain = await writeTinyBase(join(folder, 'plain'))
  for (const [part, file] of [
    ['unet', UNET],
    ['text_encoder', 'model.safetensors'],
  ] as const)
    await halve(join(plain, part), file, (tensors, path) => writeSafetensors(path, tensors))
  const copy = async (name: string): Promise<string> => {
    await cp(plain, join(folder, name), { recursive: true })
    return join(folder, name)
  }
  const [sharded, half, flat] = [await copy('sharded'), await copy('half'), await copy('flat')]
  await halve(join(sharded, 'unet'), UNET, (tensors, path) => writeShards(tensors, path, 6))
  await rename(join(half, 'unet', UNET), join(half, 'unet/diffusion_pytorch_model.fp16.safetensors'))
  await halve(join(flat, 'text_encoder'), 'model.safetensors', writeFlatText)
  const [expected] = await draw(stage, plain, [REQUEST])
  const faults: string[] = []
  for (const variant of [sharded, half, flat]) {
    const [image] = await draw(stage, variant, [REQUEST])
    faults.push(
      ...isWrong(`${variant.slice(folder.length + 1)} draws another image`, !isDeepStrictEqual(image, expected)),
    )
  }
  return faults
}

async function pipelineClasses(stage: CaseStage): Promise<string[]> {
  const folder = await stage.newFolder()
  const given = await readJson<Record<string, unknown>>(join(FIXTURES, 'cases/25-pipeline-class/model_index.json'))
  const faults: string[] = []
  for (const [kind, family] of [
    ['sd1', ''],
    ['sdxl', 'XL'],
  ] as const) {
    const base = await writeTinyBase(join(folder, kind), kind)
    const path = join(base, 'model_index.json')
    const own = await readJson<Record<string, unknown>>(path)
    const [expected] = await draw(stage, base, [REQUEST])
    for (const task of ['Img2Img', 'Inpaint']) {
      const _class_name = `StableDiffusion${family}${task}Pipeline`
      const index = kind === 'sd1' && task === 'Img2Img' ? given : { ...own, _class_name }
      await writeFile(path, JSON.stringify(index))
      const drawn = await draw(stage, base, [REQUEST]).catch((error: Error) => error.message)
      faults.push(
        ...isWrong(
          `${_class_name}: ${typeof drawn === 'string' ? drawn : 'another image'}`,
          !isDeepStrictEqual(drawn[0], expected),
        ),
      )
    }
  }
  return faults
}

export const FOLDER_CASES: readonly Case[] = [
  { name: '24-folder-variants', check: folderVariants },
  { name: '25-pipeline-class', check: pipelineClasses },
]
