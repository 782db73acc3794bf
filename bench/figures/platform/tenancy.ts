/** Whether one tenant can reach another's rows: raw SQL as the app's role, and many transactions at once. */

import { countForeignReach } from '../../../measures/platform/foreign-rows.ts'
import { measureIsolation } from '../../../measures/platform/isolation.ts'
import { type OwnEnvironment, openOwnEnvironment } from '../../../measures/stage/own-environment.ts'
import type { BenchContext, FigureSource } from '../../source.ts'
import { type Losses, lossClaim, lossFigure } from './losses.ts'

const SQL = lossClaim('tenancy.sql', 'statements')
const PARALLEL = lossClaim('tenancy.parallel', 'rows')

async function bySql({ database, ownerUrl }: OwnEnvironment): Promise<Losses> {
  const { reached, statements, tables } = await countForeignReach(database, ownerUrl)
  const note = `select, insert, update and delete on ${tables} tables for another tenant`
  return { count: reached.length, n: statements, note, wrong: reached }
}

async function inParallel({ database }: OwnEnvironment, { amount }: BenchContext): Promise<Losses> {
  const [tenants, each] = [amount(50, 10), amount(200, 10)]
  const { failed, foreignRows, missedRows, transactions } = await measureIsolation(database, tenants, each)
  const note = `${tenants} tenants x ${each} transactions, 200 at once; ${missedRows} own rows missed, ${failed} failed`
  return { count: foreignRows + missedRows + failed, n: transactions, note }
}

export const tenancy: FigureSource = {
  names: [SQL.name, PARALLEL.name],
  minutes: 2,
  run: async context => {
    const environment = await openOwnEnvironment()
    try {
      return [
        ...(context.wants(SQL.name) ? [lossFigure(context, SQL, await bySql(environment))] : []),
        ...(context.wants(PARALLEL.name)
          ? [lossFigure(context, PARALLEL, await inParallel(environment, context))]
          : []),
      ]
    } finally {
      await environment.close()
    }
  },
}
