/** What losses of rows and batches are summed up to. */
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
