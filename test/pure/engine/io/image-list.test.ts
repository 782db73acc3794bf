/** A folder of photos as people have them: captions of every trade, other files, other encodings. Nothing is dropped in silence. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listImages } from '../../../../engine/io/index.ts'
import type { Warning } from '../../../../warnings.ts'
import { temporaryFolder } from '../../../stage/temporary-folder.ts'

const CASES = join(import.meta.dirname, '../../../fixtures/cases')

async function folderOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await temporaryFolder()
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content)
  return folder
}

/** Captions by photo, and the warnings. */
async function list(folder: string) {
  const warnings: Warning[] = []
  const photos = await listImages(folder, warning => warnings.push(warning))
  return {
    captions: Object.fromEntries(photos.map(({ name, text }) => [name, text])),
    warnings: warnings.map(({ code, message }) => `${code} ${message.replace(folder, 'FOLDER')}`),
  }
}

const refusal = (message: RegExp) => ({ code: 'INPUT_INVALID', message: expect.stringMatching(message) })

describe('captions', () => {
  const captions = { 'a.png': 'a photo of sks person on a beach', 'b.png': 'a photo of sks person in the snow' }
  test.each(['jsonl', 'bom', 'crlf', 'csv', 'txt', 'utf16'])(
    '%s are read whole, with nothing to warn of',
    async name => {
      expect(await list(join(CASES, '14-captions', name))).toEqual({ captions, warnings: [] })
    },
  )

  test('none is a way to train', async () => {
    const none = { 'a.png': undefined, 'b.png': undefined }
    expect(await list(join(CASES, '14-captions/none'))).toEqual({ captions: none, warnings: [] })
  })

  test('a name with accents is found however it is stored', async () => {
    const { captions } = await list(join(CASES, '14-captions/unicode-name'))
    expect(Object.values(captions).every(Boolean)).toBe(true)
    for (const form of ['NFC', 'NFD'] as const) {
      const line = JSON.stringify({ file_name: 'caf\u00e9.png'.normalize(form), text: 'x' })
      const folder = await folderOf({ ['caf\u00e9.png'.normalize('NFC')]: '', 'metadata.jsonl': line })
      expect(Object.values((await list(folder)).captions)).toEqual(['x'])
    }
  })

  test('a list without the column text is refused with the columns it has', async () => {
    await expect(list(join(CASES, '14-captions/prompt-key'))).rejects.toMatchObject(
      refusal(/line 1 lacks text; it has file_name, prompt/),
    )
  })

  test('of two captions of a photo the list counts, and the other is named', async () => {
    const line = '{"file_name":"a.png","text":"one"}'
    const { captions, warnings } = await list(await folderOf({ 'a.png': '', 'metadata.jsonl': line, 'a.txt': 'two' }))
    expect(captions).toEqual({ 'a.png': 'one' })
    expect(warnings).toEqual([
      'CAPTION_UNUSED a.png has a caption in metadata.jsonl and another one in a.txt, which is not used',
    ])
  })

  test('photos without a caption beside others are counted and named', async () => {
    const { warnings } = await list(await folderOf({ 'a.png': '', 'b.png': '', 'a.txt': 'x' }))
    expect(warnings).toEqual(['CAPTION_MISSING 1 of 2 photos have no caption: b.png; a plain one is used'])
  })

  test('the broken line is named', async () => {
    const jsonl = '{"file_name":"a.png","text":"x"}\n{oops'
    await expect(list(await folderOf({ 'a.png': '', 'metadata.jsonl': jsonl }))).rejects.toMatchObject(
      refusal(/line 2 is not valid JSON/),
    )
    const other = '{"file_name":"b.png","text":"x"}'
    await expect(list(await folderOf({ 'a.png': '', 'metadata.jsonl': other }))).rejects.toMatchObject(
      refusal(/line 1 names b\.png/),
    )
    const csv = 'file_name,text\na.png,"x\n'
    await expect(list(await folderOf({ 'a.png': '', 'metadata.csv': csv }))).rejects.toMatchObject(
      refusal(/metadata\.csv is not a CSV file/),
    )
  })

  test('an old code page is refused by line and byte', async () => {
    const bytes = Buffer.from('{"file_name":"a.png","text":"caf\u00e9"}', 'latin1')
    const folder = await folderOf({ 'a.png': '', 'metadata.jsonl': Buffer.concat([Buffer.from('\n'), bytes]) })
    await expect(list(folder)).rejects.toMatchObject(refusal(/is not UTF-8 text: line 2, byte 33 \(0xe9\)/))
  })

  const csv = 'file_name,text\na.png,x\n'
  test.each([
    ['a.txt', 'sks \u00e9 dog'],
    ['a.caption', 'sks dog'],
    ['metadata.csv', csv],
    ['metadata.jsonl', '{"file_name":"a.png","text":"x"}'],
  ])('UTF-16 without a byte order mark is refused, not read as letters between zeros: %s', async (file, text) => {
    const little = Buffer.from(text, 'utf16le')
    for (const [bytes, byte] of [
      [little, 2],
      [Buffer.from(little).swap16(), 1],
    ] as const) {
      const where = new RegExp(`${file} is not UTF-8 text: line 1, byte ${byte} is U\\+0000; it looks like UTF-16`)
      await expect(list(await folderOf({ 'a.png': '', [file]: bytes }))).rejects.toMatchObject({
        ...refusal(where),
        next: 'Save it as UTF-8.',
      })
      const marked = Buffer.concat([Buffer.from(byte === 2 ? [0xff, 0xfe] : [0xfe, 0xff]), bytes])
      const { captions } = await list(await folderOf({ 'a.png': '', [file]: marked }))
      expect(captions['a.png']).toMatch(/^(sks|x)/)
    }
  })

  test('U+0000 further down is named by its line', async () => {
    const folder = await folderOf({ 'a.png': '', 'a.txt': 'one\ntwo\0' })
    await expect(list(folder)).rejects.toMatchObject(refusal(/line 2, byte 4 is U\+0000/))
  })
})

