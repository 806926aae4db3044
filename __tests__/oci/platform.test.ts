// Platforms: the many names of one machine, and which child of an index runs on it.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {
  chooseLiterally,
  choosePlatform,
  chooseRunnable,
  formatPlatform,
  normalizePlatform,
  parsePlatform,
  type Platform,
  platformOfMachine,
  satisfies
} from '../../src/oci/platform.ts'

function read(text: string): Platform {
  const parsed = parsePlatform(text)
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.value
}

describe('parsePlatform', () => {
  it.each([
    {text: 'linux/amd64', normal: 'linux/amd64'},
    {text: 'linux/x86_64', normal: 'linux/amd64'},
    {text: 'linux/x86-64', normal: 'linux/amd64'},
    {text: 'linux/amd64/v1', normal: 'linux/amd64'},
    {text: 'linux/amd64/v2', normal: 'linux/amd64/v2'},
    {text: 'linux/aarch64', normal: 'linux/arm64'},
    {text: 'linux/arm64/v8', normal: 'linux/arm64'},
    {text: 'linux/arm64/8', normal: 'linux/arm64'},
    {text: 'linux/arm64/v9', normal: 'linux/arm64/v9'},
    {text: 'linux/arm', normal: 'linux/arm/v7'},
    {text: 'linux/arm/7', normal: 'linux/arm/v7'},
    {text: 'linux/arm/v6', normal: 'linux/arm/v6'},
    {text: 'linux/armhf', normal: 'linux/arm/v7'},
    {text: 'linux/armel', normal: 'linux/arm/v6'},
    {text: 'linux/i386', normal: 'linux/386'},
    {text: 'linux/ppc64el', normal: 'linux/ppc64le'},
    {text: 'Linux/AMD64', normal: 'linux/amd64'},
    {text: 'macos/arm64', normal: 'darwin/arm64'},
    {text: 'macOS/arm64', normal: 'darwin/arm64'},
    {text: 'linux/arm/V6', normal: 'linux/arm/v6'},
    {text: 'linux/riscv64', normal: 'linux/riscv64'},
    {text: 'linux/s390x', normal: 'linux/s390x'},
    {text: 'linux/S390X', normal: 'linux/s390x'},
    {text: 'linux/X64', normal: 'linux/amd64'},
    {text: 'linux/X86_64', normal: 'linux/amd64'},
    {text: 'linux/constructor', normal: 'linux/constructor'},
    {text: 'linux/__proto__', normal: 'linux/__proto__'}
  ])('reads $text as $normal', ({text, normal}) => {
    const parsed = parsePlatform(text)
    expect(parsed.ok && formatPlatform(parsed.value)).toBe(normal)
  })

  it.each([
    {name: 'nothing', text: '', why: 'os/architecture'},
    {name: 'an architecture alone', text: 'amd64', why: 'os/architecture'},
    {name: 'four parts', text: 'linux/arm/v7/hf', why: 'os/architecture'},
    {name: 'no architecture', text: 'linux/', why: 'between its slashes'},
    {name: 'no system', text: '/amd64', why: 'between its slashes'},
    {name: 'an empty variant', text: 'linux/arm/', why: 'between its slashes'},
    {name: 'a space', text: 'linux/amd 64', why: 'between its slashes'},
    {name: 'a line end', text: 'linux/amd64\n', why: 'between its slashes'},
    {name: 'a list', text: 'linux/amd64,linux/arm64', why: 'between its slashes'}
  ])('refuses $name', ({text, why}) => {
    expect(parsePlatform(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  it('answers for any text, and reads its own form back', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('linux', 'arm', 'arm64', 'amd64', 'v8', '8', 'v', 'toString', '')
    )
    fc.assert(
      fc.property(fc.array(part, {maxLength: 4}), parts => {
        const parsed = parsePlatform(parts.join('/'))
        if (parsed.ok) expect(parsePlatform(formatPlatform(parsed.value))).toEqual(parsed)
        else expect(parsed.reason).not.toBe('')
      }),
      {numRuns: 1000}
    )
  })
})

describe('normalizePlatform', () => {
  it.each([
    {name: 'what is not there', platform: {os: 'linux', architecture: 'amd64'}},
    {name: 'the version of Windows', platform: {os: 'windows', architecture: 'amd64', osVersion: '10.0.20348'}},
    {name: 'a variant', platform: {os: 'linux', architecture: 'arm', variant: 'v6'}}
  ])('adds nothing to $name', ({platform}) => {
    expect(normalizePlatform(platform)).toStrictEqual(platform)
  })

  it('is done once and for all', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('arm', 'armel', 'arm64', 'x86_64', 'v7', 'v8', '7', ''))
    const platforms = fc.record(
      {os: text, architecture: text, variant: text, osVersion: text},
      {
        requiredKeys: ['os', 'architecture']
      }
    )
    fc.assert(
      fc.property(platforms, platform => {
        const normal = normalizePlatform(platform)
        expect(normalizePlatform(normal)).toEqual(normal)
      })
    )
  })

  it.each([
    {
      name: 'an empty variant of arm64',
      platform: {os: 'linux', architecture: 'arm64', variant: ''},
      normal: 'linux/arm64'
    },
    {
      name: 'an empty variant of arm',
      platform: {os: 'linux', architecture: 'arm', variant: ''},
      normal: 'linux/arm/v7'
    },
    {
      name: 'a name before the variant that contradicts it, as containerd does',
      platform: {os: 'linux', architecture: 'armel', variant: 'v5'},
      normal: 'linux/arm/v6'
    },
    {
      name: 'only the names that containerd knows',
      platform: {os: 'linux', architecture: 'x64'},
      normal: 'linux/x64'
    }
  ])('reads $name', ({platform, normal}) => {
    expect(formatPlatform(normalizePlatform(platform))).toBe(normal)
  })
})

