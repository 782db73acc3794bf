/** The order of the test files: those that take longest come first, so that both workers end together. */
import { join, relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files of more than ten seconds, longest first; all others follow, those that need a database last. */
const LONG = [
  'device/contract/methods',
  'platform/workers/trainer',
  'platform/cli/service',
  'device/engine/training/training-resume',
  'device/engine/methods/dreambooth',
  'platform/api/photos/hostile-photos',
  'platform/api/photos/check-photos',
  'platform/workers/inference',
  'device/engine/pretrain/pretrain',
  'device/contract/formats-roundtrip',
  'system/outages',
  'platform/api/events',
  'platform/api/consents',
  'platform/api/sweeper',
  'device/engine/runtime/large-buffers',
  'device/reference/gradients',
  'system/killed-trainers',
  'system/processes',
  'device/cli/dreambooth',
  'system/start',
  'system/embedded',
  'system/faults',
  'system/interrupted',
  'system/bad-input',
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
