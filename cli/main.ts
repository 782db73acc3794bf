/** The `semblance` command: one file per subcommand, one place where errors become exit codes. */
import { Command } from 'commander'
import { ENGINE_VERSION } from '../engine/index.ts'
import { generateCommand } from './commands/generate.ts'
import { inspectCommand } from './commands/inspect.ts'
import { pretrainCommand } from './commands/pretrain.ts'
import { trainCommand } from './commands/train.ts'
import { reportError } from './output.ts'

const program = new Command('semblance')
  .description('learn a subject from a few photos and draw it in any scene')
  .version(ENGINE_VERSION)
  .showHelpAfterError('(add --help for all options)')
  .addCommand(trainCommand())
  .addCommand(generateCommand())
  .addCommand(inspectCommand())
  .addCommand(pretrainCommand())

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = reportError(error, process.argv.includes('--json'))
}
