/** `semblance generate`: a prompt and an optional adapter in, a PNG out, drawn on this machine or by a service. */
import { Command, Option } from 'commander'
import { openAdapter } from '../../adapters-store/index.ts'
import { sha256 } from '../../client/transfer.ts'
import {
  ADAPTER_HALVES,
  type AdapterHalves,
  cropWarnings,
  encodePng,
  type GeneratedImage,
  type ImageRequest,
  type InitImage,
  LONG_PROMPTS,
  type LongPrompt,
  latentShape,
  loadFramed,
  type PictureSize,
  promptWarnings,
  SCHEDULERS,
  sizeRule,
  sizeWarnings,
} from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { imagePaths, remainingSeconds, showImage, warnOfFormat } from '../image-files.ts'
import { duration, type Output } from '../output.ts'
import { reads, writes } from '../paths.ts'
import { generateOnService, type ServiceDrawing } from '../service/generate.ts'
import { type CommonOptions, warnOfBase, withEngine } from '../session.ts'
import { addHere, addShared, count, integer, oneOf, pictureSize, real } from './options.ts'
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
  readonly size?: PictureSize
  readonly width?: number
  readonly height?: number
  readonly out: string
}

type Sized<T> = Omit<T, 'size' | 'width' | 'height'> & {
  readonly width: number | undefined
  readonly height: number | undefined
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
    .addOption(
      writes(
        new Option(
          '--out <file>',
          'the PNG to write; with --count above 1 numbered: a.png becomes a-1.png, a-2.png, ...',
        ).makeOptionMandatory(),
        'file',
        (out, { count }) => imagePaths(out, Number(count)),
      ),
    )
    .option('--negative <text>', 'what to avoid')
    .option('--adapter-scale <x>', "multiplies the adapter's effect", real, 1)
    .addOption(
      oneOf(
        '--adapter-in <halves>',
        'halves of guidance in which the adapter works; default: as it recorded',
        ADAPTER_HALVES,
      ),
    )
    .option('--seed <n>', 'seed of the first image; incremented for each further image', integer, 0)
    .option('--count <n>', `images, drawn ${BATCH} at a time`, count, 1)
    .option('--steps <n>', 'denoising steps', count, 20)
    .option('--guidance <x>', 'classifier-free guidance scale', real, 5)
    .addOption(oneOf('--scheduler <name>', 'sampler', Object.keys(SCHEDULERS)).default('dpm++'))
    .addOption(
      oneOf(
        '--long-prompt <how>',
        'words beyond the text encoder: read in further chunks of 75, or cut off',
        LONG_PROMPTS,
      ).default(LONG_PROMPTS[0]),
    )
    .option('--width <pixels>', 'width of the image; default: the side length the base was trained on', count)
    .option('--height <pixels>', 'height of the image; likewise', count)
    .option('--size <WxH>', 'both at once, e.g. 96x128; a single number is a square', pictureSize)
    .option('--rescale <x>', 'guidance rescale, 0 to 1', real, 0)
    .addOption(
      reads(
        new Option(
          '--init <image>',
          'start from this image instead of noise; on a service, the id of an image or photo',
        ),
        { hereOnly: true },
      ),
    )
    .option('--strength <x>', 'fraction of the steps taken over --init, above 0 up to 1; default 0.8', real)
  return addPlaces(addShared(command)).action(runGenerate)
}

function addPlaces(command: Command): Command {
  command
    .optionsGroup(HERE)
    .addOption(
      reads(
        new Option(
          '--adapter <file>',
          'an adapter file or folder: of `semblance train`, PEFT, diffusers, kohya or AUTOMATIC1111',
        ),
      ),
    )
  addHere(command)
  return command
    .optionsGroup(SERVICE)
    .option('--use <adapter>', 'NAME, NAME@alias, NAME@3, or the id of a version')
    .option('--subject <name>', 'draw with the newest adapter of this subject')
    .option('--server <address>', 'the service; default: $SEMBLANCE_SERVER, or that of the last login')
    .option('--idempotency-key <text>', 'idempotency key: a repeated request draws nothing twice')
}

