/** The door of the adapter file formats. */
export type { Format } from './format.ts'
export { type AdapterFile, openAdapter, type ReadRecord, readAdapter, readAdapterFiles, readRecord } from './reading.ts'
export type { AdapterRecord, LowRankRecord, PairRecord, TokenRows } from './record.ts'
export { detectFormat, FORMATS, findFormat, NO_DIALECT } from './registry.ts'
export { writeAdapter, writeRecord } from './writing.ts'
