/** The serving worker's process. */
import { readConfig } from '../config.ts'
import { graceIn, openParts, runWorker } from '../workers/index.ts'
import { openInference } from './index.ts'

await runWorker('inference', readConfig, async (config, log) => {
  const { device, batchRows: maxRows, adapterCacheBytes: cacheBytes, stopSeconds } = config
  const graceSeconds = graceIn(stopSeconds)
  const parts = await openParts('inference', config, log)
  const inference = await openInference({ ...parts, device, maxRows, cacheBytes, graceSeconds })
  return {
    stop: async () => {
      await inference.stop()
      await parts.close()
    },
  }
})
