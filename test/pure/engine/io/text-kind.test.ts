/** A text where weights or a model should be is called one. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openModelFolder, openSafetensors } from '../../../../engine/io/index.ts'
import { temporaryFolder } from '../../../stage/temporary-folder.ts'

const write = async (content: string | Uint8Array) => {
  const path = join(await temporaryFolder(), 'lora.safetensors')
  await writeFile(path, content)
  return path
}

test.each([
  ['a photo of my cat\n', 'is a text file'],
  ['hi', 'is a text file'],
  [`Ein Bild von ${'ä'.repeat(300)}`, 'is a text file'],
  ['version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n', 'is a pointer of Git LFS'],
  ['\n<!DOCTYPE html><html></html>', 'is a web page'],
])('%j', async (content, what) => {
  const path = await write(content)
  await expect(openSafetensors(path)).rejects.toMatchObject({
    code: 'FILE_INVALID',
    message: expect.stringContaining(`${what}, not safetensors`),
  })
  await expect(openModelFolder(path)).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringContaining(`${what}, not a model folder`),
  })
})

test('bytes that are no text are told by the rule they break', async () => {
  const broken = expect(openSafetensors(await write(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 1, 0, 3)))).rejects
  await broken.toMatchObject({ message: expect.stringContaining('says its header has') })
})
