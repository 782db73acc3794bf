/** `semblance train`: photos of a subject in, an adapter out: a file, or a version on a service. */
import { rm } from 'node:fs/promises'
import { Command, Option } from 'commander'
import {
  type Adapter,
  type Base,
  defaultCrop,
  listImages,
  loadPhoto,
  METHODS,
  PHOTO_CROPS,
  type Photo,
  type PhotoCrop,
  personalize,
  plainCaption,
  type StepEvent,
  saveAdapter,
  saveDelta,
} from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import { removeTemporaries } from '../../files/atomic.ts'
import type { OnWarning } from '../../warnings.ts'
import { duration, type Output } from '../output.ts'
import { reads, writes } from '../paths.ts'
import { readEnvironment } from '../service/environment.ts'
import { type ServiceTraining, trainOnService } from '../service/train.ts'
import { type CommonOptions, warnOfBase, withEngine } from '../session.ts'
import { addHere, addSettings, addShared, count, gather, integer, oneOf, positive } from './options.ts'
import { assertGiven, chooseTarget, HERE, SERVICE } from './run-target.ts'

/** From the most memory to the least. */
const PROFILES = ['fast', 'lean', 'checkpoint'] as const

interface TrainArguments extends CommonOptions {
  readonly images: string
  readonly class: string
  readonly token: string
  readonly method: string
  readonly out?: string
  readonly set: Record<string, unknown>
  readonly steps?: number
  readonly batch?: number
  readonly rate?: number
  readonly accumulate?: number
  readonly minSnr?: number
  readonly noiseOffset?: number
  readonly seed: number
  readonly profile?: (typeof PROFILES)[number]
  readonly checkpointEvery: number
  readonly crop?: PhotoCrop
}

export function trainCommand(): Command {
  const command = new Command('train')
    .description(
      'learn a subject from a folder of photos: on this machine (writes --out), or on a service (with --subject)',
    )
    .addOption(
      reads(
        new Option(
          '--images <folder>',
          'photos (JPEG, PNG, WebP, AVIF); captions from metadata.jsonl, metadata.csv or a .txt beside each',
        ).makeOptionMandatory(),
      ),
    )
    .addOption(
      writes(
        new Option('--out <file>', 'the adapter to write (.safetensors); required on this machine'),
        'file',
        (out, { subject }) => (subject === undefined ? [out, deltaPath(out)] : [out]),
      ),
    )
    .option('--class <word>', 'what the subject is', 'person')
    .option(
      '--token <word>',
      'a rare word that will refer to the subject; textual-inversion needs a new word, e.g. <me>',
      'sks',
    )
    .addOption(oneOf('--method <name>', 'how it learns', Object.keys(METHODS)).default('lora'))
    .option('--steps <n>', 'optimizer steps', count)
    .option('--batch <n>', 'photos per step', count)
    .option('--rate <x>', 'learning rate', positive)
    .option('--seed <n>', 'seed of all random numbers', integer, 0)
    .addOption(
      oneOf('--crop <how>', 'photos in the shape nearest to their own, or as squares; default: by base', PHOTO_CROPS),
    )
    .option('--checkpoint-every <n>', 'steps between checkpoints', count, 50)
  addShared(addSettings(command))
  command
    .optionsGroup(HERE)
    .option('--accumulate <n>', 'micro-batches per step', count)
    .option('--min-snr <gamma>', 'Min-SNR loss weighting', positive)
    .option('--noise-offset <share>', 'noise added equally to all pixels of a channel, e.g. 0.05', positive)
    .addOption(
      oneOf(
        '--profile <name>',
        'fast takes the most memory, checkpoint the least; default: fast (DreamBooth has its own default)',
        PROFILES,
      ),
    )
  addHere(command)
  return addServiceOptions(command).action(runTrain)
}

const addServiceOptions = (command: Command): Command =>
  command
    .optionsGroup(SERVICE)
    .option('--subject <name>', 'name or id of the subject; a new name creates a subject')
    .option('--server <address>', 'the service; default: $SEMBLANCE_SERVER, or that of the last login')
    .option('--no-person', 'the new subject is an animal or an object: no consent needed')
    .option('--consent-from <name>', 'the person who consents to training on these photos')
    .option('--consent-statement <text>', 'text of the consent')
    .option('--preview <prompt>', 'draw this while it trains (repeatable, 4 at most)', gather, [])
    .option('--preview-every <n>', 'steps between two previews; default 50', count)
    .addOption(
      writes(new Option('--preview-out <folder>', 'where the previews are written; default: previews-JOB'), 'into'),
    )
    .option('--idempotency-key <text>', 'idempotency key: a repeated request starts nothing twice')
    .option('--detach', 'print the id of the job and exit; semblance watch follows it')

