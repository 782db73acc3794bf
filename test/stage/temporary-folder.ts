/** A new folder, removed when the test file is done. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folders: string[] = []

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-test-'))
  folders.push(folder)
  return folder
}

afterAll(() => Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true, force: true }))))
