/** The order of the test files: those that take longest come first, so that both workers end together. */
import { join, relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than ten seconds, longest first; all others follow, those that need a database last. */
const LONG = [
  'system/start',
  'contract/methods',
  'workers/trainer',
  'cli/service',
  'database/embedded',
  'system/faults',
  'workers/inference',
  'engine/methods/dreambooth',
  'system/interrupted',
  'engine/training/training-resume',
  'contract/formats-roundtrip',
  'api/sweeper',
  'api/two-apis',
  'engine/methods/textual-inversion',
  'system/bad-input',
  'reference/gradients',
  'engine/runtime/large-buffers',
  'engine/pretrain/pretrain',
].map(name => `${name}.test.ts`)

const TESTS = join(import.meta.dirname, '..')

function rank({ moduleId, project }: TestSpecification): number {
  const place = LONG.indexOf(relative(TESTS, moduleId))
  return place < 0 ? LONG.length + Number(project.name === 'platform') : place
}

/** vitest takes a class. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rank(a) - rank(b))
  }
}