async function runGenerate(options: GenerateArguments & ServiceDrawing, command: Command): Promise<void> {
  const { size, width = size?.width, height = size?.height } = options
  if (size && (options.width !== undefined || options.height !== undefined)) throw sizeTwice()
  if (options.strength !== undefined && options.init === undefined) throw strengthAlone()
  const sized = { ...options, width, height }
  return chooseTarget(command) === 'here' ? generateHere(sized) : generateOnService(sized)
}

async function generateHere(options: Sized<GenerateArguments>): Promise<void> {
  await withEngine(options, async ({ base, pipeline, output, signal }) => {
    // Nothing here is worth waiting for the end of a step.
    signal.addEventListener('abort', () => void pipeline.device.kill(canceled()))
    const { prompt, negative, adapterScale, steps, guidance, scheduler, rescale, longPrompt } = options
    const { adapter } = options.adapter ? await openAdapter(options.adapter, base) : {}
    const { width = base.size, height = base.size } = options
    const size = { width, height }
    // Before anything is read: a size that cannot be drawn.
    latentShape(base, 1, size)
    const init = await loadInit(options, size, output)
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
        ...{ adapter, adapterScale, adapterIn: options.adapterIn, ...size },
      }),
    )
    warnOfBase({ base, output })
    for (const warning of promptWarnings(base, { prompt, negative, adapter, longPrompt, guidance }))
      output.warn(warning)
    for (const warning of sizeWarnings(size, sizeRule(base))) output.warn(warning)
    warnOfFormat(output, options.out)
    const start = performance.now()
    const images: GeneratedImage[] = []
    const batches = Math.ceil(requests.length / BATCH)
    for (let batch = 0; batch < batches; batch++) {
      const drawn = await pipeline.generate(requests.slice(batch * BATCH, (batch + 1) * BATCH), {
        signal,
        onStep: event => {
          const [step, all] = [event.steps * batch + event.step, event.steps * batches]
          const remaining = remainingSeconds(step, all, (performance.now() - start) / 1000)
          const left = remaining === undefined || step === all ? '' : `  ${duration(remaining)} left`
          output.progress(step, all, `step ${step}/${all}${left}`, { event: 'step', step, steps: all, remaining })
        },
      })
      images.push(...drawn)
    }
    await saveDrawn(images, options, output)
    output.note(`${images.length} in ${duration((performance.now() - start) / 1000)}`)
  })
}

async function saveDrawn(
  images: readonly GeneratedImage[],
  { prompt, seed, out }: Pick<GenerateArguments, 'prompt' | 'seed' | 'out'>,
  output: Output,
): Promise<void> {
  const paths = imagePaths(out, images.length)
  for (const [position, { pixels, width, height }] of images.entries()) {
    const path = paths[position] ?? ''
    const png = await encodePng(path, pixels, { width, height })
    await writeFileAtomically(path, png)
    const facts = { width, height, bytes: png.byteLength, sha256: sha256(png) }
    showImage(output, { path, position, prompt, seed: seed + position, ...facts })
  }
}

/** Cropped to the size that is drawn, never stretched. */
async function loadInit(
  { init, strength }: Pick<GenerateArguments, 'init' | 'strength'>,
  size: PictureSize,
  output: Output,
): Promise<InitImage | undefined> {
  if (init === undefined) return undefined
  const { pixels, frame } = await loadFramed(init, size)
  const [height, width] = frame.original
  for (const warning of cropWarnings(init, { height, width }, size)) output.warn(warning)
  return { pixels, strength }
}

const sizeTwice = (): AppError =>
  new AppError('INPUT_INVALID', '--size and --width or --height say the same thing twice', 'Give one of them.')

const strengthAlone = (): AppError =>
  new AppError('INPUT_INVALID', '--strength needs --init', 'Name the image to start from with --init.')

const canceled = (): AppError => new AppError('CANCELED', 'the drawing was canceled', 'Start it again.')
