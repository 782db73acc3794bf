/** The command table as the tests look at it. */
import { type Command, CommanderError } from 'commander'
import { buildProgram, withChildren } from '../../../cli/program.ts'

export interface Entry {
  readonly command: Command
  /** What calls it: `keys`, `create`. */
  readonly path: readonly string[]
}

const pathOf = (command: Command): string[] => (command.parent ? [...pathOf(command.parent), command.name()] : [])

/** Every command that does something, of a fresh program. */
export const leaves = (program = buildProgram()): Entry[] =>
  withChildren(program)
    .filter(({ commands }) => commands.length === 0)
    .map(command => ({ command, path: pathOf(command) }))

/** The words of a line as a shell would give them. */
export const words = (line: string): string[] =>
  [...line.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
  )

/** Parses the arguments without running anything: the command that would run, or what commander says against it. */
export async function parse(args: readonly string[]): Promise<Entry | string> {
  const program = buildProgram()
  let ran: Entry | undefined
  for (const entry of leaves(program))
    entry.command.action(() => {
      ran = entry
    })
    // Whether the files are there is another question.
  ;(program as unknown as { _lifeCycleHooks: object })._lifeCycleHooks = {}
  try {
    await program.parseAsync(args, { from: 'user' })
    return ran ?? 'nothing ran'
  } catch (error) {
    if (error instanceof CommanderError) return error.message
    throw error
  }
}
