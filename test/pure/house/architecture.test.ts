import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inside, type Module, modules, ROOT, within } from './modules.ts'
import { allowedIn, describeRooms, ROOMS, roomOf } from './rooms.ts'

const MAX_LINES = 260
const MAX_TEST_LINES = 500

describe('rooms import only what the design allows', () => {
  test.each(Object.keys(ROOMS))('%s', room => {
    const own = modules.filter(({ path }) => roomOf(path) === room)
    expect(own.length, 'a room has files').toBeGreaterThan(0)
    const wrong = own.flatMap(({ path, files }) =>
      files.filter(file => !allowedIn(room).some(prefix => inside(prefix)(file))).map(file => `${path} -> ${file}`),
    )
    expect(wrong).toEqual([])
  })
  test('every source file has a room, lies at the root or is a test', () => {
    const homeless = modules.filter(({ path }) => path.includes('/') && !roomOf(path) && !/^(test|bin)\//.test(path))
    expect(homeless.map(({ path }) => path)).toEqual([])
  })
  test('nothing imports a test, and no test imports the bench', () => {
    const others = modules.filter(({ path }) => !inside('test')(path) && !path.startsWith('vitest.'))
    expect(pairs(others, inside('test'))).toEqual([])
    expect(pairs(within('test'), inside('bench'))).toEqual([])
  })
  test('CONTRIBUTING shows the map of the rooms as it is', () => {
    const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
    const block = /<!-- rooms -->\n([\s\S]*?)\n<!-- \/rooms -->/.exec(text)?.[1]
    expect(block, 'put this between the marks').toBe(`| room | job | may import |\n|---|---|---|\n${describeRooms()}`)
  })
})

describe('what is reached', () => {
  test('only the device process imports the ML runtime', () => {
    const users = modules.filter(
      ({ packages, path }) => packages.includes('onnxruntime-node') && !path.startsWith('test/'),
    )
    const valued = users.filter(({ text }) => !/import type [^\n]*'onnxruntime-node'/.test(text))
    expect(valued.map(({ path }) => path)).toEqual(['engine/runtime/session.ts'])
  })
  test('the API does not reach the ML runtime, not even through others', () => {
    expect([...reach(within('api'))].filter(inside('engine/runtime/device.ts'))).toEqual([])
    expect([...reach(within('api'))].filter(inside('engine/runtime/session.ts'))).toEqual([])
  })
  test.each([
    ...['engine', 'prisma', 'queue', 'adapters-store', 'files', 'client'],
    ...['api', 'workers', 'trainer', 'inference'],
  ])('%s reads no environment', room => {
    const readers = within(room).filter(({ text }) => text.includes('process.env'))
    expect(readers.map(({ path }) => path)).toEqual([])
  })
  test('there is no circle in the whole house', () => {
    // An op's gradient is written with other ops, so the op files may import each other: functions only, used late.
    const isOp = inside('engine/graph/ops')
    const graph = new Map(
      modules.map(({ path, files }) => [path, files.filter(file => !(isOp(path) && isOp(file)))] as const),
    )
    expect(findCircles(graph)).toEqual([])
  })
})

describe('sizes and shape', () => {
  test(`no file has more than ${MAX_LINES} lines, no test more than ${MAX_TEST_LINES}`, () => {
    const limit = (path: string) => (path.startsWith('test/') ? MAX_TEST_LINES : MAX_LINES)
    const long = modules.filter(({ path, text }) => text.trimEnd().split('\n').length > limit(path))
    expect(long.map(({ path }) => path)).toEqual([])
  })
  test('the engine has five files at its root at most', () => {
    const root = within('engine').filter(({ path }) => path.split('/').length === 2)
    expect(root.length).toBeLessThanOrEqual(5)
  })
  test('the reverse walk stays within 200 lines', () => {
    const walk = modules.find(({ path }) => path === 'engine/graph/grad.ts')
    expect(walk?.text.split('\n').length).toBeLessThanOrEqual(200)
  })
  test('every source file opens with a sentence on its job', () => {
    const bare = modules.filter(
      ({ path, text }) => !/^(#!|\/\*\*|\/\/)/.test(text) && !path.endsWith('.test.ts') && !path.endsWith('.config.ts'),
    )
    expect(bare.map(({ path }) => path)).toEqual([])
  })
  test('what is imported is there', () => {
    const missing = modules.flatMap(({ path, files }) =>
      files
        .filter(file => !existsSync(join(ROOT, file)) && !file.includes('generated'))
        .map(file => `${path} -> ${file}`),
    )
    expect(missing).toEqual([])
  })
})

const pairs = (of: readonly Module[], wrong: (path: string) => boolean): string[] =>
  of.flatMap(({ path, files }) => files.filter(wrong).map(file => `${path} -> ${file}`))

/** Files that are loaded when these are. */
function reach(start: readonly Module[]): Set<string> {
  const byPath = new Map(modules.map(one => [one.path, one]))
  const reached = new Set(start.map(({ path }) => path))
  for (const path of reached) for (const file of byPath.get(path)?.loaded ?? []) reached.add(file)
  return reached
}

function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return circles
}
