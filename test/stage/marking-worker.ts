/** Test material: a worker process that writes down what happens to it, or, with CHILD set, a parent that supervises one. */
import { appendFileSync } from 'node:fs'
import { createLog } from '../../log.ts'
import { superviseWorkers } from '../../start/supervisor.ts'
import { runWorker } from '../../workers/index.ts'

const { MARKS = '', CHILD, STUBBORN, BROKEN } = process.env
const mark = (text: string) => appendFileSync(MARKS, `${text} ${process.pid}\n`)

if (CHILD) {
  const { CHILD: _, ...env } = process.env
  await superviseWorkers([{ name: 'one', file: import.meta.filename, env }], {
    log: createLog('test', 'silent'),
  }).ready()
  mark('parent')
} else {
  const configure = () => ({ logLevel: 'silent' as const })
  await runWorker('test', configure, async () => {
    mark('open')
    if (BROKEN) throw new Error('it cannot start')
    // Keeps the process alive, as a worker's connections do.
    const alive = setInterval(() => undefined, 1000)
    return {
      stop: async () => {
        mark('stop')
        if (STUBBORN) await new Promise(() => undefined)
        clearInterval(alive)
      },
    }
  })
}
