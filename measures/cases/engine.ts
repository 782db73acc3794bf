/** Cases 15 to 20, 24, 25, 28 and 30: seeds, prompts, samplers, trainings that go on, and other people's model folders. */
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import {
  type ImageRequest,
  openBase,
  openPipeline,
  type Photo,
  personalize,
  promptWarnings,
} from '../../engine/index.ts'
import { loadTokenizer, openSafetensors, type TensorData, writeSafetensors } from '../../engine/io/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { parsePrompt } from '../../engine/pipeline/prompt.ts'
import { findScheduler } from '../../engine/schedulers/index.ts'
import { noiseSchedule } from '../../engine/schedulers/noise-schedule.ts'
import { advance } from '../../engine/schedulers/step.ts'
import { planOf, type Trajectory, trajectoryError } from '../engine/sampler-parity.ts'
import { writeTinyBase } from '../stage/tiny-base.ts'
import { type Case, type CaseStage, differs, isWrong, notRefused } from './case.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures')
const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T

/** Bytes of the pictures that a base draws. */
async function draw({ device }: CaseStage, folder: string, requests: readonly ImageRequest[]): Promise<Uint8Array[]> {
  const pipeline = openPipeline(device, await openBase(folder))
  try {
    const images = await pipeline.generate(requests)
    return images.map(({ pixels }) => Uint8Array.from(pixels, value => Math.round((value + 1) * 127.5)))
  } finally {
    await pipeline.close()
  }
}

const REQUEST = { prompt: 'sks dog', seed: 5, steps: 3, guidance: 3 }

async function resumes(stage: CaseStage): Promise<string[]> {
  const folder = await stage.newFolder()
  const pipeline = openPipeline(stage.device, await openBase(await writeTinyBase(join(folder, 'base'))))
  const photo = (seed: number, caption = 'sks dog'): Photo => ({
    pixels: uniforms(seed, 0, 3 * 16 * 16).map(value => 2 * value - 1),
    caption,
  })
  const path = join(folder, 'checkpoint')
  const train = (photos: readonly Photo[], stopAt?: number) => {
    const controller = new AbortController()
    const onStep = ({ step }: { step: number }) => step === stopAt && controller.abort()
    const options = {
      method: 'lora',
      options: { rank: 2 },
      seed: 1,
      steps: 4,
      batch: 1,
      onStep,
      signal: controller.signal,
    }
    return personalize(pipeline, { photos, subject: 'sks dog' }, { ...options, checkpoint: { path, every: 1 } })
  }
  const photos = [photo(1), photo(2)]
  const whole = await train(photos)
  await rm(path)
  const faults = await notRefused('a stop', () => train(photos, 2), /cancel|stop/i)
  faults.push(...(await notRefused('a changed caption', () => train([photo(1, 'a dog'), photo(2)]), /another|other/)))
  faults.push(...(await notRefused('a changed photo', () => train([photo(1), photo(3)]), /another|other/)))
  const resumed = await train(photos)
  await pipeline.close()
  return [...faults, ...isWrong('the resumed adapter differs', !isDeepStrictEqual(resumed.tensors, whole.tensors))]
}

async function seeds(stage: CaseStage): Promise<string[]> {
  const base = await writeTinyBase(join(await stage.newFolder(), 'base'))
  const requests = [0, 1, 2].map(i => ({ ...REQUEST, seed: 7 + i }))
  const together = await draw(stage, base, requests)
  const faults: string[] = []
  for (const [i, request] of requests.entries()) {
    const [alone] = await draw(stage, base, [request])
    faults.push(
      ...isWrong(`image ${i} differs from that of seed ${request.seed}`, !isDeepStrictEqual(alone, together[i])),
    )
  }
  return faults
}

async function longPrompts(stage: CaseStage): Promise<string[]> {
  const folder = await writeTinyBase(join(await stage.newFolder(), 'base'))
  const base = await openBase(folder)
  const prompt = `${'a '.repeat(75)}dog`
  const of = (prompt: string, longPrompt?: 'cut') => ({ ...REQUEST, prompt, longPrompt })
  const [long] = await draw(stage, folder, [of(prompt)])
  const [short] = await draw(stage, folder, [of('a '.repeat(75))])
  const codes = promptWarnings(base, of(prompt, 'cut')).map(({ code, message }) => [code, message.includes('"dog"')])
  return [
    ...isWrong('the last word has no effect', isDeepStrictEqual(long, short)),
    ...differs('what is said of it', promptWarnings(base, of(prompt)), []),
    ...differs('what is said where it is cut', codes, [['PROMPT_CUT', true]]),
  ]
}

