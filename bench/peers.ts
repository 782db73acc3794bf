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

/** `given` is an interpreter with the packages of bench/peers/requirements.txt; default the one of peers/setup.sh. */
export function findPeers(given: string | undefined): Peers {
  const python = given || join(HERE, '.venv/bin/python')
  const missing = existsSync(python)
    ? undefined
    : `no Python with the peers at ${python}; run bench/peers/setup.sh or set SEMBLANCE_PEER_PYTHON`
  return { missing, python, open: script => openPeer(python, join(HERE, 'peers', script)) }
}
