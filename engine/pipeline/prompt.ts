/**
 * Prompts with weights, in the syntax that AUTOMATIC1111's web UI made common: `(word)` is 1.1 times as strong, `[word]`
 * 1 / 1.1 times, `(word:1.3)` 1.3 times; brackets nest; `\(`, `\)`, `\[`, `\]` and `\\` are the characters themselves.
 */

/** A part of a prompt and how strong it is. */
export interface PromptPart {
  readonly text: string
  readonly weight: number
}

const STRONGER = 1.1
const SYMBOL = /\\[()[\]\\]|\\|\(|\[|:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)|\)|\]|[^\\()[\]:]+|:/g

/** The parts of a prompt, neighbours of one weight joined; a bracket that is never closed reaches to the end. */
export function parsePrompt(prompt: string): PromptPart[] {
  const parts: { text: string; weight: number }[] = []
  const [round, square]: [number[], number[]] = [[], []]
  const strengthen = (from: number | undefined, factor: number) => {
    for (const part of parts.slice(from)) part.weight *= factor
  }
  for (const [symbol, weight] of prompt.matchAll(SYMBOL)) {
    if (symbol === '(') round.push(parts.length)
    else if (symbol === '[') square.push(parts.length)
    else if (weight !== undefined && round.length > 0) strengthen(round.pop(), Number(weight))
    else if (symbol === ')' && round.length > 0) strengthen(round.pop(), STRONGER)
    else if (symbol === ']' && square.length > 0) strengthen(square.pop(), 1 / STRONGER)
    else parts.push({ text: symbol.length > 1 && symbol.startsWith('\\') ? symbol.slice(1) : symbol, weight: 1 })
  }
  for (const from of round) strengthen(from, STRONGER)
  for (const from of square) strengthen(from, 1 / STRONGER)
  return joinNeighbours(parts)
}

function joinNeighbours(parts: readonly PromptPart[]): PromptPart[] {
  const joined: PromptPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (last?.weight === part.weight) joined[joined.length - 1] = { ...last, text: last.text + part.text }
    else joined.push(part)
  }
  return joined.length > 0 ? joined : [{ text: '', weight: 1 }]
}

/** Not as a part of a longer word: `sks` is not in `asks`. */
export function wordPattern(placeholder: string): RegExp {
  const literal = placeholder.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const [before, after] = [/^[\p{L}\p{N}]/u, /[\p{L}\p{N}]$/u].map(edge => edge.test(placeholder))
  return new RegExp(`${before ? '(?<![\\p{L}\\p{N}])' : ''}${literal}${after ? '(?![\\p{L}\\p{N}])' : ''}`, 'u')
}

/**
 * Multiplies the states of each place by its weight, in place, then all by what sets their mean back to what it was: the
 * normalisation of that web UI ("original"). It is left out where the mean is 0 or changes its sign, which would turn the text around.
 * @param columns the part of each row that is one text encoder's: the mean is over these alone
 */
export function emphasize(
  states: Float32Array,
  width: number,
  weights: Float32Array,
  columns: { readonly from: number; readonly to: number },
): void {
  if (weights.every(weight => weight === 1)) return
  const rescale = (factorOf: (row: number) => number): number => {
    let sum = 0
    for (let row = 0; row < weights.length; row++)
      for (let i = row * width + columns.from; i < row * width + columns.to; i++) {
        const value = states[i]! * factorOf(row)
        states[i] = value
        sum += value
      }
    return sum
  }
  const before = rescale(() => 1)
  const after = rescale(row => weights[row]!)
  const ratio = before / after
  if (Number.isFinite(ratio) && ratio > 0) rescale(() => ratio)
}
