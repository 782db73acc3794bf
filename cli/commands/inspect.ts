/** `semblance inspect`: what a model folder or a safetensors file is. */
import { readdir, stat } from 'node:fs/promises'
import { Argument, Command, Option } from 'commander'
import { assertReadable, describeAdapter } from '../../adapters-store/index.ts'
import { detect, isDelta, openBase, openSafetensors, readManifest, type SafetensorsFile } from '../../engine/index.ts'
import { factLines } from '../facts.ts'
import { createOutput } from '../output.ts'
import { reads } from '../paths.ts'

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show what a model folder, an adapter or a safetensors file holds')
    .addArgument(
      reads(
        new Argument('<path>', 'a model folder in diffusers layout, a .safetensors file, or the folder of an adapter'),
      ),
    )
    .addOption(
      reads(new Option('--base <folder>', 'the base an adapter is for; default: tries Stable Diffusion 1, 2 and XL')),
    )
    .option('--json', 'one JSON object on standard output')
    .action(runInspect)
}

interface InspectOptions {
  readonly base?: string
  readonly json?: boolean
}

async function runInspect(path: string, options: InspectOptions): Promise<void> {
  const kind = await stat(path)
  const facts =
    kind.isDirectory() && (await isModel(path))
      ? await inspectFolder(path)
      : await inspectFile(path, kind.isDirectory(), options.base)
  createOutput(options.json ?? false).result(factLines(facts).join('\n'), { event: 'inspected', ...facts })
