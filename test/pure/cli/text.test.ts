import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTable } from '../../../cli/table.ts'
import { clip, textWidth, visible } from '../../../cli/text.ts'

describe('the width of text', () => {
  test.each([
    ['ada', 3],
    ['漢字', 4],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['한국어', 6],
    ['', 0],
  ])('%s takes %i columns', (text, width) => expect(textWidth(text)).toBe(width))

  test('clipped text is never wider than asked, and short text stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        const shown = clip(text, columns)
        expect(textWidth(shown)).toBeLessThanOrEqual(columns)
        if (textWidth(text) <= columns) expect(shown).toBe(text)
      }),
    )
  })
})

test('nothing that is printed steers the terminal', () => {
  expect(visible('\x1b[2Jgone\r\u202eevil\u0007')).toBe('\\x1b[2Jgone\\x0d\\x202eevil\\x07')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      expect(visible(text)).not.toMatch(/[^\P{Cc}\n\t]/u)
    }),
  )
})

describe('tables', () => {
  const table = [
    { head: 'NAME', of: ({ name }: { name: string }) => name, wide: true },
    { head: 'ID', of: () => '0193a5b2' },
  ]
  test('columns stand under each other, whatever the script', () => {
    expect(formatTable(table, [{ name: '漢字' }, { name: 'Ada' }]).split('\n')).toEqual([
      ...['NAME  ID', '漢字  0193a5b2', 'Ada   0193a5b2'],
    ])
  })
  test('fit the terminal: the wide columns give way, ids stay whole', () => {
    const lines = formatTable(table, [{ name: 'x'.repeat(200) }], 40).split('\n')
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(40)
    expect(lines[1]).toMatch(/^x+… {2}0193a5b2$/)
  })
  test('are whole where nobody has a terminal', () => {
    expect(formatTable(table, [{ name: 'x'.repeat(200) }])).toContain('x'.repeat(200))
  })
  test('a name of several lines stays in its row', () => {
    expect(formatTable(table, [{ name: 'a\nb' }]).split('\n')).toHaveLength(2)
  })
})
