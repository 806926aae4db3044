// A network line whose clock ticks once for each round trip, so that round trips are counted and not timed: what the servers send, and the
// handshake of a connection, wait for the next tick. A tick comes when all that is expected before it has happened.

import {connect, createServer, type AddressInfo, type Socket} from 'node:net'

export type RoundTrips = {
  /** Puts the line in front of a server. Returns `127.0.0.1:PORT`. `target` returns a `host:port`: the server may start later. */
  readonly inFrontOf: (name: string, target: () => string) => Promise<string>
  /** A server got a request. The line itself notes `connect NAME`, and `hello NAME` for a TLS handshake. */
  readonly note: (event: string) => void
  /**
   * Plays the round trips until `ended` settles: the next one begins when the expected events of this one have happened. Returns all events
   * of each round trip in alphabetical order. Where something expected does not happen, these are the events until then.
   */
  readonly play: (expected: readonly (readonly string[])[], ended: Promise<unknown>) => Promise<readonly string[][]>
  readonly close: () => Promise<void>
}

// The first byte of a TLS record with a ClientHello (RFC 8446 §5.1).
const HANDSHAKE = 22

// For what is expected and does not happen. A busy machine takes a second to start the action.
const PATIENCE_MS = 20_000

export function createRoundTrips(): RoundTrips {
  const seen: string[][] = [[]]
  const held = new Set<() => void>()
  const endings: (() => Promise<void>)[] = []
  let now = 0
  let change = Promise.withResolvers<undefined>()

  function note(event: string): void {
    seen[now]?.push(event)
    change.resolve(undefined)
    change = Promise.withResolvers()
  }
  function tick(): void {
    now++
    seen.push([])
    for (const release of held) release()
  }
  function hasHappened(expected: readonly string[]): boolean {
    const left = [...(seen[now] ?? [])]
    return expected.every(event => {
      const at = left.indexOf(event)
      if (at >= 0) left.splice(at, 1)
      return at >= 0
    })
  }

  return {
    note,
    inFrontOf: async (name, target) => {
      const sockets = new Set<Socket>()
      const server = createServer({allowHalfOpen: true}, client => {
        const upstream = connect(Number(target().split(':')[1]), '127.0.0.1')
        for (const socket of [client, upstream]) {
          sockets.add(socket)
          socket.setNoDelay(true).on('error', () => undefined)
        }
        const release = join(client, upstream, {
          now: () => now,
          onHello: () => {
            note(`hello ${name}`)
          }
        })
        held.add(release)
        client.on('close', () => {
          held.delete(release)
          upstream.destroy()
        })
        note(`connect ${name}`)
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      endings.push(async () => {
        for (const socket of sockets) socket.destroy()
        await new Promise(resolve => server.close(resolve))
      })
      return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
    },
    play: async (expected, ended) => {
      const state = {isOver: false}
      const end = (): void => {
        state.isOver = true
      }
      const limit = new Promise<void>(resolve => setTimeout(resolve, PATIENCE_MS).unref()).then(end)
      const over = Promise.race([limit, ended.then(end, end)])
      for (const events of expected) {
        while (!hasHappened(events) && !state.isOver) await Promise.race([change.promise, over])
        if (state.isOver) break
        tick()
      }
      await over
      const last = seen.findLastIndex(events => events.length > 0)
      return seen.slice(0, last + 1).map(events => events.toSorted())
    },
    close: async () => {
      await Promise.all(endings.map(close => close()))
    }
  }
}

type JoinOptions = {readonly now: () => number; readonly onHello: () => void}

/** Joins the sockets of a connection. Returns what releases, after a tick, what was held until then. */
function join(client: Socket, upstream: Socket, {now, onHello}: JoinOptions): () => void {
  const openFrom = now() + 1
  let isNew = true
  let lastSent = openFrom
  const sent: (Buffer | undefined)[] = []
  const answered: (Buffer | undefined)[] = []

  function release(): void {
    if (now() >= openFrom && sent.length > 0) {
      if (isNew && sent[0]?.[0] === HANDSHAKE) onHello()
      isNew = false
      pass(sent, upstream)
    }
    if (now() > lastSent) pass(answered, client)
  }
  client
    .on('data', chunk => {
      lastSent = Math.max(openFrom, now())
      sent.push(chunk)
      release()
    })
    .on('end', () => {
      sent.push(undefined)
      release()
    })
  upstream
    .on('data', chunk => {
      answered.push(chunk)
      release()
    })
    .on('end', () => {
      answered.push(undefined)
      release()
    })
  return release
}

function pass(chunks: (Buffer | undefined)[], to: Socket): void {
  for (const chunk of chunks.splice(0)) {
    if (chunk === undefined) to.end()
    else to.write(chunk)
  }
}
