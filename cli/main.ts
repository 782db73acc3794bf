/** The `semblance` command: one file per subcommand, one place where errors become exit codes. */
import { Command, CommanderError } from 'commander'
import { ENGINE_VERSION } from '../engine/index.ts'
import { AppError } from '../errors.ts'
import { generateCommand } from './commands/generate.ts'
import { inspectCommand } from './commands/inspect.ts'
import { pretrainCommand } from './commands/pretrain.ts'
import { trainCommand } from './commands/train.ts'
import { reportError, tieToCaller } from './output.ts'

const program = new Command('semblance')
  .description('learn a subject from a few photos and draw it in any scene')
  .version(ENGINE_VERSION)
  .addCommand(trainCommand())
  .addCommand(generateCommand())
  .addCommand(inspectCommand())
  .addCommand(pretrainCommand())

/** What commander finds wrong with the arguments, in our form; help and version are no errors. */
function asAppError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error
  const command = program.commands.find(one => one.name() === process.argv[2])
  const help = ['semblance', ...(command ? [command.name()] : []), '--help'].join(' ')
  return new AppError('INPUT_INVALID', error.message.replace(/^error: /, ''), `See ${help} for all options.`)
}

for (const command of [program, ...program.commands])
  command.exitOverride().configureOutput({ outputError: () => undefined })
tieToCaller()
try {
  await program.parseAsync()
} catch (error) {
  const shown = error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')
  process.exitCode = shown ? error.exitCode : reportError(asAppError(error), process.argv.includes('--json'))
}