describe('choosePlatform', () => {
  const choose = (wanted: string, offered: readonly string[]): string | undefined =>
    choosePlatform(
      read(wanted),
      offered.map(text => ({text, platform: read(text)}))
    )?.text

  it.each([
    {name: 'the same', wanted: 'linux/amd64', offered: ['linux/arm64', 'linux/amd64'], chosen: 'linux/amd64'},
    {
      name: 'none of another architecture',
      wanted: 'linux/amd64',
      offered: ['linux/386', 'linux/arm64'],
      chosen: undefined
    },
    {name: 'none of another system', wanted: 'linux/amd64', offered: ['windows/amd64'], chosen: undefined},
    {name: 'none of nothing', wanted: 'linux/amd64', offered: [], chosen: undefined},
    {name: 'no attestation', wanted: 'linux/amd64', offered: ['unknown/unknown'], chosen: undefined},
    {name: 'arm/v7 for arm', wanted: 'linux/arm', offered: ['linux/arm/v6', 'linux/arm/v7'], chosen: 'linux/arm/v7'},
    {
      name: 'arm/v6 for arm/v7 when it is all there is',
      wanted: 'linux/arm/v7',
      offered: ['linux/arm/v6'],
      chosen: 'linux/arm/v6'
    },
    {name: 'no arm/v7 for arm/v6', wanted: 'linux/arm/v6', offered: ['linux/arm/v7'], chosen: undefined},
    {
      name: 'the newest that runs',
      wanted: 'linux/arm/v7',
      offered: ['linux/arm/v5', 'linux/arm/v6'],
      chosen: 'linux/arm/v6'
    },
    {name: 'arm/v7 for arm/v8', wanted: 'linux/arm/v8', offered: ['linux/arm/v7'], chosen: 'linux/arm/v7'},
    {name: 'no arm for arm64', wanted: 'linux/arm64', offered: ['linux/arm/v8', 'linux/arm/v7'], chosen: undefined},
    {name: 'arm64/v8 for arm64', wanted: 'linux/arm64', offered: ['linux/arm64/v8'], chosen: 'linux/arm64/v8'},
    {name: 'arm64 for arm64/v8', wanted: 'linux/arm64/v8', offered: ['linux/arm64'], chosen: 'linux/arm64'},
    {name: 'arm64 for arm64/v9', wanted: 'linux/arm64/v9', offered: ['linux/arm64'], chosen: 'linux/arm64'},
    {name: 'arm64 for arm64/v8.1', wanted: 'linux/arm64/v8.1', offered: ['linux/arm64'], chosen: 'linux/arm64'},
    {
      name: 'arm64, which is arm64/v8, before arm64/v7 for arm64/v9',
      wanted: 'linux/arm64/v9',
      offered: ['linux/arm64/v7', 'linux/arm64/v7.5', 'linux/arm64'],
      chosen: 'linux/arm64'
    },
    {
      name: 'no variant that only has a number in it',
      wanted: 'linux/arm64',
      offered: ['linux/arm64/rev7'],
      chosen: undefined
    },
    {name: 'arm/v5 for arm/v7', wanted: 'linux/arm/v7', offered: ['linux/arm/v5'], chosen: 'linux/arm/v5'},
    {name: 'no arm/v4 for arm/v7', wanted: 'linux/arm/v7', offered: ['linux/arm/v4'], chosen: undefined},
    {
      name: 'the same of an architecture without variants',
      wanted: 'linux/riscv64',
      offered: ['linux/arm64', 'linux/riscv64'],
      chosen: 'linux/riscv64'
    },
    {
      name: 'nothing older for an unknown arm64',
      wanted: 'linux/arm64/tiny',
      offered: ['linux/arm64'],
      chosen: undefined
    },
    {name: 'nothing older for arm64/xv8', wanted: 'linux/arm64/xv8', offered: ['linux/arm64'], chosen: undefined},
    {name: 'nothing older for arm64/v8.1x', wanted: 'linux/arm64/v8.1x', offered: ['linux/arm64'], chosen: undefined},
    {
      name: 'the newest minor version that runs',
      wanted: 'linux/arm64/v8.2',
      offered: ['linux/arm64', 'linux/arm64/v8.1', 'linux/arm64/v8.3'],
      chosen: 'linux/arm64/v8.1'
    },
    {name: 'no arm64/v8.1 for arm64', wanted: 'linux/arm64', offered: ['linux/arm64/v8.1'], chosen: undefined},
    {
      name: 'arm64/v9 for itself',
      wanted: 'linux/arm64/v9',
      offered: ['linux/arm64/v8.5', 'linux/arm64/v9'],
      chosen: 'linux/arm64/v9'
    },
    {name: 'no arm64/v9.1 for arm64/v9', wanted: 'linux/arm64/v9', offered: ['linux/arm64/v9.1'], chosen: undefined},
    {
      name: 'arm64/v8.5 for arm64/v9',
      wanted: 'linux/arm64/v9',
      offered: ['linux/arm64/v8.5'],
      chosen: 'linux/arm64/v8.5'
    },
    {name: 'no arm64/v8.6 for arm64/v9', wanted: 'linux/arm64/v9', offered: ['linux/arm64/v8.6'], chosen: undefined},
    {
      name: 'arm64/v8.6 for arm64/v9.1',
      wanted: 'linux/arm64/v9.1',
      offered: ['linux/arm64/v8.6'],
      chosen: 'linux/arm64/v8.6'
    },
    {
      name: 'arm64/v8.9 for arm64/v9.5',
      wanted: 'linux/arm64/v9.5',
      offered: ['linux/arm64/v8.9'],
      chosen: 'linux/arm64/v8.9'
    },
    {
      name: 'no arm64/v8.10 for arm64/v9.5',
      wanted: 'linux/arm64/v9.5',
      offered: ['linux/arm64/v8.10'],
      chosen: undefined
    },
    {name: 'no arm64/v9 for arm64', wanted: 'linux/arm64', offered: ['linux/arm64/v9'], chosen: undefined},
    {name: 'no amd64/v2 for amd64', wanted: 'linux/amd64', offered: ['linux/amd64/v2'], chosen: undefined},
    {name: 'amd64 for amd64/v2', wanted: 'linux/amd64/v2', offered: ['linux/amd64'], chosen: 'linux/amd64'},
    {
      name: 'no variant below the first',
      wanted: 'linux/amd64/v2',
      offered: ['linux/amd64/v0', 'linux/amd64/v-1'],
      chosen: undefined
    },
    {
      name: 'no variant below the first for amd64',
      wanted: 'linux/amd64',
      offered: ['linux/amd64/v0', 'linux/amd64/v-1'],
      chosen: undefined
    },
    {
      name: 'no amd64/v2 for amd64/2, as containerd',
      wanted: 'linux/amd64/2',
      offered: ['linux/amd64/v2'],
      chosen: undefined
    },
    {name: 'nothing older for amd64/rev3', wanted: 'linux/amd64/rev3', offered: ['linux/amd64/v2'], chosen: undefined},
    {name: 'nothing older for amd64/v3x', wanted: 'linux/amd64/v3x', offered: ['linux/amd64/v2'], chosen: undefined},
    {
      name: 'the older of a number that no processor has',
      wanted: `linux/amd64/v${'9'.repeat(20)}`,
      offered: ['linux/amd64/v1'],
      chosen: undefined
    },
    {
      name: 'amd64/v2 before amd64 for amd64/v3',
      wanted: 'linux/amd64/v3',
      offered: ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'],
      chosen: 'linux/amd64/v2'
    },
    {name: 'no unknown variant for another', wanted: 'linux/amd64', offered: ['linux/amd64/tiny'], chosen: undefined},
    {
      name: 'an unknown variant for itself',
      wanted: 'linux/amd64/tiny',
      offered: ['linux/amd64', 'linux/amd64/tiny'],
      chosen: 'linux/amd64/tiny'
    }
  ])('takes $name', ({wanted, offered, chosen}) => {
    expect(choose(wanted, offered)).toBe(chosen)
  })

  it('takes the first of equal ones, as the specification requires', () => {
    const offered = ['a', 'b'].map(name => ({name, platform: read('linux/amd64')}))
    expect(choosePlatform(read('linux/amd64'), offered)?.name).toBe('a')
  })

  it('reads what the index wrote before it compares', () => {
    const offered = [{platform: {os: 'Linux', architecture: 'x86_64', variant: 'v1'}}]
    expect(choosePlatform(read('linux/amd64'), offered)).toBe(offered[0])
  })

  it.each([
    {name: 'one with a feature that is not known', os: 'linux', osFeatures: ['x'], isChosen: false},
    {name: 'one for Linux with a feature of Windows', os: 'linux', osFeatures: ['win32k'], isChosen: false},
    {name: 'one for Windows with win32k', os: 'windows', osFeatures: ['win32k'], isChosen: true},
    {name: 'one for Windows with another one beside it', os: 'windows', osFeatures: ['win32k', 'x'], isChosen: false},
    {name: 'one with an empty list of features', os: 'linux', osFeatures: [], isChosen: true}
  ])('takes $name: $isChosen', ({os, osFeatures, isChosen}) => {
    const offered = {platform: {os, architecture: 'amd64', osFeatures}}
    expect(choosePlatform({os, architecture: 'amd64'}, [offered])).toBe(isChosen ? offered : undefined)
  })

  const windows = (osVersion?: string): {readonly platform: Platform; readonly osVersion: string | undefined} => ({
    osVersion,
    platform: {os: 'windows', architecture: 'amd64', ...(osVersion === undefined ? {} : {osVersion})}
  })

  it.each([
    {name: 'its build', host: '10.0.20348', offered: ['10.0.17763.5329', '10.0.20348.2227'], chosen: '10.0.20348.2227'},
    {
      name: 'the first of its build',
      host: '10.0.20348',
      offered: ['10.0.20348.1', '10.0.20348.2'],
      chosen: '10.0.20348.1'
    },
    {
      name: 'its build, of the same system',
      host: '10.0.20348',
      offered: ['6.0.20348.1', '10.0.20348.1'],
      chosen: '10.0.20348.1'
    },
    {
      name: 'another build when it is all there is',
      host: '10.0.20348',
      offered: ['10.0.17763.5329'],
      chosen: '10.0.17763.5329'
    },
    {name: 'no newer build', host: '10.0.20348', offered: ['10.0.26100.1', '10.0.17763.1'], chosen: '10.0.17763.1'},
    {
      name: 'its build before an older one that runs without isolation',
      host: '10.0.26100',
      offered: ['10.0.20348.1', '10.0.26100.1'],
      chosen: '10.0.26100.1'
    },
    {
      name: 'a build that runs without isolation before an older one',
      host: '10.0.26100',
      offered: ['10.0.20347.1', '10.0.20348.1'],
      chosen: '10.0.20348.1'
    },
    {
      name: 'the first of two that run without isolation',
      host: '10.0.26100',
      offered: ['10.0.20348.1', '10.0.20349.1'],
      chosen: '10.0.20348.1'
    },
    {
      name: 'no build for its own before another',
      host: '10.0.20348',
      offered: ['10.0.17763.5329', undefined],
      chosen: undefined
    }
  ])('takes $name on Windows', ({host, offered, chosen}) => {
    const wanted = platformOfMachine('win32', 'x64', host)
    expect(choosePlatform(wanted, offered.map(windows))?.osVersion).toBe(chosen)
  })
})

