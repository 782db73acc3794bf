/**
 * The two folders of the files driver, `blobs` and `staging`. They are made once; one that is missing later is a disk that is not
 * there, and must be told from a blob that is not there. On an empty mount point nothing is ever made anew.
 */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../errors.ts'
import { storageError } from '../../files/atomic.ts'
import { systemCode } from '../../files/json.ts'
import { requireTenantId } from '../names.ts'
import { makeFolders } from './whole-file.ts'

export const AREAS = ['blobs', 'staging'] as const
type Area = (typeof AREAS)[number]

export interface Areas {
  /** The folder of an area, or of a tenant in it. @throws AppError STORAGE_FAILED when the areas can't be made */
  folder(area: Area, tenantId?: string): Promise<string>
}

/** Whoever does not create leaves that to the process that serves clients. */
export function openAreas(root: string, creates: boolean): Areas {
  let made: Promise<void> | undefined
  const make = async () => {
    for (const area of AREAS) await makeFolders(join(root, area))
  }
  const makeOnce = (): Promise<void> => {
    made ??= make().catch(error => {
      made = undefined
      throw error
    })
    return made
  }
  return {
    async folder(area, tenantId) {
      const folder = tenantId === undefined ? join(root, area) : join(root, area, requireTenantId(tenantId))
      if (creates) await makeOnce()
      return folder
    },
  }
}

/** @throws AppError STORAGE_FAILED */
export async function assertArea(area: string): Promise<void> {
  const found = await stat(area).catch(error => {
    if (isMissing(error)) return undefined
    throw storageError(area, error)
  })
  if (found?.isDirectory()) return
  throw new AppError(
    'STORAGE_FAILED',
    `the store's folder ${area} is missing`,
    'Check that its disk is mounted, or restore it from a backup; an empty folder of this name starts an empty store.',
  )
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error))

/** What `work` gives; undefined when there is nothing at `path`, which lies in the area or is a tenant's folder in it. */
export async function ifPresent<T>(area: string, path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!isMissing(error)) throw storageError(path, error)
    await assertArea(area)
    return undefined
  }
}

/** As `ifPresent` for a tenant's folder. */
export const ifPresentOf = <T>(tenantFolder: string, work: () => Promise<T>): Promise<T | undefined> =>
  ifPresent(dirname(tenantFolder), tenantFolder, work)
