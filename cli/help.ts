/** What the help says besides the options: examples of every command, the variables of the environment, where to read on. */
import type { Command } from 'commander'
import { EXAMPLES } from './examples.ts'
import { VARIABLES } from './service/environment.ts'

/** Adds its examples to every command that has some. */
export function addExamples(program: Command): void {
  const visit = (command: Command, path: string): void => {
    const examples = EXAMPLES[path]
    if (examples) command.addHelpText('after', `\nExamples:\n${examples.map(line => `  semblance ${line}`).join('\n')}`)
    for (const child of command.commands) visit(child, path === '' ? child.name() : `${path} ${child.name()}`)
  }
  visit(program, '')
}

export function describeProgram(program: Command): Command {
  const width = Math.max(...Object.keys(VARIABLES).map(({ length }) => length))
  const variables = Object.entries(VARIABLES).map(([name, what]) => `  ${name.padEnd(width)}  ${what}`)
  return program.addHelpText(
    'after',
    [
      '\nEnvironment:',
      ...variables,
      '\nA missing file exits with 2, a file that would be written over with 11; docs/cli.md has all codes.',
      'semblance COMMAND --help shows options and examples of a command.',
    ].join('\n'),
  )
}
