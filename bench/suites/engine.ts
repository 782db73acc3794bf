/** The engine's figures (issue "learn a person from four photos"). A new figure is a file and a line here. */
import type { Suite } from '../figure.ts'
import { accuracy } from '../figures/accuracy.ts'

export const engine: Suite = {
  name: 'engine',
  sources: [accuracy],
}
