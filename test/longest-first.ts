/** The order of the test files: those that take longest come first, so that both workers end together. */
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than ten seconds, longest first; all others follow, those that need a database last. */
const LONG = [
  'e2e/start',
  'contract/methods',
  'workers/trainer',
  'cli/service',
  'database/embedded',
  'platform/faults',
  'workers/inference',
  'unit/dreambooth',
  'e2e/interrupted',
  'unit/training-resume',
  'contract/formats-roundtrip',
  'platform/sweeper',
  'platform/two-apis',
  'unit/textual-inversion',
  'e2e/bad-input',
  'reference/gradients',
  'unit/large-buffers',
  'unit/pretrain',
].map(name => `${name}.test.ts`)

function rank({ moduleId, project }: TestSpecification): number {
  const place = LONG.indexOf(relative(import.meta.dirname, moduleId))
  return place < 0 ? LONG.length + Number(project.name === 'platform') : place
}

/** vitest takes a class. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rank(a) - rank(b))
  }
}
