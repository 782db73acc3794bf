/** The commands, and the one place where errors become exit codes. */
import { Command, CommanderError } from 'commander'
import { ENGINE_VERSION } from '../engine/index.ts'
import { AppError } from '../errors.ts'
import { generateCommand } from './commands/generate.ts'
import { inspectCommand } from './commands/inspect.ts'
import { pretrainCommand } from './commands/pretrain.ts'
import { trainCommand } from './commands/train.ts'
import { reportError } from './output.ts'

/** Runs `semblance` with these arguments and returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = new Command('semblance')
    .description('learn a subject from a few photos and draw it in any scene')
    .version(ENGINE_VERSION)
    .addCommand(trainCommand())
    .addCommand(generateCommand())
    .addCommand(inspectCommand())
    .addCommand(pretrainCommand())
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ outputError: () => undefined })
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    const shown = error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')
    if (shown) return error.exitCode
    const command = program.commands.find(one => one.name() === args[0])
    return reportError(asAppError(error, command?.name()), args.includes('--json'))
  }
}

/** What commander finds wrong with the arguments, in our form. */
function asAppError(error: unknown, command: string | undefined): unknown {
  if (!(error instanceof CommanderError)) return error
  const help = ['semblance', ...(command ? [command] : []), '--help'].join(' ')
  return new AppError('INPUT_INVALID', error.message.replace(/^error: /, ''), `See ${help} for all options.`)
}
