/** Asks on the terminal, or reads the next line of standard input where there is none. Secrets are not shown. */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { AppError } from '../errors.ts'

/** Swallows what a terminal would show. */
const silent = () => new Writable({ write: (_chunk, _encoding, done) => done() })

/** What came by pipe behind the last line that was asked for. */
let rest = ''

/** A pipe that stays open does not keep the process: it counts only while a line is waited for. */
async function nextPipedLine(question: string): Promise<string> {
  const { stdin } = process
  stdin.ref?.()
  stdin.setEncoding('utf8')
  const ended = await new Promise<boolean>(resolve => {
    const take = (chunk: string) => {
      rest += chunk
      if (rest.includes('\n')) finish(false)
    }
    const end = () => finish(true)
    const finish = (over: boolean) => {
      stdin.off('data', take).off('end', end).pause()
      stdin.unref?.()
      resolve(over)
    }
    if (rest.includes('\n')) return resolve(false)
    stdin.on('data', take).once('end', end).resume()
    if (stdin.readableEnded) finish(true)
  })
  const [line = '', ...others] = rest.split('\n')
  rest = others.join('\n')
  if (!ended || line !== '') return line
  const next = 'Give it on standard input, one line, or run the command on a terminal.'
  throw new AppError('INPUT_INVALID', `standard input ended before the ${question}`, next)
}

/** @throws AppError INPUT_INVALID without an answer, CANCELED at Ctrl-C */
export async function ask(question: string, { hidden = false } = {}): Promise<string> {
  if (!process.stdin.isTTY) return (await nextPipedLine(question)).trim()
  process.stderr.write(`${question}: `)
  const lines = createInterface({ input: process.stdin, output: hidden ? silent() : process.stderr, terminal: true })
  const answer = await firstLine(lines)
  if (hidden) process.stderr.write('\n')
  if (answer.trim() === '') throw new AppError('INPUT_INVALID', `no ${question} was given`, 'Run the command again.')
  return answer.trim()
}

function firstLine(lines: Interface): Promise<string> {
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => {
      reject(new AppError('CANCELED', 'the command was stopped', 'Run it again.'))
      lines.close()
    })
    lines.once('close', () => resolve(''))
    lines.once('line', line => {
      resolve(line)
      lines.close()
    })
  })
}

/** @throws AppError INPUT_INVALID unless the answer is yes; without a terminal only `confirmed` (--yes) will do. */
export async function confirm(question: string, confirmed: boolean): Promise<void> {
  if (confirmed) return
  const next = 'Give --yes to go on without being asked.'
  if (!process.stdin.isTTY) throw new AppError('INPUT_INVALID', `${question} needs a confirmation`, next)
  const answer = await ask(`${question}? Type yes`)
  if (answer.toLowerCase() !== 'yes') throw new AppError('CANCELED', 'nothing was done', next)
}
