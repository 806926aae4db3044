export const id = 944;
export const ids = [944];
export const modules = {

/***/ 7944:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  findInFiles: () => (/* binding */ findInFiles)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
// EXTERNAL MODULE: ./node_modules/tinyglobby/dist/index.mjs + 1 modules
var dist = __webpack_require__(3382);
// EXTERNAL MODULE: ./build/acquire/failure.js
var failure = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/oci/platform.js
var oci_platform = __webpack_require__(4647);
;// CONCATENATED MODULE: ./build/files/finding.js
// What a file that the workflow named says about images: one that is needed, one that cannot be known, a fault, a build to follow.
// The words that the readers of Dockerfiles, Compose and Bake files share; reads nothing itself.

/** Ends the reading of a file. */
const refuse = (fault) => (0,failure/* fail */.fJ)({ kind: 'invalid-input', faults: [{ input: 'files', ...fault }] });
const MAX_SHOWN = 120;
/** What was written, on one line and short enough for a message. */
const excerpt = (text) => {
    const line = text.trim().replace(/\s+/g, ' ');
    return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN - 1)}…` : line;
};
/** Whether a build context is elsewhere than in the workspace. */
const isRemote = (context) => /^(?:[a-z-]+:\/\/|git@|github\.com\/)|\.git(?:#|$)/.test(context);

;// CONCATENATED MODULE: ./build/files/hcl-source.js
// The text of an HCL file, with a place in it: what every part of the parser reads from and complains with.
// Knows spaces, comments and lines; nothing of blocks and expressions.

const openSource = (text, file, firstLine) => ({
    text,
    file,
    firstLine,
    breaks: [...text.matchAll(/\n/g)].map(({ index }) => index),
    at: 0,
    depth: 0
});
const lineAt = ({ breaks, firstLine }, at) => {
    let [low, high] = [0, breaks.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((breaks[middle] ?? 0) < at)
            low = middle + 1;
        else
            high = middle;
    }
    return firstLine + low;
};
/** Refuses the line on which the source is. */
const unexpected = (source, rule = 'it is not HCL') => {
    const { text, at, file } = source;
    const written = excerpt(text.slice(text.lastIndexOf('\n', at - 1) + 1).split('\n', 1)[0] ?? '');
    const place = { file, line: lineAt(source, at) };
    return refuse({ written, rule, example: 'target "app" { dockerfile = "Dockerfile" }', place });
};
const SPACE = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y;
const SPACE_AND_LINES = /(?:\s|#.*|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
const LINE_END = /(?:#.*|\/\/.*)?(?:\r?\n|$)/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{N}_-]*/uy;
/** What the pattern, a sticky one, finds here, and goes behind it. */
const take = (source, pattern) => {
    pattern.lastIndex = source.at;
    const match = pattern.exec(source.text) ?? undefined;
    if (match !== undefined)
        source.at += match[0].length;
    return match;
};
const takeText = (source, text) => {
    const isThere = source.text.startsWith(text, source.at);
    if (isThere)
        source.at += text.length;
    return isThere;
};
const expectText = (source, text) => {
    if (!takeText(source, text))
        unexpected(source, `it is not HCL: a ${text} is missing`);
};
const takeIdentifier = (source) => take(source, IDENTIFIER)?.[0] ?? unexpected(source);
/** Spaces and comments; within brackets line breaks too. */
const skip = (source, mayBreak) => {
    take(source, mayBreak ? SPACE_AND_LINES : SPACE);
};
// More than anybody writes, and far less than the stack holds.
const MAX_DEPTH = 100;
const deeper = (source, read) => {
    source.depth += 1;
    if (source.depth > MAX_DEPTH)
        unexpected(source, 'its parts lie too deep in each other');
    const result = read();
    source.depth -= 1;
    return result;
};

;// CONCATENATED MODULE: ./build/files/hcl-template.js
// HCL's expressions as data, and its templates: strings and heredocs with `${…}` in them.
// What stands between the braces is read by who calls.

const ESCAPES = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };
/** Up to a quote when it is `quoted`, else all there is. In quotes a backslash escapes. */
const readTemplate = (source, form, read) => {
    const { text } = source;
    const line = lineAt(source, source.at);
    const parts = [];
    let literal = '';
    const flush = () => {
        if (literal !== '')
            parts.push({ kind: 'value', value: literal, line });
        literal = '';
    };
    while (source.at < text.length) {
        const char = text.charAt(source.at);
        if (form === 'quoted' && char === '"')
            break;
        if (form === 'quoted' && char === '\n')
            unexpected(source, 'it is not HCL: a string ends on its line');
        if (takeText(source, '$${'))
            literal += '${';
        else if (takeText(source, '%%{'))
            literal += '%{';
        else if (takeText(source, '${')) {
            flush();
            parts.push(readInterpolation(source, read));
        }
        else if (takeText(source, '%{')) {
            flush();
            parts.push({ kind: 'unsupported', what: 'a template directive', line });
        }
        else if (form === 'quoted' && char === '\\')
            literal += readEscape(source);
        else {
            literal += char;
            source.at += 1;
        }
    }
    flush();
    return { kind: 'template', parts, isBlock: false, line };
};
const readInterpolation = (source, read) => {
    takeText(source, '~');
    skip(source, true);
    const expression = read(source);
    skip(source, true);
    takeText(source, '~');
    if (!takeText(source, '}'))
        unexpected(source, 'it is not HCL: a ${ has no }');
    return expression;
};
const readEscape = (source) => {
    const code = take(source, /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/y);
    if (code !== undefined) {
        const point = Number.parseInt(code[1] ?? code[2] ?? '', 16);
        return point > 0x10ffff ? unexpected(source) : String.fromCodePoint(point);
    }
    const escaped = ESCAPES[source.text.charAt(source.at + 1)];
    if (escaped === undefined)
        return unexpected(source, 'it is not HCL: a backslash is written \\\\');
    source.at += 2;
    return escaped;
};
const HEREDOC = /<<(-?)([\p{L}_][\p{L}\p{N}_-]*)[ \t]*\r?\n/uy;
/** Undefined when there is none here. The line break before its last line belongs to it. */
const takeHeredoc = (source, read) => {
    const line = lineAt(source, source.at);
    const [all, dash, name = ''] = take(source, HEREDOC) ?? [];
    if (all === undefined)
        return undefined;
    const rest = source.text.slice(source.at);
    const end = new RegExp(`^[ \\t]*${name}[ \\t]*\\r?$`, 'mu').exec(rest);
    if (end === null)
        return unexpected({ ...source, at: source.at - 1 }, `it is not HCL: no line is ${name}, which ends the heredoc`);
    const text = rest.slice(0, end.index);
    const inner = openSource(dash === '-' ? dedent(text) : text, source.file, line + 1);
    const template = readTemplate({ ...inner, depth: source.depth }, 'bare', read);
    // The line break behind the name ends the attribute.
    source.at += end.index + end[0].trimEnd().length;
    return template.kind === 'template' ? { ...template, isBlock: true, line } : template;
};
const dedent = (text) => {
    const indents = text
        .split('\n')
        .filter(line => line.trim() !== '')
        .map(line => /^[ \t]*/.exec(line)?.[0].length ?? 0);
    const least = Math.min(...indents);
    return text
        .split('\n')
        .map(line => line.slice(Math.min(least, /^[ \t]*/.exec(line)?.[0].length ?? 0)))
        .join('\n');
};

;// CONCATENATED MODULE: ./build/files/hcl-expression.js
// HCL's expressions, from text to data (hashicorp/hcl hclsyntax/spec.md): the whole grammar, though splats, grouping and template
// directives are kept as what nobody here evaluates.


/** A string with `${…}` in it, as a JSON file has it; it stands on one line. */
const parseTemplate = (text, file, line) => readTemplate(openSource(text, file, line), 'bare', readInBraces);
const readInBraces = (source) => parseExpression(source, true);
// The loosest first.
const OPERATORS = [
    ['||'],
    ['&&'],
    ['==', '!='],
    ['>=', '<=', '>', '<'],
    ['+', '-'],
    ['*', '/', '%']
];
/** Within brackets an expression may go over several lines. */
const parseExpression = (source, mayBreak) => deeper(source, () => {
    const condition = parseOperation(source, 0, mayBreak);
    skip(source, mayBreak);
    if (!takeText(source, '?'))
        return condition;
    skip(source, mayBreak);
    const then = parseExpression(source, mayBreak);
    skip(source, mayBreak);
    expectText(source, ':');
    skip(source, mayBreak);
    const otherwise = parseExpression(source, mayBreak);
    return { kind: 'operation', operator: '?', operands: [condition, then, otherwise], line: condition.line };
});
const parseOperation = (source, level, mayBreak) => {
    const operators = OPERATORS[level];
    if (operators === undefined)
        return parseUnary(source, mayBreak);
    let left = parseOperation(source, level + 1, mayBreak);
    for (;;) {
        skip(source, mayBreak);
        const operator = operators.find(text => source.text.startsWith(text, source.at));
        if (operator === undefined)
            return left;
        source.at += operator.length;
        skip(source, mayBreak);
        left = { kind: 'operation', operator, operands: [left, parseOperation(source, level + 1, mayBreak)], line: left.line };
    }
};
const parseUnary = (source, mayBreak) => {
    const line = lineAt(source, source.at);
    const operator = ['!', '-'].find(sign => takeText(source, sign));
    if (operator === undefined)
        return parseMembers(source, parseTerm(source));
    skip(source, mayBreak);
    return { kind: 'operation', operator, operands: [deeper(source, () => parseUnary(source, mayBreak))], line };
};
const parseMembers = (source, term) => {
    let of = term;
    for (;;) {
        const { line } = of;
        if (/^(?:\.\*|\[\*\])/.test(source.text.slice(source.at, source.at + 3))) {
            take(source, /(?:\.\*|\[\*\])(?:\.[\p{L}\p{N}_-]+|\[\d+\])*/uy);
            return { kind: 'unsupported', what: 'a splat', line };
        }
        if (source.text.charAt(source.at) === '.' && source.text.charAt(source.at + 1) !== '.') {
            source.at += 1;
            const key = take(source, /\d+/y)?.[0] ?? takeIdentifier(source);
            of = { kind: 'member', of, key: { kind: 'value', value: key, line }, line };
        }
        else if (takeText(source, '[')) {
            skip(source, true);
            const key = parseExpression(source, true);
            skip(source, true);
            expectText(source, ']');
            of = { kind: 'member', of, key, line };
        }
        else
            return of;
    }
};
const parseTerm = (source) => {
    const line = lineAt(source, source.at);
    const number = take(source, /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined)
        return { kind: 'value', value: Number(number[0]), line };
    if (takeText(source, '"')) {
        const template = readTemplate(source, 'quoted', readInBraces);
        expectText(source, '"');
        return template;
    }
    const heredoc = takeHeredoc(source, readInBraces);
    if (heredoc !== undefined)
        return heredoc;
    if (takeText(source, '(')) {
        skip(source, true);
        const inner = parseExpression(source, true);
        skip(source, true);
        expectText(source, ')');
        return inner;
    }
    if (takeText(source, '['))
        return parseList(source, line);
    if (takeText(source, '{'))
        return parseObject(source, line);
    const name = takeIdentifier(source);
    if (source.text.startsWith('::', source.at))
        return unexpected(source);
    if (takeText(source, '('))
        return parseCall(source, name, line);
    const literals = new Map([
        ['true', true],
        ['false', false],
        ['null', null]
    ]);
    const literal = literals.get(name);
    return literal === undefined ? { kind: 'name', name, line } : { kind: 'value', value: literal, line };
};
// Items up to the bracket, with commas between them, one after the last, and, in objects, line breaks instead.
const readItems = (source, end, read) => {
    const items = [];
    for (;;) {
        skip(source, true);
        if (takeText(source, end))
            return items;
        items.push(read());
        skip(source, false);
        const broke = end === '}' && take(source, LINE_END) !== undefined;
        skip(source, true);
        if (!takeText(source, ',') && !broke) {
            expectText(source, end);
            return items;
        }
    }
};
const parseCall = (source, name, line) => {
    let isSpread = false;
    const args = readItems(source, ')', () => {
        const arg = parseExpression(source, true);
        skip(source, true);
        isSpread = takeText(source, '...') || isSpread;
        return arg;
    });
    return { kind: 'call', name, args, isSpread, line };
};
const FOR = /for(?=\s)/y;
const parseList = (source, line) => {
    skip(source, true);
    if (take(source, FOR) !== undefined)
        return parseFor(source, ']', line);
    return { kind: 'list', items: readItems(source, ']', () => parseExpression(source, true)), line };
};
const parseObject = (source, line) => {
    skip(source, true);
    if (take(source, FOR) !== undefined)
        return parseFor(source, '}', line);
    const entries = readItems(source, '}', () => {
        const key = parseExpression(source, false);
        skip(source, false);
        if (!takeText(source, '='))
            expectText(source, ':');
        skip(source, true);
        // A bare word is its own name; a variable stands in parentheses.
        const named = key.kind === 'name' ? { kind: 'value', value: key.name, line: key.line } : key;
        return [named, parseExpression(source, false)];
    });
    return { kind: 'object', entries, line };
};
const parseFor = (source, end, line) => {
    const names = [parseName(source)];
    if (takeText(source, ','))
        names.push(parseName(source));
    skip(source, true);
    expectText(source, 'in');
    skip(source, true);
    const over = parseExpression(source, true);
    skip(source, true);
    expectText(source, ':');
    skip(source, true);
    const first = parseExpression(source, true);
    skip(source, true);
    const isObject = takeText(source, '=>');
    skip(source, true);
    const value = isObject ? parseExpression(source, true) : first;
    skip(source, true);
    const isGrouped = takeText(source, '...');
    skip(source, true);
    const condition = parseCondition(source);
    expectText(source, end);
    if (isGrouped)
        return { kind: 'unsupported', what: 'a for that groups', line };
    return {
        kind: 'for',
        names,
        over,
        value,
        line,
        ...(isObject ? { key: first } : {}),
        ...(condition === undefined ? {} : { condition })
    };
};
const parseName = (source) => {
    skip(source, true);
    const name = takeIdentifier(source);
    skip(source, true);
    return name;
};
const parseCondition = (source) => {
    if (take(source, /if(?=\s)/y) === undefined)
        return undefined;
    skip(source, true);
    const condition = parseExpression(source, true);
    skip(source, true);
    return condition;
};

;// CONCATENATED MODULE: ./build/files/hcl.js
// An HCL file as blocks and attributes with their lines. Written by hand: the packages that parse HCL for Node are Go compiled to
// megabytes, give no lines and are not kept up, or are under a licence that does not go with this one.


/** Refuses what is no HCL, on its line. */
const parseHcl = (text, file) => {
    const source = openSource(text.replace(/^\uFEFF/, ''), file, 1);
    const body = parseBody(source);
    if (source.at < source.text.length)
        unexpected(source);
    return body;
};
const parseBody = (source) => {
    const attributes = new Map();
    const blocks = [];
    for (;;) {
        skip(source, true);
        if (source.at >= source.text.length || source.text.charAt(source.at) === '}')
            return { attributes, blocks };
        const start = source.at;
        const name = takeIdentifier(source);
        skip(source, false);
        if (takeText(source, '=')) {
            skip(source, false);
            if (attributes.has(name))
                unexpected({ ...source, at: start }, `${name} is there twice`);
            attributes.set(name, parseExpression(source, false));
        }
        else
            blocks.push(parseBlock(source, name, lineAt(source, start)));
        skip(source, false);
        // In a block on one line the brace ends what another line would end.
        if (source.text.charAt(source.at) !== '}' && take(source, LINE_END) === undefined)
            unexpected(source);
    }
};
const parseBlock = (source, type, line) => {
    const labels = [];
    while (!takeText(source, '{')) {
        const quoted = take(source, /"((?:[^"\\\n]|\\.)*)"/y);
        labels.push(quoted?.[1] ?? take(source, IDENTIFIER)?.[0] ?? unexpected(source));
        skip(source, false);
    }
    const body = deeper(source, () => parseBody(source));
    expectText(source, '}');
    return { type, labels, body, line };
};

;// CONCATENATED MODULE: ./build/files/hcl-value.js
// The value of an HCL expression in a Bake file, as far as it can be known before the build: what depends on something unknown is
// unknown too, and says why. Has the functions that people write into image names; buildx knows many more.
const isUnknown = (value) => typeof value === 'object' && value !== null && 'unknown' in value;
const isMap = (value) => value instanceof Map;
const isList = (value) => Array.isArray(value);
const unknown = (why) => ({ unknown: why });
/** Text as a template puts it together; undefined for what has none. */
const textOf = (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
const evaluate = (expression, scope) => {
    switch (expression.kind) {
        case 'value':
            return expression.value;
        case 'template': {
            const parts = expression.parts.map(part => evaluate(part, scope));
            // `"${list}"` is the list itself.
            if (parts.length === 1 && parts[0] !== undefined)
                return parts[0];
            return known(parts, () => parts.map(part => textOf(part) ?? '').join(''));
        }
        case 'name':
            return scope.valueOf(expression.name) ?? unknown(`nothing here says what ${expression.name} is`);
        case 'member':
            return memberOf(evaluate(expression.of, scope), evaluate(expression.key, scope));
        case 'call':
            return call(expression, scope);
        case 'list':
            return expression.items.map(item => evaluate(item, scope));
        case 'object':
            return objectOf(expression.entries.map(([key, value]) => [evaluate(key, scope), evaluate(value, scope)]));
        case 'operation':
            return operate(expression.operator, expression.operands, scope);
        case 'for':
            return loop(expression, scope);
        case 'unsupported':
            return unknown(`${expression.what} is not evaluated here`);
    }
};
/** What `make` makes, unless one of the values is unknown. */
const known = (values, make) => values.find(value => isUnknown(value)) ?? make();
const objectOf = (entries) => known(entries.map(([key]) => key), () => new Map(entries.map(([key, value]) => [textOf(key) ?? '', value])));
const memberOf = (of, key) => known([of, key], () => {
    const member = isMap(of) ? of.get(textOf(key) ?? '') : isList(of) ? of[Number(textOf(key))] : undefined;
    return member ?? unknown(`there is no ${textOf(key) ?? 'such member'} in it`);
});
const call = ({ name, args, isSpread }, scope) => {
    const called = scope.functionOf(name) ?? (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined);
    if (called === undefined)
        return unknown(`the function ${name} is not evaluated here`);
    const values = args.map(arg => evaluate(arg, scope));
    const last = values.at(-1);
    const spread = isSpread && last !== undefined && isList(last) ? [...values.slice(0, -1), ...last] : values;
    return known(spread, () => called(spread));
};
const hcl_value_text = (value) => (value === undefined ? '' : (textOf(value) ?? ''));
const isTrue = (value) => value === true || value === 'true';
const FUNCTIONS = {
    and: ([a, b]) => isTrue(a) && isTrue(b),
    or: ([a, b]) => isTrue(a) || isTrue(b),
    not: ([a]) => !isTrue(a),
    equal: ([a, b]) => hcl_value_text(a) === hcl_value_text(b),
    notequal: ([a, b]) => hcl_value_text(a) !== hcl_value_text(b),
    coalesce: args => args.find(arg => arg !== null && arg !== '') ?? null,
    concat: args => args.flatMap(arg => (isList(arg) ? arg : [arg])),
    format: ([pattern, ...args]) => {
        const verbs = hcl_value_text(pattern).match(/%[^a-z%]*[a-z%]/gi) ?? [];
        if (verbs.some(verb => !['%s', '%d', '%v', '%%'].includes(verb)))
            return unknown('format has a verb but %s, %d and %v');
        const rest = [...args];
        return hcl_value_text(pattern).replace(/%[sdv%]/g, verb => (verb === '%%' ? '%' : hcl_value_text(rest.shift())));
    },
    join: ([separator, list]) => list !== undefined && isList(list) ? known(list, () => list.map(hcl_value_text).join(hcl_value_text(separator))) : '',
    split: ([separator, whole]) => hcl_value_text(whole).split(hcl_value_text(separator)),
    length: ([of]) => (of === undefined ? 0 : isList(of) ? of.length : isMap(of) ? of.size : hcl_value_text(of).length),
    contains: ([list, value]) => list !== undefined && isList(list) && list.some(item => hcl_value_text(item) === hcl_value_text(value)),
    lookup: ([map, key, otherwise]) => (map !== undefined && isMap(map) ? map.get(hcl_value_text(key)) : undefined) ?? otherwise ?? null,
    merge: args => new Map(args.flatMap(arg => (isMap(arg) ? [...arg] : []))),
    lower: ([of]) => hcl_value_text(of).toLowerCase(),
    upper: ([of]) => hcl_value_text(of).toUpperCase(),
    replace: ([of, from, to]) => hcl_value_text(of).replaceAll(hcl_value_text(from), hcl_value_text(to)),
    trimprefix: ([of, prefix]) => (hcl_value_text(of).startsWith(hcl_value_text(prefix)) ? hcl_value_text(of).slice(hcl_value_text(prefix).length) : hcl_value_text(of)),
    trimsuffix: ([of, suffix]) => hcl_value_text(suffix) !== '' && hcl_value_text(of).endsWith(hcl_value_text(suffix)) ? hcl_value_text(of).slice(0, -hcl_value_text(suffix).length) : hcl_value_text(of),
    trimspace: ([of]) => hcl_value_text(of).trim(),
    substr: ([of, from, length]) => Number(hcl_value_text(length)) < 0
        ? hcl_value_text(of).slice(Number(hcl_value_text(from)))
        : hcl_value_text(of).slice(Number(hcl_value_text(from)), Number(hcl_value_text(from)) + Number(hcl_value_text(length)))
};
const operate = (operator, operands, scope) => {
    const [first, second, third] = operands;
    const value = (operand) => (operand === undefined ? null : evaluate(operand, scope));
    const left = value(first);
    if (operator === '?')
        return known([left], () => value(isTrue(left) ? second : third));
    const right = value(second);
    return known([left, right], () => {
        const [a, b] = [Number(hcl_value_text(left)), Number(hcl_value_text(right))];
        switch (operator) {
            case '!':
                return !isTrue(left);
            case '==':
                return left === null || right === null ? left === right : hcl_value_text(left) === hcl_value_text(right);
            case '!=':
                return left === null || right === null ? left !== right : hcl_value_text(left) !== hcl_value_text(right);
            case '&&':
                return isTrue(left) && isTrue(right);
            case '||':
                return isTrue(left) || isTrue(right);
            case '>':
                return a > b;
            case '<':
                return a < b;
            case '>=':
                return a >= b;
            case '<=':
                return a <= b;
            case '+':
                return a + b;
            case '-':
                return operands.length === 1 ? -a : a - b;
            case '*':
                return a * b;
            case '/':
                return a / b;
            default:
                return a % b;
        }
    });
};
const loop = ({ names, over, key, value, condition }, scope) => {
    const source = evaluate(over, scope);
    if (isUnknown(source))
        return source;
    const entries = isMap(source)
        ? [...source]
        : isList(source)
            ? source.map((item, at) => [at, item])
            : [];
    const [one, two] = names;
    const made = entries.flatMap(([at, item]) => {
        const bound = new Map(two === undefined
            ? [[one, item]]
            : [
                [one, at],
                [two, item]
            ]);
        const inner = { ...scope, valueOf: name => bound.get(name) ?? scope.valueOf(name) };
        const isWanted = condition === undefined ? true : evaluate(condition, inner);
        if (isUnknown(isWanted))
            return [[isWanted, isWanted]];
        if (!isTrue(isWanted))
            return [];
        return [[key === undefined ? '' : evaluate(key, inner), evaluate(value, inner)]];
    });
    return key === undefined ? made.map(([, item]) => item) : objectOf(made);
};

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var yaml_dist = __webpack_require__(8815);
;// CONCATENATED MODULE: ./build/files/tree.js
// YAML and JSON as a tree that knows its lines: aliases followed, merge keys merged, equal parts shared and never copied.
// The one room that knows the parser.


/** One tree for each document in the file. Refuses what is no YAML, on its line. */
const readTrees = (text, file) => {
    const lines = new yaml_dist/* LineCounter */.HN();
    try {
        const documents = (0,yaml_dist/* parseAllDocuments */.hR)(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: true });
        if (!Array.isArray(documents))
            return [];
        return documents.map(document => {
            const [error] = document.errors;
            if (error !== undefined) {
                const line = lines.linePos(error.pos[0]).line;
                const written = excerpt(text.split('\n')[line - 1] ?? '');
                // The parser's message goes on with the line and a mark under the place.
                const rule = `it is not YAML: ${(error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:$/, '')}`;
                refuse({ written, rule, example: 'image: php:8.3.8-cli', place: { file, line } });
            }
            return readNode({ document, lines, done: new Map(), open: new Set() }, document.contents);
        });
    }
    catch (error) {
        if (!(error instanceof RangeError))
            throw error;
        return refuse({
            written: excerpt(text.slice(0, 200)),
            rule: 'its lists and maps lie too deep in each other',
            example: 'image: php:8.3.8-cli',
            place: { file, line: 1 }
        });
    }
};
const readNode = (reading, node) => {
    if (node === null || node === undefined)
        return { kind: 'nothing', line: 1 };
    const known = reading.done.get(node);
    if (known !== undefined)
        return known;
    const line = reading.lines.linePos(node.range?.[0] ?? 0).line;
    // An alias within what it stands for leads nowhere.
    if (reading.open.has(node))
        return { kind: 'nothing', line };
    reading.open.add(node);
    const tree = readContent(reading, node, Math.max(line, 1));
    reading.open.delete(node);
    reading.done.set(node, tree);
    return tree;
};
const readContent = (reading, node, line) => {
    // Compose's way to take away what an earlier file said.
    if (node.tag === '!reset')
        return { kind: 'nothing', line };
    if ((0,yaml_dist/* isAlias */.Vj)(node))
        return readNode(reading, node.resolve(reading.document));
    if ((0,yaml_dist/* isSeq */.oP)(node))
        return { kind: 'list', line, items: node.items.map(item => readNode(reading, item)) };
    if ((0,yaml_dist/* isMap */.jh)(node))
        return { kind: 'map', line, entries: readEntries(reading, node.items) };
    if (!(0,yaml_dist/* isScalar */.jn)(node) || node.value === null)
        return { kind: 'nothing', line };
    const { value, source, type } = node;
    const isBlock = type === yaml_dist/* Scalar */.X5.BLOCK_LITERAL || type === yaml_dist/* Scalar */.X5.BLOCK_FOLDED;
    // A number is what was written: 1.10 is no 1.1.
    const text = typeof value === 'string' ? value : (source ?? '');
    return { kind: 'text', line, text, isBlock };
};
const readEntries = (reading, items) => {
    const own = new Map();
    const merged = new Map();
    for (const { key, value } of items) {
        const name = (0,yaml_dist/* isScalar */.jn)(key) ? String(key.value) : '';
        const tree = readNode(reading, value);
        if (name !== '<<')
            own.set(name, tree);
        else
            for (const source of tree.kind === 'list' ? tree.items : [tree])
                for (const [inherited, part] of source.kind === 'map' ? source.entries : [])
                    if (!merged.has(inherited))
                        merged.set(inherited, part);
    }
    return new Map([...merged, ...own]);
};
const childOf = (tree, name) => {
    const child = tree?.kind === 'map' ? tree.entries.get(name) : undefined;
    return child?.kind === 'nothing' ? undefined : child;
};
const entriesOf = (tree) => tree?.kind === 'map' ? [...tree.entries] : [];
const itemsOf = (tree) => (tree?.kind === 'list' ? tree.items : []);
/** `key: value`, or a list of `key=value`; a key alone has no value. */
const pairsOf = (tree) => {
    if (tree?.kind !== 'list')
        return entriesOf(tree);
    return tree.items.flatMap((item) => {
        if (item.kind !== 'text')
            return [];
        const equals = item.text.indexOf('=');
        if (equals < 0)
            return [[item.text, { kind: 'nothing', line: item.line }]];
        return [[item.text.slice(0, equals), { ...item, text: item.text.slice(equals + 1) }]];
    });
};

;// CONCATENATED MODULE: ./build/files/bake.js
// The images that a Bake file needs from outside, and the Dockerfiles that its targets build: HCL or JSON, every target.
// Follows buildx's bake in inherits, variables and matrix; a value that only the build knows is left out, and said.







const isBakeTree = (trees) => trees.some(tree => ['target', 'group', 'variable'].some(name => childOf(tree, name)?.kind === 'map'));
const findInBake = (options) => {
    const { text, file } = options;
    const read = /^\s*\{/.test(text) ? readJson(text, file) : readHcl(parseHcl(text, file));
    if (read.targets.length === 0 && read.variables.size === 0)
        refuse({
            written: file,
            rule: 'a Bake file has targets',
            example: 'target "app" { dockerfile = "Dockerfile" }',
            place: { file, line: 1 }
        });
    const scope = scopeOf(read, options);
    return read.targets.flatMap(target => findInTarget(target, { options, file: read, scope }));
};
const readHcl = ({ attributes, blocks }) => {
    const of = (type) => blocks.filter(block => block.type === type);
    const variables = of('variable').map(({ labels: [name = ''], body, line }) => [name, defaultOf(body.attributes, line)]);
    return {
        // What stands at the top beside the blocks is a variable too.
        variables: new Map([...attributes, ...variables]),
        functions: new Map(of('function').map(({ labels: [name = ''], body }) => [name, functionOf(body.attributes)])),
        targets: of('target').map(({ labels: [name = ''], body, line }) => ({ name, line, attributes: body.attributes }))
    };
};
// A variable without default is the empty string to bake, and here a thing that is not known.
const defaultOf = (attributes, line) => attributes.get('default') ?? { kind: 'unsupported', what: '', line };
const functionOf = (attributes) => ({
    params: namesIn(attributes.get('params')),
    variadic: namesIn(attributes.get('variadic_params'))[0],
    result: attributes.get('result') ?? { kind: 'value', value: null, line: 1 }
});
// Parameters are bare words; in JSON they are strings.
const namesIn = (expression) => (expression?.kind === 'list' ? expression.items : expression === undefined ? [] : [expression]).flatMap(item => item.kind === 'name'
    ? [item.name]
    : item.kind === 'template' && item.parts[0]?.kind === 'value'
        ? [String(item.parts[0].value)]
        : []);
const readJson = (text, file) => {
    const [tree] = readTrees(text, file);
    const attributesOf = (part) => new Map(entriesOf(part).map(([name, child]) => [name, expressionOf(child, file)]));
    return {
        variables: new Map(entriesOf(childOf(tree, 'variable')).map(([name, part]) => [name, defaultOf(attributesOf(part), part.line)])),
        functions: new Map(entriesOf(childOf(tree, 'function')).map(([name, part]) => [name, functionOf(attributesOf(part))])),
        targets: entriesOf(childOf(tree, 'target')).map(([name, part]) => ({
            name,
            line: part.line,
            attributes: attributesOf(part)
        }))
    };
};
const expressionOf = (tree, file) => {
    const { line } = tree;
    if (tree.kind === 'text')
        return parseTemplate(tree.text, file, line);
    if (tree.kind === 'list')
        return { kind: 'list', line, items: tree.items.map(item => expressionOf(item, file)) };
    if (tree.kind === 'nothing')
        return { kind: 'value', line, value: null };
    const entries = [...tree.entries].map(([key, child]) => [parseTemplate(key, file, line), expressionOf(child, file)]);
    return { kind: 'object', line, entries };
};
// What a file says for the whole of it. Variables may refer to each other in any order.
const scopeOf = ({ variables, functions }, { lookup, buildPlatform }) => {
    const values = new Map();
    const open = new Set();
    const scope = {
        valueOf: name => {
            const given = lookup(name);
            if (variables.has(name) && given !== undefined)
                return given;
            if (name === 'BAKE_LOCAL_PLATFORM')
                return `${buildPlatform.os}/${buildPlatform.architecture}`;
            const known = values.get(name);
            const expression = variables.get(name);
            if (known !== undefined || expression === undefined)
                return known;
            const isCircle = open.has(name);
            open.add(name);
            const value = isCircle
                ? { unknown: `${name} is made from itself` }
                : expression.kind === 'unsupported' && expression.what === ''
                    ? { unknown: `the variable ${name} has no default, and the job sets none` }
                    : evaluate(expression, scope);
            open.delete(name);
            values.set(name, value);
            return value;
        },
        functionOf: name => {
            const found = functions.get(name);
            if (found === undefined)
                return undefined;
            return args => {
                if (open.has(`${name}()`))
                    return { unknown: `the function ${name} calls itself` };
                const bound = new Map(found.params.map((param, at) => [param, args[at] ?? null]));
                if (found.variadic !== undefined)
                    bound.set(found.variadic, args.slice(found.params.length));
                open.add(`${name}()`);
                const result = evaluate(found.result, { ...scope, valueOf: of => bound.get(of) ?? scope.valueOf(of) });
                open.delete(`${name}()`);
                return result;
            };
        }
    };
    return scope;
};
const findInTarget = (target, reading) => {
    const layers = layersOf(target, reading);
    return combinationsOf(target, reading).flatMap(bound => {
        const scope = { ...reading.scope, valueOf: name => bound.get(name) ?? reading.scope.valueOf(name) };
        return findBuild(target, layers, { ...reading, scope });
    });
};
// The target itself and those that it inherits from, the one that counts most first: the last that is named.
const layersOf = (target, { file, scope }) => {
    const layers = [];
    const visit = (layer) => {
        if (layers.includes(layer))
            return;
        layers.push(layer);
        const inherits = layer.attributes.get('inherits');
        const names = inherits === undefined ? [] : evaluate(inherits, scope);
        for (const name of isList(names) ? names.toReversed() : []) {
            const base = file.targets.find(other => other.name === name);
            if (base !== undefined)
                visit(base);
        }
    };
    visit(target);
    return layers;
};
const MAX_COMBINATIONS = 1000;
// A matrix makes one target for each combination of its values.
const combinationsOf = ({ attributes, line }, { scope, options: { file } }) => {
    const matrix = attributes.get('matrix');
    if (matrix === undefined)
        return [new Map()];
    const value = evaluate(matrix, scope);
    let combinations = [new Map()];
    for (const [name, values] of isMap(value) ? value : []) {
        combinations = combinations.flatMap(combination => (isList(values) ? values : [values]).map(item => new Map([...combination, [name, item]])));
        if (combinations.length > MAX_COMBINATIONS)
            refuse({
                written: 'matrix',
                rule: `it makes more than ${String(MAX_COMBINATIONS)} targets`,
                example: 'matrix = { tag = ["8.3", "8.4"] }',
                place: { file, line }
            });
    }
    return combinations;
};
const read = (layers, name, { scope }) => {
    for (const { attributes } of layers) {
        const expression = attributes.get(name);
        const value = expression === undefined ? null : evaluate(expression, scope);
        if (expression !== undefined && value !== null)
            return { value, expression };
    }
    return undefined;
};
/** Maps are put together, key by key; `line` is the one of the key's value. */
const readMap = (layers, name, { scope }) => {
    const entries = new Map();
    for (const { attributes } of layers.toReversed()) {
        const expression = attributes.get(name);
        if (expression === undefined)
            continue;
        const written = expression.kind === 'object' ? expression.entries : [];
        for (const [key, value] of written) {
            const text = textOf(evaluate(key, scope));
            if (text !== undefined)
                entries.set(text, { value: evaluate(value, scope), line: value.line });
        }
        const whole = expression.kind === 'object' ? null : evaluate(expression, scope);
        if (isMap(whole))
            for (const [key, value] of whole)
                entries.set(key, { value, line: expression.line });
    }
    return entries;
};
const findBuild = (target, layers, reading) => {
    const { file } = reading.options;
    const placeOf = (part) => ({ file, line: part?.expression.line ?? target.line });
    const [context, named, inline] = ['context', 'dockerfile', 'dockerfile-inline'].map(name => read(layers, name, reading));
    const contexts = readMap(layers, 'contexts', reading);
    const images = findContexts(contexts, file);
    for (const part of inline === undefined ? [context, named] : [inline])
        if (part !== undefined && isUnknown(part.value))
            return [...images, { type: 'gap', text: `target ${target.name}`, why: part.value.unknown, place: placeOf(part) }];
    const folder = context === undefined ? '.' : (textOf(context.value) ?? '.');
    const isInherited = reading.file.targets.some(other => other !== target && layersOf(other, reading).includes(target));
    const says = ['context', 'dockerfile', 'dockerfile-inline'].some(name => target.attributes.has(name));
    if (inline === undefined && isRemote(folder))
        return [
            ...images,
            { type: 'gap', text: `context = ${folder}`, why: 'its Dockerfile is not in the workspace', place: placeOf(context) }
        ];
    const isBlock = inline?.expression.kind === 'template' && inline.expression.isBlock;
    return [
        ...images,
        {
            type: 'build',
            place: placeOf(inline ?? named ?? context),
            dockerfile: inline === undefined
                ? { path: named === undefined ? 'Dockerfile' : (textOf(named.value) ?? 'Dockerfile') }
                : { text: textOf(inline.value) ?? '', firstLine: inline.expression.line + (isBlock ? 1 : 0), isBlock },
            context: folder,
            // Bake's paths are relative to where it runs: the workspace most often, else the file's own folder.
            bases: ['.', external_node_path_.posix.dirname(file)],
            ...argsOf(layers, reading),
            // Bake hands names on as they are written, so that only a familiar form is ever found (buildx bake/bake.go).
            contexts: new Set(contexts.keys()),
            platforms: platformsOf(layers, reading),
            isTemplate: isInherited && !says
        }
    ];
};
const findContexts = (contexts, file) => [...contexts].flatMap(([name, { value, line }]) => {
    const place = { file, line };
    if (isUnknown(value))
        return [{ type: 'gap', text: `contexts ${name}`, why: value.unknown, place }];
    const text = textOf(value) ?? '';
    if (!text.startsWith('docker-image://'))
        return [];
    return [{ type: 'image', text: text.slice('docker-image://'.length), place, runsOn: 'target', context: name }];
});
// An argument that is null keeps the Dockerfile's default.
const argsOf = (layers, reading) => {
    const args = new Map();
    const unknownArgs = new Map();
    for (const [name, { value }] of readMap(layers, 'args', reading)) {
        const text = textOf(value);
        if (isUnknown(value))
            unknownArgs.set(name, value.unknown);
        else if (text !== undefined)
            args.set(name, text);
    }
    return { args, unknownArgs };
};
const platformsOf = (layers, reading) => {
    const value = read(layers, 'platforms', reading)?.value ?? [];
    return (isList(value) ? value : [value]).flatMap(item => {
        const text = textOf(item) ?? '';
        if (text === 'local')
            return [reading.options.buildPlatform];
        const platform = (0,oci_platform/* parsePlatform */.Y8)(text);
        return platform.ok ? [platform.value] : [];
    });
};

// EXTERNAL MODULE: ./build/oci/reference.js
var oci_reference = __webpack_require__(907);
;// CONCATENATED MODULE: ./build/files/dockerfile-lines.js
// A Dockerfile as instructions: lines joined, comments and heredocs taken out, flags apart, as BuildKit's own parser does it.
// Knows the shape of an instruction and not what any of them means.

/** `place` is the first line of the text. Refuses a directive that contradicts itself and a heredoc without end. */
const readLines = (text, place) => {
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    const { escape, syntax } = readDirectives(lines, place);
    const continues = escape === '\\' ? /(?:^|[^\\])\\[ \t]*$/ : /(?:^|[^`])`[ \t]*$/;
    const instructions = [];
    let at = 0;
    while (at < lines.length) {
        const first = (lines[at] ?? '').trimStart();
        if (first === '' || first.startsWith('#')) {
            at += 1;
            continue;
        }
        const joined = joinLines(lines, at, continues);
        instructions.push(...parseInstruction(joined.parts, escape, place.line));
        at = skipHeredocs(lines, joined, escape, place);
    }
    return { escape, syntax, instructions };
};
// Comments and empty lines within an instruction do not end it.
const joinLines = (lines, start, continues) => {
    const parts = [];
    for (let at = start; at < lines.length; at += 1) {
        const line = at === start ? (lines[at] ?? '').trimStart() : (lines[at] ?? '');
        if (at > start && /^\s*(?:#|$)/.test(line))
            continue;
        const isContinued = continues.test(line);
        parts.push({ text: isContinued ? line.replace(/.[ \t]*$/, '') : line, line: at });
        if (!isContinued)
            return { parts, start, end: at + 1 };
    }
    return { parts, start, end: lines.length };
};
const DIRECTIVE = /^(?:#|\/\/)\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$/;
// Directives stand at the top, and the first line that is none ends them. Another comment sign, or JSON, is for frontends that
// read other files than Dockerfiles; BuildKit finds their image there (frontend/dockerfile/parser/directives.go).
const readDirectives = (lines, place) => {
    const top = lines[0]?.startsWith('#!') === true ? 1 : 0;
    for (const sign of ['#', '//']) {
        const found = new Map();
        for (let at = top; at < lines.length; at += 1) {
            const line = lines[at] ?? '';
            const match = line.startsWith(sign) ? DIRECTIVE.exec(line) : null;
            const name = match?.[1]?.toLowerCase() ?? '';
            if (!['syntax', 'escape', 'check'].includes(name))
                break;
            if (found.has(name))
                return refuseDirective(line, `there is one ${name} directive at most`, place, at);
            found.set(name, { value: match?.[2] ?? '', line: place.line + at });
        }
        const escape = found.get('escape');
        if (escape !== undefined && escape.value !== '\\' && escape.value !== '`')
            return refuseDirective(escape.value, 'the escape directive is \\ or `', place, escape.line - place.line);
        const syntax = found.get('syntax');
        if (found.size > 0)
            return {
                escape: escape?.value === '`' ? '`' : '\\',
                syntax: syntax && { image: syntax.value.split(' ')[0] ?? '', line: syntax.line }
            };
    }
    return { escape: '\\', syntax: syntaxInJson(lines.join('\n'), place) };
};
const syntaxInJson = (text, { line }) => {
    if (!text.trimStart().startsWith('{'))
        return undefined;
    try {
        const json = JSON.parse(text);
        const image = typeof json === 'object' && json !== null && 'syntax' in json ? json.syntax : undefined;
        return typeof image === 'string' ? { image, line } : undefined;
    }
    catch {
        // It is no JSON, so that it has no directive of this form.
        return undefined;
    }
};
const refuseDirective = (written, rule, { file, line }, at) => refuse({
    written: written.slice(0, 100),
    rule,
    example: '# syntax=docker/dockerfile:1',
    place: { file, line: line + at }
});
// The keyword ends at the first space; flags follow it, and the first word that is none ends them.
const parseInstruction = (parts, escape, firstLine) => {
    const text = parts.map(part => part.text).join('');
    const keyword = /^\S+/.exec(text)?.[0] ?? '';
    if (keyword === '')
        return [];
    const lineAt = (offset) => {
        let begins = 0;
        for (const part of parts) {
            if (offset < begins + part.text.length)
                return firstLine + part.line;
            begins += part.text.length;
        }
        return firstLine + (parts.at(-1)?.line ?? 0);
    };
    const flags = [];
    let at = keyword.length;
    for (;;) {
        at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
        if (!text.startsWith('--', at))
            break;
        const word = wordAt(text, at, escape);
        if (word.text === '--')
            break;
        const equals = word.text.indexOf('=');
        flags.push({
            name: word.text.slice(2, equals < 0 ? undefined : equals).toLowerCase(),
            value: equals < 0 ? '' : word.text.slice(equals + 1),
            line: lineAt(at)
        });
        at = word.end;
    }
    return [{ keyword: keyword.toUpperCase(), flags, rest: text.slice(at).trim(), line: lineAt(0) }];
};
/** The instruction in an ONBUILD, all of it on the line of that. */
const parseTrigger = ({ rest, line }, escape) => parseInstruction([{ text: rest, line: 0 }], escape, line);
const wordAt = (text, start, escape) => {
    let word = '';
    let quote = '';
    let at = start;
    for (; at < text.length; at += 1) {
        const char = text.charAt(at);
        if (quote === '' && /\s/.test(char))
            break;
        if (char === escape && quote !== "'" && at + 1 < text.length) {
            at += 1;
            word += text.charAt(at);
        }
        else if (char === quote)
            quote = '';
        else if (quote === '' && (char === '"' || char === "'"))
            quote = char;
        else
            word += char;
    }
    return { text: word, raw: text.slice(start, at), end: at };
};
/** Words between spaces, where quotes hold a word together; raw, as they were written. */
const splitWords = (text, escape) => {
    const words = [];
    let at = 0;
    while (at < text.length) {
        if (/\s/.test(text.charAt(at)))
            at += 1;
        else {
            const word = wordAt(text, at, escape);
            words.push(word.raw);
            at = word.end;
        }
    }
    return words;
};
const dockerfile_lines_HEREDOC = /^(?:ONBUILD\s+)?(?:ADD|COPY|RUN)\s/i;
// The lines behind an instruction that are its heredocs, up to and with the word that ends each.
const skipHeredocs = (lines, { parts, start, end }, escape, place) => {
    const text = parts.map(part => part.text).join('');
    if (!dockerfile_lines_HEREDOC.test(text) || !text.includes('<<'))
        return end;
    let at = end;
    for (const word of splitWords(text, escape)) {
        const match = /^\d*<<(-?)([^<]+)$/.exec(word);
        if (match === null)
            continue;
        const name = wordAt(match[2] ?? '', 0, escape).text;
        const isEnd = (line) => (match[1] === '-' ? line.replace(/^\t+/, '') : line) === name;
        let found = at;
        while (found < lines.length && !isEnd(lines[found] ?? ''))
            found += 1;
        if (found === lines.length)
            return refuse({
                written: word,
                rule: `a heredoc ends with a line that is ${name}, and there is none`,
                example: name,
                place: { file: place.file, line: place.line + start }
            });
        at = found + 1;
    }
    return at;
};

