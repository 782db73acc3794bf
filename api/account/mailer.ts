/**
 * The mailer port: how the service reaches the owner of an address. It is not a queue: a message that is lost is asked for again. The
 * default is for one machine, where the operator reads the log and passes the message on.
 */
import type { Logger } from '../../log.ts'

interface Message {
  readonly to: string
  readonly subject: string
  /** Plain text; it may hold a token, and goes to the addressee alone. */
  readonly text: string
}

export interface Mailer {
  send(message: Message): Promise<void>
}

/** Writes messages to the operator's log. */
export const logMailer = (log: Logger): Mailer => ({
  send: async ({ to, subject, text }) => log.warn({ to, subject }, `no mailer is set up; pass this on: ${text}`),
})
