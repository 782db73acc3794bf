/** Facts as a table for people: a name and a value in each line, facts of a part indented below its name. */

type Fact = unknown

const isRecord = (value: Fact): value is Readonly<Record<string, Fact>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists stand in one line, lists of records as JSON has them. */
const inLine = (value: Fact): string =>
  Array.isArray(value)
    ? value.map(one => (isRecord(one) ? JSON.stringify(one) : String(one))).join(', ')
    : String(value)

/** @returns lines; what is empty or undefined is left out. */
export function factLines(facts: Readonly<Record<string, Fact>>, indent = ''): string[] {
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined && !(isRecord(value) && isEmpty(value)))
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.flatMap(([name, value]) =>
    isRecord(value)
      ? [`${indent}${name}`, ...factLines(value, `${indent}  `)]
      : [`${indent}${name.padEnd(width)}  ${inLine(value)}`],
  )
}

const isEmpty = (facts: Readonly<Record<string, Fact>>): boolean => Object.keys(facts).length === 0
