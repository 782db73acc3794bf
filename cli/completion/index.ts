/** Completion scripts of the shells, made from the command table. */
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import type { Place } from './table.ts'
import { zshScript } from './zsh.ts'

export const SHELLS: Readonly<Record<string, (places: readonly Place[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}
