/** The command table as a shell completes it: what may follow each word. */
import type { Argument, Command, Option } from 'commander'
import { pathUse } from '../paths.ts'

export interface Word {
  readonly name: string
  /** A few words on it, of one line. */
  readonly what: string
}

/** What a value may be; `file` and `folder` are completed by the shell itself. */
type ValueKind = 'none' | 'file' | 'folder' | 'choice' | 'text'

export interface Flag extends Word {
  readonly value: ValueKind
  readonly choices: readonly string[]
}

/** One command, called by `path`: `''`, `' keys'`, `' keys create'`. */
export interface Place {
  readonly path: string
  readonly commands: readonly Word[]
  readonly flags: readonly Flag[]
  /** Of its first argument. */
  readonly value: ValueKind
  readonly choices: readonly string[]
}

/** One line without what shells take for their own. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[`"'\\$:[\]]/g, '')
    .trim()

function kindOf(of: Argument | Option | undefined): ValueKind {
  if (of === undefined) return 'none'
  if (of.argChoices) return 'choice'
  if (pathUse(of)) return 'flags' in of && of.flags.includes('<folder>') ? 'folder' : 'file'
  return 'flags' in of && !of.required && !of.optional ? 'none' : 'text'
}

const flagOf = (option: Option): Flag => ({
  name: option.long ?? '',
  what: plain(option.description),
  value: kindOf(option),
  choices: option.argChoices ?? [],
})

const HELP: Flag = { name: '--help', what: 'show the help', value: 'none', choices: [] }

/** Every command of the program, the program itself first. */
export function placesOf(command: Command, path = ''): Place[] {
  const [argument] = command.registeredArguments
  const own: Place = {
    path,
    commands: command.commands.map(child => ({ name: child.name(), what: plain(child.description()) })),
    flags: [...command.options.map(flagOf), HELP],
    value: kindOf(argument),
    choices: argument?.argChoices ?? [],
  }
  return [own, ...command.commands.flatMap(child => placesOf(child, `${path} ${child.name()}`))]
}
