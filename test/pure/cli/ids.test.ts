import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abbreviates, isId, shortIds, shortPrefix, uuidOf } from '../../../client/ids.ts'
import { type Page, readAbbreviated, readFirst } from '../../../client/pages.ts'

const idOf = (type: string, digits: string): string => {
  const parts = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)]
  return Buffer.from(`${type}:${parts.join('-')}`).toString('base64url')
}
const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 })

describe('short ids', () => {
  test('are the only ones in their list, no longer than they must be, and lead back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(digits, { minLength: 1, maxLength: 30 }), uuids => {
        // As ids of version 7 made in one moment are: all begin alike.
        const ids = uuids.map((one, i) => idOf('Image', i % 2 ? one : `0193a5b2c4d1${one.slice(12)}`))
        const short = shortIds(ids)
        for (const id of ids) {
          const text = short.get(id) ?? ''
          expect(new Set(ids.filter(other => abbreviates(text, other)))).toEqual(new Set([id]))
          if (text.length > 8) {
            const alike = new Set(ids.filter(other => abbreviates(text.slice(0, -1), other)))
            expect(alike.size).toBeGreaterThan(1)
          }
        }
      }),
    )
  })

  test('are hexadecimal, with or without hyphens, from four digits on', () => {
    expect(shortPrefix('0193A5b2')).toBe('0193a5b2')
    expect(shortPrefix('0193a5b2-c4d1')).toBe('0193a5b2c4d1')
    for (const other of ['019', 'Ada', '', '-', 'a'.repeat(33)]) expect(shortPrefix(other)).toBeUndefined()
  })

  test('whole ids are told by their type, and their beginnings count once they say more than it', () => {
    const id = idOf('TrainingJob', '0193a5b2c4d17000800000000000000f')
    expect(isId(id, 'TrainingJob')).toBe(true)
    expect(isId(id, 'Generation')).toBe(false)
    expect(isId(id.slice(0, -6), 'TrainingJob')).toBe(false)
    expect(abbreviates(id.slice(0, 30), id)).toBe(true)
    expect(abbreviates(id.slice(0, 12), id)).toBe(false)
  })
})

test('a list is read only as far as a short id can be', async () => {
  const ids = Array.from({ length: 950 }, (_, i) =>
    idOf('Image', (0x0193a5b2_0000 - i).toString(16).padStart(12, '0').padEnd(32, '0')),
  )
  let pages = 0
  const read = async ({ first, after }: { first: number; after: string | null }): Promise<Page<{ id: string }>> => {
    pages++
    const from = Number(after ?? 0)
    const nodes = ids.slice(from, from + first).map(id => ({ id }))
    return { nodes, pageInfo: { hasNextPage: from + first < ids.length, endCursor: String(from + first) } }
  }
  const wanted = ids[120] ?? ''
  expect(await readAbbreviated(read, uuidOf(wanted).slice(0, 12))).toEqual([{ id: wanted }])
  expect(pages).toBe(2)
  expect(await readAbbreviated(read, 'ffffffff')).toEqual([])
  expect(await readFirst(read, 130)).toHaveLength(130)
})
