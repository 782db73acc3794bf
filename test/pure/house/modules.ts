/** The source files of the house and what each imports, read from their text. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../../..')
const SKIPPED = new Set(['node_modules', 'generated', 'data', 'out', 'models', 'fixtures', 'coverage'])

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|(?:^|\n)import\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)|new URL\(['"](\.[^'"]+\.ts)['"]/g

export interface Module {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
  /** Project files that it imports, relative to the root. */
  readonly files: readonly string[]
  /** The same without those of which only types are imported: types are gone when the program runs. */
  readonly loaded: readonly string[]
  readonly packages: readonly string[]
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    if (SKIPPED.has(name) || name.startsWith('.')) return []
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sources(path)
    return /\.(ts|tsx|mjs)$/.test(name) ? [path] : []
  })
}

function readModule(path: string): Module {
  const text = readFileSync(path, 'utf8')
  const found = [...text.matchAll(IMPORT)].map(([, type, ...names]) => ({ type, name: names.find(Boolean) ?? '' }))
  const local = found.filter(({ name }) => name.startsWith('.'))
  const resolved = (name: string) => relative(ROOT, resolve(dirname(path), name))
  return {
    path: relative(ROOT, path),
    text,
    files: local.map(({ name }) => resolved(name)),
    loaded: local.filter(({ type }) => !type).map(({ name }) => resolved(name)),
    packages: found.flatMap(({ name }) => (name.startsWith('.') ? [] : [name])),
  }
}

export const modules: readonly Module[] = sources(ROOT).map(readModule)

export const inside = (folder: string) => (path: string) => path === folder || path.startsWith(`${folder}/`)
export const within = (folder: string): readonly Module[] => modules.filter(({ path }) => inside(folder)(path))
