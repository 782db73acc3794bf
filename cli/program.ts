/** The commands, and the one place where errors become exit codes. */
import { Command, CommanderError } from 'commander'
import { ENGINE_VERSION } from '../engine/index.ts'
import { AppError } from '../errors.ts'
import { adaptersCommand } from './commands/adapters.ts'
import { convertCommand } from './commands/convert.ts'
import { doctorCommand } from './commands/doctor.ts'
import { generateCommand } from './commands/generate.ts'
import { inspectCommand } from './commands/inspect.ts'
import { keysCommand } from './commands/keys.ts'
import { loginCommand, logoutCommand } from './commands/login.ts'
import { mergeCommand } from './commands/merge.ts'
import { pretrainCommand } from './commands/pretrain.ts'
import { subjectsCommand } from './commands/subjects.ts'
import { trainCommand } from './commands/train.ts'
import { cancelCommand, watchCommand } from './commands/watch.ts'
import { reportError } from './output.ts'

/** In the order of the help; those over a service follow those of this machine. */
const COMMANDS = [
  ...[trainCommand, generateCommand, inspectCommand, convertCommand, mergeCommand, pretrainCommand],
  ...[
    loginCommand,
    logoutCommand,
    subjectsCommand,
    watchCommand,
    cancelCommand,
    adaptersCommand,
    keysCommand,
    doctorCommand,
  ],
]

/** Runs `semblance` with these arguments and returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = new Command('semblance')
    .description('learn a subject from a few photos and draw it in any scene')
    .version(ENGINE_VERSION)
  for (const make of COMMANDS) program.addCommand(make())
  for (const command of withChildren(program)) command.exitOverride().configureOutput({ outputError: () => undefined })
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    const shown = error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')
    if (shown) return error.exitCode
    return reportError(asAppError(error, nameOf(program, args)), args.includes('--json'))
  }
}

const withChildren = (command: Command): Command[] => [command, ...command.commands.flatMap(withChildren)]

/** `semblance keys create`: as much of the arguments as names commands. */
function nameOf(command: Command, [word, ...rest]: readonly string[]): string {
  const child = command.commands.find(one => one.name() === word)
  return child ? `${command.name()} ${nameOf(child, rest)}` : command.name()
}

/** What commander finds wrong with the arguments, in our form. */
function asAppError(error: unknown, command: string): unknown {
  if (!(error instanceof CommanderError)) return error
  return new AppError('INPUT_INVALID', error.message.replace(/^error: /, ''), `See ${command} --help for all options.`)
}
