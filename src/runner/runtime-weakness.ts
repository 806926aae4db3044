// Variables of the job that make this process trust or tell more than it should: Node reads them before the first line of this runs.
// They are the job's to set, so that the run goes on; but it says what they mean, and how to be rid of them.

type Environment = Readonly<Record<string, string | undefined>>

/** One text for all that is found; undefined when nothing is. Values are not quoted: one may hold a secret. */
export function describeRuntimeWeakness(environment: Environment): string | undefined {
  const found = [...weakVariables(environment), ...weakOptions(environment['NODE_OPTIONS'] ?? '')]
  if (found.length === 0) return undefined
  return [
    'The environment of this job makes the step less safe than it promises to be.',
    ...found.map(({what, means}) => `${what}: ${means}`),
    'Remove them from env: of the workflow, the job and the step, from GITHUB_ENV, and from the environment of the runner. To trust a CA of your own, set NODE_EXTRA_CA_CERTS to its file instead.'
  ].join('\n')
}

type Weakness = {readonly what: string; readonly means: string}

const ANY_SERVER =
  'certificates are not checked, so that anybody on the network can pose as a registry and read the credentials'
const CODE = 'code that is not part of this action runs in its process and can read its secrets and change its outputs'
const TELLS = 'Node prints requests in the log, with addresses that are signed and headers that may hold secrets'
const KEYS = 'whoever can read the file that it names can read along what is sent to registries, credentials included'

const VARIABLES: readonly {
  readonly name: string
  readonly isWeak: (value: string) => boolean
  readonly means: string
}[] = [
  {name: 'NODE_TLS_REJECT_UNAUTHORIZED', isWeak: value => value === '0', means: ANY_SERVER},
  {
    name: 'NODE_DEBUG',
    isWeak: value => /(?:^|,)\s*(?:\*|undici|fetch|http2?|https|net|tls|stream\w*)\s*(?:,|$)/i.test(value),
    means: TELLS
  },
  {
    name: 'OPENSSL_CONF',
    isWeak: value => value !== '',
    means: 'OpenSSL is configured by a file that can turn off its checks and load code'
  },
  ...['LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'].map(name => ({
    name,
    isWeak: (value: string) => value !== '',
    means: CODE
  }))
]

function weakVariables(environment: Environment): readonly Weakness[] {
  return VARIABLES.filter(({name, isWeak}) => isWeak(environment[name] ?? '')).map(({name, means}) => ({
    what: /TLS_REJECT/.test(name) ? `${name}=0` : name,
    means
  }))
}

/** Options of Node (`node --help`) that NODE_OPTIONS may hold. */
const OPTIONS: readonly {readonly option: RegExp; readonly means: string}[] = [
  {option: /^(?:-r|--require|--import|--loader|--experimental-loader)$/, means: CODE},
  {option: /^--inspect(?:-brk|-port|-wait)?$/, means: 'a debugger can attach to this process and read its secrets'},
  {option: /^--tls-keylog$/, means: KEYS},
  {option: /^--trace-tls$/, means: TELLS},
  {option: /^--tls-min-v1\.[01]$/, means: 'versions of TLS are allowed that are known to be broken'},
  {option: /^--tls-max-v1\.[01]$/, means: 'versions of TLS are used that are known to be broken'},
  {option: /^--tls-cipher-list$/, means: 'ciphers are allowed that Node leaves out'},
  {
    option: /^--(?:openssl-config|openssl-shared-config)$/,
    means: 'OpenSSL is configured by a file that can turn off its checks and load code'
  },
  {option: /^--openssl-legacy-provider$/, means: 'algorithms are allowed that are known to be broken'},
  {
    option: /^--insecure-http-parser$/,
    means: 'answers are read that are not HTTP, which lets a server smuggle one into another'
  },
  {option: /^--security-revert$/, means: 'the fix of a known weakness of Node is turned off'},
  {
    option:
      /^--(?:heapsnapshot-signal|heapsnapshot-near-heap-limit|heap-prof|report-on-signal|report-uncaught-exception|report-on-fatalerror)$/,
    means: 'the memory or the environment of this process may be written to a file, secrets included'
  }
]

function weakOptions(options: string): readonly Weakness[] {
  const names = options
    .split(/[\s"]+/)
    .filter(word => word.startsWith('-'))
    // Node takes an underscore for a hyphen.
    .map(word => word.replace(/=.*$/, '').replaceAll('_', '-').replace(/^-r.+/, '-r'))
  return [...new Set(names)].flatMap(name =>
    OPTIONS.filter(({option}) => option.test(name)).map(({means}) => ({what: `${name} in NODE_OPTIONS`, means}))
  )
}