async function runTrain(options: TrainArguments & Partial<ServiceTraining>, command: Command): Promise<void> {
  if (chooseTarget(command) === 'here') {
    const next = 'Give --out FILE to train on this machine, or --subject NAME to train on a service.'
    return trainHere({ ...options, out: assertGiven(options.out, '--out', next) })
  }
  const subject = assertGiven(options.subject, '--subject', 'Name the subject that the photos show.')
  const { preview = [], person = true } = options
  return trainOnService({ ...options, subject, preview, person })
}

/** The folder's photos with their captions; without one, a plain caption names the subject. One bad photo stops no other. */
async function loadPhotos(
  base: Base,
  { images: folder, crop = defaultCrop(base) }: Pick<TrainArguments, 'images' | 'crop'>,
  subject: string,
  onWarning: OnWarning,
): Promise<Photo[]> {
  const files = await listImages(folder, onWarning)
  const photos: Photo[] = []
  let refused: AppError | undefined
  // One after the other: a photo of 108 megapixels takes half a gigabyte while it is decoded.
  for (const { path, text } of files)
    try {
      const { warnings, ...photo } = await loadPhoto(path, base, crop)
      photos.push({ ...photo, caption: text ?? plainCaption(subject) })
      for (const warning of warnings) onWarning(warning)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'IMAGE_INVALID') throw error
      refused ??= error
      onWarning({ code: 'PHOTO_SKIPPED', message: `left out: ${error.message}. ${error.next}` })
    }
  if (photos.length === 0 && refused) throw refused
  return photos
}

const stepText = ({ step, steps, loss, remaining }: StepEvent): string =>
  `step ${step}/${steps}  loss ${loss.toFixed(4)}  ${step < steps ? `${duration(remaining)} left` : 'done'}`

export const showStep =
  (output: Output) =>
  (event: StepEvent): void =>
    output.progress(event.step, event.steps, stepText(event), { event: 'step', ...event })

const deltaPath = (out: string): string => `${out.replace(/\.safetensors$/, '')}.delta.safetensors`

/** Of a training of all weights their change too, in a file beside: `me.delta.safetensors` for `me.safetensors`. */
async function writeAdapter(out: string, adapter: Adapter): Promise<string[]> {
  await saveAdapter(out, adapter)
  await removeTemporaries(out)
  if (!adapter.delta) return [out]
  const delta = deltaPath(out)
  await saveDelta(delta, adapter)
  await removeTemporaries(delta)
  return [out, delta]
}

function distilledText({ manifest: { distilled } }: Adapter): string {
  if (!distilled) return ''
  const { rank, energy, loss } = distilled
  const losses = loss
    ? `; loss: base ${loss.base.toFixed(4)}, all weights ${loss.full.toFixed(4)}, pairs ${loss.distilled.toFixed(4)}`
    : ''
  return `\npairs of rank ${rank} carry ${(100 * energy).toFixed(0)} % of the change${losses}`
}

async function trainHere(options: TrainArguments & { readonly out: string }): Promise<void> {
  await withEngine(options, async ({ base, pipeline, output, signal }) => {
    const subject = `${options.token} ${options.class}`
    const method = METHODS[options.method]
    if (!method?.token && !method?.assertSubject && base.tokenizer.tokens(options.token).length !== 1)
      output.note(
        `"${options.token}" is ${base.tokenizer.tokens(options.token).length} tokens in this base; a word of one token works better.`,
      )
    warnOfBase({ base, output })
    const photos = await loadPhotos(base, options, subject, output.warn)
    output.note(`learning "${subject}" from ${photos.length} photos`)
    const start = performance.now()
    const { steps, batch, accumulate, rate, minSnr, noiseOffset, seed } = options
    const adapter = await personalize(
      pipeline,
      { photos, subject },
      {
        method: options.method,
        options: options.set,
        seed,
        profile: options.profile,
        signal,
        onStep: showStep(output),
        onWarning: output.warn,
        cache: readEnvironment().cacheFolder,
        onClassImage: ({ done, images }) =>
          output.progress(done, images, `class image ${done}/${images}`, { event: 'class-image', done, images }),
        checkpoint: { path: `${options.out}.checkpoint`, every: options.checkpointEvery },
        ...{ steps, batch, accumulate, learningRate: rate, minSnrGamma: minSnr, noiseOffset },
      },
    )
    const files = await writeAdapter(options.out, adapter)
    await rm(`${options.out}.checkpoint`, { force: true })
    const seconds = (performance.now() - start) / 1000
    output.result(`wrote ${files.join(' and ')} (${duration(seconds)})${distilledText(adapter)}`, {
      event: 'adapter',
      path: options.out,
      delta: files[1],
      seconds,
      manifest: adapter.manifest,
    })
  })
}