;// CONCATENATED MODULE: ./build/files/expand.js
// Variables in text: `$X`, `${X}`, `${X:-else}`, `${X:+then}` and their kin, as BuildKit's Dockerfiles and as Compose expand them.
// A variable without a value makes the text unknown, and is named, unless the text says what stands in for it.
const expand_MAX_DEPTH = 50;
const expand_unknown = (why) => ({ ok: false, why });
const expand_known = (value) => ({ ok: true, value });
const expand = (text, lookup, dialect) => {
    const cursor = { at: 0, text, dialect, lookup, depth: 0 };
    return readUntil(cursor, '');
};
// Reads on until the character `end`, which is consumed, or to the end of the text when `end` is empty.
const readUntil = (cursor, end) => {
    const { text, dialect } = cursor;
    const parts = [];
    let literal = '';
    let quote = '';
    const flush = () => {
        parts.push(expand_known(literal));
        literal = '';
    };
    while (cursor.at < text.length) {
        const char = text.charAt(cursor.at);
        if (char === end && quote === '') {
            cursor.at += 1;
            flush();
            return joined(parts);
        }
        if (char === '$' && quote !== "'") {
            flush();
            parts.push(readDollar(cursor));
        }
        else if (char === dialect.escape && quote !== "'" && cursor.at + 1 < text.length) {
            // Within double quotes only these can be escaped; elsewhere any character.
            const next = text.charAt(cursor.at + 1);
            literal += quote === '' || ['"', '$', char].includes(next) ? next : char + next;
            cursor.at += 2;
        }
        else if (dialect.escape !== undefined && (char === quote || (quote === '' && (char === '"' || char === "'")))) {
            quote = quote === '' ? char : '';
            cursor.at += 1;
        }
        else {
            literal += char;
            cursor.at += 1;
        }
    }
    if (end !== '')
        return expand_unknown(`"${text}" has a \${ without its }`);
    if (quote !== '')
        return expand_unknown(`"${text}" has a quote without its end`);
    flush();
    return joined(parts);
};
const joined = (parts) => parts.find(part => !part.ok) ?? expand_known(parts.map(part => (part.ok ? part.value : '')).join(''));
const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+/y;
const nameAt = (text, at) => {
    NAME.lastIndex = at;
    return NAME.exec(text)?.[0] ?? '';
};
// The cursor is at a dollar sign.
const readDollar = (cursor) => {
    const { text, dialect } = cursor;
    cursor.at += 1;
    if (dialect.escape === undefined && text.charAt(cursor.at) === '$') {
        cursor.at += 1;
        return expand_known('$');
    }
    const isBraced = text.charAt(cursor.at) === '{';
    if (isBraced)
        cursor.at += 1;
    const name = nameAt(text, cursor.at);
    cursor.at += name.length;
    if (!isBraced)
        return name === '' ? expand_known('$') : expand_valueOf(cursor, name);
    if (name === '') {
        cursor.at = text.length;
        return expand_unknown(`"${text}" has a \${ without a name`);
    }
    if (text.charAt(cursor.at) === '}') {
        cursor.at += 1;
        return expand_valueOf(cursor, name);
    }
    return readOperation(cursor, name);
};
const expand_valueOf = ({ lookup, dialect }, name) => {
    const value = lookup(name);
    if (typeof value === 'string')
        return expand_known(value);
    return expand_unknown(value?.unknown ?? dialect.describeUnset(name));
};
const OPERATION = /:?[-+?]|##?|%%?|\/\/?/y;
// `${NAME` was read; an operator, its word and the brace follow.
const readOperation = (cursor, name) => {
    const { text, lookup } = cursor;
    OPERATION.lastIndex = cursor.at;
    const operator = OPERATION.exec(text)?.[0] ?? '';
    cursor.at += operator.length;
    cursor.depth += 1;
    if (operator === '' || cursor.depth > expand_MAX_DEPTH) {
        cursor.at = text.length;
        return expand_unknown(`"${text}" has a \${${name} that cannot be read`);
    }
    const pattern = operator.startsWith('/') ? readUntil(cursor, '/') : expand_known('');
    const word = readUntil(cursor, '}');
    cursor.depth -= 1;
    const value = lookup(name);
    if (typeof value === 'object')
        return expand_unknown(value.unknown);
    const isSet = value !== undefined && !(operator.startsWith(':') && value === '');
    switch (operator.replace(':', '')) {
        case '-':
            return isSet ? expand_known(value) : word;
        case '+':
            return isSet ? word : expand_known('');
        case '?':
            return isSet ? expand_known(value) : expand_valueOf({ ...cursor, lookup: () => undefined }, name);
        default:
            return trimmed(expand_valueOf(cursor, name), operator, pattern, word);
    }
};
// `#` and `%` take a pattern off the beginning or the end, doubled as much of it as they can; `/` replaces one, `//` all.
const trimmed = (value, operator, pattern, word) => {
    if (!value.ok)
        return value;
    if (!pattern.ok)
        return pattern;
    if (!word.ok)
        return word;
    if (operator.startsWith('/')) {
        const found = patternOf(pattern.value, '.*', operator === '//' ? 'g' : '', ['', '']);
        return expand_known(value.value.replace(found, () => word.value));
    }
    const star = operator.length === 2 ? '.*' : '.*?';
    if (operator.startsWith('#'))
        return expand_known(value.value.replace(patternOf(word.value, star, '', ['^', '']), ''));
    // The shortest match at the end is the one that begins last, and the longest the one that begins first.
    const end = patternOf(word.value, '.*', '', ['^', '$']);
    const cuts = Array.from({ length: value.value.length + 1 }, (_, at) => at).filter(at => end.test(value.value.slice(at)));
    const cut = operator === '%' ? cuts.at(-1) : cuts[0];
    return expand_known(cut === undefined ? value.value : value.value.slice(0, cut));
};
const patternOf = (text, star, flags, [before, after]) => new RegExp(before +
    text
        .replace(/[\\^$.+()|[\]{}]/g, '\\$&')
        .replaceAll('*', star)
        .replaceAll('?', '.') +
    after, flags);

