/** Cuts off bodies that trickle in: each would hold a connection and its memory for as long as its sender likes. */
import type { RequestHandler } from 'express'

export const BODY_SECONDS = 30
/** What an upload has to bring in each such time; it may take longer than one. */
export const UPLOAD_BYTES = 64 * 1024

/** A body that is not complete after `seconds` has to have brought `enough` bytes since the last look; else 408, and the connection ends. */
export const cutOffSlowBodies =
  (seconds: number, enough: number): RequestHandler =>
  (request, response, next) => {
    const { socket } = request
    let before = socket.bytesRead
    const timer = setInterval(() => {
      const came = socket.bytesRead - before
      before = socket.bytesRead
      if (request.complete || socket.destroyed) clearInterval(timer)
      else if (came < enough) cut()
    }, 1000 * seconds).unref()
    const cut = (): void => {
      clearInterval(timer)
      // Refused before it was read; what still comes in is nobody's.
      if (response.headersSent) return void socket.destroy()
      const message = `the body was not complete within ${seconds} s; send it again over a better connection`
      response.once('finish', () => socket.destroy())
      response
        .status(408)
        .set('connection', 'close')
        .json({ errors: [{ message, extensions: { code: 'REQUEST_TIMEOUT' } }] })
    }
    next()
  }
