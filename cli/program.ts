/** The commands, and the one place where errors become exit codes. */
import { Command, CommanderError, Option } from 'commander'
import { ENGINE_VERSION } from '../engine/index.ts'
import { AppError } from '../errors.ts'
import { didYouMean } from '../similar.ts'
import { adaptersCommand } from './commands/adapters.ts'
import { completionCommand } from './commands/completion.ts'
import { convertCommand } from './commands/convert.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { generateCommand } from './commands/generate.ts'
import { imagesCommand } from './commands/images.ts'
import { inspectCommand } from './commands/inspect.ts'
import { jobsCommand } from './commands/jobs.ts'
import { keysCommand } from './commands/keys.ts'
import { loginCommand, logoutCommand } from './commands/login.ts'
import { mergeCommand } from './commands/merge.ts'
import { pretrainCommand } from './commands/pretrain.ts'
import { subjectsCommand } from './commands/subjects.ts'
import { trainCommand } from './commands/train.ts'
import { cancelCommand, retryCommand, watchCommand } from './commands/watch.ts'
import { addExamples, describeProgram } from './help.ts'
import { reportError } from './output.ts'
import { checkPaths, writesFiles } from './paths.ts'

/** In the order of the help; those over a service follow those of this machine. */
const COMMANDS = [
  ...[trainCommand, generateCommand, inspectCommand, convertCommand, mergeCommand, pretrainCommand],
  ...[
    loginCommand,
    logoutCommand,
    subjectsCommand,
    jobsCommand,
    watchCommand,
    cancelCommand,
    retryCommand,
    adaptersCommand,
    imagesCommand,
    keysCommand,
    doctorCommand,
    completionCommand,
    demoCommand,
  ],
]

/** The whole command line as a tree: what is run, and what help, manual and completion are made of. */
export function buildProgram(): Command {
  const program = new Command('semblance')
    .description('learn a subject from a few photos and draw it in any scene')
    .version(ENGINE_VERSION)
    .hook('preAction', (_program, command) => checkPaths(command))
  for (const make of COMMANDS) program.addCommand(make())
  for (const command of withChildren(program)) {
    // Of both places, where a command has options of one.
    const force = new Option('--force', 'write over files that are there').helpGroup('Options:')
    if (writesFiles(command)) command.addOption(force)
    command
      .exitOverride()
      .showSuggestionAfterError(false)
      .configureOutput({ outputError: () => undefined })
  }
  addExamples(program)
  return describeProgram(program)
}

/** Runs `semblance` with these arguments and returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = buildProgram()
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    const shown = error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')
    return shown ? 0 : reportError(asAppError(error, program, args), args.includes('--json'))
  }
}

/** A command and all below it. */
export const withChildren = (command: Command): Command[] => [command, ...command.commands.flatMap(withChildren)]

/** The command that the arguments name, what is called with, and its name in full: `semblance keys create`. */
function commandOf(
  command: Command,
  args: readonly string[],
  name = command.name(),
): [Command, readonly string[], string] {
  const [word, ...rest] = args
  const child = command.commands.find(one => one.name() === word)
  return child ? commandOf(child, rest, `${name} ${child.name()}`) : [command, args, name]
}

/** What commander finds wrong with the arguments, in our form. */
function asAppError(error: unknown, program: Command, args: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error
  const [command, rest, name] = commandOf(program, args)
  const next = `See ${name} --help for all options.`
  const unknown = unknownOf(error, command, rest)
  if (!unknown) return new AppError('INPUT_INVALID', error.message.replace(/^error: /, ''), next)
  const { what, word, known } = unknown
  return new AppError('INPUT_INVALID', `unknown ${what} '${word}'`, didYouMean(word, known) + next)
}

/** The word that no command or option is called, where that is what is wrong. */
function unknownOf({ code }: CommanderError, command: Command, args: readonly string[]) {
  const [word = ''] = args
  // Where a command stands for one of its own, as `keys` for `keys list`, the word counts as an argument too many.
  if (command.commands.length > 0 && /(unknownCommand|excessArguments)$/.test(code))
    return { what: 'command', word, known: command.commands.map(child => child.name()) }
  // A mistyped option is also a missing one: what is there and wrong says more than what is not.
  if (!/(missingMandatoryOptionValue|missingArgument|unknownOption)$/.test(code)) return undefined
  // What a group does without a word is `list`.
  const target = command.commands.find(one => one.name() === 'list') ?? command
  const flag = unknownFlag(target, args)
  return flag && { what: 'option', word: flag, known: target.options.map(({ long }) => long ?? '') }
}

function unknownFlag(command: Command, args: readonly string[]): string | undefined {
  try {
    return command.parseOptions([...args]).unknown.find(one => one.startsWith('-'))
  } catch {
    // A value that an option does not take; the first error says enough.
    return undefined
  }
}
