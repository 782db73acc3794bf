/** Every path of every command, as the command table has them. */
import { chmodSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Argument, Command, Option } from 'commander'
import { describe, expect, test } from 'vitest'
import { assertFree, pathUse } from '../../../cli/paths.ts'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'
import { type Entry, leaves } from './table.ts'

const folder = await temporaryFolder()
const at = (...parts: string[]) => join(folder, ...parts)
await writeFile(at('there'), 'mine')

const isOption = (of: Argument | Option): of is Option => 'long' in of

/** Something for everything that must be given; `special` gets the path in question. */
function argsFor({ command, path }: Entry, special: Argument | Option, value: string): string[] {
  const plain = (of: Argument | Option) =>
    of.argChoices?.[0] ?? (pathUse(of)?.does === 'write' ? at('new') : at('there'))
  const places = command.registeredArguments.filter(one => one.required || one === special)
  const options = command.options.filter(one => one.mandatory || one === special)
  return [
    ...path,
    ...places.map(one => (one === special ? value : plain(one))),
    ...options.flatMap(one => [one.long ?? '', one === special ? value : plain(one)]),
    '--json',
  ]
}

const uses = (does: 'read' | 'write', what?: string) =>
  leaves().flatMap(entry =>
    [...entry.command.registeredArguments, ...entry.command.options]
      .filter(of => {
        const use = pathUse(of)
        return use?.does === does && (what === undefined || ('what' in use && use.what === what))
      })
      .map(of => [`${entry.path.join(' ')} ${isOption(of) ? of.long : of.name()}`, entry, of] as const),
  )

const errorOf = async (args: readonly string[]) => {
  const { code, stdout } = await callCli(args)
  return { exit: code, ...(jsonLines(stdout).at(-1)?.error as { code: string; message: string }) }
}

describe('a path that is missing ends every command with the same code', () => {
  test.each(uses('read'))('%s', async (_, entry, of) => {
    const missing = at('no', 'such')
    expect(await errorOf(argsFor(entry, of, missing))).toMatchObject({
      ...{ exit: 2, code: 'FILE_NOT_FOUND' },
      message: expect.stringContaining(missing),
    })
  })
})

describe('what is there is not written over', () => {
  const cases = [...uses('write', 'file'), ...uses('write', 'either')]
  test.each(cases)('%s', async (_, entry, of) => {
    expect(await errorOf(argsFor(entry, of, at('there')))).toMatchObject({
      ...{ exit: 11, code: 'FILE_EXISTS' },
      message: expect.stringContaining(at('there')),
    })
    expect(await readFile(at('there'), 'utf8')).toBe('mine')
    // With --force the same call comes as far as its other mistakes.
    const forced = await errorOf([...argsFor(entry, of, at('there')), '--force', '--server', 'nonsense'])
    expect(forced.code).not.toBe('FILE_EXISTS')
    expect(forced.message ?? '').not.toContain('--force')
  })

  test('numbered images, and the change of all weights, count by their own names', async () => {
    await writeFile(at('b-2.png'), '')
    await writeFile(at('me.delta.safetensors'), '')
    const draw = ['generate', '--prompt', 'x', '--count', '3', '--out', at('b.png'), '--json']
    expect(await errorOf(draw)).toMatchObject({ code: 'FILE_EXISTS', message: expect.stringContaining('b-2.png') })
    const train = ['train', '--images', folder, '--out', at('me.safetensors'), '--json']
    expect(await errorOf(train)).toMatchObject({ code: 'FILE_EXISTS', message: expect.stringContaining('delta') })
  })

  test('a device is no file, even with --force', async () => {
    await expect(assertFree(['/dev/null'], true)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })
})

describe('where a file can not be written', () => {
  const draw = (out: string) => errorOf(['generate', '--prompt', 'x', '--out', out, '--json'])
  test('a missing folder has the code of everything that is missing', async () => {
    expect(await draw(at('none', 'a.png'))).toMatchObject({ exit: 2, code: 'FILE_NOT_FOUND' })
  })
  test('a folder, and a file as folder', async () => {
    expect(await draw(folder)).toMatchObject({ exit: 7, code: 'STORAGE_FAILED' })
    expect(await draw(at('there', 'a.png'))).toMatchObject({ exit: 7, code: 'STORAGE_FAILED' })
  })
  test.skipIf(process.getuid?.() === 0)('a folder that is read-only', async () => {
    await mkdir(at('closed'))
    chmodSync(at('closed'), 0o500)
    expect(await draw(at('closed', 'a.png'))).toMatchObject({ exit: 7, code: 'STORAGE_FAILED' })
  })
})

test('the demo base is found from any folder', () => {
  const bases = leaves().flatMap(({ command }: { command: Command }) =>
    command.options.filter(({ long, defaultValue }) => long === '--base' && defaultValue !== undefined),
  )
  expect(bases.length).toBeGreaterThan(2)
  for (const { defaultValue } of bases)
    expect(defaultValue).toBe(join(import.meta.dirname, '../../../models/portraits'))
})
