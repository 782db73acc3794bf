/** "Did you mean": the known words that a mistyped one is close to. */

/** Insertions, deletions, exchanges and swaps of neighbours that lead from one word to the other (optimal string alignment). */
function distance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]]
  let [before, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      const ways = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost]
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) ways.push((before[j - 2] ?? 0) + 1)
      row.push(Math.min(...ways))
    }
    ;[before, last] = [last, row]
  }
  return last[to.length] ?? 0
}

/** Longer names make every comparison slow, and nobody mistypes them. */
const LONGEST = 200
const MOST = 3

const plain = (word: string): string => word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** The closest of `known`, best first, at most three; case and accents do not count. None where nothing is close. */
export function similarTo(word: string, known: Iterable<string>): string[] {
  const wanted = plain(word.slice(0, LONGEST))
  if (wanted === '') return []
  const scored = [...new Set(known)].flatMap(name => {
    const candidate = plain(name)
    if (candidate.length > LONGEST) return []
    const part = wanted.length > 2 && candidate !== wanted && candidate.includes(wanted)
    const errors = part ? 1 : distance(wanted, candidate)
    return errors <= Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3)) ? [{ name, errors }] : []
  })
  return scored
    .toSorted((a, b) => a.errors - b.errors || a.name.localeCompare(b.name))
    .slice(0, MOST)
    .map(({ name }) => name)
}

/** `Did you mean "a" or "b"?` with a space behind it, or nothing: what goes before the next step of an error. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const names = similarTo(word, known).map(name => `"${name}"`)
  return names.length > 0 ? `Did you mean ${names.join(' or ')}? ` : ''
}
