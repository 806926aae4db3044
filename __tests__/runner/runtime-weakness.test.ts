// Variables that weaken this process: each is found in the ways in which Node reads it, and no other is.

import {execFileSync} from 'node:child_process'
import {describe, expect, it} from '@jest/globals'
import {describeRuntimeWeakness} from '../../src/runner/runtime-weakness.ts'

function found(environment: Readonly<Record<string, string>>): readonly string[] {
  return (describeRuntimeWeakness(environment)?.split('\n').slice(1, -1) ?? []).map(line =>
    line.slice(0, line.indexOf(':'))
  )
}

const OPTIONS = [
  ...['--require', '--import', '--experimental-loader', '--inspect', '--inspect-brk', '--tls-keylog', '--trace-tls'],
  ...['--tls-min-v1.0', '--tls-min-v1.1', '--tls-cipher-list', '--openssl-config', '--openssl-shared-config'],
  ...['--openssl-legacy-provider', '--insecure-http-parser', '--security-revert', '--heapsnapshot-signal'],
  ...['--report-on-signal', '--report-uncaught-exception', '--heapsnapshot-near-heap-limit']
]

describe('describeRuntimeWeakness', () => {
  it.each(OPTIONS)('finds %s in NODE_OPTIONS, in each way in which it is written', option => {
    for (const written of [
      option,
      `${option}=x`,
      `--title=x "${option}" x`,
      option.replaceAll('-', '_').replace('__', '--')
    ])
      expect(found({NODE_OPTIONS: written})).toEqual([`${option} in NODE_OPTIONS`])
  })

  it('knows options by the names that this Node has', () => {
    const help = execFileSync(process.execPath, ['--help'], {encoding: 'utf8'})
    const missing = OPTIONS.filter(option => !help.includes(option))
    // Node takes these and does not tell of them.
    expect(missing.filter(option => option !== '--security-revert')).toEqual([])
  })

  it.each<Record<string, string>>([
    {NODE_TLS_REJECT_UNAUTHORIZED: '0'},
    {NODE_DEBUG: 'fs,HTTP'},
    {NODE_DEBUG: '*'},
    {OPENSSL_CONF: '/etc/x'},
    {LD_PRELOAD: '/lib/x.so'},
    {DYLD_INSERT_LIBRARIES: '/lib/x'}
  ])('finds %j', environment => {
    expect(found(environment)).toHaveLength(1)
  })

  it.each<Record<string, string>>([
    {},
    {NODE_TLS_REJECT_UNAUTHORIZED: ''},
    {NODE_TLS_REJECT_UNAUTHORIZED: 'false'},
    {NODE_DEBUG: 'fs,module'},
    {
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      SSL_CERT_FILE: '/etc/ca.pem',
      NODE_USE_SYSTEM_CA: '1',
      HTTPS_PROXY: 'http://p'
    },
    {NODE_OPTIONS: '--max-old-space-size=4096 --use-system-ca --enable-source-maps --no-warnings --tls-min-v1.2'}
  ])('finds nothing in %j', environment => {
    expect(describeRuntimeWeakness(environment)).toBeUndefined()
  })

  it('quotes no value', () => {
    expect(describeRuntimeWeakness({NODE_OPTIONS: '--require=/secret/path', OPENSSL_CONF: '/secret'})).not.toContain(
      'secret/'
    )
  })
})
