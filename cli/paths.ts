/**
 * The paths that commands read and write. Each option or argument that is a path says which, here; one check before any command
 * refuses what is missing and what would be written over.
 */
import { access, constants, readdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Argument, Command, Option } from 'commander'
import { AppError } from '../errors.ts'
import { chooseTarget, HERE } from './commands/run-target.ts'

type Values = Readonly<Record<string, unknown>>

/** `file`: one file, or those that `files` names. `either`: a file or a new folder. `folder`: the command itself wants it new. `into`: a folder
 * that takes more files, which the command checks with `assertFree`. */
type Written = 'file' | 'either' | 'folder' | 'into'

export type PathUse =
  | { readonly does: 'read'; readonly hereOnly: boolean }
  | {
      readonly does: 'write'
      readonly what: Written
      readonly files: (path: string, values: Values) => readonly string[]
    }

const USES = new WeakMap<Argument | Option, PathUse>()

export const pathUse = (of: Argument | Option): PathUse | undefined => USES.get(of)

function mark<T extends Argument | Option>(of: T, use: PathUse): T {
  USES.set(of, use)
  return of
}

/** It must exist. `hereOnly`: on a service the option is no path. */
export const reads = <T extends Argument | Option>(of: T, { hereOnly = false } = {}): T =>
  mark(of, { does: 'read', hereOnly })

/** It must not exist, unless `--force` is given, which every command with such an option has. */
export const writes = <T extends Argument | Option>(
  of: T,
  what: Written,
  files: (path: string, values: Values) => readonly string[] = path => [path],
): T => mark(of, { does: 'write', what, files })

export const writesFiles = (command: Command): boolean =>
  command.options.some(option => {
    const use = pathUse(option)
    return use?.does === 'write' && use.what !== 'folder'
  })

/** Checks every path of a command before it does anything. @throws AppError FILE_NOT_FOUND, FILE_EXISTS, STORAGE_FAILED */
export async function checkPaths(command: Command): Promise<void> {
  const onService = chooseTarget(command) === 'service'
  const values = command.opts()
  for (const { of, name, given } of pathsOf(command, values)) {
    const use = pathUse(of)
    if (use?.does === 'read') {
      const skipped = onService && (use.hereOnly || ('helpGroupHeading' in of && of.helpGroupHeading === HERE))
      if (!skipped) await assertThere(given, 'long' in of ? `${name} ` : '')
    } else if (use) await assertWritable(use.what, use.files(given, values), name, values.force === true)
  }
}

function pathsOf(command: Command, values: Values) {
  const options = command.options.map(of => ({ of, name: of.long ?? '', given: values[of.attributeName()] }))
  const places = command.registeredArguments.map((of, i) => ({ of, name: of.name(), given: command.processedArgs[i] }))
  return [...places, ...options].flatMap(({ of, name, given }) =>
    typeof given === 'string' ? [{ of, name, given }] : [],
  )
}

const kindOf = (path: string) => stat(path).catch(() => undefined)

async function assertThere(path: string, name: string): Promise<void> {
  try {
    await stat(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // What is there and can't be read is told by whoever reads it.
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('FILE_NOT_FOUND', `${name}${path} does not exist`, 'Check the path.')
  }
}

async function assertWritable(what: Written, paths: readonly string[], name: string, force: boolean): Promise<void> {
  if (what === 'folder' || what === 'into') return
  for (const path of paths) {
    const present = await kindOf(resolve(path))
    if (what === 'either' && present?.isDirectory()) {
      const names = await readdir(path)
      if (names.length > 0 && !force)
        throw exists(`${path} (${name}) is not empty: it holds ${names.slice(0, 5).join(', ')}`)
    } else if (present?.isDirectory()) {
      throw new AppError('STORAGE_FAILED', `${resolve(path)} is a folder`, `Give ${name} the name of a file.`)
    } else await assertFolder(dirname(resolve(path)), name, what === 'either')
  }
  await assertFree(what === 'either' ? await onlyFiles(paths) : paths, force)
}

async function onlyFiles(paths: readonly string[]): Promise<string[]> {
  const kinds = await Promise.all(paths.map(kindOf))
  return paths.filter((_, i) => !kinds[i]?.isDirectory())
}

/** @throws AppError FILE_NOT_FOUND, unless it will be `made`; STORAGE_FAILED */
async function assertFolder(folder: string, name: string, made: boolean): Promise<void> {
  const parent = await kindOf(folder)
  if (!parent && made) return
  if (!parent)
    throw new AppError('FILE_NOT_FOUND', `the folder ${folder} of ${name} does not exist`, 'Create it first.')
  if (!parent.isDirectory())
    throw new AppError('STORAGE_FAILED', `${folder} in ${name} is not a folder`, 'Name another path.')
  await access(folder, constants.W_OK).catch(() => {
    throw new AppError('STORAGE_FAILED', `the folder ${folder} of ${name} is read-only`, 'Write to another folder.')
  })
}

/** Before files are written. @throws AppError FILE_EXISTS naming those that are there; STORAGE_FAILED for devices and pipes */
export async function assertFree(paths: readonly string[], force: boolean): Promise<void> {
  const kinds = await Promise.all(paths.map(kindOf))
  const there = paths.filter((_, i) => kinds[i])
  const odd = there.find(path => !kinds[paths.indexOf(path)]?.isFile())
  if (odd !== undefined) throw new AppError('STORAGE_FAILED', `${odd} is not a file`, 'Name another path.')
  if (there.length > 0 && !force)
    throw exists(`${there.slice(0, 5).join(', ')} ${there.length > 1 ? 'exist' : 'exists'}`)
}

const exists = (message: string): AppError =>
  new AppError('FILE_EXISTS', message, 'Name another path, or give --force to write over it.')
