/** Figures of what outsiders meet: other people's models, files and texts. A new figure is a file and a line here. */
import { cases } from '../figures/cases.ts'
import { configKeys } from '../figures/config-keys.ts'
import { exportsRefused } from '../figures/exports.ts'
import { idleSubscriptions } from '../figures/platform/idle-subscriptions.ts'
import { oddStrings, rawMessages } from '../figures/platform/odd-inputs.ts'
import { turns } from '../figures/platform/turns.ts'
import { shapes } from '../figures/shapes.ts'
import type { Suite } from '../source.ts'

export const outside: Suite = {
  name: 'outside',
  sources: [cases, configKeys, exportsRefused, idleSubscriptions, oddStrings, rawMessages, shapes, turns],
}
