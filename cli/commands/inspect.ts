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
}

/** Published model folders often hold the whole checkpoint in one more file beside the index. */
async function isModel(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return names.some(name => name === 'model_index.json') || !names.some(name => name.endsWith('.safetensors'))
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

const POOLED = {
  end: 'text is pooled at its end token',
  transformers: 'text is pooled as transformers does (semblance.json)',
} as const

async function inspectFolder(path: string): Promise<Record<string, unknown>> {
  const { base, architecture, components } = await detect(path)
  const layers = base.layers.adaptable
  const convolutions = layers.filter(({ kernel }) => kernel).length
  return {
    kind: 'base model',
    folder: base.folder,
    family: base.family.name,
    architecture,
    size: `${base.size} px`,
    prediction: base.schedule.prediction,
    ...(base.notes.length > 0 && { notes: base.notes }),
    components,
    ...(base.conditioningShapes.pooled && { pooled: POOLED[base.options.pooledText] }),
    context: `${base.tokenizer.maxLength} tokens of ${base.configs.unet.contextWidth}`,
    adaptable: `${layers.length - convolutions} linear layers, ${convolutions} convolutions`,
    fingerprint: await base.fingerprint(),
  }
}

async function inspectFile(path: string, folder: boolean, baseFolder?: string): Promise<Record<string, unknown>> {
  const base = baseFolder === undefined ? undefined : await openBase(baseFolder)
  if (folder) return (await describeAdapter(path, base)) ?? { kind: 'folder without a model or an adapter' }
  await assertReadable(path)
  const file = await openSafetensors(path)
  const adapter = isDelta(file) ? describeDelta(file) : await describeAdapter(path, base)
  const tensors = [...file.tensors.values()]
  return {
    ...(adapter ?? describeFile(file)),
    tensors: tensors.length,
    parameters: tensors.reduce((sum, { shape }) => sum + product(shape), 0),
    dtypes: [...new Set(tensors.map(({ dtype }) => dtype))].join(', '),
  }
}

function describeDelta(file: SafetensorsFile): Record<string, unknown> {
  const { method, subject, base } = readManifest(file)
  const next = 'semblance merge writes a base with it; to draw, use the adapter beside it'
  return { kind: 'change of all weights (delta)', method, subject, base, next }
}

function describeFile({ metadata, tensors }: SafetensorsFile): Record<string, unknown> {
  if ([...tensors.keys()].some(name => name.startsWith('model.diffusion_model.')))
    return {
      kind: 'base model in one file, in its original layout',
      next: "not loaded directly: convert it to a folder with diffusers' from_single_file and save_pretrained",
    }
  if (metadata.format?.startsWith('semblance-checkpoint')) return { kind: 'training checkpoint', step: metadata.step }
  return { kind: 'safetensors file', metadata }
}
