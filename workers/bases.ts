/** The base models of a worker by name, each opened at first use and kept. */
import { AppError } from '../errors.ts'

/** Folders by the name that jobs use. */
export type BaseFolders = Readonly<Record<string, string>>

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
