/** The folder of a pre-training: which training owns it, and what it keeps to resume from. */
import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { appendBytes, writeAtomically } from '../../files/atomic.ts'
import { readJsonIfPresent } from '../../files/json.ts'
import { assertApart, makeEmptyFolder } from '../base/folder.ts'

/** Where a run keeps what it needs to go on. */
const RECORD = 'pretrain.json'
export const CHECKPOINT = 'checkpoint.safetensors'

/**
 * Makes `out` the folder of one training. An empty or new folder is taken, one of the same training is continued.
 * @returns whether the training was finished before.
 * @throws AppError INPUT_INVALID for a folder in use; STORAGE_FAILED.
 */
export async function claimFolder(out: string, inputs: Readonly<Record<string, string>>, identity: string) {
  await assertApart(out, inputs)
  const record = await readJsonIfPresent(join(out, RECORD))
  if (record?.identity === identity) return record.finished === true
  if (record) {
    const message = `${out} holds a pre-training with other settings, data or base`
    throw new AppError('INPUT_INVALID', message, 'Repeat its settings to go on, or name another folder for --out.')
  }
  await makeEmptyFolder(out)
  await writeRecord(out, { identity, finished: false })
  return false
}

export async function writeRecord(out: string, record: Record<string, unknown>): Promise<void> {
  const data = new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`)
  await writeAtomically(join(out, RECORD), file => appendBytes(file, data))
}
