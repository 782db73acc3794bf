/** The completion scripts in real shells. */
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { SHELLS } from '../../../cli/completion/index.ts'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const folder = await temporaryFolder()
const scriptOf = (shell: string) => join(folder, `semblance.${shell}`)
beforeAll(async () => {
  for (const shell of Object.keys(SHELLS)) {
    const { code, stdout } = await callCli(['completion', shell])
    expect(code).toBe(0)
    await writeFile(scriptOf(shell), stdout)
  }
  await writeFile(join(folder, 'photo one.png'), '')
})

/** What the shell offers for a line, a name each. */
type Complete = (words: readonly string[]) => string[]

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm' },
    timeout: 60_000,
  })

/** `compgen` and `COMP_WORDS` as readline fills them. */
const bash: Complete = words => {
  const call = `source "$0"; COMP_WORDS=(semblance "$@"); COMP_CWORD=$#; _semblance; printf '%s\\n' "\${COMPREPLY[@]}"`
  return run('bash', ['--norc', '-c', call, scriptOf('bash'), ...words])
    .split('\n')
    .filter(Boolean)
}

/** Types the line and a tab into an interactive shell; every word of what it then shows counts as offered. */
const ZSH = `
zmodload zsh/zpty || exit 3
zpty shell zsh -f -i
hear() { local chunk seen='' i; for ((i = 0; i < 400; i++)); do
  if zpty -r -t shell chunk; then seen+=$chunk; else sleep 0.05; fi
  [[ $seen == *$1* ]] && break; done; print -r -- "$seen" }
zpty -w shell "PS1=; autoload -Uz compinit; compinit -u -D; source \${(q)1}; LISTMAX=10000; print RE''ADY"
hear READY > /dev/null
zpty -n -w shell "$2"$'\\t'
sleep 1
zpty -n -w shell $'\\x15'"print DO''NE"$'\\n'
hear DONE
zpty -d shell
`
/** Moves of the cursor and colours. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')

const zsh: Complete = words => {
  const shown = run('zsh', ['-f', '-c', ZSH, 'zsh', scriptOf('zsh'), ['semblance', ...words].join(' ')])
  return shown.replace(ESCAPES, ' ').split(/\s+/)
}

const fish: Complete = words => {
  const line = ['semblance', ...words].join(' ')
  return run('fish', ['--no-config', '-c', `source $argv[1]; complete -C $argv[2]`, scriptOf('fish'), line])
    .split('\n')
    .map(text => text.split('\t')[0] ?? '')
}

const COMPLETE: Readonly<Record<string, Complete>> = { bash, zsh, fish }

test('every shell that has a script is tried', () => {
  expect(Object.keys(COMPLETE)).toEqual(Object.keys(SHELLS))
})

describe.each(Object.entries(COMPLETE))('%s', (shell, complete) => {
  const absent = spawnSync(shell, ['--version']).error !== undefined
  // A shell that types has a second to answer; a busy machine may take longer.
  test.for([
    { what: 'commands', words: ['tra'], offered: ['train'], others: ['generate'] },
    { what: 'commands of a group', words: ['keys', 'r'], offered: ['rotate', 'revoke'], others: ['create'] },
    { what: 'options', words: ['keys', 'create', '--da'], offered: ['--days'], others: ['--grace'] },
    {
      what: 'values',
      words: ['train', '--method', 'dreambooth'],
      offered: ['dreambooth', 'dreambooth-lora'],
      others: ['peft'],
    },
    { what: 'arguments', words: ['pretrain', 'u'], offered: ['unet'], others: ['vae'] },
    {
      what: 'options behind values',
      words: ['generate', '--prompt', 'train', '--sched'],
      offered: ['--scheduler'],
      others: ['--images'],
    },
  ])('completes $what', { retry: 2 }, ({ words, offered, others }, context) => {
    if (absent) context.skip(`${shell} is not installed`)
    const found = complete(words)
    expect(found).toEqual(expect.arrayContaining(offered))
    for (const other of others) expect(found).not.toContain(other)
  })
})

test('the script comes as an object with --json', async () => {
  const { stdout } = await callCli(['completion', 'bash', '--json'])
  expect(jsonLines(stdout)).toEqual([{ event: 'script', shell: 'bash', text: expect.stringContaining('_semblance') }])
})
