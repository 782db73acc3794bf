/** Text on a terminal: how wide it is, and nothing in it that steers the terminal. */

/** East Asian wide characters and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
/** Marks, joiners and other characters that take none. */
const ALONE_ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)

const columnsOf = (grapheme: string): number => (ALONE_ZERO.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1)

/** Columns that the text takes. */
export const textWidth = (text: string): number => graphemes(text).reduce((sum, one) => sum + columnsOf(one), 0)

/** At most `columns` wide; what is cut off ends with an ellipsis. */
export function clip(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let [kept, width] = ['', 0]
  for (const one of graphemes(text)) {
    if (width + columnsOf(one) > columns - 1) break
    kept += one
    width += columnsOf(one)
  }
  return `${kept}…`
}

/** Everything but line feeds and tabs that moves the cursor, changes the direction of writing or commands the terminal. */
const STEERING = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** Names of other people are printed: what would steer the terminal is shown as `\xNN`. */
export const visible = (text: string): string =>
  text.replace(STEERING, one => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`)