;// CONCATENATED MODULE: ./build/files/dockerfile.js
// The images that a Dockerfile needs from outside: FROM, COPY --from, RUN --mount=from= and the syntax directive, each once per
// line that names it. Follows BuildKit's frontend (frontend/dockerfile/dockerfile2llb/convert.go) in what is a stage and what not.





const findInDockerfile = (options) => {
    const { place } = options;
    const { escape, syntax, instructions } = readLines(options.text, place);
    const syntaxFindings = findSyntax(options, syntax);
    const [first] = instructions;
    const isDockerfile = (first?.keyword === 'ARG' || first?.keyword === 'FROM') && instructions.some(({ keyword }) => keyword === 'FROM');
    if (!isDockerfile) {
        // Another frontend reads another language.
        if (syntax !== undefined)
            return syntaxFindings;
        refuse({
            written: excerpt(options.text.split('\n', 1)[0] ?? ''),
            rule: 'a Dockerfile begins with FROM, or with ARG and then FROM',
            example: 'FROM php:8.3.8-cli',
            place: first === undefined ? place : { file: place.file, line: first.line }
        });
    }
    const found = forTargets(options.targets, target => findForTarget(options, escape, instructions, target));
    // The frontend last: it is what the build is read with, not what it is built from.
    return [...distinct(found).toSorted((a, b) => lineOf(a) - lineOf(b)), ...syntaxFindings];
};
// What is found for some of the targets only, since its name has one in it, is for those.
const forTargets = (targets, find) => {
    const lists = targets.map(target => ({ target, findings: find(target) }));
    const texts = lists.map(({ findings }) => new Set(findings.map(finding => JSON.stringify(finding))));
    return lists.flatMap(({ target, findings }) => findings.map(finding => {
        if (finding.type !== 'image' || finding.runsOn !== 'target')
            return finding;
        const text = JSON.stringify(finding);
        return texts.every(of => of.has(text)) ? finding : { ...finding, runsOn: target };
    }));
};
// The frontend runs where the build does.
const findSyntax = ({ args, place, buildPlatform, contexts }, syntax) => {
    const image = args.get('BUILDKIT_SYNTAX') ?? syntax?.image;
    if (image === undefined || contexts.has(familiar(image)))
        return [];
    const line = syntax?.line ?? place.line;
    return [{ type: 'image', text: image, place: { file: place.file, line }, runsOn: buildPlatform }];
};
const lineOf = (finding) => (finding.type === 'fault' ? 0 : finding.place.line);
const distinct = (findings) => [
    ...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()
];
/** The name under which BuildKit looks for a named context; what is no reference is its own name, in lower case. */
const familiar = (name) => {
    const reference = (0,oci_reference/* parseReference */.F2)(name);
    return reference.ok ? (0,oci_reference/* formatFamiliar */.LF)(reference.value) : name.toLowerCase();
};
const findForTarget = (options, escape, instructions, target) => {
    const scope = {
        ...{ options, escape, target, stages: [], names: new Set() },
        globals: new Map(automaticArgs(options.buildPlatform, target))
    };
    const findings = [];
    const firstFrom = instructions.findIndex(({ keyword }) => keyword === 'FROM');
    for (const instruction of instructions.slice(0, firstFrom))
        declareArgs(scope, instruction);
    for (const instruction of instructions) {
        if (instruction.keyword === 'FROM')
            findings.push(...readFrom(scope, instruction));
        else
            scope.stages.at(-1)?.commands.push(instruction);
    }
    const bases = new Set(scope.stages.map(({ base }) => base?.toLowerCase()));
    for (const { name, commands } of scope.stages)
        for (const command of commands)
            findings.push(...findInCommand(scope, command, name !== undefined && bases.has(name)));
    return findings;
};
const automaticArgs = (build, target) => [
    ['BUILD', build],
    ['TARGET', target]
].flatMap(([prefix, platform]) => [
    [`${prefix}PLATFORM`, (0,oci_platform/* formatPlatform */.Bq)(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? '']
]);
const lookupIn = ({ globals }) => name => globals.get(name);
const expandIn = (scope, text) => expand(text, lookupIn(scope), {
    escape: scope.escape,
    describeUnset: name => scope.options.unknownArgs.get(name) ??
        `ARG ${name} has no default before the first FROM, and nothing gives it a value`
});
const declareArgs = (scope, { keyword, rest }) => {
    if (keyword !== 'ARG')
        return;
    const { args, unknownArgs } = scope.options;
    for (const word of splitWords(rest, scope.escape)) {
        const equals = word.indexOf('=');
        const name = equals < 0 ? word : word.slice(0, equals);
        const given = args.get(name);
        const why = unknownArgs.get(name);
        if (given !== undefined)
            scope.globals.set(name, given);
        else if (why !== undefined)
            scope.globals.set(name, { unknown: why });
        else if (equals >= 0) {
            const value = expandIn(scope, word.slice(equals + 1));
            scope.globals.set(name, value.ok ? value.value : { unknown: value.why });
        }
    }
};
const readFrom = (scope, instruction) => {
    const { contexts, place: start } = scope.options;
    const place = { file: start.file, line: instruction.line };
    const [written = '', as, named, ...more] = instruction.rest.split(/\s+/);
    const isWhole = as === undefined ? named === undefined : as.toUpperCase() === 'AS' && named !== undefined;
    if (written === '' || !isWhole || more.length > 0)
        refuse({
            written: excerpt(`FROM ${instruction.rest}`),
            rule: 'FROM has an image, and perhaps AS and a name',
            example: 'FROM php:8.3.8-cli AS build',
            place
        });
    const name = named?.toLowerCase();
    const base = expandIn(scope, written);
    const isStage = base.ok && scope.names.has(base.value.toLowerCase());
    scope.stages.push({ name, base: base.ok ? base.value : undefined, commands: [] });
    if (name !== undefined)
        scope.names.add(name);
    // A context that has the name of a stage stands in for it.
    if (name !== undefined && contexts.has(familiar(name)))
        return [];
    const stage = name === undefined ? [] : [{ type: 'stage', name, place }];
    if (!base.ok)
        return [...stage, { type: 'gap', text: `FROM ${written}`, why: base.why, place }];
    if (base.value === '')
        refuse({ written: `FROM ${written}`, rule: 'FROM has an image', example: 'FROM php:8.3.8-cli', place });
    if (isStage)
        return stage;
    const { runsOn, found } = platformOf(scope, instruction, place);
    return [...stage, ...found, ...imageIn(scope, base.value, place, runsOn)];
};
const imageIn = ({ options: { contexts }, target }, text, place, runsOn) => {
    if (text === 'scratch' || contexts.has(familiar(text)))
        return [];
    return [{ type: 'image', text, place, runsOn: runsOn === 'targets' ? target : runsOn }];
};
// What stands in `--platform`. One that follows the target is for whatever is built for.
const platformOf = (scope, { flags }, place) => {
    const ofTarget = scope.options.ownsTargets ? 'targets' : 'target';
    const flag = flags.find(({ name }) => name === 'platform');
    if (flag === undefined || /^\$\{?TARGETPLATFORM\}?$/.test(flag.value))
        return { runsOn: ofTarget, found: [] };
    const text = `FROM --platform=${flag.value}`;
    const value = expandIn(scope, flag.value);
    if (!value.ok)
        return { runsOn: ofTarget, found: [{ type: 'gap', text, why: value.why, place }] };
    const platform = (0,oci_platform/* parsePlatform */.Y8)(value.value);
    if (!platform.ok)
        return refuse({ written: text, rule: platform.why, example: '--platform=linux/arm64', place });
    return { runsOn: platform.value, found: [] };
};
const findInCommand = (scope, command, isInherited) => {
    const { file } = scope.options.place;
    switch (command.keyword) {
        case 'COPY':
            return command.flags
                .filter(({ name }) => name === 'from')
                .flatMap(({ value, line }) => findFrom(scope, value, '--from', { file, line }));
        case 'RUN':
            return command.flags
                .filter(({ name }) => name === 'mount')
                .flatMap(({ value, line }) => findFrom(scope, mountSource(value), 'from', { file, line }));
        case 'ONBUILD': {
            // A trigger is for the stages that build on this one.
            if (!isInherited)
                return [];
            return parseTrigger(command, scope.escape)
                .filter(({ keyword }) => keyword !== 'ONBUILD')
                .flatMap(trigger => findInCommand(scope, trigger, true));
        }
        default:
            return [];
    }
};
const mountSource = (value) => {
    const options = value.split(',').map(option => option.trim().split('='));
    const optionOf = (name) => options
        .find(([key]) => key?.toLowerCase() === name)
        ?.slice(1)
        .join('=');
    return ['bind', 'cache'].includes(optionOf('type') ?? 'bind') ? (optionOf('from') ?? '') : '';
};
// A stage by name or number, a context, or an image. BuildKit expands no variables here.
const findFrom = (scope, source, where, place) => {
    const { stages, names } = scope;
    if (source === '' || names.has(source.toLowerCase()))
        return [];
    if (source.includes('$'))
        return [
            {
                type: 'gap',
                text: `${where}=${source}`,
                why: 'BuildKit expands no variables there; a stage of its own, FROM with that variable, can be named instead',
                place
            }
        ];
    if (/^\d+$/.test(source)) {
        if (Number(source) < stages.length)
            return [];
        refuse({
            written: `${where}=${source}`,
            rule: `there is no stage ${source}; stages are counted from 0, and there are ${String(stages.length)}`,
            example: `${where}=0`,
            place
        });
    }
    return imageIn(scope, source, place, scope.options.ownsTargets ? 'targets' : 'target');
};

;// CONCATENATED MODULE: ./build/files/compose.js
// The images that a Compose file needs from outside, and the Dockerfiles that it builds: every service, whatever its profile.
// Follows the Compose specification in extends, interpolation and the forms of build; reads other files through a port.






const isCompose = (trees) => trees.some(tree => childOf(tree, 'services')?.kind === 'map' || childOf(tree, 'include') !== undefined);
const findInCompose = (options) => findInFile(options, options, []);
const findInFile = (options, { file, text }, seen) => {
    if (seen.includes(file))
        return [];
    const trees = readTrees(text, file);
    if (!isCompose(trees))
        refuse({
            written: excerpt(text.slice(0, 200)),
            rule: 'a Compose file has a map of services',
            example: 'services: {web: {image: php:8.3.8-cli}}',
            place: { file, line: 1 }
        });
    const services = trees
        .flatMap(tree => entriesOf(childOf(tree, 'services')))
        .map(([name, tree]) => ({
        name,
        line: tree.line,
        layers: compose_layersOf(options, { tree, file }, [`${file}#${name}`], trees)
    }));
    const scope = { options, built: namesBuilt(options, services) };
    return [
        ...services.flatMap(service => findInService(scope, service)),
        ...trees.flatMap(tree => findIncluded(options, childOf(tree, 'include'), file, [...seen, file]))
    ];
};
const DIALECT = {
    escape: undefined,
    describeUnset: (name) => `${name} is set neither for the job nor in .env, and has no default, as in \${${name}:-8.3.8}`
};
const compose_expandIn = (options, file, text) => expand(text, options.variablesOf(file), DIALECT);
/** The folder of a file, and a path from there; both relative to the workspace. */
const beside = (file, path) => external_node_path_.posix.isAbsolute(path) ? external_node_path_.posix.normalize(path) : external_node_path_.posix.join(external_node_path_.posix.dirname(file), path);
const openOther = (options, path, place, written) => {
    const file = beside(place.file, path);
    const text = options.read(file);
    if (text !== undefined)
        return { file, text };
    return refuse({ written, rule: `there is no file ${file}`, example: 'common.yaml', place });
};
const findIncluded = (options, include, file, seen) => (include?.kind === 'list' ? include.items : include === undefined ? [] : [include])
    .flatMap(item => {
    const path = childOf(item, 'path') ?? item;
    return path.kind === 'list' ? path.items : [path];
})
    .flatMap(item => {
    const path = item.kind === 'text' ? compose_expandIn(options, file, item.text) : undefined;
    if (item.kind !== 'text' || path === undefined)
        return [];
    const place = { file, line: item.line };
    if (!path.ok)
        return [{ type: 'gap', text: `include ${item.text}`, why: path.why, place }];
    if (isRemote(path.value))
        return [{ type: 'gap', text: `include ${item.text}`, why: 'it is not in the workspace', place }];
    return findInFile(options, openOther(options, path.value, place, item.text), seen);
});
const MAX_EXTENDS = 50;
const compose_layersOf = (options, layer, way, trees) => {
    const extended = childOf(layer.tree, 'extends');
    if (extended === undefined)
        return [layer];
    const name = extended.kind === 'text' ? extended : childOf(extended, 'service');
    const other = childOf(extended, 'file');
    const place = { file: layer.file, line: extended.line };
    if (name?.kind !== 'text')
        return refuse({ written: 'extends', rule: 'it names a service', example: 'extends: {service: base}', place });
    const opened = other?.kind === 'text' ? openOther(options, other.text, place, other.text) : undefined;
    const file = opened?.file ?? layer.file;
    const there = opened === undefined ? trees : readTrees(opened.text, file);
    const base = there.map(tree => childOf(childOf(tree, 'services'), name.text)).find(tree => tree !== undefined);
    const key = `${file}#${name.text}`;
    if (base === undefined || way.includes(key) || way.length > MAX_EXTENDS)
        return refuse({
            written: name.text,
            rule: base === undefined ? `there is no service of that name in ${file}` : 'services extend each other in a circle',
            example: 'extends: {service: base, file: common.yaml}',
            place
        });
    return [layer, ...compose_layersOf(options, { tree: base, file }, [...way, key], there)];
};
/** What the first layer that says anything of it says. */
const find = (layers, ...names) => layers
    .flatMap(({ tree, file }) => {
    const found = names.reduce(childOf, tree);
    return found === undefined ? [] : [{ tree: found, file }];
})
    .at(0);
const compose_all = (layers, ...names) => layers.flatMap(layer => find([layer], ...names) ?? []);
const compose_valueOf = (options, layer) => {
    if (layer?.tree.kind !== 'text')
        return undefined;
    const { file, tree } = layer;
    return {
        value: compose_expandIn(options, file, tree.text),
        text: tree.text,
        place: { file, line: tree.line },
        isBlock: tree.isBlock
    };
};
/** Names of images that are made here, in familiar form. */
const namesBuilt = (options, services) => new Set(services.flatMap(({ layers }) => {
    const image = find(layers, 'build') === undefined ? undefined : compose_valueOf(options, find(layers, 'image'));
    return image?.value.ok === true ? [familiar(image.value.value)] : [];
}));
const platformIn = (options, layer) => {
    const written = compose_valueOf(options, layer);
    const platform = written?.value.ok === true ? (0,oci_platform/* parsePlatform */.Y8)(written.value.value) : undefined;
    return platform?.ok === true ? [platform.value] : [];
};
const findInService = (scope, { layers, line }) => {
    const { options } = scope;
    const build = find(layers, 'build');
    const platforms = platformIn(options, find(layers, 'platform'));
    const image = build === undefined ? imageAt(scope, find(layers, 'image'), platforms[0]) : [];
    const volumes = compose_all(layers, 'volumes')
        .flatMap(({ tree, file }) => itemsOf(tree).map(item => ({ tree: item, file })))
        .filter(layer => compose_valueOf(options, find([layer], 'type'))?.text === 'image')
        .flatMap(layer => imageAt(scope, find([layer], 'source'), platforms[0]));
    const built = build === undefined ? [] : compose_findBuild(scope, layers, platforms, { file: build.file, line: build.tree.line || line });
    return [...image, ...volumes, ...built];
};
const imageAt = ({ options, built }, layer, platform) => {
    const image = compose_valueOf(options, layer);
    if (image === undefined)
        return [];
    const { value, place, text } = image;
    if (!value.ok)
        return [{ type: 'gap', text: `image: ${text}`, why: value.why, place }];
    if (value.value === '' || built.has(familiar(value.value)))
        return [];
    return [{ type: 'image', text: value.value, place, runsOn: platform ?? 'target' }];
};
const compose_findBuild = (scope, layers, platforms, place) => {
    const { options, built } = scope;
    const shorthand = find(layers, 'build');
    const context = compose_valueOf(options, find(layers, 'build', 'context') ?? (shorthand?.tree.kind === 'text' ? shorthand : undefined));
    const named = compose_valueOf(options, find(layers, 'build', 'dockerfile'));
    const inline = compose_valueOf(options, find(layers, 'build', 'dockerfile_inline'));
    const others = compose_findContexts(scope, layers, platforms[0]);
    for (const part of [context, inline === undefined ? named : inline])
        if (part !== undefined && !part.value.ok)
            return [...others.findings, { type: 'gap', text: excerpt(part.text), why: part.value.why, place: part.place }];
    const folder = context?.value.ok === true ? context.value.value : '.';
    if (inline === undefined && isRemote(folder))
        return [
            ...others.findings,
            {
                type: 'gap',
                text: `context: ${folder}`,
                why: 'its Dockerfile is not in the workspace',
                place: context?.place ?? place
            }
        ];
    const wanted = compose_all(layers, 'build', 'platforms').flatMap(({ tree, file }) => itemsOf(tree).flatMap(item => platformIn(options, { tree: item, file })));
    const dockerfile = inline?.value.ok === true
        ? { text: inline.value.value, firstLine: inline.place.line + (inline.isBlock ? 1 : 0), isBlock: inline.isBlock }
        : { path: named?.value.ok === true ? named.value.value : 'Dockerfile' };
    return [
        ...others.findings,
        {
            type: 'build',
            place: inline?.place ?? named?.place ?? place,
            dockerfile,
            context: folder,
            bases: [external_node_path_.posix.dirname((context ?? { place }).place.file)],
            ...compose_argsOf(options, layers),
            contexts: new Set([...others.names, ...built]),
            platforms: wanted.length > 0 ? wanted : platforms,
            isTemplate: false
        }
    ];
};
// An argument without a value takes the variable of that name; one that is not set is not given.
const compose_argsOf = (options, layers) => {
    const args = new Map();
    const unknownArgs = new Map();
    for (const { tree, file } of compose_all(layers, 'build', 'args').toReversed())
        for (const [key, child] of pairsOf(tree)) {
            const value = child.kind === 'text' ? compose_expandIn(options, file, child.text) : variable(options.variablesOf(file)(key));
            args.delete(key);
            unknownArgs.delete(key);
            if (value?.ok === true)
                args.set(key, value.value);
            else if (value !== undefined)
                unknownArgs.set(key, value.why);
        }
    return { args, unknownArgs };
};
const variable = (value) => typeof value === 'string' ? { ok: true, value } : value === undefined ? undefined : { ok: false, why: value.unknown };
// Contexts beside the main one: each takes a name away from the registries, and those that are images are needed.
const compose_findContexts = (scope, layers, platform) => {
    const pairs = compose_all(layers, 'build', 'additional_contexts').flatMap(({ tree, file }) => pairsOf(tree).map(([key, value]) => ({ key, layer: { tree: value, file } })));
    return {
        names: pairs.map(({ key }) => familiar(key)),
        findings: pairs.flatMap(({ key, layer: { tree, file } }) => tree.kind === 'text' && tree.text.startsWith('docker-image://')
            ? imageAt(scope, { tree: { ...tree, text: tree.text.slice('docker-image://'.length) }, file }, platform).map(finding => (finding.type === 'image' ? { ...finding, context: key } : finding))
            : [])
    };
};

;// CONCATENATED MODULE: ./build/files/kind.js
// Which of the three a file is: by its name where that is the custom, else by what stands in it.
// An unknown file is nobody's fault here; who asked for it decides.



const NAMES = [
    // What a build leaves out, beside the Dockerfile.
    [/\.dockerignore$/i, 'none'],
    [/^(?:docker-)?compose.*\.ya?ml$/i, 'compose'],
    [/\.hcl$/i, 'bake'],
    [/^docker-bake.*\.json$/i, 'bake'],
    [/^(?:Dockerfile|Containerfile)(?:\..+)?$|\.(?:Dockerfile|Containerfile)$/i, 'dockerfile']
];
/** `file` has slashes between its folders. Undefined when neither name nor text says. */
const kindOf = (file, text) => {
    const known = kindOfName(file);
    return known === 'none' ? undefined : (known ?? kindOfText(file, text));
};
const kindOfName = (file) => {
    const name = file.slice(file.lastIndexOf('/') + 1);
    return NAMES.find(([pattern]) => pattern.test(name))?.[1];
};
const kindOfText = (file, text) => {
    if (/^(?:target|group|variable|function)[ \t]+"[^"\n]*"[ \t]*\{/m.test(text))
        return 'bake';
    if (/^\s*\{/.test(text)) {
        const trees = treesIn(file, text);
        return isBakeTree(trees) ? 'bake' : isCompose(trees) ? 'compose' : undefined;
    }
    if (/^services[ \t]*:/m.test(text))
        return 'compose';
    const first = /^(?!\s*(?:#|$)).*/m.exec(text)?.[0] ?? '';
    return /^\s*(?:FROM|ARG)\s/i.test(first) ? 'dockerfile' : undefined;
};
const treesIn = (file, text) => {
    try {
        return readTrees(text, file);
    }
    catch {
        // What is not even JSON is of no kind.
        return [];
    }
};

// EXTERNAL MODULE: ./build/adapters/local-io.js
var local_io = __webpack_require__(1115);
;// CONCATENATED MODULE: ./build/adapters/files.js
// The files of the workspace that name images: finds them by pattern, reads them, and follows them to the Dockerfiles they build.
// What stands in them is src/files/'s; loaded only when the input `files` is set.












const findInFiles = async (options) => {
    const matched = await matchFiles(options);
    const workspace = openWorkspace(options);
    const read = matched.files.map(file => ({ ...file, findings: collect(() => readOne(workspace, file)) }));
    // A Dockerfile that a Compose or Bake file builds lacks, by itself, the arguments and contexts that it is built with.
    const built = new Set(read.flatMap(({ file, findings }) => findings.map(finding => dockerfileOf(workspace, finding)).filter(of => of !== file)));
    const followed = read.flatMap(({ file, isWritten, findings }) => findings.flatMap(finding => {
        if (finding.type !== 'build')
            return [finding];
        const isAlone = dockerfileOf(workspace, finding) === file;
        return isAlone && built.has(file) && !isWritten ? [] : collect(() => followBuild(workspace, finding));
    }));
    const findings = files_distinct([...matched.faults, ...followed]);
    const { images, gaps } = nameContexts(findings);
    return {
        images,
        gaps: [...findings.filter(finding => finding.type === 'gap'), ...gaps],
        faults: findings.flatMap(finding => (finding.type === 'fault' ? [finding.fault] : []))
    };
};
// A context stands for one image in all builds, and takes the place of a stage of its name: a build would silently be another one.
// Such a name is left out, and said.
const nameContexts = (findings) => {
    const all = findings.filter(finding => finding.type === 'image');
    const stages = new Set(findings.flatMap(finding => (finding.type === 'stage' ? [finding.name] : [])));
    const gaps = [];
    const leaveOut = (name, what, place) => {
        const why = `${what}, and would be taken for it in a build; the image is verified all the same`;
        gaps.push({ type: 'gap', text: `${name} in build-contexts`, why, place });
    };
    const images = all.map((image) => {
        const { context, ...unnamed } = image;
        const { text, place } = image;
        const isStageToo = stages.has(familiar(text));
        if (isStageToo)
            leaveOut(familiar(text), 'a stage has that name', place);
        const other = all.find(({ context: name, text: own }) => name === context && familiar(own) !== familiar(text));
        if (context === undefined)
            return { ...unnamed, isStageToo };
        if (other === undefined && !stages.has(context.toLowerCase()))
            return { ...unnamed, isStageToo, context };
        const what = other === undefined ? 'a stage has that name' : `it is ${other.text} at ${(0,failure/* formatPlace */.dE)(other.place)}`;
        leaveOut(context, what, place);
        return { ...unnamed, isStageToo };
    });
    return { images, gaps };
};
const fault = (written, rule) => ({
    type: 'fault',
    fault: { input: 'files', written, rule, example: 'docker/**/Dockerfile' }
});
// Nobody means these, and a workspace may hold thousands.
const NEVER = ['**/.git/**', '**/node_modules/**'];
const matchFiles = async ({ patterns, workspace }) => {
    const excluded = patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1).trim());
    const files = new Map();
    const faults = [];
    for (const pattern of patterns.filter(text => !text.startsWith('!'))) {
        const place = (0,external_node_fs_.statSync)((0,external_node_path_.resolve)(workspace, pattern), { throwIfNoEntry: false });
        if (place?.isDirectory() === true) {
            faults.push(fault(pattern, 'it is a folder, and files are wanted'));
            continue;
        }
        const isWritten = place?.isFile() === true;
        const found = isWritten
            ? [pattern]
            : await (0,dist/* glob */.TI)([pattern.replaceAll('\\', '/')], {
                ...{ cwd: workspace, dot: true, expandDirectories: false, followSymbolicLinks: false },
                ignore: [...excluded, ...NEVER]
            });
        if (found.length === 0)
            faults.push(fault(pattern, 'it matches no file in the workspace'));
        for (const path of found.toSorted()) {
            const file = (0,external_node_path_.relative)(workspace, (0,external_node_path_.resolve)(workspace, path)).replaceAll(external_node_path_.sep, '/');
            files.set(file, { file, isWritten: isWritten || files.get(file)?.isWritten === true });
        }
    }
    return { files: [...files.values()], faults };
};
// Far more than anybody writes by hand, and little enough to be read at once.
const MAX_FILE_BYTES = 1024 * 1024;
const openWorkspace = (options) => {
    const { workspace, environment } = options;
    const isLarge = (file) => ((0,external_node_fs_.statSync)((0,external_node_path_.resolve)(workspace, file), { throwIfNoEntry: false })?.size ?? 0) > MAX_FILE_BYTES;
    const read = (file) => {
        const path = (0,external_node_path_.resolve)(workspace, file);
        const unreadable = (rule) => refuse({ written: file, rule, example: 'docker/**/Dockerfile', place: { file, line: 1 } });
        try {
            if ((0,external_node_fs_.statSync)(path, { throwIfNoEntry: false })?.isFile() !== true)
                return undefined;
            if (isLarge(file))
                return unreadable('it is larger than 1 MiB, which no such file is');
            return (0,external_node_fs_.readFileSync)(path, 'utf8');
        }
        catch (error) {
            if (error instanceof failure/* VerifiedImageError */.wL)
                throw error;
            if ((0,local_io/* isErrno */.r)(error, 'ENOTDIR'))
                return undefined;
            return unreadable(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
        }
    };
    const known = new Map();
    const variables = name => environment[name];
    return {
        options,
        read,
        isLarge,
        variables,
        variablesOf: file => {
            const beside = external_node_path_.posix.join(external_node_path_.posix.dirname(file), '.env');
            const lookup = known.get(beside) ?? variablesIn(read(beside) ?? '', variables);
            known.set(beside, lookup);
            return lookup;
        }
    };
};
// A variable of the job comes before the same one in .env, and one in .env may be made from those above it.
const variablesIn = (text, outer) => {
    const values = new Map();
    const lookup = name => outer(name) ?? values.get(name);
    for (const [name, value = ''] of Object.entries((0,external_node_util_.parseEnv)(text))) {
        const expanded = expand(value, lookup, { escape: undefined, describeUnset: unset => `${unset} is not set` });
        values.set(name, expanded.ok ? expanded.value : value);
    }
    return lookup;
};
const readOne = ({ options, read, isLarge, variables, variablesOf }, { file, isWritten }) => {
    // What a glob caught by the way is not looked into when it is large.
    if (!isWritten && kindOfName(file) === undefined && isLarge(file))
        return [];
    const text = read(file) ?? '';
    switch (kindOf(file, text)) {
        case 'compose':
            return findInCompose({ text, file, variablesOf, read });
        case 'bake':
            return findInBake({ text, file, lookup: variables, buildPlatform: options.machine });
        case 'dockerfile':
            return [dockerfileAlone(file)];
        case undefined:
            return isWritten ? [notOneOfThem(file)] : [];
    }
};
const files_distinct = (findings) => [
    ...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()
];
const collect = (find) => {
    try {
        return find();
    }
    catch (error) {
        if (!(error instanceof failure/* VerifiedImageError */.wL) || error.failure.kind !== 'invalid-input')
            throw error;
        return error.failure.faults.map(fault => ({ type: 'fault', fault }));
    }
};
const dockerfileAlone = (file) => ({
    type: 'build',
    place: { file, line: 1 },
    dockerfile: { path: external_node_path_.posix.basename(file) },
    ...{ context: external_node_path_.posix.dirname(file), bases: ['.'], args: new Map(), unknownArgs: new Map() },
    ...{ contexts: new Set(), platforms: [], isTemplate: false }
});
const notOneOfThem = (file) => ({
    type: 'fault',
    fault: {
        input: 'files',
        written: file,
        rule: 'it is no Dockerfile, Compose or Bake file, neither by its name nor by what stands in it',
        example: 'Dockerfile, compose.yaml or docker-bake.hcl',
        place: { file, line: 1 }
    }
});
const placesOfDockerfile = ({ bases, context }, path) => bases.map(base => {
    const folder = external_node_path_.posix.isAbsolute(context) ? context : external_node_path_.posix.join(base, context);
    return external_node_path_.posix.isAbsolute(path) ? path : external_node_path_.posix.join(folder, path);
});
/** The file that a build reads, when it is there. */
const dockerfileOf = ({ read }, finding) => {
    if (finding.type !== 'build' || 'text' in finding.dockerfile)
        return undefined;
    return placesOfDockerfile(finding, finding.dockerfile.path).find(file => read(file) !== undefined);
};
const followBuild = (workspace, build) => {
    const { dockerfile, place } = build;
    if ('text' in dockerfile) {
        const { text, firstLine, isBlock } = dockerfile;
        const found = readDockerfile(workspace, build, text, { file: place.file, line: firstLine });
        return isBlock ? found : found.map(finding => atLine(finding, firstLine));
    }
    const file = dockerfileOf(workspace, build);
    const text = file === undefined ? undefined : workspace.read(file);
    if (file !== undefined && text !== undefined)
        return readDockerfile(workspace, build, text, { file, line: 1 });
    if (build.isTemplate)
        return [];
    return refuse({
        written: dockerfile.path,
        rule: `there is no file ${placesOfDockerfile(build, dockerfile.path)[0] ?? ''}`,
        example: 'dockerfile: docker/Dockerfile',
        place
    });
};
const atLine = (finding, line) => finding.type === 'image' || finding.type === 'gap' ? { ...finding, place: { ...finding.place, line } } : finding;
// The platforms of the input come before those that a file names.
const readDockerfile = ({ options: { machine, platforms } }, build, text, place) => {
    const ownsTargets = platforms.kind === 'machine' && build.platforms.length > 0;
    return findInDockerfile({
        ...{ text, place, args: build.args, unknownArgs: build.unknownArgs, contexts: build.contexts, ownsTargets },
        buildPlatform: machine,
        targets: ownsTargets
            ? build.platforms
            : platforms.kind === 'named' && platforms.platforms.length > 0
                ? platforms.platforms
                : [machine]
    });
};


/***/ })

};
