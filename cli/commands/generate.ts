/** `semblance generate`: a prompt and an optional adapter in, a PNG out, drawn on this machine or by a service. */
import { Command, Option } from 'commander'
import { openAdapter } from '../../adapters-store/index.ts'
import {
  ADAPTER_HALVES,
  type AdapterHalves,
  type GeneratedImage,
  type ImageRequest,
  type InitImage,
  LONG_PROMPTS,
  type LongPrompt,
  loadImage,
  promptWarnings,
  SCHEDULERS,
  saveGrid,
  saveImage,
} from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import { assertWritable } from '../out-path.ts'
import { generateOnService, type ServiceDrawing } from '../service/generate.ts'
import { type CommonOptions, warnOfBase, withEngine } from '../session.ts'
import { addHere, addShared, count, integer, real } from './options.ts'
import { chooseTarget, HERE, SERVICE } from './run-target.ts'

/** Images that share the denoising calls; more would only take more memory. */
const BATCH = 8

interface GenerateArguments extends CommonOptions {
  readonly prompt: string
  readonly negative?: string
  readonly adapter?: string
  readonly adapterScale: number
  readonly adapterIn?: AdapterHalves
  readonly seed: number
  readonly count: number
  readonly steps: number
  readonly guidance: number
  readonly scheduler: string
  readonly rescale: number
  readonly longPrompt: LongPrompt
  readonly init?: string
  readonly strength?: number
  readonly size?: number
  readonly out: string
}

export function generateCommand(): Command {
  const command = new Command('generate')
    .description(
      'draw a prompt, with or without an adapter: on this machine, or on a service (with --use, --subject or --server)',
    )
    .requiredOption(
      '--prompt <text>',
      'what to draw; (word:1.2), (word) and [word] weight its parts, \\( is a literal bracket, BREAK begins a new chunk',
    )
    .requiredOption('--out <file>', 'the PNG to write; with --count above 1 a grid, or numbered files on a service')
    .option('--negative <text>', 'what to avoid')
    .option('--adapter-scale <x>', "multiplies the adapter's effect", real, 1)
    .addOption(
      new Option(
        '--adapter-in <halves>',
        'halves of guidance in which the adapter works; default: as it recorded',
      ).choices(ADAPTER_HALVES),
    )
    .option('--seed <n>', 'seed of the first image; incremented for each further image', integer, 0)
    .option('--count <n>', `images, drawn ${BATCH} at a time`, count, 1)
    .option('--steps <n>', 'denoising steps', count, 20)
    .option('--guidance <x>', 'classifier-free guidance scale', real, 5)
    .addOption(new Option('--scheduler <name>', 'sampler').choices(Object.keys(SCHEDULERS)).default('dpm++'))
    .option('--size <pixels>', 'side length of the image; default: the size the base was trained on', count)
    .addOption(
      new Option('--long-prompt <how>', 'words beyond the text encoder: read in further chunks of 75, or cut off')
        .choices(LONG_PROMPTS)
        .default(LONG_PROMPTS[0]),
    )
    .option('--rescale <x>', 'guidance rescale, 0 to 1', real, 0)
    .option('--init <image>', 'start from this image instead of noise; on a service, the id of an image or photo')
    .option('--strength <x>', 'fraction of the steps taken over --init, above 0 up to 1; default 0.8', real)
  addShared(command)
  command
    .optionsGroup(HERE)
    .option(
      '--adapter <file>',
      'an adapter file or folder: of `semblance train`, PEFT, diffusers, kohya or AUTOMATIC1111',
    )
  addHere(command)
  return command
    .optionsGroup(SERVICE)
    .option('--use <adapter>', 'NAME, NAME@alias, NAME@3, or the id of a version')
    .option('--subject <name>', 'draw with the newest adapter of this subject')
    .option('--server <address>', 'the service; default: that of the last login')
    .option('--idempotency-key <text>', 'idempotency key: a repeated request draws nothing twice')
    .action(runGenerate)
}

async function runGenerate(options: GenerateArguments & ServiceDrawing, command: Command): Promise<void> {
  await assertWritable(options.out)
  if (options.strength !== undefined && options.init === undefined) throw strengthAlone()
  return chooseTarget(command) === 'here' ? generateHere(options) : generateOnService(options)
}

async function generateHere(options: GenerateArguments): Promise<void> {
  await withEngine(options, async ({ base, pipeline, output, signal }) => {
    // Nothing here is worth waiting for the end of a step.
    signal.addEventListener('abort', () => void pipeline.device.kill(canceled()))
    const { prompt, negative, adapterScale, steps, guidance, scheduler, rescale, longPrompt } = options
    const { adapter } = options.adapter ? await openAdapter(options.adapter, base) : {}
    const init = await loadInit(options, options.size ?? base.size)
    const requests = Array.from(
      { length: options.count },
      (_, i): ImageRequest => ({
        prompt,
        seed: options.seed + i,
        steps,
        guidance,
        scheduler,
        rescale,
        longPrompt,
        init,
        negative,
        ...{ adapter, adapterScale, adapterIn: options.adapterIn },
      }),
    )
    warnOfBase({ base, output })
    for (const warning of promptWarnings(base, { prompt, negative, adapter, longPrompt })) output.warn(warning)
    if (!/\.png$/i.test(options.out))
      output.warn({ code: 'FORMAT_OTHER', message: `${options.out} is written as PNG, whatever its name says` })
    const start = performance.now()
    const images: GeneratedImage[] = []
    const batches = Math.ceil(requests.length / BATCH)
    for (let batch = 0; batch < batches; batch++) {
      const drawn = await pipeline.generate(requests.slice(batch * BATCH, (batch + 1) * BATCH), {
        signal,
        size: options.size,
        onStep: event => {
          const [step, all] = [event.steps * batch + event.step, event.steps * batches]
          output.progress(step, all, `step ${step}/${all}`, { event: 'step', step, steps: all })
        },
      })
      images.push(...drawn)
    }
    const [image] = images
    if (images.length === 1 && image) await saveImage(options.out, image.pixels)
    else
      await saveGrid(
        options.out,
        images.map(({ pixels }) => pixels),
        Math.ceil(Math.sqrt(images.length)),
      )
    const seconds = (performance.now() - start) / 1000
    output.result(`wrote ${options.out} (${seconds.toFixed(1)} s)`, { event: 'image', path: options.out, seconds })
  })
}

async function loadInit({ init, strength }: GenerateArguments, size: number): Promise<InitImage | undefined> {
  if (init === undefined) return undefined
  return { pixels: await loadImage(init, size), strength }
}

const strengthAlone = (): AppError =>
  new AppError('INPUT_INVALID', '--strength needs --init', 'Name the image to start from with --init.')

const canceled = (): AppError => new AppError('CANCELED', 'the drawing was canceled', 'Start it again.')
