/** `semblance inspect`: what a model folder or a safetensors file is. */
import { stat } from 'node:fs/promises'
import { Command } from 'commander'
import { openBase, openSafetensors, readManifest, type SafetensorsFile } from '../../engine/index.ts'
import { AppError } from '../../errors.ts'
import { createOutput } from '../output.ts'

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('tell what a model folder, an adapter or a safetensors file holds')
    .argument('<path>', 'a folder in diffusers layout or a .safetensors file')
    .option('--json', 'one JSON object on standard output')
    .action(runInspect)
}

async function runInspect(path: string, options: { json?: boolean }): Promise<void> {
  const kind = await stat(path).catch(() => undefined)
  if (!kind)
    throw new AppError('INPUT_INVALID', `${path} does not exist`, 'Give a model folder or a .safetensors file.')
  const facts = kind.isDirectory() ? await inspectFolder(path) : await inspectFile(path)
  const lines = Object.entries(facts).map(
    ([key, value]) => `${key.padEnd(14)} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  )
  createOutput(options.json ?? false).result(lines.join('\n'), facts)
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

async function inspectFolder(path: string): Promise<Record<string, unknown>> {
  const base = await openBase(path)
  const count = (component: string) =>
    [...base.shapes].reduce((sum, [name, shape]) => sum + (name.startsWith(`${component}.`) ? product(shape) : 0), 0)
  return {
    kind: 'base model',
    family: base.family.name,
    size: `${base.size} px`,
    prediction: base.schedule.prediction,
    parameters: Object.fromEntries(base.family.components.map(component => [component, count(component)])),
    context: `${base.tokenizer.maxLength} tokens of ${base.configs.unet.contextWidth}`,
    adaptable: `${base.layers.linear.length} linear layers`,
    fingerprint: await base.fingerprint(),
  }
}

async function inspectFile(path: string): Promise<Record<string, unknown>> {
  const file = await openSafetensors(path)
  const tensors = [...file.tensors.values()]
  const facts = {
    tensors: tensors.length,
    parameters: tensors.reduce((sum, { shape }) => sum + product(shape), 0),
    dtypes: [...new Set(tensors.map(({ dtype }) => dtype))].join(', '),
  }
  return { ...(await describeFile(file)), ...facts }
}

async function describeFile(file: SafetensorsFile): Promise<Record<string, unknown>> {
  if (file.metadata.semblance !== undefined) {
    const { method, base, subject, scale, options, training, engine } = readManifest(file)
    return { kind: 'adapter', method, subject, base, scale, options, training, engine }
  }
  if (file.metadata.format?.startsWith('semblance-checkpoint'))
    return { kind: 'training checkpoint', step: file.metadata.step }
  return { kind: 'safetensors file', metadata: file.metadata }
}
