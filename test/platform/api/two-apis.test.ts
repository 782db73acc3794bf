import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { type ApiChild, startApiChild } from '../../../measures/stage/api-child.ts'
import { newSubject, photo, sendPhotos } from '../../../measures/stage/journey.ts'
import { type OwnEnvironment, openOwnEnvironment } from '../../../measures/stage/own-environment.ts'
import { type Account, openAccount } from '../../../measures/stage/running-service.ts'
import { mutate, type Service } from '../../../measures/stage/service.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 })

let environment: OwnEnvironment
const apis: ApiChild[] = []
let account: Account

beforeAll(async () => {
  environment = await openOwnEnvironment()
  for (let i = 0; i < 2; i++) apis.push(await startApiChild(environment))
  account = await openAccount(service(0))
})
afterAll(async () => {
  for (const api of apis) await api.kill()
  await environment?.close()
})

const service = (i: number) => ({ url: apis[i]?.url ?? '' }) as Service

const photosOf = (subjectId: string) =>
  environment.database.withTenant(account.tenantId, tx =>
    tx.photo.findMany({ where: { photoSet: { subjectId } }, orderBy: { position: 'asc' } }),
  )
const isStored = async (sha256: string | null) =>
  (await environment.store.stat(account.tenantId, sha256 ?? '')) !== undefined

/** Resolves when the blob is put once more. */
async function putAgain(sha256: string): Promise<void> {
  const path = join(environment.folder, 'blobs', account.tenantId, sha256)
  const { mtimeMs: before } = await stat(path)
  while ((await stat(path)).mtimeMs === before) await sleep(2)
}

test('a photo that one API stores while another deletes the subject that had it is there when it is named', async () => {
  const { who } = account
  const lost: string[] = []
  for (let round = 0; round < 3; round++) {
    const shared = await photo(900 + round)
    const [old, fresh] = [await newSubject(service(0), who), await newSubject(service(1), who)]
    const { photoSet } = await sendPhotos(service(0), who, old, [shared])
    const others = [await photo(910 + round), await photo(920 + round), await photo(930 + round)]
    // The shared photo is stored first and named when the others are checked, too.
    const [, deleted] = await Promise.all([
      sendPhotos(service(1), who, fresh, [shared, ...others]),
      putAgain(photoSet.photos[0].sha256).then(() =>
        mutate(service(0), who, 'deleteSubject', { subjectId: old }, 'receipt { id }'),
      ),
    ])
    expect(deleted.receipt.id).toBeTruthy()
    for (const { state, sha256 } of await photosOf(keyOf(fresh, 'Subject') ?? ''))
      if (state !== 'ACCEPTED' || !(await isStored(sha256))) lost.push(`round ${round}: ${state} ${sha256}`)
  }
  expect(lost).toEqual([])
})

test('one photo set completed through two APIs at once is complete once, with every photo accepted', async () => {
  const { who } = account
  const subjectId = await newSubject(service(0), who)
  const files = [await photo(941), await photo(942), await photo(943)]
  const input = {
    subjectId,
    files: files.map((bytes, i) => ({ fileName: `${i}`, contentType: 'image/jpeg', bytes: bytes.length })),
  }
  const selection = 'photoSet { id } uploads { form { url fields { name value } } }'
  const { photoSet, uploads } = await mutate(service(0), who, 'requestPhotoUploads', input, selection)
  for (const [i, { form }] of uploads.entries()) {
    const body = new FormData()
    for (const { name, value } of form.fields) body.append(name, value)
    body.append('file', new Blob([files[i] ?? new Uint8Array()]))
    await fetch(form.url, { method: 'POST', body })
  }
  const complete = (i: number) =>
    mutate(service(i), who, 'completePhotoUploads', { photoSetId: photoSet.id }, 'photoSet { hash } accepted rejected')
  const [one, other] = await Promise.all([complete(0), complete(1)])
  expect(one).toMatchObject({ accepted: 3, rejected: 0 })
  expect(other).toEqual(one)
})
