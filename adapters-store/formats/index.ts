/** The registry of adapter file dialects: a new one is one file and one line here. */
import { open } from 'node:fs/promises'
import { type Adapter, type Base, type JsonObject, moduleName, openSafetensors } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import { diffusers } from './diffusers.ts'
import { type Format, type Imported, invalid, listed } from './format.ts'
import { SERVED } from './pairs.ts'
import { peft } from './peft.ts'
import { semblance } from './semblance.ts'
import { refuseUnsupported } from './unsupported.ts'

export type { Format, Imported } from './format.ts'

/** In the order in which files are tried. */
export const FORMATS: Readonly<Record<string, Format>> = { semblance, peft, diffusers }

/** @throws AppError INPUT_INVALID naming the known formats. */
export function findFormat(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format) return format
  const known = Object.keys(FORMATS).join(', ')
  throw new AppError('INPUT_INVALID', `unknown adapter format "${name}"`, `Choose one of ${known}.`)
}

/** Headers of adapters have some hundred kilobytes; a stranger's larger one would hold up everyone while it is parsed. */
const MAX_HEADER_BYTES = 16 * 2 ** 20

async function assertSmallHeader(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    const length = bytesRead === 8 ? buffer.readBigUInt64LE() : 0n
    if (length <= BigInt(MAX_HEADER_BYTES)) return
    throw invalid(`has a header of ${length} bytes; at most ${MAX_HEADER_BYTES} are read`, 'Check the file.')
  } finally {
    await file.close()
  }
}

/**
 * Reads a stranger's adapter, whatever dialect it has.
 * @param config adapter_config.json, where there is one.
 * @throws AppError FILE_INVALID when it is no safetensors file; ADAPTER_INVALID naming the kind or the tensors; ADAPTER_MISMATCH
 */
export async function readAdapter(
  path: string,
  base: Base,
  { config, ...imported }: Imported & { config?: JsonObject | undefined },
): Promise<{ adapter: Adapter; format: string }> {
  await assertSmallHeader(path)
  const weights = await openSafetensors(path)
  refuseUnsupported(weights)
  const source = { weights, ...(config ? { config } : {}) }
  const format = Object.values(FORMATS).find(one => one.matches(source))
  if (!format) {
    const known = Object.values(FORMATS).map(({ title }) => title)
    throw invalid(
      `has no dialect that is read; it has ${listed([...weights.tensors.keys()])}`,
      `Use ${known.join(', ')}.`,
    )
  }
  const adapter = await format.read(source, base, imported)
  assertServed(adapter)
  return { adapter, format: format.name }
}

function assertServed({ modules, tensors }: Adapter): void {
  const unserved = modules.filter(({ component }) => component !== SERVED).map(moduleName)
  if (unserved.length > 0)
    throw invalid(`changes layers to which none is applied: ${listed(unserved)}`, 'Use the UNet alone.')
  const broken = [...tensors].filter(([, values]) => !values.every(Number.isFinite)).map(([name]) => name)
  if (broken.length > 0) throw invalid(`has values that are no numbers in ${listed(broken)}`, 'Train it again.')
}

/** Writes an adapter into a folder and returns the names of its files. @throws AppError INPUT_INVALID, STORAGE_FAILED */
export function writeAdapter(adapter: Adapter, format: string, base: Base, folder: string): Promise<string[]> {
  return findFormat(format).write(adapter, base, folder)
}
