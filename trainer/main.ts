/** The trainer's process. */
import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { graceIn, openParts, runWorker } from '../workers/index.ts'
import { openTrainer } from './index.ts'

await runWorker('trainer', readConfig, async (config, log) => {
  const { dataDir, device, stopSeconds } = config
  const parts = await openParts('trainer', config, log)
  const trainer = await openTrainer({
    ...parts,
    device,
    graceSeconds: graceIn(stopSeconds),
    folder: join(dataDir, 'work'),
  })
  return {
    stop: async () => {
      await trainer.stop()
      await parts.close()
    },
  }
})
