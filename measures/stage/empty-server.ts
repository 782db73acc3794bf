/** An Apollo server on Express that answers a constant: what a request costs before any work is done. For the bench. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import express from 'express'

const TYPES = `
  interface Node { id: ID! }
  type Subject implements Node { id: ID! name: String! classNoun: String! }
  type Query { node(id: ID!): Node }`

export async function openEmptyServer(): Promise<{ url: string; close(): Promise<void> }> {
  const node = { __typename: 'Subject', id: 'U3ViamVjdDox', name: 'Ada', classNoun: 'person' }
  const apollo = new ApolloServer({ typeDefs: TYPES, resolvers: { Query: { node: () => node } } })
  await apollo.start()
  const app = express()
  app.use('/graphql', express.json(), expressMiddleware(apollo))
  const server = createServer(app)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => apollo.stop() }
}
