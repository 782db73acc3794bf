/** kill -9 of every process of the service in turn, while it works: what was lost, doubled or stuck. */

import { countCutTrainings } from '../../../measures/platform/cut-trainings.ts'
import {
  crashFirstBoots,
  crashUnderWrites,
  measureFirstBoot,
  newDataFolder,
} from '../../../measures/platform/database-crashes.ts'
import { countKilledStarts } from '../../../measures/platform/killed-api.ts'
import { crashFirstStarts, measureFirstStart } from '../../../measures/platform/killed-boots.ts'
import { countKilledWrites } from '../../../measures/platform/killed-database.ts'
import { countKilledJobs } from '../../../measures/platform/killed-workers.ts'
import { median } from '../../../measures/statistics.ts'
import type { FigureSource } from '../../source.ts'
import { countLosses } from './losses.ts'

const jobs = countLosses('faults.jobs', 'jobs', 10, async ({ amount }) => {
  const counts = await countKilledJobs(amount(100, 10), amount(25, 3))
  const { kills, expired, leftBlobs, seconds, wrong } = counts
  const note = `${kills} kills cut off ${expired} attempts, ${leftBlobs} blobs that no row names, ${seconds.toFixed(0)} s`
  return { count: wrong.length, n: counts.jobs, wrong, note }
})

const api = countLosses('faults.api', 'jobs', 5, async ({ amount }) => {
  const { keys, kills, repeated, different, wrong } = await countKilledStarts(amount(200, 20), amount(20, 2))
  return { count: different, n: keys, wrong, note: `${kills} kills, ${repeated} requests sent again` }
})

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1)

const database = countLosses('faults.db', 'rows', 5, async ({ amount }) => {
  const kills = amount(10, 2)
  const service = await countKilledWrites(kills)
  const { dataDir, remove } = await newDataFolder()
  const alone = await crashUnderWrites(dataDir, kills, 'owner')
  await remove()
  const { acknowledged, doubled, lost, recovered, unfinished, wrong } = service
  const recovery = `writes go on after ${seconds(median(recovered))} s, at most ${seconds(Math.max(...recovered))} s`
  const owner = `killed with its owner: ${alone.lost} of ${alone.committed} rows lost`
  return {
    count: Math.max(wrong.length, lost + doubled + unfinished) + alone.lost,
    n: acknowledged + alone.committed,
    wrong,
    note: `${kills} kills, ${lost} lost, ${doubled} doubled, ${unfinished} drawings unfinished; ${recovery}; ${owner}`,
  }
})

const bootDatabase = countLosses('faults.boot.database', 'starts', 5, async ({ amount }) => {
  const { kills, failures } = await crashFirstBoots(amount(20, 2), await measureFirstBoot())
  return { count: failures.length, n: kills, wrong: failures, note: 'first boots of the embedded database' }
})

const bootService = countLosses('faults.boot.service', 'starts', 10, async ({ amount }) => {
  const milliseconds = await measureFirstStart()
  const { kills, failures } = await crashFirstStarts(amount(20, 2), milliseconds)
  const note = `first starts of the whole service, ${seconds(milliseconds)} s when nobody disturbs it`
  return { count: failures.length, n: kills, wrong: failures, note }
})

const resume = countLosses('faults.resume', 'adapters', 5, async ({ amount }) => {
  const { cuts, different, fromCheckpoint, resumed, wrong } = await countCutTrainings(amount(20, 2))
  return { count: different, n: cuts, wrong, note: `${resumed} cut off, ${fromCheckpoint} went on from a checkpoint` }
})

export const faults: readonly FigureSource[] = [jobs, api, database, bootDatabase, bootService, resume]
