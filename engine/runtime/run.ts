/** One execution of a session for its values alone: outputs come back checked, and nothing is written to a buffer. */
import { invariant } from '../../errors.ts'
import type { Device } from './device.ts'
import type { Feed, RunResult } from './protocol.ts'

type Feeds = Readonly<Record<string, Feed>>

/** The values of one float32 output. */
export async function runOnce(device: Device, session: number, feeds: Feeds, output: string): Promise<Float32Array> {
  const [result] = await device.run([{ session, feeds, into: {}, fetch: [output] }])
  return outputOf(result, output)
}

/** The values of several float32 outputs by name, in the order asked. */
export async function runOutputs<N extends string>(
  device: Device,
  session: number,
  feeds: Feeds,
  outputs: readonly N[],
): Promise<Record<N, Float32Array>> {
  const [result] = await device.run([{ session, feeds, into: {}, fetch: outputs }])
  return Object.fromEntries(outputs.map(name => [name, outputOf(result, name)])) as Record<N, Float32Array>
}

/** A float32 output that a run was asked for. */
export function outputOf(result: RunResult | undefined, name: string): Float32Array {
  const data = result?.outputs[name]?.data
  invariant(data instanceof Float32Array, `the run gave no float32 output ${name}`)
  return data
}
