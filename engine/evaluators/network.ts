/** One network of a model folder, opened for its outputs alone. */
import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { type JsonObject, readJsonIfPresent } from '../../files/json.ts'
import { locateTensor } from '../base/tensors.ts'
import { createGraph, input, type Shape, type Value } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import { openWeights } from '../io/index.ts'
import { createNet, type Net } from '../nets/blocks.ts'
import type { Device } from '../runtime/device.ts'
import type { Inline } from '../runtime/protocol.ts'
import { runOnce } from '../runtime/run.ts'

/** What to build of a folder's weights. */
export interface NetworkPlan {
  readonly folder: string
  /** The file's name without its ending. */
  readonly weights: string
  /** Prefixes that exports put before the keys of this network. */
  readonly prefixes: readonly string[]
  readonly inputs: Readonly<Record<string, { readonly dtype: 'float32' | 'int64'; readonly shape: Shape }>>
  /** @returns the one output */
  build(net: Net, inputs: Readonly<Record<string, Value>>): Value
}

export interface OpenNetwork {
  run(feeds: Readonly<Record<string, Inline>>): Promise<Float32Array>
  close(): Promise<void>
}

/** @throws AppError MODEL_NOT_FOUND, MODEL_UNSUPPORTED, WEIGHTS_MISMATCH */
export async function openNetwork(device: Device, plan: NetworkPlan): Promise<OpenNetwork> {
  const { folder, prefixes } = plan
  const weights = await openWeights(folder, plan.weights)
  const graph = createGraph()
  const inputs = Object.fromEntries(
    Object.entries(plan.inputs).map(([name, { dtype, shape }]) => [name, input(graph, name, dtype, shape)]),
  )
  const component = 'evaluator'
  const asked = new Map<string, Shape>()
  const net = createNet(graph, component)
  const output = plan.build({ ...net, weight: noting(net, asked) }, inputs)
  const stored = (key: string) => ['', ...prefixes].map(prefix => weights.tensors.get(prefix + key)).find(Boolean)
  const faults = [...asked].flatMap(([key, shape]) => {
    const tensor = stored(key)
    if (!tensor) return [`${key} is missing`]
    return String(tensor.shape) === String(shape) ? [] : [`${key} is [${tensor.shape}], expected [${shape}]`]
  })
  if (faults.length > 0)
    throw new AppError(
      'WEIGHTS_MISMATCH',
      `${folder} does not hold the network that its config.json describes: ${faults.slice(0, 5).join('; ')}`,
      'Fetch the whole model folder again.',
    )
  const locate = (name: string) => locateTensor(folder, stored(name.slice(component.length + 1)), name)
  const session = await device.open(encode({ output }, locate), 'inference')
  return {
    run: feeds => runOnce(device, session, feeds, 'output'),
    // A device that is gone took its sessions along.
    close: () => device.close(session).catch(() => undefined),
  }
}

/** Notes every weight that the network asks for. */
const noting =
  (net: Net, asked: Map<string, Shape>): Net['weight'] =>
  (key, shape) => {
    asked.set(key, shape)
    return net.weight(key, shape)
  }

/** @throws AppError MODEL_NOT_FOUND without the file, FILE_INVALID for one that is no JSON object */
export async function readJson(folder: string, file: string): Promise<JsonObject> {
  const path = join(folder, file)
  const json = await readJsonIfPresent(path)
  if (json) return json
  throw new AppError('MODEL_NOT_FOUND', `${path} is not there`, 'Name a model folder in transformers layout.')
}
