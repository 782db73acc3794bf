/** The tokenizer against transformers' CLIPTokenizer (tools/goldens/tokenizer.py) on four folder layouts. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadTokenizer } from '../../../engine/io/index.ts'

type Golden = { pad: number; tokens: [string, number[]][]; encoded: [string, number[]][] }

const folder = join(import.meta.dirname, '../../fixtures/tokenizer')
const goldens: Record<string, Golden> = JSON.parse(readFileSync(join(folder, 'goldens.json'), 'utf8'))

describe.each(Object.entries(goldens))('the %s layout', (layout, golden) => {
  it(`gives the reference's ids for each of ${golden.tokens.length} texts`, async () => {
    const tokenizer = await loadTokenizer(join(folder, layout))
    for (const [text, ids] of golden.tokens) expect(tokenizer.tokens(text), JSON.stringify(text)).toEqual(ids)
  })

  it("frames, cuts and pads as the reference does, with the folder's own pad token", async () => {
    const tokenizer = await loadTokenizer(join(folder, layout))
    expect(tokenizer.padId).toBe(golden.pad)
    for (const [text, ids] of golden.encoded) {
      expect(Array.from(tokenizer.encode(text)), JSON.stringify(text)).toEqual(ids)
    }
  })
})
