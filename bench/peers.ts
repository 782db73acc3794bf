/** Finds the Python that the peers run with. Nothing of Semblance needs it; without it those figures say so. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openPeer, type Peer } from './peer.ts'

export interface Peers {
  /** Why no peer can run here, or undefined. */
  readonly missing: string | undefined
  /** The interpreter; only where `missing` is undefined. */
  readonly python: string
  /** Starts a fresh process of a script in bench/peers. */
  open(script: string): Peer
}

const HERE = import.meta.dirname

/** The releases that peers/setup.sh installs: where, with which argument, and the variable that names another interpreter. */
const RELEASES = {
  newest: { folder: '.venv', setup: 'bench/peers/setup.sh', variable: 'SEMBLANCE_PEER_PYTHON' },
  older: { folder: '.venv-older', setup: 'bench/peers/setup.sh older', variable: 'SEMBLANCE_OLDER_PEER_PYTHON' },
} as const

export function findPeers(release: keyof typeof RELEASES): Peers {
  const { folder, setup, variable } = RELEASES[release]
  const python = process.env[variable] || join(HERE, folder, 'bin/python')
  const missing = existsSync(python)
    ? undefined
    : `no Python with the ${release} peers at ${python}; run ${setup} or set ${variable}`
  return { missing, python, open: script => openPeer(python, join(HERE, 'peers', script)) }
}
