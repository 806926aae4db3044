// Numbers as Compose hands them to a build: it reads them as YAML 1.1 does, and writes them as Go does. `1.10` becomes `1.1`, `0755`
// becomes `493`, and `1e3` becomes `1000`.

const INTEGER = /^([-+]?)(?:0b([01_]+)|0o?([0-7_]+)|0x([0-9a-fA-F_]+)|([1-9][0-9_]*|0))$/
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

const MAX_UINT64 = 2n ** 64n - 1n

/** The number as Go prints it. A text that is no number stays as it is. */
export function formatYamlNumber(text: string): string {
  const integer = INTEGER.exec(text)
  if (integer !== null) {
    const [, sign, binary, octal, hexadecimal, decimal = ''] = integer
    const digits =
      (binary && `0b${binary}`) ?? (octal && `0o${octal}`) ?? (hexadecimal && `0x${hexadecimal}`) ?? decimal
    const value = BigInt(digits.replaceAll('_', ''))
    // Go's decoder reads what no 64 bits can hold as a float.
    if (value > MAX_UINT64) return formatGoFloat(Number(sign === '-' ? -value : value))
    return String(sign === '-' ? -value : value)
  }
  return FLOAT.test(text) ? formatGoFloat(Number(text)) : text
}

// strconv.FormatFloat(f, 'g', -1, 64) as fmt prints it with %v: an exponent below 10^-4 and from 10^21 on.
function formatGoFloat(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (value !== 0 && (power < -4 || power >= 21))
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  // JavaScript writes numbers below 10^-6 with an exponent, and those are handled above.
  return Object.is(value, -0) ? '-0' : String(value)
}
