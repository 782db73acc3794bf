/** `semblance merge`: a base with an adapter or a delta in its weights. */
import { Argument, Command, Option } from 'commander'
import { mergeAdapter, openBase } from '../../engine/index.ts'
import { createOutput } from '../output.ts'
import { reads, writes } from '../paths.ts'
import { addShared, real } from './options.ts'

interface MergeOptions {
  readonly base: string
  readonly out: string
  readonly scale: number
  readonly json?: boolean
}

export function mergeCommand(): Command {
  const command = new Command('merge')
    .description(
      'write a base with an adapter added to its weights, as a model folder that other programs can read; for a DreamBooth training use the .delta.safetensors, which is exact',
    )
    .addArgument(reads(new Argument('<path>', 'the adapter or the delta (.safetensors)')))
    .addOption(reads(new Option('--base <folder>', 'the base it was trained on').makeOptionMandatory()))
    .addOption(writes(new Option('--out <folder>', 'a new or empty folder').makeOptionMandatory(), 'folder'))
    .option('--scale <x>', 'how much of it is added', real, 1)
  return addShared(command).action(runMerge)
}

async function runMerge(path: string, options: MergeOptions): Promise<void> {
  const { out, scale } = options
  const { method, subject } = await mergeAdapter(await openBase(options.base), path, out, scale)
  createOutput(options.json ?? false).result(`wrote ${out}: "${subject}" (${method}) at ${scale}`, {
    event: 'merged',
    path: out,
    method,
    subject,
    scale,
  })
}
