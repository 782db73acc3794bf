/** How much of the machine went to others while the service was measured: what its processes take is its own. */
import { readFileSync } from 'node:fs'
import { descendants } from '../../../measures/stage/cli-process.ts'
import type { OwnEnvironment } from '../../../measures/stage/own-environment.ts'
import { watchForeignLoad } from '../../foreign-load.ts'

/** Processes of the database server that work for us. */
const backendsOf = ({ database }: OwnEnvironment): number[] =>
  descendants(database.serverPid() ?? 0).filter(pid =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('semblance_'),
  )

/** To be called when every connection is open. `pids` are those of the service, whose children count as well. */
export const watchServiceLoad = (environment: OwnEnvironment, pids: readonly number[]): (() => number) =>
  watchForeignLoad([...pids, ...pids.flatMap(descendants), ...backendsOf(environment)])
