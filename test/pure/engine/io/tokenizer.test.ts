import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTokenizer, loadTokenizer } from '../../../../engine/io/index.ts'

const fixture = join(import.meta.dirname, '../../../fixtures/tokenizer/sd1')
let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tokenizer-'))
})
afterAll(() => rm(scratch, { recursive: true }))

async function copyOf(name: string): Promise<string> {
  const folder = join(scratch, name)
  await cp(fixture, folder, { recursive: true })
  return folder
}

describe('encoding', () => {
  it('always gives maxLength ids and keeps the end token on a text that is too long', async () => {
    const tokenizer = await loadTokenizer(fixture)
    const ids = tokenizer.encode('portrait '.repeat(500))
    expect(ids).toHaveLength(77)
    expect([ids[0], ids[76]]).toEqual([tokenizer.bosId, tokenizer.eosId])
    expect(ids.slice(1, 76).includes(tokenizer.eosId)).toBe(false)
  })

  it('tells whether a text is exactly one token', async () => {
    const tokenizer = await loadTokenizer(fixture)
    expect(tokenizer.tokens('person')).toHaveLength(1)
    expect(tokenizer.tokens('zyzzyva').length).toBeGreaterThan(1)
    expect(tokenizer.tokens(' ')).toEqual([])
  })

  it('takes text with lone surrogates as the replacement character', async () => {
    const tokenizer = await loadTokenizer(fixture)
    expect(tokenizer.tokens('a \ud800 b')).toEqual(tokenizer.tokens('a \ufffd b'))
  })

  it('encodes a word of 20,000 letters within seconds', async () => {
    const tokenizer = await loadTokenizer(fixture)
    const start = performance.now()
    expect(tokenizer.tokens('portrait'.repeat(2500)).length).toBeGreaterThan(2000)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('placeholders', () => {
  it('are matched whole, longest first, when added to the specification', async () => {
    const { spec } = await loadTokenizer(fixture)
    const next = spec.vocab.size
    const added = [
      { content: '<me>', id: next, normalized: false },
      { content: '<me>_1', id: next + 1, normalized: false },
    ]
    const tokenizer = buildTokenizer({ ...spec, added: [...spec.added, ...added] })
    const [a] = tokenizer.tokens('a')
    expect(tokenizer.tokens('a <me><me>_1 a')).toEqual([a, next, next + 1, a])
    expect(buildTokenizer(spec).tokens('<me>')).not.toContain(next)
  })
})

describe('a broken folder', () => {
  it('without vocabulary is refused by name', async () => {
    await expect(loadTokenizer(join(scratch, 'nowhere'))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('nowhere is not a tokenizer'),
    })
  })

  it('whose merges are of another vocabulary is refused with the token', async () => {
    const folder = await copyOf('merges')
    const merges = await readFile(join(folder, 'merges.txt'), 'utf8')
    await writeFile(join(folder, 'merges.txt'), `${merges}q qx\n`)
    await expect(loadTokenizer(folder)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('merge 321 (q qx)'),
    })
  })

  it('whose vocabulary lacks a special token is refused with the token', async () => {
    const folder = await copyOf('special')
    const vocab = JSON.parse(await readFile(join(folder, 'vocab.json'), 'utf8'))
    delete vocab['<|startoftext|>']
    await writeFile(join(folder, 'vocab.json'), JSON.stringify(vocab))
    await expect(loadTokenizer(folder)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/startoftext/),
    })
  })

  it('whose vocabulary is cut off is refused by file', async () => {
    const folder = await copyOf('cut')
    await writeFile(join(folder, 'vocab.json'), '{"a": 1, ')
    await expect(loadTokenizer(folder)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/vocab\.json/),
    })
  })
})
