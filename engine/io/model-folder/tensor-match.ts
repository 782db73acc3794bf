/** Compares the tensors that a network expects with those that a file has. */

import { AppError } from '../../../errors.ts'

/** A network's tensors with their shapes, by checkpoint key. */
export type ExpectedTensors = ReadonlyMap<string, readonly number[]>

const LISTED = 20

/**
 * Passes when `weights` has exactly the expected tensors in exactly the expected shapes; keys that match `ignore` may be there or
 * not (position_ids buffers). Else throws one WEIGHTS_MISMATCH that counts missing, extra and misshapen ones and lists up to 20 of each.
 */
export function assertTensors(
  expected: ExpectedTensors,
  weights: { readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }> },
  ignore: readonly RegExp[] = [],
  subject = 'the weights',
): void {
  const ignored = (name: string) => ignore.some(pattern => name.search(pattern) >= 0)
  const { tensors } = weights
  const missing = [...expected.keys()].filter(name => !tensors.has(name) && !ignored(name))
  const extra = [...tensors.keys()].filter(name => !expected.has(name) && !ignored(name))
  const misshapen = [...expected].flatMap(([name, shape]) => {
    const found = tensors.get(name)?.shape
    return found && String(found) !== String(shape) ? [`${name} [${found}] instead of [${shape}]`] : []
  })
  if (missing.length + extra.length + misshapen.length === 0) return
  const parts = [list('missing', missing), list('unknown', extra), list('of another shape', misshapen)].filter(Boolean)
  throw new AppError(
    'WEIGHTS_MISMATCH',
    `${subject} do not fit the network of ${expected.size} tensors: ${parts.join('; ')}`,
    'Check that config and weights come from the same model and that the download is complete.',
  )
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const shown = [...names].sort().slice(0, LISTED).join(', ')
  return `${names.length} ${what} (${shown}${names.length > LISTED ? ', ...' : ''})`
}
