/** The only reader of the environment in the command line: where logins are kept, and what stands in for one in scripts. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** As config.ts has it for the service. */
const USUAL_DATA = join(import.meta.dirname, '../../data')

/** The variables that are read, for the help and the manual. */
export const VARIABLES = {
  SEMBLANCE_SERVER: 'address of the service; --server goes before it',
  SEMBLANCE_API_KEY: 'key for the service, instead of a login',
  DATA_DIR: 'data folder of npm start, for demo; default: data in the repository',
  XDG_CONFIG_HOME: 'where logins are kept (semblance/logins.json); default: ~/.config',
  XDG_CACHE_HOME: 'where class images are kept (semblance/); default: ~/.cache',
  TERM: 'dumb: no progress bar, lines instead',
} as const

export interface ClientEnvironment {
  /** Folder of the command line's own files. */
  readonly configFolder: string
  /** Folder of what can be made again. */
  readonly cacheFolder: string
  /** Of `npm start` on this machine. */
  readonly dataFolder: string
  /** SEMBLANCE_SERVER: address of the service. */
  readonly server?: string | undefined
  /** SEMBLANCE_API_KEY: goes before any login. */
  readonly key?: string | undefined
  /** Whether a terminal can redraw a line. */
  readonly hasCursor: boolean
}

/** As the XDG base directory specification asks, a path that is not absolute does not count. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): ClientEnvironment {
  const { XDG_CONFIG_HOME: config, XDG_CACHE_HOME: cache, SEMBLANCE_SERVER: server, SEMBLANCE_API_KEY: key, TERM } = env
  const folder = (chosen: string | undefined, usual: string): string =>
    join(chosen?.startsWith('/') ? chosen : join(env.HOME || homedir(), usual), 'semblance')
  const folders = { configFolder: folder(config, '.config'), cacheFolder: folder(cache, '.cache') }
  const dataFolder = resolve(env.DATA_DIR?.trim() ? env.DATA_DIR : USUAL_DATA)
  return { ...folders, dataFolder, server: server || undefined, key: key || undefined, hasCursor: TERM !== 'dumb' }
}
