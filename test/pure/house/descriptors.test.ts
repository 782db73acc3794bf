import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import * as descriptors from '../../../engine/descriptors.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** Imports a module in a process of its own and prints the address of everything that was loaded with it. */
const RECORD = `
  const { registerHooks } = await import('node:module')
  const loaded = []
  registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
  await import(process.argv[1])
  const { readFileSync, existsSync } = await import('node:fs')
  const maps = existsSync('/proc/self/maps') ? readFileSync('/proc/self/maps', 'latin1') : ''
  console.log(JSON.stringify({ loaded, native: [...new Set(maps.match(/\\/\\S*onnxruntime\\S*/g) ?? [])] }))
`

async function loadedBy(path: string): Promise<{ loaded: string[]; native: string[] }> {
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', RECORD, join(ROOT, path)]
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as {
    loaded: string[]
    native: string[]
  }
}

describe('the descriptor door', () => {
  test.each(['engine/descriptors.ts', 'adapters-store/index.ts'])('%s never loads the ML runtime', async path => {
    const { loaded, native } = await loadedBy(path)
    expect(loaded.some(url => url.endsWith(path))).toBe(true)
    expect(loaded.filter(url => /onnx|engine\/(runtime|index)/.test(url))).toEqual([])
    expect(native).toEqual([])
  })
  test('the check would see it: the other door leads to the device', async () => {
    const { loaded } = await loadedBy('engine/index.ts')
    expect(loaded.filter(url => url.includes('/engine/runtime/'))).not.toEqual([])
  })
  test('lists every method with its options', () => {
    expect(Object.keys(descriptors.METHODS)).toContain('lora')
    for (const method of Object.values(descriptors.METHODS)) expect(method.options.safeParse({}).success).toBe(true)
  })
})
