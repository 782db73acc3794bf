/** The `semblance` command as a process. */
import { tieToCaller } from './output.ts'
import { runCommandLine } from './program.ts'

tieToCaller()
process.exitCode = await runCommandLine(process.argv.slice(2))
