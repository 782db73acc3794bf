/** How the programs of PostgreSQL are started. */
import type { SpawnOptions } from 'node:child_process'
import type { Account } from './account.ts'
import type { Home } from './home.ts'

/** Nothing of our environment reaches PostgreSQL: variables such as PGDATA would change what it does. */
export const childOptions = (home: Home, account: Account | undefined): SpawnOptions => ({
  cwd: home.folder,
  env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  // Its own process group: Ctrl-C in the terminal is ours to answer.
  detached: true,
  ...(account ?? {}),
})
