/** Checks the path of a result before hours of work go into it. */
import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../errors.ts'

/** @throws AppError STORAGE_FAILED unless a file can be written at `out`: its folder exists, and it is not a folder itself. */
export async function assertWritable(out: string): Promise<void> {
  const path = resolve(out)
  const folder = dirname(path)
  const [parent, present] = await Promise.all([folder, path].map(one => stat(one).catch(() => undefined)))
  const fail = (message: string, next: string) => new AppError('STORAGE_FAILED', message, next)
  if (!parent) throw fail(`the folder ${folder} of --out does not exist`, 'Create it first.')
  if (!parent.isDirectory()) throw fail(`${folder} in --out is not a folder`, 'Name another path.')
  if (present?.isDirectory()) throw fail(`${path} is a folder`, 'Give --out the name of a file.')
  await access(folder, constants.W_OK).catch(() => {
    throw fail(`the folder ${folder} of --out is read-only`, 'Write to another folder.')
  })
}
