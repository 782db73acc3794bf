/** Figures of the methods on held-out persons of the demo base. A new figure is a file and a line here. */
import { guidance } from '../figures/guidance.ts'
import type { Suite } from '../source.ts'

export const methods: Suite = { name: 'methods', sources: [guidance] }
