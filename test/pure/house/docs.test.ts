import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ZodObject } from 'zod'
import { METHODS, SCHEDULERS } from '../../../engine/descriptors.ts'
import { TARGETS } from '../../../engine/methods/lora-targets.ts'
import { type Figure, failed, measured, notMeasured } from '../../../measures/figure.ts'
import { mergeRun, type Published, printPublished, renderPage } from '../../../measures/published.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const PAGES = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })].sort()
const published: Published = JSON.parse(read('docs/figures.json'))

/** Made by running things, or not ours. */
const OUTSIDE = new Set(['.git', 'node_modules', 'data', 'out'])

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Links of a page that lead nowhere. */
function deadLinks(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter(link => {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = path ? relative(ROOT, resolve(ROOT, dirname(page), path)) : page
    return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
  })
}

describe('pages', () => {
  test.each(PAGES)('every link of %s leads to a file and a heading', page => expect(deadLinks(page)).toEqual([]))

  test('the README has at most 90 lines of 120 characters', () => {
    const lines = read('README.md').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(90)
    expect(lines.filter(line => line.length > 120)).toEqual([])
  })

  test('every document that code or a page names is in the repository', () => {
    const files = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.py', '*.md', '*.graphql'], { cwd: ROOT })
    const dead = files
      .toString()
      .trim()
      .split('\n')
      .filter(path => existsSync(join(ROOT, path)))
      .flatMap(path =>
        [...read(path).matchAll(/(?<![\w./-])docs\/[\w./-]*\w/g)]
          .filter(([name]) => globSync(`${name}*`, { cwd: ROOT }).length === 0)
          .map(([name]) => `${path}: ${name}`),
      )
    expect(dead).toEqual([])
  })

  test('every path in a room that a page names is there', () => {
    const rooms = readdirSync(ROOT).filter(name => statSync(join(ROOT, name)).isDirectory() && !OUTSIDE.has(name))
    const path = new RegExp(`^(?:${rooms.join('|')})/[\\w./-]*$`)
    const dead = PAGES.flatMap(page =>
      [...read(page).matchAll(/`([^`\n]+)`/g)]
        .map(([, name = '']) => name)
        .filter(name => path.test(name) && !existsSync(join(ROOT, name)))
        .map(name => `${page}: ${name}`),
    )
    expect(dead).toEqual([])
  })

  test('comments cite documents by their path, and none that are elsewhere', () => {
    const lost = /(?<!docs\/)\b(methods\.md|engine-notes\.md)|\bengine notes\b|\(design,|\(issue "/
    const sources = globSync(
      '{api,bench,cli,client,engine,inference,measures,prisma,queue,start,trainer,workers}/**/*.ts',
      {
        cwd: ROOT,
      },
    )
    expect(sources.filter(path => lost.test(read(path)))).toEqual([])
  })
})

test('docs/methods.md names every method with its options, every target set and every sampler', () => {
  const named = new Set([...read('docs/methods.md').matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name))
  const samplers = Object.keys(SCHEDULERS).map(name => name.replace(/-karras$/, ''))
  const options = Object.values(METHODS).flatMap(({ options }) => Object.keys((options as ZodObject).shape))
  const names = [...Object.keys(METHODS), ...options, ...Object.keys(TARGETS), ...samplers]
  expect(names.filter(name => !named.has(name))).toEqual([])
})

describe('commands', () => {
  // zsh takes no comments on a terminal: `npm test # all` looks for tests named "#" and "all".
  test.each(PAGES.filter(page => !page.startsWith('models')))('those of %s can be pasted into zsh', page => {
    const blocks = [...read(page).matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
    const wrong = blocks
      .flatMap(block => block.split('\n'))
      .filter(line => /^ *(semblance|npm|node|docs)\b.* #/.test(line))
    expect(wrong).toEqual([])
  })
  /** What is meant as a command: in a block or between backticks. */
  const commandsOf = (page: string): string[] => [
    ...[...read(page).matchAll(/^```[\s\S]*?^```/gm)].flatMap(([block]) => block.split('\n')),
    ...[...read(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
  ]
  const lines = PAGES.flatMap(page => commandsOf(page).map(line => ({ page, line })))

  test('every npm script that a page names is in package.json', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = lines.flatMap(({ page, line }) =>
      [...line.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, run, short]) => ({
        page,
        script: run ?? short ?? '',
      })),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(({ script }) => !(script in scripts))).toEqual([])
  })
})

describe('figures', () => {
  test('docs/figures.md is what the bench makes of docs/figures.json', () => {
    expect(read('docs/figures.json')).toBe(printPublished(published))
    expect(read('docs/figures.md')).toBe(renderPage(published))
  })

  test('every figure that a page quotes is the published one, rounded', () => {
    const all = new Map(
      Object.values(published)
        .flat()
        .map(figure => [figure.name, figure.value]),
    )
    const quotes = PAGES.flatMap(page =>
      [...withoutCode(read(page)).matchAll(/([\d.]+(?:e-?\d+)?)( %)? <!-- figure: ([\w.-]+) -->/g)].map(
        ([, number = '', percent, name = '']) => ({ page, number, percent, name }),
      ),
    )
    const marks = PAGES.flatMap(page => [...withoutCode(read(page)).matchAll(/<!-- figure:/g)])
    expect(quotes).toHaveLength(marks.length)
    for (const { page, number, percent, name } of quotes) {
      const value = all.get(name) ?? Number.NaN
      expect(rounded(percent ? value * 100 : value, number), `${page}: ${name} is ${value}`).toBe(Number(number))
    }
  })
})

/** The value with as many digits as the text has. */
function rounded(value: number, text: string): number {
  const [digits = '', power] = text.split('e')
  const decimals = digits.split('.')[1]?.length ?? 0
  return Number(power === undefined ? value.toFixed(decimals) : value.toExponential(decimals))
}

describe('a run that is kept', () => {
  const claim = { name: 'a', unit: 'ms', better: 'lower', floor: 3, goal: null } as const
  const run = (figures: readonly Figure[], quick = false, date = '2026-01-02') => ({
    ...{ suite: 'engine', names: ['b', 'a'], figures, date, machine: 'here', quick },
  })
  const first = mergeRun({}, run([measured(claim, 1, 5)]))
  const kept = ({ engine = [] }: Published) => engine.map(({ name, value, date }) => [name, value, date])

  test('stands in the order of the suite, with its status', () => {
    const both = mergeRun(first, run([measured({ ...claim, name: 'b' }, 4, 1)]))
    expect(both.engine?.map(({ name, status }) => [name, status])).toEqual([
      ['b', 'fail'],
      ['a', 'pass'],
    ])
  })
  test('replaces what it has measured anew, and nothing else', () => {
    expect(kept(mergeRun(first, run([measured(claim, 2, 5)], false, '2026-02-03')))).toEqual([['a', 2, '2026-02-03']])
    expect(mergeRun(first, run([]))).toEqual(first)
    expect(mergeRun(first, run([notMeasured(claim, 'no peer')]))).toEqual(first)
    expect(mergeRun(first, run([failed('a', new Error('no file'))]))).toEqual(first)
  })
  test('of a quick run fills a gap, is marked, and gives way to a full one', () => {
    const quick = mergeRun({}, run([measured(claim, 2, 1)], true))
    expect(renderPage(quick)).toContain('2026-01-02 A quick')
    expect(mergeRun(first, run([measured(claim, 2, 1)], true))).toEqual(first)
    expect(mergeRun(quick, run([measured(claim, 1, 5)]))).toEqual(first)
  })
  test('keeps no figure that the suite no longer has', () => {
    expect(mergeRun(first, { ...run([]), names: ['b'] })).toEqual({ engine: [] })
  })
  test('has its interval on one line, as the formatter wants it', () => {
    expect(printPublished(mergeRun({}, run([{ ...measured(claim, 1, 5), ci: [0.5, 1.5] }])))).toContain('[0.5, 1.5]')
  })
})
