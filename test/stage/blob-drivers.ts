/** The drivers of the blob store that the contract suite runs over, each on a real server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BlobHandlerOptions,
  type BlobStore,
  blobHandler,
  type FileStore,
  openFileStore,
} from '../../adapters-store/index.ts'

export interface OpenDriver<S extends BlobStore = BlobStore> {
  readonly store: S
  /** Puts other bytes in the place of a blob's content, as a failing disk would. */
  damage(tenantId: string, sha256: string, content: Uint8Array): Promise<void>
  close(): Promise<void>
}

export interface OpenFiles extends OpenDriver<FileStore> {
  readonly folder: string
  readonly url: string
}

/** The files driver behind its own HTTP handler on a free port. */
export async function openFiles(options: BlobHandlerOptions = {}): Promise<OpenFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-blobs-'))
  const server = createServer((request, response) => blobHandler(store, options)(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const store = openFileStore({ folder, signingKey: Buffer.alloc(32, 7), publicUrl: () => url })
  return {
    store,
    folder,
    url,
    damage: (tenantId, sha256, content) => writeFile(join(folder, 'blobs', tenantId, sha256), content),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

export const DRIVERS: Readonly<Record<string, () => Promise<OpenDriver>>> = { files: () => openFiles() }

/** All that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
