/** One GraphQL operation as a value that knows the types of its variables and of its answer. */

export interface Operation<Result, Variables> {
  readonly name: string
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly text: string
  /** Never there: they carry the types. */
  readonly result?: Result
  readonly variables?: Variables
}
