/** Opens the bases that adapter files are checked against: layers and sizes, no weights. */
import { join } from 'node:path'
import { type Base, openBase } from '../../engine/descriptors.ts'
import type { BaseModelRow } from '../rows.ts'

export type BaseOpener = (row: BaseModelRow) => Promise<Base>

/** Each base is opened once. */
export function createBaseOpener(modelsFolder: string): BaseOpener {
  const opened = new Map<string, Promise<Base>>()
  return row => {
    const known = opened.get(row.fingerprint)
    if (known) return known
    const opening = openBase(join(modelsFolder, row.folder))
    opened.set(row.fingerprint, opening)
    opening.catch(() => opened.delete(row.fingerprint))
    return opening
  }
}
