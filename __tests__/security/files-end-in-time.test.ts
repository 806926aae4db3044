// Files that are expensive to read: each is read or rejected in time, and never causes a hang, a crash, or exhausted memory.
// The time limits are those of the test: without its own limits, the action would exceed them.

import {describe, expect, it, jest} from '@jest/globals'
import {sampleRows} from '../support/sample.ts'
import {type Planted, runInHostileWorkspace} from '../support/hostile-workspace.ts'

// Processes, on a machine that may have other things to do.
jest.setTimeout(120_000)

function from(count: number, make: (at: number) => string, separator = '\n'): string {
  return Array.from({length: count}, (_, at) => make(at)).join(separator)
}

const FINE = 'FROM HOST/good:1\n'
function compose(text: string): string {
  return `${text}\nservices:\n  good: {image: "HOST/good:1"}\n`
}

type Case = {
  readonly name: string
  readonly files: Readonly<Record<string, Planted>>
  /** Refused, in these words; else the good image is looked for. */
  readonly rule?: RegExp
}

function patternsOf(text: string): string {
  return `ARG A=${'a'.repeat(100)}\nARG B=\${A${text}}\nFROM HOST/x:\${B}\n${FINE}`
}

const CASES: readonly Case[] = [
  ...[
    `##${'*a'.repeat(40)}*b`,
    `#${'*a'.repeat(40)}*b`,
    `%%${'b*a*'.repeat(40)}`,
    `%b${'*a'.repeat(40)}`,
    `/${'*a'.repeat(40)}*b/z`,
    `//${'*a'.repeat(40)}*b/z`,
    `//?/${'z'.repeat(5000)}`
  ].map(text => ({name: `a pattern: ${text.slice(0, 12)}…`, files: {Dockerfile: patternsOf(text)}})),
  {
    name: 'a pattern on a value of 40 kB',
    files: {Dockerfile: `ARG A=${'-'.repeat(40_000)}\nFROM HOST/x:\${A%-*-*-*-*-*b}\n${FINE}`},
    rule: /invalid input/
  },
  {
    name: 'variables that double, of a Dockerfile',
    files: {
      Dockerfile: `ARG A0=aaaaaaaaaa\n${from(40, at => `ARG A${String(at + 1)}=$A${String(at)}$A${String(at)}`)}\nFROM HOST/x:$A40\n${FINE}`
    }
  },
  {
    name: 'variables that double, of a .env',
    files: {
      'compose.yaml': 'services:\n  good: {image: "HOST/good:1"}\n  bad: {image: "HOST/x:$A40"}\n',
      '.env': `A0=aaaaaaaaaa\n${from(40, at => `A${String(at + 1)}=\${A${String(at)}}\${A${String(at)}}`)}\n`
    }
  },
  {
    name: 'variables that double, of Bake',
    files: {
      'docker-bake.hcl': `variable "A0" { default = "aaaaaaaaaa" }\n${from(40, at => `variable "A${String(at + 1)}" { default = "\${A${String(at)}}\${A${String(at)}}" }`)}\ntarget "x" { dockerfile-inline = "FROM HOST/x:\${A40}" }\ntarget "good" { dockerfile-inline = "FROM HOST/good:1" }\n`
    },
    rule: /GiB of memory/
  },
  {
    name: 'operators in each other',
    files: {Dockerfile: `FROM ${'${A:-'.repeat(10_000)}x${'}'.repeat(10_000)}\n${FINE}`}
  },
  {
    name: '100,000 flags on lines of their own',
    files: {Dockerfile: `${FINE}RUN ${from(100_000, () => '--a=b', ' \\\n')} true\n`}
  },
  {name: '30,000 heredocs', files: {Dockerfile: `${FINE}${from(30_000, () => 'RUN <<A <<B\nA\nB')}\n`}},
  {name: 'a heredoc word in 10,000 braces', files: {Dockerfile: `${FINE}RUN <<A ${'${a:-'.repeat(10_000)}\n`}},
  {
    name: '14,000 stages',
    files: {Dockerfile: `${from(14_000, at => `FROM HOST/good:1 AS s${String(at)}\nCOPY --from=s0 / /`)}\n`}
  },
  {name: 'a line of 900 kB', files: {Dockerfile: `${FINE}RUN ${'x'.repeat(900_000)}\n`}, rule: /65535 bytes/},
  {name: 'a line of spaces', files: {Dockerfile: `${FINE}RUN a${' '.repeat(60_000)}b${' '.repeat(4000)}\\\n c\n`}},
  {name: 'empty lines', files: {note: `${'\n'.repeat(900_000)}FROM HOST/good:1\n`}},
  ...[`ARG a${' '.repeat(900_000)};`, `FROM${' --a'.repeat(200_000)} x y z`, `FROM ${'\\ '.repeat(400_000)}x`].map(
    text => ({
      name: `a first line that may be an instruction: ${text.slice(0, 10)}…`,
      files: {note: text},
      rule: /not a file of a kind/
    })
  ),
  {name: 'directives of spaces', files: {Dockerfile: `# syntax=a${' '.repeat(60_000)}b\n${FINE}`}, rule: /./},
  {name: '15,000 aliases', files: {'compose.yaml': compose(`x: &x {image: a}\ny:\n${from(15_000, () => '  - *x')}`)}},
  {
    name: '3000 merges',
    files: {
      'compose.yaml': compose(
        `m0: &m0 {k: 1}\n${from(3000, at => `m${String(at + 1)}: &m${String(at + 1)}\n  <<: *m${String(at)}\n  k${String(at)}: 1`)}`
      )
    },
    rule: /merge keys/
  },
  {
    name: 'a billion laughs',
    files: {
      'compose.yaml': compose(
        `a0: &a0 [x, x]\n${from(60, at => `a${String(at + 1)}: &a${String(at + 1)} [*a${String(at)}, *a${String(at)}]`)}`
      )
    }
  },
  {
    name: 'services that are one list of volumes',
    files: {
      'compose.yaml': `x: &x\n${from(5000, () => '  - a')}\nservices:\n${from(5000, at => `  s${String(at)}: {image: "HOST/good:1", volumes: *x}`)}\n`
    },
    rule: /services and parts of services/
  },
  {name: 'lists in each other', files: {'compose.yaml': `services: ${'['.repeat(100_000)}`}, rule: /./},
  {
    name: '30,000 unknown tags',
    files: {'compose.yaml': compose(`x: [${from(30_000, () => '!!x a', ', ')}]`)},
    rule: /10000 tags/
  },
  {
    name: '14,000 services',
    files: {
      'compose.yaml': `services:\n${from(14_000, at => `  s${String(at)}: {build: {dockerfile_inline: FROM HOST/good:1}}`)}\n`
    }
  },
  {
    name: '14,000 services that build an image of a name',
    files: {
      'compose.yaml': `services:\n${from(14_000, at => `  s${String(at)}: {image: "HOST/own:${String(at)}", build: {dockerfile_inline: FROM HOST/good:1}}`)}\n`
    }
  },
  {
    name: 'services that extend one of another file',
    files: {
      'compose.yaml': `services:\n${from(4000, at => `  s${String(at)}: {extends: {file: base.yaml, service: base}}`)}\n`,
      'base.yaml': `services:\n  base: {image: "HOST/good:1"}\n${from(10_000, at => `  o${String(at)}: {image: a}`)}\n`
    }
  },
  {
    name: 'files that include each other in a million ways',
    files: {
      'compose.yaml': `include: [f0.yaml]\nservices: {}\n`,
      ...Object.fromEntries(
        Array.from({length: 25}, (_, at) => [
          `f${String(at)}.yaml`,
          `include: [f${String(at + 1)}.yaml, ./f${String(at + 1)}.yaml]\nservices: {}\n`
        ])
      ),
      'f25.yaml': 'services: {good: {image: "HOST/good:1"}}\n'
    },
    rule: /services and parts of services/
  },
  {
    name: 'three loops in each other',
    files: {
      'docker-bake.hcl': `variable "L" { default = [${from(300, at => String(at), ', ')}] }\ntarget "x" { args = { for a in L : "k\${a}" => [for b in L : [for c in L : c]] }\n dockerfile-inline = "FROM HOST/good:1" }\n`
    },
    rule: /not a valid Bake file/
  },
  {
    name: '16000 targets',
    files: {
      'docker-bake.hcl': `${from(16_000, at => `target "t${String(at)}" {}`)}\ntarget "x" { dockerfile-inline = "FROM HOST/good:1" }\n`,
      Dockerfile: FINE
    },
    rule: /30 s/
  },
  {
    name: 'a chain of 8000 targets',
    files: {
      'docker-bake.hcl': `target "t0" { dockerfile-inline = "FROM HOST/good:1" }\n${from(8000, at => `target "t${String(at + 1)}" { inherits = ["t${String(at)}"] }`)}\n`
    },
    rule: /30 s/
  },
  {
    name: 'a chain of 8000 variables',
    files: {
      'docker-bake.hcl': `variable "V0" { default = "1" }\n${from(8000, at => `variable "V${String(at + 1)}" { default = V${String(at)} }`)}\ntarget "x" { dockerfile-inline = "FROM HOST/good:\${V8000}" }\n`
    }
  },
  {
    name: 'a manifest of aliases of aliases',
    files: {
      'pod.yaml': `apiVersion: v1\nkind: Pod\na0: &a0 {containers: [{image: "HOST/good:1"}]}\n${from(60, at => `a${String(at + 1)}: &a${String(at + 1)} [*a${String(at)}, *a${String(at)}]`)}\n`
    }
  },
  {
    name: 'a devcontainer.json of lists in each other',
    files: {'devcontainer.json': `{"image": ${'['.repeat(200_000)}`},
    rule: /./
  },
  {
    name: 'a devcontainer.json of 50,000 lines',
    files: {'devcontainer.json': `{${from(50_000, at => `"${String(at)}": 1,`)}"image": "HOST/good:1"}`}
  },
  {
    name: 'folders that link to each other',
    files: {
      Dockerfile: FINE,
      ...Object.fromEntries(
        Array.from({length: 10}, (_, one) =>
          Array.from(
            {length: 10},
            (_, two) => [`d${String(one)}/l${String(two)}`, {link: `../d${String(two)}`}] as const
          )
        ).flat()
      )
    },
    rule: /symbolic links lead to more than/
  }
]

describe('a file that is expensive to read', () => {
  it.each(sampleRows(CASES, 2))('is read or rejected within the time limit: $name', async ({files, rule}) => {
    const [first = ''] = Object.keys(files)
    const isTree = Object.keys(files).length > 50
    const {requestText, report, annotations} = await runInHostileWorkspace({
      inside: files,
      inputs: {files: isTree ? '**/Dockerfile' : first}
    })
    // Not a fault of the action, and not what the clock had to end.
    expect(report).not.toMatchObject({failure: {kind: 'bug'}})
    expect(report).not.toMatchObject({failure: {kind: 'timed-out'}})
    const said = annotations
      .filter(({title}) => /^Input files|invalid input/.test(title ?? ''))
      .map(({message}) => message)
    if (rule === undefined) {
      expect(said).toEqual([])
      expect(requestText).toContain('/v2/good/manifests/1')
    } else expect(said).toContainEqual(expect.stringMatching(rule))
  })
})
