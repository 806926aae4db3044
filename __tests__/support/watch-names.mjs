// Loaded before the action with `node --import`: writes each name that the process looks up, and each address that it connects to, into
// the file of WATCHED_NAMES. No name leaves the machine: those below `corp.example` are 127.0.0.1, and all others are unknown.

import {appendFileSync} from 'node:fs'
import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import {syncBuiltinESMExports} from 'node:module'

const note = name => appendFileSync(process.env['WATCHED_NAMES'], `${name}\n`)

function lookup(name, options, callback) {
  const answer = typeof options === 'function' ? options : callback
  const wantsAll = typeof options === 'object' && options.all === true
  note(name)
  if (!/(?:^|\.)corp\.example$/.test(name)) {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
      hostname: name
    })
    process.nextTick(answer, error)
  } else if (wantsAll) process.nextTick(answer, null, [{address: '127.0.0.1', family: 4}])
  else process.nextTick(answer, null, '127.0.0.1', 4)
}

dns.lookup = lookup
// The other ways to ask for a name, none of which the action uses.
for (const name of Object.keys(dns).filter(key => /^(?:resolve|reverse|lookupService)/.test(key)))
  dns[name] = (...args) => {
    note(`${name} ${String(args[0])}`)
    throw new Error(`${name} is not expected`)
  }

for (const methods of [dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of Object.getOwnPropertyNames(methods).filter(key => /^(?:resolve|reverse|lookup)/.test(key)))
    methods[name] = (...args) => {
      note(`${name} ${String(args[0])}`)
      throw new Error(`${name} is not expected`)
    }
dgram.createSocket = () => {
  note('a UDP socket')
  throw new Error('a UDP socket is not expected')
}

const {connect} = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const to =
    typeof options === 'object' ? (options.path ?? options.host ?? 'localhost') : String(args[1] ?? 'localhost')
  if (net.isIP(to) !== 0 || to.startsWith('/')) note(to)
  return connect.apply(this, args)
}
syncBuiltinESMExports()
