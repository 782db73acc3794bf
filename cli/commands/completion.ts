/** `semblance completion`: a script that completes commands, options and values in a shell. */
import { Command } from 'commander'
import { SHELLS } from '../completion/index.ts'
import { placesOf } from '../completion/table.ts'
import { createOutput } from '../output.ts'
import { addShared, oneOfArgument } from './options.ts'

export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print the script that completes commands, options and values in a shell')
    .addArgument(oneOfArgument('<shell>', 'the shell', Object.keys(SHELLS)))
    .addHelpText(
      'after',
      [
        '\nIn the file that your shell reads at its start:',
        '  bash  eval "$(semblance completion bash)"          in ~/.bashrc',
        '  zsh   eval "$(semblance completion zsh)"           in ~/.zshrc, behind compinit',
        '  fish  semblance completion fish | source           in ~/.config/fish/config.fish',
      ].join('\n'),
    )
  return addShared(command).action(runCompletion)
}

function runCompletion(shell: string, options: { json?: boolean }, command: Command): void {
  let program = command
  while (program.parent) program = program.parent
  const text = SHELLS[shell]?.(placesOf(program)) ?? ''
  createOutput(options.json ?? false).result(text.trimEnd(), { event: 'script', shell, text })
}
