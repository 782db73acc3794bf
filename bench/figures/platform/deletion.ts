/** What is left of a subject anywhere after it was deleted through the API. */
import { findLeftAfterDeletion } from '../../../measures/platform/deleted-subject.ts'
import { countLosses } from './losses.ts'

export const deletion = countLosses('delete.left', 'traces', 1, async () => {
  const { before, blobs, cached, rows } = await findLeftAfterDeletion()
  const wrong = [...rows, ...blobs, ...cached.map(one => `cached ${one}`)]
  const found = `${before.rows} rows, ${before.blobs} files and ${before.cached} cached adapters before`
  return { count: wrong.length, n: before.rows + before.blobs + before.cached, wrong, note: found }
})
