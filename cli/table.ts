/** Lists: columns for people, one object a line for programs. */
import type { Output } from './output.ts'

/** Two spaces between columns; the first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)))
  return rows.map(row => formatRow(row, widths)).join('\n')
}

const formatRow = (row: readonly string[], widths: readonly number[]): string =>
  row
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd()

/** For --json: every entry as one object. */
export function showAll(output: Output, event: string, entries: readonly object[]): void {
  for (const entry of entries) output.result('', { event, ...entry })
}