describe('what else lies in the folder', () => {
  test('photos of other kinds are named with what to do', async () => {
    const { captions, warnings } = await list(join(CASES, '14-captions/mixed-formats'))
    expect(Object.keys(captions)).toEqual(['a.png', 'c.avif', 'd.jfif'])
    expect(warnings).toEqual([
      'PHOTO_SKIPPED left out of FOLDER: b.heic (not JPEG, PNG, WebP or AVIF: save them as JPEG to use them)',
    ])
  })

  test('sub-folders and stray files are named; hidden ones are not', async () => {
    const folder = await folderOf({ 'a.png': '', 'notes.md': '', '.DS_Store': '' })
    await mkdir(join(folder, 'more'))
    expect((await list(folder)).warnings).toEqual([
      'FILE_UNUSED left out of FOLDER: more (sub-folders are not read: name one of them, or move its photos)',
      'FILE_UNUSED left out of FOLDER: notes.md (neither photos nor captions of one)',
    ])
    await expect(list(join(CASES, '14-captions/subfolder'))).rejects.toMatchObject(
      refusal(/no photos: it holds metadata\.jsonl, train/),
    )
  })

  test('a folder without photos says what it holds', async () => {
    const folder = await folderOf({ 'x.heic': '', 'y.txt': '' })
    await expect(list(folder)).rejects.toMatchObject(refusal(/no photos: it holds x\.heic, y\.txt/))
    await expect(list(await folderOf({}))).rejects.toMatchObject(refusal(/no photos: it is empty/))
    await expect(list(join(folder, 'y.txt'))).rejects.toMatchObject(refusal(/is a file, not a folder/))
    await expect(list(join(folder, 'z'))).rejects.toMatchObject(refusal(/does not exist/))
  })
})
