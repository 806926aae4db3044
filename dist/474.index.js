export const id = 474;
export const ids = [474];
export const modules = {

/***/ 4474:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readMirrorFiles: () => (/* binding */ readMirrorFiles)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/filesystem/errno.js
var errno = __webpack_require__(650);
// EXTERNAL MODULE: ./build/filesystem/real-path.js
var real_path = __webpack_require__(8674);
// EXTERNAL MODULE: ./build/filesystem/list-folder.js
var list_folder = __webpack_require__(3025);
// EXTERNAL MODULE: ./build/oci/omit-undefined.js
var omit_undefined = __webpack_require__(7064);
// EXTERNAL MODULE: ./build/oci/name-prefix.js
var name_prefix = __webpack_require__(3004);
// EXTERNAL MODULE: ./build/oci/reference.js
var reference = __webpack_require__(907);
// EXTERNAL MODULE: ./node_modules/jsonc-parser/lib/umd/main.js
var main = __webpack_require__(9547);
;// CONCATENATED MODULE: ./build/mirror-files/located-value.js
// The values of a configuration file with their lines, and access to them by name and type.
// The programs that own these files refuse one with a value of a wrong type, and so does this.
/** A file that its own program would refuse, or that is not read here. The message says why, without the path. */
class MirrorFileError extends Error {
    line;
    constructor(reason, line) {
        super(reason);
        this.line = line;
    }
}
/** The entry of this name. Go's decoders take a name in other letters too, if there is no exact one. */
function entryOf({ entries }, name) {
    return entries.get(name) ?? [...entries].find(([key]) => key.toLowerCase() === name)?.[1];
}
function textOf(table, name) {
    const entry = entryOf(table, name);
    if (entry === undefined)
        return undefined;
    return entry.kind === 'text' ? entry.text : rejectType(name, 'a string', entry);
}
/** False if there is none. */
function flagOf(table, name) {
    const entry = entryOf(table, name);
    if (entry === undefined)
        return false;
    return entry.kind === 'flag' ? entry.flag : rejectType(name, 'true or false', entry);
}
function tableOf(table, name) {
    const entry = entryOf(table, name);
    if (entry === undefined)
        return undefined;
    return entry.kind === 'table' ? entry : rejectType(name, 'a table', entry);
}
function tablesOf(table, name) {
    return itemsOf(table, name).map(item => (item.kind === 'table' ? item : rejectType(name, 'a list of tables', item)));
}
function textsOf(table, name) {
    return itemsOf(table, name).map(item => (item.kind === 'text' ? item : rejectType(name, 'a list of strings', item)));
}
/** The line of an entry, or of the table without it. */
function lineOfEntry(table, name) {
    return entryOf(table, name)?.line ?? table.line;
}
function itemsOf(table, name) {
    const entry = entryOf(table, name);
    if (entry === undefined)
        return [];
    return entry.kind === 'list' ? entry.items : rejectType(name, 'a list', entry);
}
function rejectType(name, type, { line }) {
    throw new MirrorFileError(`${name} must be ${type}`, line);
}

// EXTERNAL MODULE: ./build/oci/quote-line.js
var quote_line = __webpack_require__(5689);
// EXTERNAL MODULE: ./build/oci/parsed.js
var parsed = __webpack_require__(8725);
;// CONCATENATED MODULE: ./build/mirror-files/mirror-url.js
// The URL of a mirror, as containerd and Docker write it, as the target of a mirror rule.
// A target is a registry or a path below it; a URL can say more, and what it says more has no equal here.




/** `root`: where the API is, with the path of the URL. */
function parseMirrorUrl(text, root) {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
        return (0,parsed/* invalid */.G)('it is not an HTTPS or HTTP URL');
    if (url.username !== '' || url.password !== '')
        return (0,parsed/* invalid */.G)('its URL has a user name or a password');
    const isHttp = url.protocol === 'http:';
    const host = hostOf(url, isHttp);
    const path = root(url.pathname);
    if (path !== '/v2' && !path.startsWith('/v2/'))
        return (0,parsed/* invalid */.G)('its API is at another path than /v2, where no image reference can lead');
    // `https://harbor.example.com/v2/hub` with override_path is `harbor.example.com/hub`.
    const target = (0,name_prefix/* parseNamePrefix */.tn)(registryAt(host) + path.slice('/v2'.length));
    return target.ok ? (0,parsed/* valid */.r)({ target: target.value, host, isHttp }) : target;
}
/** The registry of a host: Docker Hub's API has another name than its images. */
function registryAt(host) {
    return host === (0,reference/* endpointOf */.X5)(reference/* DOCKER_HUB */.Xb) ? reference/* DOCKER_HUB */.Xb : host;
}
/** An address of a file, in a message. What comes before an `@` may be a password. */
function quoteAddress(text) {
    return (0,quote_line/* quoteLine */.t)(JSON.stringify(text.replace(/^([a-z]+:\/\/)?.*@/is, '$1')));
}
// A name without a dot or a port would be a part of a repository at Docker Hub in a reference.
function hostOf(url, isHttp) {
    if (url.port !== '' || /[.:]/.test(url.hostname) || url.hostname === 'localhost')
        return url.host;
    return `${url.hostname}:${isHttp ? '80' : '443'}`;
}

// EXTERNAL MODULE: ./build/registry/plain-http.js
var plain_http = __webpack_require__(9303);
;// CONCATENATED MODULE: ./build/mirror-files/table-reader.js
// What the readers of mirror files share: the file, what the workflow allows, and the warnings about one table.
// Text of a file is never quoted, unless a parser has taken it for a name.

/** More mirrors of one registry than this are no configuration, and each costs a request. */
const MAX_MIRRORS = 32;
function placeIn({ file, isInWorkspace }, line) {
    return { file, line, isInWorkspace };
}
function mayUseHttp({ insecureRegistries }, host) {
    return (0,plain_http/* isLoopback */.U)(host) || insecureRegistries.includes(host);
}
/** Cuts a list of mirrors that is too long, with a warning. */
function limitMirrors(mirrors, warnings) {
    const first = mirrors[MAX_MIRRORS];
    if (first !== undefined)
        warnings.push({ text: `only the first ${String(MAX_MIRRORS)} mirrors are used`, place: first.place });
    return mirrors.slice(0, MAX_MIRRORS);
}
const PLAIN_HTTP = 'is not used: it is contacted over plain HTTP. To use it, list it in the input insecure-registries';

;// CONCATENATED MODULE: ./build/mirror-files/daemon-json.js
// daemon.json of the Docker Engine: `registry-mirrors`, which are for Docker Hub alone.
// Docker asks them for tags too. The file has no word for that, and a mirror may be any public cache, so they never resolve one here.





/** Throws MirrorFileError for a file that Docker refuses. */
function readDaemonJson(text, file) {
    const root = parseJson(text);
    const warnings = [];
    const mirrors = textsOf(root, 'registry-mirrors').flatMap(mirror => readMirror(mirror, file, warnings));
    return {
        match: { kind: 'prefix', prefix: reference/* DOCKER_HUB */.Xb },
        mirrors: limitMirrors(mirrors, warnings),
        isBlocked: false,
        warnings
    };
}
// ValidateMirror in moby: a scheme, and neither a login, nor a query, nor a fragment.
function readMirror({ text, line }, file, warnings) {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
        throw new MirrorFileError('each of registry-mirrors must be a URL with https:// or http://', line);
    if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
        throw new MirrorFileError('a URL of registry-mirrors must not have a user name, a query, or a fragment', line);
    const parsed = parseMirrorUrl(text, path => `${path.replace(/\/+$/, '')}/v2`);
    if (!parsed.ok) {
        const reason = `the mirror ${quoteAddress(text)} is not used: ${parsed.reason}`;
        warnings.push({ text: reason, place: placeIn(file, line) });
        return [];
    }
    const { target, host, isHttp } = parsed.value;
    if (isHttp && !mayUseHttp(file, host)) {
        warnings.push({ text: `${host} ${PLAIN_HTTP}`, place: placeIn(file, line) });
        return [];
    }
    return [{ target, mayResolve: false, sendsNamespace: false, authorities: [], place: placeIn(file, line) }];
}
function parseJson(text) {
    const errors = [];
    const node = (0,main.parseTree)(text, errors, { disallowComments: true });
    const [error] = errors;
    const lineAt = createLineAt(text);
    const root = node === undefined || error !== undefined ? undefined : located(node, lineAt);
    if (root?.kind === 'table')
        return root;
    throw new MirrorFileError('it is not a valid JSON object', lineAt(error?.offset ?? 0));
}
function located(node, lineAt) {
    const line = lineAt(node.offset);
    const { children = [] } = node;
    switch (node.type) {
        case 'object':
            return {
                kind: 'table',
                line,
                entries: new Map(children.flatMap(({ children: [key, value] = [] }) => key === undefined || value === undefined ? [] : [[String((0,main.getNodeValue)(key)), located(value, lineAt)]]))
            };
        case 'array':
            return { kind: 'list', line, items: children.map(child => located(child, lineAt)) };
        case 'string':
            return { kind: 'text', line, text: String(node.value) };
        default:
            return { kind: 'other', line };
    }
}
/** Returns the line of an offset. Offsets ascend, so that each line end is looked for once. */
function createLineAt(text) {
    let [line, next] = [1, text.indexOf('\n')];
    return offset => {
        while (next >= 0 && next < offset) {
            line += 1;
            next = text.indexOf('\n', next + 1);
        }
        return line;
    };
}

// EXTERNAL MODULE: ./node_modules/toml-eslint-parser/lib/index.mjs + 3 modules
var lib = __webpack_require__(9605);
;// CONCATENATED MODULE: ./build/mirror-files/toml-tree.js
// Reads TOML 1.0 into values with lines.
// The parser gives a syntax tree: other TOML libraries lose the line of a value, and a warning names one.


/** Throws MirrorFileError for text that is not TOML. */
function parseToml(text) {
    const root = { kind: 'table', line: 1, entries: new Map() };
    for (const node of parse(text).body[0].body) {
        if (node.type === 'TOMLKeyValue')
            addEntry(root, node);
        else {
            const table = openTable(root, node.resolvedKey, node.loc.start.line);
            for (const entry of node.body)
                addEntry(table, entry);
        }
    }
    return root;
}
function parse(text) {
    try {
        return (0,lib/* parseTOML */.MD)(text, { tomlVersion: '1.0' });
    }
    catch (error) {
        // A RangeError is a file that nests values until the stack is full.
        const line = typeof error === 'object' && error !== null && 'lineNumber' in error ? Number(error.lineNumber) : undefined;
        throw new MirrorFileError(`it is not valid TOML: ${error instanceof Error ? error.message : String(error)}`, line);
    }
}
/** The table at a path, which is made where it is missing. A number is the place in a list of tables. */
function openTable(root, path, line) {
    let current = root;
    for (const [at, step] of path.entries()) {
        const made = typeof path[at + 1] === 'number' ? { kind: 'list', line, items: [] } : { kind: 'table', line, entries: new Map() };
        if (typeof step === 'number' && current.kind === 'list')
            current = itemOf(current, step, made);
        else if (typeof step === 'string' && current.kind === 'table')
            current = childOf(current, step, made);
        else
            return rejectPath(line);
    }
    return current.kind === 'table' ? current : rejectPath(line);
}
function itemOf({ items }, at, made) {
    return (items[at] ??= made);
}
function childOf({ entries }, name, made) {
    const child = entries.get(name) ?? made;
    entries.set(name, child);
    return child;
}
function addEntry(table, { key, value }) {
    const names = (0,lib/* getStaticTOMLValue */.AY)(key);
    const { line } = key.loc.start;
    openTable(table, names.slice(0, -1), line).entries.set(names.at(-1) ?? '', toml_tree_valueOf(value));
}
function toml_tree_valueOf(node) {
    const { line } = node.loc.start;
    switch (node.type) {
        case 'TOMLArray':
            return { kind: 'list', line, items: node.elements.map(toml_tree_valueOf) };
        case 'TOMLInlineTable': {
            const table = { kind: 'table', line, entries: new Map() };
            for (const entry of node.body)
                addEntry(table, entry);
            return table;
        }
        case 'TOMLValue':
            if (node.kind === 'string')
                return { kind: 'text', line, text: node.value };
            return node.kind === 'boolean' ? { kind: 'flag', line, flag: node.value } : { kind: 'other', line };
    }
}
function rejectPath(line) {
    throw new MirrorFileError('it is not valid TOML: a key is both a value and a table', line);
}

;// CONCATENATED MODULE: ./build/mirror-files/hosts-toml.js
// hosts.toml of containerd: the mirrors of one registry, in the order of the file (docs/hosts.md and core/remotes/docker/config/hosts.go
// in containerd). Nerdctl, Docker with the containerd image store, k3s, Spegel, and Dragonfly use these files too.





/** The table of a folder without a hosts.toml: it is for these images, and has no mirror. */
function emptyHostTable(match) {
    return { match, mirrors: [], isBlocked: false, warnings: [] };
}
/** Throws MirrorFileError for a file that containerd refuses. */
function readHostsToml(text, match, file) {
    const root = parseToml(text);
    const warnings = [];
    const hosts = [...(tableOf(root, 'host')?.entries ?? [])].flatMap(([url, host]) => {
        if (host.kind !== 'table')
            throw new MirrorFileError('each host must be a table', host.line);
        return readHost(url, host, file, warnings);
    });
    const server = textOf(root, 'server') ?? '';
    // Often it is the registry itself, which is a candidate already.
    const upstream = server === '' ? [] : readHost(server, root, file, warnings);
    return { match, mirrors: limitMirrors([...hosts, ...upstream], warnings), isBlocked: false, warnings };
}
function readHost(url, host, file, warnings) {
    const line = host.entries.has('server') ? lineOfEntry(host, 'server') : host.line;
    const { mayPull, mayResolve } = readCapabilities(host, file, warnings);
    if (!mayPull)
        return [];
    const isOverridden = flagOf(host, 'override_path');
    const parsed = parseMirrorUrl(url.startsWith('http') ? url : `https://${url}`, path => rootOf(path, isOverridden));
    if (!parsed.ok) {
        const text = `the host ${quoteAddress(url)} is not used: ${parsed.reason}`;
        warnings.push({ text, place: placeIn(file, line) });
        return [];
    }
    const { value } = parsed;
    if (value.isHttp && !mayUseHttp(file, value.host)) {
        warnings.push({ text: `${value.host} ${PLAIN_HTTP}`, place: placeIn(file, line) });
        return [];
    }
    warnAboutOptions(host, value, file, warnings);
    const mirror = { target: value.target, mayResolve: file.isTrusted && mayResolve, place: placeIn(file, line) };
    // Spegel and Dragonfly serve several registries at one address (addNamespace in core/remotes/docker/resolver.go in containerd).
    return [{ ...mirror, sendsNamespace: file.use === 'content', authorities: authoritiesOf(host, file) }];
}
// `ca` is a path or a list of paths, relative to the folder of the file.
function authoritiesOf(host, { folder }) {
    const entry = entryOf(host, 'ca');
    const paths = entry?.kind === 'text' ? [entry] : textsOf(host, 'ca');
    return folder === undefined ? [] : paths.map(({ text }) => (0,external_node_path_.resolve)(folder, text));
}
// As containerd finds the root of the API.
function rootOf(path, isOverridden) {
    const clean = external_node_path_.posix.normalize(path).replace(/\/$/, '');
    return isOverridden || clean.endsWith('/v2') ? clean : `${clean}/v2`;
}
const CAPABILITIES = ['pull', 'resolve', 'push'];
function readCapabilities(host, file, warnings) {
    const written = textsOf(host, 'capabilities').map(({ text }) => text.toLowerCase());
    if (written.some(capability => !CAPABILITIES.includes(capability)))
        warnings.push({
            text: `a capability that is not ${CAPABILITIES.join(', ')} is ignored`,
            place: placeIn(file, lineOfEntry(host, 'capabilities'))
        });
    // An empty list is like none: everything.
    if (written.length === 0)
        return { mayPull: true, mayResolve: true };
    return { mayPull: written.includes('pull'), mayResolve: written.includes('resolve') };
}
function warnAboutOptions(host, { host: name }, file, warnings) {
    const ignored = {
        skip_verify: 'certificates are always verified',
        ...(file.folder === undefined
            ? { ca: `only a file of the administrator of the machine may name a CA. Set NODE_EXTRA_CA_CERTS` }
            : {}),
        client: `put the certificate and its key into /etc/docker/certs.d/${name}`,
        header: 'no header of a file is sent'
    };
    for (const [option, reason] of Object.entries(ignored)) {
        const entry = entryOf(host, option);
        if (entry === undefined || (entry.kind === 'flag' && !entry.flag))
            continue;
        const text = `${option} is not followed for ${name}: ${reason}`;
        warnings.push({ text, place: placeIn(file, entry.line) });
    }
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./build/filesystem/regular-file.js
var regular_file = __webpack_require__(6493);
;// CONCATENATED MODULE: ./build/mirror-files/mirror-file-text.js
// Reads the files that `mirrors-from` names. A file of the workspace may have been written by a pull request: no link leads out of the
// workspace, and only a regular file of a sensible size is read. A file of the machine belongs to its administrator.






// Files of an organization have a few kilobytes.
const MAX_BYTES = 256 * 1024;
function mirrorPathOf(path, workspace) {
    const absolute = (0,external_node_path_.resolve)(workspace, path);
    const isInWorkspace = (0,real_path/* isBelow */.Yw)(absolute, workspace);
    return {
        path: absolute,
        // An annotation takes slashes only, on Windows too.
        file: isInWorkspace ? (0,external_node_path_.relative)(workspace, absolute).replaceAll(external_node_path_.sep, '/') : absolute,
        isInWorkspace,
        root: isInWorkspace ? workspace : undefined
    };
}
/** A usual place, which belongs to the machine wherever it is. */
function machinePath(path) {
    return { path, file: path, isInWorkspace: false, root: undefined };
}
/** `missing` if nothing is there. Throws MirrorFileError if it may not be looked at. */
function kindOfPath(at) {
    return attempt(() => {
        if (!(0,external_node_fs_.existsSync)(at.path))
            return 'missing';
        return (0,external_node_fs_.statSync)(realPathOf(at)).isDirectory() ? 'folder' : 'file';
    });
}
/** The text of a file; undefined if nothing is there. Throws MirrorFileError if it cannot be read. */
function readMirrorFileText(at) {
    return attempt(() => {
        const { root } = at;
        const options = root === undefined ? { links: 'follow' } : { root: external_node_fs_.realpathSync.native(root) };
        try {
            return decode((0,regular_file/* readRegularFileSync */.cG)(realPathOf(at), { maxBytes: MAX_BYTES, ...options }));
        }
        catch (error) {
            if ((0,errno/* isErrno */.r)(error, 'ENOENT', 'ENOTDIR'))
                return undefined;
            throw error;
        }
    });
}
function realPathOf({ path, root }) {
    if (root === undefined)
        return path;
    const real = (0,real_path/* realPathBelow */.bu)(path, root);
    if (!real.ok)
        throw new MirrorFileError(real.reason);
    return real.value;
}
function decode(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    }
    catch {
        throw new MirrorFileError('it is not UTF-8');
    }
}
function attempt(read) {
    try {
        return read();
    }
    catch (error) {
        if (error instanceof MirrorFileError)
            throw error;
        throw new MirrorFileError(`it cannot be read: ${error instanceof regular_file/* NotRegularFile */.k1 ? error.message : (0,errno/* describeErrno */.c)(error)}`);
    }
}

;// CONCATENATED MODULE: ./build/mirror-files/registries-conf.js
// registries.conf, version 2, and the files in registries.conf.d (containers-registries.conf(5)): podman, buildah, skopeo, CRI-O.
// Short names and their search are not for this action: its references are Docker's.





// Each image is compared with each table.
const MAX_TABLES = 1000;
/** Throws MirrorFileError for a file that these programs refuse. */
function readRegistriesConf(text, file) {
    const root = parseToml(text);
    if (entryOf(root, 'registries') !== undefined)
        throw new MirrorFileError('it has the format of version 1: write each registry as a table [[registry]]', lineOfEntry(root, 'registries'));
    const tables = tablesOf(root, 'registry');
    if (tables.length > MAX_TABLES)
        throw new MirrorFileError(`it has more than ${String(MAX_TABLES)} tables [[registry]]`);
    return tables.map(table => readRegistry(table, file));
}
/** The tables of several files, in order: those of registries.conf, and then of each file of registries.conf.d. */
function mergeRegistriesConf(files) {
    let merged = [];
    for (const entries of files) {
        const replaced = new Set(entries.map(({ prefix }) => prefix));
        merged = [...merged.filter(({ prefix }) => !replaced.has(prefix)), ...entries];
    }
    return { tables: merged.map(({ table }) => table) };
}
function readRegistry(table, file) {
    const location = readLocation(table, 'location');
    const prefix = readLocation(table, 'prefix') ?? location;
    if (prefix === undefined)
        throw new MirrorFileError('a [[registry]] needs a prefix or a location', table.line);
    const match = matchOf(prefix, lineOfEntry(table, 'prefix'));
    if (location === undefined && match.kind !== 'subdomains')
        throw new MirrorFileError('a [[registry]] needs a location', table.line);
    const warnings = [];
    const isBlocked = flagOf(table, 'blocked');
    const mirrors = tablesOf(table, 'mirror').flatMap(mirror => registries_conf_readMirror(mirror, table, file, warnings));
    // The registry itself is elsewhere: podman goes there after the mirrors.
    const moved = location === undefined || location === prefix || isBlocked ? [] : [movedTo(location, table, file)];
    if (isBlocked)
        warnings.push({
            text: 'blocked = true is not followed: the registry that an image names is queried. Its mirrors are used',
            place: placeIn(file, lineOfEntry(table, 'blocked'))
        });
    if (location !== undefined)
        warnAboutInsecure(table, location, file, warnings);
    return { prefix, table: { match, mirrors: limitMirrors([...mirrors, ...moved], warnings), isBlocked, warnings } };
}
function readLocation(table, name) {
    const text = textOf(table, name);
    if (text === undefined || text === '')
        return undefined;
    const trimmed = text.replace(/\/+$/, '');
    if (trimmed === '' || /^https?:\/\//.test(trimmed))
        throw new MirrorFileError(`${name} must be a registry or registry/path, without a scheme`, lineOfEntry(table, name));
    return trimmed;
}
function matchOf(prefix, line) {
    if (prefix.startsWith('*.')) {
        const domain = prefix.slice(1);
        if (/^(?:\.[a-z\d-]+)+$/i.test(domain))
            return { kind: 'subdomains', domain: domain.toLowerCase() };
        throw new MirrorFileError('a prefix with a wildcard is *.example.com, without a port or a path', line);
    }
    const parsed = (0,name_prefix/* parseNamePrefix */.tn)(prefix);
    // A prefix may be one tag or digest of a repository. It is valid, and its length counts, but no repository begins with it.
    return { kind: 'prefix', prefix: parsed.ok ? parsed.value : prefix };
}
function registries_conf_readMirror(mirror, registry, file, warnings) {
    const { line } = mirror;
    const location = readLocation(mirror, 'location');
    if (location === undefined)
        throw new MirrorFileError('a [[registry.mirror]] needs a location', line);
    const pulls = textOf(mirror, 'pull-from-mirror') ?? '';
    const byDigest = flagOf(registry, 'mirror-by-digest-only');
    if (!['', 'all', 'digest-only', 'tag-only'].includes(pulls))
        throw new MirrorFileError('pull-from-mirror must be all, digest-only, or tag-only', line);
    if (pulls !== '' && byDigest)
        throw new MirrorFileError('pull-from-mirror cannot be set with mirror-by-digest-only', line);
    if (pulls === 'tag-only') {
        const text = 'a mirror with pull-from-mirror = "tag-only" is not used: content is requested by digest';
        warnings.push({ text, place: placeIn(file, line) });
        return [];
    }
    const target = targetAt(location, file, line, warnings);
    if (target === undefined)
        return [];
    warnAboutInsecure(mirror, location, file, warnings);
    const mayResolve = file.isTrusted && !byDigest && pulls !== 'digest-only';
    return [{ target, mayResolve, sendsNamespace: false, authorities: [], place: placeIn(file, line) }];
}
function movedTo(location, table, file) {
    const place = placeIn(file, lineOfEntry(table, 'location'));
    return { target: normalized(location), mayResolve: file.isTrusted, sendsNamespace: false, authorities: [], place };
}
function targetAt(location, file, line, warnings) {
    const target = (0,name_prefix/* parseNamePrefix */.tn)(normalized(location));
    if (target.ok)
        return target.value;
    const text = `the mirror ${quoteAddress(location)} is not used: ${target.reason}`;
    warnings.push({ text, place: placeIn(file, line) });
    return undefined;
}
function normalized(location) {
    const [host = '', ...path] = location.split('/');
    return [registryAt(host.toLowerCase()), ...path].join('/');
}
function warnAboutInsecure(table, location, file, warnings) {
    const [host = ''] = location.split('/');
    if (!flagOf(table, 'insecure') || mayUseHttp(file, host.toLowerCase()))
        return;
    const text = 'insecure = true is not followed: certificates are always verified. For plain HTTP, list the registry in the input insecure-registries';
    warnings.push({ text, place: placeIn(file, lineOfEntry(table, 'insecure')) });
}

;// CONCATENATED MODULE: ./build/mirror-files/read-mirror-files.js
// The input `mirrors-from`: finds out what each path is, reads it by the rules of its own program, and collects what is wrong.
// A file that the workflow names must be valid. One that `auto` finds is left out with a warning if it is not.












/** Reads the files of each line: a path, or `auto` for the usual places. */
async function readMirrorFiles(lines, options) {
    const reading = { options, faults: [], warnings: [], files: [] };
    const configurations = [];
    for (const source of lines.flatMap(line => sourcesOf(line, reading)))
        configurations.push(await readSource(source, reading));
    const { faults, warnings, files } = reading;
    return { configurations, faults, warnings, files };
}
function sourcesOf(line, reading) {
    if (line === 'auto')
        return usualPlaces(reading.options);
    try {
        return [namedSource(line, reading.options)];
    }
    catch (error) {
        if (!(error instanceof MirrorFileError))
            throw error;
        reading.faults.push({ input: 'mirrors-from', value: line, reason: error.message, example: EXAMPLE });
        return [];
    }
}
// In the order in which the mirrors are tried. As podman has it, the file of a user replaces that of the system, and both folders count.
function usualPlaces({ home, configFolder, systemFolder }) {
    const user = machinePath((0,external_node_path_.join)(home, '.config/containers/registries.conf'));
    if (systemFolder === undefined)
        return [usualPlace('registries-conf', user, [dropIns(user)])];
    const system = machinePath((0,external_node_path_.join)(systemFolder, 'containers/registries.conf'));
    const main = existsAt(user) ? user : system;
    // nerdctl and Docker have the same places below the folder of the user, where they run without root.
    const folders = [configFolder, systemFolder];
    return [
        usualPlace('registries-conf', main, [dropIns(system), dropIns(user)]),
        ...folders.map(folder => usualPlace('host-folders', machinePath((0,external_node_path_.join)(folder, 'containerd/certs.d')))),
        ...folders.map(folder => usualPlace('host-folders', machinePath((0,external_node_path_.join)(folder, 'docker/certs.d')))),
        ...folders.map(folder => usualPlace('daemon-json', machinePath((0,external_node_path_.join)(folder, 'docker/daemon.json'))))
    ];
}
function usualPlace(kind, at, folders = []) {
    return { kind, at, folders, line: undefined };
}
function dropIns(at) {
    return { ...at, path: `${at.path}.d`, file: `${at.file}.d` };
}
const EXAMPLE = '/etc/containers/registries.conf';
/** What a path of the input is, by its name. Throws MirrorFileError for one that is none of them. */
function namedSource(line, { workspace }) {
    const at = mirrorPathOf(line, workspace);
    const kind = kindOfPath(at);
    if (kind === 'missing')
        throw new MirrorFileError('it does not exist');
    const name = (0,external_node_path_.basename)(at.path);
    if (kind === 'folder') {
        if (name.endsWith('.conf.d'))
            return { kind: 'registries-conf', at: { ...at, path: '' }, folders: [at], line };
        const host = below(at, 'hosts.toml');
        return existsAt(host)
            ? { kind: 'hosts-toml', at: host, folders: [], line }
            : { kind: 'host-folders', at, folders: [], line };
    }
    if (name === 'hosts.toml')
        return { kind: 'hosts-toml', at, folders: [], line };
    if (name.endsWith('.conf'))
        return { kind: 'registries-conf', at, folders: [dropIns(at)], line };
    if (name.endsWith('.json'))
        return { kind: 'daemon-json', at, folders: [], line };
    throw new MirrorFileError('it must be registries.conf, hosts.toml, daemon.json, or a folder certs.d');
}
async function readSource(source, reading) {
    switch (source.kind) {
        case 'registries-conf':
            return readRegistries(source, reading);
        case 'host-folders':
            return { tables: await readHostFolders(source, reading) };
        case 'hosts-toml':
            return { tables: read_mirror_files_readHost(source.at, (0,external_node_path_.basename)((0,external_node_path_.dirname)(source.at.path)), source, reading) };
        case 'daemon-json': {
            const table = readWith(source.at, source, reading, readDaemonJson);
            return { tables: table === undefined ? [] : [table] };
        }
    }
}
// A registries.conf with a fault in one of its files is refused as a whole, as its programs do.
async function readRegistries(source, reading) {
    const paths = source.at.path === '' ? [] : [source.at];
    for (const folder of source.folders) {
        const names = await namesIn(folder, source, reading);
        paths.push(...names.filter(name => name.endsWith('.conf')).map(name => below(folder, name)));
    }
    const before = reading.faults.length + reading.warnings.length;
    const files = paths.map(at => readWith(at, source, reading, readRegistriesConf) ?? []);
    return reading.faults.length + reading.warnings.length > before ? { tables: [] } : mergeRegistriesConf(files);
}
async function readHostFolders(source, reading) {
    const names = await namesIn(source.at, source, reading);
    // containerd prefers the name in which a port has no colon.
    const ordered = [...names.filter(name => ENCODED_PORT.test(name)), ...names.filter(name => !ENCODED_PORT.test(name))];
    const tables = ordered.flatMap(name => read_mirror_files_readHost(below(below(source.at, name), 'hosts.toml'), name, source, reading));
    if (tables.every(({ mirrors }) => mirrors.length === 0) && source.line !== undefined && reading.faults.length === 0)
        reject({ at: source.at, source, error: new MirrorFileError('it has no HOST/hosts.toml with a mirror') }, reading);
    return tables;
}
const ENCODED_PORT = /_(\d+)_$/;
/** The table of one host. A folder without a hosts.toml has one too: containerd does not look at `_default` then. */
function read_mirror_files_readHost(at, folder, source, reading) {
    const match = matchOfFolder(folder);
    if (match === undefined) {
        if (existsAt(at))
            noteUnusedFolder(at, folder, reading);
        return [];
    }
    const table = readWith(at, source, reading, (text, file) => readHostsToml(text, match, file));
    return [table ?? emptyHostTable(match)];
}
function matchOfFolder(folder) {
    if (folder === '_default')
        return { kind: 'any' };
    const host = folder.replace(ENCODED_PORT, ':$1').toLowerCase();
    const parsed = (0,name_prefix/* parseNamePrefix */.tn)(host);
    // containerd looks for Docker Hub's mirrors in `docker.io`.
    const isOtherName = host === (0,reference/* endpointOf */.X5)(reference/* DOCKER_HUB */.Xb) || (parsed.ok && parsed.value !== host);
    return parsed.ok && !host.includes('/') && !isOtherName ? { kind: 'prefix', prefix: parsed.value } : undefined;
}
function noteUnusedFolder(at, folder, { warnings }) {
    const isHub = /^(?:registry-1|index)\.docker\.io$/i.test(folder);
    warnings.push({
        text: isHub
            ? 'the file is not used: the folder for images of Docker Hub is docker.io'
            : 'the file is not used: its folder is not named after a registry',
        place: { file: at.file, line: 1, isInWorkspace: at.isInWorkspace }
    });
}
function below(at, name) {
    return { ...at, path: (0,external_node_path_.join)(at.path, name), file: `${at.file}/${name}` };
}
function existsAt(at) {
    try {
        return kindOfPath(at) !== 'missing';
    }
    catch {
        // What is wrong with it is said when it is read.
        return true;
    }
}
const MAX_NAMES = 1000;
async function namesIn(folder, source, reading) {
    try {
        if (kindOfPath(folder) !== 'folder')
            return [];
        const names = await (0,list_folder/* listFolder */.b)(folder.path, MAX_NAMES + 1);
        if (names.length > MAX_NAMES)
            throw new MirrorFileError(`it has more than ${String(MAX_NAMES)} names`);
        return names;
    }
    catch (error) {
        const reason = error instanceof MirrorFileError ? error.message : `it cannot be read: ${(0,errno/* describeErrno */.c)(error)}`;
        reject({ at: folder, source, error: new MirrorFileError(reason) }, reading);
        return [];
    }
}
/** Undefined for a file that is missing or not valid. */
function readWith(at, source, reading, read) {
    const { isTrusted, insecureRegistries, use, home, configFolder } = reading.options;
    const { file, isInWorkspace } = at;
    try {
        const text = readMirrorFileText(at);
        const isOfUser = [home, configFolder].some(place => (0,real_path/* isBelow */.Yw)(at.path, place));
        const folder = isInWorkspace || isOfUser ? undefined : (0,external_node_path_.dirname)(at.path);
        if (text === undefined)
            return undefined;
        const value = read(text, { file, isInWorkspace, isTrusted, insecureRegistries, use, folder });
        reading.files.push(file);
        return value;
    }
    catch (error) {
        if (!(error instanceof MirrorFileError))
            throw error;
        reject({ at, source, error }, reading);
        return undefined;
    }
}
function reject({ at, source, error }, { faults, warnings }) {
    const { file, isInWorkspace } = at;
    const line = error.line ?? 1;
    if (source.line === undefined) {
        warnings.push({ text: `the file is not used: ${error.message}`, place: { file, line, isInWorkspace } });
        return;
    }
    faults.push((0,omit_undefined/* omitUndefined */.O)({
        input: 'mirrors-from',
        value: source.line,
        reason: isInWorkspace ? error.message : `${error.message} (line ${String(line)} of ${file})`,
        example: EXAMPLE,
        location: isInWorkspace ? { file, line } : undefined
    }));
}


/***/ })

};
