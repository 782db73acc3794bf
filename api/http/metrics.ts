/** Metrics of the API process in Prometheus' text format. Tenants, ids and prompts are never labels. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  readonly operations: Histogram<'type' | 'outcome'>
  readonly requests: Counter<'route' | 'status'>
  readonly sockets: Gauge
  readonly subscriptions: Gauge
  readonly delivered: Counter
  readonly reconciled: Counter<'outcome'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    operations: new Histogram({
      name: 'semblance_graphql_seconds',
      help: 'Duration of GraphQL operations over HTTP.',
      labelNames: ['type', 'outcome'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    requests: new Counter({
      name: 'semblance_http_requests_total',
      help: 'HTTP requests by route and status.',
      labelNames: ['route', 'status'],
      registers,
    }),
    sockets: new Gauge({ name: 'semblance_sockets', help: 'Open WebSocket connections.', registers }),
    subscriptions: new Gauge({ name: 'semblance_subscriptions', help: 'Running subscriptions.', registers }),
    delivered: new Counter({
      name: 'semblance_events_delivered_total',
      help: 'Events handed to subscriptions.',
      registers,
    }),
    reconciled: new Counter({
      name: 'semblance_jobs_reconciled_total',
      help: 'Jobs whose lease had expired, by what became of them.',
      labelNames: ['outcome'],
      registers,
    }),
  }
}
