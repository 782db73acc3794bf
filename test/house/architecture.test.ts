import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const SKIPPED = new Set(['node_modules', 'generated', '.git', 'data', 'out', 'models', 'fixtures', 'coverage'])
const MAX_LINES = 500

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    if (SKIPPED.has(name) || name.startsWith('.')) return []
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sources(path)
    return /\.(ts|tsx|mjs)$/.test(name) ? [path] : []
  })
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)|new URL\(['"](\.[^'"]+\.ts)['"]/g

interface Module {
  readonly path: string
  readonly text: string
  /** Project files, relative to the root. */
  readonly files: readonly string[]
  readonly packages: readonly string[]
}

function readModule(path: string): Module {
  const text = readFileSync(path, 'utf8')
  const found = [...text.matchAll(IMPORT)].map(match => match[1] ?? match[2] ?? match[3] ?? '')
  const local = found.filter(name => name.startsWith('.'))
  return {
    path: relative(ROOT, path),
    text,
    files: local.map(name => relative(ROOT, resolve(dirname(path), name))),
    packages: found.filter(name => !name.startsWith('.')),
  }
}

const modules = sources(ROOT).map(readModule)
const inside = (folder: string) => (path: string) => path === folder || path.startsWith(`${folder}/`)
const within = (folder: string) => modules.filter(module => inside(folder)(module.path))

const WORKER_DOORS = [
  ...['workers/index.ts', 'queue/index.ts', 'adapters-store/index.ts', 'engine/index.ts', 'engine/descriptors.ts'],
  ...['files', 'config.ts', 'errors.ts', 'log.ts'],
]

/** Who may import what, as path prefixes; a room not listed is not restricted. */
const ROOMS: Record<string, readonly string[]> = {
  files: ['files', 'errors.ts'],
  'engine/io': ['engine/io', 'files', 'errors.ts'],
  'engine/graph': ['engine/graph', 'engine/io', 'errors.ts'],
  'engine/runtime': ['engine/runtime', 'engine/io', 'engine/graph', 'errors.ts'],
  'engine/nets': ['engine/nets', 'engine/graph', 'errors.ts'],
  'engine/families': ['engine/families', 'engine/nets', 'engine/graph', 'errors.ts'],
  'engine/schedulers': ['engine/schedulers', 'engine/noise.ts', 'errors.ts'],
  'engine/optim': ['engine/optim', 'engine/graph', 'engine/runtime/layout.ts', 'errors.ts'],
  engine: ['engine', 'files', 'errors.ts'],
  'adapters-store': ['adapters-store', 'files', 'engine/descriptors.ts', 'errors.ts'],
  queue: ['queue', 'errors.ts', 'log.ts'],
  prisma: ['prisma', 'files', 'errors.ts', 'log.ts'],
  api: [
    ...['api', 'prisma/index.ts', 'queue/index.ts', 'adapters-store/index.ts', 'engine/descriptors.ts'],
    ...['files', 'errors.ts', 'log.ts'],
  ],
  'api/photos': ['api/photos', 'engine/descriptors.ts', 'errors.ts'],
  workers: ['workers', 'queue/index.ts', 'adapters-store/index.ts', 'errors.ts', 'log.ts'],
  trainer: ['trainer', ...WORKER_DOORS],
  inference: ['inference', ...WORKER_DOORS],
  client: ['client', 'files', 'errors.ts'],
  cli: ['cli', 'client', 'files', 'engine/index.ts', 'adapters-store/index.ts', 'errors.ts'],
  start: ['start', 'cli', 'client', 'api/index.ts', 'prisma/index.ts', ...WORKER_DOORS],
}

describe('rooms import only what the design allows', () => {
  test.each(Object.entries(ROOMS))('%s', (room, allowed) => {
    const wrong = within(room).flatMap(({ path, files }) =>
      files.filter(file => !allowed.some(prefix => inside(prefix)(file))).map(file => `${path} -> ${file}`),
    )
    expect(wrong).toEqual([])
  })
  test('only the device process imports the ML runtime', () => {
    const users = modules.filter(
      ({ packages, path }) => packages.includes('onnxruntime-node') && !path.startsWith('test/'),
    )
    const valued = users.filter(({ text }) => !/import type [^\n]*'onnxruntime-node'/.test(text))
    expect(valued.map(({ path }) => path)).toEqual(['engine/runtime/session.ts'])
  })
  test('the API does not reach the ML runtime, not even through others', () => {
    const reached = new Set(within('api').map(({ path }) => path))
    for (const path of reached)
      for (const file of modules.find(one => one.path === path)?.files ?? []) reached.add(file)
    expect([...reached].filter(inside('engine/runtime'))).toEqual([])
  })
  test.each(['engine', 'prisma', 'queue', 'adapters-store', 'api', 'workers', 'trainer', 'inference'])(
    '%s reads no environment',
    room => {
      const readers = within(room).filter(({ text }) => text.includes('process.env'))
      expect(readers.map(({ path }) => path)).toEqual([])
    },
  )
})

describe('sizes and shape', () => {
  test(`no file has more than ${MAX_LINES} lines`, () => {
    const long = modules.filter(({ text }) => text.split('\n').length > MAX_LINES)
    expect(long.map(({ path }) => path)).toEqual([])
  })
  test('the reverse walk stays within 200 lines', () => {
    const walk = modules.find(({ path }) => path === 'engine/graph/grad.ts')
    expect(walk?.text.split('\n').length).toBeLessThanOrEqual(200)
  })
  test('every source file opens with a sentence on its job', () => {
    const bare = modules.filter(
      ({ path, text }) => !/^(#!|\/\*\*|\/\/)/.test(text) && !path.startsWith('test/') && !path.endsWith('.config.ts'),
    )
    expect(bare.map(({ path }) => path)).toEqual([])
  })
  test('the engine has no import cycles but those of the gradient rules', () => {
    // An op's gradient is written with other ops, so the op files may import each other: functions only, used late.
    const graph = new Map(
      within('engine').map(({ path, files }) => [path, files.filter(file => !inside('engine/graph/ops')(file))]),
    )
    expect(findCycles(graph)).toEqual([])
  })
})

function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) return void cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}