describe('chooseRunnable', () => {
  const choose = (wanted: Platform, offered: readonly Platform[]): Platform | undefined =>
    chooseRunnable(
      wanted,
      offered.map(platform => ({platform}))
    )?.platform

  it.each([
    {wanted: 'linux/amd64', offered: ['linux/386'], chosen: 'linux/386'},
    {wanted: 'linux/arm64', offered: ['linux/arm/v6', 'linux/arm/v7'], chosen: 'linux/arm/v7'},
    {wanted: 'linux/arm64/v9', offered: ['linux/arm/v8'], chosen: 'linux/arm/v8'},
    {wanted: 'linux/arm64/tiny', offered: ['linux/arm/v8'], chosen: undefined}
  ])('takes $chosen of $offered for $wanted', ({wanted, offered, chosen}) => {
    expect(choose(read(wanted), offered.map(read))).toEqual(chosen === undefined ? undefined : read(chosen))
  })

  it('prefers an older build of the architecture to its own build of another one', () => {
    const older = {os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1'}
    const other = {os: 'windows', architecture: '386', osVersion: '10.0.20348.1'}
    expect(choose(platformOfMachine('win32', 'x64', '10.0.20348'), [other, older])).toBe(older)
  })
})

// What containers/image compares: the words of the index, without normalization.
describe('chooseLiterally', () => {
  const choose = (wanted: string, offered: readonly string[]): string | undefined =>
    chooseLiterally(
      read(wanted),
      offered.map(text => {
        const [os = '', architecture = '', variant] = text.split('/')
        return {text, platform: {os, architecture, ...(variant === undefined ? {} : {variant})}}
      })
    )?.text

  it.each([
    {name: 'the same', wanted: 'linux/amd64', offered: ['linux/arm64', 'linux/amd64'], chosen: 'linux/amd64'},
    {name: 'no other name of the architecture', wanted: 'linux/amd64', offered: ['linux/x86_64'], chosen: undefined},
    {name: 'no other system', wanted: 'linux/amd64', offered: ['windows/amd64'], chosen: undefined},
    {name: 'no variant for amd64', wanted: 'linux/amd64', offered: ['linux/amd64/v1'], chosen: undefined},
    {name: 'no 386 for amd64', wanted: 'linux/amd64', offered: ['linux/386'], chosen: undefined},
    {
      name: 'amd64/v2 for amd64/v2',
      wanted: 'linux/amd64/v2',
      offered: ['linux/amd64', 'linux/amd64/v2'],
      chosen: 'linux/amd64/v2'
    },
    {
      name: 'the best variant',
      wanted: 'linux/arm/v7',
      offered: ['linux/arm/v5', 'linux/arm/v6'],
      chosen: 'linux/arm/v6'
    },
    {
      name: 'a variant before none',
      wanted: 'linux/arm/v7',
      offered: ['linux/arm', 'linux/arm/v6'],
      chosen: 'linux/arm/v6'
    },
    {
      name: 'none where no variant fits',
      wanted: 'linux/arm/v6',
      offered: ['linux/arm/v7', 'linux/arm'],
      chosen: 'linux/arm'
    },
    {
      name: 'none before a variant for arm64',
      wanted: 'linux/arm64',
      offered: ['linux/arm64/v8', 'linux/arm64'],
      chosen: 'linux/arm64'
    },
    {name: 'arm64/v8 for arm64', wanted: 'linux/arm64', offered: ['linux/arm64/v8'], chosen: 'linux/arm64/v8'},
    {name: 'no arm64 in a variant of arm', wanted: 'linux/arm64', offered: ['linux/arm64/v7'], chosen: undefined}
  ])('takes $name', ({wanted, offered, chosen}) => {
    expect(choose(wanted, offered)).toBe(chosen)
  })

  it('takes the first of equal ones', () => {
    const offered = ['a', 'b'].map(name => ({name, platform: read('linux/amd64')}))
    expect(chooseLiterally(read('linux/amd64'), offered)?.name).toBe('a')
  })
})

describe('formatPlatform', () => {
  it('names what an index leaves empty', () => {
    expect(formatPlatform({os: '', architecture: ''})).toBe('unknown/unknown')
  })
})

describe('satisfies', () => {
  it.each([
    {wanted: 'linux/amd64', offered: 'linux/amd64', does: true},
    {wanted: 'linux/arm/v7', offered: 'linux/arm/v6', does: true},
    {wanted: 'linux/arm/v6', offered: 'linux/arm/v7', does: false},
    {wanted: 'linux/amd64', offered: 'linux/386', does: false}
  ])('$offered for $wanted: $does', ({wanted, offered, does}) => {
    expect(satisfies(read(wanted), read(offered))).toBe(does)
  })
})

describe('platformOfMachine', () => {
  it.each([
    {name: 'Linux on x64', os: 'linux', architecture: 'x64', platform: {os: 'linux', architecture: 'amd64'}},
    {name: 'Linux on arm64', os: 'linux', architecture: 'arm64', platform: {os: 'linux', architecture: 'arm64'}},
    {
      name: 'Linux on arm',
      os: 'linux',
      architecture: 'arm',
      platform: {os: 'linux', architecture: 'arm', variant: 'v7'}
    },
    {name: 'Linux on ia32', os: 'linux', architecture: 'ia32', platform: {os: 'linux', architecture: '386'}},
    {
      name: 'macOS, which runs Linux containers',
      os: 'darwin',
      architecture: 'arm64',
      platform: {os: 'linux', architecture: 'arm64'}
    },
    {
      name: 'Windows with its build',
      os: 'win32',
      architecture: 'x64',
      platform: {os: 'windows', architecture: 'amd64', osVersion: '10.0.20348'}
    }
  ])('knows $name', ({os, architecture, platform}) => {
    expect(platformOfMachine(os, architecture, '10.0.20348')).toEqual(platform)
  })
})
