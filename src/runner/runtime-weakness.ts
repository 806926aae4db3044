// Finds variables of the job that weaken this process. Node reads them before this code runs.
// The job is free to set them, so the run continues with a warning that says what they do and how to remove them.

type Environment = Readonly<Record<string, string | undefined>>

/** One message for all of them; undefined if there are none. Values are not quoted, because one may be a secret. */
export function describeRuntimeWeakness(environment: Environment): string | undefined {
  const found = [...weakVariables(environment), ...weakOptions(environment['NODE_OPTIONS'] ?? '')]
  if (found.length === 0) return undefined
  return [
    'The environment of this job makes this step less secure.',
    ...found.map(({what, means}) => `${what}: ${means}`),
    'Remove them from env: of the workflow, the job, and the step, from GITHUB_ENV, and from the environment of the runner. To trust your own CA, set NODE_EXTRA_CA_CERTS to its file.'
  ].join('\n')
}

type Weakness = {readonly what: string; readonly means: string}

const ANY_SERVER =
  'certificates are not checked, so anyone on the network can impersonate a registry and read credentials'
const CODE = 'other code runs in the process of this action, and can read its secrets and change its outputs'
const TELLS = 'Node prints requests to the log, with signed URLs and headers that may contain secrets'
const KEYS = 'anyone who can read the key log can decrypt the traffic with registries, credentials included'

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
    means: 'the configuration file of OpenSSL can turn off its checks and load code'
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
  {option: /^--tls-min-v1\.[01]$/, means: 'broken versions of TLS are allowed'},
  {option: /^--tls-max-v1\.[01]$/, means: 'broken versions of TLS are used'},
  {option: /^--tls-cipher-list$/, means: 'ciphers are allowed that Node disables'},
  {
    option: /^--(?:openssl-config|openssl-shared-config)$/,
    means: 'the configuration file of OpenSSL can turn off its checks and load code'
  },
  {option: /^--openssl-legacy-provider$/, means: 'broken algorithms are allowed'},
  {
    option: /^--insecure-http-parser$/,
    means: 'invalid HTTP is accepted, which allows response smuggling'
  },
  {option: /^--security-revert$/, means: 'the fix for a known vulnerability of Node is turned off'},
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
    // Node reads an underscore as a hyphen.
    .map(word => word.replace(/=.*$/, '').replaceAll('_', '-').replace(/^-r.+/, '-r'))
  return [...new Set(names)].flatMap(name =>
    OPTIONS.filter(({option}) => option.test(name)).map(({means}) => ({what: `${name} in NODE_OPTIONS`, means}))
  )
}
