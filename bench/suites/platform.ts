/** The platform's figures: what crashes, strangers and load cost. A new figure is a file and a line here. */

import { access } from '../figures/platform/access.ts'
import { deletion } from '../figures/platform/deletion.ts'
import { events } from '../figures/platform/events.ts'
import { faults } from '../figures/platform/faults.ts'
import { generationOverhead } from '../figures/platform/generation-overhead.ts'
import { nodeQuery } from '../figures/platform/node-query.ts'
import { tenancy } from '../figures/platform/tenancy.ts'
import type { Suite } from '../source.ts'

export const platform: Suite = {
  name: 'platform',
  sources: [...faults, events, access, tenancy, deletion, nodeQuery, generationOverhead],
}
