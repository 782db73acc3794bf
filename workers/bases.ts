/** The base models of a worker by name. Each is opened at first use and kept. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'

/** Folders by the name that jobs use. */
export type BaseFolders = Readonly<Record<string, string>>

/** A base is a folder of `modelsDir` with a model index; it has the folder's name. @throws AppError CONFIG_INVALID */
export async function findBases(modelsDir: string): Promise<BaseFolders> {
  const names = await readdir(modelsDir).catch(error => {
    throw new AppError(
      'CONFIG_INVALID',
      `${modelsDir} cannot be listed`,
      'Set MODELS_DIR to the folder of models.',
      error,
    )
  })
  const found: Record<string, string> = {}
  for (const name of names.sort()) {
    const folder = join(modelsDir, name)
    const isBase = await access(join(folder, 'model_index.json')).then(
      () => true,
      () => false,
    )
    if (isBase) found[name] = folder
  }
  return found
}

/** @throws AppError MODEL_NOT_FOUND for a name this worker doesn't serve; what `open` throws. */
export function namedBases<B>(
  folders: BaseFolders,
  open: (folder: string) => Promise<B>,
): (name: string) => Promise<B> {
  const opened = new Map<string, Promise<B>>()
  return name => {
    const folder = Object.hasOwn(folders, name) ? folders[name] : undefined
    if (folder === undefined) return Promise.reject(unknownBase(name, folders))
    const known = opened.get(name)
    if (known) return known
    const opening = open(folder)
    opened.set(name, opening)
    opening.catch(() => opened.delete(name))
    return opening
  }
}

function unknownBase(name: string, folders: BaseFolders): AppError {
  const known = Object.keys(folders).join(', ')
  return new AppError('MODEL_NOT_FOUND', `this worker has no base "${name}"`, `It serves ${known || 'none'}.`)
}
