/** Runtime options for each use of a session; docs/decisions/0002 has the measurements behind every choice. */
import type { InferenceSession } from 'onnxruntime-node'
import type { Profile } from './protocol.ts'

export type Provider = 'cpu' | 'cuda' | 'webgpu'

const BASE: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'basic',
  enableMemPattern: false,
  executionMode: 'sequential',
  logSeverityLevel: 3,
}
const WEIGHTS_FOLDER = { model_external_initializers_file_folder_path: '/' }

/**
 * Rewrites that would take away what makes one value wait for another (`ops/order.ts`), merge the casts of one weight, or
 * make them when the session opens.
 */
const KEPT_AS_BUILT = { disable_specified_optimizers: 'ReshapeFusion;CommonSubexpressionElimination;ConstantFolding' }

const extra = (session: Record<string, string>): InferenceSession.SessionOptions => ({
  extra: { session: { ...WEIGHTS_FOLDER, ...session } },
})

/**
 * `fast` packs the weights (a private copy); `lean` and `inference` leave them in the mapped file.
 * `checkpoint` is `lean` for a graph that computes segments again (`graph/recompute.ts`).
 * `full` is `lean` for a graph whose weights are inputs: memory goes back to the system as soon as it is free, so that the
 * binding's copy of all gradients finds room.
 * `inPlace` is for elementwise sessions whose outputs alias their inputs. `placed` refuses to open when a node would fall
 * back from the device to the CPU.
 */
export const PROFILES: Record<Profile, InferenceSession.SessionOptions> = {
  inference: { ...BASE, ...extra({ disable_prepacking: '1' }) },
  fast: { ...BASE, ...extra({}) },
  lean: { ...BASE, ...extra({ disable_prepacking: '1' }) },
  checkpoint: { ...BASE, extra: { ...extra({ disable_prepacking: '1' }).extra, optimization: KEPT_AS_BUILT } },
  full: { ...BASE, ...extra({ disable_prepacking: '1' }), enableCpuMemArena: false },
  inPlace: { ...BASE, ...extra({}) },
  placed: { ...BASE, ...extra({ disable_prepacking: '1', disable_cpu_ep_fallback: '1' }) },
}
