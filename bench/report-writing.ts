/** Keeps what a run has measured: docs/figures.json is merged with it, and docs/figures.md is made anew. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mergeRun, type Published, printPublished, renderPage } from '../measures/published.ts'
import type { Report } from '../measures/report.ts'

const ROOT = join(import.meta.dirname, '..')
const DOCS = join(ROOT, 'docs')

const readPublished = (path: string): Published => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {})

/** The load belongs to the hour, not to the machine; foreign load is judged where times are compared. */
const withoutLoad = (machine: string): string => machine.replace(/, load [\d.]+$/, '')

/** `names` are all figures of the suite, in its order. Returns what to tell. */
export function writeReport({ name, machine, figures }: Report, names: readonly string[], quick: boolean): string {
  const path = join(DOCS, 'figures.json')
  const date = new Date().toISOString().slice(0, 10)
  // A path of this checkout says nothing to a reader.
  const told = figures.map(figure => ({ ...figure, note: figure.note.replaceAll(`${ROOT}/`, '') }))
  const run = { suite: name, names, figures: told, date, machine: withoutLoad(machine), quick }
  const published = mergeRun(readPublished(path), run)
  writeFileSync(path, printPublished(published))
  writeFileSync(join(DOCS, 'figures.md'), renderPage(published))
  return 'docs/figures.json and docs/figures.md are written'
}
