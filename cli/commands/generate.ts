/** `semblance generate`: a prompt and an optional adapter in, a PNG out. */
import { Command, Option } from 'commander'
import {
  type GeneratedImage,
  type ImageRequest,
  loadAdapter,
  SCHEDULERS,
  saveGrid,
  saveImage,
} from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import { assertWritable } from '../out-path.ts'
import { type CommonOptions, withEngine } from '../session.ts'
import { addCommon, count, integer, real } from './options.ts'

/** Images that share the denoising calls; more would only take more memory. */
const BATCH = 8

interface GenerateArguments extends CommonOptions {
  readonly prompt: string
  readonly negative?: string
  readonly adapter?: string
  readonly adapterScale: number
  readonly seed: number
  readonly count: number
  readonly steps: number
  readonly guidance: number
  readonly scheduler: string
  readonly size?: number
  readonly out: string
}

export function generateCommand(): Command {
  const command = new Command('generate')
    .description('draw a prompt, with or without an adapter')
    .requiredOption('--prompt <text>', 'what to draw')
    .requiredOption('--out <file>', 'the PNG to write; with --count above 1 a grid')
    .option('--negative <text>', 'what to avoid')
    .option('--adapter <file>', 'an adapter that `semblance train` wrote')
    .option('--adapter-scale <x>', "multiplies the adapter's effect", real, 1)
    .option('--seed <n>', 'seed of the first image; the next ones count up', integer, 0)
    .option('--count <n>', `images, drawn ${BATCH} at a time`, count, 1)
    .option('--steps <n>', 'denoising steps', count, 20)
    .option('--guidance <x>', 'classifier-free guidance scale', real, 5)
    .addOption(new Option('--scheduler <name>', 'sampler').choices(Object.keys(SCHEDULERS)).default('dpm++'))
    .option('--size <pixels>', 'side of the image; default: what the base was trained for', count)
  return addCommon(command).action(runGenerate)
}

async function runGenerate(options: GenerateArguments): Promise<void> {
  await assertWritable(options.out)
  await withEngine(options, async ({ base, pipeline, output, signal }) => {
    // Nothing here is worth waiting for the end of a step.
    signal.addEventListener('abort', () => void pipeline.device.kill(canceled()))
    const { prompt, negative, adapterScale, steps, guidance, scheduler } = options
    const adapter = options.adapter ? await loadAdapter(options.adapter, base) : undefined
    const requests = Array.from(
      { length: options.count },
      (_, i): ImageRequest => ({
        prompt,
        seed: options.seed + i,
        steps,
        guidance,
        scheduler,
        ...(negative === undefined ? {} : { negative }),
        ...(adapter ? { adapter, adapterScale } : {}),
      }),
    )
    const start = performance.now()
    const images: GeneratedImage[] = []
    const all = steps * Math.ceil(requests.length / BATCH)
    for (let from = 0; from < requests.length; from += BATCH) {
      const done = steps * (from / BATCH)
      const drawn = await pipeline.generate(requests.slice(from, from + BATCH), {
        signal,
        ...(options.size === undefined ? {} : { size: options.size }),
        onStep: ({ step }) =>
          output.progress(done + step, all, `step ${done + step}/${all}`, {
            event: 'step',
            step: done + step,
            steps: all,
          }),
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

const canceled = (): AppError => new AppError('CANCELED', 'the drawing was canceled', 'Start it again.')
