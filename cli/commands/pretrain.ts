/** `semblance pretrain`: trains a part of a base with all its weights and writes the base with the result. */
import { Command, Option } from 'commander'
import { PRETRAIN_PARTS, pretrain } from '../../engine/index.ts'
import { duration } from '../output.ts'
import { reads, writes } from '../paths.ts'
import { type CommonOptions, withEngine } from '../session.ts'
import { addCommon, integer, oneOf, oneOfArgument, positive } from './options.ts'
import { showStep } from './train.ts'

interface PretrainArguments extends CommonOptions {
  readonly data: string
  readonly out: string
  readonly steps?: number
  readonly batch?: number
  readonly rate?: number
  readonly seed: number
  readonly init: 'scratch' | 'base'
  readonly samplesEvery: number
  readonly checkpointEvery: number
}

export function pretrainCommand(): Command {
  const command = new Command('pretrain')
    .description('train all weights of one component of a base; run the same command again to resume')
    .addArgument(oneOfArgument('<part>', 'unet trains the text encoder with it', Object.keys(PRETRAIN_PARTS)))
    .addOption(
      reads(
        new Option(
          '--data <folder>',
          'images.u8 and attributes.jsonl, or images and metadata.jsonl',
        ).makeOptionMandatory(),
      ),
    )
    .addOption(
      writes(
        new Option(
          '--out <folder>',
          'the base to write: a new folder, or the folder of the training to resume',
        ).makeOptionMandatory(),
        'folder',
      ),
    )
    .option('--steps <n>', 'optimizer steps', integer)
    .option('--batch <n>', 'pictures per step', integer)
    .option('--rate <x>', 'learning rate', positive)
    .option('--seed <n>', 'seed of all random numbers', integer, 0)
    .addOption(
      oneOf('--init <from>', 'start from the weights of the base, or from scratch', ['scratch', 'base']).default(
        'base',
      ),
    )
    .option('--samples-every <n>', 'steps between sample sheets in --out, 0 for none', integer, 0)
    .option('--checkpoint-every <n>', 'steps between checkpoints in --out', integer, 200)
  return addCommon(command).action(runPretrain)
}

async function runPretrain(part: string, options: PretrainArguments): Promise<void> {
  await withEngine(options, async ({ pipeline, output, signal }) => {
    const { data, out, steps, batch, rate, seed, init, samplesEvery, checkpointEvery } = options
    const start = performance.now()
    const result = await pretrain(pipeline, {
      part,
      data,
      out,
      seed,
      init,
      samplesEvery,
      checkpointEvery: Math.max(1, checkpointEvery),
      signal,
      onStep: showStep(output),
      onSample: ({ step, path }) =>
        output.json
          ? output.result('', { event: 'sample', step, path })
          : output.note(`samples at step ${step}: ${path}`),
      ...{ steps, batch, learningRate: rate },
    })
    const seconds = (performance.now() - start) / 1000
    const what = result.trained ? `wrote ${out} (${duration(seconds)})` : `${out} holds this training, finished`
    output.result(what, { event: 'base', path: out, part, seconds, ...result })
  })
}
