/** `semblance convert`: an adapter file in another program's dialect. */
import { Argument, Command, Option } from 'commander'
import { convertAdapter, FORMATS, PUBLISHED_FAMILIES, type PublishedFamily } from '../../adapters-store/index.ts'
import { openBase } from '../../engine/index.ts'
import { createOutput } from '../output.ts'
import { reads, writes } from '../paths.ts'
import { addShared, oneOf } from './options.ts'

interface ConvertOptions {
  readonly to: string
  readonly out: string
  readonly base?: string
  readonly family?: PublishedFamily
  readonly subject?: string
  readonly exact?: boolean
  readonly split?: boolean
  readonly json?: boolean
}

export function convertCommand(): Command {
  const command = new Command('convert')
    .description("write an adapter in another program's format: LoRA pairs or Textual Inversion embeddings")
    .addArgument(
      reads(new Argument('<path>', 'the .safetensors file, or the folder of an adapter that has several files')),
    )
    .addOption(oneOf('--to <format>', 'the format to write', Object.keys(FORMATS)).makeOptionMandatory())
    .addOption(
      writes(
        new Option(
          '--out <path>',
          'a new folder, or a .safetensors file if the format has a single file',
        ).makeOptionMandatory(),
        'either',
      ),
    )
    .addOption(
      reads(
        new Option('--base <folder>', 'the base it is for; default: the published model that the file says or fits'),
      ),
    )
    .addOption(
      oneOf('--family <name>', 'the published model, where the file fits several', PUBLISHED_FAMILIES).conflicts(
        'base',
      ),
    )
    .option('--exact', 'keep every alpha as it is, though some programs that read the format do not read each')
    .option('--split', 'write the words that were learned with the pairs as files of their own')
    .option('--subject <words>', 'the phrase that refers to the subject, if the file does not state it')
  return addShared(command).action(runConvert)
}

async function runConvert(path: string, options: ConvertOptions): Promise<void> {
  const { to, out, family, subject, exact, split } = options
  const output = createOutput(options.json ?? false)
  const base = options.base === undefined ? undefined : await openBase(options.base)
  const { format, target, files } = await convertAdapter(path, {
    ...{ to, out, base, family, subject, exact, split },
    onWarning: output.warn,
  })
  output.result(`${format} -> ${to} (${target.family}): ${files.join(', ')}`, {
    event: 'converted',
    from: format,
    to,
    family: target.family,
    files,
  })
}
