/** Which sizes of images the service draws, from the base's row alone. */
import { type PictureSize, type SizeRule, sizeFault } from '../../engine/descriptors.ts'
import { validationFault } from '../faults.ts'
import type { BaseModelRow } from '../rows.ts'
import { LIMITS } from '../service/limits.ts'

/** A base's own area is always drawn; beyond it up to four times as much, and no more than the service allows. */
export function imageRule({ size, sizeStep }: Pick<BaseModelRow, 'size' | 'sizeStep'>): SizeRule {
  const area = size ** 2
  return { step: sizeStep, area, limit: Math.max(area, Math.min(4 * area, LIMITS.imagePixels)) }
}

/** The size of one image; a side that is not given is the base's own. @throws UserFault INVALID naming the nearest that is drawn */
export function imageSize(
  given: { readonly width?: number | null | undefined; readonly height?: number | null | undefined },
  base: BaseModelRow,
  path: readonly (string | number)[],
): PictureSize {
  const size = { width: given.width ?? base.size, height: given.height ?? base.size }
  const fault = sizeFault(size, imageRule(base))
  if (!fault) return size
  const field = (given.width ?? undefined) === undefined ? 'height' : 'width'
  throw validationFault('INVALID', [...path, field], `${fault.message} by ${base.name}. ${fault.next}`)
}
