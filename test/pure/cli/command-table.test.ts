import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Option } from 'commander'
import { describe, expect, test } from 'vitest'
import { EVENTS } from '../../../cli/events.ts'
import { EXAMPLES } from '../../../cli/examples.ts'
import { pathUse, writesFiles } from '../../../cli/paths.ts'
import { buildProgram, withChildren } from '../../../cli/program.ts'
import { VARIABLES } from '../../../cli/service/environment.ts'
import { ERROR_CODES } from '../../../errors.ts'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { leaves, parse, words } from './table.ts'

const ROOT = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const all = leaves().map(entry => [entry.path.join(' '), entry.command] as const)

describe('every command', () => {
  test.each(all)('%s says of each path whether it is read or written', (_, command) => {
    const isPath = (flags: string) => /[<[](file|folder|path|image)s?[\]>]/.test(flags)
    const marked = (of: Option) => pathUse(of) !== undefined
    const options = command.options.filter(({ flags }) => isPath(flags)).filter(option => !marked(option))
    const places = command.registeredArguments.filter(one => isPath(`<${one.name()}>`) && !pathUse(one))
    expect([...options.map(({ flags }) => flags), ...places.map(one => one.name())]).toEqual([])
    expect(command.options.some(({ long }) => long === '--force')).toBe(writesFiles(command))
  })

  test.each(all)('%s prints JSON with --json, and shows an example in its help', (path, command) => {
    expect(command.options.map(({ long }) => long)).toContain('--json')
    expect(EXAMPLES[path]?.length ?? 0).toBeGreaterThan(0)
    let help = ''
    command.configureOutput({ writeOut: text => (help += text) }).outputHelp()
    for (const line of EXAMPLES[path] ?? []) expect(help).toContain(`semblance ${line}`)
  })

  test.each(all)('%s answers a value that it does not know with what is close', (_, command) => {
    for (const { argChoices = [], parseArg } of [...command.options, ...command.registeredArguments])
      for (const choice of argChoices) expect(() => parseArg?.(`${choice}x`, undefined)).toThrow(`"${choice}"`)
  })

  test('examples are of commands that exist', () => {
    const names = withChildren(buildProgram()).map(command => {
      const path: string[] = []
      for (let one = command; one.parent; one = one.parent) path.unshift(one.name())
      return path.join(' ')
    })
    expect(Object.keys(EXAMPLES).filter(name => !names.includes(name))).toEqual([])
  })
})

/** Lines of a page that call the command line, placeholders in capitals and all; `...` stands for more. */
function callsIn(page: string): string[] {
  const blocks = [...read(page).matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, text = '']) =>
    text.replaceAll('\\\n', ' '),
  )
  return blocks.flatMap(text =>
    text
      .split('\n')
      .flatMap(line => [...line.matchAll(/(?:^|\| |&& )(?:node bin\/semblance\.mjs|semblance) ([^|&#]*)/g)])
      .map(([, call = '']) => call.trim()),
  )
}

describe('examples are parsed as they stand', () => {
  const examples = Object.values(EXAMPLES).flat()
  test.each(examples)('%s', async line => expect(await parse(words(line))).toMatchObject({ path: expect.any(Array) }))

  const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })]
  test.each(pages.flatMap(page => callsIn(page).map(call => [page, call] as const)))('%s: %s', async (_, call) =>
    expect(await parse(words(call))).toMatchObject({ path: expect.any(Array) }),
  )
})

test.each(['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })])(
  '%s names no command and no option in a sentence that there is not',
  page => {
    const program = buildProgram()
    const wrong = [...read(page).matchAll(/`semblance ([a-z][^`\n]*)`/g)].filter(([, call = '']) => {
      const [first = '', second = '', ...rest] = words(call)
      const outer = program.commands.find(command => command.name() === first)
      const inner = outer?.commands.find(command => command.name() === second) ?? outer
      const flags = [second, ...rest].filter(word => /^--[a-z]/.test(word))
      return !inner || flags.some(flag => ![...inner.options.map(({ long }) => long), '--help'].includes(flag))
    })
    expect(wrong.map(([text]) => text)).toEqual([])
  },
)

describe('what is wrong with the arguments', () => {
  const failure = async (...args: string[]) => {
    const { code, stdout, stderr } = await callCli([...args, '--json'])
    const [line, ...more] = jsonLines(stdout)
    expect({ more, stderr }).toEqual({ more: [], stderr: '' })
    return { exit: code, ...(line as { event: string; error: { code: string; message: string; next: string } }) }
  }
  test.each([
    ['a command', ['genrate'], "'genrate'", '"generate"'],
    ['a command of a group that has a default', ['keys', 'lst'], "'lst'", '"list"'],
    ['an option', ['generate', '--prompt', 'x', '--out', 'x', '--stpes', '3'], "'--stpes'", '"--steps"'],
    ['an option that is then missing', ['generate', '--promt', 'x'], "'--promt'", '"--prompt"'],
    ['an option of a default', ['adapters', '--subjct', 'x'], "'--subjct'", '"--subject"'],
    ['a value', ['convert', 'x', '--to', 'khoya', '--out', 'y'], "'khoya'", '"kohya"'],
    ['a method', ['train', '--images', 'x', '--method', 'dreamboth'], "'dreamboth'", '"dreambooth"'],
  ])('%s that nothing is called is answered with what is close', async (_, args, named, meant) => {
    const { exit, event, error } = await failure(...args)
    expect({ exit, event, code: error.code }).toEqual({ exit: 2, event: 'error', code: 'INPUT_INVALID' })
    expect(error.message).toContain(named)
    expect(`${error.message} ${error.next}`).toMatch(new RegExp(`Did you mean [^?]*${meant}`))
  })
})

describe('the manual', () => {
  const manual = read('docs/cli.md')
  test('has every error code beside its exit code', () => {
    const rows = [...manual.matchAll(/^\| (\d+) \|([^\n]*)\|$/gm)].map(
      ([, exit = '', text = '']) => [exit, text] as const,
    )
    for (const [code, exit] of Object.entries(ERROR_CODES)) {
      const row = rows.find(([number]) => Number(number) === exit)
      expect(row?.[1], `${code} in the row of ${exit}`).toContain(`\`${code}\``)
    }
  })
  test('has every event of --json with what it says', () => {
    const [, table = ''] = /## JSON\n([\s\S]*?)\n## /.exec(manual) ?? []
    const rows = [...table.matchAll(/^\| `([a-z-]+)` \| ([^\n]*) \|$/gm)].map(([, name = '', text = '']) => [
      name,
      text,
    ])
    expect(Object.fromEntries(rows)).toEqual(EVENTS)
  })
  test('and the help have every variable of the environment', () => {
    const rows = Object.entries(VARIABLES).map(([name, what]) => `| \`${name}\` | ${what} |`)
    expect(rows.filter(row => !manual.includes(row))).toEqual([])
  })
  test('names every command', () => {
    const names = leaves().map(({ path }) => path.join(' '))
    expect(names.filter(name => !manual.includes(name.replace(/ list$/, '')))).toEqual([])
  })
})

test('without arguments the help is the result', async () => {
  const { code, stdout, stderr } = await callCli([])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const [name] of all) expect(stdout).toContain(`  ${name.split(' ')[0]}`)
  for (const name of Object.keys(VARIABLES)) expect(stdout).toContain(name)
})
