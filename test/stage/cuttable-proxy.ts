/** Test material: a TCP proxy whose connections can be cut, between a client and a service. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

interface CuttableProxy {
  readonly address: string
  /** Connections that were accepted so far. */
  accepted(): number
  /** Ends all connections as a broken cable would. */
  cut(): void
  close(): Promise<void>
}

export async function openProxy(target: string): Promise<CuttableProxy> {
  const { port, hostname } = new URL(target)
  const open = new Set<Socket>()
  let accepted = 0
  const server = createServer(client => {
    accepted++
    const service = connect(Number(port), hostname)
    for (const [one, other] of [
      [client, service],
      [service, client],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy()).on('close', () => open.delete(one))
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const cut = () => {
    for (const socket of open) socket.resetAndDestroy()
  }
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted: () => accepted,
    cut,
    close: () => {
      cut()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