async function promptSyntax(stage: CaseStage): Promise<string[]> {
  const base = await openBase(await writeTinyBase(join(await stage.newFolder(), 'base')))
  const parts = (prompt: string) =>
    parsePrompt(prompt).map(({ text, weight }) => [text.trim(), Number(weight.toFixed(3))])
  const said = (prompt: string) =>
    promptWarnings(base, { prompt }).flatMap(({ code, message }) => (code === 'PROMPT_SYNTAX' ? [message] : []))
  const named = (prompt: string, word: string) =>
    isWrong(`${word} is not named`, !said(prompt).join().includes(`"${word}"`))
  return [
    ...differs('nested weights', parts('(a (b:1.5) c)'), [
      ['a', 1.1],
      ['b', 1.65],
      ['c', 1.1],
    ]),
    ...differs('((cat))', parts('((cat))'), [['cat', 1.21]]),
    ...differs('[[cat]]', parts('[[cat]]'), [['cat', 0.826]]),
    ...differs('literal brackets', parts('\\(a\\)'), [['(a)', 1]]),
    ...differs('BREAK', said('a BREAK b'), []),
    ...named('a AND b', 'AND'),
    ...named('a <lora:NAME:0.8>', '<lora:NAME:0.8>'),
  ]
}

interface SamplerGoldens {
  readonly trajectories: readonly Trajectory[]
  readonly timesteps: readonly {
    scheduler: string
    spacing: string
    offset: number
    steps: number
    timesteps: number[]
  }[]
}
const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }

async function samplers(): Promise<string[]> {
  const { trajectories, timesteps } = await readJson<SamplerGoldens>(join(FIXTURES, 'schedulers.json'))
  const off = (steps: readonly { timestep: number }[], expected: readonly number[]) =>
    steps.length !== expected.length || expected.some((t, i) => Math.abs(t - (steps[i]?.timestep ?? -1)) > 5e-3)
  return [
    ...timesteps.flatMap(({ scheduler, spacing, offset, steps, timesteps: expected }) => {
      const plan = findScheduler(scheduler).plan({ ...SD, timestep_spacing: spacing, steps_offset: offset }, steps)
      return isWrong(`timesteps of ${scheduler}, ${spacing}, ${steps} steps`, off(plan.steps, expected))
    }),
    ...trajectories.flatMap(golden => {
      const what = `${golden.scheduler} ${JSON.stringify(golden.config)} ${golden.steps}`
      const wrong = off(planOf(golden).steps, golden.timesteps) || !(trajectoryError(golden) < 1e-3)
      return isWrong(what, wrong)
    }),
  ]
}

/** With an output of zero (epsilon) a DDIM step only scales the row, by the root of the ratio of the noise levels. */
async function ddimTrailing(): Promise<string[]> {
  const config = { ...SD, timestep_spacing: 'trailing', prediction_type: 'epsilon', clip_sample: false }
  const { steps } = findScheduler('ddim').plan(config, 13)
  const { alphasCumprod } = noiseSchedule(config)
  const [first, second] = steps
  const x = Float32Array.of(1)
  if (first) advance(first, x, Float32Array.of(0), [])
  const left = (alphasCumprod[999] ?? 0) * (x[0] ?? 0) ** 2
  return [
    ...differs('the first timesteps', [first?.timestep, second?.timestep], [999, 922]),
    ...isWrong(`the row is left at ${left}`, Math.abs(left / (alphasCumprod[922] ?? 0) - 1) > 1e-5),
  ]
}

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

type TokenizerGolden = Record<string, { tokens: [string, number[]][]; encoded: [string, number[]][] }>

async function tokenizers(): Promise<string[]> {
  const folder = join(FIXTURES, 'tokenizer')
  const layouts = (await readdir(folder, { withFileTypes: true })).filter(entry => entry.isDirectory())
  const goldens = await readJson<TokenizerGolden>(join(folder, 'goldens.json'))
  const faults = differs('the layouts', Object.keys(goldens).sort(), layouts.map(({ name }) => name).sort())
  for (const [layout, { tokens, encoded }] of Object.entries(goldens)) {
    const tokenizer = await loadTokenizer(join(folder, layout))
    for (const [text, ids] of tokens) faults.push(...differs(`${layout} ${text}`, tokenizer.tokens(text), ids))
    for (const [text, ids] of encoded) faults.push(...differs(`${layout} ${text}`, [...tokenizer.encode(text)], ids))
  }
  return faults
}

async function seedRange(stage: CaseStage): Promise<string[]> {
  const base = await writeTinyBase(join(await stage.newFolder(), 'base'))
  const withSeed = (seed: number) => draw(stage, base, [{ ...REQUEST, seed, steps: 1 }])
  const largest = await withSeed(Number.MAX_SAFE_INTEGER).then(() => 'drawn')
  return [
    ...differs('the seed 2^53 - 1', largest, 'drawn'),
    ...(await notRefused('the seed 2^53', () => withSeed(2 ** 53), /seed 9007199254740992/)),
    ...(await notRefused('a negative seed', () => withSeed(-1), /seed -1/)),
  ]
}

export const ENGINE_CASES: readonly Case[] = [
  { name: '15-resume', check: resumes },
  { name: '16-seeds', check: seeds },
  { name: '17-long-prompt', check: longPrompts },
  { name: '18-prompt-syntax', check: promptSyntax },
  { name: '19-samplers', check: samplers },
  { name: '20-ddim-trailing', check: ddimTrailing },
  { name: '24-folder-variants', check: folderVariants },
  { name: '25-pipeline-class', check: pipelineClasses },
  { name: '28-tokenizer', check: tokenizers },
  { name: '30-seed-range', check: seedRange },
]
