import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSecrets } from '../../../start/secrets.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-secrets-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('secrets are made once, the same for all who ask at once, and for their owner alone', async () => {
  const dataDir = join(folder, 'data')
  const all = await Promise.all(Array.from({ length: 8 }, () => openSecrets(dataDir)))
  expect(new Set(all.map(secrets => JSON.stringify(secrets))).size).toBe(1)
  expect(await openSecrets(dataDir)).toEqual(all[0])
  expect(Buffer.from(all[0]!.signingKey, 'base64')).toHaveLength(32)
  expect(await readdir(dataDir)).toEqual(['secrets.json'])
  expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600)
})

test('damaged secrets are not replaced', async () => {
  await writeFile(join(folder, 'secrets.json'), '{"signingKey":')
  await expect(openSecrets(folder)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})
