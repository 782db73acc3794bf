/** What `--json` prints: every line is an object whose `event` is one of these names, and says what the other fields are about. */
export const EVENTS = {
  error: 'the command failed: `error` has `code`, `message` and `next`; always the last line',
  warning: 'something was left out or done otherwise: `code`, `message`',
  // On this machine.
  stalled: 'the job stands still: `reason`; null when it goes on, from `payload.step`',
  'class-image': 'a class image is drawn: `done` of `images`',
  step: 'a step is finished: `step` of `steps`, `loss` of a training, `remaining` seconds',
  adapter: 'an adapter is written (`path`, `manifest`), or, over a service, an adapter with its versions and aliases',
  sample: 'samples of a pre-training are written: `step`, `path`',
  base: 'a base is written: `path`',
  inspected: 'what a file or folder holds',
  converted: 'an adapter is converted: `from`, `to`, `files`',
  merged: 'a base with an adapter in it is written: `path`',
  image: 'an image: `path` where it was written, `seed`, `prompt`, `width`, `height`, `sha256`; `id` over a service',
  // Over a service.
  login: 'a login is remembered: `address`',
  logout: 'a login is forgotten: `address`',
  subject: 'a subject; of `subjects show` with `photoSets`, `consents`, `trainings`, `adapters`',
  deleted:
    'what was deleted: `id`, `name`, `receipt` of a subject; of a job (`number`): an event whose content is gone',
  upload: 'a photo is sent: `photo`',
  rejected: 'a photo was refused: `photo`, `verdict`, `reason`',
  estimate: 'what a training costs: `steps`, `workUnits`, `seconds`',
  job: 'a job: `id`, `kind`, `state`, `reason`, `progress`',
  state: 'a job is in another `state`; this and the next six carry `job`, `number`, `attempt`, `at`',
  running: 'a worker has loaded what a job needs',
  progress: 'a job has finished `step` of `steps`; `loss`, `remainingSeconds`',
  checkpoint: 'a checkpoint is stored',
  preview: 'previews of a training are drawn',
  message: 'a message for people: `payload.text`',
  result: 'the job has ended well: all of the job',
  canceled: 'a job is stopped, or will be within one step',
  retried: 'a job is queued again',
  version: 'a version of an adapter: `id`, `number`, `adapter`; `path` where it was also written',
  alias: 'an alias points at a version: `name`, `version` (null: removed)',
  file: 'a file is written: `path`, `bytes`, `sha256`',
  key: 'an API key; `secret` when it was just made',
  check: 'a finding of `doctor`: `name`, `state`, `text`, `next`',
  demo: 'the demo of `npm start`: `address`, `graphql`, `apiKey`, `tenant`, `email`, `password`, `signInLink`, `file`',
  script: 'the script of `completion`: `shell`, `text`',
} as const

export type EventName = keyof typeof EVENTS

/** One line of `--json`. */
export interface Line {
  readonly event: EventName
  readonly [field: string]: unknown
}
