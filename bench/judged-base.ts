/** The demo base with the networks that judge its pictures, open on a device for as long as a measurement takes. */
import { join } from 'node:path'
import { type MetricNetworks, openMetrics } from '../engine/evaluators/portraits.ts'
import { openBase, openDevice, openPipeline, type Pipeline } from '../engine/index.ts'

export async function withJudgedBase<T>(
  folder: string,
  { threads }: { readonly threads: number },
  measure: (pipeline: Pipeline, metrics: MetricNetworks) => Promise<T>,
): Promise<T> {
  const device = openDevice({ threads })
  try {
    const pipeline = openPipeline(device, await openBase(folder))
    return await measure(pipeline, await openMetrics(device, join(folder, 'metrics')))
  } finally {
    await device.kill()
  }
}
