/**
 * A transaction has one connection, and a connection takes one query at a time: Prisma sends those of several `include`s at once,
 * which the driver only puts in a queue, with a warning, and will refuse in its next version. Here they wait for each other.
 */
import type { PrismaPg } from '@prisma/adapter-pg'

type Connection = Awaited<ReturnType<PrismaPg['connect']>>
type Transaction = Awaited<ReturnType<Connection['startTransaction']>>

/** The same factory; the transactions of its connections send one query at a time. */
export function oneAtATime(factory: PrismaPg): PrismaPg {
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const connection = await connect()
    const start = connection.startTransaction.bind(connection)
    connection.startTransaction = async level => inTurn(await start(level))
    return connection
  }
  return factory
}

function inTurn(transaction: Transaction): Transaction {
  let turn: Promise<unknown> = Promise.resolve()
  const after =
    <A extends unknown[], R>(send: (...given: A) => Promise<R>) =>
    (...given: A): Promise<R> => {
      const sent = turn.then(() => send(...given))
      turn = sent.catch(() => undefined)
      return sent
    }
  return Object.assign(transaction, {
    queryRaw: after(transaction.queryRaw.bind(transaction)),
    executeRaw: after(transaction.executeRaw.bind(transaction)),
  })
}
