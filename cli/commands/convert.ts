/** `semblance convert`: an adapter file in another program's dialect. */
import { Command, Option } from 'commander'
import { convertAdapter, FORMATS, PUBLISHED_FAMILIES, type PublishedFamily } from '../../adapters-store/index.ts'
import { openBase } from '../../engine/index.ts'
import { createOutput } from '../output.ts'
import { addShared } from './options.ts'

interface ConvertOptions {
  readonly to: string
  readonly out: string
  readonly base?: string
  readonly family?: PublishedFamily
  readonly subject?: string
  readonly json?: boolean
}

export function convertCommand(): Command {
  const command = new Command('convert')
    .description("write an adapter in another program's format: LoRA pairs or Textual Inversion embeddings")
    .argument('<path>', 'the .safetensors file, or the folder of an adapter that has several files')
    .addOption(new Option('--to <format>', 'the format to write').choices(Object.keys(FORMATS)).makeOptionMandatory())
    .requiredOption('--out <path>', 'a folder, or a .safetensors file if the format has a single file')
    .option('--base <folder>', 'the base it is for; default: the published model that the file says or fits')
    .addOption(
      new Option('--family <name>', 'the published model, where the file fits several')
        .choices(PUBLISHED_FAMILIES)
        .conflicts('base'),
    )
    .option('--subject <words>', 'the phrase that refers to the subject, if the file does not state it')
  return addShared(command).action(runConvert)
}

async function runConvert(path: string, options: ConvertOptions): Promise<void> {
  const { to, out, family, subject } = options
  const base = options.base === undefined ? undefined : await openBase(options.base)
  const { format, target, files } = await convertAdapter(path, { to, out, base, family, subject })
  createOutput(options.json ?? false).result(`${format} -> ${to} (${target.family}): ${files.join(', ')}`, {
    event: 'converted',
    from: format,
    to,
    family: target.family,
    files,
  })
}
