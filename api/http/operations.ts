/** Apollo plugin around each operation: limits, metrics, one line in the log. */
import type { ApolloServerPlugin } from '@apollo/server'
import type { GraphQLError } from 'graphql'
import type { Context } from '../context.ts'
import { foreignOrigin } from '../faults.ts'
import { exceededLimit } from '../graphql/cost.ts'
import { unusableInput } from '../graphql/unusable-text.ts'
import { worded, wrongVariable } from '../graphql/wrong-values.ts'

export const operationPlugin: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    const start = performance.now()
    return {
      /** Whatever Apollo Server answers a document with that is not valid, its values are spoken of in our words. */
      validationDidStart:
        async ({ schema, document }) =>
        async errors => {
          if (errors?.length)
            (errors as Error[]).splice(0, errors.length, ...worded(schema, document, errors as GraphQLError[]))
        },
      async didResolveOperation({ schema, document, operation, request, contextValue }) {
        if (!operation) return
        if (operation.operation === 'mutation' && contextValue.foreignPage) throw foreignOrigin()
        const variables = request.variables ?? {}
        const error =
          unusableInput(document, variables) ??
          exceededLimit(schema, document, operation, variables) ??
          wrongVariable(schema, operation, variables)
        if (error) throw error
      },
      async willSendResponse({ contextValue, operation, operationName, response, errors }) {
        const seconds = (performance.now() - start) / 1000
        const type = operation?.operation ?? 'none'
        contextValue.metrics.operations.observe({ type, outcome: errors ? 'error' : 'ok' }, seconds)
        const { requestId, actor, log } = contextValue
        const codes = errors?.map(({ extensions }) => extensions.code)
        const caller = actor.kind === 'anonymous' ? {} : { actor: `${actor.kind}:${actor.id}`, tenant: actor.tenantId }
        const ms = Math.round(seconds * 1000)
        log.info({ requestId, operation: operationName, type, ms, ...caller, ...(codes ? { codes } : {}) }, 'operation')
        response.http.headers.set('cache-control', 'no-store')
      },
    }
  },
}
