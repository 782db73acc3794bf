/** Which sizes a base draws, as data: what a size is refused for, the nearest right one, and what is too large to be good. */
import type { Warning, WarningCode } from '../../../warnings.ts'

/** Height and width in pixels. */
export type PictureSize = { readonly height: number; readonly width: number }

export const square = (side: number): PictureSize => ({ height: side, width: side })
export const areaOf = ({ height, width }: PictureSize): number => height * width
/** As people write it, width first. */
export const sizeText = ({ height, width }: PictureSize): string => `${width} x ${height}`

export interface SizeRule {
  /** Both sides are multiples of it, two at least. */
  readonly step: number
  /** Pixels that the base was trained on. */
  readonly area: number
  /** Pixels that are drawn at most. */
  readonly limit: number
}

/** In the same shape as nearly as the rule allows, at most `limit` pixels; a size that is right is its own nearest. */
export function nearestSize(size: PictureSize, { step, limit }: Pick<SizeRule, 'step' | 'limit'>): PictureSize {
  const shrink = Math.min(1, Math.sqrt(limit / Math.max(1, areaOf(size))))
  const [height, width] = [size.height * shrink, size.width * shrink]
  const longest = Math.floor(limit / (2 * step))
  const near = (side: number) => [Math.floor(side / step), Math.round(side / step), Math.ceil(side / step)]
  const sides = (side: number) => near(Math.min(side, longest)).map(steps => Math.max(2, steps) * step)
  const fits = sides(height)
    .flatMap(h => sides(width).map(w => ({ height: h, width: w })))
    .filter(one => areaOf(one) <= limit)
  const distance = (one: PictureSize) => Math.hypot(one.height - height, one.width - width)
  return fits.reduce((best, one) => (distance(one) <= distance(best) ? one : best), fits[0] ?? square(2 * step))
}

/** Why a size cannot be drawn, with the nearest that can; undefined for one that can. */
export function sizeFault(
  size: PictureSize,
  rule: SizeRule,
): { readonly message: string; readonly next: string } | undefined {
  const { step, limit } = rule
  const next = `The nearest size is ${sizeText(nearestSize(size, rule))}.`
  const wrong = [size.width, size.height].some(side => !Number.isInteger(side / step) || side < 2 * step)
  if (wrong)
    return {
      message: `${sizeText(size)} pixels: width and height must be multiples of ${step}, ${2 * step} or more`,
      next,
    }
  if (areaOf(size) <= limit) return undefined
  return { message: `${sizeText(size)} are ${areaOf(size)} pixels; at most ${limit} are drawn`, next }
}

/** Of a size that can be drawn: whether it has more pixels than the base was trained on. */
export function sizeWarnings(size: PictureSize, rule: SizeRule): Warning[] {
  const times = areaOf(size) / rule.area
  if (times <= 1) return []
  const within = sizeText(nearestSize(size, { ...rule, limit: rule.area }))
  const message = `${sizeText(size)} is ${times.toFixed(1)} times what the base was trained on: figures may come twice, and it takes longer; ${within} is within it`
  return [{ code: 'SIZE_LARGE', message }]
}

/** Of a picture that was cropped to another shape: how much of it is left out, from a share on. */
export function cropWarnings(
  name: string,
  original: PictureSize,
  size: PictureSize,
  { code, share }: { readonly code: WarningCode; readonly share: number } = { code: 'INIT_CROPPED', share: 0.1 },
): Warning[] {
  const ratio = original.width / original.height / (size.width / size.height)
  const lost = 1 - Math.min(ratio, 1 / ratio)
  if (lost < share) return []
  const sides = ratio > 1 ? 'left and right' : 'top and bottom'
  const message = `${Math.round(100 * lost)} % of ${name} (${sizeText(original)}) is cut off at ${sides} to fill ${sizeText(size)}`
  return [{ code, message }]
}
