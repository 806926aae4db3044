import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 4807:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./format", "./parser"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.isWS = exports.applyEdit = exports.setProperty = exports.removeProperty = void 0;
    const format_1 = __nccwpck_require__(6612);
    const parser_1 = __nccwpck_require__(5152);
    function removeProperty(text, path, options) {
        return setProperty(text, path, void 0, options);
    }
    exports.removeProperty = removeProperty;
    function setProperty(text, originalPath, value, options) {
        const path = originalPath.slice();
        const errors = [];
        const root = (0, parser_1.parseTree)(text, errors);
        let parent = void 0;
        let lastSegment = void 0;
        while (path.length > 0) {
            lastSegment = path.pop();
            parent = (0, parser_1.findNodeAtLocation)(root, path);
            if (parent === void 0 && value !== void 0) {
                if (typeof lastSegment === 'string') {
                    value = { [lastSegment]: value };
                }
                else {
                    value = [value];
                }
            }
            else {
                break;
            }
        }
        if (!parent) {
            // empty document
            if (value === void 0) { // delete
                throw new Error('Can not delete in empty document');
            }
            return withFormatting(text, { offset: root ? root.offset : 0, length: root ? root.length : 0, content: JSON.stringify(value) }, options);
        }
        else if (parent.type === 'object' && typeof lastSegment === 'string' && Array.isArray(parent.children)) {
            const existing = (0, parser_1.findNodeAtLocation)(parent, [lastSegment]);
            if (existing !== void 0) {
                if (value === void 0) { // delete
                    if (!existing.parent) {
                        throw new Error('Malformed AST');
                    }
                    const propertyIndex = parent.children.indexOf(existing.parent);
                    let removeBegin;
                    let removeEnd = existing.parent.offset + existing.parent.length;
                    if (propertyIndex > 0) {
                        // remove the comma of the previous node
                        let previous = parent.children[propertyIndex - 1];
                        removeBegin = previous.offset + previous.length;
                    }
                    else {
                        removeBegin = parent.offset + 1;
                        if (parent.children.length > 1) {
                            // remove the comma of the next node
                            let next = parent.children[1];
                            removeEnd = next.offset;
                        }
                    }
                    return withFormatting(text, { offset: removeBegin, length: removeEnd - removeBegin, content: '' }, options);
                }
                else {
                    // set value of existing property
                    return withFormatting(text, { offset: existing.offset, length: existing.length, content: JSON.stringify(value) }, options);
                }
            }
            else {
                if (value === void 0) { // delete
                    return []; // property does not exist, nothing to do
                }
                const newProperty = `${JSON.stringify(lastSegment)}: ${JSON.stringify(value)}`;
                const index = options.getInsertionIndex ? options.getInsertionIndex(parent.children.map(p => p.children[0].value)) : parent.children.length;
                let edit;
                if (index > 0) {
                    let previous = parent.children[index - 1];
                    edit = { offset: previous.offset + previous.length, length: 0, content: ',' + newProperty };
                }
                else if (parent.children.length === 0) {
                    edit = { offset: parent.offset + 1, length: 0, content: newProperty };
                }
                else {
                    edit = { offset: parent.offset + 1, length: 0, content: newProperty + ',' };
                }
                return withFormatting(text, edit, options);
            }
        }
        else if (parent.type === 'array' && typeof lastSegment === 'number' && Array.isArray(parent.children)) {
            const insertIndex = lastSegment;
            if (insertIndex === -1) {
                // Insert
                const newProperty = `${JSON.stringify(value)}`;
                let edit;
                if (parent.children.length === 0) {
                    edit = { offset: parent.offset + 1, length: 0, content: newProperty };
                }
                else {
                    const previous = parent.children[parent.children.length - 1];
                    edit = { offset: previous.offset + previous.length, length: 0, content: ',' + newProperty };
                }
                return withFormatting(text, edit, options);
            }
            else if (value === void 0 && parent.children.length >= 0) {
                // Removal
                const removalIndex = lastSegment;
                const toRemove = parent.children[removalIndex];
                let edit;
                if (parent.children.length === 1) {
                    // only item
                    edit = { offset: parent.offset + 1, length: parent.length - 2, content: '' };
                }
                else if (parent.children.length - 1 === removalIndex) {
                    // last item
                    let previous = parent.children[removalIndex - 1];
                    let offset = previous.offset + previous.length;
                    let parentEndOffset = parent.offset + parent.length;
                    edit = { offset, length: parentEndOffset - 2 - offset, content: '' };
                }
                else {
                    edit = { offset: toRemove.offset, length: parent.children[removalIndex + 1].offset - toRemove.offset, content: '' };
                }
                return withFormatting(text, edit, options);
            }
            else if (value !== void 0) {
                let edit;
                const newProperty = `${JSON.stringify(value)}`;
                if (!options.isArrayInsertion && parent.children.length > lastSegment) {
                    const toModify = parent.children[lastSegment];
                    edit = { offset: toModify.offset, length: toModify.length, content: newProperty };
                }
                else if (parent.children.length === 0 || lastSegment === 0) {
                    edit = { offset: parent.offset + 1, length: 0, content: parent.children.length === 0 ? newProperty : newProperty + ',' };
                }
                else {
                    const index = lastSegment > parent.children.length ? parent.children.length : lastSegment;
                    const previous = parent.children[index - 1];
                    edit = { offset: previous.offset + previous.length, length: 0, content: ',' + newProperty };
                }
                return withFormatting(text, edit, options);
            }
            else {
                throw new Error(`Can not ${value === void 0 ? 'remove' : (options.isArrayInsertion ? 'insert' : 'modify')} Array index ${insertIndex} as length is not sufficient`);
            }
        }
        else {
            throw new Error(`Can not add ${typeof lastSegment !== 'number' ? 'index' : 'property'} to parent of type ${parent.type}`);
        }
    }
    exports.setProperty = setProperty;
    function withFormatting(text, edit, options) {
        if (!options.formattingOptions) {
            return [edit];
        }
        // apply the edit
        let newText = applyEdit(text, edit);
        // format the new text
        let begin = edit.offset;
        let end = edit.offset + edit.content.length;
        if (edit.length === 0 || edit.content.length === 0) { // insert or remove
            while (begin > 0 && !(0, format_1.isEOL)(newText, begin - 1)) {
                begin--;
            }
            while (end < newText.length && !(0, format_1.isEOL)(newText, end)) {
                end++;
            }
        }
        const edits = (0, format_1.format)(newText, { offset: begin, length: end - begin }, { ...options.formattingOptions, keepLines: false });
        // apply the formatting edits and track the begin and end offsets of the changes
        for (let i = edits.length - 1; i >= 0; i--) {
            const edit = edits[i];
            newText = applyEdit(newText, edit);
            begin = Math.min(begin, edit.offset);
            end = Math.max(end, edit.offset + edit.length);
            end += edit.content.length - edit.length;
        }
        // create a single edit with all changes
        const editLength = text.length - (newText.length - end) - begin;
        return [{ offset: begin, length: editLength, content: newText.substring(begin, end) }];
    }
    function applyEdit(text, edit) {
        return text.substring(0, edit.offset) + edit.content + text.substring(edit.offset + edit.length);
    }
    exports.applyEdit = applyEdit;
    function isWS(text, offset) {
        return '\r\n \t'.indexOf(text.charAt(offset)) !== -1;
    }
    exports.isWS = isWS;
});


/***/ }),

/***/ 6612:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./scanner", "./string-intern"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.isEOL = exports.format = void 0;
    const scanner_1 = __nccwpck_require__(8525);
    const string_intern_1 = __nccwpck_require__(4579);
    function format(documentText, range, options) {
        let initialIndentLevel;
        let formatText;
        let formatTextStart;
        let rangeStart;
        let rangeEnd;
        if (range) {
            rangeStart = range.offset;
            rangeEnd = rangeStart + range.length;
            formatTextStart = rangeStart;
            while (formatTextStart > 0 && !isEOL(documentText, formatTextStart - 1)) {
                formatTextStart--;
            }
            let endOffset = rangeEnd;
            while (endOffset < documentText.length && !isEOL(documentText, endOffset)) {
                endOffset++;
            }
            formatText = documentText.substring(formatTextStart, endOffset);
            initialIndentLevel = computeIndentLevel(formatText, options);
        }
        else {
            formatText = documentText;
            initialIndentLevel = 0;
            formatTextStart = 0;
            rangeStart = 0;
            rangeEnd = documentText.length;
        }
        const eol = getEOL(options, documentText);
        const eolFastPathSupported = string_intern_1.supportedEols.includes(eol);
        let numberLineBreaks = 0;
        let indentLevel = 0;
        let indentValue;
        if (options.insertSpaces) {
            indentValue = string_intern_1.cachedSpaces[options.tabSize || 4] ?? repeat(string_intern_1.cachedSpaces[1], options.tabSize || 4);
        }
        else {
            indentValue = '\t';
        }
        const indentType = indentValue === '\t' ? '\t' : ' ';
        let scanner = (0, scanner_1.createScanner)(formatText, false);
        let hasError = false;
        function newLinesAndIndent() {
            if (numberLineBreaks > 1) {
                return repeat(eol, numberLineBreaks) + repeat(indentValue, initialIndentLevel + indentLevel);
            }
            const amountOfSpaces = indentValue.length * (initialIndentLevel + indentLevel);
            if (!eolFastPathSupported || amountOfSpaces > string_intern_1.cachedBreakLinesWithSpaces[indentType][eol].length) {
                return eol + repeat(indentValue, initialIndentLevel + indentLevel);
            }
            if (amountOfSpaces <= 0) {
                return eol;
            }
            return string_intern_1.cachedBreakLinesWithSpaces[indentType][eol][amountOfSpaces];
        }
        function scanNext() {
            let token = scanner.scan();
            numberLineBreaks = 0;
            while (token === 15 /* SyntaxKind.Trivia */ || token === 14 /* SyntaxKind.LineBreakTrivia */) {
                if (token === 14 /* SyntaxKind.LineBreakTrivia */ && options.keepLines) {
                    numberLineBreaks += 1;
                }
                else if (token === 14 /* SyntaxKind.LineBreakTrivia */) {
                    numberLineBreaks = 1;
                }
                token = scanner.scan();
            }
            hasError = token === 16 /* SyntaxKind.Unknown */ || scanner.getTokenError() !== 0 /* ScanError.None */;
            return token;
        }
        const editOperations = [];
        function addEdit(text, startOffset, endOffset) {
            if (!hasError && (!range || (startOffset < rangeEnd && endOffset > rangeStart)) && documentText.substring(startOffset, endOffset) !== text) {
                editOperations.push({ offset: startOffset, length: endOffset - startOffset, content: text });
            }
        }
        let firstToken = scanNext();
        if (options.keepLines && numberLineBreaks > 0) {
            addEdit(repeat(eol, numberLineBreaks), 0, 0);
        }
        if (firstToken !== 17 /* SyntaxKind.EOF */) {
            let firstTokenStart = scanner.getTokenOffset() + formatTextStart;
            let initialIndent = (indentValue.length * initialIndentLevel < 20) && options.insertSpaces
                ? string_intern_1.cachedSpaces[indentValue.length * initialIndentLevel]
                : repeat(indentValue, initialIndentLevel);
            addEdit(initialIndent, formatTextStart, firstTokenStart);
        }
        while (firstToken !== 17 /* SyntaxKind.EOF */) {
            let firstTokenEnd = scanner.getTokenOffset() + scanner.getTokenLength() + formatTextStart;
            let secondToken = scanNext();
            let replaceContent = '';
            let needsLineBreak = false;
            while (numberLineBreaks === 0 && (secondToken === 12 /* SyntaxKind.LineCommentTrivia */ || secondToken === 13 /* SyntaxKind.BlockCommentTrivia */)) {
                let commentTokenStart = scanner.getTokenOffset() + formatTextStart;
                addEdit(string_intern_1.cachedSpaces[1], firstTokenEnd, commentTokenStart);
                firstTokenEnd = scanner.getTokenOffset() + scanner.getTokenLength() + formatTextStart;
                needsLineBreak = secondToken === 12 /* SyntaxKind.LineCommentTrivia */;
                replaceContent = needsLineBreak ? newLinesAndIndent() : '';
                secondToken = scanNext();
            }
            if (secondToken === 2 /* SyntaxKind.CloseBraceToken */) {
                if (firstToken !== 1 /* SyntaxKind.OpenBraceToken */) {
                    indentLevel--;
                }
                ;
                if (options.keepLines && numberLineBreaks > 0 || !options.keepLines && firstToken !== 1 /* SyntaxKind.OpenBraceToken */) {
                    replaceContent = newLinesAndIndent();
                }
                else if (options.keepLines) {
                    replaceContent = string_intern_1.cachedSpaces[1];
                }
            }
            else if (secondToken === 4 /* SyntaxKind.CloseBracketToken */) {
                if (firstToken !== 3 /* SyntaxKind.OpenBracketToken */) {
                    indentLevel--;
                }
                ;
                if (options.keepLines && numberLineBreaks > 0 || !options.keepLines && firstToken !== 3 /* SyntaxKind.OpenBracketToken */) {
                    replaceContent = newLinesAndIndent();
                }
                else if (options.keepLines) {
                    replaceContent = string_intern_1.cachedSpaces[1];
                }
            }
            else {
                switch (firstToken) {
                    case 3 /* SyntaxKind.OpenBracketToken */:
                    case 1 /* SyntaxKind.OpenBraceToken */:
                        indentLevel++;
                        if (options.keepLines && numberLineBreaks > 0 || !options.keepLines) {
                            replaceContent = newLinesAndIndent();
                        }
                        else {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 5 /* SyntaxKind.CommaToken */:
                        if (options.keepLines && numberLineBreaks > 0 || !options.keepLines) {
                            replaceContent = newLinesAndIndent();
                        }
                        else {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 12 /* SyntaxKind.LineCommentTrivia */:
                        replaceContent = newLinesAndIndent();
                        break;
                    case 13 /* SyntaxKind.BlockCommentTrivia */:
                        if (numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else if (!needsLineBreak) {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 6 /* SyntaxKind.ColonToken */:
                        if (options.keepLines && numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else if (!needsLineBreak) {
                            replaceContent = string_intern_1.cachedSpaces[1];
                        }
                        break;
                    case 10 /* SyntaxKind.StringLiteral */:
                        if (options.keepLines && numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else if (secondToken === 6 /* SyntaxKind.ColonToken */ && !needsLineBreak) {
                            replaceContent = '';
                        }
                        break;
                    case 7 /* SyntaxKind.NullKeyword */:
                    case 8 /* SyntaxKind.TrueKeyword */:
                    case 9 /* SyntaxKind.FalseKeyword */:
                    case 11 /* SyntaxKind.NumericLiteral */:
                    case 2 /* SyntaxKind.CloseBraceToken */:
                    case 4 /* SyntaxKind.CloseBracketToken */:
                        if (options.keepLines && numberLineBreaks > 0) {
                            replaceContent = newLinesAndIndent();
                        }
                        else {
                            if ((secondToken === 12 /* SyntaxKind.LineCommentTrivia */ || secondToken === 13 /* SyntaxKind.BlockCommentTrivia */) && !needsLineBreak) {
                                replaceContent = string_intern_1.cachedSpaces[1];
                            }
                            else if (secondToken !== 5 /* SyntaxKind.CommaToken */ && secondToken !== 17 /* SyntaxKind.EOF */) {
                                hasError = true;
                            }
                        }
                        break;
                    case 16 /* SyntaxKind.Unknown */:
                        hasError = true;
                        break;
                }
                if (numberLineBreaks > 0 && (secondToken === 12 /* SyntaxKind.LineCommentTrivia */ || secondToken === 13 /* SyntaxKind.BlockCommentTrivia */)) {
                    replaceContent = newLinesAndIndent();
                }
            }
            if (secondToken === 17 /* SyntaxKind.EOF */) {
                if (options.keepLines && numberLineBreaks > 0) {
                    replaceContent = newLinesAndIndent();
                }
                else {
                    replaceContent = options.insertFinalNewline ? eol : '';
                }
            }
            const secondTokenStart = scanner.getTokenOffset() + formatTextStart;
            addEdit(replaceContent, firstTokenEnd, secondTokenStart);
            firstToken = secondToken;
        }
        return editOperations;
    }
    exports.format = format;
    function repeat(s, count) {
        let result = '';
        for (let i = 0; i < count; i++) {
            result += s;
        }
        return result;
    }
    function computeIndentLevel(content, options) {
        let i = 0;
        let nChars = 0;
        const tabSize = options.tabSize || 4;
        while (i < content.length) {
            let ch = content.charAt(i);
            if (ch === string_intern_1.cachedSpaces[1]) {
                nChars++;
            }
            else if (ch === '\t') {
                nChars += tabSize;
            }
            else {
                break;
            }
            i++;
        }
        return Math.floor(nChars / tabSize);
    }
    function getEOL(options, text) {
        for (let i = 0; i < text.length; i++) {
            const ch = text.charAt(i);
            if (ch === '\r') {
                if (i + 1 < text.length && text.charAt(i + 1) === '\n') {
                    return '\r\n';
                }
                return '\r';
            }
            else if (ch === '\n') {
                return '\n';
            }
        }
        return (options && options.eol) || '\n';
    }
    function isEOL(text, offset) {
        return '\r\n'.indexOf(text.charAt(offset)) !== -1;
    }
    exports.isEOL = isEOL;
});


/***/ }),

/***/ 5152:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./scanner"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.getNodeType = exports.stripComments = exports.visit = exports.findNodeAtOffset = exports.contains = exports.getNodeValue = exports.getNodePath = exports.findNodeAtLocation = exports.parseTree = exports.parse = exports.getLocation = void 0;
    const scanner_1 = __nccwpck_require__(8525);
    var ParseOptions;
    (function (ParseOptions) {
        ParseOptions.DEFAULT = {
            allowTrailingComma: false
        };
    })(ParseOptions || (ParseOptions = {}));
    /**
     * For a given offset, evaluate the location in the JSON document. Each segment in the location path is either a property name or an array index.
     */
    function getLocation(text, position) {
        const segments = []; // strings or numbers
        const earlyReturnException = new Object();
        let previousNode = undefined;
        const previousNodeInst = {
            value: {},
            offset: 0,
            length: 0,
            type: 'object',
            parent: undefined
        };
        let isAtPropertyKey = false;
        function setPreviousNode(value, offset, length, type) {
            previousNodeInst.value = value;
            previousNodeInst.offset = offset;
            previousNodeInst.length = length;
            previousNodeInst.type = type;
            previousNodeInst.colonOffset = undefined;
            previousNode = previousNodeInst;
        }
        try {
            visit(text, {
                onObjectBegin: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    isAtPropertyKey = position > offset;
                    segments.push(''); // push a placeholder (will be replaced)
                },
                onObjectProperty: (name, offset, length) => {
                    if (position < offset) {
                        throw earlyReturnException;
                    }
                    setPreviousNode(name, offset, length, 'property');
                    segments[segments.length - 1] = name;
                    if (position <= offset + length) {
                        throw earlyReturnException;
                    }
                },
                onObjectEnd: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    segments.pop();
                },
                onArrayBegin: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    segments.push(0);
                },
                onArrayEnd: (offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    previousNode = undefined;
                    segments.pop();
                },
                onLiteralValue: (value, offset, length) => {
                    if (position < offset) {
                        throw earlyReturnException;
                    }
                    setPreviousNode(value, offset, length, getNodeType(value));
                    if (position <= offset + length) {
                        throw earlyReturnException;
                    }
                },
                onSeparator: (sep, offset, length) => {
                    if (position <= offset) {
                        throw earlyReturnException;
                    }
                    if (sep === ':' && previousNode && previousNode.type === 'property') {
                        previousNode.colonOffset = offset;
                        isAtPropertyKey = false;
                        previousNode = undefined;
                    }
                    else if (sep === ',') {
                        const last = segments[segments.length - 1];
                        if (typeof last === 'number') {
                            segments[segments.length - 1] = last + 1;
                        }
                        else {
                            isAtPropertyKey = true;
                            segments[segments.length - 1] = '';
                        }
                        previousNode = undefined;
                    }
                }
            });
        }
        catch (e) {
            if (e !== earlyReturnException) {
                throw e;
            }
        }
        return {
            path: segments,
            previousNode,
            isAtPropertyKey,
            matches: (pattern) => {
                let k = 0;
                for (let i = 0; k < pattern.length && i < segments.length; i++) {
                    if (pattern[k] === segments[i] || pattern[k] === '*') {
                        k++;
                    }
                    else if (pattern[k] !== '**') {
                        return false;
                    }
                }
                return k === pattern.length;
            }
        };
    }
    exports.getLocation = getLocation;
    /**
     * Parses the given text and returns the object the JSON content represents. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     * Therefore always check the errors list to find out if the input was valid.
     */
    function parse(text, errors = [], options = ParseOptions.DEFAULT) {
        let currentProperty = null;
        let currentParent = [];
        const previousParents = [];
        function onValue(value) {
            if (Array.isArray(currentParent)) {
                currentParent.push(value);
            }
            else if (currentProperty !== null) {
                currentParent[currentProperty] = value;
            }
        }
        const visitor = {
            onObjectBegin: () => {
                const object = {};
                onValue(object);
                previousParents.push(currentParent);
                currentParent = object;
                currentProperty = null;
            },
            onObjectProperty: (name) => {
                currentProperty = name;
            },
            onObjectEnd: () => {
                currentParent = previousParents.pop();
            },
            onArrayBegin: () => {
                const array = [];
                onValue(array);
                previousParents.push(currentParent);
                currentParent = array;
                currentProperty = null;
            },
            onArrayEnd: () => {
                currentParent = previousParents.pop();
            },
            onLiteralValue: onValue,
            onError: (error, offset, length) => {
                errors.push({ error, offset, length });
            }
        };
        visit(text, visitor, options);
        return currentParent[0];
    }
    exports.parse = parse;
    /**
     * Parses the given text and returns a tree representation the JSON content. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     */
    function parseTree(text, errors = [], options = ParseOptions.DEFAULT) {
        let currentParent = { type: 'array', offset: -1, length: -1, children: [], parent: undefined }; // artificial root
        function ensurePropertyComplete(endOffset) {
            if (currentParent.type === 'property') {
                currentParent.length = endOffset - currentParent.offset;
                currentParent = currentParent.parent;
            }
        }
        function onValue(valueNode) {
            currentParent.children.push(valueNode);
            return valueNode;
        }
        const visitor = {
            onObjectBegin: (offset) => {
                currentParent = onValue({ type: 'object', offset, length: -1, parent: currentParent, children: [] });
            },
            onObjectProperty: (name, offset, length) => {
                currentParent = onValue({ type: 'property', offset, length: -1, parent: currentParent, children: [] });
                currentParent.children.push({ type: 'string', value: name, offset, length, parent: currentParent });
            },
            onObjectEnd: (offset, length) => {
                ensurePropertyComplete(offset + length); // in case of a missing value for a property: make sure property is complete
                currentParent.length = offset + length - currentParent.offset;
                currentParent = currentParent.parent;
                ensurePropertyComplete(offset + length);
            },
            onArrayBegin: (offset, length) => {
                currentParent = onValue({ type: 'array', offset, length: -1, parent: currentParent, children: [] });
            },
            onArrayEnd: (offset, length) => {
                currentParent.length = offset + length - currentParent.offset;
                currentParent = currentParent.parent;
                ensurePropertyComplete(offset + length);
            },
            onLiteralValue: (value, offset, length) => {
                onValue({ type: getNodeType(value), offset, length, parent: currentParent, value });
                ensurePropertyComplete(offset + length);
            },
            onSeparator: (sep, offset, length) => {
                if (currentParent.type === 'property') {
                    if (sep === ':') {
                        currentParent.colonOffset = offset;
                    }
                    else if (sep === ',') {
                        ensurePropertyComplete(offset);
                    }
                }
            },
            onError: (error, offset, length) => {
                errors.push({ error, offset, length });
            }
        };
        visit(text, visitor, options);
        const result = currentParent.children[0];
        if (result) {
            delete result.parent;
        }
        return result;
    }
    exports.parseTree = parseTree;
    /**
     * Finds the node at the given path in a JSON DOM.
     */
    function findNodeAtLocation(root, path) {
        if (!root) {
            return undefined;
        }
        let node = root;
        for (let segment of path) {
            if (typeof segment === 'string') {
                if (node.type !== 'object' || !Array.isArray(node.children)) {
                    return undefined;
                }
                let found = false;
                for (const propertyNode of node.children) {
                    if (Array.isArray(propertyNode.children) && propertyNode.children[0].value === segment && propertyNode.children.length === 2) {
                        node = propertyNode.children[1];
                        found = true;
                        break;
                    }
                }
                if (!found) {
                    return undefined;
                }
            }
            else {
                const index = segment;
                if (node.type !== 'array' || index < 0 || !Array.isArray(node.children) || index >= node.children.length) {
                    return undefined;
                }
                node = node.children[index];
            }
        }
        return node;
    }
    exports.findNodeAtLocation = findNodeAtLocation;
    /**
     * Gets the JSON path of the given JSON DOM node
     */
    function getNodePath(node) {
        if (!node.parent || !node.parent.children) {
            return [];
        }
        const path = getNodePath(node.parent);
        if (node.parent.type === 'property') {
            const key = node.parent.children[0].value;
            path.push(key);
        }
        else if (node.parent.type === 'array') {
            const index = node.parent.children.indexOf(node);
            if (index !== -1) {
                path.push(index);
            }
        }
        return path;
    }
    exports.getNodePath = getNodePath;
    /**
     * Evaluates the JavaScript object of the given JSON DOM node
     */
    function getNodeValue(node) {
        switch (node.type) {
            case 'array':
                return node.children.map(getNodeValue);
            case 'object':
                const obj = Object.create(null);
                for (let prop of node.children) {
                    const valueNode = prop.children[1];
                    if (valueNode) {
                        obj[prop.children[0].value] = getNodeValue(valueNode);
                    }
                }
                return obj;
            case 'null':
            case 'string':
            case 'number':
            case 'boolean':
                return node.value;
            default:
                return undefined;
        }
    }
    exports.getNodeValue = getNodeValue;
    function contains(node, offset, includeRightBound = false) {
        return (offset >= node.offset && offset < (node.offset + node.length)) || includeRightBound && (offset === (node.offset + node.length));
    }
    exports.contains = contains;
    /**
     * Finds the most inner node at the given offset. If includeRightBound is set, also finds nodes that end at the given offset.
     */
    function findNodeAtOffset(node, offset, includeRightBound = false) {
        if (contains(node, offset, includeRightBound)) {
            const children = node.children;
            if (Array.isArray(children)) {
                for (let i = 0; i < children.length && children[i].offset <= offset; i++) {
                    const item = findNodeAtOffset(children[i], offset, includeRightBound);
                    if (item) {
                        return item;
                    }
                }
            }
            return node;
        }
        return undefined;
    }
    exports.findNodeAtOffset = findNodeAtOffset;
    /**
     * Parses the given text and invokes the visitor functions for each object, array and literal reached.
     */
    function visit(text, visitor, options = ParseOptions.DEFAULT) {
        const _scanner = (0, scanner_1.createScanner)(text, false);
        // Important: Only pass copies of this to visitor functions to prevent accidental modification, and
        // to not affect visitor functions which stored a reference to a previous JSONPath
        const _jsonPath = [];
        // Depth of onXXXBegin() callbacks suppressed. onXXXEnd() decrements this if it isn't 0 already.
        // Callbacks are only called when this value is 0.
        let suppressedCallbacks = 0;
        function toNoArgVisit(visitFunction) {
            return visitFunction ? () => suppressedCallbacks === 0 && visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter()) : () => true;
        }
        function toOneArgVisit(visitFunction) {
            return visitFunction ? (arg) => suppressedCallbacks === 0 && visitFunction(arg, _scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter()) : () => true;
        }
        function toOneArgVisitWithPath(visitFunction) {
            return visitFunction ? (arg) => suppressedCallbacks === 0 && visitFunction(arg, _scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter(), () => _jsonPath.slice()) : () => true;
        }
        function toBeginVisit(visitFunction) {
            return visitFunction ?
                () => {
                    if (suppressedCallbacks > 0) {
                        suppressedCallbacks++;
                    }
                    else {
                        let cbReturn = visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter(), () => _jsonPath.slice());
                        if (cbReturn === false) {
                            suppressedCallbacks = 1;
                        }
                    }
                }
                : () => true;
        }
        function toEndVisit(visitFunction) {
            return visitFunction ?
                () => {
                    if (suppressedCallbacks > 0) {
                        suppressedCallbacks--;
                    }
                    if (suppressedCallbacks === 0) {
                        visitFunction(_scanner.getTokenOffset(), _scanner.getTokenLength(), _scanner.getTokenStartLine(), _scanner.getTokenStartCharacter());
                    }
                }
                : () => true;
        }
        const onObjectBegin = toBeginVisit(visitor.onObjectBegin), onObjectProperty = toOneArgVisitWithPath(visitor.onObjectProperty), onObjectEnd = toEndVisit(visitor.onObjectEnd), onArrayBegin = toBeginVisit(visitor.onArrayBegin), onArrayEnd = toEndVisit(visitor.onArrayEnd), onLiteralValue = toOneArgVisitWithPath(visitor.onLiteralValue), onSeparator = toOneArgVisit(visitor.onSeparator), onComment = toNoArgVisit(visitor.onComment), onError = toOneArgVisit(visitor.onError);
        const disallowComments = options && options.disallowComments;
        const allowTrailingComma = options && options.allowTrailingComma;
        function scanNext() {
            while (true) {
                const token = _scanner.scan();
                switch (_scanner.getTokenError()) {
                    case 4 /* ScanError.InvalidUnicode */:
                        handleError(14 /* ParseErrorCode.InvalidUnicode */);
                        break;
                    case 5 /* ScanError.InvalidEscapeCharacter */:
                        handleError(15 /* ParseErrorCode.InvalidEscapeCharacter */);
                        break;
                    case 3 /* ScanError.UnexpectedEndOfNumber */:
                        handleError(13 /* ParseErrorCode.UnexpectedEndOfNumber */);
                        break;
                    case 1 /* ScanError.UnexpectedEndOfComment */:
                        if (!disallowComments) {
                            handleError(11 /* ParseErrorCode.UnexpectedEndOfComment */);
                        }
                        break;
                    case 2 /* ScanError.UnexpectedEndOfString */:
                        handleError(12 /* ParseErrorCode.UnexpectedEndOfString */);
                        break;
                    case 6 /* ScanError.InvalidCharacter */:
                        handleError(16 /* ParseErrorCode.InvalidCharacter */);
                        break;
                }
                switch (token) {
                    case 12 /* SyntaxKind.LineCommentTrivia */:
                    case 13 /* SyntaxKind.BlockCommentTrivia */:
                        if (disallowComments) {
                            handleError(10 /* ParseErrorCode.InvalidCommentToken */);
                        }
                        else {
                            onComment();
                        }
                        break;
                    case 16 /* SyntaxKind.Unknown */:
                        handleError(1 /* ParseErrorCode.InvalidSymbol */);
                        break;
                    case 15 /* SyntaxKind.Trivia */:
                    case 14 /* SyntaxKind.LineBreakTrivia */:
                        break;
                    default:
                        return token;
                }
            }
        }
        function handleError(error, skipUntilAfter = [], skipUntil = []) {
            onError(error);
            if (skipUntilAfter.length + skipUntil.length > 0) {
                let token = _scanner.getToken();
                while (token !== 17 /* SyntaxKind.EOF */) {
                    if (skipUntilAfter.indexOf(token) !== -1) {
                        scanNext();
                        break;
                    }
                    else if (skipUntil.indexOf(token) !== -1) {
                        break;
                    }
                    token = scanNext();
                }
            }
        }
        function parseString(isValue) {
            const value = _scanner.getTokenValue();
            if (isValue) {
                onLiteralValue(value);
            }
            else {
                onObjectProperty(value);
                // add property name afterwards
                _jsonPath.push(value);
            }
            scanNext();
            return true;
        }
        function parseLiteral() {
            switch (_scanner.getToken()) {
                case 11 /* SyntaxKind.NumericLiteral */:
                    const tokenValue = _scanner.getTokenValue();
                    let value = Number(tokenValue);
                    if (isNaN(value)) {
                        handleError(2 /* ParseErrorCode.InvalidNumberFormat */);
                        value = 0;
                    }
                    onLiteralValue(value);
                    break;
                case 7 /* SyntaxKind.NullKeyword */:
                    onLiteralValue(null);
                    break;
                case 8 /* SyntaxKind.TrueKeyword */:
                    onLiteralValue(true);
                    break;
                case 9 /* SyntaxKind.FalseKeyword */:
                    onLiteralValue(false);
                    break;
                default:
                    return false;
            }
            scanNext();
            return true;
        }
        function parseProperty() {
            if (_scanner.getToken() !== 10 /* SyntaxKind.StringLiteral */) {
                handleError(3 /* ParseErrorCode.PropertyNameExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
                return false;
            }
            parseString(false);
            if (_scanner.getToken() === 6 /* SyntaxKind.ColonToken */) {
                onSeparator(':');
                scanNext(); // consume colon
                if (!parseValue()) {
                    handleError(4 /* ParseErrorCode.ValueExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
                }
            }
            else {
                handleError(5 /* ParseErrorCode.ColonExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
            }
            _jsonPath.pop(); // remove processed property name
            return true;
        }
        function parseObject() {
            onObjectBegin();
            scanNext(); // consume open brace
            let needsComma = false;
            while (_scanner.getToken() !== 2 /* SyntaxKind.CloseBraceToken */ && _scanner.getToken() !== 17 /* SyntaxKind.EOF */) {
                if (_scanner.getToken() === 5 /* SyntaxKind.CommaToken */) {
                    if (!needsComma) {
                        handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
                    }
                    onSeparator(',');
                    scanNext(); // consume comma
                    if (_scanner.getToken() === 2 /* SyntaxKind.CloseBraceToken */ && allowTrailingComma) {
                        break;
                    }
                }
                else if (needsComma) {
                    handleError(6 /* ParseErrorCode.CommaExpected */, [], []);
                }
                if (!parseProperty()) {
                    handleError(4 /* ParseErrorCode.ValueExpected */, [], [2 /* SyntaxKind.CloseBraceToken */, 5 /* SyntaxKind.CommaToken */]);
                }
                needsComma = true;
            }
            onObjectEnd();
            if (_scanner.getToken() !== 2 /* SyntaxKind.CloseBraceToken */) {
                handleError(7 /* ParseErrorCode.CloseBraceExpected */, [2 /* SyntaxKind.CloseBraceToken */], []);
            }
            else {
                scanNext(); // consume close brace
            }
            return true;
        }
        function parseArray() {
            onArrayBegin();
            scanNext(); // consume open bracket
            let isFirstElement = true;
            let needsComma = false;
            while (_scanner.getToken() !== 4 /* SyntaxKind.CloseBracketToken */ && _scanner.getToken() !== 17 /* SyntaxKind.EOF */) {
                if (_scanner.getToken() === 5 /* SyntaxKind.CommaToken */) {
                    if (!needsComma) {
                        handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
                    }
                    onSeparator(',');
                    scanNext(); // consume comma
                    if (_scanner.getToken() === 4 /* SyntaxKind.CloseBracketToken */ && allowTrailingComma) {
                        break;
                    }
                }
                else if (needsComma) {
                    handleError(6 /* ParseErrorCode.CommaExpected */, [], []);
                }
                if (isFirstElement) {
                    _jsonPath.push(0);
                    isFirstElement = false;
                }
                else {
                    _jsonPath[_jsonPath.length - 1]++;
                }
                if (!parseValue()) {
                    handleError(4 /* ParseErrorCode.ValueExpected */, [], [4 /* SyntaxKind.CloseBracketToken */, 5 /* SyntaxKind.CommaToken */]);
                }
                needsComma = true;
            }
            onArrayEnd();
            if (!isFirstElement) {
                _jsonPath.pop(); // remove array index
            }
            if (_scanner.getToken() !== 4 /* SyntaxKind.CloseBracketToken */) {
                handleError(8 /* ParseErrorCode.CloseBracketExpected */, [4 /* SyntaxKind.CloseBracketToken */], []);
            }
            else {
                scanNext(); // consume close bracket
            }
            return true;
        }
        function parseValue() {
            switch (_scanner.getToken()) {
                case 3 /* SyntaxKind.OpenBracketToken */:
                    return parseArray();
                case 1 /* SyntaxKind.OpenBraceToken */:
                    return parseObject();
                case 10 /* SyntaxKind.StringLiteral */:
                    return parseString(true);
                default:
                    return parseLiteral();
            }
        }
        scanNext();
        if (_scanner.getToken() === 17 /* SyntaxKind.EOF */) {
            if (options.allowEmptyContent) {
                return true;
            }
            handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
            return false;
        }
        if (!parseValue()) {
            handleError(4 /* ParseErrorCode.ValueExpected */, [], []);
            return false;
        }
        if (_scanner.getToken() !== 17 /* SyntaxKind.EOF */) {
            handleError(9 /* ParseErrorCode.EndOfFileExpected */, [], []);
        }
        return true;
    }
    exports.visit = visit;
    /**
     * Takes JSON with JavaScript-style comments and remove
     * them. Optionally replaces every none-newline character
     * of comments with a replaceCharacter
     */
    function stripComments(text, replaceCh) {
        let _scanner = (0, scanner_1.createScanner)(text), parts = [], kind, offset = 0, pos;
        do {
            pos = _scanner.getPosition();
            kind = _scanner.scan();
            switch (kind) {
                case 12 /* SyntaxKind.LineCommentTrivia */:
                case 13 /* SyntaxKind.BlockCommentTrivia */:
                case 17 /* SyntaxKind.EOF */:
                    if (offset !== pos) {
                        parts.push(text.substring(offset, pos));
                    }
                    if (replaceCh !== undefined) {
                        parts.push(_scanner.getTokenValue().replace(/[^\r\n]/g, replaceCh));
                    }
                    offset = _scanner.getPosition();
                    break;
            }
        } while (kind !== 17 /* SyntaxKind.EOF */);
        return parts.join('');
    }
    exports.stripComments = stripComments;
    function getNodeType(value) {
        switch (typeof value) {
            case 'boolean': return 'boolean';
            case 'number': return 'number';
            case 'string': return 'string';
            case 'object': {
                if (!value) {
                    return 'null';
                }
                else if (Array.isArray(value)) {
                    return 'array';
                }
                return 'object';
            }
            default: return 'null';
        }
    }
    exports.getNodeType = getNodeType;
});


/***/ }),

/***/ 8525:
/***/ ((module, exports) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.createScanner = void 0;
    /**
     * Creates a JSON scanner on the given text.
     * If ignoreTrivia is set, whitespaces or comments are ignored.
     */
    function createScanner(text, ignoreTrivia = false) {
        const len = text.length;
        let pos = 0, value = '', tokenOffset = 0, token = 16 /* SyntaxKind.Unknown */, lineNumber = 0, lineStartOffset = 0, tokenLineStartOffset = 0, prevTokenLineStartOffset = 0, scanError = 0 /* ScanError.None */;
        function scanHexDigits(count, exact) {
            let digits = 0;
            let value = 0;
            while (digits < count || !exact) {
                let ch = text.charCodeAt(pos);
                if (ch >= 48 /* CharacterCodes._0 */ && ch <= 57 /* CharacterCodes._9 */) {
                    value = value * 16 + ch - 48 /* CharacterCodes._0 */;
                }
                else if (ch >= 65 /* CharacterCodes.A */ && ch <= 70 /* CharacterCodes.F */) {
                    value = value * 16 + ch - 65 /* CharacterCodes.A */ + 10;
                }
                else if (ch >= 97 /* CharacterCodes.a */ && ch <= 102 /* CharacterCodes.f */) {
                    value = value * 16 + ch - 97 /* CharacterCodes.a */ + 10;
                }
                else {
                    break;
                }
                pos++;
                digits++;
            }
            if (digits < count) {
                value = -1;
            }
            return value;
        }
        function setPosition(newPosition) {
            pos = newPosition;
            value = '';
            tokenOffset = 0;
            token = 16 /* SyntaxKind.Unknown */;
            scanError = 0 /* ScanError.None */;
        }
        function scanNumber() {
            let start = pos;
            if (text.charCodeAt(pos) === 48 /* CharacterCodes._0 */) {
                pos++;
            }
            else {
                pos++;
                while (pos < text.length && isDigit(text.charCodeAt(pos))) {
                    pos++;
                }
            }
            if (pos < text.length && text.charCodeAt(pos) === 46 /* CharacterCodes.dot */) {
                pos++;
                if (pos < text.length && isDigit(text.charCodeAt(pos))) {
                    pos++;
                    while (pos < text.length && isDigit(text.charCodeAt(pos))) {
                        pos++;
                    }
                }
                else {
                    scanError = 3 /* ScanError.UnexpectedEndOfNumber */;
                    return text.substring(start, pos);
                }
            }
            let end = pos;
            if (pos < text.length && (text.charCodeAt(pos) === 69 /* CharacterCodes.E */ || text.charCodeAt(pos) === 101 /* CharacterCodes.e */)) {
                pos++;
                if (pos < text.length && text.charCodeAt(pos) === 43 /* CharacterCodes.plus */ || text.charCodeAt(pos) === 45 /* CharacterCodes.minus */) {
                    pos++;
                }
                if (pos < text.length && isDigit(text.charCodeAt(pos))) {
                    pos++;
                    while (pos < text.length && isDigit(text.charCodeAt(pos))) {
                        pos++;
                    }
                    end = pos;
                }
                else {
                    scanError = 3 /* ScanError.UnexpectedEndOfNumber */;
                }
            }
            return text.substring(start, end);
        }
        function scanString() {
            let result = '', start = pos;
            while (true) {
                if (pos >= len) {
                    result += text.substring(start, pos);
                    scanError = 2 /* ScanError.UnexpectedEndOfString */;
                    break;
                }
                const ch = text.charCodeAt(pos);
                if (ch === 34 /* CharacterCodes.doubleQuote */) {
                    result += text.substring(start, pos);
                    pos++;
                    break;
                }
                if (ch === 92 /* CharacterCodes.backslash */) {
                    result += text.substring(start, pos);
                    pos++;
                    if (pos >= len) {
                        scanError = 2 /* ScanError.UnexpectedEndOfString */;
                        break;
                    }
                    const ch2 = text.charCodeAt(pos++);
                    switch (ch2) {
                        case 34 /* CharacterCodes.doubleQuote */:
                            result += '\"';
                            break;
                        case 92 /* CharacterCodes.backslash */:
                            result += '\\';
                            break;
                        case 47 /* CharacterCodes.slash */:
                            result += '/';
                            break;
                        case 98 /* CharacterCodes.b */:
                            result += '\b';
                            break;
                        case 102 /* CharacterCodes.f */:
                            result += '\f';
                            break;
                        case 110 /* CharacterCodes.n */:
                            result += '\n';
                            break;
                        case 114 /* CharacterCodes.r */:
                            result += '\r';
                            break;
                        case 116 /* CharacterCodes.t */:
                            result += '\t';
                            break;
                        case 117 /* CharacterCodes.u */:
                            const ch3 = scanHexDigits(4, true);
                            if (ch3 >= 0) {
                                result += String.fromCharCode(ch3);
                            }
                            else {
                                scanError = 4 /* ScanError.InvalidUnicode */;
                            }
                            break;
                        default:
                            scanError = 5 /* ScanError.InvalidEscapeCharacter */;
                    }
                    start = pos;
                    continue;
                }
                if (ch >= 0 && ch <= 0x1f) {
                    if (isLineBreak(ch)) {
                        result += text.substring(start, pos);
                        scanError = 2 /* ScanError.UnexpectedEndOfString */;
                        break;
                    }
                    else {
                        scanError = 6 /* ScanError.InvalidCharacter */;
                        // mark as error but continue with string
                    }
                }
                pos++;
            }
            return result;
        }
        function scanNext() {
            value = '';
            scanError = 0 /* ScanError.None */;
            tokenOffset = pos;
            lineStartOffset = lineNumber;
            prevTokenLineStartOffset = tokenLineStartOffset;
            if (pos >= len) {
                // at the end
                tokenOffset = len;
                return token = 17 /* SyntaxKind.EOF */;
            }
            let code = text.charCodeAt(pos);
            // trivia: whitespace
            if (isWhiteSpace(code)) {
                do {
                    pos++;
                    value += String.fromCharCode(code);
                    code = text.charCodeAt(pos);
                } while (isWhiteSpace(code));
                return token = 15 /* SyntaxKind.Trivia */;
            }
            // trivia: newlines
            if (isLineBreak(code)) {
                pos++;
                value += String.fromCharCode(code);
                if (code === 13 /* CharacterCodes.carriageReturn */ && text.charCodeAt(pos) === 10 /* CharacterCodes.lineFeed */) {
                    pos++;
                    value += '\n';
                }
                lineNumber++;
                tokenLineStartOffset = pos;
                return token = 14 /* SyntaxKind.LineBreakTrivia */;
            }
            switch (code) {
                // tokens: []{}:,
                case 123 /* CharacterCodes.openBrace */:
                    pos++;
                    return token = 1 /* SyntaxKind.OpenBraceToken */;
                case 125 /* CharacterCodes.closeBrace */:
                    pos++;
                    return token = 2 /* SyntaxKind.CloseBraceToken */;
                case 91 /* CharacterCodes.openBracket */:
                    pos++;
                    return token = 3 /* SyntaxKind.OpenBracketToken */;
                case 93 /* CharacterCodes.closeBracket */:
                    pos++;
                    return token = 4 /* SyntaxKind.CloseBracketToken */;
                case 58 /* CharacterCodes.colon */:
                    pos++;
                    return token = 6 /* SyntaxKind.ColonToken */;
                case 44 /* CharacterCodes.comma */:
                    pos++;
                    return token = 5 /* SyntaxKind.CommaToken */;
                // strings
                case 34 /* CharacterCodes.doubleQuote */:
                    pos++;
                    value = scanString();
                    return token = 10 /* SyntaxKind.StringLiteral */;
                // comments
                case 47 /* CharacterCodes.slash */:
                    const start = pos - 1;
                    // Single-line comment
                    if (text.charCodeAt(pos + 1) === 47 /* CharacterCodes.slash */) {
                        pos += 2;
                        while (pos < len) {
                            if (isLineBreak(text.charCodeAt(pos))) {
                                break;
                            }
                            pos++;
                        }
                        value = text.substring(start, pos);
                        return token = 12 /* SyntaxKind.LineCommentTrivia */;
                    }
                    // Multi-line comment
                    if (text.charCodeAt(pos + 1) === 42 /* CharacterCodes.asterisk */) {
                        pos += 2;
                        const safeLength = len - 1; // For lookahead.
                        let commentClosed = false;
                        while (pos < safeLength) {
                            const ch = text.charCodeAt(pos);
                            if (ch === 42 /* CharacterCodes.asterisk */ && text.charCodeAt(pos + 1) === 47 /* CharacterCodes.slash */) {
                                pos += 2;
                                commentClosed = true;
                                break;
                            }
                            pos++;
                            if (isLineBreak(ch)) {
                                if (ch === 13 /* CharacterCodes.carriageReturn */ && text.charCodeAt(pos) === 10 /* CharacterCodes.lineFeed */) {
                                    pos++;
                                }
                                lineNumber++;
                                tokenLineStartOffset = pos;
                            }
                        }
                        if (!commentClosed) {
                            pos++;
                            scanError = 1 /* ScanError.UnexpectedEndOfComment */;
                        }
                        value = text.substring(start, pos);
                        return token = 13 /* SyntaxKind.BlockCommentTrivia */;
                    }
                    // just a single slash
                    value += String.fromCharCode(code);
                    pos++;
                    return token = 16 /* SyntaxKind.Unknown */;
                // numbers
                case 45 /* CharacterCodes.minus */:
                    value += String.fromCharCode(code);
                    pos++;
                    if (pos === len || !isDigit(text.charCodeAt(pos))) {
                        return token = 16 /* SyntaxKind.Unknown */;
                    }
                // found a minus, followed by a number so
                // we fall through to proceed with scanning
                // numbers
                case 48 /* CharacterCodes._0 */:
                case 49 /* CharacterCodes._1 */:
                case 50 /* CharacterCodes._2 */:
                case 51 /* CharacterCodes._3 */:
                case 52 /* CharacterCodes._4 */:
                case 53 /* CharacterCodes._5 */:
                case 54 /* CharacterCodes._6 */:
                case 55 /* CharacterCodes._7 */:
                case 56 /* CharacterCodes._8 */:
                case 57 /* CharacterCodes._9 */:
                    value += scanNumber();
                    return token = 11 /* SyntaxKind.NumericLiteral */;
                // literals and unknown symbols
                default:
                    // is a literal? Read the full word.
                    while (pos < len && isUnknownContentCharacter(code)) {
                        pos++;
                        code = text.charCodeAt(pos);
                    }
                    if (tokenOffset !== pos) {
                        value = text.substring(tokenOffset, pos);
                        // keywords: true, false, null
                        switch (value) {
                            case 'true': return token = 8 /* SyntaxKind.TrueKeyword */;
                            case 'false': return token = 9 /* SyntaxKind.FalseKeyword */;
                            case 'null': return token = 7 /* SyntaxKind.NullKeyword */;
                        }
                        return token = 16 /* SyntaxKind.Unknown */;
                    }
                    // some
                    value += String.fromCharCode(code);
                    pos++;
                    return token = 16 /* SyntaxKind.Unknown */;
            }
        }
        function isUnknownContentCharacter(code) {
            if (isWhiteSpace(code) || isLineBreak(code)) {
                return false;
            }
            switch (code) {
                case 125 /* CharacterCodes.closeBrace */:
                case 93 /* CharacterCodes.closeBracket */:
                case 123 /* CharacterCodes.openBrace */:
                case 91 /* CharacterCodes.openBracket */:
                case 34 /* CharacterCodes.doubleQuote */:
                case 58 /* CharacterCodes.colon */:
                case 44 /* CharacterCodes.comma */:
                case 47 /* CharacterCodes.slash */:
                    return false;
            }
            return true;
        }
        function scanNextNonTrivia() {
            let result;
            do {
                result = scanNext();
            } while (result >= 12 /* SyntaxKind.LineCommentTrivia */ && result <= 15 /* SyntaxKind.Trivia */);
            return result;
        }
        return {
            setPosition: setPosition,
            getPosition: () => pos,
            scan: ignoreTrivia ? scanNextNonTrivia : scanNext,
            getToken: () => token,
            getTokenValue: () => value,
            getTokenOffset: () => tokenOffset,
            getTokenLength: () => pos - tokenOffset,
            getTokenStartLine: () => lineStartOffset,
            getTokenStartCharacter: () => tokenOffset - prevTokenLineStartOffset,
            getTokenError: () => scanError,
        };
    }
    exports.createScanner = createScanner;
    function isWhiteSpace(ch) {
        return ch === 32 /* CharacterCodes.space */ || ch === 9 /* CharacterCodes.tab */;
    }
    function isLineBreak(ch) {
        return ch === 10 /* CharacterCodes.lineFeed */ || ch === 13 /* CharacterCodes.carriageReturn */;
    }
    function isDigit(ch) {
        return ch >= 48 /* CharacterCodes._0 */ && ch <= 57 /* CharacterCodes._9 */;
    }
    var CharacterCodes;
    (function (CharacterCodes) {
        CharacterCodes[CharacterCodes["lineFeed"] = 10] = "lineFeed";
        CharacterCodes[CharacterCodes["carriageReturn"] = 13] = "carriageReturn";
        CharacterCodes[CharacterCodes["space"] = 32] = "space";
        CharacterCodes[CharacterCodes["_0"] = 48] = "_0";
        CharacterCodes[CharacterCodes["_1"] = 49] = "_1";
        CharacterCodes[CharacterCodes["_2"] = 50] = "_2";
        CharacterCodes[CharacterCodes["_3"] = 51] = "_3";
        CharacterCodes[CharacterCodes["_4"] = 52] = "_4";
        CharacterCodes[CharacterCodes["_5"] = 53] = "_5";
        CharacterCodes[CharacterCodes["_6"] = 54] = "_6";
        CharacterCodes[CharacterCodes["_7"] = 55] = "_7";
        CharacterCodes[CharacterCodes["_8"] = 56] = "_8";
        CharacterCodes[CharacterCodes["_9"] = 57] = "_9";
        CharacterCodes[CharacterCodes["a"] = 97] = "a";
        CharacterCodes[CharacterCodes["b"] = 98] = "b";
        CharacterCodes[CharacterCodes["c"] = 99] = "c";
        CharacterCodes[CharacterCodes["d"] = 100] = "d";
        CharacterCodes[CharacterCodes["e"] = 101] = "e";
        CharacterCodes[CharacterCodes["f"] = 102] = "f";
        CharacterCodes[CharacterCodes["g"] = 103] = "g";
        CharacterCodes[CharacterCodes["h"] = 104] = "h";
        CharacterCodes[CharacterCodes["i"] = 105] = "i";
        CharacterCodes[CharacterCodes["j"] = 106] = "j";
        CharacterCodes[CharacterCodes["k"] = 107] = "k";
        CharacterCodes[CharacterCodes["l"] = 108] = "l";
        CharacterCodes[CharacterCodes["m"] = 109] = "m";
        CharacterCodes[CharacterCodes["n"] = 110] = "n";
        CharacterCodes[CharacterCodes["o"] = 111] = "o";
        CharacterCodes[CharacterCodes["p"] = 112] = "p";
        CharacterCodes[CharacterCodes["q"] = 113] = "q";
        CharacterCodes[CharacterCodes["r"] = 114] = "r";
        CharacterCodes[CharacterCodes["s"] = 115] = "s";
        CharacterCodes[CharacterCodes["t"] = 116] = "t";
        CharacterCodes[CharacterCodes["u"] = 117] = "u";
        CharacterCodes[CharacterCodes["v"] = 118] = "v";
        CharacterCodes[CharacterCodes["w"] = 119] = "w";
        CharacterCodes[CharacterCodes["x"] = 120] = "x";
        CharacterCodes[CharacterCodes["y"] = 121] = "y";
        CharacterCodes[CharacterCodes["z"] = 122] = "z";
        CharacterCodes[CharacterCodes["A"] = 65] = "A";
        CharacterCodes[CharacterCodes["B"] = 66] = "B";
        CharacterCodes[CharacterCodes["C"] = 67] = "C";
        CharacterCodes[CharacterCodes["D"] = 68] = "D";
        CharacterCodes[CharacterCodes["E"] = 69] = "E";
        CharacterCodes[CharacterCodes["F"] = 70] = "F";
        CharacterCodes[CharacterCodes["G"] = 71] = "G";
        CharacterCodes[CharacterCodes["H"] = 72] = "H";
        CharacterCodes[CharacterCodes["I"] = 73] = "I";
        CharacterCodes[CharacterCodes["J"] = 74] = "J";
        CharacterCodes[CharacterCodes["K"] = 75] = "K";
        CharacterCodes[CharacterCodes["L"] = 76] = "L";
        CharacterCodes[CharacterCodes["M"] = 77] = "M";
        CharacterCodes[CharacterCodes["N"] = 78] = "N";
        CharacterCodes[CharacterCodes["O"] = 79] = "O";
        CharacterCodes[CharacterCodes["P"] = 80] = "P";
        CharacterCodes[CharacterCodes["Q"] = 81] = "Q";
        CharacterCodes[CharacterCodes["R"] = 82] = "R";
        CharacterCodes[CharacterCodes["S"] = 83] = "S";
        CharacterCodes[CharacterCodes["T"] = 84] = "T";
        CharacterCodes[CharacterCodes["U"] = 85] = "U";
        CharacterCodes[CharacterCodes["V"] = 86] = "V";
        CharacterCodes[CharacterCodes["W"] = 87] = "W";
        CharacterCodes[CharacterCodes["X"] = 88] = "X";
        CharacterCodes[CharacterCodes["Y"] = 89] = "Y";
        CharacterCodes[CharacterCodes["Z"] = 90] = "Z";
        CharacterCodes[CharacterCodes["asterisk"] = 42] = "asterisk";
        CharacterCodes[CharacterCodes["backslash"] = 92] = "backslash";
        CharacterCodes[CharacterCodes["closeBrace"] = 125] = "closeBrace";
        CharacterCodes[CharacterCodes["closeBracket"] = 93] = "closeBracket";
        CharacterCodes[CharacterCodes["colon"] = 58] = "colon";
        CharacterCodes[CharacterCodes["comma"] = 44] = "comma";
        CharacterCodes[CharacterCodes["dot"] = 46] = "dot";
        CharacterCodes[CharacterCodes["doubleQuote"] = 34] = "doubleQuote";
        CharacterCodes[CharacterCodes["minus"] = 45] = "minus";
        CharacterCodes[CharacterCodes["openBrace"] = 123] = "openBrace";
        CharacterCodes[CharacterCodes["openBracket"] = 91] = "openBracket";
        CharacterCodes[CharacterCodes["plus"] = 43] = "plus";
        CharacterCodes[CharacterCodes["slash"] = 47] = "slash";
        CharacterCodes[CharacterCodes["formFeed"] = 12] = "formFeed";
        CharacterCodes[CharacterCodes["tab"] = 9] = "tab";
    })(CharacterCodes || (CharacterCodes = {}));
});


/***/ }),

/***/ 4579:
/***/ ((module, exports) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports"], factory);
    }
})(function () {
    "use strict";
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.supportedEols = exports.cachedBreakLinesWithSpaces = exports.cachedSpaces = void 0;
    exports.cachedSpaces = new Array(20).fill(0).map((_, index) => {
        return ' '.repeat(index);
    });
    const maxCachedValues = 200;
    exports.cachedBreakLinesWithSpaces = {
        ' ': {
            '\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\n' + ' '.repeat(index);
            }),
            '\r': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r' + ' '.repeat(index);
            }),
            '\r\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r\n' + ' '.repeat(index);
            }),
        },
        '\t': {
            '\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\n' + '\t'.repeat(index);
            }),
            '\r': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r' + '\t'.repeat(index);
            }),
            '\r\n': new Array(maxCachedValues).fill(0).map((_, index) => {
                return '\r\n' + '\t'.repeat(index);
            }),
        }
    };
    exports.supportedEols = ['\n', '\r', '\r\n'];
});


/***/ }),

/***/ 9547:
/***/ ((module, exports, __nccwpck_require__) => {

(function (factory) {
    if ( true && typeof module.exports === "object") {
        var v = factory(__WEBPACK_EXTERNAL_createRequire(import.meta.url), exports);
        if (v !== undefined) module.exports = v;
    }
    else if (typeof define === "function" && define.amd) {
        define(["require", "exports", "./impl/format", "./impl/edit", "./impl/scanner", "./impl/parser"], factory);
    }
})(function () {
    /*---------------------------------------------------------------------------------------------
     *  Copyright (c) Microsoft Corporation. All rights reserved.
     *  Licensed under the MIT License. See License.txt in the project root for license information.
     *--------------------------------------------------------------------------------------------*/
    'use strict';
    Object.defineProperty(exports, "__esModule", ({ value: true }));
    exports.applyEdits = exports.modify = exports.format = exports.printParseErrorCode = exports.ParseErrorCode = exports.stripComments = exports.visit = exports.getNodeValue = exports.getNodePath = exports.findNodeAtOffset = exports.findNodeAtLocation = exports.parseTree = exports.parse = exports.getLocation = exports.SyntaxKind = exports.ScanError = exports.createScanner = void 0;
    const formatter = __nccwpck_require__(6612);
    const edit = __nccwpck_require__(4807);
    const scanner = __nccwpck_require__(8525);
    const parser = __nccwpck_require__(5152);
    /**
     * Creates a JSON scanner on the given text.
     * If ignoreTrivia is set, whitespaces or comments are ignored.
     */
    exports.createScanner = scanner.createScanner;
    var ScanError;
    (function (ScanError) {
        ScanError[ScanError["None"] = 0] = "None";
        ScanError[ScanError["UnexpectedEndOfComment"] = 1] = "UnexpectedEndOfComment";
        ScanError[ScanError["UnexpectedEndOfString"] = 2] = "UnexpectedEndOfString";
        ScanError[ScanError["UnexpectedEndOfNumber"] = 3] = "UnexpectedEndOfNumber";
        ScanError[ScanError["InvalidUnicode"] = 4] = "InvalidUnicode";
        ScanError[ScanError["InvalidEscapeCharacter"] = 5] = "InvalidEscapeCharacter";
        ScanError[ScanError["InvalidCharacter"] = 6] = "InvalidCharacter";
    })(ScanError || (exports.ScanError = ScanError = {}));
    var SyntaxKind;
    (function (SyntaxKind) {
        SyntaxKind[SyntaxKind["OpenBraceToken"] = 1] = "OpenBraceToken";
        SyntaxKind[SyntaxKind["CloseBraceToken"] = 2] = "CloseBraceToken";
        SyntaxKind[SyntaxKind["OpenBracketToken"] = 3] = "OpenBracketToken";
        SyntaxKind[SyntaxKind["CloseBracketToken"] = 4] = "CloseBracketToken";
        SyntaxKind[SyntaxKind["CommaToken"] = 5] = "CommaToken";
        SyntaxKind[SyntaxKind["ColonToken"] = 6] = "ColonToken";
        SyntaxKind[SyntaxKind["NullKeyword"] = 7] = "NullKeyword";
        SyntaxKind[SyntaxKind["TrueKeyword"] = 8] = "TrueKeyword";
        SyntaxKind[SyntaxKind["FalseKeyword"] = 9] = "FalseKeyword";
        SyntaxKind[SyntaxKind["StringLiteral"] = 10] = "StringLiteral";
        SyntaxKind[SyntaxKind["NumericLiteral"] = 11] = "NumericLiteral";
        SyntaxKind[SyntaxKind["LineCommentTrivia"] = 12] = "LineCommentTrivia";
        SyntaxKind[SyntaxKind["BlockCommentTrivia"] = 13] = "BlockCommentTrivia";
        SyntaxKind[SyntaxKind["LineBreakTrivia"] = 14] = "LineBreakTrivia";
        SyntaxKind[SyntaxKind["Trivia"] = 15] = "Trivia";
        SyntaxKind[SyntaxKind["Unknown"] = 16] = "Unknown";
        SyntaxKind[SyntaxKind["EOF"] = 17] = "EOF";
    })(SyntaxKind || (exports.SyntaxKind = SyntaxKind = {}));
    /**
     * For a given offset, evaluate the location in the JSON document. Each segment in the location path is either a property name or an array index.
     */
    exports.getLocation = parser.getLocation;
    /**
     * Parses the given text and returns the object the JSON content represents. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     * Therefore, always check the errors list to find out if the input was valid.
     */
    exports.parse = parser.parse;
    /**
     * Parses the given text and returns a tree representation the JSON content. On invalid input, the parser tries to be as fault tolerant as possible, but still return a result.
     */
    exports.parseTree = parser.parseTree;
    /**
     * Finds the node at the given path in a JSON DOM.
     */
    exports.findNodeAtLocation = parser.findNodeAtLocation;
    /**
     * Finds the innermost node at the given offset. If includeRightBound is set, also finds nodes that end at the given offset.
     */
    exports.findNodeAtOffset = parser.findNodeAtOffset;
    /**
     * Gets the JSON path of the given JSON DOM node
     */
    exports.getNodePath = parser.getNodePath;
    /**
     * Evaluates the JavaScript object of the given JSON DOM node
     */
    exports.getNodeValue = parser.getNodeValue;
    /**
     * Parses the given text and invokes the visitor functions for each object, array and literal reached.
     */
    exports.visit = parser.visit;
    /**
     * Takes JSON with JavaScript-style comments and remove
     * them. Optionally replaces every none-newline character
     * of comments with a replaceCharacter
     */
    exports.stripComments = parser.stripComments;
    var ParseErrorCode;
    (function (ParseErrorCode) {
        ParseErrorCode[ParseErrorCode["InvalidSymbol"] = 1] = "InvalidSymbol";
        ParseErrorCode[ParseErrorCode["InvalidNumberFormat"] = 2] = "InvalidNumberFormat";
        ParseErrorCode[ParseErrorCode["PropertyNameExpected"] = 3] = "PropertyNameExpected";
        ParseErrorCode[ParseErrorCode["ValueExpected"] = 4] = "ValueExpected";
        ParseErrorCode[ParseErrorCode["ColonExpected"] = 5] = "ColonExpected";
        ParseErrorCode[ParseErrorCode["CommaExpected"] = 6] = "CommaExpected";
        ParseErrorCode[ParseErrorCode["CloseBraceExpected"] = 7] = "CloseBraceExpected";
        ParseErrorCode[ParseErrorCode["CloseBracketExpected"] = 8] = "CloseBracketExpected";
        ParseErrorCode[ParseErrorCode["EndOfFileExpected"] = 9] = "EndOfFileExpected";
        ParseErrorCode[ParseErrorCode["InvalidCommentToken"] = 10] = "InvalidCommentToken";
        ParseErrorCode[ParseErrorCode["UnexpectedEndOfComment"] = 11] = "UnexpectedEndOfComment";
        ParseErrorCode[ParseErrorCode["UnexpectedEndOfString"] = 12] = "UnexpectedEndOfString";
        ParseErrorCode[ParseErrorCode["UnexpectedEndOfNumber"] = 13] = "UnexpectedEndOfNumber";
        ParseErrorCode[ParseErrorCode["InvalidUnicode"] = 14] = "InvalidUnicode";
        ParseErrorCode[ParseErrorCode["InvalidEscapeCharacter"] = 15] = "InvalidEscapeCharacter";
        ParseErrorCode[ParseErrorCode["InvalidCharacter"] = 16] = "InvalidCharacter";
    })(ParseErrorCode || (exports.ParseErrorCode = ParseErrorCode = {}));
    function printParseErrorCode(code) {
        switch (code) {
            case 1 /* ParseErrorCode.InvalidSymbol */: return 'InvalidSymbol';
            case 2 /* ParseErrorCode.InvalidNumberFormat */: return 'InvalidNumberFormat';
            case 3 /* ParseErrorCode.PropertyNameExpected */: return 'PropertyNameExpected';
            case 4 /* ParseErrorCode.ValueExpected */: return 'ValueExpected';
            case 5 /* ParseErrorCode.ColonExpected */: return 'ColonExpected';
            case 6 /* ParseErrorCode.CommaExpected */: return 'CommaExpected';
            case 7 /* ParseErrorCode.CloseBraceExpected */: return 'CloseBraceExpected';
            case 8 /* ParseErrorCode.CloseBracketExpected */: return 'CloseBracketExpected';
            case 9 /* ParseErrorCode.EndOfFileExpected */: return 'EndOfFileExpected';
            case 10 /* ParseErrorCode.InvalidCommentToken */: return 'InvalidCommentToken';
            case 11 /* ParseErrorCode.UnexpectedEndOfComment */: return 'UnexpectedEndOfComment';
            case 12 /* ParseErrorCode.UnexpectedEndOfString */: return 'UnexpectedEndOfString';
            case 13 /* ParseErrorCode.UnexpectedEndOfNumber */: return 'UnexpectedEndOfNumber';
            case 14 /* ParseErrorCode.InvalidUnicode */: return 'InvalidUnicode';
            case 15 /* ParseErrorCode.InvalidEscapeCharacter */: return 'InvalidEscapeCharacter';
            case 16 /* ParseErrorCode.InvalidCharacter */: return 'InvalidCharacter';
        }
        return '<unknown ParseErrorCode>';
    }
    exports.printParseErrorCode = printParseErrorCode;
    /**
     * Computes the edit operations needed to format a JSON document.
     *
     * @param documentText The input text
     * @param range The range to format or `undefined` to format the full content
     * @param options The formatting options
     * @returns The edit operations describing the formatting changes to the original document following the format described in {@linkcode EditResult}.
     * To apply the edit operations to the input, use {@linkcode applyEdits}.
     */
    function format(documentText, range, options) {
        return formatter.format(documentText, range, options);
    }
    exports.format = format;
    /**
     * Computes the edit operations needed to modify a value in the JSON document.
     *
     * @param documentText The input text
     * @param path The path of the value to change. The path represents either to the document root, a property or an array item.
     * If the path points to an non-existing property or item, it will be created.
     * @param value The new value for the specified property or item. If the value is undefined,
     * the property or item will be removed.
     * @param options Options
     * @returns The edit operations describing the changes to the original document, following the format described in {@linkcode EditResult}.
     * To apply the edit operations to the input, use {@linkcode applyEdits}.
     */
    function modify(text, path, value, options) {
        return edit.setProperty(text, path, value, options);
    }
    exports.modify = modify;
    /**
     * Applies edits to an input string.
     * @param text The input text
     * @param edits Edit operations following the format described in {@linkcode EditResult}.
     * @returns The text with the applied edits.
     * @throws An error if the edit operations are not well-formed as described in {@linkcode EditResult}.
     */
    function applyEdits(text, edits) {
        let sortedEdits = edits.slice(0).sort((a, b) => {
            const diff = a.offset - b.offset;
            if (diff === 0) {
                return a.length - b.length;
            }
            return diff;
        });
        let lastModifiedOffset = text.length;
        for (let i = sortedEdits.length - 1; i >= 0; i--) {
            let e = sortedEdits[i];
            if (e.offset + e.length <= lastModifiedOffset) {
                text = edit.applyEdit(text, e);
            }
            else {
                throw new Error('Overlapping edit');
            }
            lastModifiedOffset = e.offset;
        }
        return text;
    }
    exports.applyEdits = applyEdits;
});


/***/ }),

/***/ 4006:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const pico = __nccwpck_require__(8016);
const utils = __nccwpck_require__(4059);

function picomatch(glob, options, returnState = false) {
  // default to os.platform()
  if (options && (options.windows === null || options.windows === undefined)) {
    // don't mutate the original options object
    options = { ...options, windows: utils.isWindows() };
  }

  return pico(glob, options, returnState);
}

Object.assign(picomatch, pico);
module.exports = picomatch;


/***/ }),

/***/ 5595:
/***/ ((module) => {



const WIN_SLASH = '\\\\/';
const WIN_NO_SLASH = `[^${WIN_SLASH}]`;

const DEFAULT_MAX_EXTGLOB_RECURSION = 0;

/**
 * Posix glob regex
 */

const DOT_LITERAL = '\\.';
const PLUS_LITERAL = '\\+';
const QMARK_LITERAL = '\\?';
const SLASH_LITERAL = '\\/';
const ONE_CHAR = '(?=.)';
const QMARK = '[^/]';
const END_ANCHOR = `(?:${SLASH_LITERAL}|$)`;
const START_ANCHOR = `(?:^|${SLASH_LITERAL})`;
const DOTS_SLASH = `${DOT_LITERAL}{1,2}${END_ANCHOR}`;
const NO_DOT = `(?!${DOT_LITERAL})`;
const NO_DOTS = `(?!${START_ANCHOR}${DOTS_SLASH})`;
const NO_DOT_SLASH = `(?!${DOT_LITERAL}{0,1}${END_ANCHOR})`;
const NO_DOTS_SLASH = `(?!${DOTS_SLASH})`;
const QMARK_NO_DOT = `[^.${SLASH_LITERAL}]`;
const STAR = `${QMARK}*?`;
const SEP = '/';

const POSIX_CHARS = {
  DOT_LITERAL,
  PLUS_LITERAL,
  QMARK_LITERAL,
  SLASH_LITERAL,
  ONE_CHAR,
  QMARK,
  END_ANCHOR,
  DOTS_SLASH,
  NO_DOT,
  NO_DOTS,
  NO_DOT_SLASH,
  NO_DOTS_SLASH,
  QMARK_NO_DOT,
  STAR,
  START_ANCHOR,
  SEP
};

/**
 * Windows glob regex
 */

const WINDOWS_CHARS = {
  ...POSIX_CHARS,

  SLASH_LITERAL: `[${WIN_SLASH}]`,
  QMARK: WIN_NO_SLASH,
  STAR: `${WIN_NO_SLASH}*?`,
  DOTS_SLASH: `${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$)`,
  NO_DOT: `(?!${DOT_LITERAL})`,
  NO_DOTS: `(?!(?:^|[${WIN_SLASH}])${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
  NO_DOT_SLASH: `(?!${DOT_LITERAL}{0,1}(?:[${WIN_SLASH}]|$))`,
  NO_DOTS_SLASH: `(?!${DOT_LITERAL}{1,2}(?:[${WIN_SLASH}]|$))`,
  QMARK_NO_DOT: `[^.${WIN_SLASH}]`,
  START_ANCHOR: `(?:^|[${WIN_SLASH}])`,
  END_ANCHOR: `(?:[${WIN_SLASH}]|$)`,
  SEP: '\\'
};

/**
 * POSIX Bracket Regex
 */

const POSIX_REGEX_SOURCE = {
  __proto__: null,
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  ascii: '\\x00-\\x7F',
  blank: ' \\t',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '\\x21-\\x7E',
  lower: 'a-z',
  print: '\\x20-\\x7E ',
  punct: '\\-!"#$%&\'()\\*+,./:;<=>?@[\\]^_`{|}~',
  space: ' \\t\\r\\n\\v\\f',
  upper: 'A-Z',
  word: 'A-Za-z0-9_',
  xdigit: 'A-Fa-f0-9'
};

module.exports = {
  DEFAULT_MAX_EXTGLOB_RECURSION,
  MAX_LENGTH: 1024 * 64,
  POSIX_REGEX_SOURCE,

  // regular expressions
  REGEX_BACKSLASH: /\\(?![*+?^${}(|)[\]])/g,
  REGEX_NON_SPECIAL_CHARS: /^[^@![\].,$*+?^{}()|\\/]+/,
  REGEX_SPECIAL_CHARS: /[-*+?.^${}(|)[\]]/,
  REGEX_SPECIAL_CHARS_BACKREF: /(\\?)((\W)(\3*))/g,
  REGEX_SPECIAL_CHARS_GLOBAL: /([-*+?.^${}(|)[\]])/g,
  REGEX_REMOVE_BACKSLASH: /(?:\[.*?[^\\]\]|\\(?=.))/g,

  // Replace globs with equivalent patterns to reduce parsing time.
  REPLACEMENTS: {
    __proto__: null,
    '***': '*',
    '**/**': '**',
    '**/**/**': '**'
  },

  // Digits
  CHAR_0: 48, /* 0 */
  CHAR_9: 57, /* 9 */

  // Alphabet chars.
  CHAR_UPPERCASE_A: 65, /* A */
  CHAR_LOWERCASE_A: 97, /* a */
  CHAR_UPPERCASE_Z: 90, /* Z */
  CHAR_LOWERCASE_Z: 122, /* z */

  CHAR_LEFT_PARENTHESES: 40, /* ( */
  CHAR_RIGHT_PARENTHESES: 41, /* ) */

  CHAR_ASTERISK: 42, /* * */

  // Non-alphabetic chars.
  CHAR_AMPERSAND: 38, /* & */
  CHAR_AT: 64, /* @ */
  CHAR_BACKWARD_SLASH: 92, /* \ */
  CHAR_CARRIAGE_RETURN: 13, /* \r */
  CHAR_CIRCUMFLEX_ACCENT: 94, /* ^ */
  CHAR_COLON: 58, /* : */
  CHAR_COMMA: 44, /* , */
  CHAR_DOT: 46, /* . */
  CHAR_DOUBLE_QUOTE: 34, /* " */
  CHAR_EQUAL: 61, /* = */
  CHAR_EXCLAMATION_MARK: 33, /* ! */
  CHAR_FORM_FEED: 12, /* \f */
  CHAR_FORWARD_SLASH: 47, /* / */
  CHAR_GRAVE_ACCENT: 96, /* ` */
  CHAR_HASH: 35, /* # */
  CHAR_HYPHEN_MINUS: 45, /* - */
  CHAR_LEFT_ANGLE_BRACKET: 60, /* < */
  CHAR_LEFT_CURLY_BRACE: 123, /* { */
  CHAR_LEFT_SQUARE_BRACKET: 91, /* [ */
  CHAR_LINE_FEED: 10, /* \n */
  CHAR_NO_BREAK_SPACE: 160, /* \u00A0 */
  CHAR_PERCENT: 37, /* % */
  CHAR_PLUS: 43, /* + */
  CHAR_QUESTION_MARK: 63, /* ? */
  CHAR_RIGHT_ANGLE_BRACKET: 62, /* > */
  CHAR_RIGHT_CURLY_BRACE: 125, /* } */
  CHAR_RIGHT_SQUARE_BRACKET: 93, /* ] */
  CHAR_SEMICOLON: 59, /* ; */
  CHAR_SINGLE_QUOTE: 39, /* ' */
  CHAR_SPACE: 32, /*   */
  CHAR_TAB: 9, /* \t */
  CHAR_UNDERSCORE: 95, /* _ */
  CHAR_VERTICAL_LINE: 124, /* | */
  CHAR_ZERO_WIDTH_NOBREAK_SPACE: 65279, /* \uFEFF */

  /**
   * Create EXTGLOB_CHARS
   */

  extglobChars(chars) {
    return {
      '!': { type: 'negate', open: '(?:(?!(?:', close: `))${chars.STAR})` },
      '?': { type: 'qmark', open: '(?:', close: ')?' },
      '+': { type: 'plus', open: '(?:', close: ')+' },
      '*': { type: 'star', open: '(?:', close: ')*' },
      '@': { type: 'at', open: '(?:', close: ')' }
    };
  },

  /**
   * Create GLOB_CHARS
   */

  globChars(win32) {
    return win32 === true ? WINDOWS_CHARS : POSIX_CHARS;
  }
};


/***/ }),

/***/ 8265:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const constants = __nccwpck_require__(5595);
const utils = __nccwpck_require__(4059);

/**
 * Constants
 */

const {
  MAX_LENGTH,
  POSIX_REGEX_SOURCE,
  REGEX_NON_SPECIAL_CHARS,
  REGEX_SPECIAL_CHARS_BACKREF,
  REPLACEMENTS
} = constants;

/**
 * Helpers
 */

const expandRange = (args, options) => {
  if (typeof options.expandRange === 'function') {
    return options.expandRange(...args, options);
  }

  args.sort();
  const value = `[${args.join('-')}]`;

  try {
    /* eslint-disable-next-line no-new */
    new RegExp(value);
  } catch (ex) {
    return args.map(v => utils.escapeRegex(v)).join('..');
  }

  return value;
};

/**
 * Create the message for a syntax error
 */

const syntaxError = (type, char) => {
  return `Missing ${type}: "${char}" - use "\\\\${char}" to match literal characters`;
};

const splitTopLevel = input => {
  const parts = [];
  let bracket = 0;
  let paren = 0;
  let quote = 0;
  let value = '';
  let escaped = false;

  for (const ch of input) {
    if (escaped === true) {
      value += ch;
      escaped = false;
      continue;
    }

    if (ch === '\\') {
      value += ch;
      escaped = true;
      continue;
    }

    if (ch === '"') {
      quote = quote === 1 ? 0 : 1;
      value += ch;
      continue;
    }

    if (quote === 0) {
      if (ch === '[') {
        bracket++;
      } else if (ch === ']' && bracket > 0) {
        bracket--;
      } else if (bracket === 0) {
        if (ch === '(') {
          paren++;
        } else if (ch === ')' && paren > 0) {
          paren--;
        } else if (ch === '|' && paren === 0) {
          parts.push(value);
          value = '';
          continue;
        }
      }
    }

    value += ch;
  }

  parts.push(value);
  return parts;
};

const isPlainBranch = branch => {
  let escaped = false;

  for (const ch of branch) {
    if (escaped === true) {
      escaped = false;
      continue;
    }

    if (ch === '\\') {
      escaped = true;
      continue;
    }

    if (/[?*+@!()[\]{}]/.test(ch)) {
      return false;
    }
  }

  return true;
};

const normalizeSimpleBranch = branch => {
  let value = branch.trim();
  let changed = true;

  while (changed === true) {
    changed = false;

    if (/^@\([^\\()[\]{}|]+\)$/.test(value)) {
      value = value.slice(2, -1);
      changed = true;
    }
  }

  if (!isPlainBranch(value)) {
    return;
  }

  return value.replace(/\\(.)/g, '$1');
};

const hasRepeatedCharPrefixOverlap = branches => {
  const values = branches.map(normalizeSimpleBranch).filter(Boolean);

  for (let i = 0; i < values.length; i++) {
    for (let j = i + 1; j < values.length; j++) {
      const a = values[i];
      const b = values[j];
      const char = a[0];

      if (!char || a !== char.repeat(a.length) || b !== char.repeat(b.length)) {
        continue;
      }

      if (a === b || a.startsWith(b) || b.startsWith(a)) {
        return true;
      }
    }
  }

  return false;
};

const parseRepeatedExtglob = (pattern, requireEnd = true) => {
  if ((pattern[0] !== '+' && pattern[0] !== '*') || pattern[1] !== '(') {
    return;
  }

  let bracket = 0;
  let paren = 0;
  let quote = 0;
  let escaped = false;

  for (let i = 1; i < pattern.length; i++) {
    const ch = pattern[i];

    if (escaped === true) {
      escaped = false;
      continue;
    }

    if (ch === '\\') {
      escaped = true;
      continue;
    }

    if (ch === '"') {
      quote = quote === 1 ? 0 : 1;
      continue;
    }

    if (quote === 1) {
      continue;
    }

    if (ch === '[') {
      bracket++;
      continue;
    }

    if (ch === ']' && bracket > 0) {
      bracket--;
      continue;
    }

    if (bracket > 0) {
      continue;
    }

    if (ch === '(') {
      paren++;
      continue;
    }

    if (ch === ')') {
      paren--;

      if (paren === 0) {
        if (requireEnd === true && i !== pattern.length - 1) {
          return;
        }

        return {
          type: pattern[0],
          body: pattern.slice(2, i),
          end: i
        };
      }
    }
  }
};

const buildCharClassStar = chars => {
  const source = chars.length === 1
    ? utils.escapeRegex(chars[0])
    : `[${chars.map(ch => utils.escapeRegex(ch)).join('')}]`;

  return `${source}*`;
};

const getStarExtglobSequenceChars = pattern => {
  let index = 0;
  const chars = [];

  while (index < pattern.length) {
    const match = parseRepeatedExtglob(pattern.slice(index), false);

    if (!match || match.type !== '*') {
      return;
    }

    const branches = splitTopLevel(match.body).map(branch => branch.trim());
    if (branches.length !== 1) {
      return;
    }

    const branch = normalizeSimpleBranch(branches[0]);
    if (!branch || branch.length !== 1) {
      return;
    }

    chars.push(branch);
    index += match.end + 1;
  }

  if (chars.length < 1) {
    return;
  }

  return chars;
};

const repeatedExtglobRecursion = pattern => {
  let depth = 0;
  let value = pattern.trim();
  let match = parseRepeatedExtglob(value);

  while (match) {
    depth++;
    value = match.body.trim();
    match = parseRepeatedExtglob(value);
  }

  return depth;
};

const analyzeRepeatedExtglob = (body, options) => {
  if (options.maxExtglobRecursion === false) {
    return { risky: false };
  }

  const max =
    typeof options.maxExtglobRecursion === 'number'
      ? options.maxExtglobRecursion
      : constants.DEFAULT_MAX_EXTGLOB_RECURSION;

  const branches = splitTopLevel(body).map(branch => branch.trim());

  if (branches.length > 1) {
    if (
      branches.some(branch => branch === '') ||
      branches.some(branch => /^[*?]+$/.test(branch)) ||
      hasRepeatedCharPrefixOverlap(branches)
    ) {
      return { risky: true };
    }
  }

  // A repeated extglob is "risky" (prone to catastrophic backtracking) when a
  // branch is itself a `*(...)` sequence, since that nests an unbounded quantifier
  // inside the outer `+(...)`/`*(...)`. When *every* branch reduces to single
  // characters we can emit one flat, ReDoS-safe character class that preserves the
  // meaning of ALL branches (e.g. `+(*(a)|*(b))` -> `[ab]*`), rather than dropping
  // every branch but the first.
  const safeChars = [];
  let sawStarSequence = false;
  let combinable = true;

  for (const branch of branches) {
    const chars = getStarExtglobSequenceChars(branch);
    if (chars) {
      sawStarSequence = true;
      safeChars.push(...chars);
      continue;
    }

    const literal = normalizeSimpleBranch(branch);
    if (literal && literal.length === 1) {
      safeChars.push(literal);
      continue;
    }

    combinable = false;

    if (repeatedExtglobRecursion(branch) > max) {
      return { risky: true };
    }
  }

  if (sawStarSequence) {
    return combinable
      ? { risky: true, safeOutput: buildCharClassStar([...new Set(safeChars)]) }
      : { risky: true };
  }

  return { risky: false };
};

/**
 * Parse the given input string.
 * @param {String} input
 * @param {Object} options
 * @return {Object}
 */

const parse = (input, options) => {
  if (typeof input !== 'string') {
    throw new TypeError('Expected a string');
  }

  input = REPLACEMENTS[input] || input;

  const opts = { ...options };
  const max = typeof opts.maxLength === 'number' ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;

  let len = input.length;
  if (len > max) {
    throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
  }

  const bos = { type: 'bos', value: '', output: opts.prepend || '' };
  const tokens = [bos];

  const capture = opts.capture ? '' : '?:';

  // create constants based on platform, for windows or posix
  const PLATFORM_CHARS = constants.globChars(opts.windows);
  const EXTGLOB_CHARS = constants.extglobChars(PLATFORM_CHARS);

  const {
    DOT_LITERAL,
    PLUS_LITERAL,
    SLASH_LITERAL,
    ONE_CHAR,
    DOTS_SLASH,
    NO_DOT,
    NO_DOT_SLASH,
    NO_DOTS_SLASH,
    QMARK,
    QMARK_NO_DOT,
    STAR,
    START_ANCHOR
  } = PLATFORM_CHARS;

  const globstar = opts => {
    return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
  };

  const nodot = opts.dot ? '' : NO_DOT;
  const qmarkNoDot = opts.dot ? QMARK : QMARK_NO_DOT;
  let star = opts.bash === true ? globstar(opts) : STAR;

  if (opts.capture) {
    star = `(${star})`;
  }

  // minimatch options support
  if (typeof opts.noext === 'boolean') {
    opts.noextglob = opts.noext;
  }

  const state = {
    input,
    index: -1,
    start: 0,
    dot: opts.dot === true,
    consumed: '',
    output: '',
    prefix: '',
    backtrack: false,
    negated: false,
    brackets: 0,
    braces: 0,
    parens: 0,
    quotes: 0,
    globstar: false,
    tokens
  };

  input = utils.removePrefix(input, state);
  len = input.length;

  const extglobs = [];
  const braces = [];
  const stack = [];
  let prev = bos;
  let value;

  /**
   * Tokenizing helpers
   */

  const eos = () => state.index === len - 1;
  const peek = state.peek = (n = 1) => input[state.index + n];
  const advance = state.advance = () => input[++state.index] || '';
  const remaining = () => input.slice(state.index + 1);
  const consume = (value = '', num = 0) => {
    state.consumed += value;
    state.index += num;
  };

  const append = token => {
    state.output += token.output != null ? token.output : token.value;
    consume(token.value);
  };

  const negate = () => {
    let count = 1;

    while (peek() === '!' && (peek(2) !== '(' || peek(3) === '?')) {
      advance();
      state.start++;
      count++;
    }

    if (count % 2 === 0) {
      return false;
    }

    state.negated = true;
    state.start++;
    return true;
  };

  const increment = type => {
    state[type]++;
    stack.push(type);
  };

  const decrement = type => {
    state[type]--;
    stack.pop();
  };

  /**
   * Push tokens onto the tokens array. This helper speeds up
   * tokenizing by 1) helping us avoid backtracking as much as possible,
   * and 2) helping us avoid creating extra tokens when consecutive
   * characters are plain text. This improves performance and simplifies
   * lookbehinds.
   */

  const push = tok => {
    if (prev.type === 'globstar') {
      const isBrace = state.braces > 0 && (tok.type === 'comma' || tok.type === 'brace');
      const isExtglob = tok.extglob === true || (extglobs.length && (tok.type === 'pipe' || tok.type === 'paren'));

      if (tok.type !== 'slash' && tok.type !== 'paren' && !isBrace && !isExtglob) {
        state.output = state.output.slice(0, -prev.output.length);
        prev.type = 'star';
        prev.value = '*';
        prev.output = star;
        state.output += prev.output;
      }
    }

    if (extglobs.length && tok.type !== 'paren') {
      extglobs[extglobs.length - 1].inner += tok.value;
    }

    if (tok.value || tok.output) append(tok);
    if (prev && prev.type === 'text' && tok.type === 'text') {
      prev.output = (prev.output || prev.value) + tok.value;
      prev.value += tok.value;
      return;
    }

    tok.prev = prev;
    tokens.push(tok);
    prev = tok;
  };

  const extglobOpen = (type, value) => {
    const token = { ...EXTGLOB_CHARS[value], conditions: 1, inner: '' };

    token.prev = prev;
    token.parens = state.parens;
    token.output = state.output;
    token.startIndex = state.index;
    token.tokensIndex = tokens.length;
    const output = (opts.capture ? '(' : '') + token.open;

    increment('parens');
    push({ type, value, output: state.output ? '' : ONE_CHAR });
    push({ type: 'paren', extglob: true, value: advance(), output });
    extglobs.push(token);
  };

  const extglobClose = token => {
    const literal = input.slice(token.startIndex, state.index + 1);
    const body = input.slice(token.startIndex + 2, state.index);
    const analysis = analyzeRepeatedExtglob(body, opts);

    if ((token.type === 'plus' || token.type === 'star') && analysis.risky) {
      const safeOutput = analysis.safeOutput
        ? (token.output ? '' : ONE_CHAR) + (opts.capture ? `(${analysis.safeOutput})` : analysis.safeOutput)
        : undefined;
      const open = tokens[token.tokensIndex];

      open.type = 'text';
      open.value = literal;
      open.output = safeOutput || utils.escapeRegex(literal);

      for (let i = token.tokensIndex + 1; i < tokens.length; i++) {
        tokens[i].value = '';
        tokens[i].output = '';
        delete tokens[i].suffix;
      }

      state.output = token.output + open.output;
      state.backtrack = true;

      push({ type: 'paren', extglob: true, value, output: '' });
      decrement('parens');
      return;
    }

    let output = token.close + (opts.capture ? ')' : '');
    let rest;

    if (token.type === 'negate') {
      let extglobStar = star;

      if (token.inner && token.inner.length > 1 && token.inner.includes('/')) {
        extglobStar = globstar(opts);
      }

      if (extglobStar !== star || eos() || /^\)+$/.test(remaining())) {
        output = token.close = `)$))${extglobStar}`;
      }

      if (token.inner.includes('*') && (rest = remaining()) && /^\.[^\\/.]+$/.test(rest)) {
        // Any non-magical string (`.ts`) or even nested expression (`.{ts,tsx}`) can follow after the closing parenthesis.
        // In this case, we need to parse the string and use it in the output of the original pattern.
        // Suitable patterns: `/!(*.d).ts`, `/!(*.d).{ts,tsx}`, `**/!(*-dbg).@(js)`.
        //
        // Disabling the `fastpaths` option due to a problem with parsing strings as `.ts` in the pattern like `**/!(*.d).ts`.
        const expression = parse(rest, { ...options, fastpaths: false }).output;

        output = token.close = `)${expression})${extglobStar})`;
      }

      if (token.prev.type === 'bos') {
        state.negatedExtglob = true;
      }
    }

    push({ type: 'paren', extglob: true, value, output });
    decrement('parens');
  };

  /**
   * Fast paths
   */

  if (opts.fastpaths !== false && !/(^[*!]|[/()[\]{}"])/.test(input)) {
    let backslashes = false;

    let output = input.replace(REGEX_SPECIAL_CHARS_BACKREF, (m, esc, chars, first, rest, index) => {
      if (first === '\\') {
        backslashes = true;
        return m;
      }

      if (first === '?') {
        if (esc) {
          return esc + first + (rest ? QMARK.repeat(rest.length) : '');
        }
        if (index === 0) {
          return qmarkNoDot + (rest ? QMARK.repeat(rest.length) : '');
        }
        return QMARK.repeat(chars.length);
      }

      if (first === '.') {
        return DOT_LITERAL.repeat(chars.length);
      }

      if (first === '*') {
        if (esc) {
          return esc + first + (rest ? star : '');
        }
        return star;
      }
      return esc ? m : `\\${m}`;
    });

    if (backslashes === true) {
      if (opts.unescape === true) {
        output = output.replace(/\\/g, '');
      } else {
        output = output.replace(/\\+/g, m => {
          return m.length % 2 === 0 ? '\\\\' : (m ? '\\' : '');
        });
      }
    }

    if (output === input && opts.contains === true) {
      state.output = input;
      return state;
    }

    state.output = utils.wrapOutput(output, state, options);
    return state;
  }

  /**
   * Tokenize input until we reach end-of-string
   */

  while (!eos()) {
    value = advance();

    if (value === '\u0000') {
      continue;
    }

    /**
     * Escaped characters
     */

    if (value === '\\') {
      const next = peek();

      if (next === '/' && opts.bash !== true) {
        continue;
      }

      if (next === '.' || next === ';') {
        continue;
      }

      if (!next) {
        value += '\\';
        push({ type: 'text', value });
        continue;
      }

      // collapse slashes to reduce potential for exploits
      const match = /^\\+/.exec(remaining());
      let slashes = 0;

      if (match && match[0].length > 2) {
        slashes = match[0].length;
        state.index += slashes;
        if (slashes % 2 !== 0) {
          value += '\\';
        }
      }

      if (opts.unescape === true) {
        value = advance();
      } else {
        value += advance();
      }

      if (state.brackets === 0) {
        push({ type: 'text', value });
        continue;
      }
    }

    /**
     * If we're inside a regex character class, continue
     * until we reach the closing bracket.
     */

    if (state.brackets > 0 && (value !== ']' || prev.value === '[' || prev.value === '[^')) {
      if (opts.posix !== false && value === ':') {
        const inner = prev.value.slice(1);
        if (inner.includes('[')) {
          prev.posix = true;

          if (inner.includes(':')) {
            const idx = prev.value.lastIndexOf('[');
            const pre = prev.value.slice(0, idx);
            const rest = prev.value.slice(idx + 2);
            const posix = POSIX_REGEX_SOURCE[rest];
            if (posix) {
              prev.value = pre + posix;
              state.backtrack = true;
              advance();

              if (!bos.output && tokens.indexOf(prev) === 1) {
                bos.output = ONE_CHAR;
              }
              continue;
            }
          }
        }
      }

      if ((value === '[' && peek() !== ':') || (value === '-' && peek() === ']')) {
        value = `\\${value}`;
      }

      if (value === ']' && (prev.value === '[' || prev.value === '[^')) {
        value = `\\${value}`;
      }

      if (opts.posix === true && value === '!' && prev.value === '[') {
        value = '^';
      }

      prev.value += value;
      append({ value });
      continue;
    }

    /**
     * If we're inside a quoted string, continue
     * until we reach the closing double quote.
     */

    if (state.quotes === 1 && value !== '"') {
      value = utils.escapeRegex(value);
      prev.value += value;
      append({ value });
      continue;
    }

    /**
     * Double quotes
     */

    if (value === '"') {
      state.quotes = state.quotes === 1 ? 0 : 1;
      if (opts.keepQuotes === true) {
        push({ type: 'text', value });
      }
      continue;
    }

    /**
     * Parentheses
     */

    if (value === '(') {
      increment('parens');
      push({ type: 'paren', value });
      continue;
    }

    if (value === ')') {
      if (state.parens === 0 && opts.strictBrackets === true) {
        throw new SyntaxError(syntaxError('opening', '('));
      }

      const extglob = extglobs[extglobs.length - 1];
      if (extglob && state.parens === extglob.parens + 1) {
        extglobClose(extglobs.pop());
        continue;
      }

      push({ type: 'paren', value, output: state.parens ? ')' : '\\)' });
      decrement('parens');
      continue;
    }

    /**
     * Square brackets
     */

    if (value === '[') {
      if (opts.nobracket === true || !remaining().includes(']')) {
        if (opts.nobracket !== true && opts.strictBrackets === true) {
          throw new SyntaxError(syntaxError('closing', ']'));
        }

        value = `\\${value}`;
      } else {
        increment('brackets');
      }

      push({ type: 'bracket', value });
      continue;
    }

    if (value === ']') {
      if (opts.nobracket === true || (prev && prev.type === 'bracket' && prev.value.length === 1)) {
        push({ type: 'text', value, output: `\\${value}` });
        continue;
      }

      if (state.brackets === 0) {
        if (opts.strictBrackets === true) {
          throw new SyntaxError(syntaxError('opening', '['));
        }

        push({ type: 'text', value, output: `\\${value}` });
        continue;
      }

      decrement('brackets');

      const prevValue = prev.value.slice(1);
      if (prev.posix !== true && prevValue[0] === '^' && !prevValue.includes('/')) {
        value = `/${value}`;
      }

      prev.value += value;
      append({ value });

      // when literal brackets are explicitly disabled
      // assume we should match with a regex character class
      if (opts.literalBrackets === false || utils.hasRegexChars(prevValue)) {
        continue;
      }

      const escaped = utils.escapeRegex(prev.value);
      state.output = state.output.slice(0, -prev.value.length);

      // when literal brackets are explicitly enabled
      // assume we should escape the brackets to match literal characters
      if (opts.literalBrackets === true) {
        state.output += escaped;
        prev.value = escaped;
        continue;
      }

      // when the user specifies nothing, try to match both
      prev.value = `(${capture}${escaped}|${prev.value})`;
      state.output += prev.value;
      continue;
    }

    /**
     * Braces
     */

    if (value === '{' && opts.nobrace !== true) {
      increment('braces');

      const open = {
        type: 'brace',
        value,
        output: '(',
        outputIndex: state.output.length,
        tokensIndex: state.tokens.length
      };

      braces.push(open);
      push(open);
      continue;
    }

    if (value === '}') {
      const brace = braces[braces.length - 1];

      if (opts.nobrace === true || !brace) {
        push({ type: 'text', value, output: value });
        continue;
      }

      let output = ')';

      if (brace.dots === true) {
        const arr = tokens.slice();
        const range = [];

        for (let i = arr.length - 1; i >= 0; i--) {
          tokens.pop();
          if (arr[i].type === 'brace') {
            break;
          }
          if (arr[i].type !== 'dots') {
            range.unshift(arr[i].value);
          }
        }

        output = expandRange(range, opts);
        state.backtrack = true;
      }

      if (brace.comma !== true && brace.dots !== true) {
        const out = state.output.slice(0, brace.outputIndex);
        const toks = state.tokens.slice(brace.tokensIndex);
        brace.value = brace.output = '\\{';
        value = output = '\\}';
        state.output = out;
        for (const t of toks) {
          state.output += (t.output || t.value);
        }
      }

      push({ type: 'brace', value, output });
      decrement('braces');
      braces.pop();
      continue;
    }

    /**
     * Pipes
     */

    if (value === '|') {
      if (extglobs.length > 0) {
        extglobs[extglobs.length - 1].conditions++;
      }
      push({ type: 'text', value });
      continue;
    }

    /**
     * Commas
     */

    if (value === ',') {
      let output = value;

      const brace = braces[braces.length - 1];
      if (brace && stack[stack.length - 1] === 'braces') {
        brace.comma = true;
        output = '|';
      }

      push({ type: 'comma', value, output });
      continue;
    }

    /**
     * Slashes
     */

    if (value === '/') {
      // if the beginning of the glob is "./", advance the start
      // to the current index, and don't add the "./" characters
      // to the state. This greatly simplifies lookbehinds when
      // checking for BOS characters like "!" and "." (not "./")
      if (prev.type === 'dot' && state.index === state.start + 1) {
        state.start = state.index + 1;
        state.consumed = '';
        state.output = '';
        tokens.pop();
        prev = bos; // reset "prev" to the first token
        continue;
      }

      push({ type: 'slash', value, output: SLASH_LITERAL });
      continue;
    }

    /**
     * Dots
     */

    if (value === '.') {
      if (state.braces > 0 && prev.type === 'dot') {
        if (prev.value === '.') prev.output = DOT_LITERAL;
        const brace = braces[braces.length - 1];
        prev.type = 'dots';
        prev.output += value;
        prev.value += value;
        brace.dots = true;
        continue;
      }

      if ((state.braces + state.parens) === 0 && prev.type !== 'bos' && prev.type !== 'slash') {
        push({ type: 'text', value, output: DOT_LITERAL });
        continue;
      }

      push({ type: 'dot', value, output: DOT_LITERAL });
      continue;
    }

    /**
     * Question marks
     */

    if (value === '?') {
      const isGroup = prev && prev.value === '(';
      if (!isGroup && opts.noextglob !== true && peek() === '(' && peek(2) !== '?') {
        extglobOpen('qmark', value);
        continue;
      }

      if (prev && prev.type === 'paren') {
        const next = peek();
        let output = value;

        if ((prev.value === '(' && !/[!=<:]/.test(next)) || (next === '<' && !/<([!=]|\w+>)/.test(remaining()))) {
          output = `\\${value}`;
        }

        push({ type: 'text', value, output });
        continue;
      }

      if (opts.dot !== true && (prev.type === 'slash' || prev.type === 'bos')) {
        push({ type: 'qmark', value, output: QMARK_NO_DOT });
        continue;
      }

      push({ type: 'qmark', value, output: QMARK });
      continue;
    }

    /**
     * Exclamation
     */

    if (value === '!') {
      if (opts.noextglob !== true && peek() === '(') {
        if (peek(2) !== '?' || !/[!=<:]/.test(peek(3))) {
          extglobOpen('negate', value);
          continue;
        }
      }

      if (opts.nonegate !== true && state.index === 0) {
        negate();
        continue;
      }
    }

    /**
     * Plus
     */

    if (value === '+') {
      if (opts.noextglob !== true && peek() === '(' && peek(2) !== '?') {
        extglobOpen('plus', value);
        continue;
      }

      if ((prev && prev.value === '(') || opts.regex === false) {
        push({ type: 'plus', value, output: PLUS_LITERAL });
        continue;
      }

      if ((prev && (prev.type === 'bracket' || prev.type === 'paren' || prev.type === 'brace')) || state.parens > 0) {
        push({ type: 'plus', value });
        continue;
      }

      push({ type: 'plus', value: PLUS_LITERAL });
      continue;
    }

    /**
     * Plain text
     */

    if (value === '@') {
      if (opts.noextglob !== true && peek() === '(' && peek(2) !== '?') {
        push({ type: 'at', extglob: true, value, output: '' });
        continue;
      }

      push({ type: 'text', value });
      continue;
    }

    /**
     * Plain text
     */

    if (value !== '*') {
      if (value === '$' || value === '^') {
        value = `\\${value}`;
      }

      const match = REGEX_NON_SPECIAL_CHARS.exec(remaining());
      if (match) {
        value += match[0];
        state.index += match[0].length;
      }

      push({ type: 'text', value });
      continue;
    }

    /**
     * Stars
     */

    if (prev && (prev.type === 'globstar' || prev.star === true)) {
      prev.type = 'star';
      prev.star = true;
      prev.value += value;
      prev.output = star;
      state.backtrack = true;
      state.globstar = true;
      consume(value);
      continue;
    }

    let rest = remaining();
    if (opts.noextglob !== true && /^\([^?]/.test(rest)) {
      extglobOpen('star', value);
      continue;
    }

    if (prev.type === 'star') {
      if (opts.noglobstar === true) {
        consume(value);
        continue;
      }

      const prior = prev.prev;
      const before = prior.prev;
      const isStart = prior.type === 'slash' || prior.type === 'bos';
      const afterStar = before && (before.type === 'star' || before.type === 'globstar');

      if (opts.bash === true && (!isStart || (rest[0] && rest[0] !== '/'))) {
        push({ type: 'star', value, output: '' });
        continue;
      }

      const isBrace = state.braces > 0 && (prior.type === 'comma' || prior.type === 'brace');
      const isExtglob = extglobs.length && (prior.type === 'pipe' || prior.type === 'paren');
      if (!isStart && prior.type !== 'paren' && !isBrace && !isExtglob) {
        push({ type: 'star', value, output: '' });
        continue;
      }

      // strip consecutive `/**/`
      while (rest.slice(0, 3) === '/**') {
        const after = input[state.index + 4];
        if (after && after !== '/') {
          break;
        }
        rest = rest.slice(3);
        consume('/**', 3);
      }

      // A globstar followed only by balanced closing parens is at the logical end of patterns like
      // `test(/utils/**)` and `test?(/utils/**)`. Treat it as EOS so the trailing `/**` can match its
      // parent path, except in negated extglobs where that would change the exclusion semantics.
      const isEnd = eos() || (
        state.parens > 0
        && rest === ')'.repeat(state.parens)
        && !extglobs.some(extglob => extglob.type === 'negate')
      );

      if (prior.type === 'bos' && eos()) {
        prev.type = 'globstar';
        prev.value += value;
        prev.output = globstar(opts);
        state.output = prev.output;
        state.globstar = true;
        consume(value);
        continue;
      }

      if (prior.type === 'slash' && prior.prev.type !== 'bos' && !afterStar && isEnd) {
        state.output = state.output.slice(0, -(prior.output + prev.output).length);
        prior.output = `(?:${prior.output}`;

        prev.type = 'globstar';
        prev.output = globstar(opts) + (opts.strictSlashes ? ')' : '|$)');
        prev.value += value;
        state.globstar = true;
        state.output += prior.output + prev.output;
        consume(value);
        continue;
      }

      if (prior.type === 'slash' && prior.prev.type !== 'bos' && rest[0] === '/') {
        const end = rest[1] !== void 0 ? '|$' : '';

        state.output = state.output.slice(0, -(prior.output + prev.output).length);
        prior.output = `(?:${prior.output}`;

        prev.type = 'globstar';
        prev.output = `${globstar(opts)}${SLASH_LITERAL}|${SLASH_LITERAL}${end})`;
        prev.value += value;

        state.output += prior.output + prev.output;
        state.globstar = true;

        consume(value + advance());

        push({ type: 'slash', value: '/', output: '' });
        continue;
      }

      if (prior.type === 'bos' && rest[0] === '/') {
        prev.type = 'globstar';
        prev.value += value;
        prev.output = `(?:^|${SLASH_LITERAL}|${globstar(opts)}${SLASH_LITERAL})`;
        state.output = prev.output;
        state.globstar = true;
        consume(value + advance());
        push({ type: 'slash', value: '/', output: '' });
        continue;
      }

      // remove single star from output
      state.output = state.output.slice(0, -prev.output.length);

      // reset previous token to globstar
      prev.type = 'globstar';
      prev.output = globstar(opts);
      prev.value += value;

      // reset output with globstar
      state.output += prev.output;
      state.globstar = true;
      consume(value);
      continue;
    }

    const token = { type: 'star', value, output: star };

    if (opts.bash === true) {
      token.output = '.*?';
      if (prev.type === 'bos' || prev.type === 'slash') {
        token.output = nodot + token.output;
      }
      push(token);
      continue;
    }

    if (prev && (prev.type === 'bracket' || prev.type === 'paren') && opts.regex === true) {
      token.output = value;
      push(token);
      continue;
    }

    if (state.index === state.start || prev.type === 'slash' || prev.type === 'dot') {
      if (prev.type === 'dot') {
        state.output += NO_DOT_SLASH;
        prev.output += NO_DOT_SLASH;

      } else if (opts.dot === true) {
        state.output += NO_DOTS_SLASH;
        prev.output += NO_DOTS_SLASH;

      } else {
        state.output += nodot;
        prev.output += nodot;
      }

      if (peek() !== '*') {
        state.output += ONE_CHAR;
        prev.output += ONE_CHAR;
      }
    }

    push(token);
  }

  while (state.brackets > 0) {
    if (opts.strictBrackets === true) throw new SyntaxError(syntaxError('closing', ']'));
    state.output = utils.escapeLast(state.output, '[');
    decrement('brackets');
  }

  while (state.parens > 0) {
    if (opts.strictBrackets === true) throw new SyntaxError(syntaxError('closing', ')'));
    state.output = utils.escapeLast(state.output, '(');
    decrement('parens');
  }

  while (state.braces > 0) {
    if (opts.strictBrackets === true) throw new SyntaxError(syntaxError('closing', '}'));
    state.output = utils.escapeLast(state.output, '{');
    decrement('braces');
  }

  if (opts.strictSlashes !== true && (prev.type === 'star' || prev.type === 'bracket')) {
    push({ type: 'maybe_slash', value: '', output: `${SLASH_LITERAL}?` });
  }

  // rebuild the output if we had to backtrack at any point
  if (state.backtrack === true) {
    state.output = '';

    for (const token of state.tokens) {
      state.output += token.output != null ? token.output : token.value;

      if (token.suffix) {
        state.output += token.suffix;
      }
    }
  }

  return state;
};

/**
 * Fast paths for creating regular expressions for common glob patterns.
 * This can significantly speed up processing and has very little downside
 * impact when none of the fast paths match.
 */

parse.fastpaths = (input, options) => {
  const opts = { ...options };
  const max = typeof opts.maxLength === 'number' ? Math.min(MAX_LENGTH, opts.maxLength) : MAX_LENGTH;
  const len = input.length;
  if (len > max) {
    throw new SyntaxError(`Input length: ${len}, exceeds maximum allowed length: ${max}`);
  }

  input = REPLACEMENTS[input] || input;

  // create constants based on platform, for windows or posix
  const {
    DOT_LITERAL,
    SLASH_LITERAL,
    ONE_CHAR,
    DOTS_SLASH,
    NO_DOT,
    NO_DOTS,
    NO_DOTS_SLASH,
    STAR,
    START_ANCHOR
  } = constants.globChars(opts.windows);

  const nodot = opts.dot ? NO_DOTS : NO_DOT;
  const slashDot = opts.dot ? NO_DOTS_SLASH : NO_DOT;
  const capture = opts.capture ? '' : '?:';
  const state = { negated: false, prefix: '' };
  let star = opts.bash === true ? '.*?' : STAR;

  if (opts.capture) {
    star = `(${star})`;
  }

  const globstar = opts => {
    if (opts.noglobstar === true) return star;
    return `(${capture}(?:(?!${START_ANCHOR}${opts.dot ? DOTS_SLASH : DOT_LITERAL}).)*?)`;
  };

  const create = str => {
    switch (str) {
      case '*':
        return `${nodot}${ONE_CHAR}${star}`;

      case '.*':
        return `${DOT_LITERAL}${ONE_CHAR}${star}`;

      case '*.*':
        return `${nodot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;

      case '*/*':
        return `${nodot}${star}${SLASH_LITERAL}${ONE_CHAR}${slashDot}${star}`;

      case '**':
        return nodot + globstar(opts);

      case '**/*':
        return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${ONE_CHAR}${star}`;

      case '**/*.*':
        return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${slashDot}${star}${DOT_LITERAL}${ONE_CHAR}${star}`;

      case '**/.*':
        return `(?:${nodot}${globstar(opts)}${SLASH_LITERAL})?${DOT_LITERAL}${ONE_CHAR}${star}`;

      default: {
        const match = /^(.*?)\.(\w+)$/.exec(str);
        if (!match) return;

        const source = create(match[1]);
        if (!source) return;

        return source + DOT_LITERAL + match[2];
      }
    }
  };

  const output = utils.removePrefix(input, state);
  let source = create(output);

  if (source && opts.strictSlashes !== true) {
    source += `${SLASH_LITERAL}?`;
  }

  return source;
};

module.exports = parse;


/***/ }),

/***/ 8016:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const scan = __nccwpck_require__(1781);
const parse = __nccwpck_require__(8265);
const utils = __nccwpck_require__(4059);
const constants = __nccwpck_require__(5595);
const isObject = val => val && typeof val === 'object' && !Array.isArray(val);

/**
 * Creates a matcher function from one or more glob patterns. The
 * returned function takes a string to match as its first argument,
 * and returns true if the string is a match. The returned matcher
 * function also takes a boolean as the second argument that, when true,
 * returns an object with additional information.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch(glob[, options]);
 *
 * const isMatch = picomatch('*.!(*a)');
 * console.log(isMatch('a.a')); //=> false
 * console.log(isMatch('a.b')); //=> true
 *
 * // For environments without `node.js`, `picomatch/posix` provides you a dependency-free matcher, without automatic OS detection.
 * const picomatch = require('picomatch/posix');
 * // the same API, defaulting to posix paths
 * const isMatch = picomatch('a/*');
 * console.log(isMatch('a\\b')); //=> false
 * console.log(isMatch('a/b')); //=> true
 *
 * // you can still configure the matcher function to accept windows paths
 * const isMatch = picomatch('a/*', { options: windows });
 * console.log(isMatch('a\\b')); //=> true
 * console.log(isMatch('a/b')); //=> true
 * ```
 * @name picomatch
 * @param {String|Array} `globs` One or more glob patterns.
 * @param {Object=} `options`
 * @return {Function=} Returns a matcher function.
 * @api public
 */

const picomatch = (glob, options, returnState = false) => {
  if (Array.isArray(glob)) {
    const fns = glob.map(input => picomatch(input, options, returnState));
    const arrayMatcher = str => {
      for (const isMatch of fns) {
        const state = isMatch(str);
        if (state) return state;
      }
      return false;
    };
    return arrayMatcher;
  }

  const isState = isObject(glob) && glob.tokens && glob.input;

  if (glob === '' || (typeof glob !== 'string' && !isState)) {
    throw new TypeError('Expected pattern to be a non-empty string');
  }

  const opts = options || {};
  const posix = opts.windows;
  const regex = isState
    ? picomatch.compileRe(glob, options)
    : picomatch.makeRe(glob, options, false, true);

  const state = regex.state;
  delete regex.state;

  let isIgnored = () => false;
  if (opts.ignore) {
    const ignoreOpts = { ...options, ignore: null, onMatch: null, onResult: null };
    isIgnored = picomatch(opts.ignore, ignoreOpts, returnState);
  }

  const matcher = (input, returnObject = false) => {
    const { isMatch, match, output } = picomatch.test(input, regex, options, { glob, posix });
    const result = { glob, state, regex, posix, input, output, match, isMatch };

    if (typeof opts.onResult === 'function') {
      opts.onResult(result);
    }

    if (isMatch === false) {
      result.isMatch = false;
      return returnObject ? result : false;
    }

    if (isIgnored(input)) {
      if (typeof opts.onIgnore === 'function') {
        opts.onIgnore(result);
      }
      result.isMatch = false;
      return returnObject ? result : false;
    }

    if (typeof opts.onMatch === 'function') {
      opts.onMatch(result);
    }
    return returnObject ? result : true;
  };

  if (returnState) {
    matcher.state = state;
  }

  return matcher;
};

/**
 * Test `input` with the given `regex`. This is used by the main
 * `picomatch()` function to test the input string.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.test(input, regex[, options]);
 *
 * console.log(picomatch.test('foo/bar', /^(?:([^/]*?)\/([^/]*?))$/));
 * // { isMatch: true, match: [ 'foo/', 'foo', 'bar' ], output: 'foo/bar' }
 * ```
 * @param {String} `input` String to test.
 * @param {RegExp} `regex`
 * @return {Object} Returns an object with matching info.
 * @api public
 */

picomatch.test = (input, regex, options, { glob, posix } = {}) => {
  if (typeof input !== 'string') {
    throw new TypeError('Expected input to be a string');
  }

  if (input === '') {
    return { isMatch: false, output: '' };
  }

  const opts = options || {};
  const format = opts.format || (posix ? utils.toPosixSlashes : null);
  let match = input === glob;
  let output = (match && format) ? format(input) : input;

  if (match === false) {
    output = format ? format(input) : input;
    match = output === glob;
  }

  if (match === false || opts.capture === true) {
    if (opts.matchBase === true || opts.basename === true) {
      match = picomatch.matchBase(input, regex, options, posix);
    } else {
      match = regex.exec(output);
    }
  }

  return { isMatch: Boolean(match), match, output };
};

/**
 * Match the basename of a filepath.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.matchBase(input, glob[, options]);
 * console.log(picomatch.matchBase('foo/bar.js', '*.js'); // true
 * ```
 * @param {String} `input` String to test.
 * @param {RegExp|String} `glob` Glob pattern or regex created by [.makeRe](#makeRe).
 * @return {Boolean}
 * @api public
 */

picomatch.matchBase = (input, glob, options, posix = options && options.windows) => {
  const regex = glob instanceof RegExp ? glob : picomatch.makeRe(glob, options);
  return regex.test(utils.basename(input, { windows: posix }));
};

/**
 * Returns true if **any** of the given glob `patterns` match the specified `string`.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.isMatch(string, patterns[, options]);
 *
 * console.log(picomatch.isMatch('a.a', ['b.*', '*.a'])); //=> true
 * console.log(picomatch.isMatch('a.a', 'b.*')); //=> false
 * ```
 * @param {String|Array} str The string to test.
 * @param {String|Array} patterns One or more glob patterns to use for matching.
 * @param {Object} [options] See available [options](#options).
 * @return {Boolean} Returns true if any patterns match `str`
 * @api public
 */

picomatch.isMatch = (str, patterns, options) => picomatch(patterns, options)(str);

/**
 * Parse a glob pattern to create the source string for a regular
 * expression.
 *
 * ```js
 * const picomatch = require('picomatch');
 * const result = picomatch.parse(pattern[, options]);
 * ```
 * @param {String} `pattern`
 * @param {Object} `options`
 * @return {Object} Returns an object with useful properties and output to be used as a regex source string.
 * @api public
 */

picomatch.parse = (pattern, options) => {
  if (Array.isArray(pattern)) return pattern.map(p => picomatch.parse(p, options));
  return parse(pattern, { ...options, fastpaths: false });
};

/**
 * Scan a glob pattern to separate the pattern into segments.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.scan(input[, options]);
 *
 * const result = picomatch.scan('!./foo/*.js');
 * console.log(result);
 * { prefix: '!./',
 *   input: '!./foo/*.js',
 *   start: 3,
 *   base: 'foo',
 *   glob: '*.js',
 *   isBrace: false,
 *   isBracket: false,
 *   isGlob: true,
 *   isExtglob: false,
 *   isGlobstar: false,
 *   negated: true }
 * ```
 * @param {String} `input` Glob pattern to scan.
 * @param {Object} `options`
 * @return {Object} Returns an object with
 * @api public
 */

picomatch.scan = (input, options) => scan(input, options);

/**
 * Compile a regular expression from the `state` object returned by the
 * [parse()](#parse) method.
 *
 * ```js
 * const picomatch = require('picomatch');
 * const state = picomatch.parse('*.js');
 * // picomatch.compileRe(state[, options]);
 *
 * console.log(picomatch.compileRe(state));
 * //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
 * ```
 * @param {Object} `state`
 * @param {Object} `options`
 * @param {Boolean} `returnOutput` Intended for implementors, this argument allows you to return the raw output from the parser.
 * @param {Boolean} `returnState` Adds the state to a `state` property on the returned regex. Useful for implementors and debugging.
 * @return {RegExp}
 * @api public
 */

picomatch.compileRe = (state, options, returnOutput = false, returnState = false) => {
  if (returnOutput === true) {
    return state.output;
  }

  const opts = options || {};
  const prepend = opts.contains ? '' : '^';
  const append = opts.contains ? '' : '$';

  let source = `${prepend}(?:${state.output})${append}`;
  if (state && state.negated === true) {
    source = `^(?!${source}).*$`;
  }

  const regex = picomatch.toRegex(source, options);
  if (returnState === true) {
    regex.state = state;
  }

  return regex;
};

/**
 * Create a regular expression from a parsed glob pattern.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.makeRe(state[, options]);
 *
 * const result = picomatch.makeRe('*.js');
 * console.log(result);
 * //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
 * ```
 * @param {String} `state` The object returned from the `.parse` method.
 * @param {Object} `options`
 * @param {Boolean} `returnOutput` Implementors may use this argument to return the compiled output, instead of a regular expression. This is not exposed on the options to prevent end-users from mutating the result.
 * @param {Boolean} `returnState` Implementors may use this argument to return the state from the parsed glob with the returned regular expression.
 * @return {RegExp} Returns a regex created from the given pattern.
 * @api public
 */

picomatch.makeRe = (input, options = {}, returnOutput = false, returnState = false) => {
  if (!input || typeof input !== 'string') {
    throw new TypeError('Expected a non-empty string');
  }

  let parsed = { negated: false, fastpaths: true };

  if (options.fastpaths !== false && (input[0] === '.' || input[0] === '*')) {
    parsed.output = parse.fastpaths(input, options);
  }

  if (!parsed.output) {
    parsed = parse(input, options);
  }

  return picomatch.compileRe(parsed, options, returnOutput, returnState);
};

/**
 * Create a regular expression from the given regex source string.
 *
 * ```js
 * const picomatch = require('picomatch');
 * // picomatch.toRegex(source[, options]);
 *
 * const { output } = picomatch.parse('*.js');
 * console.log(picomatch.toRegex(output));
 * //=> /^(?:(?!\.)(?=.)[^/]*?\.js)$/
 * ```
 * @param {String} `source` Regular expression source string.
 * @param {Object} `options`
 * @return {RegExp}
 * @api public
 */

picomatch.toRegex = (source, options) => {
  try {
    const opts = options || {};
    return new RegExp(source, opts.flags || (opts.nocase ? 'i' : ''));
  } catch (err) {
    if (options && options.debug === true) throw err;
    return /$^/;
  }
};

/**
 * Picomatch constants.
 * @return {Object}
 */

picomatch.constants = constants;

/**
 * Expose "picomatch"
 */

module.exports = picomatch;


/***/ }),

/***/ 1781:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {



const utils = __nccwpck_require__(4059);
const {
  CHAR_ASTERISK,             /* * */
  CHAR_AT,                   /* @ */
  CHAR_BACKWARD_SLASH,       /* \ */
  CHAR_COMMA,                /* , */
  CHAR_DOT,                  /* . */
  CHAR_EXCLAMATION_MARK,     /* ! */
  CHAR_FORWARD_SLASH,        /* / */
  CHAR_LEFT_CURLY_BRACE,     /* { */
  CHAR_LEFT_PARENTHESES,     /* ( */
  CHAR_LEFT_SQUARE_BRACKET,  /* [ */
  CHAR_PLUS,                 /* + */
  CHAR_QUESTION_MARK,        /* ? */
  CHAR_RIGHT_CURLY_BRACE,    /* } */
  CHAR_RIGHT_PARENTHESES,    /* ) */
  CHAR_RIGHT_SQUARE_BRACKET  /* ] */
} = __nccwpck_require__(5595);

const isPathSeparator = code => {
  return code === CHAR_FORWARD_SLASH || code === CHAR_BACKWARD_SLASH;
};

const depth = token => {
  if (token.isPrefix !== true) {
    token.depth = token.isGlobstar ? Infinity : 1;
  }
};

/**
 * Quickly scans a glob pattern and returns an object with a handful of
 * useful properties, like `isGlob`, `path` (the leading non-glob, if it exists),
 * `glob` (the actual pattern), `negated` (true if the path starts with `!` but not
 * with `!(`) and `negatedExtglob` (true if the path starts with `!(`).
 *
 * ```js
 * const pm = require('picomatch');
 * console.log(pm.scan('foo/bar/*.js'));
 * { isGlob: true, input: 'foo/bar/*.js', base: 'foo/bar', glob: '*.js' }
 * ```
 * @param {String} `str`
 * @param {Object} `options`
 * @return {Object} Returns an object with tokens and regex source string.
 * @api public
 */

const scan = (input, options) => {
  const opts = options || {};

  const length = input.length - 1;
  const scanToEnd = opts.parts === true || opts.tokens === true || opts.scanToEnd === true;
  const slashes = [];
  const tokens = [];
  const parts = [];

  let str = input;
  let index = -1;
  let start = 0;
  let lastIndex = 0;
  let isBrace = false;
  let isBracket = false;
  let isGlob = false;
  let isExtglob = false;
  let isGlobstar = false;
  let braceEscaped = false;
  let backslashes = false;
  let negated = false;
  let negatedExtglob = false;
  let finished = false;
  let braces = 0;
  let prev;
  let code;
  let token = { value: '', depth: 0, isGlob: false };

  const eos = () => index >= length;
  const peek = () => str.charCodeAt(index + 1);
  const advance = () => {
    prev = code;
    return str.charCodeAt(++index);
  };

  while (index < length) {
    code = advance();
    let next;

    if (code === CHAR_BACKWARD_SLASH) {
      backslashes = token.backslashes = true;
      code = advance();

      if (code === CHAR_LEFT_CURLY_BRACE) {
        braceEscaped = true;
      }
      continue;
    }

    if (braceEscaped === true || code === CHAR_LEFT_CURLY_BRACE) {
      braces++;

      while (eos() !== true && (code = advance())) {
        if (code === CHAR_BACKWARD_SLASH) {
          backslashes = token.backslashes = true;
          advance();
          continue;
        }

        if (code === CHAR_LEFT_CURLY_BRACE) {
          braces++;
          continue;
        }

        if (braceEscaped !== true && code === CHAR_DOT && (code = advance()) === CHAR_DOT) {
          isBrace = token.isBrace = true;
          isGlob = token.isGlob = true;
          finished = true;

          if (scanToEnd === true) {
            continue;
          }

          break;
        }

        if (braceEscaped !== true && code === CHAR_COMMA) {
          isBrace = token.isBrace = true;
          isGlob = token.isGlob = true;
          finished = true;

          if (scanToEnd === true) {
            continue;
          }

          break;
        }

        if (code === CHAR_RIGHT_CURLY_BRACE) {
          braces--;

          if (braces === 0) {
            braceEscaped = false;
            isBrace = token.isBrace = true;
            finished = true;
            break;
          }
        }
      }

      if (scanToEnd === true) {
        continue;
      }

      break;
    }

    if (code === CHAR_FORWARD_SLASH) {
      slashes.push(index);
      tokens.push(token);
      token = { value: '', depth: 0, isGlob: false };

      if (finished === true) continue;
      if (prev === CHAR_DOT && index === (start + 1)) {
        start += 2;
        continue;
      }

      lastIndex = index + 1;
      continue;
    }

    if (opts.noext !== true) {
      const isExtglobChar = code === CHAR_PLUS
        || code === CHAR_AT
        || code === CHAR_ASTERISK
        || code === CHAR_QUESTION_MARK
        || code === CHAR_EXCLAMATION_MARK;

      if (isExtglobChar === true && peek() === CHAR_LEFT_PARENTHESES) {
        isGlob = token.isGlob = true;
        isExtglob = token.isExtglob = true;
        finished = true;
        if (code === CHAR_EXCLAMATION_MARK && index === start) {
          negatedExtglob = true;
        }

        if (scanToEnd === true) {
          let parens = 0;

          while (eos() !== true && (code = advance())) {
            if (code === CHAR_BACKWARD_SLASH) {
              backslashes = token.backslashes = true;
              advance();
              continue;
            }

            if (code === CHAR_LEFT_PARENTHESES) {
              parens++;
              continue;
            }

            if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
              finished = true;
              break;
            }
          }
          continue;
        }
        break;
      }
    }

    if (code === CHAR_ASTERISK) {
      if (prev === CHAR_ASTERISK) isGlobstar = token.isGlobstar = true;
      isGlob = token.isGlob = true;
      finished = true;

      if (scanToEnd === true) {
        continue;
      }
      break;
    }

    if (code === CHAR_QUESTION_MARK) {
      isGlob = token.isGlob = true;
      finished = true;

      if (scanToEnd === true) {
        continue;
      }
      break;
    }

    if (code === CHAR_LEFT_SQUARE_BRACKET) {
      while (eos() !== true && (next = advance())) {
        if (next === CHAR_BACKWARD_SLASH) {
          backslashes = token.backslashes = true;
          advance();
          continue;
        }

        if (next === CHAR_RIGHT_SQUARE_BRACKET) {
          isBracket = token.isBracket = true;
          isGlob = token.isGlob = true;
          finished = true;
          break;
        }
      }

      if (scanToEnd === true) {
        continue;
      }

      break;
    }

    if (opts.nonegate !== true && code === CHAR_EXCLAMATION_MARK && index === start) {
      negated = token.negated = true;
      start++;
      continue;
    }

    if (opts.noparen !== true && code === CHAR_LEFT_PARENTHESES) {
      isGlob = token.isGlob = true;

      if (scanToEnd === true) {
        let parens = 1;

        while (eos() !== true && (code = advance())) {
          if (code === CHAR_BACKWARD_SLASH) {
            backslashes = token.backslashes = true;
            advance();
            continue;
          }

          if (code === CHAR_LEFT_PARENTHESES) {
            parens++;
            continue;
          }

          if (code === CHAR_RIGHT_PARENTHESES && --parens === 0) {
            finished = true;
            break;
          }
        }
        continue;
      }
      break;
    }

    if (isGlob === true) {
      finished = true;

      if (scanToEnd === true) {
        continue;
      }

      break;
    }
  }

  if (opts.noext === true) {
    isExtglob = false;
    isGlob = false;
  }

  let base = str;
  let prefix = '';
  let glob = '';

  if (start > 0) {
    prefix = str.slice(0, start);
    str = str.slice(start);
    lastIndex -= start;
  }

  if (base && isGlob === true && lastIndex > 0) {
    base = str.slice(0, lastIndex);
    glob = str.slice(lastIndex);
  } else if (isGlob === true) {
    base = '';
    glob = str;
  } else {
    base = str;
  }

  if (base && base !== '' && base !== '/' && base !== str) {
    if (isPathSeparator(base.charCodeAt(base.length - 1))) {
      base = base.slice(0, -1);
    }
  }

  if (opts.unescape === true) {
    if (glob) glob = utils.removeBackslashes(glob);

    if (base && backslashes === true) {
      base = utils.removeBackslashes(base);
    }
  }

  const state = {
    prefix,
    input,
    start,
    base,
    glob,
    isBrace,
    isBracket,
    isGlob,
    isExtglob,
    isGlobstar,
    negated,
    negatedExtglob
  };

  if (opts.tokens === true) {
    state.maxDepth = 0;
    if (!isPathSeparator(code)) {
      tokens.push(token);
    }
    state.tokens = tokens;
  }

  if (opts.parts === true || opts.tokens === true) {
    let prevIndex;

    for (let idx = 0; idx < slashes.length; idx++) {
      const n = prevIndex !== undefined ? prevIndex + 1 : start;
      const i = slashes[idx];
      const value = input.slice(n, i);
      if (opts.tokens) {
        if (idx === 0 && start !== 0) {
          tokens[idx].isPrefix = true;
          tokens[idx].value = prefix;
        } else {
          tokens[idx].value = value;
        }
        depth(tokens[idx]);
        state.maxDepth += tokens[idx].depth;
      }
      if (i >= start) {
        parts.push(value);
        prevIndex = i;
      }
    }

    const n = prevIndex !== undefined ? prevIndex + 1 : start;
    const value = input.slice(n);
    parts.push(value);

    if (opts.tokens && prevIndex && prevIndex + 1 < input.length) {
      tokens[tokens.length - 1].value = value;
      depth(tokens[tokens.length - 1]);
      state.maxDepth += tokens[tokens.length - 1].depth;
    }

    state.slashes = slashes;
    state.parts = parts;
  }

  return state;
};

module.exports = scan;


/***/ }),

/***/ 4059:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

/*global navigator*/


const {
  REGEX_BACKSLASH,
  REGEX_REMOVE_BACKSLASH,
  REGEX_SPECIAL_CHARS,
  REGEX_SPECIAL_CHARS_GLOBAL
} = __nccwpck_require__(5595);

exports.isObject = val => val !== null && typeof val === 'object' && !Array.isArray(val);
exports.hasRegexChars = str => REGEX_SPECIAL_CHARS.test(str);
exports.isRegexChar = str => str.length === 1 && exports.hasRegexChars(str);
exports.escapeRegex = str => str.replace(REGEX_SPECIAL_CHARS_GLOBAL, '\\$1');
exports.toPosixSlashes = str => str.replace(REGEX_BACKSLASH, '/');

exports.isWindows = () => {
  if (typeof navigator !== 'undefined' && navigator.platform) {
    const platform = navigator.platform.toLowerCase();
    return platform === 'win32' || platform === 'windows';
  }

  if (typeof process !== 'undefined' && process.platform) {
    return process.platform === 'win32';
  }

  return false;
};

exports.removeBackslashes = str => {
  return str.replace(REGEX_REMOVE_BACKSLASH, match => {
    return match === '\\' ? '' : match;
  });
};

exports.escapeLast = (input, char, lastIdx) => {
  const idx = input.lastIndexOf(char, lastIdx);
  if (idx === -1) return input;
  if (input[idx - 1] === '\\') return exports.escapeLast(input, char, idx - 1);
  return `${input.slice(0, idx)}\\${input.slice(idx)}`;
};

exports.removePrefix = (input, state = {}) => {
  let output = input;
  if (output.startsWith('./')) {
    output = output.slice(2);
    state.prefix = './';
  }
  return output;
};

exports.wrapOutput = (input, state = {}, options = {}) => {
  const prepend = options.contains ? '' : '^';
  const append = options.contains ? '' : '$';

  let output = `${prepend}(?:${input})${append}`;
  if (state.negated === true) {
    output = `(?:^(?!${output}).*$)`;
  }
  return output;
};

exports.basename = (path, { windows } = {}) => {
  const segs = path.split(windows ? /[\\/]/ : '/');
  const last = segs[segs.length - 1];

  if (last === '') {
    return segs[segs.length - 2];
  }

  return last;
};


/***/ }),

/***/ 181:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("buffer");

/***/ }),

/***/ 8474:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");

/***/ }),

/***/ 5919:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:worker_threads");

/***/ }),

/***/ 932:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("process");

/***/ }),

/***/ 7349:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Scalar = __nccwpck_require__(3301);
var YAMLMap = __nccwpck_require__(4454);
var YAMLSeq = __nccwpck_require__(2223);
var resolveBlockMap = __nccwpck_require__(7103);
var resolveBlockSeq = __nccwpck_require__(334);
var resolveFlowCollection = __nccwpck_require__(3142);

function resolveCollection(CN, ctx, token, onError, tagName, tag) {
    const coll = token.type === 'block-map'
        ? resolveBlockMap.resolveBlockMap(CN, ctx, token, onError, tag)
        : token.type === 'block-seq'
            ? resolveBlockSeq.resolveBlockSeq(CN, ctx, token, onError, tag)
            : resolveFlowCollection.resolveFlowCollection(CN, ctx, token, onError, tag);
    const Coll = coll.constructor;
    // If we got a tagName matching the class, or the tag name is '!',
    // then use the tagName from the node class used to create it.
    if (tagName === '!' || tagName === Coll.tagName) {
        coll.tag = Coll.tagName;
        return coll;
    }
    if (tagName)
        coll.tag = tagName;
    return coll;
}
function composeCollection(CN, ctx, token, props, onError) {
    const tagToken = props.tag;
    const tagName = !tagToken
        ? null
        : ctx.directives.tagName(tagToken.source, msg => onError(tagToken, 'TAG_RESOLVE_FAILED', msg));
    if (token.type === 'block-seq') {
        const { anchor, newlineAfterProp: nl } = props;
        const lastProp = anchor && tagToken
            ? anchor.offset > tagToken.offset
                ? anchor
                : tagToken
            : (anchor ?? tagToken);
        if (lastProp && (!nl || nl.offset < lastProp.offset)) {
            const message = 'Missing newline after block sequence props';
            onError(lastProp, 'MISSING_CHAR', message);
        }
    }
    const expType = token.type === 'block-map'
        ? 'map'
        : token.type === 'block-seq'
            ? 'seq'
            : token.start.source === '{'
                ? 'map'
                : 'seq';
    // shortcut: check if it's a generic YAMLMap or YAMLSeq
    // before jumping into the custom tag logic.
    if (!tagToken ||
        !tagName ||
        tagName === '!' ||
        (tagName === YAMLMap.YAMLMap.tagName && expType === 'map') ||
        (tagName === YAMLSeq.YAMLSeq.tagName && expType === 'seq')) {
        return resolveCollection(CN, ctx, token, onError, tagName);
    }
    let tag = ctx.schema.tags.find(t => t.tag === tagName && t.collection === expType);
    if (!tag) {
        const kt = ctx.schema.knownTags[tagName];
        if (kt?.collection === expType) {
            ctx.schema.tags.push(Object.assign({}, kt, { default: false }));
            tag = kt;
        }
        else {
            if (kt) {
                onError(tagToken, 'BAD_COLLECTION_TYPE', `${kt.tag} used for ${expType} collection, but expects ${kt.collection ?? 'scalar'}`, true);
            }
            else {
                onError(tagToken, 'TAG_RESOLVE_FAILED', `Unresolved tag: ${tagName}`, true);
            }
            return resolveCollection(CN, ctx, token, onError, tagName);
        }
    }
    const coll = resolveCollection(CN, ctx, token, onError, tagName, tag);
    const res = tag.resolve?.(coll, msg => onError(tagToken, 'TAG_RESOLVE_FAILED', msg), ctx.options) ?? coll;
    const node = identity.isNode(res)
        ? res
        : new Scalar.Scalar(res);
    node.range = coll.range;
    node.tag = tagName;
    if (tag?.format)
        node.format = tag.format;
    return node;
}

exports.composeCollection = composeCollection;


/***/ }),

/***/ 3683:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Document = __nccwpck_require__(3021);
var composeNode = __nccwpck_require__(5937);
var resolveEnd = __nccwpck_require__(7788);
var resolveProps = __nccwpck_require__(4631);

function composeDoc(options, directives, { offset, start, value, end }, onError) {
    const opts = Object.assign({ _directives: directives }, options);
    const doc = new Document.Document(undefined, opts);
    const ctx = {
        atKey: false,
        atRoot: true,
        directives: doc.directives,
        options: doc.options,
        schema: doc.schema
    };
    const props = resolveProps.resolveProps(start, {
        indicator: 'doc-start',
        next: value ?? end?.[0],
        offset,
        onError,
        parentIndent: 0,
        startOnNewline: true
    });
    if (props.found) {
        doc.directives.docStart = true;
        if (value &&
            (value.type === 'block-map' || value.type === 'block-seq') &&
            !props.hasNewline)
            onError(props.end, 'MISSING_CHAR', 'Block collection cannot start on same line with directives-end marker');
    }
    // @ts-expect-error If Contents is set, let's trust the user
    doc.contents = value
        ? composeNode.composeNode(ctx, value, props, onError)
        : composeNode.composeEmptyNode(ctx, props.end, start, null, props, onError);
    const contentEnd = doc.contents.range[2];
    const re = resolveEnd.resolveEnd(end, contentEnd, false, onError);
    if (re.comment)
        doc.comment = re.comment;
    doc.range = [offset, contentEnd, re.offset];
    return doc;
}

exports.composeDoc = composeDoc;


/***/ }),

/***/ 5937:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Alias = __nccwpck_require__(4065);
var identity = __nccwpck_require__(1127);
var composeCollection = __nccwpck_require__(7349);
var composeScalar = __nccwpck_require__(5413);
var resolveEnd = __nccwpck_require__(7788);
var utilEmptyScalarPosition = __nccwpck_require__(2599);

const CN = { composeNode, composeEmptyNode };
function composeNode(ctx, token, props, onError) {
    const atKey = ctx.atKey;
    const { spaceBefore, comment, anchor, tag } = props;
    let node;
    let isSrcToken = true;
    switch (token.type) {
        case 'alias':
            node = composeAlias(ctx, token, onError);
            if (anchor || tag)
                onError(token, 'ALIAS_PROPS', 'An alias node must not specify any properties');
            break;
        case 'scalar':
        case 'single-quoted-scalar':
        case 'double-quoted-scalar':
        case 'block-scalar':
            node = composeScalar.composeScalar(ctx, token, tag, onError);
            if (anchor)
                node.anchor = anchor.source.substring(1);
            break;
        case 'block-map':
        case 'block-seq':
        case 'flow-collection':
            try {
                node = composeCollection.composeCollection(CN, ctx, token, props, onError);
                if (anchor)
                    node.anchor = anchor.source.substring(1);
            }
            catch (error) {
                // Almost certainly here due to a stack overflow
                const message = error instanceof Error ? error.message : String(error);
                onError(token, 'RESOURCE_EXHAUSTION', message);
            }
            break;
        default: {
            const message = token.type === 'error'
                ? token.message
                : `Unsupported token (type: ${token.type})`;
            onError(token, 'UNEXPECTED_TOKEN', message);
            isSrcToken = false;
        }
    }
    node ?? (node = composeEmptyNode(ctx, token.offset, undefined, null, props, onError));
    if (anchor && node.anchor === '')
        onError(anchor, 'BAD_ALIAS', 'Anchor cannot be an empty string');
    if (atKey &&
        ctx.options.stringKeys &&
        (!identity.isScalar(node) ||
            typeof node.value !== 'string' ||
            (node.tag && node.tag !== 'tag:yaml.org,2002:str'))) {
        const msg = 'With stringKeys, all keys must be strings';
        onError(tag ?? token, 'NON_STRING_KEY', msg);
    }
    if (spaceBefore)
        node.spaceBefore = true;
    if (comment) {
        if (token.type === 'scalar' && token.source === '')
            node.comment = comment;
        else
            node.commentBefore = comment;
    }
    // @ts-expect-error Type checking misses meaning of isSrcToken
    if (ctx.options.keepSourceTokens && isSrcToken)
        node.srcToken = token;
    return node;
}
function composeEmptyNode(ctx, offset, before, pos, { spaceBefore, comment, anchor, tag, end }, onError) {
    const token = {
        type: 'scalar',
        offset: utilEmptyScalarPosition.emptyScalarPosition(offset, before, pos),
        indent: -1,
        source: ''
    };
    const node = composeScalar.composeScalar(ctx, token, tag, onError);
    if (anchor) {
        node.anchor = anchor.source.substring(1);
        if (node.anchor === '')
            onError(anchor, 'BAD_ALIAS', 'Anchor cannot be an empty string');
    }
    if (spaceBefore)
        node.spaceBefore = true;
    if (comment) {
        node.comment = comment;
        node.range[2] = end;
    }
    return node;
}
function composeAlias({ options }, { offset, source, end }, onError) {
    const alias = new Alias.Alias(source.substring(1));
    if (alias.source === '')
        onError(offset, 'BAD_ALIAS', 'Alias cannot be an empty string');
    if (alias.source.endsWith(':'))
        onError(offset + source.length - 1, 'BAD_ALIAS', 'Alias ending in : is ambiguous', true);
    const valueEnd = offset + source.length;
    const re = resolveEnd.resolveEnd(end, valueEnd, options.strict, onError);
    alias.range = [offset, valueEnd, re.offset];
    if (re.comment)
        alias.comment = re.comment;
    return alias;
}

exports.composeEmptyNode = composeEmptyNode;
exports.composeNode = composeNode;


/***/ }),

/***/ 5413:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Scalar = __nccwpck_require__(3301);
var resolveBlockScalar = __nccwpck_require__(8913);
var resolveFlowScalar = __nccwpck_require__(6842);

function composeScalar(ctx, token, tagToken, onError) {
    const { value, type, comment, range } = token.type === 'block-scalar'
        ? resolveBlockScalar.resolveBlockScalar(ctx, token, onError)
        : resolveFlowScalar.resolveFlowScalar(token, ctx.options.strict, onError);
    const tagName = tagToken
        ? ctx.directives.tagName(tagToken.source, msg => onError(tagToken, 'TAG_RESOLVE_FAILED', msg))
        : null;
    let tag;
    if (ctx.options.stringKeys && ctx.atKey) {
        tag = ctx.schema[identity.SCALAR];
    }
    else if (tagName)
        tag = findScalarTagByName(ctx.schema, value, tagName, tagToken, onError);
    else if (token.type === 'scalar')
        tag = findScalarTagByTest(ctx, value, token, onError);
    else
        tag = ctx.schema[identity.SCALAR];
    let scalar;
    try {
        const res = tag.resolve(value, msg => onError(tagToken ?? token, 'TAG_RESOLVE_FAILED', msg), ctx.options);
        scalar = identity.isScalar(res) ? res : new Scalar.Scalar(res);
    }
    catch (error) {
        const msg = error instanceof Error ? error.message : String(error);
        onError(tagToken ?? token, 'TAG_RESOLVE_FAILED', msg);
        scalar = new Scalar.Scalar(value);
    }
    scalar.range = range;
    scalar.source = value;
    if (type)
        scalar.type = type;
    if (tagName)
        scalar.tag = tagName;
    if (tag.format)
        scalar.format = tag.format;
    if (comment)
        scalar.comment = comment;
    return scalar;
}
function findScalarTagByName(schema, value, tagName, tagToken, onError) {
    if (tagName === '!')
        return schema[identity.SCALAR]; // non-specific tag
    const matchWithTest = [];
    for (const tag of schema.tags) {
        if (!tag.collection && tag.tag === tagName) {
            if (tag.default && tag.test)
                matchWithTest.push(tag);
            else
                return tag;
        }
    }
    for (const tag of matchWithTest)
        if (tag.test?.test(value))
            return tag;
    const kt = schema.knownTags[tagName];
    if (kt && !kt.collection) {
        // Ensure that the known tag is available for stringifying,
        // but does not get used by default.
        schema.tags.push(Object.assign({}, kt, { default: false, test: undefined }));
        return kt;
    }
    onError(tagToken, 'TAG_RESOLVE_FAILED', `Unresolved tag: ${tagName}`, tagName !== 'tag:yaml.org,2002:str');
    return schema[identity.SCALAR];
}
function findScalarTagByTest({ atKey, directives, schema }, value, token, onError) {
    const tag = schema.tags.find(tag => (tag.default === true || (atKey && tag.default === 'key')) &&
        tag.test?.test(value)) || schema[identity.SCALAR];
    if (schema.compat) {
        const compat = schema.compat.find(tag => tag.default && tag.test?.test(value)) ??
            schema[identity.SCALAR];
        if (tag.tag !== compat.tag) {
            const ts = directives.tagString(tag.tag);
            const cs = directives.tagString(compat.tag);
            const msg = `Value may be parsed as either ${ts} or ${cs}`;
            onError(token, 'TAG_RESOLVE_FAILED', msg, true);
        }
    }
    return tag;
}

exports.composeScalar = composeScalar;


/***/ }),

/***/ 9984:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var node_process = __nccwpck_require__(932);
var directives = __nccwpck_require__(1342);
var Document = __nccwpck_require__(3021);
var errors = __nccwpck_require__(1464);
var identity = __nccwpck_require__(1127);
var composeDoc = __nccwpck_require__(3683);
var resolveEnd = __nccwpck_require__(7788);

function getErrorPos(src) {
    if (typeof src === 'number')
        return [src, src + 1];
    if (Array.isArray(src))
        return src.length === 2 ? src : [src[0], src[1]];
    const { offset, source } = src;
    return [offset, offset + (typeof source === 'string' ? source.length : 1)];
}
function parsePrelude(prelude) {
    let comment = '';
    let atComment = false;
    let afterEmptyLine = false;
    for (let i = 0; i < prelude.length; ++i) {
        const source = prelude[i];
        switch (source[0]) {
            case '#':
                comment +=
                    (comment === '' ? '' : afterEmptyLine ? '\n\n' : '\n') +
                        (source.substring(1) || ' ');
                atComment = true;
                afterEmptyLine = false;
                break;
            case '%':
                if (prelude[i + 1]?.[0] !== '#')
                    i += 1;
                atComment = false;
                break;
            default:
                // This may be wrong after doc-end, but in that case it doesn't matter
                if (!atComment)
                    afterEmptyLine = true;
                atComment = false;
        }
    }
    return { comment, afterEmptyLine };
}
/**
 * Compose a stream of CST nodes into a stream of YAML Documents.
 *
 * ```ts
 * import { Composer, Parser } from 'yaml'
 *
 * const src: string = ...
 * const tokens = new Parser().parse(src)
 * const docs = new Composer().compose(tokens)
 * ```
 */
class Composer {
    constructor(options = {}) {
        this.doc = null;
        this.atDirectives = false;
        this.prelude = [];
        this.errors = [];
        this.warnings = [];
        this.onError = (source, code, message, warning) => {
            const pos = getErrorPos(source);
            if (warning)
                this.warnings.push(new errors.YAMLWarning(pos, code, message));
            else
                this.errors.push(new errors.YAMLParseError(pos, code, message));
        };
        // eslint-disable-next-line @typescript-eslint/prefer-nullish-coalescing
        this.directives = new directives.Directives({ version: options.version || '1.2' });
        this.options = options;
    }
    decorate(doc, afterDoc) {
        const { comment, afterEmptyLine } = parsePrelude(this.prelude);
        //console.log({ dc: doc.comment, prelude, comment })
        if (comment) {
            const dc = doc.contents;
            if (afterDoc) {
                doc.comment = doc.comment ? `${doc.comment}\n${comment}` : comment;
            }
            else if (afterEmptyLine || doc.directives.docStart || !dc) {
                doc.commentBefore = comment;
            }
            else if (identity.isCollection(dc) && !dc.flow && dc.items.length > 0) {
                let it = dc.items[0];
                if (identity.isPair(it))
                    it = it.key;
                const cb = it.commentBefore;
                it.commentBefore = cb ? `${comment}\n${cb}` : comment;
            }
            else {
                const cb = dc.commentBefore;
                dc.commentBefore = cb ? `${comment}\n${cb}` : comment;
            }
        }
        if (afterDoc) {
            for (let i = 0; i < this.errors.length; ++i)
                doc.errors.push(this.errors[i]);
            for (let i = 0; i < this.warnings.length; ++i)
                doc.warnings.push(this.warnings[i]);
        }
        else {
            doc.errors = this.errors;
            doc.warnings = this.warnings;
        }
        this.prelude = [];
        this.errors = [];
        this.warnings = [];
    }
    /**
     * Current stream status information.
     *
     * Mostly useful at the end of input for an empty stream.
     */
    streamInfo() {
        return {
            comment: parsePrelude(this.prelude).comment,
            directives: this.directives,
            errors: this.errors,
            warnings: this.warnings
        };
    }
    /**
     * Compose tokens into documents.
     *
     * @param forceDoc - If the stream contains no document, still emit a final document including any comments and directives that would be applied to a subsequent document.
     * @param endOffset - Should be set if `forceDoc` is also set, to set the document range end and to indicate errors correctly.
     */
    *compose(tokens, forceDoc = false, endOffset = -1) {
        for (const token of tokens)
            yield* this.next(token);
        yield* this.end(forceDoc, endOffset);
    }
    /** Advance the composer by one CST token. */
    *next(token) {
        if (node_process.env.LOG_STREAM)
            console.dir(token, { depth: null });
        switch (token.type) {
            case 'directive':
                this.directives.add(token.source, (offset, message, warning) => {
                    const pos = getErrorPos(token);
                    pos[0] += offset;
                    this.onError(pos, 'BAD_DIRECTIVE', message, warning);
                });
                this.prelude.push(token.source);
                this.atDirectives = true;
                break;
            case 'document': {
                const doc = composeDoc.composeDoc(this.options, this.directives, token, this.onError);
                if (this.atDirectives && !doc.directives.docStart)
                    this.onError(token, 'MISSING_CHAR', 'Missing directives-end/doc-start indicator line');
                this.decorate(doc, false);
                if (this.doc)
                    yield this.doc;
                this.doc = doc;
                this.atDirectives = false;
                break;
            }
            case 'byte-order-mark':
            case 'space':
                break;
            case 'comment':
            case 'newline':
                this.prelude.push(token.source);
                break;
            case 'error': {
                const msg = token.source
                    ? `${token.message}: ${JSON.stringify(token.source)}`
                    : token.message;
                const error = new errors.YAMLParseError(getErrorPos(token), 'UNEXPECTED_TOKEN', msg);
                if (this.atDirectives || !this.doc)
                    this.errors.push(error);
                else
                    this.doc.errors.push(error);
                break;
            }
            case 'doc-end': {
                if (!this.doc) {
                    const msg = 'Unexpected doc-end without preceding document';
                    this.errors.push(new errors.YAMLParseError(getErrorPos(token), 'UNEXPECTED_TOKEN', msg));
                    break;
                }
                this.doc.directives.docEnd = true;
                const end = resolveEnd.resolveEnd(token.end, token.offset + token.source.length, this.doc.options.strict, this.onError);
                this.decorate(this.doc, true);
                if (end.comment) {
                    const dc = this.doc.comment;
                    this.doc.comment = dc ? `${dc}\n${end.comment}` : end.comment;
                }
                this.doc.range[2] = end.offset;
                break;
            }
            default:
                this.errors.push(new errors.YAMLParseError(getErrorPos(token), 'UNEXPECTED_TOKEN', `Unsupported token ${token.type}`));
        }
    }
    /**
     * Call at end of input to yield any remaining document.
     *
     * @param forceDoc - If the stream contains no document, still emit a final document including any comments and directives that would be applied to a subsequent document.
     * @param endOffset - Should be set if `forceDoc` is also set, to set the document range end and to indicate errors correctly.
     */
    *end(forceDoc = false, endOffset = -1) {
        if (this.doc) {
            this.decorate(this.doc, true);
            yield this.doc;
            this.doc = null;
        }
        else if (forceDoc) {
            const opts = Object.assign({ _directives: this.directives }, this.options);
            const doc = new Document.Document(undefined, opts);
            if (this.atDirectives)
                this.onError(endOffset, 'MISSING_CHAR', 'Missing directives-end indicator line');
            doc.range = [0, endOffset, endOffset];
            this.decorate(doc, false);
            yield doc;
        }
    }
}

exports.Composer = Composer;


/***/ }),

/***/ 7103:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Pair = __nccwpck_require__(7165);
var YAMLMap = __nccwpck_require__(4454);
var resolveProps = __nccwpck_require__(4631);
var utilContainsNewline = __nccwpck_require__(9499);
var utilFlowIndentCheck = __nccwpck_require__(4051);
var utilMapIncludes = __nccwpck_require__(1187);

const startColMsg = 'All mapping items must start at the same column';
function resolveBlockMap({ composeNode, composeEmptyNode }, ctx, bm, onError, tag) {
    const NodeClass = tag?.nodeClass ?? YAMLMap.YAMLMap;
    const map = new NodeClass(ctx.schema);
    if (ctx.atRoot)
        ctx.atRoot = false;
    let offset = bm.offset;
    let commentEnd = null;
    for (const collItem of bm.items) {
        const { start, key, sep, value } = collItem;
        // key properties
        const keyProps = resolveProps.resolveProps(start, {
            indicator: 'explicit-key-ind',
            next: key ?? sep?.[0],
            offset,
            onError,
            parentIndent: bm.indent,
            startOnNewline: true
        });
        const implicitKey = !keyProps.found;
        if (implicitKey) {
            if (key) {
                if (key.type === 'block-seq')
                    onError(offset, 'BLOCK_AS_IMPLICIT_KEY', 'A block sequence may not be used as an implicit map key');
                else if ('indent' in key && key.indent !== bm.indent)
                    onError(offset, 'BAD_INDENT', startColMsg);
            }
            if (!keyProps.anchor && !keyProps.tag && !sep) {
                commentEnd = keyProps.end;
                if (keyProps.comment) {
                    if (map.comment)
                        map.comment += '\n' + keyProps.comment;
                    else
                        map.comment = keyProps.comment;
                }
                continue;
            }
            if (keyProps.newlineAfterProp || utilContainsNewline.containsNewline(key)) {
                onError(key ?? start[start.length - 1], 'MULTILINE_IMPLICIT_KEY', 'Implicit keys need to be on a single line');
            }
        }
        else if (keyProps.found?.indent !== bm.indent) {
            onError(offset, 'BAD_INDENT', startColMsg);
        }
        // key value
        ctx.atKey = true;
        const keyStart = keyProps.end;
        const keyNode = key
            ? composeNode(ctx, key, keyProps, onError)
            : composeEmptyNode(ctx, keyStart, start, null, keyProps, onError);
        if (ctx.schema.compat)
            utilFlowIndentCheck.flowIndentCheck(bm.indent, key, onError);
        ctx.atKey = false;
        if (utilMapIncludes.mapIncludes(ctx, map.items, keyNode))
            onError(keyStart, 'DUPLICATE_KEY', 'Map keys must be unique');
        // value properties
        const valueProps = resolveProps.resolveProps(sep ?? [], {
            indicator: 'map-value-ind',
            next: value,
            offset: keyNode.range[2],
            onError,
            parentIndent: bm.indent,
            startOnNewline: !key || key.type === 'block-scalar'
        });
        offset = valueProps.end;
        if (valueProps.found) {
            if (implicitKey) {
                if (value?.type === 'block-map' && !valueProps.hasNewline)
                    onError(offset, 'BLOCK_AS_IMPLICIT_KEY', 'Nested mappings are not allowed in compact mappings');
                if (ctx.options.strict &&
                    keyProps.start < valueProps.found.offset - 1024)
                    onError(keyNode.range, 'KEY_OVER_1024_CHARS', 'The : indicator must be at most 1024 chars after the start of an implicit block mapping key');
            }
            // value value
            const valueNode = value
                ? composeNode(ctx, value, valueProps, onError)
                : composeEmptyNode(ctx, offset, sep, null, valueProps, onError);
            if (ctx.schema.compat)
                utilFlowIndentCheck.flowIndentCheck(bm.indent, value, onError);
            offset = valueNode.range[2];
            const pair = new Pair.Pair(keyNode, valueNode);
            if (ctx.options.keepSourceTokens)
                pair.srcToken = collItem;
            map.items.push(pair);
        }
        else {
            // key with no value
            if (implicitKey)
                onError(keyNode.range, 'MISSING_CHAR', 'Implicit map keys need to be followed by map values');
            if (valueProps.comment) {
                if (keyNode.comment)
                    keyNode.comment += '\n' + valueProps.comment;
                else
                    keyNode.comment = valueProps.comment;
            }
            const pair = new Pair.Pair(keyNode);
            if (ctx.options.keepSourceTokens)
                pair.srcToken = collItem;
            map.items.push(pair);
        }
    }
    if (commentEnd && commentEnd < offset)
        onError(commentEnd, 'IMPOSSIBLE', 'Map comment with trailing content');
    map.range = [bm.offset, offset, commentEnd ?? offset];
    return map;
}

exports.resolveBlockMap = resolveBlockMap;


/***/ }),

/***/ 8913:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);

function resolveBlockScalar(ctx, scalar, onError) {
    const start = scalar.offset;
    const header = parseBlockScalarHeader(scalar, ctx.options.strict, onError);
    if (!header)
        return { value: '', type: null, comment: '', range: [start, start, start] };
    const type = header.mode === '>' ? Scalar.Scalar.BLOCK_FOLDED : Scalar.Scalar.BLOCK_LITERAL;
    const lines = scalar.source ? splitLines(scalar.source) : [];
    // determine the end of content & start of chomping
    let chompStart = lines.length;
    for (let i = lines.length - 1; i >= 0; --i) {
        const content = lines[i][1];
        if (content === '' || content === '\r')
            chompStart = i;
        else
            break;
    }
    // shortcut for empty contents
    if (chompStart === 0) {
        const value = header.chomp === '+' && lines.length > 0
            ? '\n'.repeat(Math.max(1, lines.length - 1))
            : '';
        let end = start + header.length;
        if (scalar.source)
            end += scalar.source.length;
        return { value, type, comment: header.comment, range: [start, end, end] };
    }
    // find the indentation level to trim from start
    let trimIndent = scalar.indent + header.indent;
    let offset = scalar.offset + header.length;
    let contentStart = 0;
    for (let i = 0; i < chompStart; ++i) {
        const [indent, content] = lines[i];
        if (content === '' || content === '\r') {
            if (header.indent === 0 && indent.length > trimIndent)
                trimIndent = indent.length;
        }
        else {
            if (indent.length < trimIndent) {
                const message = 'Block scalars with more-indented leading empty lines must use an explicit indentation indicator';
                onError(offset + indent.length, 'MISSING_CHAR', message);
            }
            if (header.indent === 0)
                trimIndent = indent.length;
            contentStart = i;
            if (trimIndent === 0 && !ctx.atRoot) {
                const message = 'Block scalar values in collections must be indented';
                onError(offset, 'BAD_INDENT', message);
            }
            break;
        }
        offset += indent.length + content.length + 1;
    }
    // include trailing more-indented empty lines in content
    for (let i = lines.length - 1; i >= chompStart; --i) {
        if (lines[i][0].length > trimIndent)
            chompStart = i + 1;
    }
    let value = '';
    let sep = '';
    let prevMoreIndented = false;
    // leading whitespace is kept intact
    for (let i = 0; i < contentStart; ++i)
        value += lines[i][0].slice(trimIndent) + '\n';
    for (let i = contentStart; i < chompStart; ++i) {
        let [indent, content] = lines[i];
        offset += indent.length + content.length + 1;
        const crlf = content[content.length - 1] === '\r';
        if (crlf)
            content = content.slice(0, -1);
        /* istanbul ignore if already caught in lexer */
        if (content && indent.length < trimIndent) {
            const src = header.indent
                ? 'explicit indentation indicator'
                : 'first line';
            const message = `Block scalar lines must not be less indented than their ${src}`;
            onError(offset - content.length - (crlf ? 2 : 1), 'BAD_INDENT', message);
            indent = '';
        }
        if (type === Scalar.Scalar.BLOCK_LITERAL) {
            value += sep + indent.slice(trimIndent) + content;
            sep = '\n';
        }
        else if (indent.length > trimIndent || content[0] === '\t') {
            // more-indented content within a folded block
            if (sep === ' ')
                sep = '\n';
            else if (!prevMoreIndented && sep === '\n')
                sep = '\n\n';
            value += sep + indent.slice(trimIndent) + content;
            sep = '\n';
            prevMoreIndented = true;
        }
        else if (content === '') {
            // empty line
            if (sep === '\n')
                value += '\n';
            else
                sep = '\n';
        }
        else {
            value += sep + content;
            sep = ' ';
            prevMoreIndented = false;
        }
    }
    switch (header.chomp) {
        case '-':
            break;
        case '+':
            for (let i = chompStart; i < lines.length; ++i)
                value += '\n' + lines[i][0].slice(trimIndent);
            if (value[value.length - 1] !== '\n')
                value += '\n';
            break;
        default:
            value += '\n';
    }
    const end = start + header.length + scalar.source.length;
    return { value, type, comment: header.comment, range: [start, end, end] };
}
function parseBlockScalarHeader({ offset, props }, strict, onError) {
    /* istanbul ignore if should not happen */
    if (props[0].type !== 'block-scalar-header') {
        onError(props[0], 'IMPOSSIBLE', 'Block scalar header not found');
        return null;
    }
    const { source } = props[0];
    const mode = source[0];
    let indent = 0;
    let chomp = '';
    let error = -1;
    for (let i = 1; i < source.length; ++i) {
        const ch = source[i];
        if (!chomp && (ch === '-' || ch === '+'))
            chomp = ch;
        else {
            const n = Number(ch);
            if (!indent && n)
                indent = n;
            else if (error === -1)
                error = offset + i;
        }
    }
    if (error !== -1)
        onError(error, 'UNEXPECTED_TOKEN', `Block scalar header includes extra characters: ${source}`);
    let hasSpace = false;
    let comment = '';
    let length = source.length;
    for (let i = 1; i < props.length; ++i) {
        const token = props[i];
        switch (token.type) {
            case 'space':
                hasSpace = true;
            // fallthrough
            case 'newline':
                length += token.source.length;
                break;
            case 'comment':
                if (strict && !hasSpace) {
                    const message = 'Comments must be separated from other tokens by white space characters';
                    onError(token, 'MISSING_CHAR', message);
                }
                length += token.source.length;
                comment = token.source.substring(1);
                break;
            case 'error':
                onError(token, 'UNEXPECTED_TOKEN', token.message);
                length += token.source.length;
                break;
            /* istanbul ignore next should not happen */
            default: {
                const message = `Unexpected token in block scalar header: ${token.type}`;
                onError(token, 'UNEXPECTED_TOKEN', message);
                const ts = token.source;
                if (ts && typeof ts === 'string')
                    length += ts.length;
            }
        }
    }
    return { mode, indent, chomp, comment, length };
}
/** @returns Array of lines split up as `[indent, content]` */
function splitLines(source) {
    const split = source.split(/\n( *)/);
    const first = split[0];
    const m = first.match(/^( *)/);
    const line0 = m?.[1]
        ? [m[1], first.slice(m[1].length)]
        : ['', first];
    const lines = [line0];
    for (let i = 1; i < split.length; i += 2)
        lines.push([split[i], split[i + 1]]);
    return lines;
}

exports.resolveBlockScalar = resolveBlockScalar;


/***/ }),

/***/ 334:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var YAMLSeq = __nccwpck_require__(2223);
var resolveProps = __nccwpck_require__(4631);
var utilFlowIndentCheck = __nccwpck_require__(4051);

function resolveBlockSeq({ composeNode, composeEmptyNode }, ctx, bs, onError, tag) {
    const NodeClass = tag?.nodeClass ?? YAMLSeq.YAMLSeq;
    const seq = new NodeClass(ctx.schema);
    if (ctx.atRoot)
        ctx.atRoot = false;
    if (ctx.atKey)
        ctx.atKey = false;
    let offset = bs.offset;
    let commentEnd = null;
    for (const { start, value } of bs.items) {
        const props = resolveProps.resolveProps(start, {
            indicator: 'seq-item-ind',
            next: value,
            offset,
            onError,
            parentIndent: bs.indent,
            startOnNewline: true
        });
        if (!props.found) {
            if (props.anchor || props.tag || value) {
                if (value?.type === 'block-seq')
                    onError(props.end, 'BAD_INDENT', 'All sequence items must start at the same column');
                else
                    onError(offset, 'MISSING_CHAR', 'Sequence item without - indicator');
            }
            else {
                commentEnd = props.end;
                if (props.comment)
                    seq.comment = props.comment;
                continue;
            }
        }
        const node = value
            ? composeNode(ctx, value, props, onError)
            : composeEmptyNode(ctx, props.end, start, null, props, onError);
        if (ctx.schema.compat)
            utilFlowIndentCheck.flowIndentCheck(bs.indent, value, onError);
        offset = node.range[2];
        seq.items.push(node);
    }
    seq.range = [bs.offset, offset, commentEnd ?? offset];
    return seq;
}

exports.resolveBlockSeq = resolveBlockSeq;


/***/ }),

/***/ 7788:
/***/ ((__unused_webpack_module, exports) => {



function resolveEnd(end, offset, reqSpace, onError) {
    let comment = '';
    if (end) {
        let hasSpace = false;
        let sep = '';
        for (const token of end) {
            const { source, type } = token;
            switch (type) {
                case 'space':
                    hasSpace = true;
                    break;
                case 'comment': {
                    if (reqSpace && !hasSpace)
                        onError(token, 'MISSING_CHAR', 'Comments must be separated from other tokens by white space characters');
                    const cb = source.substring(1) || ' ';
                    if (!comment)
                        comment = cb;
                    else
                        comment += sep + cb;
                    sep = '';
                    break;
                }
                case 'newline':
                    if (comment)
                        sep += source;
                    hasSpace = true;
                    break;
                default:
                    onError(token, 'UNEXPECTED_TOKEN', `Unexpected ${type} at node end`);
            }
            offset += source.length;
        }
    }
    return { comment, offset };
}

exports.resolveEnd = resolveEnd;


/***/ }),

/***/ 3142:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Pair = __nccwpck_require__(7165);
var YAMLMap = __nccwpck_require__(4454);
var YAMLSeq = __nccwpck_require__(2223);
var resolveEnd = __nccwpck_require__(7788);
var resolveProps = __nccwpck_require__(4631);
var utilContainsNewline = __nccwpck_require__(9499);
var utilMapIncludes = __nccwpck_require__(1187);

const blockMsg = 'Block collections are not allowed within flow collections';
const isBlock = (token) => token && (token.type === 'block-map' || token.type === 'block-seq');
function resolveFlowCollection({ composeNode, composeEmptyNode }, ctx, fc, onError, tag) {
    const isMap = fc.start.source === '{';
    const fcName = isMap ? 'flow map' : 'flow sequence';
    const NodeClass = (tag?.nodeClass ?? (isMap ? YAMLMap.YAMLMap : YAMLSeq.YAMLSeq));
    const coll = new NodeClass(ctx.schema);
    coll.flow = true;
    const atRoot = ctx.atRoot;
    if (atRoot)
        ctx.atRoot = false;
    if (ctx.atKey)
        ctx.atKey = false;
    let offset = fc.offset + fc.start.source.length;
    for (let i = 0; i < fc.items.length; ++i) {
        const collItem = fc.items[i];
        const { start, key, sep, value } = collItem;
        const props = resolveProps.resolveProps(start, {
            flow: fcName,
            indicator: 'explicit-key-ind',
            next: key ?? sep?.[0],
            offset,
            onError,
            parentIndent: fc.indent,
            startOnNewline: false
        });
        if (!props.found) {
            if (!props.anchor && !props.tag && !sep && !value) {
                if (i === 0 && props.comma)
                    onError(props.comma, 'UNEXPECTED_TOKEN', `Unexpected , in ${fcName}`);
                else if (i < fc.items.length - 1)
                    onError(props.start, 'UNEXPECTED_TOKEN', `Unexpected empty item in ${fcName}`);
                if (props.comment) {
                    if (coll.comment)
                        coll.comment += '\n' + props.comment;
                    else
                        coll.comment = props.comment;
                }
                offset = props.end;
                continue;
            }
            if (!isMap && ctx.options.strict && utilContainsNewline.containsNewline(key))
                onError(key, // checked by containsNewline()
                'MULTILINE_IMPLICIT_KEY', 'Implicit keys of flow sequence pairs need to be on a single line');
        }
        if (i === 0) {
            if (props.comma)
                onError(props.comma, 'UNEXPECTED_TOKEN', `Unexpected , in ${fcName}`);
        }
        else {
            if (!props.comma)
                onError(props.start, 'MISSING_CHAR', `Missing , between ${fcName} items`);
            if (props.comment) {
                let prevItemComment = '';
                loop: for (const st of start) {
                    switch (st.type) {
                        case 'comma':
                        case 'space':
                            break;
                        case 'comment':
                            prevItemComment = st.source.substring(1);
                            break loop;
                        default:
                            break loop;
                    }
                }
                if (prevItemComment) {
                    let prev = coll.items[coll.items.length - 1];
                    if (identity.isPair(prev))
                        prev = prev.value ?? prev.key;
                    if (prev.comment)
                        prev.comment += '\n' + prevItemComment;
                    else
                        prev.comment = prevItemComment;
                    props.comment = props.comment.substring(prevItemComment.length + 1);
                }
            }
        }
        if (!isMap && !sep && !props.found) {
            // item is a value in a seq
            // \u2192 key & sep are empty, start does not include ? or :
            const valueNode = value
                ? composeNode(ctx, value, props, onError)
                : composeEmptyNode(ctx, props.end, sep, null, props, onError);
            coll.items.push(valueNode);
            offset = valueNode.range[2];
            if (isBlock(value))
                onError(valueNode.range, 'BLOCK_IN_FLOW', blockMsg);
        }
        else {
            // item is a key+value pair
            // key value
            ctx.atKey = true;
            const keyStart = props.end;
            const keyNode = key
                ? composeNode(ctx, key, props, onError)
                : composeEmptyNode(ctx, keyStart, start, null, props, onError);
            if (isBlock(key))
                onError(keyNode.range, 'BLOCK_IN_FLOW', blockMsg);
            ctx.atKey = false;
            // value properties
            const valueProps = resolveProps.resolveProps(sep ?? [], {
                flow: fcName,
                indicator: 'map-value-ind',
                next: value,
                offset: keyNode.range[2],
                onError,
                parentIndent: fc.indent,
                startOnNewline: false
            });
            if (valueProps.found) {
                if (!isMap && !props.found && ctx.options.strict) {
                    if (sep)
                        for (const st of sep) {
                            if (st === valueProps.found)
                                break;
                            if (st.type === 'newline') {
                                onError(st, 'MULTILINE_IMPLICIT_KEY', 'Implicit keys of flow sequence pairs need to be on a single line');
                                break;
                            }
                        }
                    if (props.start < valueProps.found.offset - 1024)
                        onError(valueProps.found, 'KEY_OVER_1024_CHARS', 'The : indicator must be at most 1024 chars after the start of an implicit flow sequence key');
                }
            }
            else if (value) {
                if ('source' in value && value.source?.[0] === ':')
                    onError(value, 'MISSING_CHAR', `Missing space after : in ${fcName}`);
                else
                    onError(valueProps.start, 'MISSING_CHAR', `Missing , or : between ${fcName} items`);
            }
            // value value
            const valueNode = value
                ? composeNode(ctx, value, valueProps, onError)
                : valueProps.found
                    ? composeEmptyNode(ctx, valueProps.end, sep, null, valueProps, onError)
                    : null;
            if (valueNode) {
                if (isBlock(value))
                    onError(valueNode.range, 'BLOCK_IN_FLOW', blockMsg);
            }
            else if (valueProps.comment) {
                if (keyNode.comment)
                    keyNode.comment += '\n' + valueProps.comment;
                else
                    keyNode.comment = valueProps.comment;
            }
            const pair = new Pair.Pair(keyNode, valueNode);
            if (ctx.options.keepSourceTokens)
                pair.srcToken = collItem;
            if (isMap) {
                const map = coll;
                if (utilMapIncludes.mapIncludes(ctx, map.items, keyNode))
                    onError(keyStart, 'DUPLICATE_KEY', 'Map keys must be unique');
                map.items.push(pair);
            }
            else {
                const map = new YAMLMap.YAMLMap(ctx.schema);
                map.flow = true;
                map.items.push(pair);
                const endRange = (valueNode ?? keyNode).range;
                map.range = [keyNode.range[0], endRange[1], endRange[2]];
                coll.items.push(map);
            }
            offset = valueNode ? valueNode.range[2] : valueProps.end;
        }
    }
    const expectedEnd = isMap ? '}' : ']';
    const [ce, ...ee] = fc.end;
    let cePos = offset;
    if (ce?.source === expectedEnd)
        cePos = ce.offset + ce.source.length;
    else {
        const name = fcName[0].toUpperCase() + fcName.substring(1);
        const msg = atRoot
            ? `${name} must end with a ${expectedEnd}`
            : `${name} in block collection must be sufficiently indented and end with a ${expectedEnd}`;
        onError(offset, atRoot ? 'MISSING_CHAR' : 'BAD_INDENT', msg);
        if (ce && ce.source.length !== 1)
            ee.unshift(ce);
    }
    if (ee.length > 0) {
        const end = resolveEnd.resolveEnd(ee, cePos, ctx.options.strict, onError);
        if (end.comment) {
            if (coll.comment)
                coll.comment += '\n' + end.comment;
            else
                coll.comment = end.comment;
        }
        coll.range = [fc.offset, cePos, end.offset];
    }
    else {
        coll.range = [fc.offset, cePos, cePos];
    }
    return coll;
}

exports.resolveFlowCollection = resolveFlowCollection;


/***/ }),

/***/ 6842:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);
var resolveEnd = __nccwpck_require__(7788);

function resolveFlowScalar(scalar, strict, onError) {
    const { offset, type, source, end } = scalar;
    let _type;
    let value;
    const _onError = (rel, code, msg) => onError(offset + rel, code, msg);
    switch (type) {
        case 'scalar':
            _type = Scalar.Scalar.PLAIN;
            value = plainValue(source, _onError);
            break;
        case 'single-quoted-scalar':
            _type = Scalar.Scalar.QUOTE_SINGLE;
            value = singleQuotedValue(source, _onError);
            break;
        case 'double-quoted-scalar':
            _type = Scalar.Scalar.QUOTE_DOUBLE;
            value = doubleQuotedValue(source, _onError);
            break;
        /* istanbul ignore next should not happen */
        default:
            onError(scalar, 'UNEXPECTED_TOKEN', `Expected a flow scalar value, but found: ${type}`);
            return {
                value: '',
                type: null,
                comment: '',
                range: [offset, offset + source.length, offset + source.length]
            };
    }
    const valueEnd = offset + source.length;
    const re = resolveEnd.resolveEnd(end, valueEnd, strict, onError);
    return {
        value,
        type: _type,
        comment: re.comment,
        range: [offset, valueEnd, re.offset]
    };
}
function plainValue(source, onError) {
    let badChar = '';
    switch (source[0]) {
        /* istanbul ignore next should not happen */
        case '\t':
            badChar = 'a tab character';
            break;
        case ',':
            badChar = 'flow indicator character ,';
            break;
        case '%':
            badChar = 'directive indicator character %';
            break;
        case '|':
        case '>': {
            badChar = `block scalar indicator ${source[0]}`;
            break;
        }
        case '@':
        case '`': {
            badChar = `reserved character ${source[0]}`;
            break;
        }
    }
    if (badChar)
        onError(0, 'BAD_SCALAR_START', `Plain value cannot start with ${badChar}`);
    return unfoldLines(source);
}
function singleQuotedValue(source, onError) {
    if (source[source.length - 1] !== "'" || source.length === 1)
        onError(source.length, 'MISSING_CHAR', "Missing closing 'quote");
    return unfoldLines(source.slice(1, -1)).replace(/''/g, "'");
}
function unfoldLines(source) {
    const line = /(.*?)\r?\n/sy;
    let match = line.exec(source);
    if (!match)
        return source;
    /**
     * The negative lookbehinds in these RegExps are to
     * prevent causing a polynomial search time in certain cases.
     *
     * The try-catch is for Safari < 16.4 and other old browsers:
     * https://caniuse.com/js-regexp-lookbehind
     */
    let trimEnd, trimBoth;
    try {
        trimEnd = new RegExp('(?<![ \t])[ \t]+$');
        trimBoth = new RegExp('^[ \t]+|(?<![ \t])[ \t]+$', 'g');
    }
    catch {
        trimEnd = /[ \t]+$/;
        trimBoth = /^[ \t]+|[ \t]+$/g;
    }
    let res = match[1].replace(trimEnd, '');
    let sep = ' ';
    let pos = line.lastIndex;
    while ((match = line.exec(source))) {
        const lm = match[1].replace(trimBoth, '');
        if (lm === '') {
            if (sep === '\n')
                res += sep;
            else
                sep = '\n';
        }
        else {
            res += sep + lm;
            sep = ' ';
        }
        pos = line.lastIndex;
    }
    const last = /[ \t]*(.*)/sy;
    last.lastIndex = pos;
    match = last.exec(source);
    return res + sep + (match?.[1] ?? '');
}
function doubleQuotedValue(source, onError) {
    let res = '';
    for (let i = 1; i < source.length - 1; ++i) {
        const ch = source[i];
        if (ch === '\r' && source[i + 1] === '\n')
            continue;
        if (ch === '\n') {
            const { fold, offset } = foldNewline(source, i);
            res += fold;
            i = offset;
        }
        else if (ch === '\\') {
            let next = source[++i];
            const cc = escapeCodes[next];
            if (cc)
                res += cc;
            else if (next === '\n') {
                // skip escaped newlines, but still trim the following line
                next = source[i + 1];
                while (next === ' ' || next === '\t')
                    next = source[++i + 1];
            }
            else if (next === '\r' && source[i + 1] === '\n') {
                // skip escaped CRLF newlines, but still trim the following line
                next = source[++i + 1];
                while (next === ' ' || next === '\t')
                    next = source[++i + 1];
            }
            else if (next === 'x' || next === 'u' || next === 'U') {
                const length = next === 'x' ? 2 : next === 'u' ? 4 : 8;
                res += parseCharCode(source, i + 1, length, onError);
                i += length;
            }
            else {
                const raw = source.substr(i - 1, 2);
                onError(i - 1, 'BAD_DQ_ESCAPE', `Invalid escape sequence ${raw}`);
                res += raw;
            }
        }
        else if (ch === ' ' || ch === '\t') {
            // trim trailing whitespace
            const wsStart = i;
            let next = source[i + 1];
            while (next === ' ' || next === '\t')
                next = source[++i + 1];
            if (next !== '\n' && !(next === '\r' && source[i + 2] === '\n'))
                res += i > wsStart ? source.slice(wsStart, i + 1) : ch;
        }
        else {
            res += ch;
        }
    }
    if (source[source.length - 1] !== '"' || source.length === 1)
        onError(source.length, 'MISSING_CHAR', 'Missing closing "quote');
    return res;
}
/**
 * Fold a single newline into a space, multiple newlines to N - 1 newlines.
 * Presumes `source[offset] === '\n'`
 */
function foldNewline(source, offset) {
    let fold = '';
    let ch = source[offset + 1];
    while (ch === ' ' || ch === '\t' || ch === '\n' || ch === '\r') {
        if (ch === '\r' && source[offset + 2] !== '\n')
            break;
        if (ch === '\n')
            fold += '\n';
        offset += 1;
        ch = source[offset + 1];
    }
    if (!fold)
        fold = ' ';
    return { fold, offset };
}
const escapeCodes = {
    '0': '\0', // null character
    a: '\x07', // bell character
    b: '\b', // backspace
    e: '\x1b', // escape character
    f: '\f', // form feed
    n: '\n', // line feed
    r: '\r', // carriage return
    t: '\t', // horizontal tab
    v: '\v', // vertical tab
    N: '\u0085', // Unicode next line
    _: '\u00a0', // Unicode non-breaking space
    L: '\u2028', // Unicode line separator
    P: '\u2029', // Unicode paragraph separator
    ' ': ' ',
    '"': '"',
    '/': '/',
    '\\': '\\',
    '\t': '\t'
};
function parseCharCode(source, offset, length, onError) {
    const cc = source.substr(offset, length);
    const ok = cc.length === length && /^[0-9a-fA-F]+$/.test(cc);
    const code = ok ? parseInt(cc, 16) : NaN;
    try {
        return String.fromCodePoint(code);
    }
    catch {
        const raw = source.substr(offset - 2, length + 2);
        onError(offset - 2, 'BAD_DQ_ESCAPE', `Invalid escape sequence ${raw}`);
        return raw;
    }
}

exports.resolveFlowScalar = resolveFlowScalar;


/***/ }),

/***/ 4631:
/***/ ((__unused_webpack_module, exports) => {



function resolveProps(tokens, { flow, indicator, next, offset, onError, parentIndent, startOnNewline }) {
    let spaceBefore = false;
    let atNewline = startOnNewline;
    let hasSpace = startOnNewline;
    let comment = '';
    let commentSep = '';
    let hasNewline = false;
    let reqSpace = false;
    let tab = null;
    let anchor = null;
    let tag = null;
    let newlineAfterProp = null;
    let comma = null;
    let found = null;
    let start = null;
    for (const token of tokens) {
        if (reqSpace) {
            if (token.type !== 'space' &&
                token.type !== 'newline' &&
                token.type !== 'comma')
                onError(token.offset, 'MISSING_CHAR', 'Tags and anchors must be separated from the next token by white space');
            reqSpace = false;
        }
        if (tab) {
            if (atNewline && token.type !== 'comment' && token.type !== 'newline') {
                onError(tab, 'TAB_AS_INDENT', 'Tabs are not allowed as indentation');
            }
            tab = null;
        }
        switch (token.type) {
            case 'space':
                // At the doc level, tabs at line start may be parsed
                // as leading white space rather than indentation.
                // In a flow collection, only the parser handles indent.
                if (!flow &&
                    (indicator !== 'doc-start' || next?.type !== 'flow-collection') &&
                    token.source.includes('\t')) {
                    tab = token;
                }
                hasSpace = true;
                break;
            case 'comment': {
                if (!hasSpace)
                    onError(token, 'MISSING_CHAR', 'Comments must be separated from other tokens by white space characters');
                const cb = token.source.substring(1) || ' ';
                if (!comment)
                    comment = cb;
                else
                    comment += commentSep + cb;
                commentSep = '';
                atNewline = false;
                break;
            }
            case 'newline':
                if (atNewline) {
                    if (comment)
                        comment += token.source;
                    else if (!found || indicator !== 'seq-item-ind')
                        spaceBefore = true;
                }
                else
                    commentSep += token.source;
                atNewline = true;
                hasNewline = true;
                if (anchor || tag)
                    newlineAfterProp = token;
                hasSpace = true;
                break;
            case 'anchor':
                if (anchor)
                    onError(token, 'MULTIPLE_ANCHORS', 'A node can have at most one anchor');
                if (token.source.endsWith(':'))
                    onError(token.offset + token.source.length - 1, 'BAD_ALIAS', 'Anchor ending in : is ambiguous', true);
                anchor = token;
                start ?? (start = token.offset);
                atNewline = false;
                hasSpace = false;
                reqSpace = true;
                break;
            case 'tag': {
                if (tag)
                    onError(token, 'MULTIPLE_TAGS', 'A node can have at most one tag');
                tag = token;
                start ?? (start = token.offset);
                atNewline = false;
                hasSpace = false;
                reqSpace = true;
                break;
            }
            case indicator:
                // Could here handle preceding comments differently
                if (anchor || tag)
                    onError(token, 'BAD_PROP_ORDER', `Anchors and tags must be after the ${token.source} indicator`);
                if (found)
                    onError(token, 'UNEXPECTED_TOKEN', `Unexpected ${token.source} in ${flow ?? 'collection'}`);
                found = token;
                atNewline =
                    indicator === 'seq-item-ind' || indicator === 'explicit-key-ind';
                hasSpace = false;
                break;
            case 'comma':
                if (flow) {
                    if (comma)
                        onError(token, 'UNEXPECTED_TOKEN', `Unexpected , in ${flow}`);
                    comma = token;
                    atNewline = false;
                    hasSpace = false;
                    break;
                }
            // else fallthrough
            default:
                onError(token, 'UNEXPECTED_TOKEN', `Unexpected ${token.type} token`);
                atNewline = false;
                hasSpace = false;
        }
    }
    const last = tokens[tokens.length - 1];
    const end = last ? last.offset + last.source.length : offset;
    if (reqSpace &&
        next &&
        next.type !== 'space' &&
        next.type !== 'newline' &&
        next.type !== 'comma' &&
        (next.type !== 'scalar' || next.source !== '')) {
        onError(next.offset, 'MISSING_CHAR', 'Tags and anchors must be separated from the next token by white space');
    }
    if (tab &&
        ((atNewline && tab.indent <= parentIndent) ||
            next?.type === 'block-map' ||
            next?.type === 'block-seq'))
        onError(tab, 'TAB_AS_INDENT', 'Tabs are not allowed as indentation');
    return {
        comma,
        found,
        spaceBefore,
        comment,
        hasNewline,
        anchor,
        tag,
        newlineAfterProp,
        end,
        start: start ?? end
    };
}

exports.resolveProps = resolveProps;


/***/ }),

/***/ 9499:
/***/ ((__unused_webpack_module, exports) => {



function containsNewline(key) {
    if (!key)
        return null;
    switch (key.type) {
        case 'alias':
        case 'scalar':
        case 'double-quoted-scalar':
        case 'single-quoted-scalar':
            if (key.source.includes('\n'))
                return true;
            if (key.end)
                for (const st of key.end)
                    if (st.type === 'newline')
                        return true;
            return false;
        case 'flow-collection':
            for (const it of key.items) {
                for (const st of it.start)
                    if (st.type === 'newline')
                        return true;
                if (it.sep)
                    for (const st of it.sep)
                        if (st.type === 'newline')
                            return true;
                if (containsNewline(it.key) || containsNewline(it.value))
                    return true;
            }
            return false;
        default:
            return true;
    }
}

exports.containsNewline = containsNewline;


/***/ }),

/***/ 2599:
/***/ ((__unused_webpack_module, exports) => {



function emptyScalarPosition(offset, before, pos) {
    if (before) {
        pos ?? (pos = before.length);
        for (let i = pos - 1; i >= 0; --i) {
            let st = before[i];
            switch (st.type) {
                case 'space':
                case 'comment':
                case 'newline':
                    offset -= st.source.length;
                    continue;
            }
            // Technically, an empty scalar is immediately after the last non-empty
            // node, but it's more useful to place it after any whitespace.
            st = before[++i];
            while (st?.type === 'space') {
                offset += st.source.length;
                st = before[++i];
            }
            break;
        }
    }
    return offset;
}

exports.emptyScalarPosition = emptyScalarPosition;


/***/ }),

/***/ 4051:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var utilContainsNewline = __nccwpck_require__(9499);

function flowIndentCheck(indent, fc, onError) {
    if (fc?.type === 'flow-collection') {
        const end = fc.end[0];
        if (end.indent === indent &&
            (end.source === ']' || end.source === '}') &&
            utilContainsNewline.containsNewline(fc)) {
            const msg = 'Flow end indicator should be more indented than parent';
            onError(end, 'BAD_INDENT', msg, true);
        }
    }
}

exports.flowIndentCheck = flowIndentCheck;


/***/ }),

/***/ 1187:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);

function mapIncludes(ctx, items, search) {
    const { uniqueKeys } = ctx.options;
    if (uniqueKeys === false)
        return false;
    const isEqual = typeof uniqueKeys === 'function'
        ? uniqueKeys
        : (a, b) => a === b || (identity.isScalar(a) && identity.isScalar(b) && a.value === b.value);
    return items.some(pair => isEqual(pair.key, search));
}

exports.mapIncludes = mapIncludes;


/***/ }),

/***/ 3021:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Alias = __nccwpck_require__(4065);
var Collection = __nccwpck_require__(101);
var identity = __nccwpck_require__(1127);
var Pair = __nccwpck_require__(7165);
var toJS = __nccwpck_require__(4043);
var Schema = __nccwpck_require__(5840);
var stringifyDocument = __nccwpck_require__(6829);
var anchors = __nccwpck_require__(1596);
var applyReviver = __nccwpck_require__(3661);
var createNode = __nccwpck_require__(2404);
var directives = __nccwpck_require__(1342);

class Document {
    constructor(value, replacer, options) {
        /** A comment before this Document */
        this.commentBefore = null;
        /** A comment immediately after this Document */
        this.comment = null;
        /** Errors encountered during parsing. */
        this.errors = [];
        /** Warnings encountered during parsing. */
        this.warnings = [];
        Object.defineProperty(this, identity.NODE_TYPE, { value: identity.DOC });
        let _replacer = null;
        if (typeof replacer === 'function' || Array.isArray(replacer)) {
            _replacer = replacer;
        }
        else if (options === undefined && replacer) {
            options = replacer;
            replacer = undefined;
        }
        const opt = Object.assign({
            intAsBigInt: false,
            keepSourceTokens: false,
            logLevel: 'warn',
            prettyErrors: true,
            strict: true,
            stringKeys: false,
            uniqueKeys: true,
            version: '1.2'
        }, options);
        this.options = opt;
        let { version } = opt;
        if (options?._directives) {
            this.directives = options._directives.atDocument();
            if (this.directives.yaml.explicit)
                version = this.directives.yaml.version;
        }
        else
            this.directives = new directives.Directives({ version });
        this.setSchema(version, options);
        // @ts-expect-error We can't really know that this matches Contents.
        this.contents =
            value === undefined ? null : this.createNode(value, _replacer, options);
    }
    /**
     * Create a deep copy of this Document and its contents.
     *
     * Custom Node values that inherit from `Object` still refer to their original instances.
     */
    clone() {
        const copy = Object.create(Document.prototype, {
            [identity.NODE_TYPE]: { value: identity.DOC }
        });
        copy.commentBefore = this.commentBefore;
        copy.comment = this.comment;
        copy.errors = this.errors.slice();
        copy.warnings = this.warnings.slice();
        copy.options = Object.assign({}, this.options);
        if (this.directives)
            copy.directives = this.directives.clone();
        copy.schema = this.schema.clone();
        // @ts-expect-error We can't really know that this matches Contents.
        copy.contents = identity.isNode(this.contents)
            ? this.contents.clone(copy.schema)
            : this.contents;
        if (this.range)
            copy.range = this.range.slice();
        return copy;
    }
    /** Adds a value to the document. */
    add(value) {
        if (assertCollection(this.contents))
            this.contents.add(value);
    }
    /** Adds a value to the document. */
    addIn(path, value) {
        if (assertCollection(this.contents))
            this.contents.addIn(path, value);
    }
    /**
     * Create a new `Alias` node, ensuring that the target `node` has the required anchor.
     *
     * If `node` already has an anchor, `name` is ignored.
     * Otherwise, the `node.anchor` value will be set to `name`,
     * or if an anchor with that name is already present in the document,
     * `name` will be used as a prefix for a new unique anchor.
     * If `name` is undefined, the generated anchor will use 'a' as a prefix.
     */
    createAlias(node, name) {
        if (!node.anchor) {
            const prev = anchors.anchorNames(this);
            node.anchor =
                // eslint-disable-next-line @typescript-eslint/prefer-nullish-coalescing
                !name || prev.has(name) ? anchors.findNewAnchor(name || 'a', prev) : name;
        }
        return new Alias.Alias(node.anchor);
    }
    createNode(value, replacer, options) {
        let _replacer = undefined;
        if (typeof replacer === 'function') {
            value = replacer.call({ '': value }, '', value);
            _replacer = replacer;
        }
        else if (Array.isArray(replacer)) {
            const keyToStr = (v) => typeof v === 'number' || v instanceof String || v instanceof Number;
            const asStr = replacer.filter(keyToStr).map(String);
            if (asStr.length > 0)
                replacer = replacer.concat(asStr);
            _replacer = replacer;
        }
        else if (options === undefined && replacer) {
            options = replacer;
            replacer = undefined;
        }
        const { aliasDuplicateObjects, anchorPrefix, flow, keepUndefined, onTagObj, tag } = options ?? {};
        const { onAnchor, setAnchors, sourceObjects } = anchors.createNodeAnchors(this, 
        // eslint-disable-next-line @typescript-eslint/prefer-nullish-coalescing
        anchorPrefix || 'a');
        const ctx = {
            aliasDuplicateObjects: aliasDuplicateObjects ?? true,
            keepUndefined: keepUndefined ?? false,
            onAnchor,
            onTagObj,
            replacer: _replacer,
            schema: this.schema,
            sourceObjects
        };
        const node = createNode.createNode(value, tag, ctx);
        if (flow && identity.isCollection(node))
            node.flow = true;
        setAnchors();
        return node;
    }
    /**
     * Convert a key and a value into a `Pair` using the current schema,
     * recursively wrapping all values as `Scalar` or `Collection` nodes.
     */
    createPair(key, value, options = {}) {
        const k = this.createNode(key, null, options);
        const v = this.createNode(value, null, options);
        return new Pair.Pair(k, v);
    }
    /**
     * Removes a value from the document.
     * @returns `true` if the item was found and removed.
     */
    delete(key) {
        return assertCollection(this.contents) ? this.contents.delete(key) : false;
    }
    /**
     * Removes a value from the document.
     * @returns `true` if the item was found and removed.
     */
    deleteIn(path) {
        if (Collection.isEmptyPath(path)) {
            if (this.contents == null)
                return false;
            // @ts-expect-error Presumed impossible if Strict extends false
            this.contents = null;
            return true;
        }
        return assertCollection(this.contents)
            ? this.contents.deleteIn(path)
            : false;
    }
    /**
     * Returns item at `key`, or `undefined` if not found. By default unwraps
     * scalar values from their surrounding node; to disable set `keepScalar` to
     * `true` (collections are always returned intact).
     */
    get(key, keepScalar) {
        return identity.isCollection(this.contents)
            ? this.contents.get(key, keepScalar)
            : undefined;
    }
    /**
     * Returns item at `path`, or `undefined` if not found. By default unwraps
     * scalar values from their surrounding node; to disable set `keepScalar` to
     * `true` (collections are always returned intact).
     */
    getIn(path, keepScalar) {
        if (Collection.isEmptyPath(path))
            return !keepScalar && identity.isScalar(this.contents)
                ? this.contents.value
                : this.contents;
        return identity.isCollection(this.contents)
            ? this.contents.getIn(path, keepScalar)
            : undefined;
    }
    /**
     * Checks if the document includes a value with the key `key`.
     */
    has(key) {
        return identity.isCollection(this.contents) ? this.contents.has(key) : false;
    }
    /**
     * Checks if the document includes a value at `path`.
     */
    hasIn(path) {
        if (Collection.isEmptyPath(path))
            return this.contents !== undefined;
        return identity.isCollection(this.contents) ? this.contents.hasIn(path) : false;
    }
    /**
     * Sets a value in this document. For `!!set`, `value` needs to be a
     * boolean to add/remove the item from the set.
     */
    set(key, value) {
        if (this.contents == null) {
            // @ts-expect-error We can't really know that this matches Contents.
            this.contents = Collection.collectionFromPath(this.schema, [key], value);
        }
        else if (assertCollection(this.contents)) {
            this.contents.set(key, value);
        }
    }
    /**
     * Sets a value in this document. For `!!set`, `value` needs to be a
     * boolean to add/remove the item from the set.
     */
    setIn(path, value) {
        if (Collection.isEmptyPath(path)) {
            // @ts-expect-error We can't really know that this matches Contents.
            this.contents = value;
        }
        else if (this.contents == null) {
            // @ts-expect-error We can't really know that this matches Contents.
            this.contents = Collection.collectionFromPath(this.schema, Array.from(path), value);
        }
        else if (assertCollection(this.contents)) {
            this.contents.setIn(path, value);
        }
    }
    /**
     * Change the YAML version and schema used by the document.
     * A `null` version disables support for directives, explicit tags, anchors, and aliases.
     * It also requires the `schema` option to be given as a `Schema` instance value.
     *
     * Overrides all previously set schema options.
     */
    setSchema(version, options = {}) {
        if (typeof version === 'number')
            version = String(version);
        let opt;
        switch (version) {
            case '1.1':
                if (this.directives)
                    this.directives.yaml.version = '1.1';
                else
                    this.directives = new directives.Directives({ version: '1.1' });
                opt = { resolveKnownTags: false, schema: 'yaml-1.1' };
                break;
            case '1.2':
            case 'next':
                if (this.directives)
                    this.directives.yaml.version = version;
                else
                    this.directives = new directives.Directives({ version });
                opt = { resolveKnownTags: true, schema: 'core' };
                break;
            case null:
                if (this.directives)
                    delete this.directives;
                opt = null;
                break;
            default: {
                const sv = JSON.stringify(version);
                throw new Error(`Expected '1.1', '1.2' or null as first argument, but found: ${sv}`);
            }
        }
        // Not using `instanceof Schema` to allow for duck typing
        if (options.schema instanceof Object)
            this.schema = options.schema;
        else if (opt)
            this.schema = new Schema.Schema(Object.assign(opt, options));
        else
            throw new Error(`With a null YAML version, the { schema: Schema } option is required`);
    }
    // json & jsonArg are only used from toJSON()
    toJS({ json, jsonArg, mapAsMap, maxAliasCount, onAnchor, reviver } = {}) {
        const ctx = {
            anchors: new Map(),
            doc: this,
            keep: !json,
            mapAsMap: mapAsMap === true,
            mapKeyWarned: false,
            maxAliasCount: typeof maxAliasCount === 'number' ? maxAliasCount : 100
        };
        const res = toJS.toJS(this.contents, jsonArg ?? '', ctx);
        if (typeof onAnchor === 'function')
            for (const { count, res } of ctx.anchors.values())
                onAnchor(res, count);
        return typeof reviver === 'function'
            ? applyReviver.applyReviver(reviver, { '': res }, '', res)
            : res;
    }
    /**
     * A JSON representation of the document `contents`.
     *
     * @param jsonArg Used by `JSON.stringify` to indicate the array index or
     *   property name.
     */
    toJSON(jsonArg, onAnchor) {
        return this.toJS({ json: true, jsonArg, mapAsMap: false, onAnchor });
    }
    /** A YAML representation of the document. */
    toString(options = {}) {
        if (this.errors.length > 0)
            throw new Error('Document with errors cannot be stringified');
        if ('indent' in options &&
            (!Number.isInteger(options.indent) || Number(options.indent) <= 0)) {
            const s = JSON.stringify(options.indent);
            throw new Error(`"indent" option must be a positive integer, not ${s}`);
        }
        return stringifyDocument.stringifyDocument(this, options);
    }
}
function assertCollection(contents) {
    if (identity.isCollection(contents))
        return true;
    throw new Error('Expected a YAML collection as document contents');
}

exports.Document = Document;


/***/ }),

/***/ 1596:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var visit = __nccwpck_require__(204);

/**
 * Verify that the input string is a valid anchor.
 *
 * Will throw on errors.
 */
function anchorIsValid(anchor) {
    if (/[\x00-\x19\s,[\]{}]/.test(anchor)) {
        const sa = JSON.stringify(anchor);
        const msg = `Anchor must not contain whitespace or control characters: ${sa}`;
        throw new Error(msg);
    }
    return true;
}
function anchorNames(root) {
    const anchors = new Set();
    visit.visit(root, {
        Value(_key, node) {
            if (node.anchor)
                anchors.add(node.anchor);
        }
    });
    return anchors;
}
/** Find a new anchor name with the given `prefix` and a one-indexed suffix. */
function findNewAnchor(prefix, exclude) {
    for (let i = 1; true; ++i) {
        const name = `${prefix}${i}`;
        if (!exclude.has(name))
            return name;
    }
}
function createNodeAnchors(doc, prefix) {
    const aliasObjects = [];
    const sourceObjects = new Map();
    let prevAnchors = null;
    return {
        onAnchor: (source) => {
            aliasObjects.push(source);
            prevAnchors ?? (prevAnchors = anchorNames(doc));
            const anchor = findNewAnchor(prefix, prevAnchors);
            prevAnchors.add(anchor);
            return anchor;
        },
        /**
         * With circular references, the source node is only resolved after all
         * of its child nodes are. This is why anchors are set only after all of
         * the nodes have been created.
         */
        setAnchors: () => {
            for (const source of aliasObjects) {
                const ref = sourceObjects.get(source);
                if (typeof ref === 'object' &&
                    ref.anchor &&
                    (identity.isScalar(ref.node) || identity.isCollection(ref.node))) {
                    ref.node.anchor = ref.anchor;
                }
                else {
                    const error = new Error('Failed to resolve repeated object (this should not happen)');
                    error.source = source;
                    throw error;
                }
            }
        },
        sourceObjects
    };
}

exports.anchorIsValid = anchorIsValid;
exports.anchorNames = anchorNames;
exports.createNodeAnchors = createNodeAnchors;
exports.findNewAnchor = findNewAnchor;


/***/ }),

/***/ 3661:
/***/ ((__unused_webpack_module, exports) => {



/**
 * Applies the JSON.parse reviver algorithm as defined in the ECMA-262 spec,
 * in section 24.5.1.1 "Runtime Semantics: InternalizeJSONProperty" of the
 * 2021 edition: https://tc39.es/ecma262/#sec-json.parse
 *
 * Includes extensions for handling Map and Set objects.
 */
function applyReviver(reviver, obj, key, val) {
    if (val && typeof val === 'object') {
        if (Array.isArray(val)) {
            for (let i = 0, len = val.length; i < len; ++i) {
                const v0 = val[i];
                const v1 = applyReviver(reviver, val, String(i), v0);
                // eslint-disable-next-line @typescript-eslint/no-array-delete
                if (v1 === undefined)
                    delete val[i];
                else if (v1 !== v0)
                    val[i] = v1;
            }
        }
        else if (val instanceof Map) {
            for (const k of Array.from(val.keys())) {
                const v0 = val.get(k);
                const v1 = applyReviver(reviver, val, k, v0);
                if (v1 === undefined)
                    val.delete(k);
                else if (v1 !== v0)
                    val.set(k, v1);
            }
        }
        else if (val instanceof Set) {
            for (const v0 of Array.from(val)) {
                const v1 = applyReviver(reviver, val, v0, v0);
                if (v1 === undefined)
                    val.delete(v0);
                else if (v1 !== v0) {
                    val.delete(v0);
                    val.add(v1);
                }
            }
        }
        else {
            for (const [k, v0] of Object.entries(val)) {
                const v1 = applyReviver(reviver, val, k, v0);
                if (v1 === undefined)
                    delete val[k];
                else if (v1 !== v0)
                    val[k] = v1;
            }
        }
    }
    return reviver.call(obj, key, val);
}

exports.applyReviver = applyReviver;


/***/ }),

/***/ 2404:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Alias = __nccwpck_require__(4065);
var identity = __nccwpck_require__(1127);
var Scalar = __nccwpck_require__(3301);

const defaultTagPrefix = 'tag:yaml.org,2002:';
function findTagObject(value, tagName, tags) {
    if (tagName) {
        const match = tags.filter(t => t.tag === tagName);
        const tagObj = match.find(t => !t.format) ?? match[0];
        if (!tagObj)
            throw new Error(`Tag ${tagName} not found`);
        return tagObj;
    }
    return tags.find(t => t.identify?.(value) && !t.format);
}
function createNode(value, tagName, ctx) {
    if (identity.isDocument(value))
        value = value.contents;
    if (identity.isNode(value))
        return value;
    if (identity.isPair(value)) {
        const map = ctx.schema[identity.MAP].createNode?.(ctx.schema, null, ctx);
        map.items.push(value);
        return map;
    }
    if (value instanceof String ||
        value instanceof Number ||
        value instanceof Boolean ||
        (typeof BigInt !== 'undefined' && value instanceof BigInt) // not supported everywhere
    ) {
        // https://tc39.es/ecma262/#sec-serializejsonproperty
        value = value.valueOf();
    }
    const { aliasDuplicateObjects, onAnchor, onTagObj, schema, sourceObjects } = ctx;
    // Detect duplicate references to the same object & use Alias nodes for all
    // after first. The `ref` wrapper allows for circular references to resolve.
    let ref = undefined;
    if (aliasDuplicateObjects && value && typeof value === 'object') {
        ref = sourceObjects.get(value);
        if (ref) {
            ref.anchor ?? (ref.anchor = onAnchor(value));
            return new Alias.Alias(ref.anchor);
        }
        else {
            ref = { anchor: null, node: null };
            sourceObjects.set(value, ref);
        }
    }
    if (tagName?.startsWith('!!'))
        tagName = defaultTagPrefix + tagName.slice(2);
    let tagObj = findTagObject(value, tagName, schema.tags);
    if (!tagObj) {
        if (value && typeof value.toJSON === 'function') {
            // eslint-disable-next-line @typescript-eslint/no-unsafe-call
            value = value.toJSON();
        }
        if (!value || typeof value !== 'object') {
            const node = new Scalar.Scalar(value);
            if (ref)
                ref.node = node;
            return node;
        }
        tagObj =
            value instanceof Map
                ? schema[identity.MAP]
                : Symbol.iterator in Object(value)
                    ? schema[identity.SEQ]
                    : schema[identity.MAP];
    }
    if (onTagObj) {
        onTagObj(tagObj);
        delete ctx.onTagObj;
    }
    const node = tagObj?.createNode
        ? tagObj.createNode(ctx.schema, value, ctx)
        : typeof tagObj?.nodeClass?.from === 'function'
            ? tagObj.nodeClass.from(ctx.schema, value, ctx)
            : new Scalar.Scalar(value);
    if (tagName)
        node.tag = tagName;
    else if (!tagObj.default)
        node.tag = tagObj.tag;
    if (ref)
        ref.node = node;
    return node;
}

exports.createNode = createNode;


/***/ }),

/***/ 1342:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var visit = __nccwpck_require__(204);

const escapeChars = {
    '!': '%21',
    ',': '%2C',
    '[': '%5B',
    ']': '%5D',
    '{': '%7B',
    '}': '%7D'
};
const escapeTagName = (tn) => tn.replace(/[!,[\]{}]/g, ch => escapeChars[ch]);
class Directives {
    constructor(yaml, tags) {
        /**
         * The directives-end/doc-start marker `---`. If `null`, a marker may still be
         * included in the document's stringified representation.
         */
        this.docStart = null;
        /** The doc-end marker `...`.  */
        this.docEnd = false;
        this.yaml = Object.assign({}, Directives.defaultYaml, yaml);
        this.tags = Object.assign({}, Directives.defaultTags, tags);
    }
    clone() {
        const copy = new Directives(this.yaml, this.tags);
        copy.docStart = this.docStart;
        return copy;
    }
    /**
     * During parsing, get a Directives instance for the current document and
     * update the stream state according to the current version's spec.
     */
    atDocument() {
        const res = new Directives(this.yaml, this.tags);
        switch (this.yaml.version) {
            case '1.1':
                this.atNextDocument = true;
                break;
            case '1.2':
                this.atNextDocument = false;
                this.yaml = {
                    explicit: Directives.defaultYaml.explicit,
                    version: '1.2'
                };
                this.tags = Object.assign({}, Directives.defaultTags);
                break;
        }
        return res;
    }
    /**
     * @param onError - May be called even if the action was successful
     * @returns `true` on success
     */
    add(line, onError) {
        if (this.atNextDocument) {
            this.yaml = { explicit: Directives.defaultYaml.explicit, version: '1.1' };
            this.tags = Object.assign({}, Directives.defaultTags);
            this.atNextDocument = false;
        }
        const parts = line.trim().split(/[ \t]+/);
        const name = parts.shift();
        switch (name) {
            case '%TAG': {
                if (parts.length !== 2) {
                    onError(0, '%TAG directive should contain exactly two parts');
                    if (parts.length < 2)
                        return false;
                }
                const [handle, prefix] = parts;
                this.tags[handle] = prefix;
                return true;
            }
            case '%YAML': {
                this.yaml.explicit = true;
                if (parts.length !== 1) {
                    onError(0, '%YAML directive should contain exactly one part');
                    return false;
                }
                const [version] = parts;
                if (version === '1.1' || version === '1.2') {
                    this.yaml.version = version;
                    return true;
                }
                else {
                    const isValid = /^\d+\.\d+$/.test(version);
                    onError(6, `Unsupported YAML version ${version}`, isValid);
                    return false;
                }
            }
            default:
                onError(0, `Unknown directive ${name}`, true);
                return false;
        }
    }
    /**
     * Resolves a tag, matching handles to those defined in %TAG directives.
     *
     * @returns Resolved tag, which may also be the non-specific tag `'!'` or a
     *   `'!local'` tag, or `null` if unresolvable.
     */
    tagName(source, onError) {
        if (source === '!')
            return '!'; // non-specific tag
        if (source[0] !== '!') {
            onError(`Not a valid tag: ${source}`);
            return null;
        }
        if (source[1] === '<') {
            const verbatim = source.slice(2, -1);
            if (verbatim === '!' || verbatim === '!!') {
                onError(`Verbatim tags aren't resolved, so ${source} is invalid.`);
                return null;
            }
            if (source[source.length - 1] !== '>')
                onError('Verbatim tags must end with a >');
            return verbatim;
        }
        const [, handle, suffix] = source.match(/^(.*!)([^!]*)$/s);
        if (!suffix)
            onError(`The ${source} tag has no suffix`);
        const prefix = this.tags[handle];
        if (prefix) {
            try {
                return prefix + decodeURIComponent(suffix);
            }
            catch (error) {
                onError(String(error));
                return null;
            }
        }
        if (handle === '!')
            return source; // local tag
        onError(`Could not resolve tag: ${source}`);
        return null;
    }
    /**
     * Given a fully resolved tag, returns its printable string form,
     * taking into account current tag prefixes and defaults.
     */
    tagString(tag) {
        for (const [handle, prefix] of Object.entries(this.tags)) {
            if (tag.startsWith(prefix))
                return handle + escapeTagName(tag.substring(prefix.length));
        }
        return tag[0] === '!' ? tag : `!<${tag}>`;
    }
    toString(doc) {
        const lines = this.yaml.explicit
            ? [`%YAML ${this.yaml.version || '1.2'}`]
            : [];
        const tagEntries = Object.entries(this.tags);
        let tagNames;
        if (doc && tagEntries.length > 0 && identity.isNode(doc.contents)) {
            const tags = {};
            visit.visit(doc.contents, (_key, node) => {
                if (identity.isNode(node) && node.tag)
                    tags[node.tag] = true;
            });
            tagNames = Object.keys(tags);
        }
        else
            tagNames = [];
        for (const [handle, prefix] of tagEntries) {
            if (handle === '!!' && prefix === 'tag:yaml.org,2002:')
                continue;
            if (!doc || tagNames.some(tn => tn.startsWith(prefix)))
                lines.push(`%TAG ${handle} ${prefix}`);
        }
        return lines.join('\n');
    }
}
Directives.defaultYaml = { explicit: false, version: '1.2' };
Directives.defaultTags = { '!!': 'tag:yaml.org,2002:' };

exports.Directives = Directives;


/***/ }),

/***/ 1464:
/***/ ((__unused_webpack_module, exports) => {



class YAMLError extends Error {
    constructor(name, pos, code, message) {
        super();
        this.name = name;
        this.code = code;
        this.message = message;
        this.pos = pos;
    }
}
class YAMLParseError extends YAMLError {
    constructor(pos, code, message) {
        super('YAMLParseError', pos, code, message);
    }
}
class YAMLWarning extends YAMLError {
    constructor(pos, code, message) {
        super('YAMLWarning', pos, code, message);
    }
}
const prettifyError = (src, lc) => (error) => {
    if (error.pos[0] === -1)
        return;
    error.linePos = error.pos.map(pos => lc.linePos(pos));
    const { line, col } = error.linePos[0];
    error.message += ` at line ${line}, column ${col}`;
    let ci = col - 1;
    let lineStr = src
        .substring(lc.lineStarts[line - 1], lc.lineStarts[line])
        .replace(/[\n\r]+$/, '');
    // Trim to max 80 chars, keeping col position near the middle
    if (ci >= 60 && lineStr.length > 80) {
        const trimStart = Math.min(ci - 39, lineStr.length - 79);
        lineStr = '\u2026' + lineStr.substring(trimStart);
        ci -= trimStart - 1;
    }
    if (lineStr.length > 80)
        lineStr = lineStr.substring(0, 79) + '\u2026';
    // Include previous line in context if pointing at line start
    if (line > 1 && /^ *$/.test(lineStr.substring(0, ci))) {
        // Regexp won't match if start is trimmed
        let prev = src.substring(lc.lineStarts[line - 2], lc.lineStarts[line - 1]);
        if (prev.length > 80)
            prev = prev.substring(0, 79) + '\u2026\n';
        lineStr = prev + lineStr;
    }
    if (/[^ ]/.test(lineStr)) {
        let count = 1;
        const end = error.linePos[1];
        if (end?.line === line && end.col > col) {
            count = Math.max(1, Math.min(end.col - col, 80 - ci));
        }
        const pointer = ' '.repeat(ci) + '^'.repeat(count);
        error.message += `:\n\n${lineStr}\n${pointer}\n`;
    }
};

exports.YAMLError = YAMLError;
exports.YAMLParseError = YAMLParseError;
exports.YAMLWarning = YAMLWarning;
exports.prettifyError = prettifyError;


/***/ }),

/***/ 8815:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

var __webpack_unused_export__;


var composer = __nccwpck_require__(9984);
var Document = __nccwpck_require__(3021);
var Schema = __nccwpck_require__(5840);
var errors = __nccwpck_require__(1464);
var Alias = __nccwpck_require__(4065);
var identity = __nccwpck_require__(1127);
var Pair = __nccwpck_require__(7165);
var Scalar = __nccwpck_require__(3301);
var YAMLMap = __nccwpck_require__(4454);
var YAMLSeq = __nccwpck_require__(2223);
var cst = __nccwpck_require__(3461);
var lexer = __nccwpck_require__(361);
var lineCounter = __nccwpck_require__(6628);
var parser = __nccwpck_require__(3456);
var publicApi = __nccwpck_require__(4047);
var visit = __nccwpck_require__(204);



__webpack_unused_export__ = composer.Composer;
__webpack_unused_export__ = Document.Document;
__webpack_unused_export__ = Schema.Schema;
__webpack_unused_export__ = errors.YAMLError;
__webpack_unused_export__ = errors.YAMLParseError;
__webpack_unused_export__ = errors.YAMLWarning;
__webpack_unused_export__ = Alias.Alias;
exports.Vj = identity.isAlias;
__webpack_unused_export__ = identity.isCollection;
__webpack_unused_export__ = identity.isDocument;
exports.jh = identity.isMap;
__webpack_unused_export__ = identity.isNode;
__webpack_unused_export__ = identity.isPair;
exports.jn = identity.isScalar;
exports.oP = identity.isSeq;
__webpack_unused_export__ = Pair.Pair;
exports.X5 = Scalar.Scalar;
__webpack_unused_export__ = YAMLMap.YAMLMap;
__webpack_unused_export__ = YAMLSeq.YAMLSeq;
__webpack_unused_export__ = cst;
__webpack_unused_export__ = lexer.Lexer;
exports.HN = lineCounter.LineCounter;
__webpack_unused_export__ = parser.Parser;
__webpack_unused_export__ = publicApi.parse;
exports.hR = publicApi.parseAllDocuments;
__webpack_unused_export__ = publicApi.parseDocument;
__webpack_unused_export__ = publicApi.stringify;
__webpack_unused_export__ = visit.visit;
__webpack_unused_export__ = visit.visitAsync;


/***/ }),

/***/ 7249:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var node_process = __nccwpck_require__(932);

function debug(logLevel, ...messages) {
    if (logLevel === 'debug')
        console.log(...messages);
}
function warn(logLevel, warning) {
    if (logLevel === 'debug' || logLevel === 'warn') {
        if (typeof node_process.emitWarning === 'function')
            node_process.emitWarning(warning);
        else
            console.warn(warning);
    }
}

exports.debug = debug;
exports.warn = warn;


/***/ }),

/***/ 4065:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var anchors = __nccwpck_require__(1596);
var visit = __nccwpck_require__(204);
var identity = __nccwpck_require__(1127);
var Node = __nccwpck_require__(6673);
var toJS = __nccwpck_require__(4043);

class Alias extends Node.NodeBase {
    constructor(source) {
        super(identity.ALIAS);
        this.source = source;
        Object.defineProperty(this, 'tag', {
            set() {
                throw new Error('Alias nodes cannot have tags');
            }
        });
    }
    /**
     * Resolve the value of this alias within `doc`, finding the last
     * instance of the `source` anchor before this node.
     */
    resolve(doc, ctx) {
        if (ctx?.maxAliasCount === 0)
            throw new ReferenceError('Alias resolution is disabled');
        let nodes;
        if (ctx?.aliasResolveCache) {
            nodes = ctx.aliasResolveCache;
        }
        else {
            nodes = [];
            visit.visit(doc, {
                Node: (_key, node) => {
                    if (identity.isAlias(node) || identity.hasAnchor(node))
                        nodes.push(node);
                }
            });
            if (ctx)
                ctx.aliasResolveCache = nodes;
        }
        let found = undefined;
        for (const node of nodes) {
            if (node === this)
                break;
            if (node.anchor === this.source)
                found = node;
        }
        if (found && ctx) {
            const { anchors, doc, maxAliasCount } = ctx;
            let data = anchors.get(found);
            if (!data) {
                // Resolve anchors for Node.prototype.toJS()
                toJS.toJS(found, null, ctx);
                data = anchors.get(found);
            }
            /* istanbul ignore if */
            if (data?.res === undefined) {
                const msg = 'This should not happen: Alias anchor was not resolved?';
                throw new ReferenceError(msg);
            }
            if (maxAliasCount >= 0) {
                data.count += 1;
                if (data.aliasCount === 0)
                    data.aliasCount = getAliasCount(doc, found, anchors);
                if (data.count * data.aliasCount > maxAliasCount) {
                    const msg = 'Excessive alias count indicates a resource exhaustion attack';
                    throw new ReferenceError(msg);
                }
            }
        }
        return found;
    }
    toJSON(_arg, ctx) {
        if (!ctx)
            return { source: this.source };
        const source = this.resolve(ctx.doc, ctx);
        if (!source) {
            const msg = `Unresolved alias (the anchor must be set before the alias): ${this.source}`;
            throw new ReferenceError(msg);
        }
        return ctx.anchors.get(source).res;
    }
    toString(ctx, _onComment, _onChompKeep) {
        const src = `*${this.source}`;
        if (ctx) {
            anchors.anchorIsValid(this.source);
            if (ctx.options.verifyAliasOrder && !ctx.anchors.has(this.source)) {
                const msg = `Unresolved alias (the anchor must be set before the alias): ${this.source}`;
                throw new Error(msg);
            }
            if (ctx.implicitKey)
                return `${src} `;
        }
        return src;
    }
}
function getAliasCount(doc, node, anchors) {
    if (identity.isAlias(node)) {
        const source = node.resolve(doc);
        const anchor = anchors && source && anchors.get(source);
        return anchor ? anchor.count * anchor.aliasCount : 0;
    }
    else if (identity.isCollection(node)) {
        let count = 0;
        for (const item of node.items) {
            const c = getAliasCount(doc, item, anchors);
            if (c > count)
                count = c;
        }
        return count;
    }
    else if (identity.isPair(node)) {
        const kc = getAliasCount(doc, node.key, anchors);
        const vc = getAliasCount(doc, node.value, anchors);
        return Math.max(kc, vc);
    }
    return 1;
}

exports.Alias = Alias;


/***/ }),

/***/ 101:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var createNode = __nccwpck_require__(2404);
var identity = __nccwpck_require__(1127);
var Node = __nccwpck_require__(6673);

function collectionFromPath(schema, path, value) {
    let v = value;
    for (let i = path.length - 1; i >= 0; --i) {
        const k = path[i];
        if (typeof k === 'number' && Number.isInteger(k) && k >= 0) {
            const a = [];
            a[k] = v;
            v = a;
        }
        else {
            v = new Map([[k, v]]);
        }
    }
    return createNode.createNode(v, undefined, {
        aliasDuplicateObjects: false,
        keepUndefined: false,
        onAnchor: () => {
            throw new Error('This should not happen, please report a bug.');
        },
        schema,
        sourceObjects: new Map()
    });
}
// Type guard is intentionally a little wrong so as to be more useful,
// as it does not cover untypable empty non-string iterables (e.g. []).
const isEmptyPath = (path) => path == null ||
    (typeof path === 'object' && !!path[Symbol.iterator]().next().done);
class Collection extends Node.NodeBase {
    constructor(type, schema) {
        super(type);
        Object.defineProperty(this, 'schema', {
            value: schema,
            configurable: true,
            enumerable: false,
            writable: true
        });
    }
    /**
     * Create a copy of this collection.
     *
     * @param schema - If defined, overwrites the original's schema
     */
    clone(schema) {
        const copy = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this));
        if (schema)
            copy.schema = schema;
        copy.items = copy.items.map(it => identity.isNode(it) || identity.isPair(it) ? it.clone(schema) : it);
        if (this.range)
            copy.range = this.range.slice();
        return copy;
    }
    /**
     * Adds a value to the collection. For `!!map` and `!!omap` the value must
     * be a Pair instance or a `{ key, value }` object, which may not have a key
     * that already exists in the map.
     */
    addIn(path, value) {
        if (isEmptyPath(path))
            this.add(value);
        else {
            const [key, ...rest] = path;
            const node = this.get(key, true);
            if (identity.isCollection(node))
                node.addIn(rest, value);
            else if (node === undefined && this.schema)
                this.set(key, collectionFromPath(this.schema, rest, value));
            else
                throw new Error(`Expected YAML collection at ${key}. Remaining path: ${rest}`);
        }
    }
    /**
     * Removes a value from the collection.
     * @returns `true` if the item was found and removed.
     */
    deleteIn(path) {
        const [key, ...rest] = path;
        if (rest.length === 0)
            return this.delete(key);
        const node = this.get(key, true);
        if (identity.isCollection(node))
            return node.deleteIn(rest);
        else
            throw new Error(`Expected YAML collection at ${key}. Remaining path: ${rest}`);
    }
    /**
     * Returns item at `key`, or `undefined` if not found. By default unwraps
     * scalar values from their surrounding node; to disable set `keepScalar` to
     * `true` (collections are always returned intact).
     */
    getIn(path, keepScalar) {
        const [key, ...rest] = path;
        const node = this.get(key, true);
        if (rest.length === 0)
            return !keepScalar && identity.isScalar(node) ? node.value : node;
        else
            return identity.isCollection(node) ? node.getIn(rest, keepScalar) : undefined;
    }
    hasAllNullValues(allowScalar) {
        return this.items.every(node => {
            if (!identity.isPair(node))
                return false;
            const n = node.value;
            return (n == null ||
                (allowScalar &&
                    identity.isScalar(n) &&
                    n.value == null &&
                    !n.commentBefore &&
                    !n.comment &&
                    !n.tag));
        });
    }
    /**
     * Checks if the collection includes a value with the key `key`.
     */
    hasIn(path) {
        const [key, ...rest] = path;
        if (rest.length === 0)
            return this.has(key);
        const node = this.get(key, true);
        return identity.isCollection(node) ? node.hasIn(rest) : false;
    }
    /**
     * Sets a value in this collection. For `!!set`, `value` needs to be a
     * boolean to add/remove the item from the set.
     */
    setIn(path, value) {
        const [key, ...rest] = path;
        if (rest.length === 0) {
            this.set(key, value);
        }
        else {
            const node = this.get(key, true);
            if (identity.isCollection(node))
                node.setIn(rest, value);
            else if (node === undefined && this.schema)
                this.set(key, collectionFromPath(this.schema, rest, value));
            else
                throw new Error(`Expected YAML collection at ${key}. Remaining path: ${rest}`);
        }
    }
}

exports.Collection = Collection;
exports.collectionFromPath = collectionFromPath;
exports.isEmptyPath = isEmptyPath;


/***/ }),

/***/ 6673:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var applyReviver = __nccwpck_require__(3661);
var identity = __nccwpck_require__(1127);
var toJS = __nccwpck_require__(4043);

class NodeBase {
    constructor(type) {
        Object.defineProperty(this, identity.NODE_TYPE, { value: type });
    }
    /** Create a copy of this node.  */
    clone() {
        const copy = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this));
        if (this.range)
            copy.range = this.range.slice();
        return copy;
    }
    /** A plain JavaScript representation of this node. */
    toJS(doc, { mapAsMap, maxAliasCount, onAnchor, reviver } = {}) {
        if (!identity.isDocument(doc))
            throw new TypeError('A document argument is required');
        const ctx = {
            anchors: new Map(),
            doc,
            keep: true,
            mapAsMap: mapAsMap === true,
            mapKeyWarned: false,
            maxAliasCount: typeof maxAliasCount === 'number' ? maxAliasCount : 100
        };
        const res = toJS.toJS(this, '', ctx);
        if (typeof onAnchor === 'function')
            for (const { count, res } of ctx.anchors.values())
                onAnchor(res, count);
        return typeof reviver === 'function'
            ? applyReviver.applyReviver(reviver, { '': res }, '', res)
            : res;
    }
}

exports.NodeBase = NodeBase;


/***/ }),

/***/ 7165:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var createNode = __nccwpck_require__(2404);
var stringifyPair = __nccwpck_require__(9748);
var addPairToJSMap = __nccwpck_require__(7104);
var identity = __nccwpck_require__(1127);

function createPair(key, value, ctx) {
    const k = createNode.createNode(key, undefined, ctx);
    const v = createNode.createNode(value, undefined, ctx);
    return new Pair(k, v);
}
class Pair {
    constructor(key, value = null) {
        Object.defineProperty(this, identity.NODE_TYPE, { value: identity.PAIR });
        this.key = key;
        this.value = value;
    }
    clone(schema) {
        let { key, value } = this;
        if (identity.isNode(key))
            key = key.clone(schema);
        if (identity.isNode(value))
            value = value.clone(schema);
        return new Pair(key, value);
    }
    toJSON(_, ctx) {
        const pair = ctx?.mapAsMap ? new Map() : {};
        return addPairToJSMap.addPairToJSMap(ctx, pair, this);
    }
    toString(ctx, onComment, onChompKeep) {
        return ctx?.doc
            ? stringifyPair.stringifyPair(this, ctx, onComment, onChompKeep)
            : JSON.stringify(this);
    }
}

exports.Pair = Pair;
exports.createPair = createPair;


/***/ }),

/***/ 3301:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Node = __nccwpck_require__(6673);
var toJS = __nccwpck_require__(4043);

const isScalarValue = (value) => !value || (typeof value !== 'function' && typeof value !== 'object');
class Scalar extends Node.NodeBase {
    constructor(value) {
        super(identity.SCALAR);
        this.value = value;
    }
    toJSON(arg, ctx) {
        return ctx?.keep ? this.value : toJS.toJS(this.value, arg, ctx);
    }
    toString() {
        return String(this.value);
    }
}
Scalar.BLOCK_FOLDED = 'BLOCK_FOLDED';
Scalar.BLOCK_LITERAL = 'BLOCK_LITERAL';
Scalar.PLAIN = 'PLAIN';
Scalar.QUOTE_DOUBLE = 'QUOTE_DOUBLE';
Scalar.QUOTE_SINGLE = 'QUOTE_SINGLE';

exports.Scalar = Scalar;
exports.isScalarValue = isScalarValue;


/***/ }),

/***/ 4454:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var stringifyCollection = __nccwpck_require__(1212);
var addPairToJSMap = __nccwpck_require__(7104);
var Collection = __nccwpck_require__(101);
var identity = __nccwpck_require__(1127);
var Pair = __nccwpck_require__(7165);
var Scalar = __nccwpck_require__(3301);

function findPair(items, key) {
    const k = identity.isScalar(key) ? key.value : key;
    for (const it of items) {
        if (identity.isPair(it)) {
            if (it.key === key || it.key === k)
                return it;
            if (identity.isScalar(it.key) && it.key.value === k)
                return it;
        }
    }
    return undefined;
}
class YAMLMap extends Collection.Collection {
    static get tagName() {
        return 'tag:yaml.org,2002:map';
    }
    constructor(schema) {
        super(identity.MAP, schema);
        this.items = [];
    }
    /**
     * A generic collection parsing method that can be extended
     * to other node classes that inherit from YAMLMap
     */
    static from(schema, obj, ctx) {
        const { keepUndefined, replacer } = ctx;
        const map = new this(schema);
        const add = (key, value) => {
            if (typeof replacer === 'function')
                value = replacer.call(obj, key, value);
            else if (Array.isArray(replacer) && !replacer.includes(key))
                return;
            if (value !== undefined || keepUndefined)
                map.items.push(Pair.createPair(key, value, ctx));
        };
        if (obj instanceof Map) {
            for (const [key, value] of obj)
                add(key, value);
        }
        else if (obj && typeof obj === 'object') {
            for (const key of Object.keys(obj))
                add(key, obj[key]);
        }
        if (typeof schema.sortMapEntries === 'function') {
            map.items.sort(schema.sortMapEntries);
        }
        return map;
    }
    /**
     * Adds a value to the collection.
     *
     * @param overwrite - If not set `true`, using a key that is already in the
     *   collection will throw. Otherwise, overwrites the previous value.
     */
    add(pair, overwrite) {
        let _pair;
        if (identity.isPair(pair))
            _pair = pair;
        else if (!pair || typeof pair !== 'object' || !('key' in pair)) {
            // In TypeScript, this never happens.
            _pair = new Pair.Pair(pair, pair?.value);
        }
        else
            _pair = new Pair.Pair(pair.key, pair.value);
        const prev = findPair(this.items, _pair.key);
        const sortEntries = this.schema?.sortMapEntries;
        if (prev) {
            if (!overwrite)
                throw new Error(`Key ${_pair.key} already set`);
            // For scalars, keep the old node & its comments and anchors
            if (identity.isScalar(prev.value) && Scalar.isScalarValue(_pair.value))
                prev.value.value = _pair.value;
            else
                prev.value = _pair.value;
        }
        else if (sortEntries) {
            const i = this.items.findIndex(item => sortEntries(_pair, item) < 0);
            if (i === -1)
                this.items.push(_pair);
            else
                this.items.splice(i, 0, _pair);
        }
        else {
            this.items.push(_pair);
        }
    }
    delete(key) {
        const it = findPair(this.items, key);
        if (!it)
            return false;
        const del = this.items.splice(this.items.indexOf(it), 1);
        return del.length > 0;
    }
    get(key, keepScalar) {
        const it = findPair(this.items, key);
        const node = it?.value;
        return (!keepScalar && identity.isScalar(node) ? node.value : node) ?? undefined;
    }
    has(key) {
        return !!findPair(this.items, key);
    }
    set(key, value) {
        this.add(new Pair.Pair(key, value), true);
    }
    /**
     * @param ctx - Conversion context, originally set in Document#toJS()
     * @param {Class} Type - If set, forces the returned collection type
     * @returns Instance of Type, Map, or Object
     */
    toJSON(_, ctx, Type) {
        const map = Type ? new Type() : ctx?.mapAsMap ? new Map() : {};
        if (ctx?.onCreate)
            ctx.onCreate(map);
        for (const item of this.items)
            addPairToJSMap.addPairToJSMap(ctx, map, item);
        return map;
    }
    toString(ctx, onComment, onChompKeep) {
        if (!ctx)
            return JSON.stringify(this);
        for (const item of this.items) {
            if (!identity.isPair(item))
                throw new Error(`Map items must all be pairs; found ${JSON.stringify(item)} instead`);
        }
        if (!ctx.allNullValues && this.hasAllNullValues(false))
            ctx = Object.assign({}, ctx, { allNullValues: true });
        return stringifyCollection.stringifyCollection(this, ctx, {
            blockItemPrefix: '',
            flowChars: { start: '{', end: '}' },
            itemIndent: ctx.indent || '',
            onChompKeep,
            onComment
        });
    }
}

exports.YAMLMap = YAMLMap;
exports.findPair = findPair;


/***/ }),

/***/ 2223:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var createNode = __nccwpck_require__(2404);
var stringifyCollection = __nccwpck_require__(1212);
var Collection = __nccwpck_require__(101);
var identity = __nccwpck_require__(1127);
var Scalar = __nccwpck_require__(3301);
var toJS = __nccwpck_require__(4043);

class YAMLSeq extends Collection.Collection {
    static get tagName() {
        return 'tag:yaml.org,2002:seq';
    }
    constructor(schema) {
        super(identity.SEQ, schema);
        this.items = [];
    }
    add(value) {
        this.items.push(value);
    }
    /**
     * Removes a value from the collection.
     *
     * `key` must contain a representation of an integer for this to succeed.
     * It may be wrapped in a `Scalar`.
     *
     * @returns `true` if the item was found and removed.
     */
    delete(key) {
        const idx = asItemIndex(key);
        if (typeof idx !== 'number')
            return false;
        const del = this.items.splice(idx, 1);
        return del.length > 0;
    }
    get(key, keepScalar) {
        const idx = asItemIndex(key);
        if (typeof idx !== 'number')
            return undefined;
        const it = this.items[idx];
        return !keepScalar && identity.isScalar(it) ? it.value : it;
    }
    /**
     * Checks if the collection includes a value with the key `key`.
     *
     * `key` must contain a representation of an integer for this to succeed.
     * It may be wrapped in a `Scalar`.
     */
    has(key) {
        const idx = asItemIndex(key);
        return typeof idx === 'number' && idx < this.items.length;
    }
    /**
     * Sets a value in this collection. For `!!set`, `value` needs to be a
     * boolean to add/remove the item from the set.
     *
     * If `key` does not contain a representation of an integer, this will throw.
     * It may be wrapped in a `Scalar`.
     */
    set(key, value) {
        const idx = asItemIndex(key);
        if (typeof idx !== 'number')
            throw new Error(`Expected a valid index, not ${key}.`);
        const prev = this.items[idx];
        if (identity.isScalar(prev) && Scalar.isScalarValue(value))
            prev.value = value;
        else
            this.items[idx] = value;
    }
    toJSON(_, ctx) {
        const seq = [];
        if (ctx?.onCreate)
            ctx.onCreate(seq);
        let i = 0;
        for (const item of this.items)
            seq.push(toJS.toJS(item, String(i++), ctx));
        return seq;
    }
    toString(ctx, onComment, onChompKeep) {
        if (!ctx)
            return JSON.stringify(this);
        return stringifyCollection.stringifyCollection(this, ctx, {
            blockItemPrefix: '- ',
            flowChars: { start: '[', end: ']' },
            itemIndent: (ctx.indent || '') + '  ',
            onChompKeep,
            onComment
        });
    }
    static from(schema, obj, ctx) {
        const { replacer } = ctx;
        const seq = new this(schema);
        if (obj && Symbol.iterator in Object(obj)) {
            let i = 0;
            for (let it of obj) {
                if (typeof replacer === 'function') {
                    const key = obj instanceof Set ? it : String(i++);
                    it = replacer.call(obj, key, it);
                }
                seq.items.push(createNode.createNode(it, undefined, ctx));
            }
        }
        return seq;
    }
}
function asItemIndex(key) {
    let idx = identity.isScalar(key) ? key.value : key;
    if (idx && typeof idx === 'string')
        idx = Number(idx);
    return typeof idx === 'number' && Number.isInteger(idx) && idx >= 0
        ? idx
        : null;
}

exports.YAMLSeq = YAMLSeq;


/***/ }),

/***/ 7104:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var log = __nccwpck_require__(7249);
var merge = __nccwpck_require__(452);
var stringify = __nccwpck_require__(2148);
var identity = __nccwpck_require__(1127);
var toJS = __nccwpck_require__(4043);

function addPairToJSMap(ctx, map, { key, value }) {
    if (identity.isNode(key) && key.addToJSMap)
        key.addToJSMap(ctx, map, value);
    // TODO: Should drop this special case for bare << handling
    else if (merge.isMergeKey(ctx, key))
        merge.addMergeToJSMap(ctx, map, value);
    else {
        const jsKey = toJS.toJS(key, '', ctx);
        if (map instanceof Map) {
            map.set(jsKey, toJS.toJS(value, jsKey, ctx));
        }
        else if (map instanceof Set) {
            map.add(jsKey);
        }
        else {
            const stringKey = stringifyKey(key, jsKey, ctx);
            const jsValue = toJS.toJS(value, stringKey, ctx);
            if (stringKey in map)
                Object.defineProperty(map, stringKey, {
                    value: jsValue,
                    writable: true,
                    enumerable: true,
                    configurable: true
                });
            else
                map[stringKey] = jsValue;
        }
    }
    return map;
}
function stringifyKey(key, jsKey, ctx) {
    if (jsKey === null)
        return '';
    // eslint-disable-next-line @typescript-eslint/no-base-to-string
    if (typeof jsKey !== 'object')
        return String(jsKey);
    if (identity.isNode(key) && ctx?.doc) {
        const strCtx = stringify.createStringifyContext(ctx.doc, {});
        strCtx.anchors = new Set();
        for (const node of ctx.anchors.keys())
            strCtx.anchors.add(node.anchor);
        strCtx.inFlow = true;
        strCtx.inStringifyKey = true;
        const strKey = key.toString(strCtx);
        if (!ctx.mapKeyWarned) {
            let jsonStr = JSON.stringify(strKey);
            if (jsonStr.length > 40)
                jsonStr = jsonStr.substring(0, 36) + '..."';
            log.warn(ctx.doc.options.logLevel, `Keys with collection values will be stringified due to JS Object restrictions: ${jsonStr}. Set mapAsMap: true to use object keys.`);
            ctx.mapKeyWarned = true;
        }
        return strKey;
    }
    return JSON.stringify(jsKey);
}

exports.addPairToJSMap = addPairToJSMap;


/***/ }),

/***/ 1127:
/***/ ((__unused_webpack_module, exports) => {



const ALIAS = Symbol.for('yaml.alias');
const DOC = Symbol.for('yaml.document');
const MAP = Symbol.for('yaml.map');
const PAIR = Symbol.for('yaml.pair');
const SCALAR = Symbol.for('yaml.scalar');
const SEQ = Symbol.for('yaml.seq');
const NODE_TYPE = Symbol.for('yaml.node.type');
const isAlias = (node) => !!node && typeof node === 'object' && node[NODE_TYPE] === ALIAS;
const isDocument = (node) => !!node && typeof node === 'object' && node[NODE_TYPE] === DOC;
const isMap = (node) => !!node && typeof node === 'object' && node[NODE_TYPE] === MAP;
const isPair = (node) => !!node && typeof node === 'object' && node[NODE_TYPE] === PAIR;
const isScalar = (node) => !!node && typeof node === 'object' && node[NODE_TYPE] === SCALAR;
const isSeq = (node) => !!node && typeof node === 'object' && node[NODE_TYPE] === SEQ;
function isCollection(node) {
    if (node && typeof node === 'object')
        switch (node[NODE_TYPE]) {
            case MAP:
            case SEQ:
                return true;
        }
    return false;
}
function isNode(node) {
    if (node && typeof node === 'object')
        switch (node[NODE_TYPE]) {
            case ALIAS:
            case MAP:
            case SCALAR:
            case SEQ:
                return true;
        }
    return false;
}
const hasAnchor = (node) => (isScalar(node) || isCollection(node)) && !!node.anchor;

exports.ALIAS = ALIAS;
exports.DOC = DOC;
exports.MAP = MAP;
exports.NODE_TYPE = NODE_TYPE;
exports.PAIR = PAIR;
exports.SCALAR = SCALAR;
exports.SEQ = SEQ;
exports.hasAnchor = hasAnchor;
exports.isAlias = isAlias;
exports.isCollection = isCollection;
exports.isDocument = isDocument;
exports.isMap = isMap;
exports.isNode = isNode;
exports.isPair = isPair;
exports.isScalar = isScalar;
exports.isSeq = isSeq;


/***/ }),

/***/ 4043:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);

/**
 * Recursively convert any node or its contents to native JavaScript
 *
 * @param value - The input value
 * @param arg - If `value` defines a `toJSON()` method, use this
 *   as its first argument
 * @param ctx - Conversion context, originally set in Document#toJS(). If
 *   `{ keep: true }` is not set, output should be suitable for JSON
 *   stringification.
 */
function toJS(value, arg, ctx) {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-return
    if (Array.isArray(value))
        return value.map((v, i) => toJS(v, String(i), ctx));
    if (value && typeof value.toJSON === 'function') {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-call
        if (!ctx || !identity.hasAnchor(value))
            return value.toJSON(arg, ctx);
        const data = { aliasCount: 0, count: 1, res: undefined };
        ctx.anchors.set(value, data);
        ctx.onCreate = res => {
            data.res = res;
            delete ctx.onCreate;
        };
        const res = value.toJSON(arg, ctx);
        if (ctx.onCreate)
            ctx.onCreate(res);
        return res;
    }
    if (typeof value === 'bigint' && !ctx?.keep)
        return Number(value);
    return value;
}

exports.toJS = toJS;


/***/ }),

/***/ 110:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var resolveBlockScalar = __nccwpck_require__(8913);
var resolveFlowScalar = __nccwpck_require__(6842);
var errors = __nccwpck_require__(1464);
var stringifyString = __nccwpck_require__(3069);

function resolveAsScalar(token, strict = true, onError) {
    if (token) {
        const _onError = (pos, code, message) => {
            const offset = typeof pos === 'number' ? pos : Array.isArray(pos) ? pos[0] : pos.offset;
            if (onError)
                onError(offset, code, message);
            else
                throw new errors.YAMLParseError([offset, offset + 1], code, message);
        };
        switch (token.type) {
            case 'scalar':
            case 'single-quoted-scalar':
            case 'double-quoted-scalar':
                return resolveFlowScalar.resolveFlowScalar(token, strict, _onError);
            case 'block-scalar':
                return resolveBlockScalar.resolveBlockScalar({ options: { strict } }, token, _onError);
        }
    }
    return null;
}
/**
 * Create a new scalar token with `value`
 *
 * Values that represent an actual string but may be parsed as a different type should use a `type` other than `'PLAIN'`,
 * as this function does not support any schema operations and won't check for such conflicts.
 *
 * @param value The string representation of the value, which will have its content properly indented.
 * @param context.end Comments and whitespace after the end of the value, or after the block scalar header. If undefined, a newline will be added.
 * @param context.implicitKey Being within an implicit key may affect the resolved type of the token's value.
 * @param context.indent The indent level of the token.
 * @param context.inFlow Is this scalar within a flow collection? This may affect the resolved type of the token's value.
 * @param context.offset The offset position of the token.
 * @param context.type The preferred type of the scalar token. If undefined, the previous type of the `token` will be used, defaulting to `'PLAIN'`.
 */
function createScalarToken(value, context) {
    const { implicitKey = false, indent, inFlow = false, offset = -1, type = 'PLAIN' } = context;
    const source = stringifyString.stringifyString({ type, value }, {
        implicitKey,
        indent: indent > 0 ? ' '.repeat(indent) : '',
        inFlow,
        options: { blockQuote: true, lineWidth: -1 }
    });
    const end = context.end ?? [
        { type: 'newline', offset: -1, indent, source: '\n' }
    ];
    switch (source[0]) {
        case '|':
        case '>': {
            const he = source.indexOf('\n');
            const head = source.substring(0, he);
            const body = source.substring(he + 1) + '\n';
            const props = [
                { type: 'block-scalar-header', offset, indent, source: head }
            ];
            if (!addEndtoBlockProps(props, end))
                props.push({ type: 'newline', offset: -1, indent, source: '\n' });
            return { type: 'block-scalar', offset, indent, props, source: body };
        }
        case '"':
            return { type: 'double-quoted-scalar', offset, indent, source, end };
        case "'":
            return { type: 'single-quoted-scalar', offset, indent, source, end };
        default:
            return { type: 'scalar', offset, indent, source, end };
    }
}
/**
 * Set the value of `token` to the given string `value`, overwriting any previous contents and type that it may have.
 *
 * Best efforts are made to retain any comments previously associated with the `token`,
 * though all contents within a collection's `items` will be overwritten.
 *
 * Values that represent an actual string but may be parsed as a different type should use a `type` other than `'PLAIN'`,
 * as this function does not support any schema operations and won't check for such conflicts.
 *
 * @param token Any token. If it does not include an `indent` value, the value will be stringified as if it were an implicit key.
 * @param value The string representation of the value, which will have its content properly indented.
 * @param context.afterKey In most cases, values after a key should have an additional level of indentation.
 * @param context.implicitKey Being within an implicit key may affect the resolved type of the token's value.
 * @param context.inFlow Being within a flow collection may affect the resolved type of the token's value.
 * @param context.type The preferred type of the scalar token. If undefined, the previous type of the `token` will be used, defaulting to `'PLAIN'`.
 */
function setScalarValue(token, value, context = {}) {
    let { afterKey = false, implicitKey = false, inFlow = false, type } = context;
    let indent = 'indent' in token ? token.indent : null;
    if (afterKey && typeof indent === 'number')
        indent += 2;
    if (!type)
        switch (token.type) {
            case 'single-quoted-scalar':
                type = 'QUOTE_SINGLE';
                break;
            case 'double-quoted-scalar':
                type = 'QUOTE_DOUBLE';
                break;
            case 'block-scalar': {
                const header = token.props[0];
                if (header.type !== 'block-scalar-header')
                    throw new Error('Invalid block scalar header');
                type = header.source[0] === '>' ? 'BLOCK_FOLDED' : 'BLOCK_LITERAL';
                break;
            }
            default:
                type = 'PLAIN';
        }
    const source = stringifyString.stringifyString({ type, value }, {
        implicitKey: implicitKey || indent === null,
        indent: indent !== null && indent > 0 ? ' '.repeat(indent) : '',
        inFlow,
        options: { blockQuote: true, lineWidth: -1 }
    });
    switch (source[0]) {
        case '|':
        case '>':
            setBlockScalarValue(token, source);
            break;
        case '"':
            setFlowScalarValue(token, source, 'double-quoted-scalar');
            break;
        case "'":
            setFlowScalarValue(token, source, 'single-quoted-scalar');
            break;
        default:
            setFlowScalarValue(token, source, 'scalar');
    }
}
function setBlockScalarValue(token, source) {
    const he = source.indexOf('\n');
    const head = source.substring(0, he);
    const body = source.substring(he + 1) + '\n';
    if (token.type === 'block-scalar') {
        const header = token.props[0];
        if (header.type !== 'block-scalar-header')
            throw new Error('Invalid block scalar header');
        header.source = head;
        token.source = body;
    }
    else {
        const { offset } = token;
        const indent = 'indent' in token ? token.indent : -1;
        const props = [
            { type: 'block-scalar-header', offset, indent, source: head }
        ];
        if (!addEndtoBlockProps(props, 'end' in token ? token.end : undefined))
            props.push({ type: 'newline', offset: -1, indent, source: '\n' });
        for (const key of Object.keys(token))
            if (key !== 'type' && key !== 'offset')
                delete token[key];
        Object.assign(token, { type: 'block-scalar', indent, props, source: body });
    }
}
/** @returns `true` if last token is a newline */
function addEndtoBlockProps(props, end) {
    if (end)
        for (const st of end)
            switch (st.type) {
                case 'space':
                case 'comment':
                    props.push(st);
                    break;
                case 'newline':
                    props.push(st);
                    return true;
            }
    return false;
}
function setFlowScalarValue(token, source, type) {
    switch (token.type) {
        case 'scalar':
        case 'double-quoted-scalar':
        case 'single-quoted-scalar':
            token.type = type;
            token.source = source;
            break;
        case 'block-scalar': {
            const end = token.props.slice(1);
            let oa = source.length;
            if (token.props[0].type === 'block-scalar-header')
                oa -= token.props[0].source.length;
            for (const tok of end)
                tok.offset += oa;
            delete token.props;
            Object.assign(token, { type, source, end });
            break;
        }
        case 'block-map':
        case 'block-seq': {
            const offset = token.offset + source.length;
            const nl = { type: 'newline', offset, indent: token.indent, source: '\n' };
            delete token.items;
            Object.assign(token, { type, source, end: [nl] });
            break;
        }
        default: {
            const indent = 'indent' in token ? token.indent : -1;
            const end = 'end' in token && Array.isArray(token.end)
                ? token.end.filter(st => st.type === 'space' ||
                    st.type === 'comment' ||
                    st.type === 'newline')
                : [];
            for (const key of Object.keys(token))
                if (key !== 'type' && key !== 'offset')
                    delete token[key];
            Object.assign(token, { type, indent, source, end });
        }
    }
}

exports.createScalarToken = createScalarToken;
exports.resolveAsScalar = resolveAsScalar;
exports.setScalarValue = setScalarValue;


/***/ }),

/***/ 1733:
/***/ ((__unused_webpack_module, exports) => {



/**
 * Stringify a CST document, token, or collection item
 *
 * Fair warning: This applies no validation whatsoever, and
 * simply concatenates the sources in their logical order.
 */
const stringify = (cst) => 'type' in cst ? stringifyToken(cst) : stringifyItem(cst);
function stringifyToken(token) {
    switch (token.type) {
        case 'block-scalar': {
            let res = '';
            for (const tok of token.props)
                res += stringifyToken(tok);
            return res + token.source;
        }
        case 'block-map':
        case 'block-seq': {
            let res = '';
            for (const item of token.items)
                res += stringifyItem(item);
            return res;
        }
        case 'flow-collection': {
            let res = token.start.source;
            for (const item of token.items)
                res += stringifyItem(item);
            for (const st of token.end)
                res += st.source;
            return res;
        }
        case 'document': {
            let res = stringifyItem(token);
            if (token.end)
                for (const st of token.end)
                    res += st.source;
            return res;
        }
        default: {
            let res = token.source;
            if ('end' in token && token.end)
                for (const st of token.end)
                    res += st.source;
            return res;
        }
    }
}
function stringifyItem({ start, key, sep, value }) {
    let res = '';
    for (const st of start)
        res += st.source;
    if (key)
        res += stringifyToken(key);
    if (sep)
        for (const st of sep)
            res += st.source;
    if (value)
        res += stringifyToken(value);
    return res;
}

exports.stringify = stringify;


/***/ }),

/***/ 7715:
/***/ ((__unused_webpack_module, exports) => {



const BREAK = Symbol('break visit');
const SKIP = Symbol('skip children');
const REMOVE = Symbol('remove item');
/**
 * Apply a visitor to a CST document or item.
 *
 * Walks through the tree (depth-first) starting from the root, calling a
 * `visitor` function with two arguments when entering each item:
 *   - `item`: The current item, which included the following members:
 *     - `start: SourceToken[]` \u2013 Source tokens before the key or value,
 *       possibly including its anchor or tag.
 *     - `key?: Token | null` \u2013 Set for pair values. May then be `null`, if
 *       the key before the `:` separator is empty.
 *     - `sep?: SourceToken[]` \u2013 Source tokens between the key and the value,
 *       which should include the `:` map value indicator if `value` is set.
 *     - `value?: Token` \u2013 The value of a sequence item, or of a map pair.
 *   - `path`: The steps from the root to the current node, as an array of
 *     `['key' | 'value', number]` tuples.
 *
 * The return value of the visitor may be used to control the traversal:
 *   - `undefined` (default): Do nothing and continue
 *   - `visit.SKIP`: Do not visit the children of this token, continue with
 *      next sibling
 *   - `visit.BREAK`: Terminate traversal completely
 *   - `visit.REMOVE`: Remove the current item, then continue with the next one
 *   - `number`: Set the index of the next step. This is useful especially if
 *     the index of the current token has changed.
 *   - `function`: Define the next visitor for this item. After the original
 *     visitor is called on item entry, next visitors are called after handling
 *     a non-empty `key` and when exiting the item.
 */
function visit(cst, visitor) {
    if ('type' in cst && cst.type === 'document')
        cst = { start: cst.start, value: cst.value };
    _visit(Object.freeze([]), cst, visitor);
}
// Without the `as symbol` casts, TS declares these in the `visit`
// namespace using `var`, but then complains about that because
// `unique symbol` must be `const`.
/** Terminate visit traversal completely */
visit.BREAK = BREAK;
/** Do not visit the children of the current item */
visit.SKIP = SKIP;
/** Remove the current item */
visit.REMOVE = REMOVE;
/** Find the item at `path` from `cst` as the root */
visit.itemAtPath = (cst, path) => {
    let item = cst;
    for (const [field, index] of path) {
        const tok = item?.[field];
        if (tok && 'items' in tok) {
            item = tok.items[index];
        }
        else
            return undefined;
    }
    return item;
};
/**
 * Get the immediate parent collection of the item at `path` from `cst` as the root.
 *
 * Throws an error if the collection is not found, which should never happen if the item itself exists.
 */
visit.parentCollection = (cst, path) => {
    const parent = visit.itemAtPath(cst, path.slice(0, -1));
    const field = path[path.length - 1][0];
    const coll = parent?.[field];
    if (coll && 'items' in coll)
        return coll;
    throw new Error('Parent collection not found');
};
function _visit(path, item, visitor) {
    let ctrl = visitor(item, path);
    if (typeof ctrl === 'symbol')
        return ctrl;
    for (const field of ['key', 'value']) {
        const token = item[field];
        if (token && 'items' in token) {
            for (let i = 0; i < token.items.length; ++i) {
                const ci = _visit(Object.freeze(path.concat([[field, i]])), token.items[i], visitor);
                if (typeof ci === 'number')
                    i = ci - 1;
                else if (ci === BREAK)
                    return BREAK;
                else if (ci === REMOVE) {
                    token.items.splice(i, 1);
                    i -= 1;
                }
            }
            if (typeof ctrl === 'function' && field === 'key')
                ctrl = ctrl(item, path);
        }
    }
    return typeof ctrl === 'function' ? ctrl(item, path) : ctrl;
}

exports.visit = visit;


/***/ }),

/***/ 3461:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var cstScalar = __nccwpck_require__(110);
var cstStringify = __nccwpck_require__(1733);
var cstVisit = __nccwpck_require__(7715);

/** The byte order mark */
const BOM = '\u{FEFF}';
/** Start of doc-mode */
const DOCUMENT = '\x02'; // C0: Start of Text
/** Unexpected end of flow-mode */
const FLOW_END = '\x18'; // C0: Cancel
/** Next token is a scalar value */
const SCALAR = '\x1f'; // C0: Unit Separator
/** @returns `true` if `token` is a flow or block collection */
const isCollection = (token) => !!token && 'items' in token;
/** @returns `true` if `token` is a flow or block scalar; not an alias */
const isScalar = (token) => !!token &&
    (token.type === 'scalar' ||
        token.type === 'single-quoted-scalar' ||
        token.type === 'double-quoted-scalar' ||
        token.type === 'block-scalar');
/* istanbul ignore next */
/** Get a printable representation of a lexer token */
function prettyToken(token) {
    switch (token) {
        case BOM:
            return '<BOM>';
        case DOCUMENT:
            return '<DOC>';
        case FLOW_END:
            return '<FLOW_END>';
        case SCALAR:
            return '<SCALAR>';
        default:
            return JSON.stringify(token);
    }
}
/** Identify the type of a lexer token. May return `null` for unknown tokens. */
function tokenType(source) {
    switch (source) {
        case BOM:
            return 'byte-order-mark';
        case DOCUMENT:
            return 'doc-mode';
        case FLOW_END:
            return 'flow-error-end';
        case SCALAR:
            return 'scalar';
        case '---':
            return 'doc-start';
        case '...':
            return 'doc-end';
        case '':
        case '\n':
        case '\r\n':
            return 'newline';
        case '-':
            return 'seq-item-ind';
        case '?':
            return 'explicit-key-ind';
        case ':':
            return 'map-value-ind';
        case '{':
            return 'flow-map-start';
        case '}':
            return 'flow-map-end';
        case '[':
            return 'flow-seq-start';
        case ']':
            return 'flow-seq-end';
        case ',':
            return 'comma';
    }
    switch (source[0]) {
        case ' ':
        case '\t':
            return 'space';
        case '#':
            return 'comment';
        case '%':
            return 'directive-line';
        case '*':
            return 'alias';
        case '&':
            return 'anchor';
        case '!':
            return 'tag';
        case "'":
            return 'single-quoted-scalar';
        case '"':
            return 'double-quoted-scalar';
        case '|':
        case '>':
            return 'block-scalar-header';
    }
    return null;
}

exports.createScalarToken = cstScalar.createScalarToken;
exports.resolveAsScalar = cstScalar.resolveAsScalar;
exports.setScalarValue = cstScalar.setScalarValue;
exports.stringify = cstStringify.stringify;
exports.visit = cstVisit.visit;
exports.BOM = BOM;
exports.DOCUMENT = DOCUMENT;
exports.FLOW_END = FLOW_END;
exports.SCALAR = SCALAR;
exports.isCollection = isCollection;
exports.isScalar = isScalar;
exports.prettyToken = prettyToken;
exports.tokenType = tokenType;


/***/ }),

/***/ 361:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var cst = __nccwpck_require__(3461);

/*
START -> stream

stream
  directive -> line-end -> stream
  indent + line-end -> stream
  [else] -> line-start

line-end
  comment -> line-end
  newline -> .
  input-end -> END

line-start
  doc-start -> doc
  doc-end -> stream
  [else] -> indent -> block-start

block-start
  seq-item-start -> block-start
  explicit-key-start -> block-start
  map-value-start -> block-start
  [else] -> doc

doc
  line-end -> line-start
  spaces -> doc
  anchor -> doc
  tag -> doc
  flow-start -> flow -> doc
  flow-end -> error -> doc
  seq-item-start -> error -> doc
  explicit-key-start -> error -> doc
  map-value-start -> doc
  alias -> doc
  quote-start -> quoted-scalar -> doc
  block-scalar-header -> line-end -> block-scalar(min) -> line-start
  [else] -> plain-scalar(false, min) -> doc

flow
  line-end -> flow
  spaces -> flow
  anchor -> flow
  tag -> flow
  flow-start -> flow -> flow
  flow-end -> .
  seq-item-start -> error -> flow
  explicit-key-start -> flow
  map-value-start -> flow
  alias -> flow
  quote-start -> quoted-scalar -> flow
  comma -> flow
  [else] -> plain-scalar(true, 0) -> flow

quoted-scalar
  quote-end -> .
  [else] -> quoted-scalar

block-scalar(min)
  newline + peek(indent < min) -> .
  [else] -> block-scalar(min)

plain-scalar(is-flow, min)
  scalar-end(is-flow) -> .
  peek(newline + (indent < min)) -> .
  [else] -> plain-scalar(min)
*/
function isEmpty(ch) {
    switch (ch) {
        case undefined:
        case ' ':
        case '\n':
        case '\r':
        case '\t':
            return true;
        default:
            return false;
    }
}
const hexDigits = new Set('0123456789ABCDEFabcdef');
const tagChars = new Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-#;/?:@&=+$_.!~*'()");
const flowIndicatorChars = new Set(',[]{}');
const invalidAnchorChars = new Set(' ,[]{}\n\r\t');
const isNotAnchorChar = (ch) => !ch || invalidAnchorChars.has(ch);
/**
 * Splits an input string into lexical tokens, i.e. smaller strings that are
 * easily identifiable by `tokens.tokenType()`.
 *
 * Lexing starts always in a "stream" context. Incomplete input may be buffered
 * until a complete token can be emitted.
 *
 * In addition to slices of the original input, the following control characters
 * may also be emitted:
 *
 * - `\x02` (Start of Text): A document starts with the next token
 * - `\x18` (Cancel): Unexpected end of flow-mode (indicates an error)
 * - `\x1f` (Unit Separator): Next token is a scalar value
 * - `\u{FEFF}` (Byte order mark): Emitted separately outside documents
 */
class Lexer {
    constructor() {
        /**
         * Flag indicating whether the end of the current buffer marks the end of
         * all input
         */
        this.atEnd = false;
        /**
         * Explicit indent set in block scalar header, as an offset from the current
         * minimum indent, so e.g. set to 1 from a header `|2+`. Set to -1 if not
         * explicitly set.
         */
        this.blockScalarIndent = -1;
        /**
         * Block scalars that include a + (keep) chomping indicator in their header
         * include trailing empty lines, which are otherwise excluded from the
         * scalar's contents.
         */
        this.blockScalarKeep = false;
        /** Current input */
        this.buffer = '';
        /**
         * Flag noting whether the map value indicator : can immediately follow this
         * node within a flow context.
         */
        this.flowKey = false;
        /** Count of surrounding flow collection levels. */
        this.flowLevel = 0;
        /**
         * Minimum level of indentation required for next lines to be parsed as a
         * part of the current scalar value.
         */
        this.indentNext = 0;
        /** Indentation level of the current line. */
        this.indentValue = 0;
        /** Position of the next \n character. */
        this.lineEndPos = null;
        /** Stores the state of the lexer if reaching the end of incpomplete input */
        this.next = null;
        /** A pointer to `buffer`; the current position of the lexer. */
        this.pos = 0;
    }
    /**
     * Generate YAML tokens from the `source` string. If `incomplete`,
     * a part of the last line may be left as a buffer for the next call.
     *
     * @returns A generator of lexical tokens
     */
    *lex(source, incomplete = false) {
        if (source) {
            if (typeof source !== 'string')
                throw TypeError('source is not a string');
            this.buffer = this.buffer ? this.buffer + source : source;
            this.lineEndPos = null;
        }
        this.atEnd = !incomplete;
        let next = this.next ?? 'stream';
        while (next && (incomplete || this.hasChars(1)))
            next = yield* this.parseNext(next);
    }
    atLineEnd() {
        let i = this.pos;
        let ch = this.buffer[i];
        while (ch === ' ' || ch === '\t')
            ch = this.buffer[++i];
        if (!ch || ch === '#' || ch === '\n')
            return true;
        if (ch === '\r')
            return this.buffer[i + 1] === '\n';
        return false;
    }
    charAt(n) {
        return this.buffer[this.pos + n];
    }
    continueScalar(offset) {
        let ch = this.buffer[offset];
        if (this.indentNext > 0) {
            let indent = 0;
            while (ch === ' ')
                ch = this.buffer[++indent + offset];
            if (ch === '\r') {
                const next = this.buffer[indent + offset + 1];
                if (next === '\n' || (!next && !this.atEnd))
                    return offset + indent + 1;
            }
            return ch === '\n' || indent >= this.indentNext || (!ch && !this.atEnd)
                ? offset + indent
                : -1;
        }
        if (ch === '-' || ch === '.') {
            const dt = this.buffer.substr(offset, 3);
            if ((dt === '---' || dt === '...') && isEmpty(this.buffer[offset + 3]))
                return -1;
        }
        return offset;
    }
    getLine() {
        let end = this.lineEndPos;
        if (typeof end !== 'number' || (end !== -1 && end < this.pos)) {
            end = this.buffer.indexOf('\n', this.pos);
            this.lineEndPos = end;
        }
        if (end === -1)
            return this.atEnd ? this.buffer.substring(this.pos) : null;
        if (this.buffer[end - 1] === '\r')
            end -= 1;
        return this.buffer.substring(this.pos, end);
    }
    hasChars(n) {
        return this.pos + n <= this.buffer.length;
    }
    setNext(state) {
        this.buffer = this.buffer.substring(this.pos);
        this.pos = 0;
        this.lineEndPos = null;
        this.next = state;
        return null;
    }
    peek(n) {
        return this.buffer.substr(this.pos, n);
    }
    *parseNext(next) {
        switch (next) {
            case 'stream':
                return yield* this.parseStream();
            case 'line-start':
                return yield* this.parseLineStart();
            case 'block-start':
                return yield* this.parseBlockStart();
            case 'doc':
                return yield* this.parseDocument();
            case 'flow':
                return yield* this.parseFlowCollection();
            case 'quoted-scalar':
                return yield* this.parseQuotedScalar();
            case 'block-scalar':
                return yield* this.parseBlockScalar();
            case 'plain-scalar':
                return yield* this.parsePlainScalar();
        }
    }
    *parseStream() {
        let line = this.getLine();
        if (line === null)
            return this.setNext('stream');
        if (line[0] === cst.BOM) {
            yield* this.pushCount(1);
            line = line.substring(1);
        }
        if (line[0] === '%') {
            let dirEnd = line.length;
            let cs = line.indexOf('#');
            while (cs !== -1) {
                const ch = line[cs - 1];
                if (ch === ' ' || ch === '\t') {
                    dirEnd = cs - 1;
                    break;
                }
                else {
                    cs = line.indexOf('#', cs + 1);
                }
            }
            while (true) {
                const ch = line[dirEnd - 1];
                if (ch === ' ' || ch === '\t')
                    dirEnd -= 1;
                else
                    break;
            }
            const n = (yield* this.pushCount(dirEnd)) + (yield* this.pushSpaces(true));
            yield* this.pushCount(line.length - n); // possible comment
            this.pushNewline();
            return 'stream';
        }
        if (this.atLineEnd()) {
            const sp = yield* this.pushSpaces(true);
            yield* this.pushCount(line.length - sp);
            yield* this.pushNewline();
            return 'stream';
        }
        yield cst.DOCUMENT;
        return yield* this.parseLineStart();
    }
    *parseLineStart() {
        const ch = this.charAt(0);
        if (!ch && !this.atEnd)
            return this.setNext('line-start');
        if (ch === '-' || ch === '.') {
            if (!this.atEnd && !this.hasChars(4))
                return this.setNext('line-start');
            const s = this.peek(3);
            if ((s === '---' || s === '...') && isEmpty(this.charAt(3))) {
                yield* this.pushCount(3);
                this.indentValue = 0;
                this.indentNext = 0;
                return s === '---' ? 'doc' : 'stream';
            }
        }
        this.indentValue = yield* this.pushSpaces(false);
        if (this.indentNext > this.indentValue && !isEmpty(this.charAt(1)))
            this.indentNext = this.indentValue;
        return yield* this.parseBlockStart();
    }
    *parseBlockStart() {
        const [ch0, ch1] = this.peek(2);
        if (!ch1 && !this.atEnd)
            return this.setNext('block-start');
        if ((ch0 === '-' || ch0 === '?' || ch0 === ':') && isEmpty(ch1)) {
            const n = (yield* this.pushCount(1)) + (yield* this.pushSpaces(true));
            this.indentNext = this.indentValue + 1;
            this.indentValue += n;
            return 'block-start';
        }
        return 'doc';
    }
    *parseDocument() {
        yield* this.pushSpaces(true);
        const line = this.getLine();
        if (line === null)
            return this.setNext('doc');
        let n = yield* this.pushIndicators();
        switch (line[n]) {
            case '#':
                yield* this.pushCount(line.length - n);
            // fallthrough
            case undefined:
                yield* this.pushNewline();
                return yield* this.parseLineStart();
            case '{':
            case '[':
                yield* this.pushCount(1);
                this.flowKey = false;
                this.flowLevel = 1;
                return 'flow';
            case '}':
            case ']':
                // this is an error
                yield* this.pushCount(1);
                return 'doc';
            case '*':
                yield* this.pushUntil(isNotAnchorChar);
                return 'doc';
            case '"':
            case "'":
                return yield* this.parseQuotedScalar();
            case '|':
            case '>':
                n += yield* this.parseBlockScalarHeader();
                n += yield* this.pushSpaces(true);
                yield* this.pushCount(line.length - n);
                yield* this.pushNewline();
                return yield* this.parseBlockScalar();
            default:
                return yield* this.parsePlainScalar();
        }
    }
    *parseFlowCollection() {
        let nl, sp;
        let indent = -1;
        do {
            nl = yield* this.pushNewline();
            if (nl > 0) {
                sp = yield* this.pushSpaces(false);
                this.indentValue = indent = sp;
            }
            else {
                sp = 0;
            }
            sp += yield* this.pushSpaces(true);
        } while (nl + sp > 0);
        const line = this.getLine();
        if (line === null)
            return this.setNext('flow');
        if ((indent !== -1 && indent < this.indentNext && line[0] !== '#') ||
            (indent === 0 &&
                (line.startsWith('---') || line.startsWith('...')) &&
                isEmpty(line[3]))) {
            // Allowing for the terminal ] or } at the same (rather than greater)
            // indent level as the initial [ or { is technically invalid, but
            // failing here would be surprising to users.
            const atFlowEndMarker = indent === this.indentNext - 1 &&
                this.flowLevel === 1 &&
                (line[0] === ']' || line[0] === '}');
            if (!atFlowEndMarker) {
                // this is an error
                this.flowLevel = 0;
                yield cst.FLOW_END;
                return yield* this.parseLineStart();
            }
        }
        let n = 0;
        while (line[n] === ',') {
            n += yield* this.pushCount(1);
            n += yield* this.pushSpaces(true);
            this.flowKey = false;
        }
        n += yield* this.pushIndicators();
        switch (line[n]) {
            case undefined:
                return 'flow';
            case '#':
                yield* this.pushCount(line.length - n);
                return 'flow';
            case '{':
            case '[':
                yield* this.pushCount(1);
                this.flowKey = false;
                this.flowLevel += 1;
                return 'flow';
            case '}':
            case ']':
                yield* this.pushCount(1);
                this.flowKey = true;
                this.flowLevel -= 1;
                return this.flowLevel ? 'flow' : 'doc';
            case '*':
                yield* this.pushUntil(isNotAnchorChar);
                return 'flow';
            case '"':
            case "'":
                this.flowKey = true;
                return yield* this.parseQuotedScalar();
            case ':': {
                const next = this.charAt(1);
                if (this.flowKey || isEmpty(next) || next === ',') {
                    this.flowKey = false;
                    yield* this.pushCount(1);
                    yield* this.pushSpaces(true);
                    return 'flow';
                }
            }
            // fallthrough
            default:
                this.flowKey = false;
                return yield* this.parsePlainScalar();
        }
    }
    *parseQuotedScalar() {
        const quote = this.charAt(0);
        let end = this.buffer.indexOf(quote, this.pos + 1);
        if (quote === "'") {
            while (end !== -1 && this.buffer[end + 1] === "'")
                end = this.buffer.indexOf("'", end + 2);
        }
        else {
            // double-quote
            while (end !== -1) {
                let n = 0;
                while (this.buffer[end - 1 - n] === '\\')
                    n += 1;
                if (n % 2 === 0)
                    break;
                end = this.buffer.indexOf('"', end + 1);
            }
        }
        // Only looking for newlines within the quotes
        const qb = this.buffer.substring(0, end);
        let nl = qb.indexOf('\n', this.pos);
        if (nl !== -1) {
            while (nl !== -1) {
                const cs = this.continueScalar(nl + 1);
                if (cs === -1)
                    break;
                nl = qb.indexOf('\n', cs);
            }
            if (nl !== -1) {
                // this is an error caused by an unexpected unindent
                end = nl - (qb[nl - 1] === '\r' ? 2 : 1);
            }
        }
        if (end === -1) {
            if (!this.atEnd)
                return this.setNext('quoted-scalar');
            end = this.buffer.length;
        }
        yield* this.pushToIndex(end + 1, false);
        return this.flowLevel ? 'flow' : 'doc';
    }
    *parseBlockScalarHeader() {
        this.blockScalarIndent = -1;
        this.blockScalarKeep = false;
        let i = this.pos;
        while (true) {
            const ch = this.buffer[++i];
            if (ch === '+')
                this.blockScalarKeep = true;
            else if (ch > '0' && ch <= '9')
                this.blockScalarIndent = Number(ch) - 1;
            else if (ch !== '-')
                break;
        }
        return yield* this.pushUntil(ch => isEmpty(ch) || ch === '#');
    }
    *parseBlockScalar() {
        let nl = this.pos - 1; // may be -1 if this.pos === 0
        let indent = 0;
        let ch;
        loop: for (let i = this.pos; (ch = this.buffer[i]); ++i) {
            switch (ch) {
                case ' ':
                    indent += 1;
                    break;
                case '\n':
                    nl = i;
                    indent = 0;
                    break;
                case '\r': {
                    const next = this.buffer[i + 1];
                    if (!next && !this.atEnd)
                        return this.setNext('block-scalar');
                    if (next === '\n')
                        break;
                } // fallthrough
                default:
                    break loop;
            }
        }
        if (!ch && !this.atEnd)
            return this.setNext('block-scalar');
        if (indent >= this.indentNext) {
            if (this.blockScalarIndent === -1)
                this.indentNext = indent;
            else {
                this.indentNext =
                    this.blockScalarIndent + (this.indentNext === 0 ? 1 : this.indentNext);
            }
            do {
                const cs = this.continueScalar(nl + 1);
                if (cs === -1)
                    break;
                nl = this.buffer.indexOf('\n', cs);
            } while (nl !== -1);
            if (nl === -1) {
                if (!this.atEnd)
                    return this.setNext('block-scalar');
                nl = this.buffer.length;
            }
        }
        // Trailing insufficiently indented tabs are invalid.
        // To catch that during parsing, we include them in the block scalar value.
        let i = nl + 1;
        ch = this.buffer[i];
        while (ch === ' ')
            ch = this.buffer[++i];
        if (ch === '\t') {
            while (ch === '\t' || ch === ' ' || ch === '\r' || ch === '\n')
                ch = this.buffer[++i];
            nl = i - 1;
        }
        else if (!this.blockScalarKeep) {
            do {
                let i = nl - 1;
                let ch = this.buffer[i];
                if (ch === '\r')
                    ch = this.buffer[--i];
                const lastChar = i; // Drop the line if last char not more indented
                while (ch === ' ')
                    ch = this.buffer[--i];
                if (ch === '\n' && i >= this.pos && i + 1 + indent > lastChar)
                    nl = i;
                else
                    break;
            } while (true);
        }
        yield cst.SCALAR;
        yield* this.pushToIndex(nl + 1, true);
        return yield* this.parseLineStart();
    }
    *parsePlainScalar() {
        const inFlow = this.flowLevel > 0;
        let end = this.pos - 1;
        let i = this.pos - 1;
        let ch;
        while ((ch = this.buffer[++i])) {
            if (ch === ':') {
                const next = this.buffer[i + 1];
                if (isEmpty(next) || (inFlow && flowIndicatorChars.has(next)))
                    break;
                end = i;
            }
            else if (isEmpty(ch)) {
                let next = this.buffer[i + 1];
                if (ch === '\r') {
                    if (next === '\n') {
                        i += 1;
                        ch = '\n';
                        next = this.buffer[i + 1];
                    }
                    else
                        end = i;
                }
                if (next === '#' || (inFlow && flowIndicatorChars.has(next)))
                    break;
                if (ch === '\n') {
                    const cs = this.continueScalar(i + 1);
                    if (cs === -1)
                        break;
                    i = Math.max(i, cs - 2); // to advance, but still account for ' #'
                }
            }
            else {
                if (inFlow && flowIndicatorChars.has(ch))
                    break;
                end = i;
            }
        }
        if (!ch && !this.atEnd)
            return this.setNext('plain-scalar');
        yield cst.SCALAR;
        yield* this.pushToIndex(end + 1, true);
        return inFlow ? 'flow' : 'doc';
    }
    *pushCount(n) {
        if (n > 0) {
            yield this.buffer.substr(this.pos, n);
            this.pos += n;
            return n;
        }
        return 0;
    }
    *pushToIndex(i, allowEmpty) {
        const s = this.buffer.slice(this.pos, i);
        if (s) {
            yield s;
            this.pos += s.length;
            return s.length;
        }
        else if (allowEmpty)
            yield '';
        return 0;
    }
    *pushIndicators() {
        let n = 0;
        loop: while (true) {
            switch (this.charAt(0)) {
                case '!':
                    n += yield* this.pushTag();
                    n += yield* this.pushSpaces(true);
                    continue loop;
                case '&':
                    n += yield* this.pushUntil(isNotAnchorChar);
                    n += yield* this.pushSpaces(true);
                    continue loop;
                case '-': // this is an error
                case '?': // this is an error outside flow collections
                case ':': {
                    const inFlow = this.flowLevel > 0;
                    const ch1 = this.charAt(1);
                    if (isEmpty(ch1) || (inFlow && flowIndicatorChars.has(ch1))) {
                        if (!inFlow)
                            this.indentNext = this.indentValue + 1;
                        else if (this.flowKey)
                            this.flowKey = false;
                        n += yield* this.pushCount(1);
                        n += yield* this.pushSpaces(true);
                        continue loop;
                    }
                }
            }
            break loop;
        }
        return n;
    }
    *pushTag() {
        if (this.charAt(1) === '<') {
            let i = this.pos + 2;
            let ch = this.buffer[i];
            while (!isEmpty(ch) && ch !== '>')
                ch = this.buffer[++i];
            return yield* this.pushToIndex(ch === '>' ? i + 1 : i, false);
        }
        else {
            let i = this.pos + 1;
            let ch = this.buffer[i];
            while (ch) {
                if (tagChars.has(ch))
                    ch = this.buffer[++i];
                else if (ch === '%' &&
                    hexDigits.has(this.buffer[i + 1]) &&
                    hexDigits.has(this.buffer[i + 2])) {
                    ch = this.buffer[(i += 3)];
                }
                else
                    break;
            }
            return yield* this.pushToIndex(i, false);
        }
    }
    *pushNewline() {
        const ch = this.buffer[this.pos];
        if (ch === '\n')
            return yield* this.pushCount(1);
        else if (ch === '\r' && this.charAt(1) === '\n')
            return yield* this.pushCount(2);
        else
            return 0;
    }
    *pushSpaces(allowTabs) {
        let i = this.pos - 1;
        let ch;
        do {
            ch = this.buffer[++i];
        } while (ch === ' ' || (allowTabs && ch === '\t'));
        const n = i - this.pos;
        if (n > 0) {
            yield this.buffer.substr(this.pos, n);
            this.pos = i;
        }
        return n;
    }
    *pushUntil(test) {
        let i = this.pos;
        let ch = this.buffer[i];
        while (!test(ch))
            ch = this.buffer[++i];
        return yield* this.pushToIndex(i, false);
    }
}

exports.Lexer = Lexer;


/***/ }),

/***/ 6628:
/***/ ((__unused_webpack_module, exports) => {



/**
 * Tracks newlines during parsing in order to provide an efficient API for
 * determining the one-indexed `{ line, col }` position for any offset
 * within the input.
 */
class LineCounter {
    constructor() {
        this.lineStarts = [];
        /**
         * Should be called in ascending order. Otherwise, call
         * `lineCounter.lineStarts.sort()` before calling `linePos()`.
         */
        this.addNewLine = (offset) => this.lineStarts.push(offset);
        /**
         * Performs a binary search and returns the 1-indexed { line, col }
         * position of `offset`. If `line === 0`, `addNewLine` has never been
         * called or `offset` is before the first known newline.
         */
        this.linePos = (offset) => {
            let low = 0;
            let high = this.lineStarts.length;
            while (low < high) {
                const mid = (low + high) >> 1; // Math.floor((low + high) / 2)
                if (this.lineStarts[mid] < offset)
                    low = mid + 1;
                else
                    high = mid;
            }
            if (this.lineStarts[low] === offset)
                return { line: low + 1, col: 1 };
            if (low === 0)
                return { line: 0, col: offset };
            const start = this.lineStarts[low - 1];
            return { line: low, col: offset - start + 1 };
        };
    }
}

exports.LineCounter = LineCounter;


/***/ }),

/***/ 3456:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var node_process = __nccwpck_require__(932);
var cst = __nccwpck_require__(3461);
var lexer = __nccwpck_require__(361);

function includesToken(list, type) {
    for (let i = 0; i < list.length; ++i)
        if (list[i].type === type)
            return true;
    return false;
}
function findNonEmptyIndex(list) {
    for (let i = 0; i < list.length; ++i) {
        switch (list[i].type) {
            case 'space':
            case 'comment':
            case 'newline':
                break;
            default:
                return i;
        }
    }
    return -1;
}
function isFlowToken(token) {
    switch (token?.type) {
        case 'alias':
        case 'scalar':
        case 'single-quoted-scalar':
        case 'double-quoted-scalar':
        case 'flow-collection':
            return true;
        default:
            return false;
    }
}
function getPrevProps(parent) {
    switch (parent.type) {
        case 'document':
            return parent.start;
        case 'block-map': {
            const it = parent.items[parent.items.length - 1];
            return it.sep ?? it.start;
        }
        case 'block-seq':
            return parent.items[parent.items.length - 1].start;
        /* istanbul ignore next should not happen */
        default:
            return [];
    }
}
/** Note: May modify input array */
function getFirstKeyStartProps(prev) {
    if (prev.length === 0)
        return [];
    let i = prev.length;
    loop: while (--i >= 0) {
        switch (prev[i].type) {
            case 'doc-start':
            case 'explicit-key-ind':
            case 'map-value-ind':
            case 'seq-item-ind':
            case 'newline':
                break loop;
        }
    }
    while (prev[++i]?.type === 'space') {
        /* loop */
    }
    return prev.splice(i, prev.length);
}
function arrayPushArray(target, source) {
    // May exhaust call stack with large `source` array
    if (source.length < 1e5)
        Array.prototype.push.apply(target, source);
    else
        for (let i = 0; i < source.length; ++i)
            target.push(source[i]);
}
function fixFlowSeqItems(fc) {
    if (fc.start.type === 'flow-seq-start') {
        for (const it of fc.items) {
            if (it.sep &&
                !it.value &&
                !includesToken(it.start, 'explicit-key-ind') &&
                !includesToken(it.sep, 'map-value-ind')) {
                if (it.key)
                    it.value = it.key;
                delete it.key;
                if (isFlowToken(it.value)) {
                    if (it.value.end)
                        arrayPushArray(it.value.end, it.sep);
                    else
                        it.value.end = it.sep;
                }
                else
                    arrayPushArray(it.start, it.sep);
                delete it.sep;
            }
        }
    }
}
/**
 * A YAML concrete syntax tree (CST) parser
 *
 * ```ts
 * const src: string = ...
 * for (const token of new Parser().parse(src)) {
 *   // token: Token
 * }
 * ```
 *
 * To use the parser with a user-provided lexer:
 *
 * ```ts
 * function* parse(source: string, lexer: Lexer) {
 *   const parser = new Parser()
 *   for (const lexeme of lexer.lex(source))
 *     yield* parser.next(lexeme)
 *   yield* parser.end()
 * }
 *
 * const src: string = ...
 * const lexer = new Lexer()
 * for (const token of parse(src, lexer)) {
 *   // token: Token
 * }
 * ```
 */
class Parser {
    /**
     * @param onNewLine - If defined, called separately with the start position of
     *   each new line (in `parse()`, including the start of input).
     */
    constructor(onNewLine) {
        /** If true, space and sequence indicators count as indentation */
        this.atNewLine = true;
        /** If true, next token is a scalar value */
        this.atScalar = false;
        /** Current indentation level */
        this.indent = 0;
        /** Current offset since the start of parsing */
        this.offset = 0;
        /** On the same line with a block map key */
        this.onKeyLine = false;
        /** Top indicates the node that's currently being built */
        this.stack = [];
        /** The source of the current token, set in parse() */
        this.source = '';
        /** The type of the current token, set in parse() */
        this.type = '';
        // Must be defined after `next()`
        this.lexer = new lexer.Lexer();
        this.onNewLine = onNewLine;
    }
    /**
     * Parse `source` as a YAML stream.
     * If `incomplete`, a part of the last line may be left as a buffer for the next call.
     *
     * Errors are not thrown, but yielded as `{ type: 'error', message }` tokens.
     *
     * @returns A generator of tokens representing each directive, document, and other structure.
     */
    *parse(source, incomplete = false) {
        if (this.onNewLine && this.offset === 0)
            this.onNewLine(0);
        for (const lexeme of this.lexer.lex(source, incomplete))
            yield* this.next(lexeme);
        if (!incomplete)
            yield* this.end();
    }
    /**
     * Advance the parser by the `source` of one lexical token.
     */
    *next(source) {
        this.source = source;
        if (node_process.env.LOG_TOKENS)
            console.log('|', cst.prettyToken(source));
        if (this.atScalar) {
            this.atScalar = false;
            yield* this.step();
            this.offset += source.length;
            return;
        }
        const type = cst.tokenType(source);
        if (!type) {
            const message = `Not a YAML token: ${source}`;
            yield* this.pop({ type: 'error', offset: this.offset, message, source });
            this.offset += source.length;
        }
        else if (type === 'scalar') {
            this.atNewLine = false;
            this.atScalar = true;
            this.type = 'scalar';
        }
        else {
            this.type = type;
            yield* this.step();
            switch (type) {
                case 'newline':
                    this.atNewLine = true;
                    this.indent = 0;
                    if (this.onNewLine)
                        this.onNewLine(this.offset + source.length);
                    break;
                case 'space':
                    if (this.atNewLine && source[0] === ' ')
                        this.indent += source.length;
                    break;
                case 'explicit-key-ind':
                case 'map-value-ind':
                case 'seq-item-ind':
                    if (this.atNewLine)
                        this.indent += source.length;
                    break;
                case 'doc-mode':
                case 'flow-error-end':
                    return;
                default:
                    this.atNewLine = false;
            }
            this.offset += source.length;
        }
    }
    /** Call at end of input to push out any remaining constructions */
    *end() {
        while (this.stack.length > 0)
            yield* this.pop();
    }
    get sourceToken() {
        const st = {
            type: this.type,
            offset: this.offset,
            indent: this.indent,
            source: this.source
        };
        return st;
    }
    *step() {
        const top = this.peek(1);
        if (this.type === 'doc-end' && top?.type !== 'doc-end') {
            while (this.stack.length > 0)
                yield* this.pop();
            this.stack.push({
                type: 'doc-end',
                offset: this.offset,
                source: this.source
            });
            return;
        }
        if (!top)
            return yield* this.stream();
        switch (top.type) {
            case 'document':
                return yield* this.document(top);
            case 'alias':
            case 'scalar':
            case 'single-quoted-scalar':
            case 'double-quoted-scalar':
                return yield* this.scalar(top);
            case 'block-scalar':
                return yield* this.blockScalar(top);
            case 'block-map':
                return yield* this.blockMap(top);
            case 'block-seq':
                return yield* this.blockSequence(top);
            case 'flow-collection':
                return yield* this.flowCollection(top);
            case 'doc-end':
                return yield* this.documentEnd(top);
        }
        /* istanbul ignore next should not happen */
        yield* this.pop();
    }
    peek(n) {
        return this.stack[this.stack.length - n];
    }
    *pop(error) {
        const token = error ?? this.stack.pop();
        /* istanbul ignore if should not happen */
        if (!token) {
            const message = 'Tried to pop an empty stack';
            yield { type: 'error', offset: this.offset, source: '', message };
        }
        else if (this.stack.length === 0) {
            yield token;
        }
        else {
            const top = this.peek(1);
            if (token.type === 'block-scalar') {
                // Block scalars use their parent rather than header indent
                token.indent = 'indent' in top ? top.indent : 0;
            }
            else if (token.type === 'flow-collection' && top.type === 'document') {
                // Ignore all indent for top-level flow collections
                token.indent = 0;
            }
            if (token.type === 'flow-collection')
                fixFlowSeqItems(token);
            switch (top.type) {
                case 'document':
                    top.value = token;
                    break;
                case 'block-scalar':
                    top.props.push(token); // error
                    break;
                case 'block-map': {
                    const it = top.items[top.items.length - 1];
                    if (it.value) {
                        top.items.push({ start: [], key: token, sep: [] });
                        this.onKeyLine = true;
                        return;
                    }
                    else if (it.sep) {
                        it.value = token;
                    }
                    else {
                        Object.assign(it, { key: token, sep: [] });
                        this.onKeyLine = !it.explicitKey;
                        return;
                    }
                    break;
                }
                case 'block-seq': {
                    const it = top.items[top.items.length - 1];
                    if (it.value)
                        top.items.push({ start: [], value: token });
                    else
                        it.value = token;
                    break;
                }
                case 'flow-collection': {
                    const it = top.items[top.items.length - 1];
                    if (!it || it.value)
                        top.items.push({ start: [], key: token, sep: [] });
                    else if (it.sep)
                        it.value = token;
                    else
                        Object.assign(it, { key: token, sep: [] });
                    return;
                }
                /* istanbul ignore next should not happen */
                default:
                    yield* this.pop();
                    yield* this.pop(token);
            }
            if ((top.type === 'document' ||
                top.type === 'block-map' ||
                top.type === 'block-seq') &&
                (token.type === 'block-map' || token.type === 'block-seq')) {
                const last = token.items[token.items.length - 1];
                if (last &&
                    !last.sep &&
                    !last.value &&
                    last.start.length > 0 &&
                    findNonEmptyIndex(last.start) === -1 &&
                    (token.indent === 0 ||
                        last.start.every(st => st.type !== 'comment' || st.indent < token.indent))) {
                    if (top.type === 'document')
                        top.end = last.start;
                    else
                        top.items.push({ start: last.start });
                    token.items.splice(-1, 1);
                }
            }
        }
    }
    *stream() {
        switch (this.type) {
            case 'directive-line':
                yield { type: 'directive', offset: this.offset, source: this.source };
                return;
            case 'byte-order-mark':
            case 'space':
            case 'comment':
            case 'newline':
                yield this.sourceToken;
                return;
            case 'doc-mode':
            case 'doc-start': {
                const doc = {
                    type: 'document',
                    offset: this.offset,
                    start: []
                };
                if (this.type === 'doc-start')
                    doc.start.push(this.sourceToken);
                this.stack.push(doc);
                return;
            }
        }
        yield {
            type: 'error',
            offset: this.offset,
            message: `Unexpected ${this.type} token in YAML stream`,
            source: this.source
        };
    }
    *document(doc) {
        if (doc.value)
            return yield* this.lineEnd(doc);
        switch (this.type) {
            case 'doc-start': {
                if (findNonEmptyIndex(doc.start) !== -1) {
                    yield* this.pop();
                    yield* this.step();
                }
                else
                    doc.start.push(this.sourceToken);
                return;
            }
            case 'anchor':
            case 'tag':
            case 'space':
            case 'comment':
            case 'newline':
                doc.start.push(this.sourceToken);
                return;
        }
        const bv = this.startBlockValue(doc);
        if (bv)
            this.stack.push(bv);
        else {
            yield {
                type: 'error',
                offset: this.offset,
                message: `Unexpected ${this.type} token in YAML document`,
                source: this.source
            };
        }
    }
    *scalar(scalar) {
        if (this.type === 'map-value-ind') {
            const prev = getPrevProps(this.peek(2));
            const start = getFirstKeyStartProps(prev);
            let sep;
            if (scalar.end) {
                sep = scalar.end;
                sep.push(this.sourceToken);
                delete scalar.end;
            }
            else
                sep = [this.sourceToken];
            const map = {
                type: 'block-map',
                offset: scalar.offset,
                indent: scalar.indent,
                items: [{ start, key: scalar, sep }]
            };
            this.onKeyLine = true;
            this.stack[this.stack.length - 1] = map;
        }
        else
            yield* this.lineEnd(scalar);
    }
    *blockScalar(scalar) {
        switch (this.type) {
            case 'space':
            case 'comment':
            case 'newline':
                scalar.props.push(this.sourceToken);
                return;
            case 'scalar':
                scalar.source = this.source;
                // block-scalar source includes trailing newline
                this.atNewLine = true;
                this.indent = 0;
                if (this.onNewLine) {
                    let nl = this.source.indexOf('\n') + 1;
                    while (nl !== 0) {
                        this.onNewLine(this.offset + nl);
                        nl = this.source.indexOf('\n', nl) + 1;
                    }
                }
                yield* this.pop();
                break;
            /* istanbul ignore next should not happen */
            default:
                yield* this.pop();
                yield* this.step();
        }
    }
    *blockMap(map) {
        const it = map.items[map.items.length - 1];
        // it.sep is true-ish if pair already has key or : separator
        switch (this.type) {
            case 'newline':
                this.onKeyLine = false;
                if (it.value) {
                    const end = 'end' in it.value ? it.value.end : undefined;
                    const last = Array.isArray(end) ? end[end.length - 1] : undefined;
                    if (last?.type === 'comment')
                        end?.push(this.sourceToken);
                    else
                        map.items.push({ start: [this.sourceToken] });
                }
                else if (it.sep) {
                    it.sep.push(this.sourceToken);
                }
                else {
                    it.start.push(this.sourceToken);
                }
                return;
            case 'space':
            case 'comment':
                if (it.value) {
                    map.items.push({ start: [this.sourceToken] });
                }
                else if (it.sep) {
                    it.sep.push(this.sourceToken);
                }
                else {
                    if (this.atIndentedComment(it.start, map.indent)) {
                        const prev = map.items[map.items.length - 2];
                        const end = prev?.value?.end;
                        if (Array.isArray(end)) {
                            arrayPushArray(end, it.start);
                            end.push(this.sourceToken);
                            map.items.pop();
                            return;
                        }
                    }
                    it.start.push(this.sourceToken);
                }
                return;
        }
        if (this.indent >= map.indent) {
            const atMapIndent = !this.onKeyLine && this.indent === map.indent;
            const atNextItem = atMapIndent &&
                (it.sep || it.explicitKey) &&
                this.type !== 'seq-item-ind';
            // For empty nodes, assign newline-separated not indented empty tokens to following node
            let start = [];
            if (atNextItem && it.sep && !it.value) {
                const nl = [];
                for (let i = 0; i < it.sep.length; ++i) {
                    const st = it.sep[i];
                    switch (st.type) {
                        case 'newline':
                            nl.push(i);
                            break;
                        case 'space':
                            break;
                        case 'comment':
                            if (st.indent > map.indent)
                                nl.length = 0;
                            break;
                        default:
                            nl.length = 0;
                    }
                }
                if (nl.length >= 2)
                    start = it.sep.splice(nl[1]);
            }
            switch (this.type) {
                case 'anchor':
                case 'tag':
                    if (atNextItem || it.value) {
                        start.push(this.sourceToken);
                        map.items.push({ start });
                        this.onKeyLine = true;
                    }
                    else if (it.sep) {
                        it.sep.push(this.sourceToken);
                    }
                    else {
                        it.start.push(this.sourceToken);
                    }
                    return;
                case 'explicit-key-ind':
                    if (!it.sep && !it.explicitKey) {
                        it.start.push(this.sourceToken);
                        it.explicitKey = true;
                    }
                    else if (atNextItem || it.value) {
                        start.push(this.sourceToken);
                        map.items.push({ start, explicitKey: true });
                    }
                    else {
                        this.stack.push({
                            type: 'block-map',
                            offset: this.offset,
                            indent: this.indent,
                            items: [{ start: [this.sourceToken], explicitKey: true }]
                        });
                    }
                    this.onKeyLine = true;
                    return;
                case 'map-value-ind':
                    if (it.explicitKey) {
                        if (!it.sep) {
                            if (includesToken(it.start, 'newline')) {
                                Object.assign(it, { key: null, sep: [this.sourceToken] });
                            }
                            else {
                                const start = getFirstKeyStartProps(it.start);
                                this.stack.push({
                                    type: 'block-map',
                                    offset: this.offset,
                                    indent: this.indent,
                                    items: [{ start, key: null, sep: [this.sourceToken] }]
                                });
                            }
                        }
                        else if (it.value) {
                            map.items.push({ start: [], key: null, sep: [this.sourceToken] });
                        }
                        else if (includesToken(it.sep, 'map-value-ind')) {
                            this.stack.push({
                                type: 'block-map',
                                offset: this.offset,
                                indent: this.indent,
                                items: [{ start, key: null, sep: [this.sourceToken] }]
                            });
                        }
                        else if (isFlowToken(it.key) &&
                            !includesToken(it.sep, 'newline')) {
                            const start = getFirstKeyStartProps(it.start);
                            const key = it.key;
                            const sep = it.sep;
                            sep.push(this.sourceToken);
                            // @ts-expect-error type guard is wrong here
                            delete it.key;
                            // @ts-expect-error type guard is wrong here
                            delete it.sep;
                            this.stack.push({
                                type: 'block-map',
                                offset: this.offset,
                                indent: this.indent,
                                items: [{ start, key, sep }]
                            });
                        }
                        else if (start.length > 0) {
                            // Not actually at next item
                            it.sep = it.sep.concat(start, this.sourceToken);
                        }
                        else {
                            it.sep.push(this.sourceToken);
                        }
                    }
                    else {
                        if (!it.sep) {
                            Object.assign(it, { key: null, sep: [this.sourceToken] });
                        }
                        else if (it.value || atNextItem) {
                            map.items.push({ start, key: null, sep: [this.sourceToken] });
                        }
                        else if (includesToken(it.sep, 'map-value-ind')) {
                            this.stack.push({
                                type: 'block-map',
                                offset: this.offset,
                                indent: this.indent,
                                items: [{ start: [], key: null, sep: [this.sourceToken] }]
                            });
                        }
                        else {
                            it.sep.push(this.sourceToken);
                        }
                    }
                    this.onKeyLine = true;
                    return;
                case 'alias':
                case 'scalar':
                case 'single-quoted-scalar':
                case 'double-quoted-scalar': {
                    const fs = this.flowScalar(this.type);
                    if (atNextItem || it.value) {
                        map.items.push({ start, key: fs, sep: [] });
                        this.onKeyLine = true;
                    }
                    else if (it.sep) {
                        this.stack.push(fs);
                    }
                    else {
                        Object.assign(it, { key: fs, sep: [] });
                        this.onKeyLine = true;
                    }
                    return;
                }
                default: {
                    const bv = this.startBlockValue(map);
                    if (bv) {
                        if (bv.type === 'block-seq') {
                            if (!it.explicitKey &&
                                it.sep &&
                                !includesToken(it.sep, 'newline')) {
                                yield* this.pop({
                                    type: 'error',
                                    offset: this.offset,
                                    message: 'Unexpected block-seq-ind on same line with key',
                                    source: this.source
                                });
                                return;
                            }
                        }
                        else if (atMapIndent) {
                            map.items.push({ start });
                        }
                        this.stack.push(bv);
                        return;
                    }
                }
            }
        }
        yield* this.pop();
        yield* this.step();
    }
    *blockSequence(seq) {
        const it = seq.items[seq.items.length - 1];
        switch (this.type) {
            case 'newline':
                if (it.value) {
                    const end = 'end' in it.value ? it.value.end : undefined;
                    const last = Array.isArray(end) ? end[end.length - 1] : undefined;
                    if (last?.type === 'comment')
                        end?.push(this.sourceToken);
                    else
                        seq.items.push({ start: [this.sourceToken] });
                }
                else
                    it.start.push(this.sourceToken);
                return;
            case 'space':
            case 'comment':
                if (it.value)
                    seq.items.push({ start: [this.sourceToken] });
                else {
                    if (this.atIndentedComment(it.start, seq.indent)) {
                        const prev = seq.items[seq.items.length - 2];
                        const end = prev?.value?.end;
                        if (Array.isArray(end)) {
                            arrayPushArray(end, it.start);
                            end.push(this.sourceToken);
                            seq.items.pop();
                            return;
                        }
                    }
                    it.start.push(this.sourceToken);
                }
                return;
            case 'anchor':
            case 'tag':
                if (it.value || this.indent <= seq.indent)
                    break;
                it.start.push(this.sourceToken);
                return;
            case 'seq-item-ind':
                if (this.indent !== seq.indent)
                    break;
                if (it.value || includesToken(it.start, 'seq-item-ind'))
                    seq.items.push({ start: [this.sourceToken] });
                else
                    it.start.push(this.sourceToken);
                return;
        }
        if (this.indent > seq.indent) {
            const bv = this.startBlockValue(seq);
            if (bv) {
                this.stack.push(bv);
                return;
            }
        }
        yield* this.pop();
        yield* this.step();
    }
    *flowCollection(fc) {
        const it = fc.items[fc.items.length - 1];
        if (this.type === 'flow-error-end') {
            let top;
            do {
                yield* this.pop();
                top = this.peek(1);
            } while (top?.type === 'flow-collection');
        }
        else if (fc.end.length === 0) {
            switch (this.type) {
                case 'comma':
                case 'explicit-key-ind':
                    if (!it || it.sep)
                        fc.items.push({ start: [this.sourceToken] });
                    else
                        it.start.push(this.sourceToken);
                    return;
                case 'map-value-ind':
                    if (!it || it.value)
                        fc.items.push({ start: [], key: null, sep: [this.sourceToken] });
                    else if (it.sep)
                        it.sep.push(this.sourceToken);
                    else
                        Object.assign(it, { key: null, sep: [this.sourceToken] });
                    return;
                case 'space':
                case 'comment':
                case 'newline':
                case 'anchor':
                case 'tag':
                    if (!it || it.value)
                        fc.items.push({ start: [this.sourceToken] });
                    else if (it.sep)
                        it.sep.push(this.sourceToken);
                    else
                        it.start.push(this.sourceToken);
                    return;
                case 'alias':
                case 'scalar':
                case 'single-quoted-scalar':
                case 'double-quoted-scalar': {
                    const fs = this.flowScalar(this.type);
                    if (!it || it.value)
                        fc.items.push({ start: [], key: fs, sep: [] });
                    else if (it.sep)
                        this.stack.push(fs);
                    else
                        Object.assign(it, { key: fs, sep: [] });
                    return;
                }
                case 'flow-map-end':
                case 'flow-seq-end':
                    fc.end.push(this.sourceToken);
                    return;
            }
            const bv = this.startBlockValue(fc);
            /* istanbul ignore else should not happen */
            if (bv)
                this.stack.push(bv);
            else {
                yield* this.pop();
                yield* this.step();
            }
        }
        else {
            const parent = this.peek(2);
            if (parent.type === 'block-map' &&
                ((this.type === 'map-value-ind' && parent.indent === fc.indent) ||
                    (this.type === 'newline' &&
                        !parent.items[parent.items.length - 1].sep))) {
                yield* this.pop();
                yield* this.step();
            }
            else if (this.type === 'map-value-ind' &&
                parent.type !== 'flow-collection') {
                const prev = getPrevProps(parent);
                const start = getFirstKeyStartProps(prev);
                fixFlowSeqItems(fc);
                const sep = fc.end.splice(1, fc.end.length);
                sep.push(this.sourceToken);
                const map = {
                    type: 'block-map',
                    offset: fc.offset,
                    indent: fc.indent,
                    items: [{ start, key: fc, sep }]
                };
                this.onKeyLine = true;
                this.stack[this.stack.length - 1] = map;
            }
            else {
                yield* this.lineEnd(fc);
            }
        }
    }
    flowScalar(type) {
        if (this.onNewLine) {
            let nl = this.source.indexOf('\n') + 1;
            while (nl !== 0) {
                this.onNewLine(this.offset + nl);
                nl = this.source.indexOf('\n', nl) + 1;
            }
        }
        return {
            type,
            offset: this.offset,
            indent: this.indent,
            source: this.source
        };
    }
    startBlockValue(parent) {
        switch (this.type) {
            case 'alias':
            case 'scalar':
            case 'single-quoted-scalar':
            case 'double-quoted-scalar':
                return this.flowScalar(this.type);
            case 'block-scalar-header':
                return {
                    type: 'block-scalar',
                    offset: this.offset,
                    indent: this.indent,
                    props: [this.sourceToken],
                    source: ''
                };
            case 'flow-map-start':
            case 'flow-seq-start':
                return {
                    type: 'flow-collection',
                    offset: this.offset,
                    indent: this.indent,
                    start: this.sourceToken,
                    items: [],
                    end: []
                };
            case 'seq-item-ind':
                return {
                    type: 'block-seq',
                    offset: this.offset,
                    indent: this.indent,
                    items: [{ start: [this.sourceToken] }]
                };
            case 'explicit-key-ind': {
                this.onKeyLine = true;
                const prev = getPrevProps(parent);
                const start = getFirstKeyStartProps(prev);
                start.push(this.sourceToken);
                return {
                    type: 'block-map',
                    offset: this.offset,
                    indent: this.indent,
                    items: [{ start, explicitKey: true }]
                };
            }
            case 'map-value-ind': {
                this.onKeyLine = true;
                const prev = getPrevProps(parent);
                const start = getFirstKeyStartProps(prev);
                return {
                    type: 'block-map',
                    offset: this.offset,
                    indent: this.indent,
                    items: [{ start, key: null, sep: [this.sourceToken] }]
                };
            }
        }
        return null;
    }
    atIndentedComment(start, indent) {
        if (this.type !== 'comment')
            return false;
        if (this.indent <= indent)
            return false;
        return start.every(st => st.type === 'newline' || st.type === 'space');
    }
    *documentEnd(docEnd) {
        if (this.type !== 'doc-mode') {
            if (docEnd.end)
                docEnd.end.push(this.sourceToken);
            else
                docEnd.end = [this.sourceToken];
            if (this.type === 'newline')
                yield* this.pop();
        }
    }
    *lineEnd(token) {
        switch (this.type) {
            case 'comma':
            case 'doc-start':
            case 'doc-end':
            case 'flow-seq-end':
            case 'flow-map-end':
            case 'map-value-ind':
                yield* this.pop();
                yield* this.step();
                break;
            case 'newline':
                this.onKeyLine = false;
            // fallthrough
            case 'space':
            case 'comment':
            default:
                // all other values are errors
                if (token.end)
                    token.end.push(this.sourceToken);
                else
                    token.end = [this.sourceToken];
                if (this.type === 'newline')
                    yield* this.pop();
        }
    }
}

exports.Parser = Parser;


/***/ }),

/***/ 4047:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var composer = __nccwpck_require__(9984);
var Document = __nccwpck_require__(3021);
var errors = __nccwpck_require__(1464);
var log = __nccwpck_require__(7249);
var identity = __nccwpck_require__(1127);
var lineCounter = __nccwpck_require__(6628);
var parser = __nccwpck_require__(3456);

function parseOptions(options) {
    const prettyErrors = options.prettyErrors !== false;
    const lineCounter$1 = options.lineCounter || (prettyErrors && new lineCounter.LineCounter()) || null;
    return { lineCounter: lineCounter$1, prettyErrors };
}
/**
 * Parse the input as a stream of YAML documents.
 *
 * Documents should be separated from each other by `...` or `---` marker lines.
 *
 * @returns If an empty `docs` array is returned, it will be of type
 *   EmptyStream and contain additional stream information. In
 *   TypeScript, you should use `'empty' in docs` as a type guard for it.
 */
function parseAllDocuments(source, options = {}) {
    const { lineCounter, prettyErrors } = parseOptions(options);
    const parser$1 = new parser.Parser(lineCounter?.addNewLine);
    const composer$1 = new composer.Composer(options);
    const docs = Array.from(composer$1.compose(parser$1.parse(source)));
    if (prettyErrors && lineCounter)
        for (const doc of docs) {
            doc.errors.forEach(errors.prettifyError(source, lineCounter));
            doc.warnings.forEach(errors.prettifyError(source, lineCounter));
        }
    if (docs.length > 0)
        return docs;
    return Object.assign([], { empty: true }, composer$1.streamInfo());
}
/** Parse an input string into a single YAML.Document */
function parseDocument(source, options = {}) {
    const { lineCounter, prettyErrors } = parseOptions(options);
    const parser$1 = new parser.Parser(lineCounter?.addNewLine);
    const composer$1 = new composer.Composer(options);
    // `doc` is always set by compose.end(true) at the very latest
    let doc = null;
    for (const _doc of composer$1.compose(parser$1.parse(source), true, source.length)) {
        if (!doc)
            doc = _doc;
        else if (doc.options.logLevel !== 'silent') {
            doc.errors.push(new errors.YAMLParseError(_doc.range.slice(0, 2), 'MULTIPLE_DOCS', 'Source contains multiple documents; please use YAML.parseAllDocuments()'));
            break;
        }
    }
    if (prettyErrors && lineCounter) {
        doc.errors.forEach(errors.prettifyError(source, lineCounter));
        doc.warnings.forEach(errors.prettifyError(source, lineCounter));
    }
    return doc;
}
function parse(src, reviver, options) {
    let _reviver = undefined;
    if (typeof reviver === 'function') {
        _reviver = reviver;
    }
    else if (options === undefined && reviver && typeof reviver === 'object') {
        options = reviver;
    }
    const doc = parseDocument(src, options);
    if (!doc)
        return null;
    doc.warnings.forEach(warning => log.warn(doc.options.logLevel, warning));
    if (doc.errors.length > 0) {
        if (doc.options.logLevel !== 'silent')
            throw doc.errors[0];
        else
            doc.errors = [];
    }
    return doc.toJS(Object.assign({ reviver: _reviver }, options));
}
function stringify(value, replacer, options) {
    let _replacer = null;
    if (typeof replacer === 'function' || Array.isArray(replacer)) {
        _replacer = replacer;
    }
    else if (options === undefined && replacer) {
        options = replacer;
    }
    if (typeof options === 'string')
        options = options.length;
    if (typeof options === 'number') {
        const indent = Math.round(options);
        options = indent < 1 ? undefined : indent > 8 ? { indent: 8 } : { indent };
    }
    if (value === undefined) {
        const { keepUndefined } = options ?? replacer ?? {};
        if (!keepUndefined)
            return undefined;
    }
    if (identity.isDocument(value) && !_replacer)
        return value.toString(options);
    return new Document.Document(value, _replacer, options).toString(options);
}

exports.parse = parse;
exports.parseAllDocuments = parseAllDocuments;
exports.parseDocument = parseDocument;
exports.stringify = stringify;


/***/ }),

/***/ 5840:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var map = __nccwpck_require__(7451);
var seq = __nccwpck_require__(1706);
var string = __nccwpck_require__(6464);
var tags = __nccwpck_require__(18);

const sortMapEntriesByKey = (a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
class Schema {
    constructor({ compat, customTags, merge, resolveKnownTags, schema, sortMapEntries, toStringDefaults }) {
        this.compat = Array.isArray(compat)
            ? tags.getTags(compat, 'compat')
            : compat
                ? tags.getTags(null, compat)
                : null;
        this.name = (typeof schema === 'string' && schema) || 'core';
        this.knownTags = resolveKnownTags ? tags.coreKnownTags : {};
        this.tags = tags.getTags(customTags, this.name, merge);
        this.toStringOptions = toStringDefaults ?? null;
        Object.defineProperty(this, identity.MAP, { value: map.map });
        Object.defineProperty(this, identity.SCALAR, { value: string.string });
        Object.defineProperty(this, identity.SEQ, { value: seq.seq });
        // Used by createMap()
        this.sortMapEntries =
            typeof sortMapEntries === 'function'
                ? sortMapEntries
                : sortMapEntries === true
                    ? sortMapEntriesByKey
                    : null;
    }
    clone() {
        const copy = Object.create(Schema.prototype, Object.getOwnPropertyDescriptors(this));
        copy.tags = this.tags.slice();
        return copy;
    }
}

exports.Schema = Schema;


/***/ }),

/***/ 7451:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var YAMLMap = __nccwpck_require__(4454);

const map = {
    collection: 'map',
    default: true,
    nodeClass: YAMLMap.YAMLMap,
    tag: 'tag:yaml.org,2002:map',
    resolve(map, onError) {
        if (!identity.isMap(map))
            onError('Expected a mapping for this tag');
        return map;
    },
    createNode: (schema, obj, ctx) => YAMLMap.YAMLMap.from(schema, obj, ctx)
};

exports.map = map;


/***/ }),

/***/ 3632:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);

const nullTag = {
    identify: value => value == null,
    createNode: () => new Scalar.Scalar(null),
    default: true,
    tag: 'tag:yaml.org,2002:null',
    test: /^(?:~|[Nn]ull|NULL)?$/,
    resolve: () => new Scalar.Scalar(null),
    stringify: ({ source }, ctx) => typeof source === 'string' && nullTag.test.test(source)
        ? source
        : ctx.options.nullStr
};

exports.nullTag = nullTag;


/***/ }),

/***/ 1706:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var YAMLSeq = __nccwpck_require__(2223);

const seq = {
    collection: 'seq',
    default: true,
    nodeClass: YAMLSeq.YAMLSeq,
    tag: 'tag:yaml.org,2002:seq',
    resolve(seq, onError) {
        if (!identity.isSeq(seq))
            onError('Expected a sequence for this tag');
        return seq;
    },
    createNode: (schema, obj, ctx) => YAMLSeq.YAMLSeq.from(schema, obj, ctx)
};

exports.seq = seq;


/***/ }),

/***/ 6464:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var stringifyString = __nccwpck_require__(3069);

const string = {
    identify: value => typeof value === 'string',
    default: true,
    tag: 'tag:yaml.org,2002:str',
    resolve: str => str,
    stringify(item, ctx, onComment, onChompKeep) {
        ctx = Object.assign({ actualString: true }, ctx);
        return stringifyString.stringifyString(item, ctx, onComment, onChompKeep);
    }
};

exports.string = string;


/***/ }),

/***/ 3959:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);

const boolTag = {
    identify: value => typeof value === 'boolean',
    default: true,
    tag: 'tag:yaml.org,2002:bool',
    test: /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/,
    resolve: str => new Scalar.Scalar(str[0] === 't' || str[0] === 'T'),
    stringify({ source, value }, ctx) {
        if (source && boolTag.test.test(source)) {
            const sv = source[0] === 't' || source[0] === 'T';
            if (value === sv)
                return source;
        }
        return value ? ctx.options.trueStr : ctx.options.falseStr;
    }
};

exports.boolTag = boolTag;


/***/ }),

/***/ 8405:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);
var stringifyNumber = __nccwpck_require__(8689);

const floatNaN = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
    resolve: str => str.slice(-3).toLowerCase() === 'nan'
        ? NaN
        : str[0] === '-'
            ? Number.NEGATIVE_INFINITY
            : Number.POSITIVE_INFINITY,
    stringify: stringifyNumber.stringifyNumber
};
const floatExp = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    format: 'EXP',
    test: /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+$/,
    resolve: str => parseFloat(str),
    stringify(node) {
        const num = Number(node.value);
        return isFinite(num) ? num.toExponential() : stringifyNumber.stringifyNumber(node);
    }
};
const float = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    test: /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/,
    resolve(str) {
        const node = new Scalar.Scalar(parseFloat(str));
        const dot = str.indexOf('.');
        if (dot !== -1 && str[str.length - 1] === '0')
            node.minFractionDigits = str.length - dot - 1;
        return node;
    },
    stringify: stringifyNumber.stringifyNumber
};

exports.float = float;
exports.floatExp = floatExp;
exports.floatNaN = floatNaN;


/***/ }),

/***/ 9874:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var stringifyNumber = __nccwpck_require__(8689);

const intIdentify = (value) => typeof value === 'bigint' || Number.isInteger(value);
const intResolve = (str, offset, radix, { intAsBigInt }) => (intAsBigInt ? BigInt(str) : parseInt(str.substring(offset), radix));
function intStringify(node, radix, prefix) {
    const { value } = node;
    if (intIdentify(value) && value >= 0)
        return prefix + value.toString(radix);
    return stringifyNumber.stringifyNumber(node);
}
const intOct = {
    identify: value => intIdentify(value) && value >= 0,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    format: 'OCT',
    test: /^0o[0-7]+$/,
    resolve: (str, _onError, opt) => intResolve(str, 2, 8, opt),
    stringify: node => intStringify(node, 8, '0o')
};
const int = {
    identify: intIdentify,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    test: /^[-+]?[0-9]+$/,
    resolve: (str, _onError, opt) => intResolve(str, 0, 10, opt),
    stringify: stringifyNumber.stringifyNumber
};
const intHex = {
    identify: value => intIdentify(value) && value >= 0,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    format: 'HEX',
    test: /^0x[0-9a-fA-F]+$/,
    resolve: (str, _onError, opt) => intResolve(str, 2, 16, opt),
    stringify: node => intStringify(node, 16, '0x')
};

exports.int = int;
exports.intHex = intHex;
exports.intOct = intOct;


/***/ }),

/***/ 896:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var map = __nccwpck_require__(7451);
var _null = __nccwpck_require__(3632);
var seq = __nccwpck_require__(1706);
var string = __nccwpck_require__(6464);
var bool = __nccwpck_require__(3959);
var float = __nccwpck_require__(8405);
var int = __nccwpck_require__(9874);

const schema = [
    map.map,
    seq.seq,
    string.string,
    _null.nullTag,
    bool.boolTag,
    int.intOct,
    int.int,
    int.intHex,
    float.floatNaN,
    float.floatExp,
    float.float
];

exports.schema = schema;


/***/ }),

/***/ 3559:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);
var map = __nccwpck_require__(7451);
var seq = __nccwpck_require__(1706);

function intIdentify(value) {
    return typeof value === 'bigint' || Number.isInteger(value);
}
const stringifyJSON = ({ value }) => JSON.stringify(value);
const jsonScalars = [
    {
        identify: value => typeof value === 'string',
        default: true,
        tag: 'tag:yaml.org,2002:str',
        resolve: str => str,
        stringify: stringifyJSON
    },
    {
        identify: value => value == null,
        createNode: () => new Scalar.Scalar(null),
        default: true,
        tag: 'tag:yaml.org,2002:null',
        test: /^null$/,
        resolve: () => null,
        stringify: stringifyJSON
    },
    {
        identify: value => typeof value === 'boolean',
        default: true,
        tag: 'tag:yaml.org,2002:bool',
        test: /^true$|^false$/,
        resolve: str => str === 'true',
        stringify: stringifyJSON
    },
    {
        identify: intIdentify,
        default: true,
        tag: 'tag:yaml.org,2002:int',
        test: /^-?(?:0|[1-9][0-9]*)$/,
        resolve: (str, _onError, { intAsBigInt }) => intAsBigInt ? BigInt(str) : parseInt(str, 10),
        stringify: ({ value }) => intIdentify(value) ? value.toString() : JSON.stringify(value)
    },
    {
        identify: value => typeof value === 'number',
        default: true,
        tag: 'tag:yaml.org,2002:float',
        test: /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$/,
        resolve: str => parseFloat(str),
        stringify: stringifyJSON
    }
];
const jsonError = {
    default: true,
    tag: '',
    test: /^/,
    resolve(str, onError) {
        onError(`Unresolved plain scalar ${JSON.stringify(str)}`);
        return str;
    }
};
const schema = [map.map, seq.seq].concat(jsonScalars, jsonError);

exports.schema = schema;


/***/ }),

/***/ 18:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var map = __nccwpck_require__(7451);
var _null = __nccwpck_require__(3632);
var seq = __nccwpck_require__(1706);
var string = __nccwpck_require__(6464);
var bool = __nccwpck_require__(3959);
var float = __nccwpck_require__(8405);
var int = __nccwpck_require__(9874);
var schema = __nccwpck_require__(896);
var schema$1 = __nccwpck_require__(3559);
var binary = __nccwpck_require__(6083);
var merge = __nccwpck_require__(452);
var omap = __nccwpck_require__(303);
var pairs = __nccwpck_require__(8385);
var schema$2 = __nccwpck_require__(5913);
var set = __nccwpck_require__(1528);
var timestamp = __nccwpck_require__(6752);

const schemas = new Map([
    ['core', schema.schema],
    ['failsafe', [map.map, seq.seq, string.string]],
    ['json', schema$1.schema],
    ['yaml11', schema$2.schema],
    ['yaml-1.1', schema$2.schema]
]);
const tagsByName = {
    binary: binary.binary,
    bool: bool.boolTag,
    float: float.float,
    floatExp: float.floatExp,
    floatNaN: float.floatNaN,
    floatTime: timestamp.floatTime,
    int: int.int,
    intHex: int.intHex,
    intOct: int.intOct,
    intTime: timestamp.intTime,
    map: map.map,
    merge: merge.merge,
    null: _null.nullTag,
    omap: omap.omap,
    pairs: pairs.pairs,
    seq: seq.seq,
    set: set.set,
    timestamp: timestamp.timestamp
};
const coreKnownTags = {
    'tag:yaml.org,2002:binary': binary.binary,
    'tag:yaml.org,2002:merge': merge.merge,
    'tag:yaml.org,2002:omap': omap.omap,
    'tag:yaml.org,2002:pairs': pairs.pairs,
    'tag:yaml.org,2002:set': set.set,
    'tag:yaml.org,2002:timestamp': timestamp.timestamp
};
function getTags(customTags, schemaName, addMergeTag) {
    const schemaTags = schemas.get(schemaName);
    if (schemaTags && !customTags) {
        return addMergeTag && !schemaTags.includes(merge.merge)
            ? schemaTags.concat(merge.merge)
            : schemaTags.slice();
    }
    let tags = schemaTags;
    if (!tags) {
        if (Array.isArray(customTags))
            tags = [];
        else {
            const keys = Array.from(schemas.keys())
                .filter(key => key !== 'yaml11')
                .map(key => JSON.stringify(key))
                .join(', ');
            throw new Error(`Unknown schema "${schemaName}"; use one of ${keys} or define customTags array`);
        }
    }
    if (Array.isArray(customTags)) {
        for (const tag of customTags)
            tags = tags.concat(tag);
    }
    else if (typeof customTags === 'function') {
        tags = customTags(tags.slice());
    }
    if (addMergeTag)
        tags = tags.concat(merge.merge);
    return tags.reduce((tags, tag) => {
        const tagObj = typeof tag === 'string' ? tagsByName[tag] : tag;
        if (!tagObj) {
            const tagName = JSON.stringify(tag);
            const keys = Object.keys(tagsByName)
                .map(key => JSON.stringify(key))
                .join(', ');
            throw new Error(`Unknown custom tag ${tagName}; use one of ${keys}`);
        }
        if (!tags.includes(tagObj))
            tags.push(tagObj);
        return tags;
    }, []);
}

exports.coreKnownTags = coreKnownTags;
exports.getTags = getTags;


/***/ }),

/***/ 6083:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var node_buffer = __nccwpck_require__(181);
var Scalar = __nccwpck_require__(3301);
var stringifyString = __nccwpck_require__(3069);

const binary = {
    identify: value => value instanceof Uint8Array, // Buffer inherits from Uint8Array
    default: false,
    tag: 'tag:yaml.org,2002:binary',
    /**
     * Returns a Buffer in node and an Uint8Array in browsers
     *
     * To use the resulting buffer as an image, you'll want to do something like:
     *
     *   const blob = new Blob([buffer], { type: 'image/jpeg' })
     *   document.querySelector('#photo').src = URL.createObjectURL(blob)
     */
    resolve(src, onError) {
        if (typeof node_buffer.Buffer === 'function') {
            return node_buffer.Buffer.from(src, 'base64');
        }
        else if (typeof atob === 'function') {
            // On IE 11, atob() can't handle newlines
            const str = atob(src.replace(/[\n\r]/g, ''));
            const buffer = new Uint8Array(str.length);
            for (let i = 0; i < str.length; ++i)
                buffer[i] = str.charCodeAt(i);
            return buffer;
        }
        else {
            onError('This environment does not support reading binary tags; either Buffer or atob is required');
            return src;
        }
    },
    stringify({ comment, type, value }, ctx, onComment, onChompKeep) {
        if (!value)
            return '';
        const buf = value; // checked earlier by binary.identify()
        let str;
        if (typeof node_buffer.Buffer === 'function') {
            str =
                buf instanceof node_buffer.Buffer
                    ? buf.toString('base64')
                    : node_buffer.Buffer.from(buf.buffer).toString('base64');
        }
        else if (typeof btoa === 'function') {
            let s = '';
            for (let i = 0; i < buf.length; ++i)
                s += String.fromCharCode(buf[i]);
            str = btoa(s);
        }
        else {
            throw new Error('This environment does not support writing binary tags; either Buffer or btoa is required');
        }
        type ?? (type = Scalar.Scalar.BLOCK_LITERAL);
        if (type !== Scalar.Scalar.QUOTE_DOUBLE) {
            const lineWidth = Math.max(ctx.options.lineWidth - ctx.indent.length, ctx.options.minContentWidth);
            const n = Math.ceil(str.length / lineWidth);
            const lines = new Array(n);
            for (let i = 0, o = 0; i < n; ++i, o += lineWidth) {
                lines[i] = str.substr(o, lineWidth);
            }
            str = lines.join(type === Scalar.Scalar.BLOCK_LITERAL ? '\n' : ' ');
        }
        return stringifyString.stringifyString({ comment, type, value: str }, ctx, onComment, onChompKeep);
    }
};

exports.binary = binary;


/***/ }),

/***/ 8398:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);

function boolStringify({ value, source }, ctx) {
    const boolObj = value ? trueTag : falseTag;
    if (source && boolObj.test.test(source))
        return source;
    return value ? ctx.options.trueStr : ctx.options.falseStr;
}
const trueTag = {
    identify: value => value === true,
    default: true,
    tag: 'tag:yaml.org,2002:bool',
    test: /^(?:Y|y|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/,
    resolve: () => new Scalar.Scalar(true),
    stringify: boolStringify
};
const falseTag = {
    identify: value => value === false,
    default: true,
    tag: 'tag:yaml.org,2002:bool',
    test: /^(?:N|n|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
    resolve: () => new Scalar.Scalar(false),
    stringify: boolStringify
};

exports.falseTag = falseTag;
exports.trueTag = trueTag;


/***/ }),

/***/ 5782:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);
var stringifyNumber = __nccwpck_require__(8689);

const floatNaN = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
    resolve: (str) => str.slice(-3).toLowerCase() === 'nan'
        ? NaN
        : str[0] === '-'
            ? Number.NEGATIVE_INFINITY
            : Number.POSITIVE_INFINITY,
    stringify: stringifyNumber.stringifyNumber
};
const floatExp = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    format: 'EXP',
    test: /^[-+]?(?:[0-9][0-9_]*)?(?:\.[0-9_]*)?[eE][-+]?[0-9]+$/,
    resolve: (str) => parseFloat(str.replace(/_/g, '')),
    stringify(node) {
        const num = Number(node.value);
        return isFinite(num) ? num.toExponential() : stringifyNumber.stringifyNumber(node);
    }
};
const float = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    test: /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*$/,
    resolve(str) {
        const node = new Scalar.Scalar(parseFloat(str.replace(/_/g, '')));
        const dot = str.indexOf('.');
        if (dot !== -1) {
            const f = str.substring(dot + 1).replace(/_/g, '');
            if (f[f.length - 1] === '0')
                node.minFractionDigits = f.length;
        }
        return node;
    },
    stringify: stringifyNumber.stringifyNumber
};

exports.float = float;
exports.floatExp = floatExp;
exports.floatNaN = floatNaN;


/***/ }),

/***/ 873:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var stringifyNumber = __nccwpck_require__(8689);

const intIdentify = (value) => typeof value === 'bigint' || Number.isInteger(value);
function intResolve(str, offset, radix, { intAsBigInt }) {
    const sign = str[0];
    if (sign === '-' || sign === '+')
        offset += 1;
    str = str.substring(offset).replace(/_/g, '');
    if (intAsBigInt) {
        switch (radix) {
            case 2:
                str = `0b${str}`;
                break;
            case 8:
                str = `0o${str}`;
                break;
            case 16:
                str = `0x${str}`;
                break;
        }
        const n = BigInt(str);
        return sign === '-' ? BigInt(-1) * n : n;
    }
    const n = parseInt(str, radix);
    return sign === '-' ? -1 * n : n;
}
function intStringify(node, radix, prefix) {
    const { value } = node;
    if (intIdentify(value)) {
        const str = value.toString(radix);
        return value < 0 ? '-' + prefix + str.substr(1) : prefix + str;
    }
    return stringifyNumber.stringifyNumber(node);
}
const intBin = {
    identify: intIdentify,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    format: 'BIN',
    test: /^[-+]?0b[0-1_]+$/,
    resolve: (str, _onError, opt) => intResolve(str, 2, 2, opt),
    stringify: node => intStringify(node, 2, '0b')
};
const intOct = {
    identify: intIdentify,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    format: 'OCT',
    test: /^[-+]?0[0-7_]+$/,
    resolve: (str, _onError, opt) => intResolve(str, 1, 8, opt),
    stringify: node => intStringify(node, 8, '0')
};
const int = {
    identify: intIdentify,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    test: /^[-+]?[0-9][0-9_]*$/,
    resolve: (str, _onError, opt) => intResolve(str, 0, 10, opt),
    stringify: stringifyNumber.stringifyNumber
};
const intHex = {
    identify: intIdentify,
    default: true,
    tag: 'tag:yaml.org,2002:int',
    format: 'HEX',
    test: /^[-+]?0x[0-9a-fA-F_]+$/,
    resolve: (str, _onError, opt) => intResolve(str, 2, 16, opt),
    stringify: node => intStringify(node, 16, '0x')
};

exports.int = int;
exports.intBin = intBin;
exports.intHex = intHex;
exports.intOct = intOct;


/***/ }),

/***/ 452:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Scalar = __nccwpck_require__(3301);

// If the value associated with a merge key is a single mapping node, each of
// its key/value pairs is inserted into the current mapping, unless the key
// already exists in it. If the value associated with the merge key is a
// sequence, then this sequence is expected to contain mapping nodes and each
// of these nodes is merged in turn according to its order in the sequence.
// Keys in mapping nodes earlier in the sequence override keys specified in
// later mapping nodes. -- http://yaml.org/type/merge.html
const MERGE_KEY = '<<';
const merge = {
    identify: value => value === MERGE_KEY ||
        (typeof value === 'symbol' && value.description === MERGE_KEY),
    default: 'key',
    tag: 'tag:yaml.org,2002:merge',
    test: /^<<$/,
    resolve: () => Object.assign(new Scalar.Scalar(Symbol(MERGE_KEY)), {
        addToJSMap: addMergeToJSMap
    }),
    stringify: () => MERGE_KEY
};
const isMergeKey = (ctx, key) => (merge.identify(key) ||
    (identity.isScalar(key) &&
        (!key.type || key.type === Scalar.Scalar.PLAIN) &&
        merge.identify(key.value))) &&
    ctx?.doc.schema.tags.some(tag => tag.tag === merge.tag && tag.default);
function addMergeToJSMap(ctx, map, value) {
    const source = resolveAliasValue(ctx, value);
    if (identity.isSeq(source))
        for (const it of source.items)
            mergeValue(ctx, map, it);
    else if (Array.isArray(source))
        for (const it of source)
            mergeValue(ctx, map, it);
    else
        mergeValue(ctx, map, source);
}
function mergeValue(ctx, map, value) {
    const source = resolveAliasValue(ctx, value);
    if (!identity.isMap(source))
        throw new Error('Merge sources must be maps or map aliases');
    const srcMap = source.toJSON(null, ctx, Map);
    for (const [key, value] of srcMap) {
        if (map instanceof Map) {
            if (!map.has(key))
                map.set(key, value);
        }
        else if (map instanceof Set) {
            map.add(key);
        }
        else if (!Object.prototype.hasOwnProperty.call(map, key)) {
            Object.defineProperty(map, key, {
                value,
                writable: true,
                enumerable: true,
                configurable: true
            });
        }
    }
    return map;
}
function resolveAliasValue(ctx, value) {
    return ctx && identity.isAlias(value) ? value.resolve(ctx.doc, ctx) : value;
}

exports.addMergeToJSMap = addMergeToJSMap;
exports.isMergeKey = isMergeKey;
exports.merge = merge;


/***/ }),

/***/ 303:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var toJS = __nccwpck_require__(4043);
var YAMLMap = __nccwpck_require__(4454);
var YAMLSeq = __nccwpck_require__(2223);
var pairs = __nccwpck_require__(8385);

class YAMLOMap extends YAMLSeq.YAMLSeq {
    constructor() {
        super();
        this.add = YAMLMap.YAMLMap.prototype.add.bind(this);
        this.delete = YAMLMap.YAMLMap.prototype.delete.bind(this);
        this.get = YAMLMap.YAMLMap.prototype.get.bind(this);
        this.has = YAMLMap.YAMLMap.prototype.has.bind(this);
        this.set = YAMLMap.YAMLMap.prototype.set.bind(this);
        this.tag = YAMLOMap.tag;
    }
    /**
     * If `ctx` is given, the return type is actually `Map<unknown, unknown>`,
     * but TypeScript won't allow widening the signature of a child method.
     */
    toJSON(_, ctx) {
        if (!ctx)
            return super.toJSON(_);
        const map = new Map();
        if (ctx?.onCreate)
            ctx.onCreate(map);
        for (const pair of this.items) {
            let key, value;
            if (identity.isPair(pair)) {
                key = toJS.toJS(pair.key, '', ctx);
                value = toJS.toJS(pair.value, key, ctx);
            }
            else {
                key = toJS.toJS(pair, '', ctx);
            }
            if (map.has(key))
                throw new Error('Ordered maps must not include duplicate keys');
            map.set(key, value);
        }
        return map;
    }
    static from(schema, iterable, ctx) {
        const pairs$1 = pairs.createPairs(schema, iterable, ctx);
        const omap = new this();
        omap.items = pairs$1.items;
        return omap;
    }
}
YAMLOMap.tag = 'tag:yaml.org,2002:omap';
const omap = {
    collection: 'seq',
    identify: value => value instanceof Map,
    nodeClass: YAMLOMap,
    default: false,
    tag: 'tag:yaml.org,2002:omap',
    resolve(seq, onError) {
        const pairs$1 = pairs.resolvePairs(seq, onError);
        const seenKeys = [];
        for (const { key } of pairs$1.items) {
            if (identity.isScalar(key)) {
                if (seenKeys.includes(key.value)) {
                    onError(`Ordered maps must not include duplicate keys: ${key.value}`);
                }
                else {
                    seenKeys.push(key.value);
                }
            }
        }
        return Object.assign(new YAMLOMap(), pairs$1);
    },
    createNode: (schema, iterable, ctx) => YAMLOMap.from(schema, iterable, ctx)
};

exports.YAMLOMap = YAMLOMap;
exports.omap = omap;


/***/ }),

/***/ 8385:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Pair = __nccwpck_require__(7165);
var Scalar = __nccwpck_require__(3301);
var YAMLSeq = __nccwpck_require__(2223);

function resolvePairs(seq, onError) {
    if (identity.isSeq(seq)) {
        for (let i = 0; i < seq.items.length; ++i) {
            let item = seq.items[i];
            if (identity.isPair(item))
                continue;
            else if (identity.isMap(item)) {
                if (item.items.length > 1)
                    onError('Each pair must have its own sequence indicator');
                const pair = item.items[0] || new Pair.Pair(new Scalar.Scalar(null));
                if (item.commentBefore)
                    pair.key.commentBefore = pair.key.commentBefore
                        ? `${item.commentBefore}\n${pair.key.commentBefore}`
                        : item.commentBefore;
                if (item.comment) {
                    const cn = pair.value ?? pair.key;
                    cn.comment = cn.comment
                        ? `${item.comment}\n${cn.comment}`
                        : item.comment;
                }
                item = pair;
            }
            seq.items[i] = identity.isPair(item) ? item : new Pair.Pair(item);
        }
    }
    else
        onError('Expected a sequence for this tag');
    return seq;
}
function createPairs(schema, iterable, ctx) {
    const { replacer } = ctx;
    const pairs = new YAMLSeq.YAMLSeq(schema);
    pairs.tag = 'tag:yaml.org,2002:pairs';
    let i = 0;
    if (iterable && Symbol.iterator in Object(iterable))
        for (let it of iterable) {
            if (typeof replacer === 'function')
                it = replacer.call(iterable, String(i++), it);
            let key, value;
            if (Array.isArray(it)) {
                if (it.length === 2) {
                    key = it[0];
                    value = it[1];
                }
                else
                    throw new TypeError(`Expected [key, value] tuple: ${it}`);
            }
            else if (it && it instanceof Object) {
                const keys = Object.keys(it);
                if (keys.length === 1) {
                    key = keys[0];
                    value = it[key];
                }
                else {
                    throw new TypeError(`Expected tuple with one key, not ${keys.length} keys`);
                }
            }
            else {
                key = it;
            }
            pairs.items.push(Pair.createPair(key, value, ctx));
        }
    return pairs;
}
const pairs = {
    collection: 'seq',
    default: false,
    tag: 'tag:yaml.org,2002:pairs',
    resolve: resolvePairs,
    createNode: createPairs
};

exports.createPairs = createPairs;
exports.pairs = pairs;
exports.resolvePairs = resolvePairs;


/***/ }),

/***/ 5913:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var map = __nccwpck_require__(7451);
var _null = __nccwpck_require__(3632);
var seq = __nccwpck_require__(1706);
var string = __nccwpck_require__(6464);
var binary = __nccwpck_require__(6083);
var bool = __nccwpck_require__(8398);
var float = __nccwpck_require__(5782);
var int = __nccwpck_require__(873);
var merge = __nccwpck_require__(452);
var omap = __nccwpck_require__(303);
var pairs = __nccwpck_require__(8385);
var set = __nccwpck_require__(1528);
var timestamp = __nccwpck_require__(6752);

const schema = [
    map.map,
    seq.seq,
    string.string,
    _null.nullTag,
    bool.trueTag,
    bool.falseTag,
    int.intBin,
    int.intOct,
    int.int,
    int.intHex,
    float.floatNaN,
    float.floatExp,
    float.float,
    binary.binary,
    merge.merge,
    omap.omap,
    pairs.pairs,
    set.set,
    timestamp.intTime,
    timestamp.floatTime,
    timestamp.timestamp
];

exports.schema = schema;


/***/ }),

/***/ 1528:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Pair = __nccwpck_require__(7165);
var YAMLMap = __nccwpck_require__(4454);

class YAMLSet extends YAMLMap.YAMLMap {
    constructor(schema) {
        super(schema);
        this.tag = YAMLSet.tag;
    }
    add(key) {
        let pair;
        if (identity.isPair(key))
            pair = key;
        else if (key &&
            typeof key === 'object' &&
            'key' in key &&
            'value' in key &&
            key.value === null)
            pair = new Pair.Pair(key.key, null);
        else
            pair = new Pair.Pair(key, null);
        const prev = YAMLMap.findPair(this.items, pair.key);
        if (!prev)
            this.items.push(pair);
    }
    /**
     * If `keepPair` is `true`, returns the Pair matching `key`.
     * Otherwise, returns the value of that Pair's key.
     */
    get(key, keepPair) {
        const pair = YAMLMap.findPair(this.items, key);
        return !keepPair && identity.isPair(pair)
            ? identity.isScalar(pair.key)
                ? pair.key.value
                : pair.key
            : pair;
    }
    set(key, value) {
        if (typeof value !== 'boolean')
            throw new Error(`Expected boolean value for set(key, value) in a YAML set, not ${typeof value}`);
        const prev = YAMLMap.findPair(this.items, key);
        if (prev && !value) {
            this.items.splice(this.items.indexOf(prev), 1);
        }
        else if (!prev && value) {
            this.items.push(new Pair.Pair(key));
        }
    }
    toJSON(_, ctx) {
        return super.toJSON(_, ctx, Set);
    }
    toString(ctx, onComment, onChompKeep) {
        if (!ctx)
            return JSON.stringify(this);
        if (this.hasAllNullValues(true))
            return super.toString(Object.assign({}, ctx, { allNullValues: true }), onComment, onChompKeep);
        else
            throw new Error('Set items must all have null values');
    }
    static from(schema, iterable, ctx) {
        const { replacer } = ctx;
        const set = new this(schema);
        if (iterable && Symbol.iterator in Object(iterable))
            for (let value of iterable) {
                if (typeof replacer === 'function')
                    value = replacer.call(iterable, value, value);
                set.items.push(Pair.createPair(value, null, ctx));
            }
        return set;
    }
}
YAMLSet.tag = 'tag:yaml.org,2002:set';
const set = {
    collection: 'map',
    identify: value => value instanceof Set,
    nodeClass: YAMLSet,
    default: false,
    tag: 'tag:yaml.org,2002:set',
    createNode: (schema, iterable, ctx) => YAMLSet.from(schema, iterable, ctx),
    resolve(map, onError) {
        if (identity.isMap(map)) {
            if (map.hasAllNullValues(true))
                return Object.assign(new YAMLSet(), map);
            else
                onError('Set items must all have null values');
        }
        else
            onError('Expected a mapping for this tag');
        return map;
    }
};

exports.YAMLSet = YAMLSet;
exports.set = set;


/***/ }),

/***/ 6752:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var stringifyNumber = __nccwpck_require__(8689);

/** Internal types handle bigint as number, because TS can't figure it out. */
function parseSexagesimal(str, asBigInt) {
    const sign = str[0];
    const parts = sign === '-' || sign === '+' ? str.substring(1) : str;
    const num = (n) => asBigInt ? BigInt(n) : Number(n);
    const res = parts
        .replace(/_/g, '')
        .split(':')
        .reduce((res, p) => res * num(60) + num(p), num(0));
    return (sign === '-' ? num(-1) * res : res);
}
/**
 * hhhh:mm:ss.sss
 *
 * Internal types handle bigint as number, because TS can't figure it out.
 */
function stringifySexagesimal(node) {
    let { value } = node;
    let num = (n) => n;
    if (typeof value === 'bigint')
        num = n => BigInt(n);
    else if (isNaN(value) || !isFinite(value))
        return stringifyNumber.stringifyNumber(node);
    let sign = '';
    if (value < 0) {
        sign = '-';
        value *= num(-1);
    }
    const _60 = num(60);
    const parts = [value % _60]; // seconds, including ms
    if (value < 60) {
        parts.unshift(0); // at least one : is required
    }
    else {
        value = (value - parts[0]) / _60;
        parts.unshift(value % _60); // minutes
        if (value >= 60) {
            value = (value - parts[0]) / _60;
            parts.unshift(value); // hours
        }
    }
    return (sign +
        parts
            .map(n => String(n).padStart(2, '0'))
            .join(':')
            .replace(/000000\d*$/, '') // % 60 may introduce error
    );
}
const intTime = {
    identify: value => typeof value === 'bigint' || Number.isInteger(value),
    default: true,
    tag: 'tag:yaml.org,2002:int',
    format: 'TIME',
    test: /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+$/,
    resolve: (str, _onError, { intAsBigInt }) => parseSexagesimal(str, intAsBigInt),
    stringify: stringifySexagesimal
};
const floatTime = {
    identify: value => typeof value === 'number',
    default: true,
    tag: 'tag:yaml.org,2002:float',
    format: 'TIME',
    test: /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/,
    resolve: str => parseSexagesimal(str, false),
    stringify: stringifySexagesimal
};
const timestamp = {
    identify: value => value instanceof Date,
    default: true,
    tag: 'tag:yaml.org,2002:timestamp',
    // If the time zone is omitted, the timestamp is assumed to be specified in UTC. The time part
    // may be omitted altogether, resulting in a date format. In such a case, the time part is
    // assumed to be 00:00:00Z (start of day, UTC).
    test: RegExp('^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})' + // YYYY-Mm-Dd
        '(?:' + // time is optional
        '(?:t|T|[ \\t]+)' + // t | T | whitespace
        '([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2}(\\.[0-9]+)?)' + // Hh:Mm:Ss(.ss)?
        '(?:[ \\t]*(Z|[-+][012]?[0-9](?::[0-9]{2})?))?' + // Z | +5 | -03:30
        ')?$'),
    resolve(str) {
        const match = str.match(timestamp.test);
        if (!match)
            throw new Error('!!timestamp expects a date, starting with yyyy-mm-dd');
        const [, year, month, day, hour, minute, second] = match.map(Number);
        const millisec = match[7] ? Number((match[7] + '00').substr(1, 3)) : 0;
        let date = Date.UTC(year, month - 1, day, hour || 0, minute || 0, second || 0, millisec);
        const tz = match[8];
        if (tz && tz !== 'Z') {
            let d = parseSexagesimal(tz, false);
            if (Math.abs(d) < 30)
                d *= 60;
            date -= 60000 * d;
        }
        return new Date(date);
    },
    stringify: ({ value }) => value?.toISOString().replace(/(T00:00:00)?\.000Z$/, '') ?? ''
};

exports.floatTime = floatTime;
exports.intTime = intTime;
exports.timestamp = timestamp;


/***/ }),

/***/ 4475:
/***/ ((__unused_webpack_module, exports) => {



const FOLD_FLOW = 'flow';
const FOLD_BLOCK = 'block';
const FOLD_QUOTED = 'quoted';
/**
 * Tries to keep input at up to `lineWidth` characters, splitting only on spaces
 * not followed by newlines or spaces unless `mode` is `'quoted'`. Lines are
 * terminated with `\n` and started with `indent`.
 */
function foldFlowLines(text, indent, mode = 'flow', { indentAtStart, lineWidth = 80, minContentWidth = 20, onFold, onOverflow } = {}) {
    if (!lineWidth || lineWidth < 0)
        return text;
    if (lineWidth < minContentWidth)
        minContentWidth = 0;
    const endStep = Math.max(1 + minContentWidth, 1 + lineWidth - indent.length);
    if (text.length <= endStep)
        return text;
    const folds = [];
    const escapedFolds = {};
    let end = lineWidth - indent.length;
    if (typeof indentAtStart === 'number') {
        if (indentAtStart > lineWidth - Math.max(2, minContentWidth))
            folds.push(0);
        else
            end = lineWidth - indentAtStart;
    }
    let split = undefined;
    let prev = undefined;
    let overflow = false;
    let i = -1;
    let escStart = -1;
    let escEnd = -1;
    if (mode === FOLD_BLOCK) {
        i = consumeMoreIndentedLines(text, i, indent.length);
        if (i !== -1)
            end = i + endStep;
    }
    for (let ch; (ch = text[(i += 1)]);) {
        if (mode === FOLD_QUOTED && ch === '\\') {
            escStart = i;
            switch (text[i + 1]) {
                case 'x':
                    i += 3;
                    break;
                case 'u':
                    i += 5;
                    break;
                case 'U':
                    i += 9;
                    break;
                default:
                    i += 1;
            }
            escEnd = i;
        }
        if (ch === '\n') {
            if (mode === FOLD_BLOCK)
                i = consumeMoreIndentedLines(text, i, indent.length);
            end = i + indent.length + endStep;
            split = undefined;
        }
        else {
            if (ch === ' ' &&
                prev &&
                prev !== ' ' &&
                prev !== '\n' &&
                prev !== '\t') {
                // space surrounded by non-space can be replaced with newline + indent
                const next = text[i + 1];
                if (next && next !== ' ' && next !== '\n' && next !== '\t')
                    split = i;
            }
            if (i >= end) {
                if (split) {
                    folds.push(split);
                    end = split + endStep;
                    split = undefined;
                }
                else if (mode === FOLD_QUOTED) {
                    // white-space collected at end may stretch past lineWidth
                    while (prev === ' ' || prev === '\t') {
                        prev = ch;
                        ch = text[(i += 1)];
                        overflow = true;
                    }
                    // Account for newline escape, but don't break preceding escape
                    const j = i > escEnd + 1 ? i - 2 : escStart - 1;
                    // Bail out if lineWidth & minContentWidth are shorter than an escape string
                    if (escapedFolds[j])
                        return text;
                    folds.push(j);
                    escapedFolds[j] = true;
                    end = j + endStep;
                    split = undefined;
                }
                else {
                    overflow = true;
                }
            }
        }
        prev = ch;
    }
    if (overflow && onOverflow)
        onOverflow();
    if (folds.length === 0)
        return text;
    if (onFold)
        onFold();
    let res = text.slice(0, folds[0]);
    for (let i = 0; i < folds.length; ++i) {
        const fold = folds[i];
        const end = folds[i + 1] || text.length;
        if (fold === 0)
            res = `\n${indent}${text.slice(0, end)}`;
        else {
            if (mode === FOLD_QUOTED && escapedFolds[fold])
                res += `${text[fold]}\\`;
            res += `\n${indent}${text.slice(fold + 1, end)}`;
        }
    }
    return res;
}
/**
 * Presumes `i + 1` is at the start of a line
 * @returns index of last newline in more-indented block
 */
function consumeMoreIndentedLines(text, i, indent) {
    let end = i;
    let start = i + 1;
    let ch = text[start];
    while (ch === ' ' || ch === '\t') {
        if (i < start + indent) {
            ch = text[++i];
        }
        else {
            do {
                ch = text[++i];
            } while (ch && ch !== '\n');
            end = i;
            start = i + 1;
            ch = text[start];
        }
    }
    return end;
}

exports.FOLD_BLOCK = FOLD_BLOCK;
exports.FOLD_FLOW = FOLD_FLOW;
exports.FOLD_QUOTED = FOLD_QUOTED;
exports.foldFlowLines = foldFlowLines;


/***/ }),

/***/ 2148:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var anchors = __nccwpck_require__(1596);
var identity = __nccwpck_require__(1127);
var stringifyComment = __nccwpck_require__(9799);
var stringifyString = __nccwpck_require__(3069);

function createStringifyContext(doc, options) {
    const opt = Object.assign({
        blockQuote: true,
        commentString: stringifyComment.stringifyComment,
        defaultKeyType: null,
        defaultStringType: 'PLAIN',
        directives: null,
        doubleQuotedAsJSON: false,
        doubleQuotedMinMultiLineLength: 40,
        falseStr: 'false',
        flowCollectionPadding: true,
        indentSeq: true,
        lineWidth: 80,
        minContentWidth: 20,
        nullStr: 'null',
        simpleKeys: false,
        singleQuote: null,
        trailingComma: false,
        trueStr: 'true',
        verifyAliasOrder: true
    }, doc.schema.toStringOptions, options);
    let inFlow;
    switch (opt.collectionStyle) {
        case 'block':
            inFlow = false;
            break;
        case 'flow':
            inFlow = true;
            break;
        default:
            inFlow = null;
    }
    return {
        anchors: new Set(),
        doc,
        flowCollectionPadding: opt.flowCollectionPadding ? ' ' : '',
        indent: '',
        indentStep: typeof opt.indent === 'number' ? ' '.repeat(opt.indent) : '  ',
        inFlow,
        options: opt
    };
}
function getTagObject(tags, item) {
    if (item.tag) {
        const match = tags.filter(t => t.tag === item.tag);
        if (match.length > 0)
            return match.find(t => t.format === item.format) ?? match[0];
    }
    let tagObj = undefined;
    let obj;
    if (identity.isScalar(item)) {
        obj = item.value;
        let match = tags.filter(t => t.identify?.(obj));
        if (match.length > 1) {
            const testMatch = match.filter(t => t.test);
            if (testMatch.length > 0)
                match = testMatch;
        }
        tagObj =
            match.find(t => t.format === item.format) ?? match.find(t => !t.format);
    }
    else {
        obj = item;
        tagObj = tags.find(t => t.nodeClass && obj instanceof t.nodeClass);
    }
    if (!tagObj) {
        const name = obj?.constructor?.name ?? (obj === null ? 'null' : typeof obj);
        throw new Error(`Tag not resolved for ${name} value`);
    }
    return tagObj;
}
// needs to be called before value stringifier to allow for circular anchor refs
function stringifyProps(node, tagObj, { anchors: anchors$1, doc }) {
    if (!doc.directives)
        return '';
    const props = [];
    const anchor = (identity.isScalar(node) || identity.isCollection(node)) && node.anchor;
    if (anchor && anchors.anchorIsValid(anchor)) {
        anchors$1.add(anchor);
        props.push(`&${anchor}`);
    }
    const tag = node.tag ?? (tagObj.default ? null : tagObj.tag);
    if (tag)
        props.push(doc.directives.tagString(tag));
    return props.join(' ');
}
function stringify(item, ctx, onComment, onChompKeep) {
    if (identity.isPair(item))
        return item.toString(ctx, onComment, onChompKeep);
    if (identity.isAlias(item)) {
        if (ctx.doc.directives)
            return item.toString(ctx);
        if (ctx.resolvedAliases?.has(item)) {
            throw new TypeError(`Cannot stringify circular structure without alias nodes`);
        }
        else {
            if (ctx.resolvedAliases)
                ctx.resolvedAliases.add(item);
            else
                ctx.resolvedAliases = new Set([item]);
            item = item.resolve(ctx.doc);
        }
    }
    let tagObj = undefined;
    const node = identity.isNode(item)
        ? item
        : ctx.doc.createNode(item, { onTagObj: o => (tagObj = o) });
    tagObj ?? (tagObj = getTagObject(ctx.doc.schema.tags, node));
    const props = stringifyProps(node, tagObj, ctx);
    if (props.length > 0)
        ctx.indentAtStart = (ctx.indentAtStart ?? 0) + props.length + 1;
    const str = typeof tagObj.stringify === 'function'
        ? tagObj.stringify(node, ctx, onComment, onChompKeep)
        : identity.isScalar(node)
            ? stringifyString.stringifyString(node, ctx, onComment, onChompKeep)
            : node.toString(ctx, onComment, onChompKeep);
    if (!props)
        return str;
    return identity.isScalar(node) || str[0] === '{' || str[0] === '['
        ? `${props} ${str}`
        : `${props}\n${ctx.indent}${str}`;
}

exports.createStringifyContext = createStringifyContext;
exports.stringify = stringify;


/***/ }),

/***/ 1212:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var stringify = __nccwpck_require__(2148);
var stringifyComment = __nccwpck_require__(9799);

function stringifyCollection(collection, ctx, options) {
    const flow = ctx.inFlow ?? collection.flow;
    const stringify = flow ? stringifyFlowCollection : stringifyBlockCollection;
    return stringify(collection, ctx, options);
}
function stringifyBlockCollection({ comment, items }, ctx, { blockItemPrefix, flowChars, itemIndent, onChompKeep, onComment }) {
    const { indent, options: { commentString } } = ctx;
    const itemCtx = Object.assign({}, ctx, { indent: itemIndent, type: null });
    let chompKeep = false; // flag for the preceding node's status
    const lines = [];
    for (let i = 0; i < items.length; ++i) {
        const item = items[i];
        let comment = null;
        if (identity.isNode(item)) {
            if (!chompKeep && item.spaceBefore)
                lines.push('');
            addCommentBefore(ctx, lines, item.commentBefore, chompKeep);
            if (item.comment)
                comment = item.comment;
        }
        else if (identity.isPair(item)) {
            const ik = identity.isNode(item.key) ? item.key : null;
            if (ik) {
                if (!chompKeep && ik.spaceBefore)
                    lines.push('');
                addCommentBefore(ctx, lines, ik.commentBefore, chompKeep);
            }
        }
        chompKeep = false;
        let str = stringify.stringify(item, itemCtx, () => (comment = null), () => (chompKeep = true));
        if (comment)
            str += stringifyComment.lineComment(str, itemIndent, commentString(comment));
        if (chompKeep && comment)
            chompKeep = false;
        lines.push(blockItemPrefix + str);
    }
    let str;
    if (lines.length === 0) {
        str = flowChars.start + flowChars.end;
    }
    else {
        str = lines[0];
        for (let i = 1; i < lines.length; ++i) {
            const line = lines[i];
            str += line ? `\n${indent}${line}` : '\n';
        }
    }
    if (comment) {
        str += '\n' + stringifyComment.indentComment(commentString(comment), indent);
        if (onComment)
            onComment();
    }
    else if (chompKeep && onChompKeep)
        onChompKeep();
    return str;
}
function stringifyFlowCollection({ items }, ctx, { flowChars, itemIndent }) {
    const { indent, indentStep, flowCollectionPadding: fcPadding, options: { commentString } } = ctx;
    itemIndent += indentStep;
    const itemCtx = Object.assign({}, ctx, {
        indent: itemIndent,
        inFlow: true,
        type: null
    });
    let reqNewline = false;
    let linesAtValue = 0;
    const lines = [];
    for (let i = 0; i < items.length; ++i) {
        const item = items[i];
        let comment = null;
        if (identity.isNode(item)) {
            if (item.spaceBefore)
                lines.push('');
            addCommentBefore(ctx, lines, item.commentBefore, false);
            if (item.comment)
                comment = item.comment;
        }
        else if (identity.isPair(item)) {
            const ik = identity.isNode(item.key) ? item.key : null;
            if (ik) {
                if (ik.spaceBefore)
                    lines.push('');
                addCommentBefore(ctx, lines, ik.commentBefore, false);
                if (ik.comment)
                    reqNewline = true;
            }
            const iv = identity.isNode(item.value) ? item.value : null;
            if (iv) {
                if (iv.comment)
                    comment = iv.comment;
                if (iv.commentBefore)
                    reqNewline = true;
            }
            else if (item.value == null && ik?.comment) {
                comment = ik.comment;
            }
        }
        if (comment)
            reqNewline = true;
        let str = stringify.stringify(item, itemCtx, () => (comment = null));
        reqNewline || (reqNewline = lines.length > linesAtValue || str.includes('\n'));
        if (i < items.length - 1) {
            str += ',';
        }
        else if (ctx.options.trailingComma) {
            if (ctx.options.lineWidth > 0) {
                reqNewline || (reqNewline = lines.reduce((sum, line) => sum + line.length + 2, 2) +
                    (str.length + 2) >
                    ctx.options.lineWidth);
            }
            if (reqNewline) {
                str += ',';
            }
        }
        if (comment)
            str += stringifyComment.lineComment(str, itemIndent, commentString(comment));
        lines.push(str);
        linesAtValue = lines.length;
    }
    const { start, end } = flowChars;
    if (lines.length === 0) {
        return start + end;
    }
    else {
        if (!reqNewline) {
            const len = lines.reduce((sum, line) => sum + line.length + 2, 2);
            reqNewline = ctx.options.lineWidth > 0 && len > ctx.options.lineWidth;
        }
        if (reqNewline) {
            let str = start;
            for (const line of lines)
                str += line ? `\n${indentStep}${indent}${line}` : '\n';
            return `${str}\n${indent}${end}`;
        }
        else {
            return `${start}${fcPadding}${lines.join(' ')}${fcPadding}${end}`;
        }
    }
}
function addCommentBefore({ indent, options: { commentString } }, lines, comment, chompKeep) {
    if (comment && chompKeep)
        comment = comment.replace(/^\n+/, '');
    if (comment) {
        const ic = stringifyComment.indentComment(commentString(comment), indent);
        lines.push(ic.trimStart()); // Avoid double indent on first line
    }
}

exports.stringifyCollection = stringifyCollection;


/***/ }),

/***/ 9799:
/***/ ((__unused_webpack_module, exports) => {



/**
 * Stringifies a comment.
 *
 * Empty comment lines are left empty,
 * lines consisting of a single space are replaced by `#`,
 * and all other lines are prefixed with a `#`.
 */
const stringifyComment = (str) => str.replace(/^(?!$)(?: $)?/gm, '#');
function indentComment(comment, indent) {
    if (/^\n+$/.test(comment))
        return comment.substring(1);
    return indent ? comment.replace(/^(?! *$)/gm, indent) : comment;
}
const lineComment = (str, indent, comment) => str.endsWith('\n')
    ? indentComment(comment, indent)
    : comment.includes('\n')
        ? '\n' + indentComment(comment, indent)
        : (str.endsWith(' ') ? '' : ' ') + comment;

exports.indentComment = indentComment;
exports.lineComment = lineComment;
exports.stringifyComment = stringifyComment;


/***/ }),

/***/ 6829:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var stringify = __nccwpck_require__(2148);
var stringifyComment = __nccwpck_require__(9799);

function stringifyDocument(doc, options) {
    const lines = [];
    let hasDirectives = options.directives === true;
    if (options.directives !== false && doc.directives) {
        const dir = doc.directives.toString(doc);
        if (dir) {
            lines.push(dir);
            hasDirectives = true;
        }
        else if (doc.directives.docStart)
            hasDirectives = true;
    }
    if (hasDirectives)
        lines.push('---');
    const ctx = stringify.createStringifyContext(doc, options);
    const { commentString } = ctx.options;
    if (doc.commentBefore) {
        if (lines.length !== 1)
            lines.unshift('');
        const cs = commentString(doc.commentBefore);
        lines.unshift(stringifyComment.indentComment(cs, ''));
    }
    let chompKeep = false;
    let contentComment = null;
    if (doc.contents) {
        if (identity.isNode(doc.contents)) {
            if (doc.contents.spaceBefore && hasDirectives)
                lines.push('');
            if (doc.contents.commentBefore) {
                const cs = commentString(doc.contents.commentBefore);
                lines.push(stringifyComment.indentComment(cs, ''));
            }
            // top-level block scalars need to be indented if followed by a comment
            ctx.forceBlockIndent = !!doc.comment;
            contentComment = doc.contents.comment;
        }
        const onChompKeep = contentComment ? undefined : () => (chompKeep = true);
        let body = stringify.stringify(doc.contents, ctx, () => (contentComment = null), onChompKeep);
        if (contentComment)
            body += stringifyComment.lineComment(body, '', commentString(contentComment));
        if ((body[0] === '|' || body[0] === '>') &&
            lines[lines.length - 1] === '---') {
            // Top-level block scalars with a preceding doc marker ought to use the
            // same line for their header.
            lines[lines.length - 1] = `--- ${body}`;
        }
        else
            lines.push(body);
    }
    else {
        lines.push(stringify.stringify(doc.contents, ctx));
    }
    if (doc.directives?.docEnd) {
        if (doc.comment) {
            const cs = commentString(doc.comment);
            if (cs.includes('\n')) {
                lines.push('...');
                lines.push(stringifyComment.indentComment(cs, ''));
            }
            else {
                lines.push(`... ${cs}`);
            }
        }
        else {
            lines.push('...');
        }
    }
    else {
        let dc = doc.comment;
        if (dc && chompKeep)
            dc = dc.replace(/^\n+/, '');
        if (dc) {
            if ((!chompKeep || contentComment) && lines[lines.length - 1] !== '')
                lines.push('');
            lines.push(stringifyComment.indentComment(commentString(dc), ''));
        }
    }
    return lines.join('\n') + '\n';
}

exports.stringifyDocument = stringifyDocument;


/***/ }),

/***/ 8689:
/***/ ((__unused_webpack_module, exports) => {



function stringifyNumber({ format, minFractionDigits, tag, value }) {
    if (typeof value === 'bigint')
        return String(value);
    const num = typeof value === 'number' ? value : Number(value);
    if (!isFinite(num))
        return isNaN(num) ? '.nan' : num < 0 ? '-.inf' : '.inf';
    let n = Object.is(value, -0) ? '-0' : JSON.stringify(value);
    if (!format &&
        minFractionDigits &&
        (!tag || tag === 'tag:yaml.org,2002:float') &&
        /^-?\d/.test(n) &&
        !n.includes('e')) {
        let i = n.indexOf('.');
        if (i < 0) {
            i = n.length;
            n += '.';
        }
        let d = minFractionDigits - (n.length - i - 1);
        while (d-- > 0)
            n += '0';
    }
    return n;
}

exports.stringifyNumber = stringifyNumber;


/***/ }),

/***/ 9748:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);
var Scalar = __nccwpck_require__(3301);
var stringify = __nccwpck_require__(2148);
var stringifyComment = __nccwpck_require__(9799);

function stringifyPair({ key, value }, ctx, onComment, onChompKeep) {
    const { allNullValues, doc, indent, indentStep, options: { commentString, indentSeq, simpleKeys } } = ctx;
    let keyComment = (identity.isNode(key) && key.comment) || null;
    if (simpleKeys) {
        if (keyComment) {
            throw new Error('With simple keys, key nodes cannot have comments');
        }
        if (identity.isCollection(key) || (!identity.isNode(key) && typeof key === 'object')) {
            const msg = 'With simple keys, collection cannot be used as a key value';
            throw new Error(msg);
        }
    }
    let explicitKey = !simpleKeys &&
        (!key ||
            (keyComment && value == null && !ctx.inFlow) ||
            identity.isCollection(key) ||
            (identity.isScalar(key)
                ? key.type === Scalar.Scalar.BLOCK_FOLDED || key.type === Scalar.Scalar.BLOCK_LITERAL
                : typeof key === 'object'));
    ctx = Object.assign({}, ctx, {
        allNullValues: false,
        implicitKey: !explicitKey && (simpleKeys || !allNullValues),
        indent: indent + indentStep
    });
    let keyCommentDone = false;
    let chompKeep = false;
    let str = stringify.stringify(key, ctx, () => (keyCommentDone = true), () => (chompKeep = true));
    if (!explicitKey && !ctx.inFlow && str.length > 1024) {
        if (simpleKeys)
            throw new Error('With simple keys, single line scalar must not span more than 1024 characters');
        explicitKey = true;
    }
    if (ctx.inFlow) {
        if (allNullValues || value == null) {
            if (keyCommentDone && onComment)
                onComment();
            return str === '' ? '?' : explicitKey ? `? ${str}` : str;
        }
    }
    else if ((allNullValues && !simpleKeys) || (value == null && explicitKey)) {
        str = `? ${str}`;
        if (keyComment && !keyCommentDone) {
            str += stringifyComment.lineComment(str, ctx.indent, commentString(keyComment));
        }
        else if (chompKeep && onChompKeep)
            onChompKeep();
        return str;
    }
    if (keyCommentDone)
        keyComment = null;
    if (explicitKey) {
        if (keyComment)
            str += stringifyComment.lineComment(str, ctx.indent, commentString(keyComment));
        str = `? ${str}\n${indent}:`;
    }
    else {
        str = `${str}:`;
        if (keyComment)
            str += stringifyComment.lineComment(str, ctx.indent, commentString(keyComment));
    }
    let vsb, vcb, valueComment;
    if (identity.isNode(value)) {
        vsb = !!value.spaceBefore;
        vcb = value.commentBefore;
        valueComment = value.comment;
    }
    else {
        vsb = false;
        vcb = null;
        valueComment = null;
        if (value && typeof value === 'object')
            value = doc.createNode(value);
    }
    ctx.implicitKey = false;
    if (!explicitKey && !keyComment && identity.isScalar(value))
        ctx.indentAtStart = str.length + 1;
    chompKeep = false;
    if (!indentSeq &&
        indentStep.length >= 2 &&
        !ctx.inFlow &&
        !explicitKey &&
        identity.isSeq(value) &&
        !value.flow &&
        !value.tag &&
        !value.anchor) {
        // If indentSeq === false, consider '- ' as part of indentation where possible
        ctx.indent = ctx.indent.substring(2);
    }
    let valueCommentDone = false;
    const valueStr = stringify.stringify(value, ctx, () => (valueCommentDone = true), () => (chompKeep = true));
    let ws = ' ';
    if (keyComment || vsb || vcb) {
        ws = vsb ? '\n' : '';
        if (vcb) {
            const cs = commentString(vcb);
            ws += `\n${stringifyComment.indentComment(cs, ctx.indent)}`;
        }
        if (valueStr === '' && !ctx.inFlow) {
            if (ws === '\n' && valueComment)
                ws = '\n\n';
        }
        else {
            ws += `\n${ctx.indent}`;
        }
    }
    else if (!explicitKey && identity.isCollection(value)) {
        const vs0 = valueStr[0];
        const nl0 = valueStr.indexOf('\n');
        const hasNewline = nl0 !== -1;
        const flow = ctx.inFlow ?? value.flow ?? value.items.length === 0;
        if (hasNewline || !flow) {
            let hasPropsLine = false;
            if (hasNewline && (vs0 === '&' || vs0 === '!')) {
                let sp0 = valueStr.indexOf(' ');
                if (vs0 === '&' &&
                    sp0 !== -1 &&
                    sp0 < nl0 &&
                    valueStr[sp0 + 1] === '!') {
                    sp0 = valueStr.indexOf(' ', sp0 + 1);
                }
                if (sp0 === -1 || nl0 < sp0)
                    hasPropsLine = true;
            }
            if (!hasPropsLine)
                ws = `\n${ctx.indent}`;
        }
    }
    else if (valueStr === '' || valueStr[0] === '\n') {
        ws = '';
    }
    str += ws + valueStr;
    if (ctx.inFlow) {
        if (valueCommentDone && onComment)
            onComment();
    }
    else if (valueComment && !valueCommentDone) {
        str += stringifyComment.lineComment(str, ctx.indent, commentString(valueComment));
    }
    else if (chompKeep && onChompKeep) {
        onChompKeep();
    }
    return str;
}

exports.stringifyPair = stringifyPair;


/***/ }),

/***/ 3069:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var Scalar = __nccwpck_require__(3301);
var foldFlowLines = __nccwpck_require__(4475);

const getFoldOptions = (ctx, isBlock) => ({
    indentAtStart: isBlock ? ctx.indent.length : ctx.indentAtStart,
    lineWidth: ctx.options.lineWidth,
    minContentWidth: ctx.options.minContentWidth
});
// Also checks for lines starting with %, as parsing the output as YAML 1.1 will
// presume that's starting a new document.
const containsDocumentMarker = (str) => /^(%|---|\.\.\.)/m.test(str);
function lineLengthOverLimit(str, lineWidth, indentLength) {
    if (!lineWidth || lineWidth < 0)
        return false;
    const limit = lineWidth - indentLength;
    const strLen = str.length;
    if (strLen <= limit)
        return false;
    for (let i = 0, start = 0; i < strLen; ++i) {
        if (str[i] === '\n') {
            if (i - start > limit)
                return true;
            start = i + 1;
            if (strLen - start <= limit)
                return false;
        }
    }
    return true;
}
function doubleQuotedString(value, ctx) {
    const json = JSON.stringify(value);
    if (ctx.options.doubleQuotedAsJSON)
        return json;
    const { implicitKey } = ctx;
    const minMultiLineLength = ctx.options.doubleQuotedMinMultiLineLength;
    const indent = ctx.indent || (containsDocumentMarker(value) ? '  ' : '');
    let str = '';
    let start = 0;
    for (let i = 0, ch = json[i]; ch; ch = json[++i]) {
        if (ch === ' ' && json[i + 1] === '\\' && json[i + 2] === 'n') {
            // space before newline needs to be escaped to not be folded
            str += json.slice(start, i) + '\\ ';
            i += 1;
            start = i;
            ch = '\\';
        }
        if (ch === '\\')
            switch (json[i + 1]) {
                case 'u':
                    {
                        str += json.slice(start, i);
                        const code = json.substr(i + 2, 4);
                        switch (code) {
                            case '0000':
                                str += '\\0';
                                break;
                            case '0007':
                                str += '\\a';
                                break;
                            case '000b':
                                str += '\\v';
                                break;
                            case '001b':
                                str += '\\e';
                                break;
                            case '0085':
                                str += '\\N';
                                break;
                            case '00a0':
                                str += '\\_';
                                break;
                            case '2028':
                                str += '\\L';
                                break;
                            case '2029':
                                str += '\\P';
                                break;
                            default:
                                if (code.substr(0, 2) === '00')
                                    str += '\\x' + code.substr(2);
                                else
                                    str += json.substr(i, 6);
                        }
                        i += 5;
                        start = i + 1;
                    }
                    break;
                case 'n':
                    if (implicitKey ||
                        json[i + 2] === '"' ||
                        json.length < minMultiLineLength) {
                        i += 1;
                    }
                    else {
                        // folding will eat first newline
                        str += json.slice(start, i) + '\n\n';
                        while (json[i + 2] === '\\' &&
                            json[i + 3] === 'n' &&
                            json[i + 4] !== '"') {
                            str += '\n';
                            i += 2;
                        }
                        str += indent;
                        // space after newline needs to be escaped to not be folded
                        if (json[i + 2] === ' ')
                            str += '\\';
                        i += 1;
                        start = i + 1;
                    }
                    break;
                default:
                    i += 1;
            }
    }
    str = start ? str + json.slice(start) : json;
    return implicitKey
        ? str
        : foldFlowLines.foldFlowLines(str, indent, foldFlowLines.FOLD_QUOTED, getFoldOptions(ctx, false));
}
function singleQuotedString(value, ctx) {
    if (ctx.options.singleQuote === false ||
        (ctx.implicitKey && value.includes('\n')) ||
        /[ \t]\n|\n[ \t]/.test(value) // single quoted string can't have leading or trailing whitespace around newline
    )
        return doubleQuotedString(value, ctx);
    const indent = ctx.indent || (containsDocumentMarker(value) ? '  ' : '');
    const res = "'" + value.replace(/'/g, "''").replace(/\n+/g, `$&\n${indent}`) + "'";
    return ctx.implicitKey
        ? res
        : foldFlowLines.foldFlowLines(res, indent, foldFlowLines.FOLD_FLOW, getFoldOptions(ctx, false));
}
function quotedString(value, ctx) {
    const { singleQuote } = ctx.options;
    let qs;
    if (singleQuote === false)
        qs = doubleQuotedString;
    else {
        const hasDouble = value.includes('"');
        const hasSingle = value.includes("'");
        if (hasDouble && !hasSingle)
            qs = singleQuotedString;
        else if (hasSingle && !hasDouble)
            qs = doubleQuotedString;
        else
            qs = singleQuote ? singleQuotedString : doubleQuotedString;
    }
    return qs(value, ctx);
}
// The negative lookbehind avoids a polynomial search,
// but isn't supported yet on Safari: https://caniuse.com/js-regexp-lookbehind
let blockEndNewlines;
try {
    blockEndNewlines = new RegExp('(^|(?<!\n))\n+(?!\n|$)', 'g');
}
catch {
    blockEndNewlines = /\n+(?!\n|$)/g;
}
function blockString({ comment, type, value }, ctx, onComment, onChompKeep) {
    const { blockQuote, commentString, lineWidth } = ctx.options;
    // 1. Block can't end in whitespace unless the last line is non-empty.
    // 2. Strings consisting of only whitespace are best rendered explicitly.
    if (!blockQuote || /\n[\t ]+$/.test(value)) {
        return quotedString(value, ctx);
    }
    const indent = ctx.indent ||
        (ctx.forceBlockIndent || containsDocumentMarker(value) ? '  ' : '');
    const literal = blockQuote === 'literal'
        ? true
        : blockQuote === 'folded' || type === Scalar.Scalar.BLOCK_FOLDED
            ? false
            : type === Scalar.Scalar.BLOCK_LITERAL
                ? true
                : !lineLengthOverLimit(value, lineWidth, indent.length);
    if (!value)
        return literal ? '|\n' : '>\n';
    // determine chomping from whitespace at value end
    let chomp;
    let endStart;
    for (endStart = value.length; endStart > 0; --endStart) {
        const ch = value[endStart - 1];
        if (ch !== '\n' && ch !== '\t' && ch !== ' ')
            break;
    }
    let end = value.substring(endStart);
    const endNlPos = end.indexOf('\n');
    if (endNlPos === -1) {
        chomp = '-'; // strip
    }
    else if (value === end || endNlPos !== end.length - 1) {
        chomp = '+'; // keep
        if (onChompKeep)
            onChompKeep();
    }
    else {
        chomp = ''; // clip
    }
    if (end) {
        value = value.slice(0, -end.length);
        if (end[end.length - 1] === '\n')
            end = end.slice(0, -1);
        end = end.replace(blockEndNewlines, `$&${indent}`);
    }
    // determine indent indicator from whitespace at value start
    let startWithSpace = false;
    let startEnd;
    let startNlPos = -1;
    for (startEnd = 0; startEnd < value.length; ++startEnd) {
        const ch = value[startEnd];
        if (ch === ' ')
            startWithSpace = true;
        else if (ch === '\n')
            startNlPos = startEnd;
        else
            break;
    }
    let start = value.substring(0, startNlPos < startEnd ? startNlPos + 1 : startEnd);
    if (start) {
        value = value.substring(start.length);
        start = start.replace(/\n+/g, `$&${indent}`);
    }
    const indentSize = indent ? '2' : '1'; // root is at -1
    // Leading | or > is added later
    let header = (startWithSpace ? indentSize : '') + chomp;
    if (comment) {
        header += ' ' + commentString(comment.replace(/ ?[\r\n]+/g, ' '));
        if (onComment)
            onComment();
    }
    if (!literal) {
        const foldedValue = value
            .replace(/\n+/g, '\n$&')
            .replace(/(?:^|\n)([\t ].*)(?:([\n\t ]*)\n(?![\n\t ]))?/g, '$1$2') // more-indented lines aren't folded
            //                ^ more-ind. ^ empty     ^ capture next empty lines only at end of indent
            .replace(/\n+/g, `$&${indent}`);
        let literalFallback = false;
        const foldOptions = getFoldOptions(ctx, true);
        if (blockQuote !== 'folded' && type !== Scalar.Scalar.BLOCK_FOLDED) {
            foldOptions.onOverflow = () => {
                literalFallback = true;
            };
        }
        const body = foldFlowLines.foldFlowLines(`${start}${foldedValue}${end}`, indent, foldFlowLines.FOLD_BLOCK, foldOptions);
        if (!literalFallback)
            return `>${header}\n${indent}${body}`;
    }
    value = value.replace(/\n+/g, `$&${indent}`);
    return `|${header}\n${indent}${start}${value}${end}`;
}
function plainString(item, ctx, onComment, onChompKeep) {
    const { type, value } = item;
    const { actualString, implicitKey, indent, indentStep, inFlow } = ctx;
    if ((implicitKey && value.includes('\n')) ||
        (inFlow && /[[\]{},]/.test(value))) {
        return quotedString(value, ctx);
    }
    if (/^[\n\t ,[\]{}#&*!|>'"%@`]|^[?-]$|^[?-][ \t]|[\n:][ \t]|[ \t]\n|[\n\t ]#|[\n\t :]$/.test(value)) {
        // not allowed:
        // - '-' or '?'
        // - start with an indicator character (except [?:-]) or /[?-] /
        // - '\n ', ': ' or ' \n' anywhere
        // - '#' not preceded by a non-space char
        // - end with ' ' or ':'
        return implicitKey || inFlow || !value.includes('\n')
            ? quotedString(value, ctx)
            : blockString(item, ctx, onComment, onChompKeep);
    }
    if (!implicitKey &&
        !inFlow &&
        type !== Scalar.Scalar.PLAIN &&
        value.includes('\n')) {
        // Where allowed & type not set explicitly, prefer block style for multiline strings
        return blockString(item, ctx, onComment, onChompKeep);
    }
    if (containsDocumentMarker(value)) {
        if (indent === '') {
            ctx.forceBlockIndent = true;
            return blockString(item, ctx, onComment, onChompKeep);
        }
        else if (implicitKey && indent === indentStep) {
            return quotedString(value, ctx);
        }
    }
    const str = value.replace(/\n+/g, `$&\n${indent}`);
    // Verify that output will be parsed as a string, as e.g. plain numbers and
    // booleans get parsed with those types in v1.2 (e.g. '42', 'true' & '0.9e-3'),
    // and others in v1.1.
    if (actualString) {
        const test = (tag) => tag.default && tag.tag !== 'tag:yaml.org,2002:str' && tag.test?.test(str);
        const { compat, tags } = ctx.doc.schema;
        if (tags.some(test) || compat?.some(test))
            return quotedString(value, ctx);
    }
    return implicitKey
        ? str
        : foldFlowLines.foldFlowLines(str, indent, foldFlowLines.FOLD_FLOW, getFoldOptions(ctx, false));
}
function stringifyString(item, ctx, onComment, onChompKeep) {
    const { implicitKey, inFlow } = ctx;
    const ss = typeof item.value === 'string'
        ? item
        : Object.assign({}, item, { value: String(item.value) });
    let { type } = item;
    if (type !== Scalar.Scalar.QUOTE_DOUBLE) {
        // force double quotes on control characters & unpaired surrogates
        if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u{D800}-\u{DFFF}]/u.test(ss.value))
            type = Scalar.Scalar.QUOTE_DOUBLE;
    }
    const _stringify = (_type) => {
        switch (_type) {
            case Scalar.Scalar.BLOCK_FOLDED:
            case Scalar.Scalar.BLOCK_LITERAL:
                return implicitKey || inFlow
                    ? quotedString(ss.value, ctx) // blocks are not valid inside flow containers
                    : blockString(ss, ctx, onComment, onChompKeep);
            case Scalar.Scalar.QUOTE_DOUBLE:
                return doubleQuotedString(ss.value, ctx);
            case Scalar.Scalar.QUOTE_SINGLE:
                return singleQuotedString(ss.value, ctx);
            case Scalar.Scalar.PLAIN:
                return plainString(ss, ctx, onComment, onChompKeep);
            default:
                return null;
        }
    };
    let res = _stringify(type);
    if (res === null) {
        const { defaultKeyType, defaultStringType } = ctx.options;
        const t = (implicitKey && defaultKeyType) || defaultStringType;
        res = _stringify(t);
        if (res === null)
            throw new Error(`Unsupported default string type ${t}`);
    }
    return res;
}

exports.stringifyString = stringifyString;


/***/ }),

/***/ 204:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {



var identity = __nccwpck_require__(1127);

const BREAK = Symbol('break visit');
const SKIP = Symbol('skip children');
const REMOVE = Symbol('remove node');
/**
 * Apply a visitor to an AST node or document.
 *
 * Walks through the tree (depth-first) starting from `node`, calling a
 * `visitor` function with three arguments:
 *   - `key`: For sequence values and map `Pair`, the node's index in the
 *     collection. Within a `Pair`, `'key'` or `'value'`, correspondingly.
 *     `null` for the root node.
 *   - `node`: The current node.
 *   - `path`: The ancestry of the current node.
 *
 * The return value of the visitor may be used to control the traversal:
 *   - `undefined` (default): Do nothing and continue
 *   - `visit.SKIP`: Do not visit the children of this node, continue with next
 *     sibling
 *   - `visit.BREAK`: Terminate traversal completely
 *   - `visit.REMOVE`: Remove the current node, then continue with the next one
 *   - `Node`: Replace the current node, then continue by visiting it
 *   - `number`: While iterating the items of a sequence or map, set the index
 *     of the next step. This is useful especially if the index of the current
 *     node has changed.
 *
 * If `visitor` is a single function, it will be called with all values
 * encountered in the tree, including e.g. `null` values. Alternatively,
 * separate visitor functions may be defined for each `Map`, `Pair`, `Seq`,
 * `Alias` and `Scalar` node. To define the same visitor function for more than
 * one node type, use the `Collection` (map and seq), `Value` (map, seq & scalar)
 * and `Node` (alias, map, seq & scalar) targets. Of all these, only the most
 * specific defined one will be used for each node.
 */
function visit(node, visitor) {
    const visitor_ = initVisitor(visitor);
    if (identity.isDocument(node)) {
        const cd = visit_(null, node.contents, visitor_, Object.freeze([node]));
        if (cd === REMOVE)
            node.contents = null;
    }
    else
        visit_(null, node, visitor_, Object.freeze([]));
}
// Without the `as symbol` casts, TS declares these in the `visit`
// namespace using `var`, but then complains about that because
// `unique symbol` must be `const`.
/** Terminate visit traversal completely */
visit.BREAK = BREAK;
/** Do not visit the children of the current node */
visit.SKIP = SKIP;
/** Remove the current node */
visit.REMOVE = REMOVE;
function visit_(key, node, visitor, path) {
    const ctrl = callVisitor(key, node, visitor, path);
    if (identity.isNode(ctrl) || identity.isPair(ctrl)) {
        replaceNode(key, path, ctrl);
        return visit_(key, ctrl, visitor, path);
    }
    if (typeof ctrl !== 'symbol') {
        if (identity.isCollection(node)) {
            path = Object.freeze(path.concat(node));
            for (let i = 0; i < node.items.length; ++i) {
                const ci = visit_(i, node.items[i], visitor, path);
                if (typeof ci === 'number')
                    i = ci - 1;
                else if (ci === BREAK)
                    return BREAK;
                else if (ci === REMOVE) {
                    node.items.splice(i, 1);
                    i -= 1;
                }
            }
        }
        else if (identity.isPair(node)) {
            path = Object.freeze(path.concat(node));
            const ck = visit_('key', node.key, visitor, path);
            if (ck === BREAK)
                return BREAK;
            else if (ck === REMOVE)
                node.key = null;
            const cv = visit_('value', node.value, visitor, path);
            if (cv === BREAK)
                return BREAK;
            else if (cv === REMOVE)
                node.value = null;
        }
    }
    return ctrl;
}
/**
 * Apply an async visitor to an AST node or document.
 *
 * Walks through the tree (depth-first) starting from `node`, calling a
 * `visitor` function with three arguments:
 *   - `key`: For sequence values and map `Pair`, the node's index in the
 *     collection. Within a `Pair`, `'key'` or `'value'`, correspondingly.
 *     `null` for the root node.
 *   - `node`: The current node.
 *   - `path`: The ancestry of the current node.
 *
 * The return value of the visitor may be used to control the traversal:
 *   - `Promise`: Must resolve to one of the following values
 *   - `undefined` (default): Do nothing and continue
 *   - `visit.SKIP`: Do not visit the children of this node, continue with next
 *     sibling
 *   - `visit.BREAK`: Terminate traversal completely
 *   - `visit.REMOVE`: Remove the current node, then continue with the next one
 *   - `Node`: Replace the current node, then continue by visiting it
 *   - `number`: While iterating the items of a sequence or map, set the index
 *     of the next step. This is useful especially if the index of the current
 *     node has changed.
 *
 * If `visitor` is a single function, it will be called with all values
 * encountered in the tree, including e.g. `null` values. Alternatively,
 * separate visitor functions may be defined for each `Map`, `Pair`, `Seq`,
 * `Alias` and `Scalar` node. To define the same visitor function for more than
 * one node type, use the `Collection` (map and seq), `Value` (map, seq & scalar)
 * and `Node` (alias, map, seq & scalar) targets. Of all these, only the most
 * specific defined one will be used for each node.
 */
async function visitAsync(node, visitor) {
    const visitor_ = initVisitor(visitor);
    if (identity.isDocument(node)) {
        const cd = await visitAsync_(null, node.contents, visitor_, Object.freeze([node]));
        if (cd === REMOVE)
            node.contents = null;
    }
    else
        await visitAsync_(null, node, visitor_, Object.freeze([]));
}
// Without the `as symbol` casts, TS declares these in the `visit`
// namespace using `var`, but then complains about that because
// `unique symbol` must be `const`.
/** Terminate visit traversal completely */
visitAsync.BREAK = BREAK;
/** Do not visit the children of the current node */
visitAsync.SKIP = SKIP;
/** Remove the current node */
visitAsync.REMOVE = REMOVE;
async function visitAsync_(key, node, visitor, path) {
    const ctrl = await callVisitor(key, node, visitor, path);
    if (identity.isNode(ctrl) || identity.isPair(ctrl)) {
        replaceNode(key, path, ctrl);
        return visitAsync_(key, ctrl, visitor, path);
    }
    if (typeof ctrl !== 'symbol') {
        if (identity.isCollection(node)) {
            path = Object.freeze(path.concat(node));
            for (let i = 0; i < node.items.length; ++i) {
                const ci = await visitAsync_(i, node.items[i], visitor, path);
                if (typeof ci === 'number')
                    i = ci - 1;
                else if (ci === BREAK)
                    return BREAK;
                else if (ci === REMOVE) {
                    node.items.splice(i, 1);
                    i -= 1;
                }
            }
        }
        else if (identity.isPair(node)) {
            path = Object.freeze(path.concat(node));
            const ck = await visitAsync_('key', node.key, visitor, path);
            if (ck === BREAK)
                return BREAK;
            else if (ck === REMOVE)
                node.key = null;
            const cv = await visitAsync_('value', node.value, visitor, path);
            if (cv === BREAK)
                return BREAK;
            else if (cv === REMOVE)
                node.value = null;
        }
    }
    return ctrl;
}
function initVisitor(visitor) {
    if (typeof visitor === 'object' &&
        (visitor.Collection || visitor.Node || visitor.Value)) {
        return Object.assign({
            Alias: visitor.Node,
            Map: visitor.Node,
            Scalar: visitor.Node,
            Seq: visitor.Node
        }, visitor.Value && {
            Map: visitor.Value,
            Scalar: visitor.Value,
            Seq: visitor.Value
        }, visitor.Collection && {
            Map: visitor.Collection,
            Seq: visitor.Collection
        }, visitor);
    }
    return visitor;
}
function callVisitor(key, node, visitor, path) {
    if (typeof visitor === 'function')
        return visitor(key, node, path);
    if (identity.isMap(node))
        return visitor.Map?.(key, node, path);
    if (identity.isSeq(node))
        return visitor.Seq?.(key, node, path);
    if (identity.isPair(node))
        return visitor.Pair?.(key, node, path);
    if (identity.isScalar(node))
        return visitor.Scalar?.(key, node, path);
    if (identity.isAlias(node))
        return visitor.Alias?.(key, node, path);
    return undefined;
}
function replaceNode(key, path, node) {
    const parent = path[path.length - 1];
    if (identity.isCollection(parent)) {
        parent.items[key] = node;
    }
    else if (identity.isPair(parent)) {
        if (key === 'key')
            parent.key = node;
        else
            parent.value = node;
    }
    else if (identity.isDocument(parent)) {
        parent.contents = node;
    }
    else {
        const pt = identity.isAlias(parent) ? 'alias' : 'scalar';
        throw new Error(`Cannot replace node with ${pt} parent`);
    }
}

exports.visit = visit;
exports.visitAsync = visitAsync;


/***/ }),

/***/ 2542:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  wL: () => (/* binding */ VerifiedImageError),
  fJ: () => (/* binding */ fail)
});

// UNUSED EXPORTS: messageOf

// EXTERNAL MODULE: ./build/failure/format.js
var format = __nccwpck_require__(2250);
;// CONCATENATED MODULE: ./build/failure/describe-failure.js
// Failures in words: what each kind says in a log line, an annotation, and the report.
// Pure. Messages use the words that people search for.


/** Describes a failure without its object and registry: `digest mismatch: expected \u2026`, `not found (HTTP 404)`. */
function describeFailure(failure) {
    switch (failure.kind) {
        case 'unreachable':
        case 'too-large':
        case 'protocol':
        case 'unusable':
        case 'local-io':
        case 'docker':
        case 'bug':
            return failure.detail;
        case 'signature':
            return `${failure.problem}: ${failure.detail}`;
        case 'timed-out':
            return describeTimeout(failure.phase, failure.limit);
        case 'throttled':
            return `rate limited ${describe_failure_status(failure)}${retryAfter(failure)}${suffix(failure.detail)}`;
        case 'server-error':
            return `server error ${describe_failure_status(failure)}${retryAfter(failure)}${suffix(failure.detail)}`;
        case 'not-found':
            return `not found ${describe_failure_status(failure)}${suffix(failure.detail)}`;
        case 'unauthorized':
            return `authentication required ${describe_failure_status(failure)}, ${credentials(failure)}${suffix(failure.detail)}`;
        case 'denied':
            return `access denied ${describe_failure_status(failure)}, ${credentials(failure)}${suffix(failure.detail)}`;
        case 'truncated':
            return describeTruncated(failure);
        case 'corrupt':
            return describeCorrupt(failure);
        case 'platform-missing':
            return `no image for ${failure.wanted}; available: ${failure.offered.length === 0 ? 'no platforms' : failure.offered.join(', ')}`;
        case 'digest-disagrees':
            return `tag resolves to ${failure.got}, expected ${failure.wanted} (from ${failure.decidedBy})`;
        case 'invalid-input':
            return failure.faults.map(describeIssue).join('\n');
    }
}
/**
 * Describes a failure with the object that failed: `config digest mismatch: expected \u2026`, `layer 2: server error (HTTP 503)`.
 * The manifest is only named where the sentence needs it, because it stands for the image.
 */
function describeObjectFailure(object, failure) {
    const text = describeFailure(failure);
    const isContent = failure.kind === 'corrupt' || failure.kind === 'truncated';
    if (object === undefined || (object === 'manifest' && !isContent))
        return text;
    return `${formatObject(object)}${isContent || failure.kind === 'not-found' ? '' : ':'} ${text}`;
}
/** Names an object for readers: `platform manifest`, and `layer 2` for `layer[1]`. */
function formatObject(object) {
    if (object === 'child')
        return 'platform manifest';
    const layer = /^layer\[(\d+)\]$/.exec(object)?.[1];
    return layer === undefined ? object : `layer ${String(Number(layer) + 1)}`;
}
/** Describes one invalid input in one line: `timeout "10": needs a unit. Example: 10m`. */
function describeIssue({ input, value, reason, example, location }) {
    const at = location === undefined ? '' : ` (${(0,format/* formatLocation */.j$)(location)})`;
    return `${input}${at}${value === '' ? '' : ` ${JSON.stringify(value)}`}: ${reason}. Example: ${example}`;
}
function suffix(text) {
    return text === '' ? '' : `: ${text}`;
}
function describe_failure_status(failure) {
    return `(HTTP ${String(failure.status)})`;
}
function retryAfter({ retryAfterMs }) {
    return retryAfterMs === undefined ? '' : `, retry after ${(0,format/* formatDuration */.a3)(retryAfterMs)}`;
}
function credentials(failure) {
    switch (failure.credentials) {
        case 'none':
            return 'no credentials sent';
        case 'refused':
            return 'credentials rejected';
        case 'not-requested':
            return 'credentials not requested by the registry';
    }
}
function describeTimeout(phase, { input, afterMs }) {
    const limit = `${(0,format/* formatDuration */.a3)(afterMs)} (input ${input})`;
    switch (phase) {
        case 'connect':
            return `connection timed out after ${limit}`;
        case 'headers':
            return `no response within ${limit}`;
        case 'body':
            return `download stalled: less than 1 KiB/s for ${limit}`;
        case 'pace':
            return `less than 1 KiB/s for ${limit}, and another registry finished first`;
        case 'everything':
            return `timed out after ${limit}`;
    }
}
function describeTruncated({ gotBytes, wantedBytes }) {
    return `truncated: connection closed after ${(0,format/* formatBytes */.z3)(gotBytes)}${wantedBytes === undefined ? '' : ` of ${(0,format/* formatBytes */.z3)(wantedBytes)}`}`;
}
function describeCorrupt({ wanted, got, wantedBytes, gotBytes }) {
    const expectedSize = wantedBytes === undefined || wantedBytes === gotBytes ? '' : `, expected ${(0,format/* formatBytes */.z3)(wantedBytes)}`;
    return `digest mismatch: expected ${wanted}, got ${got} (${gotBytes === 0 ? 'empty body, ' : ''}${(0,format/* formatBytes */.z3)(gotBytes)}${expectedSize})`;
}

;// CONCATENATED MODULE: ./build/failure/error.js
// The only error class. Raw errors are translated into it once, where they come in.
// No code above looks at a message or an errno again.


class VerifiedImageError extends Error {
    failure;
    /** The object that failed, if it is not the one that the caller requested: a token. */
    object;
    constructor(failure, options = {}) {
        super(describeFailure(failure), { cause: options.cause });
        this.name = 'VerifiedImageError';
        this.failure = failure;
        this.object = options.object;
    }
}
/** Throws a VerifiedImageError. */
function fail(failure, options) {
    throw new VerifiedImageError(failure, options);
}
/** The message of what was thrown, which may be anything. */
function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
}


/***/ }),

/***/ 2250:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   a3: () => (/* binding */ formatDuration),
/* harmony export */   j$: () => (/* binding */ formatLocation),
/* harmony export */   z3: () => (/* binding */ formatBytes)
/* harmony export */ });
/* unused harmony exports shortenDigests, formatCount */
// Formats quantities, digests, and source locations for messages.
// Pure.

/** `docker/Dockerfile:3`. */
function formatLocation({ file, line }) {
    return `${file}:${String(line)}`;
}
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];
/** `512 B`, `1.5 kB`, `120 MB`: decimal units and three digits, as registries and `docker images` print them. */
function formatBytes(bytes) {
    const unit = Math.floor(Math.log10(Math.max(bytes, 1)) / 3);
    // Rounding may reach the next unit: 999,999 B is 1 MB, not 1000 kB.
    const isNextUnit = Number((bytes / 1000 ** unit).toPrecision(3)) >= 1000;
    const power = Math.min(UNITS.length - 1, isNextUnit ? unit + 1 : unit);
    const value = bytes / 1000 ** power;
    return `${String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))} ${UNITS[power] ?? ''}`;
}
/** `40 ms`, `3.2 s`, `10 min`, `2 min 5 s`, `6 h`, `6 h 30 min`. */
function formatDuration(ms) {
    if (Math.round(ms) < 1000)
        return `${String(Math.round(ms))} ms`;
    const seconds = Math.round(ms / 1000);
    if (seconds < 60)
        return `${String(Number((ms / 1000).toFixed(1)))} s`;
    if (seconds < 3600)
        return withRest(Math.floor(seconds / 60), 'min', seconds % 60, 's');
    return withRest(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
}
function withRest(whole, unit, rest, restUnit) {
    return `${String(whole)} ${unit}${rest === 0 ? '' : ` ${String(rest)} ${restUnit}`}`;
}
/** Shortens each digest in a text to 12 hexadecimal digits: `sha256:1a2b3c4d5e6f\u2026`. The report and the evidence have all of them. */
function shortenDigests(text) {
    return text.replace(/\b(sha(?:256|512)):([0-9a-f]{12})[0-9a-f]{20,}/g, '$1:$2\u2026');
}
/** A number of things: `1 image`, `2 images`. */
function formatCount(amount, noun) {
    return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}


/***/ }),

/***/ 3206:
/***/ ((__webpack_module__, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(__webpack_module__, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var node_events__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(8474);
/* harmony import */ var node_worker_threads__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(5919);
/* harmony import */ var _find_images_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(6803);
/* harmony import */ var _failure_error_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(2542);
// The thread that reads files. Bundled as an entry of its own.
// The caller terminates it at the time limit, limits its memory, and runs Bake for it.




async function answer(options) {
    // The YAML parser creates an error for each mistake. A file may have 100,000, whose stacks would fill the memory.
    Error.stackTraceLimit = 0;
    try {
        return { found: await (0,_find_images_js__WEBPACK_IMPORTED_MODULE_2__/* .findImages */ .M)(options, runBake) };
    }
    catch (error) {
        // An error loses its class when it is sent to another thread.
        if (error instanceof _failure_error_js__WEBPACK_IMPORTED_MODULE_3__/* .VerifiedImageError */ .wL)
            return { failure: error.failure };
        throw error;
    }
}
async function runBake(bake) {
    if (node_worker_threads__WEBPACK_IMPORTED_MODULE_1__.parentPort === null)
        throw new Error('this file is a thread');
    const answered = (0,node_events__WEBPACK_IMPORTED_MODULE_0__.once)(node_worker_threads__WEBPACK_IMPORTED_MODULE_1__.parentPort, 'message');
    node_worker_threads__WEBPACK_IMPORTED_MODULE_1__.parentPort.postMessage({ bake });
    const [said] = await answered;
    return said;
}
node_worker_threads__WEBPACK_IMPORTED_MODULE_1__.parentPort?.postMessage(await answer(node_worker_threads__WEBPACK_IMPORTED_MODULE_1__.workerData));

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 6803:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  M: () => (/* binding */ findImages)
});

// EXTERNAL MODULE: ./build/failure/error.js + 1 modules
var failure_error = __nccwpck_require__(2542);
;// CONCATENATED MODULE: ./build/oci/omit-undefined.js
// Optional keys: JSON documents leave out a key without a value, internal records have undefined.
// Pure.
/** The record without the keys whose value is undefined. */
function omit_undefined_omitUndefined(record) {
    return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

;// CONCATENATED MODULE: ./build/files/compose/env-file.js
// Reads environment files as Compose does (compose-go, dotenv/parser.go). Its rules differ from those of Node's parser: `NAME: value`,
// single quotes that keep variables from being expanded, and escapes in quotes.
const NAME = /(?:export[\t\v\f\r \x85\xa0]+)?([\p{L}\p{N}_.[\]-]*)[\t\v\f\r \x85\xa0]*([=:]|\n|$)[\t\v\f\r \x85\xa0]*/uy;
/** The lines in order. Nothing from the first line on that Compose refuses. */
function readEnvFile(text) {
    const lines = [];
    let at = 0;
    for (;;) {
        at = skipBlank(text, at);
        NAME.lastIndex = at;
        const [start, name, separator] = NAME.exec(text) ?? [];
        if (start === undefined || name === undefined || at === text.length)
            return lines;
        at += start.length;
        // A name alone has the value of the variable of that name.
        if (separator !== '=' && separator !== ':')
            continue;
        const found = readValue(text, at);
        if (found === undefined)
            return lines;
        at = found.end;
        if (!/^\p{N}/u.test(name))
            lines.push({ name, value: found.value, isLiteral: found.isLiteral });
    }
}
/** Skips spaces, line ends, and comments. */
function skipBlank(text, from) {
    let at = from;
    while (at < text.length) {
        if (text.charAt(at) === '#')
            at = lineEnd(text, at);
        else if (/\s/.test(text.charAt(at)))
            at += 1;
        else
            return at;
    }
    return at;
}
function lineEnd(text, from) {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
}
/** Undefined for a quote that is not closed. */
function readValue(text, start) {
    const quote = text.charAt(start);
    if (quote === '"' || quote === "'")
        return readQuoted(text, start, quote);
    const end = lineEnd(text, start);
    const line = text.slice(start, end);
    const comment = line.indexOf(' #');
    return { value: line.slice(0, comment < 0 ? undefined : comment).trimEnd(), isLiteral: false, end };
}
function readQuoted(text, start, quote) {
    let value = '';
    for (let at = start + 1; at < text.length; at += 1) {
        const character = text.charAt(at);
        if (character === quote)
            return quote === "'"
                ? { value, isLiteral: true, end: at + 1 }
                : { value: withoutEscapes(value), isLiteral: false, end: at + 1 };
        if (character !== '\\')
            value += character;
        else if (at + 1 < text.length) {
            at += 1;
            value += text.charAt(at) === quote ? quote : `\\${text.charAt(at)}`;
        }
    }
    return undefined;
}
const ESCAPES = {
    ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', '\\': '\\' },
    // A dollar sign that begins no variable.
    $: '$$'
};
function withoutEscapes(value) {
    return value.replace(/\\(?:0([0-7]{3})|([abfnrtv$"\\]))/g, (_, octal, letter) => octal === undefined ? (ESCAPES[letter] ?? '') : String.fromCharCode(Number.parseInt(octal, 8)));
}

;// CONCATENATED MODULE: ./build/files/language/file-entry.js
// What a file says about images: an image to verify, a stage, a build to follow, an entry that is left out, or an invalid input.
// The readers of Dockerfiles, Compose files, and Bake files return these entries.


/** Throws the issue as an 'invalid-input' failure of the `files` input. */
function rejectFile(issue) {
    (0,failure_error/* fail */.fJ)({ kind: 'invalid-input', faults: [{ input: 'files', ...issue }] });
}
const MAX_EXCERPT_LENGTH = 120;
/** The text on one line, cut to a length that suits a message. */
function excerpt(text) {
    const line = text.trim().replace(/\s+/g, ' ');
    return line.length > MAX_EXCERPT_LENGTH ? `${line.slice(0, MAX_EXCERPT_LENGTH - 1)}\u2026` : line;
}

;// CONCATENATED MODULE: ./build/files/language/shell-pattern.js
// The patterns of `${V#pattern}`, `${V%pattern}`, and `${V/pattern/text}`: `*`, `?`, and backslashes, matched without backtracking.
// The author of a Dockerfile chooses the pattern. A regular expression would take exponential time for `*a*a*a\u2026b`.
/** Removes the shortest or the longest match of the pattern at the start. Undefined when the texts exceed MAX_PRODUCT. */
function trimPrefix(value, pattern, extent) {
    const [text, parts] = [Array.from(value), segmentsOf(pattern)];
    if (isTooLong(text, pattern))
        return undefined;
    const end = matchAt(text, 0, parts, extent);
    return text.slice(end ?? 0).join('');
}
/** Removes the shortest or the longest match of the pattern at the end. Undefined when the texts exceed MAX_PRODUCT. */
function trimSuffix(value, pattern, extent) {
    const text = Array.from(value).reverse();
    // With both reversed, the end is the start.
    const parts = segmentsOf(pattern)
        .map(part => part.toReversed())
        .reverse();
    if (isTooLong(text, pattern))
        return undefined;
    const end = matchAt(text, 0, parts, extent);
    return text
        .slice(end ?? 0)
        .reverse()
        .join('');
}
/** Replaces the first match, or all. A match is as long as possible. Undefined when the texts exceed MAX_PRODUCT. */
function replacePattern(value, pattern, replacement, which) {
    const [text, parts] = [Array.from(value), segmentsOf(pattern)];
    if (isTooLong(text, pattern) || isTooLong(text, replacement))
        return undefined;
    const made = [];
    let at = 0;
    while (at < text.length) {
        const start = parts[0]?.length === 0 ? at : findSegment(text, parts[0] ?? [], at);
        const end = start === undefined ? undefined : matchAt(text, start, parts, 'longest');
        // If the rest does not match after the first occurrence of the first segment, it matches after no later one.
        if (start === undefined || end === undefined || end === start)
            break;
        made.push(text.slice(at, start).join(''), replacement);
        at = end;
        if (which === 'first')
            break;
    }
    return made.join('') + text.slice(at).join('');
}
// Matching takes at most as many steps as the product of both lengths. The name of an image has at most 255 characters before its tag.
const MAX_PRODUCT = 1_000_000;
function isTooLong(text, pattern) {
    return text.length * pattern.length > MAX_PRODUCT;
}
function segmentsOf(pattern) {
    const segments = [[]];
    const characters = Array.from(pattern);
    for (let at = 0; at < characters.length; at += 1) {
        const character = characters[at];
        if (character === '*')
            segments.push([]);
        else if (character === '?')
            segments.at(-1)?.push(undefined);
        else if (character === '\\' && at + 1 < characters.length) {
            at += 1;
            segments.at(-1)?.push(characters[at]);
        }
        else
            segments.at(-1)?.push(character);
    }
    return segments;
}
function isAt(text, segment, at) {
    return (at + segment.length <= text.length &&
        segment.every((token, offset) => token === undefined || token === text[at + offset]));
}
function findSegment(text, segment, from) {
    for (let at = from; at + segment.length <= text.length; at += 1)
        if (isAt(text, segment, at))
            return at;
    return undefined;
}
/** Returns the end of the match. Each segment matches as early as possible; the last one decides the length. */
function matchAt(text, start, [first = [], ...others], extent) {
    if (!isAt(text, first, start))
        return undefined;
    let end = start + first.length;
    for (const segment of others) {
        const found = findSegment(text, segment, end);
        if (found === undefined)
            return undefined;
        end = found + segment.length;
    }
    const last = others.at(-1);
    if (extent === 'shortest' || last === undefined)
        return end;
    for (let at = text.length - last.length; at + last.length > end; at -= 1)
        if (isAt(text, last, at))
            return at + last.length;
    return end;
}

;// CONCATENATED MODULE: ./build/files/language/variables.js
// Expands variables in a text: `$X`, `${X}`, `${X:-default}`, `${X:+word}`, and the other forms of BuildKit and Compose.
// https://docs.docker.com/reference/dockerfile/#environment-replacement, https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md


const MAX_DEPTH = 50;
// A chain of 30 variables, each twice as long as the one before, makes a gigabyte. Names of images and files are far shorter.
const MAX_LENGTH = 64 * 1024;
const TOO_LONG = `With its variables expanded, it is longer than ${String(MAX_LENGTH / 1024)} KiB.`;
function unknown(reason) {
    return { ok: false, reason };
}
function known(value) {
    return { ok: true, value };
}
function expand(text, lookup, dialect) {
    const cursor = { at: 0, text, dialect, lookup, depth: 0 };
    return readUntil(cursor, '');
}
/**
 * Reads up to the character `end` and consumes it, or to the end of the text when `end` is empty. In a pattern, a backslash stays and
 * escapes for the pattern.
 */
function readUntil(cursor, end, form = 'text') {
    const { text, dialect } = cursor;
    const parts = [];
    let literal = '';
    let quote = '';
    const flush = () => {
        if (literal !== '')
            parts.push(known(literal));
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
            // Double quotes allow escapes of these characters only.
            const next = text.charAt(cursor.at + 1);
            literal += form === 'text' && (quote === '' || ['"', '$', char].includes(next)) ? next : char + next;
            cursor.at += 2;
        }
        else if (dialect.escape !== undefined && (char === quote || (quote === '' && (char === '"' || char === "'")))) {
            quote = quote === '' ? char : '';
            cursor.at += 1;
        }
        else {
            literal += form === 'pattern' && char === dialect.escape ? char + char : char;
            cursor.at += 1;
        }
    }
    if (end !== '')
        return unknown(`"${excerpt(text)}" has \${ without a closing }.`);
    if (quote !== '')
        return unknown(`"${excerpt(text)}" has a quote that is not closed.`);
    flush();
    return joined(parts);
}
function joined(parts) {
    let [value, length] = ['', 0];
    for (const part of parts) {
        if (!part.ok)
            return part;
        length += part.value.length;
        if (length > MAX_LENGTH)
            return unknown(TOO_LONG);
        value += part.value;
    }
    return known(value);
}
const variables_NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+/y;
function nameAt(text, at) {
    variables_NAME.lastIndex = at;
    return variables_NAME.exec(text)?.[0] ?? '';
}
/** Reads from a dollar sign. */
function readDollar(cursor) {
    const { text, dialect } = cursor;
    cursor.at += 1;
    if (dialect.escape === undefined && text.charAt(cursor.at) === '$') {
        cursor.at += 1;
        return known('$');
    }
    const isBraced = text.charAt(cursor.at) === '{';
    if (isBraced)
        cursor.at += 1;
    const name = nameAt(text, cursor.at);
    cursor.at += name.length;
    if (!isBraced)
        return name === '' ? known('$') : variables_valueOf(cursor, name);
    if (name === '') {
        cursor.at = text.length;
        return unknown(`"${excerpt(text)}" has \${ without a variable name.`);
    }
    if (text.charAt(cursor.at) === '}') {
        cursor.at += 1;
        return variables_valueOf(cursor, name);
    }
    return readOperation(cursor, name);
}
function variables_valueOf({ lookup, dialect }, name) {
    const value = lookup(name);
    if (typeof value === 'string')
        return known(value);
    return unknown(value?.unknown ?? dialect.describeUnset(name));
}
const OPERATION = /:?[-+?]|##?|%%?|\/\/?/y;
/** Reads from the operator after `${NAME`, up to the closing brace. */
function readOperation(cursor, name) {
    const { text, lookup } = cursor;
    OPERATION.lastIndex = cursor.at;
    const operator = OPERATION.exec(text)?.[0] ?? '';
    cursor.at += operator.length;
    cursor.depth += 1;
    if (operator === '' || cursor.depth > MAX_DEPTH) {
        cursor.at = text.length;
        return unknown(`"${excerpt(text)}" has an invalid expansion of ${excerpt(name)}.`);
    }
    const pattern = operator.startsWith('/') ? readUntil(cursor, '/', 'pattern') : known('');
    const word = readUntil(cursor, '}', /^[#%]/.test(operator) ? 'pattern' : 'text');
    cursor.depth -= 1;
    const value = lookup(name);
    if (typeof value === 'object')
        return unknown(value.unknown);
    const isSet = value !== undefined && !(operator.startsWith(':') && value === '');
    switch (operator.replace(':', '')) {
        case '-':
            return isSet ? known(value) : word;
        case '+':
            return isSet ? word : known('');
        case '?':
            return isSet ? known(value) : variables_valueOf({ ...cursor, lookup: () => undefined }, name);
        default:
            return trimmed(variables_valueOf(cursor, name), operator, pattern, word);
    }
}
/** `#` and `%` remove the shortest match at the start or end, `##` and `%%` the longest. `/` replaces the first match, `//` all. */
function trimmed(value, operator, pattern, word) {
    if (!value.ok)
        return value;
    if (!pattern.ok)
        return pattern;
    if (!word.ok)
        return word;
    const [one, extent] = [operator.charAt(0), operator.length === 2 ? 'longest' : 'shortest'];
    const result = one === '/'
        ? replacePattern(value.value, pattern.value, word.value, operator.length === 2 ? 'all' : 'first')
        : one === '#'
            ? trimPrefix(value.value, word.value, extent)
            : trimSuffix(value.value, word.value, extent);
    if (result === undefined)
        return unknown('The pattern and the value are too long to be matched by this action.');
    return result.length > MAX_LENGTH ? unknown(TOO_LONG) : known(result);
}

;// CONCATENATED MODULE: ./build/files/compose-variables.js
// The variables that a Compose file sees: those of the run, and those of environment files, which are `.env` unless `include` says
// otherwise. https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/


/** `run` are the variables of the run. */
function createComposeVariables(read, run) {
    const setting = ['COMPOSE_ENV_FILES', 'COMPOSE_DISABLE_ENV_FILE'].find(name => run(name) !== undefined);
    return (envFiles, outer) => {
        if (setting !== undefined)
            return name => outer(name) ?? { unknown: `The job sets ${setting}, so that ${name} may not come from ${envFiles.join(', ')}.` };
        let lookup = () => undefined;
        for (const file of envFiles)
            lookup = withEnvFile(file, read, { outer, earlier: lookup });
        return name => outer(name) ?? lookup(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? { unknown: SET_BY_COMPOSE } : undefined);
    };
}
const SET_BY_COMPOSE = 'Compose sets COMPOSE_PROJECT_NAME itself. Add the line COMPOSE_PROJECT_NAME=VALUE to the `file-variables` input.';
/** A value may use the variables of earlier lines. */
function withEnvFile(file, read, { outer, earlier }) {
    const text = read(file) ?? '';
    if (typeof text !== 'string')
        return name => ({ unknown: `${name} may be set in ${file}. ${text.blocked}` });
    const values = new Map();
    const lookup = name => values.get(name) ?? earlier(name);
    const seen = name => outer(name) ?? lookup(name);
    for (const { name, value, isLiteral } of readEnvFile(text)) {
        const expanded = isLiteral
            ? { ok: true, value }
            : expand(value, seen, { escape: undefined, describeUnset: unset => `${unset} is not set.` });
        values.set(name, expanded.ok ? expanded.value : { unknown: expanded.reason });
    }
    return lookup;
}

// EXTERNAL MODULE: ./build/failure/format.js
var format = __nccwpck_require__(2250);
;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: ./build/oci/parsed.js
// The result of every parser in oci/: the value, or the reason why there is none.
// Parsers never throw for an invalid text. The caller decides what it means.
function parsed_valid(value) {
    return { ok: true, value };
}
/** `reason` completes the sentence "it is not valid: \u2026" with the rule that the text breaks. */
function parsed_invalid(reason) {
    return { ok: false, reason };
}

;// CONCATENATED MODULE: ./build/oci/digest.js
// Digests of the OCI image specification (descriptor.md, "Digests"): parsed once and branded.
// Only this file makes a Digest, so a Digest is safe in a path, a URL and a comparison.


// blake3 is registered too, but node:crypto cannot compute it.
const HEX_LENGTH = { sha256: 64, sha512: 128 };
/** Parses `algorithm:hex`, with sha256 (64 digits) or sha512 (128), lower case only. */
function parseDigest(text) {
    const colon = text.indexOf(':');
    if (colon < 0)
        return parsed_invalid('a digest has the form algorithm:hex, such as sha256:4f5e\u2026');
    const algorithm = text.slice(0, colon);
    const hex = text.slice(colon + 1);
    if (!isAlgorithm(algorithm))
        return parsed_invalid('the algorithm of a digest is sha256 or sha512');
    const length = HEX_LENGTH[algorithm];
    if (hex.length !== length)
        return parsed_invalid(`${algorithm} has ${String(length)} hexadecimal digits, not ${String(hex.length)}`);
    if (!/^[0-9a-f]+$/.test(hex))
        return parsed_invalid('the hexadecimal digits of a digest are 0-9 and a-f, lower case');
    return parsed_valid(text);
}
function isAlgorithm(text) {
    return text === 'sha256' || text === 'sha512';
}
function algorithmOf(digest) {
    return digest.startsWith('sha256:') ? 'sha256' : 'sha512';
}
function digestOf(bytes, algorithm = 'sha256') {
    return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
function createDigester(algorithm) {
    const hash = createHash(algorithm);
    return {
        update: chunk => {
            hash.update(chunk);
        },
        digestSoFar: () => `${algorithm}:${hash.copy().digest('hex')}`,
        digest: () => `${algorithm}:${hash.digest('hex')}`
    };
}

;// CONCATENATED MODULE: ./build/oci/reference.js
// Image references as `docker pull` reads them (distribution/reference: normalize.go, regexp.go).
// A registry has a name (docker.io) and an endpoint (registry-1.docker.io); an image has a familiar form too (php:8.3).



const DOCKER_HUB = 'docker.io';
const DOMAIN_COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`);
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MAX_PATH_LENGTH = 255;
/** Parses `[registry/]repository[:tag][@digest]`. Like Docker, adds `docker.io` and `library/`. */
function parseReference(text) {
    if (text === '')
        return parsed_invalid('it is empty');
    if (/\s/.test(text))
        return parsed_invalid('a reference must not contain spaces');
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
        return parsed_invalid('a reference must not start with a scheme such as https://');
    const at = text.indexOf('@');
    const named = at < 0 ? text : text.slice(0, at);
    const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
    if (digest?.ok === false)
        return digest;
    const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
    const name = colon < 0 ? named : named.slice(0, colon);
    const tag = colon < 0 ? undefined : named.slice(colon + 1);
    if (tag !== undefined && !TAG.test(tag)) {
        return parsed_invalid('a tag has up to 128 letters, digits, "_", "." and "-", and does not start with "." or "-"');
    }
    const repository = parseRepository(name);
    if (!repository.ok)
        return repository;
    const written = named.slice(0, Math.max(0, named.indexOf('/')));
    const { registry } = repository.value;
    const isOtherCase = written !== registry && written.toLowerCase() === registry;
    return parsed_valid(omit_undefined_omitUndefined({
        ...repository.value,
        tag,
        digest: digest?.value,
        writtenRegistry: isOtherCase ? written : undefined
    }));
}
/** Parses `[registry/]repository`, without tag and digest. */
function parseRepository(name) {
    const slash = name.indexOf('/');
    const first = slash < 0 ? '' : name.slice(0, slash);
    const hasRegistry = first !== '' && isRegistry(first);
    const registry = hasRegistry ? canonicalRegistry(first) : DOCKER_HUB;
    const rest = hasRegistry ? name.slice(slash + 1) : name;
    if (hasRegistry && !isHost(first))
        return parsed_invalid(`"${first}" is not a host name, an IP address or host:port`);
    const path = registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest;
    // distribution/reference refuses it for a name without a registry alone, since `docker run` takes an image ID there.
    if (!hasRegistry && /^[a-f0-9]{64}$/.test(rest))
        return parsed_invalid('64 hexadecimal digits are an image id, not a repository');
    const reason = checkPath(rest, path);
    return reason === undefined ? parsed_valid({ registry, path }) : parsed_invalid(reason);
}
function checkPath(written, path) {
    if (written === '')
        return 'the repository is missing';
    if (path.length > MAX_PATH_LENGTH)
        return `a repository has at most ${String(MAX_PATH_LENGTH)} characters`;
    if (written !== written.toLowerCase())
        return 'a repository is written in lower case';
    if (!path.split('/').every(component => PATH_COMPONENT.test(component))) {
        return 'a repository has lower-case letters and digits, with single ".", "_", "__" or "-" between them, and parts separated by "/"';
    }
    return undefined;
}
/** Whether the first component of a name is a registry: it has a dot, a colon or an upper-case letter, or is `localhost`. */
function isRegistry(first) {
    return first === 'localhost' || /[.:[]/.test(first) || first !== first.toLowerCase();
}
// The grammar accepts hosts that no URL can have: port 99999, `[::::]`, `1.2.3.4.5`.
function isHost(text) {
    return DOMAIN.test(text) && URL.canParse(`https://${text}`);
}
/** Parses a registry alone, such as `ghcr.io` or `127.0.0.1:5000`. */
function parseRegistry(text) {
    if (!isHost(text))
        return invalid('a registry is a host name, an IP address or host:port');
    return valid(canonicalRegistry(text));
}
// Hosts are case-insensitive (RFC 9110 \u00a74.2.3). A host that is only recognized by its upper-case letters keeps them: `FOO/a` is at the
// registry FOO, `foo/a` at Docker Hub.
function canonicalRegistry(host) {
    const lower = host.toLowerCase();
    if (!isRegistry(lower))
        return host;
    return lower === 'index.docker.io' ? DOCKER_HUB : lower;
}
/** The host of a registry's API. Docker Hub's is not the one of its references. */
function endpointOf(registry) {
    return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry;
}
function formatRepository({ registry, path }) {
    return `${registry}/${path}`;
}
function formatReference(reference) {
    return formatRepository(reference) + suffixOf(reference);
}
function suffixOf({ tag, digest }) {
    return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);
}
/** The reference with the registry's name as it was written. Builders compare names letter by letter. */
function asWritten(reference) {
    return { ...reference, registry: reference.writtenRegistry ?? reference.registry };
}
/** The reference by digest at a repository; its registry is written as in the requested reference if it is the same. */
function formatPulled(repository, digest, requested) {
    const registry = repository.registry === requested.registry ? asWritten(requested).registry : repository.registry;
    return formatReference({ registry, path: repository.path, digest });
}
/**
 * The form by which BuildKit looks up a named context: without `docker.io/`, `library/` and `:latest`, with tag and digest (buildx,
 * util/buildflags/context.go).
 */
function formatFamiliar(reference) {
    const { registry, path } = reference;
    const short = registry === DOCKER_HUB ? path.replace(/^library\/(?=[^/]+$)/, '') : `${registry}/${path}`;
    return (short + suffixOf(reference)).replace(/:latest$/, '');
}

;// CONCATENATED MODULE: ./build/files/language/build-context.js
// Build contexts: their names, and what their values lead to.
// BuildKit compares names in familiar form (frontend/dockerui/config.go, NamedContext).


/** The name under which BuildKit looks up a build context. A name that is not a reference is only lowercased. */
function familiarName(name) {
    const reference = parseReference(name);
    return reference.ok ? formatFamiliar(reference.value) : name.toLowerCase();
}
// The output build-contexts is lines of NAME=VALUE, which workflows pass on through shells and CSV lists. The author of a file
// chooses the names: a line break, "=", a comma, or a space in a name could add a context of the author's choice.
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]*$/;
/** The reason why `docker buildx build --build-context` cannot have a context of this name; undefined when it can. */
function checkContextName(name) {
    if (!SAFE_NAME.test(name))
        return 'A build context cannot have this name: use letters, digits, and . _ - / : @ +.';
    if (!parseReference(name).ok)
        return 'docker buildx build does not accept this name for a build context. Use a lowercase name, like that of an image.';
    return undefined;
}
const IMAGE_SCHEME = 'docker-image://';
/** The image of `docker-image://IMAGE`; undefined for any other value of a build context. */
function imageOfContext(value) {
    return value.startsWith(IMAGE_SCHEME) ? value.slice(IMAGE_SCHEME.length) : undefined;
}
/** The platforms of an image that is a build context: those of the build, which `platforms` of the file decide if they apply. */
function contextPlatforms(platforms, usesOwnPlatforms) {
    return usesOwnPlatforms && platforms.length > 0 ? platforms : ['target'];
}
/** True for a URL or a Git repository: its files are not in the workspace. */
function isRemote(path) {
    return /^(?:[a-z-]+:\/\/|git@|github\.com\/)|\.git(?:#|$)/.test(path);
}
/** The entry for a file that is behind a URL. `text` is what was written. */
function skipRemote(text, location) {
    const reason = 'This file is not in the workspace, so it was not read. List its images in the `image` input.';
    return { type: 'skipped', text: excerpt(text), reason, location };
}

;// CONCATENATED MODULE: ./build/files/contexts.js
// Names of build contexts: one name means one image in all builds, or it is left out with a warning.
// A context replaces a stage or an image of its name. With two meanings for one name, some build would silently use a wrong image.



/** Returns the images, without the names of build contexts that are invalid or ambiguous, and an entry for each name left out. */
function nameContexts(entries) {
    const images = entries
        .filter(entry => entry.type === 'image')
        .map(entry => ({ entry, ownName: familiarName(entry.text) }));
    const stages = new Set(entries.flatMap(entry => (entry.type === 'stage' ? [entry.name] : [])));
    const names = { stages, meanings: meaningsOf(images) };
    const named = images.map(image => nameContextsOf(image, names));
    return { images: named.map(({ entry }) => entry), skipped: named.flatMap(({ skipped }) => skipped) };
}
/** Maps every name of a build context to the images that it would stand for. Two per name are kept: enough for a conflict. */
function meaningsOf(images) {
    const meanings = new Map();
    for (const { entry, ownName } of images)
        for (const name of entry.context === undefined ? [ownName] : [ownName, familiarName(entry.context)]) {
            const known = meanings.get(name) ?? [];
            meanings.set(name, known);
            if (known.length < 2 && !known.some(meaning => meaning.ownName === ownName))
                known.push({ ownName, text: entry.text, location: entry.location });
        }
    return meanings;
}
function nameContextsOf({ entry: { context, ...image }, ownName }, names) {
    const ownConflict = conflictOf(ownName, ownName, names);
    const skipped = ownConflict === undefined ? [] : [skipName(ownName, ownConflict, image.location)];
    const unnamed = { ...image, shadowsStage: ownConflict !== undefined };
    if (context === undefined)
        return { entry: unnamed, skipped };
    const problem = checkContextName(context) ?? conflictOf(familiarName(context), ownName, names);
    return problem === undefined
        ? { entry: { ...unnamed, context }, skipped }
        : { entry: unnamed, skipped: [...skipped, skipName(context, problem, image.location)] };
}
/** What else has the name. */
function conflictOf(name, ownName, { stages, meanings }) {
    if (stages.has(name.toLowerCase()))
        return 'A stage has the same name. Rename the stage or the build context.';
    const other = meanings.get(name)?.find(meaning => meaning.ownName !== ownName);
    if (other === undefined)
        return undefined;
    return `It is also the name of ${excerpt(other.text)} at ${(0,format/* formatLocation */.j$)(other.location)}. Rename one of the build contexts.`;
}
function skipName(name, problem, location) {
    // The author of a file chooses the name: control characters must not reach the log.
    const printable = excerpt(name).replace(/[^\x20-\x7e]/g, '?');
    const reason = `${problem} The image is verified, and gets no line of this name in \`build-contexts\`.`;
    return { type: 'skipped', text: `Build context "${printable}"`, reason, location };
}

;// CONCATENATED MODULE: ./build/files/file-variables.js
// The variables that files see: those of the `file-variables` input, and a few that every workflow has.
// A file of a pull request can put a variable into the name of an image, and so send its value to any registry.

/** Parses `NAME` or `NAME=value`. */
function parseFileVariable(text) {
    const equals = text.indexOf('=');
    const name = (equals < 0 ? text : text.slice(0, equals)).trimEnd();
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
        return invalid('write NAME or NAME=VALUE. A name has letters, digits, "_", and "-", and does not begin with a digit');
    if (isSecretName(name))
        return invalid(`${name} is never given to files: the runner or a tool keeps a secret under this name`);
    return valid(equals < 0 ? { name } : { name, value: text.slice(equals + 1).trimStart() });
}
/** The reason why files must not see a listed variable; undefined when they may. */
function checkFileVariable({ name, value }, { environment, names, secrets }, basic) {
    const isWithheld = value === undefined && environment[name] === undefined && names.includes(name);
    const text = value ?? environment[name] ?? '';
    if (isWithheld || encodingsOf(secrets, basic).some(secret => containsSecret(text, secret)))
        return 'its value contains a secret of this step, and a file could send it to any registry';
    if (/:\/\/[^/?#\s]*:[^/?#\s]*@/.test(text))
        return 'its value is a URL with a password';
    return undefined;
}
/** The variables that files see. A listed value overrides the job's. */
function variablesFor(listed, { environment, names }) {
    const given = new Map();
    for (const { name, value = environment[name] } of [...ALWAYS.map(name => ({ name })), ...listed])
        if (value !== undefined)
            given.set(name, value);
    // A listed variable that the job does not set is not set in the build either.
    return { given, withheld: new Set(names.filter(name => !given.has(name))) };
}
/** A variable that the build sees and files do not is unknown, with the reason. */
function lookupOf({ given, withheld }) {
    return name => {
        if (isSecretName(name))
            return { unknown: `${name} is never given to files, since the runner or a tool keeps a secret under this name.` };
        const value = given.get(name);
        if (value !== undefined)
            return value;
        if (withheld.has(name))
            return {
                unknown: `The job sets ${name}, but files do not see it. Add the line ${name} to the \`file-variables\` input.`
            };
        // A shell sets these itself: the build has them even if this step does not.
        if (SET_BY_SHELLS.has(name))
            return {
                unknown: `The shell of the build sets ${name}. Add the line ${name}=VALUE to the \`file-variables\` input.`
            };
        return undefined;
    };
}
// Set in every workflow, not secret, and often part of an image's name.
const ALWAYS = (/* unused pure expression or super */ null && ([
    'GITHUB_SHA',
    'GITHUB_REF_NAME',
    'GITHUB_REPOSITORY',
    'GITHUB_REPOSITORY_OWNER',
    'GITHUB_RUN_ID',
    'GITHUB_RUN_NUMBER'
]));
const SET_BY_SHELLS = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);
// The runner passes inputs, state, and its tokens to an action under these prefixes. A `run` step of the job does not see them.
const SECRET_PREFIXES = ['INPUT_', 'STATE_', 'ACTIONS_'];
// Names under which the documentation of GitHub, its CLI, npm, and Docker keeps a credential.
const SECRET_NAMES = new Set([
    'GITHUB_TOKEN',
    'GH_TOKEN',
    'GITHUB_ENTERPRISE_TOKEN',
    'GH_ENTERPRISE_TOKEN',
    'NODE_AUTH_TOKEN',
    'NPM_TOKEN',
    'DOCKER_AUTH_CONFIG'
]);
// Names of variables are case-insensitive on Windows.
function isSecretName(name) {
    const upper = name.toUpperCase();
    return SECRET_NAMES.has(upper) || SECRET_PREFIXES.some(prefix => upper.startsWith(prefix));
}
function encodingsOf(secrets, { username, password }) {
    const plain = secrets.filter(text => text !== '');
    const basic = password === '' ? [] : [base64(`${username}:${password}`)];
    return [...plain, ...plain.map(text => encodeURIComponent(text.toWellFormed())), ...plain.map(base64), ...basic];
}
function base64(text) {
    const bytes = new TextEncoder().encode(text);
    return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')).replace(/=+$/, '');
}
// A secret of three characters is part of too many words.
const SHORTEST_PART = 4;
function containsSecret(text, secret) {
    return secret.length < SHORTEST_PART ? text === secret : text.includes(secret);
}

;// CONCATENATED MODULE: external "node:path"
const external_node_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");
;// CONCATENATED MODULE: ./build/files/language/go-text.js
// Text functions of Go's standard library that JavaScript's own differ from: spaces, trimming, bytes.
// BuildKit trims and splits with them, which decides what is an instruction.
// unicode.IsSpace. Unlike it, JavaScript's \s lacks U+0085 and has U+FEFF.
const SPACES = new Set('\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000');
function isSpace(character) {
    return SPACES.has(character);
}
/** strings.TrimLeftFunc with unicode.IsSpace. */
function trimStart(text) {
    let at = 0;
    while (at < text.length && isSpace(text.charAt(at)))
        at += 1;
    return text.slice(at);
}
/** strings.TrimSpace. */
function trim(text) {
    return trimStart(trimEnd(text, isSpace));
}
// One pass. A regular expression that ends with `$` takes quadratic time for a long run of spaces.
/** strings.TrimRightFunc. */
function trimEnd(text, isOne) {
    let end = text.length;
    while (end > 0 && isOne(text.charAt(end - 1)))
        end -= 1;
    return text.slice(0, end);
}
/** The UTF-8 bytes of the text, one character for each. */
function toBytes(text) {
    // Most files are ASCII, which needs no encoding.
    return isAscii(text) ? text : Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join('');
}
/** The text that `toBytes` encoded. */
function fromBytes(bytes) {
    return isAscii(bytes)
        ? bytes
        : new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes, byte => byte.charCodeAt(0)));
}
function isAscii(text) {
    return !/[^\0-\x7f]/.test(text);
}

;// CONCATENATED MODULE: ./build/oci/platform.js
// Platforms of image indexes, normalized and compared as containerd's platforms package does.
// Chooses the child of an index that runs on a platform.


// containerd/platforms v1.0.0-rc.5, database.go. An index is read with these aliases only: with another one, this action would choose
// a child that containerd skips.
const ARCHITECTURES = {
    i386: { architecture: '386', variant: '' },
    x86_64: { architecture: 'amd64' },
    'x86-64': { architecture: 'amd64' },
    aarch64: { architecture: 'arm64' },
    armhf: { architecture: 'arm', variant: 'v7' },
    armel: { architecture: 'arm', variant: 'v6' }
};
const VARIANTS = {
    amd64: { v1: '' },
    arm64: { '8': '', v8: '', 'v8.0': '', '9': 'v9', '9.0': 'v9', 'v9.0': 'v9' },
    arm: { '': 'v7', '5': 'v5', '6': 'v6', '7': 'v7', '8': 'v8' }
};
// Node's names (process.arch) and Debian's, which people write in inputs.
const OTHER_NAMES = { x64: 'amd64', ia32: '386', ppc64el: 'ppc64le' };
// Own keys only: an index may name the architecture `constructor`.
function lookUp(table, name) {
    return Object.hasOwn(table, name) ? table[name] : undefined;
}
/** Normalizes names and default variants: `aarch64` is arm64, arm64/v8 is arm64, arm is arm/v7, amd64/v1 is amd64. */
function normalizePlatform(platform) {
    const { osVersion, osFeatures } = platform;
    const os = platform.os.toLowerCase() === 'macos' ? 'darwin' : platform.os.toLowerCase();
    const known = lookUp(ARCHITECTURES, platform.architecture.toLowerCase());
    const architecture = known?.architecture ?? platform.architecture.toLowerCase();
    const named = known?.variant ?? platform.variant?.toLowerCase() ?? '';
    const variant = lookUp(lookUp(VARIANTS, architecture) ?? {}, named) ?? named;
    return omit_undefined_omitUndefined({
        os,
        architecture,
        variant: variant === '' ? undefined : variant,
        osVersion,
        osFeatures
    });
}
const COMPONENT = /^[A-Za-z0-9_.-]+$/;
/** Parses `os/architecture[/variant]`. */
function parsePlatform(text) {
    const parts = text.split('/');
    const [os, architecture, variant] = parts;
    if (os === undefined || architecture === undefined || parts.length > 3)
        return parsed_invalid('a platform has the form os/architecture[/variant]');
    if (!parts.every(part => COMPONENT.test(part)))
        return parsed_invalid('a platform has letters, digits, "_", "." and "-" between its slashes');
    return parsed_valid(normalizePlatform(omit_undefined_omitUndefined({ os, architecture: renamed(architecture), variant })));
}
function renamed(architecture) {
    return lookUp(OTHER_NAMES, architecture.toLowerCase()) ?? architecture;
}
function formatPlatform({ os, architecture, variant }) {
    return [os, architecture, ...(variant === undefined ? [] : [variant])]
        .map(part => (part === '' ? 'unknown' : part))
        .join('/');
}
/**
 * The platform of containers on a machine, from `process.platform` and `process.arch`. macOS runs Linux containers.
 */
function platformOfMachine(os, architecture, osRelease) {
    const name = renamed(architecture);
    if (os !== 'win32')
        return normalizePlatform({ os: 'linux', architecture: name });
    return normalizePlatform({ os: 'windows', architecture: name, osVersion: osRelease });
}
/** What a machine runs, in order of preference: containerd's platformVector. */
function machinesFor({ architecture, variant = '' }) {
    const version = /^v?(\d+)$/.exec(variant)?.[1];
    const older = (least) => downFrom(Number(version ?? 0) - 1, least).map(number => ({ architecture, variant: `v${String(number)}` }));
    if (architecture === 'amd64')
        return [{ architecture, variant }, ...older(1), { architecture: '386' }];
    if (architecture === 'arm')
        return [{ architecture, variant }, ...older(5)];
    if (architecture !== 'arm64')
        return [{ architecture, variant }];
    const [, major, minor] = /^v([89])(?:\.(\d))?$/.exec(variant === '' ? 'v8' : variant) ?? [];
    if (major === undefined)
        return [];
    return [
        ...(major === '9' ? minorsOf(9, Number(minor ?? 0)) : []),
        // Armv9.N has what Armv8.(N+5) has.
        ...minorsOf(8, major === '9' ? Math.min(Number(minor ?? 0) + 5, 9) : Number(minor ?? 0)),
        ...machinesFor({ architecture: 'arm', variant: 'v8' })
    ];
}
function minorsOf(major, from) {
    return downFrom(from, 0).map(minor => ({
        architecture: 'arm64',
        variant: minor === 0 ? `v${String(major)}` : `v${String(major)}.${String(minor)}`
    }));
}
// No processor has more. A number in a workflow must not become a list of that length.
const MOST_VERSIONS = 20;
function downFrom(most, least) {
    return Array.from({ length: Math.min(Math.max(most - least + 1, 0), MOST_VERSIONS) }, (_, at) => most - at);
}
/** The rank of `offered` among the platforms that run on `wanted`: 0 is the best, undefined does not run. Both are normalized. */
function rankOf(wanted, offered) {
    // containerd reads an absent os as its own, which is the one that is wanted.
    if (offered.os !== wanted.os && offered.os !== '')
        return undefined;
    if (offered.osFeatures?.some(feature => !(wanted.os === 'windows' && feature === 'win32k')) === true)
        return undefined;
    const rank = machinesFor(wanted).findIndex(machine => {
        const { architecture, variant } = normalizePlatform(omitUndefined({ os: wanted.os, ...machine }));
        return architecture === offered.architecture && variant === offered.variant;
    });
    return rank < 0 ? undefined : rankOnWindows(rank, wanted.osVersion, offered.osVersion);
}
// From this build on, Windows runs containers of every build from this one up to its own (containerd/platforms,
// platform_windows_compat.go). Docker Engine runs any older build too, isolated. A newer build does not run.
const FIRST_COMPATIBLE_BUILD = 20348;
function rankOnWindows(rank, host, container) {
    const [has, wants] = [versionOf(host), versionOf(container)];
    if (has === undefined || wants === undefined)
        return rank;
    if (has.release !== wants.release || wants.build > has.build)
        return undefined;
    if (wants.build === has.build)
        return rank;
    return rank + (wants.build >= FIRST_COMPATIBLE_BUILD ? 0.25 : 0.5);
}
// `10.0` and `20348` of `10.0.20348.2227`.
function versionOf(version) {
    const [, release, build] = /^(\d+\.\d+)\.(\d+)(?:\.|$)/.exec(version ?? '') ?? [];
    return release === undefined ? undefined : { release, build: Number(build) };
}
/** Whether `offered` runs on `wanted` and has its architecture. */
function satisfies(wanted, offered) {
    const normal = normalizePlatform(offered);
    return normal.architecture === wanted.architecture && rankOf(wanted, normal) !== undefined;
}
/**
 * The best of `offered` that runs on `wanted`, as containerd, BuildKit and Docker choose it; the first of equal ones. It may have
 * another architecture: 386 for amd64, arm for arm64.
 */
function chooseRunnable(wanted, offered) {
    let chosen;
    for (const entry of offered) {
        const rank = rankOf(wanted, normalizePlatform(entry.platform));
        if (rank !== undefined && (chosen === undefined || rank < chosen.rank))
            chosen = { entry, rank };
    }
    return chosen?.entry;
}
/** Like chooseRunnable, but undefined when the best has another architecture: a pin must not change what runs. */
function choosePlatform(wanted, offered) {
    const chosen = chooseRunnable(wanted, offered);
    return chosen !== undefined && satisfies(wanted, chosen.platform) ? chosen : undefined;
}
/**
 * The choice of containers/image (skopeo, Podman, Buildah): the first with exactly these names, in the best variant that is offered.
 */
function chooseLiterally(wanted, offered) {
    const variants = machinesFor(wanted)
        .filter(({ architecture }) => architecture === wanted.architecture)
        .map(({ variant }) => variant ?? '');
    const plain = wanted.variant === undefined ? ['', ...variants] : [...variants, ''];
    for (const variant of plain) {
        const entry = offered.find(({ platform }) => platform.os === wanted.os &&
            platform.architecture === wanted.architecture &&
            (platform.variant ?? '') === variant);
        if (entry !== undefined)
            return entry;
    }
    return undefined;
}

;// CONCATENATED MODULE: ./build/files/dockerfile/directives.js
// The parser directives of a Dockerfile: the escape character, and the frontend that reads the file.
// BuildKit looks for them in two ways (frontend/dockerfile/parser, parser.go and directives.go).


/** `lines` have no line ends. Throws 'invalid-input' for a duplicate directive and for an invalid escape character. */
function readDirectives(lines, location) {
    return { escape: readEscape(lines, location), syntax: readSyntax(lines, location.line) };
}
// The parser accepts spaces before a directive, and stops at the first line that is not a directive.
function readEscape(lines, { file, line: first }) {
    const seen = new Set();
    let escape = '\\';
    for (const [at, text] of lines.entries()) {
        const found = directiveIn(trimStart(text), '#');
        if (found === undefined)
            break;
        const location = { file, line: first + at };
        if (seen.has(found.name))
            rejectFile({
                value: found.name,
                reason: `duplicate ${found.name} directive`,
                example: '# syntax=docker/dockerfile:1',
                location
            });
        seen.add(found.name);
        if (found.name !== 'escape')
            continue;
        if (found.value !== '\\' && found.value !== '`')
            return rejectFile({
                value: 'escape',
                reason: 'the escape character must be \\ or `',
                example: '# escape=`',
                location
            });
        escape = found.value;
    }
    return escape;
}
// The frontend may read another language than Dockerfiles. So BuildKit skips a first line that begins with #!, and looks in comments
// that begin with // and in JSON too.
function readSyntax(lines, first) {
    const top = lines[0]?.startsWith('#!') === true ? 1 : 0;
    for (const sign of ['#', '//'])
        for (let at = top; at < lines.length; at += 1) {
            const found = directiveIn(lines[at] ?? '', sign);
            if (found === undefined)
                break;
            if (found.name === 'syntax')
                return { image: found.value.split(' ', 1)[0] ?? '', line: first + at };
        }
    return syntaxInJson(lines.slice(top).join('\n'), first + top);
}
const DIRECTIVE = /^([A-Za-z][A-Za-z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*/;
function directiveIn(line, sign) {
    if (!line.startsWith(sign))
        return undefined;
    const text = trimStart(line.slice(sign.length));
    const match = DIRECTIVE.exec(text);
    const name = match?.[1]?.toLowerCase() ?? '';
    const value = trimEnd(text.slice(match?.[0].length), character => '\t\n\f\r '.includes(character));
    return ['syntax', 'escape', 'check'].includes(name) && value !== '' ? { name, value } : undefined;
}
function syntaxInJson(text, line) {
    if (!text.trimStart().startsWith('{'))
        return undefined;
    try {
        const json = JSON.parse(text);
        const image = typeof json === 'object' && json !== null && 'syntax' in json ? json.syntax : undefined;
        return typeof image === 'string' ? { image, line } : undefined;
    }
    catch {
        // Text that is not JSON has no directive of this form.
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/files/language/shell-words.js
// Splits a shell line into words as BuildKit does when it looks for heredocs (frontend/dockerfile/shell/lex.go). Variables have no
// values there and stay as written.
// A heredoc that only BuildKit sees, or only this lexer, would turn its lines into instructions or instructions into its lines.

/** `raw` keeps quotes and backslashes. Undefined for a line that BuildKit refuses. */
function shellWords(text, form) {
    const lexer = { text, at: 0, isRaw: form === 'raw', keepsEscapes: form === 'raw', buffer: '', depth: 0 };
    try {
        return shell_words_readUntil(lexer, '', form === 'raw' ? 'keep' : 'drop').words;
    }
    catch (error) {
        if (error instanceof RefusedByLexer)
            return undefined;
        throw error;
    }
}
class RefusedByLexer extends Error {
}
// Far more than a real file has, and far less than the stack can hold.
const shell_words_MAX_DEPTH = 200;
function peek(lexer) {
    return lexer.text.charAt(lexer.at);
}
function next(lexer) {
    const character = peek(lexer);
    lexer.at += 1;
    return character;
}
/** Reads up to the character `stop`, or to the end of the text when `stop` is empty. */
function shell_words_readUntil(lexer, stop, escapes) {
    const words = { result: '', words: [], isInWord: false };
    const outer = lexer.keepsEscapes;
    lexer.keepsEscapes = escapes === 'keep';
    lexer.buffer = '';
    lexer.depth += 1;
    if (lexer.depth > shell_words_MAX_DEPTH)
        throw new RefusedByLexer();
    while (lexer.at < lexer.text.length && peek(lexer) !== stop)
        readCharacter(lexer, words);
    if (stop !== '' && next(lexer) !== stop)
        throw new RefusedByLexer();
    if (lexer.buffer !== '')
        words.words.push(lexer.buffer);
    lexer.buffer = '';
    lexer.depth -= 1;
    lexer.keepsEscapes = outer;
    return words;
}
function readCharacter(lexer, words) {
    const character = peek(lexer);
    if (character === '$')
        addSplit(lexer, words, shell_words_readDollar(lexer));
    else if (character === '<')
        addUnsplit(lexer, words, readAngle(lexer));
    else if (character === "'")
        addUnsplit(lexer, words, readSingleQuoted(lexer));
    else if (character === '"')
        addUnsplit(lexer, words, readDoubleQuoted(lexer));
    else if (next(lexer) !== '\\')
        addSplit(lexer, words, character);
    else {
        if (lexer.keepsEscapes)
            addUnsplit(lexer, words, character);
        if (lexer.at < lexer.text.length)
            addUnsplit(lexer, words, next(lexer));
    }
}
/** Adds text whose spaces do not end a word. */
function addUnsplit(lexer, words, text) {
    lexer.buffer += text;
    words.result += text;
    words.isInWord = true;
}
function addSplit(lexer, words, text) {
    for (const character of text)
        if (!isSpace(character)) {
            lexer.buffer += character;
            words.isInWord = true;
        }
        else if (words.isInWord && lexer.buffer !== '') {
            words.words.push(lexer.buffer);
            lexer.buffer = '';
            words.isInWord = false;
        }
    words.result += text;
}
function readAngle(lexer) {
    lexer.at += 1;
    if (peek(lexer) !== '<')
        return '<';
    lexer.at += 1;
    const start = lexer.at;
    while (['\t', '\r', ' '].includes(peek(lexer)))
        lexer.at += 1;
    return `<<${lexer.text.slice(start, lexer.at)}`;
}
function readSingleQuoted(lexer) {
    const end = lexer.text.indexOf("'", lexer.at + 1);
    if (end < 0)
        throw new RefusedByLexer();
    const inner = lexer.text.slice(lexer.at + 1, end);
    lexer.at = end + 1;
    return lexer.isRaw ? `'${inner}'` : inner;
}
function readDoubleQuoted(lexer) {
    const quote = lexer.isRaw ? '"' : '';
    let inner = '';
    lexer.at += 1;
    while (lexer.at < lexer.text.length) {
        const character = peek(lexer);
        if (character === '$') {
            inner += shell_words_readDollar(lexer);
            continue;
        }
        lexer.at += 1;
        if (character === '"')
            return quote + inner + quote;
        if (character !== '\\')
            inner += character;
        else if (['"', '$', '\\'].includes(peek(lexer)) && lexer.at < lexer.text.length)
            inner += (lexer.keepsEscapes ? character : '') + next(lexer);
        else if (lexer.at < lexer.text.length)
            inner += character;
    }
    throw new RefusedByLexer();
}
const SPECIAL = /[@*#?\-$!0]|\p{Nd}+|[\p{L}_][\p{L}\p{Nd}_]*/uy;
function readName(lexer) {
    SPECIAL.lastIndex = lexer.at;
    const name = SPECIAL.exec(lexer.text)?.[0] ?? '';
    lexer.at += name.length;
    return name;
}
function shell_words_readDollar(lexer) {
    lexer.at += 1;
    if (peek(lexer) !== '{')
        return `$${readName(lexer)}`;
    lexer.at += 1;
    if (['', '{', '}', ':'].includes(peek(lexer)))
        throw new RefusedByLexer();
    const name = readName(lexer);
    let operator = next(lexer);
    if (operator === '}')
        return `\${${name}}`;
    if (operator === '/') {
        if (peek(lexer) === '/')
            lexer.at += 1;
        const pattern = shell_words_readUntil(lexer, '/', 'keep').result;
        return `\${${name}/${pattern}/${shell_words_readUntil(lexer, '}', 'keep').result}}`;
    }
    const isColon = operator === ':';
    if (isColon)
        operator = next(lexer);
    const isPattern = operator === '#' || operator === '%';
    if (!(isPattern ? !isColon : ['+', '-', '?'].includes(operator)))
        throw new RefusedByLexer();
    const word = shell_words_readUntil(lexer, '}', isPattern ? 'keep' : 'drop').result;
    return `\${${name}${isColon ? ':' : ''}${operator}${word}}`;
}

;// CONCATENATED MODULE: ./build/files/dockerfile/lines.js
// Parses a Dockerfile into instructions as BuildKit does (frontend/dockerfile/parser): joins lines, drops comments and heredocs, and
// separates flags.




/** `location` is the first line of the text. Throws 'invalid-input' for an invalid directive, a long line, and a heredoc without end. */
function readLines(text, location) {
    const lines = text
        .replace(/^\uFEFF/, '')
        .split('\n')
        .map(line => trimEnd(line, character => character === '\r'));
    checkLengths(lines, location);
    const directives = readDirectives(lines, location);
    const { escape } = directives;
    const instructions = [];
    let at = 0;
    while (at < lines.length) {
        const first = trimStart(lines[at] ?? '');
        if (first === '' || first.startsWith('#')) {
            at += 1;
            continue;
        }
        const joined = joinLines(lines, at, escape);
        const instruction = parseInstruction(joined.parts, escape, location.line);
        if (instruction !== undefined)
            instructions.push(instruction);
        at = instruction === undefined ? joined.end : skipHeredocs(lines, joined, { instruction, escape, location });
    }
    return { ...directives, instructions };
}
// bufio.MaxScanTokenSize of Go's bufio.Scanner, which counts the line end.
const MAX_LINE_BYTES = 64 * 1024 - 1;
function checkLengths(lines, { file, line }) {
    const at = lines.findIndex(text => text.length * 3 > MAX_LINE_BYTES && toBytes(text).length > MAX_LINE_BYTES);
    if (at >= 0)
        rejectFile({
            value: file,
            reason: 'a line has more than 65535 bytes, the limit of BuildKit',
            example: 'FROM php:8.3.8-cli',
            location: { file, line: line + at }
        });
}
/** Joins the lines of an instruction. Comments and empty lines within it do not end it. */
function joinLines(lines, start, escape) {
    const parts = [];
    for (let at = start; at < lines.length; at += 1) {
        const line = lines[at] ?? '';
        const trimmed = trimStart(line);
        if (at > start && (trimmed === '' || trimmed.startsWith('#')))
            continue;
        const text = at === start ? trimmed : line;
        const continued = continuedLine(text, escape);
        parts.push({ text: continued ?? text, line: at });
        if (continued === undefined)
            return { parts, start, end: at + 1 };
    }
    return { parts, start, end: lines.length };
}
/** The line without the escape character at its end; undefined when it does not end with exactly one. */
function continuedLine(line, escape) {
    const text = trimEnd(line, character => character === ' ' || character === '\t');
    return text.endsWith(escape) && !text.endsWith(escape + escape) ? text.slice(0, -1) : undefined;
}
const KEYWORD_END = /[\t\v\f\r ]+/g;
// BuildKit reads keyword and flags byte by byte (parser/split_command.go). The bytes A0 and 85 within a letter are spaces to it, so that
// this function works on bytes too.
function parseInstruction(parts, escape, firstLine) {
    const whole = parts.map(part => part.text).join('');
    const bytes = toBytes(trimEnd(whole, isSpace));
    const start = toBytes(whole.slice(0, whole.length - trimStart(whole).length)).length;
    if (start >= bytes.length)
        return undefined;
    const lineAt = createLineAt(parts, firstLine);
    const line = lineAt(0);
    KEYWORD_END.lastIndex = start;
    const end = KEYWORD_END.exec(bytes);
    const keyword = bytes.slice(start, end?.index);
    const { flags, at } = readFlags(bytes, end === null ? bytes.length : KEYWORD_END.lastIndex, escape);
    return {
        // toUpperCase() would turn some letters beyond ASCII into ASCII letters, which BuildKit does not.
        keyword: /^[a-z]+$/i.test(keyword) ? keyword.toUpperCase() : keyword,
        flags: flags.map(({ text, at }) => {
            const equals = text.indexOf('=');
            return {
                name: text.slice(2, equals < 0 ? undefined : equals).toLowerCase(),
                value: equals < 0 ? '' : text.slice(equals + 1),
                line: lineAt(at)
            };
        }),
        rest: trim(fromBytes(bytes.slice(at))),
        line
    };
}
/** Returns the line of a byte. Calls must come in ascending order: each part is measured once. */
function createLineAt(parts, firstLine) {
    let [part, end] = [0, toBytes(parts[0]?.text ?? '').length];
    return at => {
        while (at >= end && part + 1 < parts.length) {
            part += 1;
            end += toBytes(parts[part]?.text ?? '').length;
        }
        return firstLine + (parts[part]?.line ?? 0);
    };
}
// extractBuilderFlags of parser/split_command.go: the flags end at `--` and at the first word that is not a flag.
function readFlags(bytes, from, escape) {
    const flags = [];
    let at = from;
    for (;;) {
        while (at < bytes.length && isSpace(bytes.charAt(at)))
            at += 1;
        if (!bytes.startsWith('--', at))
            return { flags, at };
        const start = at;
        let [text, quote] = ['', ''];
        for (; at < bytes.length && (quote !== '' || !isSpace(bytes.charAt(at))); at += 1) {
            const character = bytes.charAt(at);
            if (character === quote)
                quote = '';
            else if (quote === '' && (character === '"' || character === "'"))
                quote = character;
            else if (character !== escape)
                text += character;
            else if (at + 1 < bytes.length) {
                at += 1;
                text += bytes.charAt(at);
            }
        }
        if (text === '--')
            return { flags, at };
        flags.push({ text, at: start });
    }
}
/** The instruction of an ONBUILD. It has the line of the ONBUILD. */
function parseTrigger({ rest, line }, escape) {
    return parseInstruction([{ text: rest, line: 0 }], escape, line);
}
/** Splits at spaces outside quotes. The words keep their quotes and escape characters. */
function splitWords(text, escape) {
    const words = [];
    let at = 0;
    while (at < text.length) {
        if (isSpace(text.charAt(at))) {
            at += 1;
            continue;
        }
        const start = at;
        let quote = '';
        for (; at < text.length && (quote !== '' || !isSpace(text.charAt(at))); at += 1) {
            const character = text.charAt(at);
            if (character === quote)
                quote = '';
            else if (quote === '' && (character === '"' || character === "'"))
                quote = character;
            else if (character === escape && quote !== "'")
                at += 1;
        }
        words.push(text.slice(start, at));
    }
    return words;
}
/** Returns the line after the heredocs of an instruction. */
function skipHeredocs(lines, { parts, start, end }, { instruction, escape, location }) {
    const text = parts.map(part => part.text).join('');
    if (!text.includes('<<') || !mayHaveHeredocs(instruction, escape))
        return end;
    let at = end;
    for (const word of shellWords(text, 'raw') ?? []) {
        const heredoc = heredocIn(word);
        if (heredoc === undefined)
            continue;
        const { name, isChomped } = heredoc;
        while (at < lines.length && (isChomped ? (lines[at] ?? '').replace(/^\t+/, '') : lines[at]) !== name)
            at += 1;
        if (at >= lines.length)
            return rejectFile({
                value: '<<',
                reason: 'unterminated heredoc: no line consists of its end word',
                example: 'RUN <<EOF',
                location: { file: location.file, line: location.line + start }
            });
        at += 1;
    }
    return at;
}
function mayHaveHeredocs(instruction, escape) {
    const { keyword, rest } = (instruction.keyword === 'ONBUILD' ? parseTrigger(instruction, escape) : undefined) ?? instruction;
    return ['ADD', 'COPY', 'RUN'].includes(keyword) && !isJsonList(rest);
}
function isJsonList(text) {
    if (!text.startsWith('['))
        return false;
    try {
        return Array.isArray(JSON.parse(text));
    }
    catch {
        // Not JSON: the shell form of the instruction.
        return false;
    }
}
function heredocIn(word) {
    const match = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(word);
    const words = shellWords(match?.[2] ?? '', 'plain') ?? [];
    return words.length === 1 && words[0] !== undefined ? { name: words[0], isChomped: match?.[1] === '-' } : undefined;
}

;// CONCATENATED MODULE: ./build/files/dockerfile/build-scope.js
// What the instructions of a Dockerfile are read with, for one target platform: options, stages, and arguments.
// An image that needs a variable is found again for each target platform.




function createBuildScope(options, escape, target) {
    const globalArgs = new Map([
        ...platformArgs('BUILD', options.buildPlatform),
        ...platformArgs('TARGET', target),
        ['TARGETSTAGE', options.target ?? 'default']
    ]);
    return { options, escape, target, globalArgs, stages: [], stagesByName: new Map() };
}
// https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
function platformArgs(prefix, platform) {
    return [
        [`${prefix}PLATFORM`, formatPlatform(platform)],
        [`${prefix}OS`, platform.os],
        [`${prefix}OSVERSION`, platform.osVersion ?? ''],
        [`${prefix}ARCH`, platform.architecture],
        [`${prefix}VARIANT`, platform.variant ?? '']
    ];
}
/** Reads an ARG before the first FROM. A value from the build overrides the default. */
function declareGlobalArgs(scope, { rest }) {
    const { options, globalArgs } = scope;
    for (const word of splitWords(rest, scope.escape)) {
        const equals = word.indexOf('=');
        const name = equals < 0 ? word : word.slice(0, equals);
        const given = options.args.get(name);
        const reason = options.unknownArgs.get(name);
        if (given !== undefined)
            globalArgs.set(name, given);
        else if (reason !== undefined)
            globalArgs.set(name, { unknown: reason });
        else if (equals >= 0) {
            const value = expandArgs(scope, word.slice(equals + 1));
            globalArgs.set(name, value.ok ? value.value : { unknown: value.reason });
        }
    }
}
function expandArgs({ options, escape, globalArgs }, text) {
    return expand(text, name => globalArgs.get(name), {
        escape,
        describeUnset: name => options.unknownArgs.get(name) ??
            `ARG ${name} has no value: it has no default before the first FROM, and no build passes it. ` +
                'Write a default, or list the image in the `image` input.'
    });
}
function targetPlatform({ options }) {
    return options.usesOwnPlatforms ? 'own-target' : 'target';
}
/** The entry of an image; none for `scratch` and for the name of a build context. */
function imageEntry({ options: { contexts }, target }, text, location, platform) {
    if (text === 'scratch' || contexts.has(familiarName(text)))
        return [];
    return [{ type: 'image', text, location, platform: platform === 'own-target' ? target : platform }];
}

;// CONCATENATED MODULE: ./build/files/dockerfile/copied-images.js
// The images that commands take files from: COPY --from, RUN --mount=from, and both within ONBUILD.
// Stages, build contexts, and images share one namespace there, in this order.



/** All stages of the file are known: COPY may name a later one, which BuildKit refuses. */
function findInStage(scope, { commands, isBase }) {
    return commands.flatMap(command => findInCommand(scope, command, isBase ? 'run-triggers' : 'ignore-triggers'));
}
function findInCommand(scope, command, triggers) {
    const { file } = scope.options.location;
    switch (command.keyword) {
        case 'COPY':
            return command.flags
                .filter(({ name }) => name === 'from')
                .flatMap(({ value, line }) => findCopySource(scope, value, { file, line }));
        case 'RUN':
            return command.flags
                .filter(({ name }) => name === 'mount')
                .flatMap(({ value, line }) => findSource(scope, mountSource(value), 'from', { file, line }));
        case 'ONBUILD': {
            const trigger = triggers === 'run-triggers' ? parseTrigger(command, scope.escape) : undefined;
            return trigger === undefined || trigger.keyword === 'ONBUILD' ? [] : findInCommand(scope, trigger, triggers);
        }
        default:
            return [];
    }
}
// COPY accepts the number of a stage too, as Go's strconv.Atoi reads it.
function findCopySource(scope, source, location) {
    const { length } = scope.stages;
    const number = /^[+-]?\d+$/.test(source) ? BigInt(source.replace('+', '')) : undefined;
    if (number === undefined || BigInt.asIntN(64, number) !== number)
        return findSource(scope, source, '--from', location);
    if (number >= 0n && number < BigInt(length))
        return [];
    return rejectFile({
        value: `--from=${source}`,
        reason: `stage ${source} does not exist: the file has ${String(length)}, counted from 0`,
        example: '--from=0',
        location
    });
}
/** The name of a stage, of a build context, or of an image. */
function findSource(scope, source, flag, location) {
    if (source === '' || scope.stagesByName.has(source.toLowerCase()))
        return [];
    if (source.includes('$')) {
        const reason = 'BuildKit does not expand variables here. Add a stage, such as "FROM php:${VERSION} AS php", and name the stage.';
        return [{ type: 'skipped', text: excerpt(`${flag}=${source}`), reason, location }];
    }
    return imageEntry(scope, source, location, targetPlatform(scope));
}
// BuildKit resolves the `from` of a mount of every type, since it expands a variable in the type only later
// (dockerfile2llb/convert_runmount.go). The last `from` counts.
function mountSource(value) {
    const source = csvFields(value).findLast(field => /^from=/i.test(field));
    return source?.slice('from='.length) ?? '';
}
/** One line of CSV: a field in quotes may contain commas, and doubled quotes. Empty for a line that BuildKit refuses. */
function csvFields(line) {
    const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
    const fields = [];
    while (FIELD.lastIndex <= line.length) {
        const match = FIELD.exec(line);
        if (match === null)
            return [];
        fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
        if (match[3] === '')
            return fields;
    }
    return fields;
}

;// CONCATENATED MODULE: ./build/files/language/platform-name.js
// The name of a platform in a Dockerfile, Compose file, or Bake file: unlike in inputs, an operating system or an architecture alone
// is enough (github.com/containerd/platforms, Parse).


// platforms/database.go, isKnownOS and isKnownArch.
const SYSTEMS = new Set('aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(' '));
const platform_name_ARCHITECTURES = new Set(('386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ' +
    'ppc riscv riscv64 s390 s390x sparc sparc64 wasm').split(' '));
/** `host` is the platform of the host that builds. */
function parsePlatformName(text, host) {
    if (text.includes('/'))
        return parsePlatform(text);
    const { os, architecture, variant } = normalizePlatform({ os: host.os, architecture: text });
    if (platform_name_ARCHITECTURES.has(architecture))
        return parsePlatform([os, architecture, variant].filter(Boolean).join('/'));
    const named = normalizePlatform(omit_undefined_omitUndefined({ os: text, architecture: host.architecture, variant: host.variant }));
    return SYSTEMS.has(named.os) ? { ok: true, value: named } : parsePlatform(text);
}

;// CONCATENATED MODULE: ./build/files/dockerfile/stages.js
// FROM: the stages of a Dockerfile, and the images that they begin with.
// Follows BuildKit (frontend/dockerfile/dockerfile2llb/convert.go) in what is a stage and what is an image.




const EXAMPLE = 'FROM php:8.3.8-cli AS build';
/** Adds the stage to the scope. */
function readFrom(scope, instruction) {
    const { contexts, location: start } = scope.options;
    const location = { file: start.file, line: instruction.line };
    const { image, name } = parseFrom(instruction, location);
    const base = expandArgs(scope, image);
    const baseStage = base.ok ? scope.stagesByName.get(base.value.toLowerCase()) : undefined;
    if (baseStage !== undefined)
        baseStage.isBase = true;
    addStage(scope, name);
    // BuildKit uses a build context of the stage's name instead of the stage.
    if (name !== undefined && contexts.has(familiarName(name)))
        return [];
    const stage = name === undefined ? [] : [{ type: 'stage', name, location }];
    const text = excerpt(`FROM ${image}`);
    if (!base.ok)
        return [...stage, { type: 'skipped', text, reason: base.reason, location }];
    if (base.value === '')
        rejectFile({ value: text, reason: 'the image after FROM is empty', example: EXAMPLE, location });
    if (baseStage !== undefined)
        return stage;
    const { platform, skipped } = platformOf(scope, instruction, location);
    return [...stage, ...skipped, ...imageEntry(scope, base.value, location, platform)];
}
/** `FROM image [AS name]`. The name is in lower case. */
function parseFrom({ rest }, location) {
    const [image = '', as, name, ...more] = rest.split(/[\t\v\f\r ]+/);
    const isComplete = as === undefined ? name === undefined : as.toUpperCase() === 'AS' && name !== undefined;
    if (image === '' || !isComplete || more.length > 0)
        rejectFile({
            value: excerpt(`FROM ${rest}`),
            reason: 'FROM takes an image, and optionally AS and a stage name',
            example: EXAMPLE,
            location
        });
    return { image, name: name?.toLowerCase() };
}
function addStage({ stages, stagesByName }, name) {
    const stage = { commands: [], isBase: false };
    stages.push(stage);
    if (name !== undefined)
        stagesByName.set(name, stage);
}
/** The value of `FROM --platform`. */
function platformOf(scope, { flags }, location) {
    const flag = flags.find(({ name }) => name === 'platform');
    const target = targetPlatform(scope);
    if (flag === undefined || /^\$\{?TARGETPLATFORM\}?$/.test(flag.value))
        return { platform: target, skipped: [] };
    const text = excerpt(`FROM --platform=${flag.value}`);
    const value = expandArgs(scope, flag.value);
    if (!value.ok)
        return { platform: target, skipped: [{ type: 'skipped', text, reason: value.reason, location }] };
    const platform = parsePlatformName(value.value, scope.options.buildPlatform);
    if (!platform.ok)
        return rejectFile({ value: text, reason: platform.reason, example: '--platform=linux/arm64', location });
    return { platform: platform.value, skipped: [] };
}

;// CONCATENATED MODULE: ./build/files/dockerfile/dockerfile.js
// The images of a Dockerfile: FROM, COPY --from, RUN --mount=from=, and the frontend of the syntax directive, one entry per line
// that names one.







/** Throws 'invalid-input' for a file that is not a Dockerfile. */
function findInDockerfile(options) {
    const { location } = options;
    const { escape, syntax, instructions } = readLines(options.text, location);
    const frontend = findFrontend(options, syntax);
    if (!isDockerfile(instructions)) {
        // A frontend of its own may read another language.
        if (syntax !== undefined)
            return frontend;
        rejectFile({
            // The text is not quoted: the author of a Compose file can name any file as a Dockerfile.
            value: location.file,
            reason: 'not a Dockerfile: it must begin with FROM, or with ARG and then FROM',
            example: 'FROM php:8.3.8-cli',
            location: { file: location.file, line: instructions[0]?.line ?? location.line }
        });
    }
    const found = options.targets.map(target => ({
        target,
        entries: findForTarget(options, escape, instructions, target)
    }));
    // The frontend comes last: it reads the Dockerfile, and is not part of the image.
    return [...distinct(limitToTargets(found)).toSorted((a, b) => lineOf(a) - lineOf(b)), ...frontend];
}
function isDockerfile(instructions) {
    const first = instructions[0]?.keyword;
    return (first === 'ARG' || first === 'FROM') && instructions.some(({ keyword }) => keyword === 'FROM');
}
/** The image of BUILDKIT_SYNTAX or of the syntax directive. It runs on the platform of the host that builds. */
function findFrontend({ args, unknownArgs, location: { file, line }, buildPlatform, contexts }, syntax) {
    const location = { file, line: syntax?.line ?? line };
    const reason = unknownArgs.get('BUILDKIT_SYNTAX');
    if (reason !== undefined)
        return [{ type: 'skipped', text: 'BUILDKIT_SYNTAX', reason, location }];
    const given = args.get('BUILDKIT_SYNTAX');
    const image = given === undefined ? syntax?.image : trim(given).split(' ', 1)[0];
    if (image === undefined || image === '' || contexts.has(familiarName(image)))
        return [];
    return [{ type: 'image', text: image, location, platform: buildPlatform }];
}
function findForTarget(options, escape, instructions, target) {
    const scope = createBuildScope(options, escape, target);
    const entries = [];
    for (const instruction of instructions) {
        const stage = scope.stages.at(-1);
        if (instruction.keyword === 'FROM')
            entries.push(...readFrom(scope, instruction));
        else if (stage !== undefined)
            stage.commands.push(instruction);
        else if (instruction.keyword === 'ARG')
            declareGlobalArgs(scope, instruction);
    }
    return [...entries, ...scope.stages.flatMap(stage => findInStage(scope, stage))];
}
/** Limits an image to a target when other targets lack it, as with `FROM app:$TARGETARCH`. */
function limitToTargets(found) {
    const keys = found.map(({ entries }) => new Set(entries.map(keyOf)));
    return found.flatMap(({ target, entries }) => entries.map(entry => {
        if (entry.type !== 'image' || entry.platform !== 'target')
            return entry;
        return keys.every(of => of.has(keyOf(entry))) ? entry : { ...entry, platform: target };
    }));
}
function distinct(entries) {
    return [...new Map(entries.map(entry => [keyOf(entry), entry])).values()];
}
function keyOf(entry) {
    return JSON.stringify(entry);
}
function lineOf(entry) {
    return entry.type === 'issue' ? 0 : (entry.location?.line ?? 0);
}

;// CONCATENATED MODULE: ./build/files/follow-build.js
// From a build of a Compose or Bake file to the images of its Dockerfile.
// A Dockerfile that must not be read is left out with the reason; a missing one is an invalid input.



/** Throws 'invalid-input' when the Dockerfile does not exist or is not one. */
function followBuild(deps, build) {
    const { dockerfile, location } = build;
    if ('text' in dockerfile) {
        const { text, firstLine, isBlock } = dockerfile;
        const found = readDockerfile(deps, build, text, { file: location.file, line: firstLine });
        return isBlock ? found : found.map(entry => withLine(entry, firstLine));
    }
    const file = dockerfilePath(deps.workspace, build);
    const text = file === undefined ? undefined : deps.workspace.read(file);
    if (file !== undefined && typeof text === 'string')
        return readDockerfile(deps, build, text, { file, line: 1 });
    if (file !== undefined && typeof text === 'object')
        return [{ type: 'skipped', text: file, reason: text.blocked, location }];
    if (build.ifMissing === 'ignore')
        return [];
    const path = excerpt(possiblePaths(build, dockerfile.path)[0] ?? '');
    if (build.ifMissing === 'skip') {
        const reason = `There is no such file in the workspace: ${path}. If an earlier step of the job makes it, run that step before this one.`;
        return [{ type: 'skipped', text: excerpt(dockerfile.path), reason, location, isMissing: true }];
    }
    return rejectFile({
        value: excerpt(dockerfile.path),
        reason: `file not found in the workspace: ${path}`,
        example: 'dockerfile: docker/Dockerfile',
        location
    });
}
/** The path of the Dockerfile that a build reads. A path that must not be read is returned when no other exists. */
function dockerfilePath({ find, root }, { dockerfile, ...build }) {
    if ('text' in dockerfile)
        return undefined;
    const paths = possiblePaths(build, dockerfile.path);
    const kinds = paths.map(path => find(path).kind);
    const readable = kinds.indexOf('file');
    const path = paths[readable < 0 ? kinds.findIndex(kind => kind === 'outside' || kind === 'special') : readable];
    // Annotations have paths relative to the workspace.
    return path?.startsWith(`${root}/`) === true ? path.slice(root.length + 1) : path;
}
/** A Dockerfile that `files` names itself, as a build without arguments. */
function buildOfDockerfile(file) {
    return {
        type: 'build',
        location: { file, line: 1 },
        dockerfile: { path: external_node_path_namespaceObject.posix.basename(file) },
        context: external_node_path_namespaceObject.posix.dirname(file),
        contextRoots: ['.'],
        args: new Map(),
        unknownArgs: new Map(),
        contexts: new Set(),
        platforms: [],
        ifMissing: 'reject'
    };
}
function possiblePaths({ contextRoots, context }, path) {
    if (external_node_path_namespaceObject.posix.isAbsolute(path))
        return contextRoots.map(() => path);
    return contextRoots.map(root => external_node_path_namespaceObject.posix.join(external_node_path_namespaceObject.posix.isAbsolute(context) ? context : external_node_path_namespaceObject.posix.join(root, context), path));
}
function readDockerfile({ hostPlatform, platforms }, build, text, location) {
    // The `platform` input overrides the platforms of the file.
    const usesOwnPlatforms = platforms.kind === 'machine' && build.platforms.length > 0;
    const runPlatforms = platforms.kind === 'named' && platforms.platforms.length > 0 ? platforms.platforms : [hostPlatform];
    return findInDockerfile({
        text,
        location,
        args: build.args,
        unknownArgs: build.unknownArgs,
        contexts: build.contexts,
        target: build.target,
        usesOwnPlatforms,
        buildPlatform: hostPlatform,
        targets: usesOwnPlatforms ? build.platforms : runPlatforms
    });
}
function withLine(entry, line) {
    return (entry.type === 'image' || entry.type === 'skipped') && entry.location !== undefined
        ? { ...entry, location: { ...entry.location, line } }
        : entry;
}

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("fs");
var external_fs_namespaceObject_0 = /*#__PURE__*/__nccwpck_require__.t(external_fs_namespaceObject, 2);
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("path");
;// CONCATENATED MODULE: external "url"
const external_url_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("url");
;// CONCATENATED MODULE: external "module"
const external_module_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("module");
;// CONCATENATED MODULE: ./node_modules/fdir/dist/index.mjs




//#region rolldown:runtime
var __require = /* @__PURE__ */ (0,external_module_namespaceObject.createRequire)(import.meta.url);

//#endregion
//#region src/utils.ts
function cleanPath(path) {
	let normalized = (0,external_path_namespaceObject.normalize)(path);
	if (normalized.length > 1 && normalized[normalized.length - 1] === external_path_namespaceObject.sep) normalized = normalized.substring(0, normalized.length - 1);
	return normalized;
}
const SLASHES_REGEX = /[\\/]/g;
function convertSlashes(path, separator) {
	return path.replace(SLASHES_REGEX, separator);
}
const WINDOWS_ROOT_DIR_REGEX = /^[a-z]:[\\/]$/i;
function isRootDirectory(path) {
	return path === "/" || WINDOWS_ROOT_DIR_REGEX.test(path);
}
function normalizePath(path, options) {
	const { resolvePaths, normalizePath: normalizePath$1, pathSeparator } = options;
	const pathNeedsCleaning = process.platform === "win32" && path.includes("/") || path.startsWith(".");
	if (resolvePaths) path = (0,external_path_namespaceObject.resolve)(path);
	if (normalizePath$1 || pathNeedsCleaning) path = cleanPath(path);
	if (path === ".") return "";
	const needsSeperator = path[path.length - 1] !== pathSeparator;
	return convertSlashes(needsSeperator ? path + pathSeparator : path, pathSeparator);
}

//#endregion
//#region src/api/functions/join-path.ts
function joinPathWithBasePath(filename, directoryPath) {
	return directoryPath + filename;
}
function joinPathWithRelativePath(root, options) {
	return function(filename, directoryPath) {
		const sameRoot = directoryPath.startsWith(root);
		if (sameRoot) return directoryPath.slice(root.length) + filename;
		else return convertSlashes((0,external_path_namespaceObject.relative)(root, directoryPath), options.pathSeparator) + options.pathSeparator + filename;
	};
}
function joinPath(filename) {
	return filename;
}
function joinDirectoryPath(filename, directoryPath, separator) {
	return directoryPath + filename + separator;
}
function build$7(root, options) {
	const { relativePaths, includeBasePath } = options;
	return relativePaths && root ? joinPathWithRelativePath(root, options) : includeBasePath ? joinPathWithBasePath : joinPath;
}

//#endregion
//#region src/api/functions/push-directory.ts
function pushDirectoryWithRelativePath(root) {
	return function(directoryPath, paths) {
		paths.push(directoryPath.substring(root.length) || ".");
	};
}
function pushDirectoryFilterWithRelativePath(root) {
	return function(directoryPath, paths, filters) {
		const relativePath = directoryPath.substring(root.length) || ".";
		if (filters.every((filter) => filter(relativePath, true))) paths.push(relativePath);
	};
}
const pushDirectory = (directoryPath, paths) => {
	paths.push(directoryPath || ".");
};
const pushDirectoryFilter = (directoryPath, paths, filters) => {
	const path = directoryPath || ".";
	if (filters.every((filter) => filter(path, true))) paths.push(path);
};
const empty$2 = () => {};
function build$6(root, options) {
	const { includeDirs, filters, relativePaths } = options;
	if (!includeDirs) return empty$2;
	if (relativePaths) return filters && filters.length ? pushDirectoryFilterWithRelativePath(root) : pushDirectoryWithRelativePath(root);
	return filters && filters.length ? pushDirectoryFilter : pushDirectory;
}

//#endregion
//#region src/api/functions/push-file.ts
const pushFileFilterAndCount = (filename, _paths, counts, filters) => {
	if (filters.every((filter) => filter(filename, false))) counts.files++;
};
const pushFileFilter = (filename, paths, _counts, filters) => {
	if (filters.every((filter) => filter(filename, false))) paths.push(filename);
};
const pushFileCount = (_filename, _paths, counts, _filters) => {
	counts.files++;
};
const pushFile = (filename, paths) => {
	paths.push(filename);
};
const empty$1 = () => {};
function build$5(options) {
	const { excludeFiles, filters, onlyCounts } = options;
	if (excludeFiles) return empty$1;
	if (filters && filters.length) return onlyCounts ? pushFileFilterAndCount : pushFileFilter;
	else if (onlyCounts) return pushFileCount;
	else return pushFile;
}

//#endregion
//#region src/api/functions/get-array.ts
const getArray = (paths) => {
	return paths;
};
const getArrayGroup = () => {
	return [""].slice(0, 0);
};
function build$4(options) {
	return options.group ? getArrayGroup : getArray;
}

//#endregion
//#region src/api/functions/group-files.ts
const groupFiles = (groups, directory, files) => {
	groups.push({
		directory,
		files,
		dir: directory
	});
};
const empty = () => {};
function build$3(options) {
	return options.group ? groupFiles : empty;
}

//#endregion
//#region src/api/functions/resolve-symlink.ts
const resolveSymlinksAsync = function(path, state, callback$1) {
	const { queue, fs, options: { suppressErrors } } = state;
	queue.enqueue();
	fs.realpath(path, (error, resolvedPath) => {
		if (error) return queue.dequeue(suppressErrors ? null : error, state);
		fs.stat(resolvedPath, (error$1, stat) => {
			if (error$1) return queue.dequeue(suppressErrors ? null : error$1, state);
			if (stat.isDirectory() && isRecursive(path, resolvedPath, state)) return queue.dequeue(null, state);
			callback$1(stat, resolvedPath);
			queue.dequeue(null, state);
		});
	});
};
const resolveSymlinks = function(path, state, callback$1) {
	const { queue, fs, options: { suppressErrors } } = state;
	queue.enqueue();
	try {
		const resolvedPath = fs.realpathSync(path);
		const stat = fs.statSync(resolvedPath);
		if (stat.isDirectory() && isRecursive(path, resolvedPath, state)) return;
		callback$1(stat, resolvedPath);
	} catch (e) {
		if (!suppressErrors) throw e;
	}
};
function build$2(options, isSynchronous) {
	if (!options.resolveSymlinks || options.excludeSymlinks) return null;
	return isSynchronous ? resolveSymlinks : resolveSymlinksAsync;
}
function isRecursive(path, resolved, state) {
	if (state.options.useRealPaths) return isRecursiveUsingRealPaths(resolved, state);
	let parent = (0,external_path_namespaceObject.dirname)(path);
	let depth = 1;
	while (parent !== state.root && depth < 2) {
		const resolvedPath = state.symlinks.get(parent);
		const isSameRoot = !!resolvedPath && (resolvedPath === resolved || resolvedPath.startsWith(resolved) || resolved.startsWith(resolvedPath));
		if (isSameRoot) depth++;
		else parent = (0,external_path_namespaceObject.dirname)(parent);
	}
	state.symlinks.set(path, resolved);
	return depth > 1;
}
function isRecursiveUsingRealPaths(resolved, state) {
	return state.visited.includes(resolved + state.options.pathSeparator);
}

//#endregion
//#region src/api/functions/invoke-callback.ts
const onlyCountsSync = (state) => {
	return state.counts;
};
const groupsSync = (state) => {
	return state.groups;
};
const defaultSync = (state) => {
	return state.paths;
};
const limitFilesSync = (state) => {
	return state.paths.slice(0, state.options.maxFiles);
};
const onlyCountsAsync = (state, error, callback$1) => {
	report(error, callback$1, state.counts, state.options.suppressErrors);
	return null;
};
const defaultAsync = (state, error, callback$1) => {
	report(error, callback$1, state.paths, state.options.suppressErrors);
	return null;
};
const limitFilesAsync = (state, error, callback$1) => {
	report(error, callback$1, state.paths.slice(0, state.options.maxFiles), state.options.suppressErrors);
	return null;
};
const groupsAsync = (state, error, callback$1) => {
	report(error, callback$1, state.groups, state.options.suppressErrors);
	return null;
};
function report(error, callback$1, output, suppressErrors) {
	if (error && !suppressErrors) callback$1(error, output);
	else callback$1(null, output);
}
function build$1(options, isSynchronous) {
	const { onlyCounts, group, maxFiles } = options;
	if (onlyCounts) return isSynchronous ? onlyCountsSync : onlyCountsAsync;
	else if (group) return isSynchronous ? groupsSync : groupsAsync;
	else if (maxFiles) return isSynchronous ? limitFilesSync : limitFilesAsync;
	else return isSynchronous ? defaultSync : defaultAsync;
}

//#endregion
//#region src/api/functions/walk-directory.ts
const readdirOpts = { withFileTypes: true };
const walkAsync = (state, crawlPath, directoryPath, currentDepth, callback$1) => {
	state.queue.enqueue();
	if (currentDepth < 0) return state.queue.dequeue(null, state);
	const { fs } = state;
	state.visited.push(crawlPath);
	state.counts.directories++;
	fs.readdir(crawlPath || ".", readdirOpts, (error, entries = []) => {
		callback$1(entries, directoryPath, currentDepth);
		state.queue.dequeue(state.options.suppressErrors ? null : error, state);
	});
};
const walkSync = (state, crawlPath, directoryPath, currentDepth, callback$1) => {
	const { fs } = state;
	if (currentDepth < 0) return;
	state.visited.push(crawlPath);
	state.counts.directories++;
	let entries = [];
	try {
		entries = fs.readdirSync(crawlPath || ".", readdirOpts);
	} catch (e) {
		if (!state.options.suppressErrors) throw e;
	}
	callback$1(entries, directoryPath, currentDepth);
};
function build(isSynchronous) {
	return isSynchronous ? walkSync : walkAsync;
}

//#endregion
//#region src/api/queue.ts
/**
* This is a custom stateless queue to track concurrent async fs calls.
* It increments a counter whenever a call is queued and decrements it
* as soon as it completes. When the counter hits 0, it calls onQueueEmpty.
*/
var Queue = class {
	count = 0;
	constructor(onQueueEmpty) {
		this.onQueueEmpty = onQueueEmpty;
	}
	enqueue() {
		this.count++;
		return this.count;
	}
	dequeue(error, output) {
		if (this.onQueueEmpty && (--this.count <= 0 || error)) {
			this.onQueueEmpty(error, output);
			if (error) {
				output.controller.abort();
				this.onQueueEmpty = void 0;
			}
		}
	}
};

//#endregion
//#region src/api/counter.ts
var Counter = class {
	_files = 0;
	_directories = 0;
	set files(num) {
		this._files = num;
	}
	get files() {
		return this._files;
	}
	set directories(num) {
		this._directories = num;
	}
	get directories() {
		return this._directories;
	}
	/**
	* @deprecated use `directories` instead
	*/
	/* c8 ignore next 3 */
	get dirs() {
		return this._directories;
	}
};

//#endregion
//#region src/api/aborter.ts
/**
* AbortController is not supported on Node 14 so we use this until we can drop
* support for Node 14.
*/
var Aborter = class {
	aborted = false;
	abort() {
		this.aborted = true;
	}
};

//#endregion
//#region src/api/walker.ts
var Walker = class {
	root;
	isSynchronous;
	state;
	joinPath;
	pushDirectory;
	pushFile;
	getArray;
	groupFiles;
	resolveSymlink;
	walkDirectory;
	callbackInvoker;
	constructor(root, options, callback$1) {
		this.isSynchronous = !callback$1;
		this.callbackInvoker = build$1(options, this.isSynchronous);
		this.root = normalizePath(root, options);
		this.state = {
			root: isRootDirectory(this.root) ? this.root : this.root.slice(0, -1),
			paths: [""].slice(0, 0),
			groups: [],
			counts: new Counter(),
			options,
			queue: new Queue((error, state) => this.callbackInvoker(state, error, callback$1)),
			symlinks: /* @__PURE__ */ new Map(),
			visited: [""].slice(0, 0),
			controller: new Aborter(),
			fs: options.fs || external_fs_namespaceObject_0
		};
		this.joinPath = build$7(this.root, options);
		this.pushDirectory = build$6(this.root, options);
		this.pushFile = build$5(options);
		this.getArray = build$4(options);
		this.groupFiles = build$3(options);
		this.resolveSymlink = build$2(options, this.isSynchronous);
		this.walkDirectory = build(this.isSynchronous);
	}
	start() {
		this.pushDirectory(this.root, this.state.paths, this.state.options.filters);
		this.walkDirectory(this.state, this.root, this.root, this.state.options.maxDepth, this.walk);
		return this.isSynchronous ? this.callbackInvoker(this.state, null) : null;
	}
	walk = (entries, directoryPath, depth) => {
		const { paths, options: { filters, resolveSymlinks: resolveSymlinks$1, excludeSymlinks, exclude, maxFiles, signal, useRealPaths, pathSeparator }, controller } = this.state;
		if (controller.aborted || signal && signal.aborted || maxFiles && paths.length > maxFiles) return;
		const files = this.getArray(this.state.paths);
		for (let i = 0; i < entries.length; ++i) {
			const entry = entries[i];
			if (entry.isFile() || entry.isSymbolicLink() && !resolveSymlinks$1 && !excludeSymlinks) {
				const filename = this.joinPath(entry.name, directoryPath);
				this.pushFile(filename, files, this.state.counts, filters);
			} else if (entry.isDirectory()) {
				let path = joinDirectoryPath(entry.name, directoryPath, this.state.options.pathSeparator);
				if (exclude && exclude(entry.name, path)) continue;
				this.pushDirectory(path, paths, filters);
				this.walkDirectory(this.state, path, path, depth - 1, this.walk);
			} else if (this.resolveSymlink && entry.isSymbolicLink()) {
				let path = joinPathWithBasePath(entry.name, directoryPath);
				this.resolveSymlink(path, this.state, (stat, resolvedPath) => {
					if (stat.isDirectory()) {
						resolvedPath = normalizePath(resolvedPath, this.state.options);
						if (exclude && exclude(entry.name, useRealPaths ? resolvedPath : path + pathSeparator)) return;
						this.walkDirectory(this.state, resolvedPath, useRealPaths ? resolvedPath : path + pathSeparator, depth - 1, this.walk);
					} else {
						resolvedPath = useRealPaths ? resolvedPath : path;
						const filename = (0,external_path_namespaceObject.basename)(resolvedPath);
						const directoryPath$1 = normalizePath((0,external_path_namespaceObject.dirname)(resolvedPath), this.state.options);
						resolvedPath = this.joinPath(filename, directoryPath$1);
						this.pushFile(resolvedPath, files, this.state.counts, filters);
					}
				});
			}
		}
		this.groupFiles(this.state.groups, directoryPath, files);
	};
};

//#endregion
//#region src/api/async.ts
function promise(root, options) {
	return new Promise((resolve$1, reject) => {
		callback(root, options, (err, output) => {
			if (err) return reject(err);
			resolve$1(output);
		});
	});
}
function callback(root, options, callback$1) {
	let walker = new Walker(root, options, callback$1);
	walker.start();
}

//#endregion
//#region src/api/sync.ts
function sync(root, options) {
	const walker = new Walker(root, options);
	return walker.start();
}

//#endregion
//#region src/builder/api-builder.ts
var APIBuilder = class {
	constructor(root, options) {
		this.root = root;
		this.options = options;
	}
	withPromise() {
		return promise(this.root, this.options);
	}
	withCallback(cb) {
		callback(this.root, this.options, cb);
	}
	sync() {
		return sync(this.root, this.options);
	}
};

//#endregion
//#region src/builder/index.ts
let pm = null;
/* c8 ignore next 6 */
try {
	__require.resolve("picomatch");
	pm = __require("picomatch");
} catch {}
var Builder = class {
	globCache = {};
	options = {
		maxDepth: Infinity,
		suppressErrors: true,
		pathSeparator: external_path_namespaceObject.sep,
		filters: []
	};
	globFunction;
	constructor(options) {
		this.options = {
			...this.options,
			...options
		};
		this.globFunction = this.options.globFunction;
	}
	group() {
		this.options.group = true;
		return this;
	}
	withPathSeparator(separator) {
		this.options.pathSeparator = separator;
		return this;
	}
	withBasePath() {
		this.options.includeBasePath = true;
		return this;
	}
	withRelativePaths() {
		this.options.relativePaths = true;
		return this;
	}
	withDirs() {
		this.options.includeDirs = true;
		return this;
	}
	withMaxDepth(depth) {
		this.options.maxDepth = depth;
		return this;
	}
	withMaxFiles(limit) {
		this.options.maxFiles = limit;
		return this;
	}
	withFullPaths() {
		this.options.resolvePaths = true;
		this.options.includeBasePath = true;
		return this;
	}
	withErrors() {
		this.options.suppressErrors = false;
		return this;
	}
	withSymlinks({ resolvePaths = true } = {}) {
		this.options.resolveSymlinks = true;
		this.options.useRealPaths = resolvePaths;
		return this.withFullPaths();
	}
	withAbortSignal(signal) {
		this.options.signal = signal;
		return this;
	}
	normalize() {
		this.options.normalizePath = true;
		return this;
	}
	filter(predicate) {
		this.options.filters.push(predicate);
		return this;
	}
	onlyDirs() {
		this.options.excludeFiles = true;
		this.options.includeDirs = true;
		return this;
	}
	exclude(predicate) {
		this.options.exclude = predicate;
		return this;
	}
	onlyCounts() {
		this.options.onlyCounts = true;
		return this;
	}
	crawl(root) {
		return new APIBuilder(root || ".", this.options);
	}
	withGlobFunction(fn) {
		this.globFunction = fn;
		return this;
	}
	/**
	* @deprecated Pass options using the constructor instead:
	* ```ts
	* new fdir(options).crawl("/path/to/root");
	* ```
	* This method will be removed in v7.0
	*/
	/* c8 ignore next 4 */
	crawlWithOptions(root, options) {
		this.options = {
			...this.options,
			...options
		};
		return new APIBuilder(root || ".", this.options);
	}
	glob(...patterns) {
		if (this.globFunction) return this.globWithOptions(patterns);
		return this.globWithOptions(patterns, ...[{ dot: true }]);
	}
	globWithOptions(patterns, ...options) {
		const globFn = this.globFunction || pm;
		/* c8 ignore next 5 */
		if (!globFn) throw new Error("Please specify a glob function to use glob matching.");
		var isMatch = this.globCache[patterns.join("\0")];
		if (!isMatch) {
			isMatch = globFn(patterns, ...options);
			this.globCache[patterns.join("\0")] = isMatch;
		}
		this.options.filters.push((path) => isMatch(path));
		return this;
	}
};

//#endregion

// EXTERNAL MODULE: ./node_modules/picomatch/index.js
var picomatch = __nccwpck_require__(4006);
;// CONCATENATED MODULE: ./node_modules/tinyglobby/dist/index.mjs





//#region src/utils.ts
const isReadonlyArray = Array.isArray;
const BACKSLASHES = /\\/g;
const DRIVE_RELATIVE_PATH = /^[A-Za-z]:$/;
const isWin = process.platform === "win32";
const ONLY_PARENT_DIRECTORIES = /^(\/?\.\.)+$/;
function getPartialMatcher(patterns, options = {}) {
	const patternsCount = patterns.length;
	const patternsParts = Array(patternsCount);
	const matchers = Array(patternsCount);
	let i, j;
	for (i = 0; i < patternsCount; i++) {
		const parts = splitPattern(patterns[i]);
		patternsParts[i] = parts;
		const partsCount = parts.length;
		const partMatchers = Array(partsCount);
		for (j = 0; j < partsCount; j++) partMatchers[j] = picomatch(parts[j], options);
		matchers[i] = partMatchers;
	}
	return (input) => {
		const inputParts = input.split("/");
		if (inputParts[0] === ".." && ONLY_PARENT_DIRECTORIES.test(input)) return true;
		for (i = 0; i < patternsCount; i++) {
			const patternParts = patternsParts[i];
			const matcher = matchers[i];
			const inputPatternCount = inputParts.length;
			const minParts = Math.min(inputPatternCount, patternParts.length);
			j = 0;
			while (j < minParts) {
				const part = patternParts[j];
				if (part.includes("/")) return true;
				if (!matcher[j](inputParts[j])) break;
				if (!options.noglobstar && part === "**") return true;
				j++;
			}
			if (j === inputPatternCount) return true;
		}
		return false;
	};
}
/* node:coverage ignore next 2 */
const WIN32_ROOT_DIR = /^[A-Z]:\/$/i;
const isRoot = isWin ? (p) => WIN32_ROOT_DIR.test(p) : (p) => p === "/";
function buildFormat(cwd, root, absolute) {
	if (cwd === root || root.startsWith(`${cwd}/`)) {
		if (absolute) {
			const start = cwd.length + +!isRoot(cwd);
			return (p, isDir) => p.slice(start, isDir ? -1 : void 0) || ".";
		}
		const prefix = root.slice(cwd.length + 1);
		if (prefix) return (p, isDir) => {
			if (p === ".") return prefix;
			const result = `${prefix}/${p}`;
			return isDir ? result.slice(0, -1) : result;
		};
		return (p, isDir) => isDir && p !== "." ? p.slice(0, -1) : p;
	}
	if (absolute) return (p) => external_path_namespaceObject.posix.relative(cwd, p) || ".";
	return (p) => external_path_namespaceObject.posix.relative(cwd, `${root}/${p}`) || ".";
}
function buildRelative(cwd, root) {
	if (root.startsWith(`${cwd}/`)) {
		const prefix = root.slice(cwd.length + 1);
		return (p) => `${prefix}/${p}`;
	}
	return (p) => {
		const result = external_path_namespaceObject.posix.relative(cwd, `${root}/${p}`);
		return p[p.length - 1] === "/" && result !== "" ? `${result}/` : result || ".";
	};
}
function ensureNonDriveRelativePath(path) {
	return path.replace(DRIVE_RELATIVE_PATH, (match) => `${match}/`);
}
const splitPatternOptions = { parts: true };
function splitPattern(path) {
	var _result$parts;
	const result = picomatch.scan(path, splitPatternOptions);
	return ((_result$parts = result.parts) === null || _result$parts === void 0 ? void 0 : _result$parts.length) ? result.parts : [path];
}
const ESCAPED_WIN32_BACKSLASHES = /\\(?![()[\]{}!+@])/g;
function convertPosixPathToPattern(path) {
	return escapePosixPath(path);
}
function convertWin32PathToPattern(path) {
	return escapeWin32Path(path).replace(ESCAPED_WIN32_BACKSLASHES, "/");
}
/**
* Converts a path to a pattern depending on the platform.
* Identical to {@link escapePath} on POSIX systems.
* @see {@link https://superchupu.dev/tinyglobby/documentation#convertPathToPattern}
*/
/* node:coverage ignore next 3 */
const convertPathToPattern = (/* unused pure expression or super */ null && (isWin ? convertWin32PathToPattern : convertPosixPathToPattern));
const POSIX_UNESCAPED_GLOB_SYMBOLS = /(?<!\\)([()[\]{}*?|]|^!|[!+@](?=\()|\\(?![()[\]{}!*+?@|]))/g;
const WIN32_UNESCAPED_GLOB_SYMBOLS = /(?<!\\)([()[\]{}]|^!|[!+@](?=\())/g;
const escapePosixPath = (path) => path.replace(POSIX_UNESCAPED_GLOB_SYMBOLS, "\\$&");
const escapeWin32Path = (path) => path.replace(WIN32_UNESCAPED_GLOB_SYMBOLS, "\\$&");
/**
* Escapes a path's special characters depending on the platform.
* @see {@link https://superchupu.dev/tinyglobby/documentation#escapePath}
*/
/* node:coverage ignore next */
const escapePath = isWin ? escapeWin32Path : escapePosixPath;
/**
* Checks if a pattern has dynamic parts.
*
* Has a few minor differences with [`fast-glob`](https://github.com/mrmlnc/fast-glob) for better accuracy:
*
* - Doesn't necessarily return `false` on patterns that include `\`.
* - Returns `true` if the pattern includes parentheses, regardless of them representing one single pattern or not.
* - Returns `true` for unfinished glob extensions i.e. `(h`, `+(h`.
* - Returns `true` for unfinished brace expansions as long as they include `,` or `..`.
*
* @see {@link https://superchupu.dev/tinyglobby/documentation#isDynamicPattern}
*/
function isDynamicPattern(pattern, options) {
	if ((options === null || options === void 0 ? void 0 : options.caseSensitiveMatch) === false) return true;
	const scan = picomatch.scan(pattern);
	return scan.isGlob || scan.negated;
}
function log(...tasks) {
	console.log(`[tinyglobby ${(/* @__PURE__ */ new Date()).toLocaleTimeString("es")}]`, ...tasks);
}
function ensureStringArray(value) {
	return typeof value === "string" ? [value] : value !== null && value !== void 0 ? value : [];
}
//#endregion
//#region src/patterns.ts
const PARENT_DIRECTORY = /^(\/?\.\.)+/;
const ESCAPING_BACKSLASHES = /\\(?=[()[\]{}!*+?@|])/g;
function normalizePattern(pattern, opts, props, isIgnore) {
	var _PARENT_DIRECTORY$exe;
	const cwd = opts.cwd;
	let result = pattern;
	if (pattern[pattern.length - 1] === "/") result = pattern.slice(0, -1);
	if (result[result.length - 1] !== "*" && opts.expandDirectories) result += "/**";
	const escapedCwd = escapePath(cwd);
	result = (0,external_path_namespaceObject.isAbsolute)(result.replace(ESCAPING_BACKSLASHES, "")) ? external_path_namespaceObject.posix.relative(escapedCwd, result) : external_path_namespaceObject.posix.normalize(result);
	const parentDir = (_PARENT_DIRECTORY$exe = PARENT_DIRECTORY.exec(result)) === null || _PARENT_DIRECTORY$exe === void 0 ? void 0 : _PARENT_DIRECTORY$exe[0];
	const parts = splitPattern(result);
	if (parentDir) {
		const n = (parentDir.length + 1) / 3;
		let i = 0;
		const cwdParts = escapedCwd.split("/");
		while (i < n && parts[i + n] === cwdParts[cwdParts.length + i - n]) {
			result = result.slice(0, (n - i - 1) * 3) + result.slice((n - i) * 3 + parts[i + n].length + 1) || ".";
			i++;
		}
		const potentialRoot = external_path_namespaceObject.posix.join(cwd, parentDir.slice(i * 3));
		if (potentialRoot[0] !== "." && props.root.length > potentialRoot.length) {
			props.root = ensureNonDriveRelativePath(potentialRoot);
			props.depthOffset = -n + i;
		}
	}
	if (!isIgnore && props.depthOffset >= 0) {
		var _props$commonPath;
		(_props$commonPath = props.commonPath) !== null && _props$commonPath !== void 0 || (props.commonPath = parts);
		const newCommonPath = [];
		const length = Math.min(props.commonPath.length, parts.length);
		for (let i = 0; i < length; i++) {
			const part = parts[i];
			if (part === "**" && !parts[i + 1]) {
				newCommonPath.pop();
				break;
			}
			if (i === parts.length - 1 || part !== props.commonPath[i] || isDynamicPattern(part)) break;
			newCommonPath.push(part);
		}
		props.depthOffset = newCommonPath.length;
		props.commonPath = newCommonPath;
		props.root = ensureNonDriveRelativePath(newCommonPath.length > 0 ? external_path_namespaceObject.posix.join(cwd, ...newCommonPath) : cwd);
	}
	return result;
}
function processPatterns(options, patterns, props) {
	const matchPatterns = [];
	const ignorePatterns = [];
	for (const pattern of options.ignore) {
		if (!pattern) continue;
		if (pattern[0] !== "!" || pattern[1] === "(") ignorePatterns.push(normalizePattern(pattern, options, props, true));
	}
	for (const pattern of patterns) {
		if (!pattern) continue;
		if (pattern[0] !== "!" || pattern[1] === "(") matchPatterns.push(normalizePattern(pattern, options, props, false));
		else if (pattern[1] !== "!" || pattern[2] === "(") ignorePatterns.push(normalizePattern(pattern.slice(1), options, props, true));
	}
	return {
		match: matchPatterns,
		ignore: ignorePatterns
	};
}
//#endregion
//#region src/crawler.ts
function buildCrawler(options, patterns) {
	const cwd = options.cwd;
	const props = {
		root: cwd,
		depthOffset: 0
	};
	const processed = processPatterns(options, patterns, props);
	if (options.debug) log("internal processing patterns:", processed);
	const { absolute, caseSensitiveMatch, debug, dot, followSymbolicLinks, onlyDirectories } = options;
	const root = props.root.replace(BACKSLASHES, "");
	const matchOptions = {
		dot,
		nobrace: options.braceExpansion === false,
		nocase: !caseSensitiveMatch,
		noextglob: options.extglob === false,
		noglobstar: options.globstar === false,
		posix: true
	};
	const matcher = picomatch(processed.match, matchOptions);
	const ignore = picomatch(processed.ignore, matchOptions);
	const partialMatcher = getPartialMatcher(processed.match, matchOptions);
	const format = buildFormat(cwd, root, absolute);
	const excludeFormatter = absolute ? format : buildFormat(cwd, root, true);
	const excludePredicate = (_, p) => {
		const relativePath = excludeFormatter(p, true);
		return relativePath !== "." && !partialMatcher(relativePath) || ignore(relativePath);
	};
	let maxDepth;
	if (options.deep !== void 0) maxDepth = Math.round(options.deep - props.depthOffset);
	const crawler = new Builder({
		filters: [debug ? (p, isDirectory) => {
			const path = format(p, isDirectory);
			const matches = matcher(path) && !ignore(path);
			if (matches) log(`matched ${path}`);
			return matches;
		} : (p, isDirectory) => {
			const path = format(p, isDirectory);
			return matcher(path) && !ignore(path);
		}],
		exclude: debug ? (_, p) => {
			const skipped = excludePredicate(_, p);
			log(`${skipped ? "skipped" : "crawling"} ${p}`);
			return skipped;
		} : excludePredicate,
		fs: options.fs,
		pathSeparator: "/",
		relativePaths: !absolute,
		resolvePaths: absolute,
		includeBasePath: absolute,
		resolveSymlinks: followSymbolicLinks,
		excludeSymlinks: !followSymbolicLinks,
		excludeFiles: onlyDirectories,
		includeDirs: onlyDirectories || !options.onlyFiles,
		maxDepth,
		signal: options.signal
	}).crawl(root);
	if (options.debug) log("internal properties:", {
		...props,
		root
	});
	return [crawler, cwd !== root && !absolute && buildRelative(cwd, root)];
}
//#endregion
//#region src/index.ts
function formatPaths(paths, mapper) {
	if (mapper) for (let i = paths.length - 1; i >= 0; i--) paths[i] = mapper(paths[i]);
	return paths;
}
const defaultOptions = {
	caseSensitiveMatch: true,
	debug: !!process.env.TINYGLOBBY_DEBUG,
	expandDirectories: true,
	followSymbolicLinks: true,
	onlyFiles: true
};
function getOptions(options) {
	const opts = Object.assign({}, options);
	for (const key in defaultOptions) if (opts[key] === void 0) Object.assign(opts, { [key]: defaultOptions[key] });
	opts.cwd = (opts.cwd instanceof URL ? (0,external_url_namespaceObject.fileURLToPath)(opts.cwd) : (0,external_path_namespaceObject.resolve)(opts.cwd || process.cwd())).replace(BACKSLASHES, "/");
	opts.ignore = ensureStringArray(opts.ignore);
	opts.fs && (opts.fs = {
		readdir: opts.fs.readdir || external_fs_namespaceObject.readdir,
		readdirSync: opts.fs.readdirSync || external_fs_namespaceObject.readdirSync,
		realpath: opts.fs.realpath || external_fs_namespaceObject.realpath,
		realpathSync: opts.fs.realpathSync || external_fs_namespaceObject.realpathSync,
		stat: opts.fs.stat || external_fs_namespaceObject.stat,
		statSync: opts.fs.statSync || external_fs_namespaceObject.statSync
	});
	if (opts.debug) log("globbing with options:", opts);
	return opts;
}
function getCrawler(globInput, inputOptions = {}) {
	var _ref;
	if (globInput && (inputOptions === null || inputOptions === void 0 ? void 0 : inputOptions.patterns)) throw new Error("Cannot pass patterns as both an argument and an option");
	const isModern = isReadonlyArray(globInput) || typeof globInput === "string";
	const patterns = ensureStringArray((_ref = isModern ? globInput : globInput.patterns) !== null && _ref !== void 0 ? _ref : "**/*");
	const options = getOptions(isModern ? inputOptions : globInput);
	return patterns.length > 0 ? buildCrawler(options, patterns) : [];
}
async function glob(globInput, options) {
	const [crawler, relative] = getCrawler(globInput, options);
	return crawler ? formatPaths(await crawler.withPromise(), relative) : [];
}
function globSync(globInput, options) {
	const [crawler, relative] = getCrawler(globInput, options);
	return crawler ? formatPaths(crawler.sync(), relative) : [];
}
//#endregion


;// CONCATENATED MODULE: ./build/files/match-files.js
// The files of the workspace that the patterns of the `files` input match.
// Links that stay in the workspace are followed, without going in circles. A link that leads out is left out with a warning.




/** A pattern with `!` before it excludes files. `folder` is the workspace as the workflow names it, possibly through a link. */
function matchFiles(patterns, workspace, folder) {
    const toRelative = (pattern) => relativePattern(pattern, [(0,external_node_path_namespaceObject.resolve)(folder), workspace.root]);
    const excluded = patterns.filter(isExclusion).map(pattern => toRelative(pattern.slice(1).trim()));
    const files = new Map();
    const entries = [];
    for (const input of patterns.filter(pattern => !isExclusion(pattern))) {
        const found = matchPattern(input, toRelative(input), excluded, workspace);
        entries.push(...found.entries);
        for (const { file, isExplicit } of found.files)
            files.set(file, { file, isExplicit: isExplicit || files.get(file)?.isExplicit === true });
    }
    return { files: [...files.values()], entries };
}
function isExclusion(pattern) {
    return pattern.startsWith('!');
}
/** The pattern relative to the first root that contains it, with slashes. */
function relativePattern(pattern, roots) {
    const withSlashes = (text) => text.replaceAll('\\', '/');
    if (!(0,external_node_path_namespaceObject.isAbsolute)(pattern))
        return external_node_path_namespaceObject.posix.normalize(withSlashes(pattern));
    const paths = roots.map(root => withSlashes((0,external_node_path_namespaceObject.relative)(root, pattern)));
    return paths.find(path => path !== '..' && !path.startsWith('../')) ?? withSlashes(pattern);
}
function matchPattern(input, pattern, excluded, workspace) {
    if (pattern === '..' || pattern.startsWith('../') || external_node_path_namespaceObject.posix.isAbsolute(pattern) || (0,external_node_path_namespaceObject.isAbsolute)(pattern)) {
        const reason = 'This pattern leads outside of the workspace. Only files in the workspace are read.';
        return { files: [], entries: [{ type: 'skipped', text: input, reason }] };
    }
    const { kind } = workspace.find(pattern);
    if (kind === 'folder')
        return { files: [], entries: [issueOf(input, 'it is a folder: write the path of a file')] };
    if (kind !== 'missing')
        return { files: [{ file: external_node_path_namespaceObject.posix.normalize(pattern), isExplicit: true }], entries: [] };
    const { paths, skipped } = search(pattern, excluded, workspace);
    if (paths.length + skipped.length === 0)
        return { files: [], entries: [issueOf(input, 'it matches no file in the workspace')] };
    return {
        files: paths.toSorted().map(path => ({ file: external_node_path_namespaceObject.posix.normalize(path), isExplicit: false })),
        entries: skipped
    };
}
function issueOf(input, reason) {
    return { type: 'issue', issue: { input: 'files', value: input, reason, example: 'docker/**/Dockerfile' } };
}
// Never meant by a pattern, and possibly thousands of files.
const NEVER = ['**/.git/**', '**/node_modules/**'];
// A glob sees a folder once per path that leads to it. A few folders that link to each other have exponentially many paths.
const MAX_LINKED_FOLDERS = 5000;
function search(pattern, excluded, workspace) {
    const skipped = [];
    const entered = new Map();
    let linkedLeft = MAX_LINKED_FOLDERS;
    const readdir = (folder) => {
        const path = (0,external_node_path_namespaceObject.resolve)(folder);
        const file = (0,external_node_path_namespaceObject.relative)(workspace.root, path).replaceAll(external_node_path_namespaceObject.sep, '/');
        const found = workspace.find(path);
        if (found.kind === 'outside' && file !== '' && !file.startsWith('..'))
            skipped.push({ type: 'skipped', text: file, reason: found.blocked, location: { file, line: 1 } });
        if (found.kind !== 'folder')
            return [];
        const parent = entered.get((0,external_node_path_namespaceObject.dirname)(path));
        if (isAncestor(found.real, parent))
            return [];
        const isLinked = parent?.isLinked === true || (parent !== undefined && found.real !== (0,external_node_path_namespaceObject.join)(parent.real, (0,external_node_path_namespaceObject.basename)(path)));
        if (isLinked)
            linkedLeft -= 1;
        if (linkedLeft < 0)
            return [];
        entered.set(path, { real: found.real, isLinked, parent });
        return (0,external_node_fs_namespaceObject.readdirSync)(found.real, { withFileTypes: true }).map(entry => entry.isSymbolicLink() ? followLink(entry.name, workspace, (0,external_node_path_namespaceObject.join)(path, entry.name)) : entry);
    };
    const paths = globSync([pattern], {
        cwd: workspace.root,
        dot: true,
        expandDirectories: false,
        followSymbolicLinks: false,
        ignore: [...excluded, ...NEVER],
        // The only access to the file system that the library has.
        fs: { readdirSync: readdir }
    });
    // Checked after the search, since the library swallows errors of readdir.
    if (linkedLeft < 0)
        rejectFile({
            value: pattern,
            reason: `symbolic links lead to more than ${String(MAX_LINKED_FOLDERS)} folders`,
            example: 'docker/**/Dockerfile'
        });
    return { paths, skipped };
}
function isAncestor(real, folder) {
    for (let at = folder; at !== undefined; at = at.parent)
        if (at.real === real)
            return true;
    return false;
}
/** A link as the file or folder that it leads to. One that leads out is kept, so that a warning can name it. */
function followLink(name, workspace, path) {
    const found = workspace.find(path);
    const isFolder = found.kind === 'folder' || (found.kind === 'outside' && found.isFolder);
    const isFile = found.kind === 'file' || (found.kind === 'outside' && !found.isFolder);
    return { name, isFile: () => isFile, isDirectory: () => isFolder, isSymbolicLink: () => false };
}

;// CONCATENATED MODULE: ./build/files/merged-files.js
// Files that Bake and Compose merge by themselves.
// Without `--file`, both read all files of certain names in a folder. Compose reads those of COMPOSE_FILE instead, if it is set.

// buildx bake/bake.go, defaultFilenames.
const BAKE = [
    ['docker-bake.json'],
    ['docker-bake.hcl'],
    ['docker-bake.override.json'],
    ['docker-bake.override.hcl']
];
// compose-go cli/options.go, DefaultFileNames and DefaultOverrideFileNames.
const COMPOSE = [
    ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
    ['compose.override.yml', 'compose.override.yaml', 'docker-compose.override.yml', 'docker-compose.override.yaml']
];
/** The Compose files that Bake merges with this one: none for a file that needs `--file`, and no overrides. */
function composeFilesBeside({ workspace }, file) {
    if (!BAKE.some(names => names.includes(external_node_path_namespaceObject.posix.basename(file))))
        return [];
    return (COMPOSE[0] ?? []).flatMap(name => {
        const path = external_node_path_namespaceObject.posix.join(external_node_path_namespaceObject.posix.dirname(file), name);
        const text = workspace.read(path);
        return typeof text === 'string' ? [{ file: path, text }] : [];
    });
}
/** The files that are merged with this one, itself included. */
function mergedFiles(deps, file, text) {
    const readText = (path) => {
        const other = path === file ? text : deps.workspace.read(path);
        return typeof other === 'string' ? [{ file: path, text: other }] : [];
    };
    const found = (mergeOf(deps, file) ?? []).flatMap(paths => 
    // The file itself is read, even when one of another name has precedence.
    (paths.includes(file) ? [file] : paths).flatMap(readText).slice(0, 1));
    return found.length === 0 ? [{ file, text }] : found;
}
/**
 * Without files that are merged into another one of the list, and with the first file of a merge in place of an override alone. A file
 * is explicit when the path of any of those that it is merged with is written out.
 */
function withoutMerged(files, deps) {
    const bases = new Map();
    for (const { file, isExplicit } of files) {
        const base = baseOf(deps, file);
        bases.set(base, { file: base, isExplicit: isExplicit || bases.get(base)?.isExplicit === true });
    }
    return [...bases.values()];
}
/** The first file of a merge. */
function baseOf(deps, file) {
    for (const paths of mergeOf(deps, file) ?? []) {
        if (paths.includes(file))
            return file;
        const found = paths.find(path => deps.workspace.find(path).kind === 'file');
        if (found !== undefined)
            return found;
    }
    return file;
}
/** The paths to merge, in rows like the names; undefined for a file that is read alone. */
function mergeOf(deps, file) {
    const folder = external_node_path_namespaceObject.posix.dirname(file);
    const named = /\.ya?ml$/.test(file) ? filesOfSetting(deps, folder) : [];
    if (named.includes(file))
        return named.map(path => [path]);
    const merge = [BAKE, COMPOSE].find(rows => rows.some(names => names.includes(external_node_path_namespaceObject.posix.basename(file))));
    return merge?.map(names => names.map(name => external_node_path_namespaceObject.posix.join(folder, name)));
}
// https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_file
/** The paths in COMPOSE_FILE, as Compose finds them when it runs in the folder. */
function filesOfSetting({ lookup, readVariables }, folder) {
    const variables = readVariables([external_node_path_namespaceObject.posix.join(folder, '.env')], lookup);
    const [paths, separator] = [variables('COMPOSE_FILE'), variables('COMPOSE_PATH_SEPARATOR')];
    if (typeof paths !== 'string')
        return [];
    return paths
        .split(typeof separator === 'string' && separator !== '' ? separator : ':')
        .map(path => external_node_path_namespaceObject.posix.join(folder, path));
}

;// CONCATENATED MODULE: ./build/oci/truncate.js
// Text from outside, short enough for a message.
// Pure.
/** At most `length` characters; a cut is marked with an ellipsis. */
function truncate(text, length) {
    return text.length > length ? `${text.slice(0, length - 1)}\u2026` : text;
}

;// CONCATENATED MODULE: ./build/oci/json-cursor.js
// A position in a JSON text, and the steps of RFC 8259's grammar from it. It accepts what Go's and V8's parsers accept, and throws a
// JsonError for the rest.

const QUOTE = 0x22;
const [BACKSLASH, MINUS, ZERO, NINE] = [0x5c, 0x2d, 0x30, 0x39];
/** Go's encoding/json stops at 10,000 levels. Each level takes stack here, and a real manifest or config has fewer than ten. */
const json_cursor_MAX_DEPTH = 100;
/** The text is invalid. The message is a reason for `invalid`. */
class JsonError extends Error {
}
const NOT_JSON = 'it is not JSON';
function rejectJson(reason) {
    throw new JsonError(reason);
}
function openCursor(bytes) {
    const start = { path: [], at: 0, depth: 0 };
    try {
        return { ...start, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), isLossy: false };
    }
    catch {
        return { ...start, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), isLossy: true };
    }
}
function nested(cursor, read) {
    cursor.depth++;
    if (cursor.depth > json_cursor_MAX_DEPTH)
        rejectJson(`it is nested more than ${String(json_cursor_MAX_DEPTH)} levels deep`);
    const value = read();
    cursor.depth--;
    return value;
}
/** The path of the current value: `layers[3].digest`. */
function formatPath({ path }) {
    return path.reduce((text, part) => {
        if (typeof part === 'number')
            return `${text}[${String(part)}]`;
        if (!/^[\w.]{1,40}$/.test(part))
            return `${text}[${quoteJson(part)}]`;
        return text === '' ? part : `${text}.${part}`;
    }, '');
}
/** Quotes a text from outside: on one line, at most 100 characters. */
function quoteJson(text) {
    return JSON.stringify(truncate(text, 100));
}
function forEachItem(cursor, end, read) {
    cursor.at++;
    skipSpace(cursor);
    if (cursor.text[cursor.at] === end) {
        cursor.at++;
        return;
    }
    for (let at = 0;; at++) {
        skipSpace(cursor);
        read(at);
        skipSpace(cursor);
        if (cursor.text[cursor.at] === end)
            break;
        expectPunctuation(cursor, ',');
    }
    cursor.at++;
}
function expectPunctuation(cursor, expected) {
    if (cursor.text[cursor.at] !== expected)
        rejectJson(NOT_JSON);
    cursor.at++;
}
function skipSpace(cursor) {
    const { text } = cursor;
    for (;;) {
        const code = text.charCodeAt(cursor.at);
        if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)
            return;
        cursor.at++;
    }
}
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;
/** Reads the string that starts here. With `use: 'skip'` it is only checked, and the result is empty. */
function readString(cursor, use) {
    const { text } = cursor;
    const start = cursor.at;
    let hasEscapes = false;
    let at = start + 1;
    for (;;) {
        const code = text.charCodeAt(at);
        if (code === QUOTE)
            break;
        // charCodeAt is NaN past the end, which is not >= 0x20.
        if (!(code >= 0x20))
            rejectJson(NOT_JSON);
        if (code === BACKSLASH) {
            hasEscapes = true;
            ESCAPE.lastIndex = at;
            if (!ESCAPE.test(text))
                rejectJson(NOT_JSON);
            at = ESCAPE.lastIndex;
        }
        else {
            at++;
        }
    }
    cursor.at = at + 1;
    if (use === 'skip')
        return '';
    // Like Go, replaces half of a surrogate pair with U+FFFD.
    return hasEscapes ? JSON.parse(text.slice(start, cursor.at)).toWellFormed() : text.slice(start + 1, at);
}
/** Skips the number that starts here. Returns whether it is written as an integer. */
function skipNumber(cursor) {
    const { text } = cursor;
    if (text.charCodeAt(cursor.at) === MINUS)
        cursor.at++;
    if (text.charCodeAt(cursor.at) === ZERO)
        cursor.at++;
    else
        skipDigits(cursor);
    const end = cursor.at;
    if (text[cursor.at] === '.') {
        cursor.at++;
        skipDigits(cursor);
    }
    if (text[cursor.at] === 'e' || text[cursor.at] === 'E') {
        cursor.at++;
        if (text[cursor.at] === '+' || text[cursor.at] === '-')
            cursor.at++;
        skipDigits(cursor);
    }
    return cursor.at === end;
}
function skipDigits(cursor) {
    const start = cursor.at;
    for (;;) {
        const code = cursor.text.charCodeAt(cursor.at);
        if (!(code >= ZERO && code <= NINE))
            break;
        cursor.at++;
    }
    if (cursor.at === start)
        rejectJson(NOT_JSON);
}

;// CONCATENATED MODULE: ./build/oci/go-json.js
// JSON as Go's encoding/json decodes it into a struct, because every container engine is written in Go.
// A document with a digest is rejected where Go and JSON.parse read it differently. Other documents are read as Go reads them.
// Go and JSON.parse differ in three points. A publisher could use each to show two images under one digest:
//   1. Go matches keys with field names in any case, with Unicode's simple folding: `Layers`, and `layer\u017f` with U+017F.
//   2. Of two such keys Go uses the later one, and merges an object into the one of the earlier key.
//   3. Go reads null as an absent key, and replaces bytes that are not UTF-8 with U+FFFD.



/**
 * Reads a JSON object of a known shape. Keys outside the shape are dropped. `refused` is for documents with a digest: an ambiguous one
 * is invalid. `as-go` is for responses and files: the last key counts, in any case; a value of another type counts as absent; and
 * text after the object is ignored, as by Go's json.Decoder.
 */
function readAsGo(bytes, shape, ambiguity) {
    const cursor = openCursor(bytes);
    try {
        skipSpace(cursor);
        if (ambiguity === 'as-go' && cursor.text[cursor.at] !== '{')
            return parsed_invalid('it is not a JSON object');
        const value = go_json_readValue(cursor, { shape, ambiguity, before: undefined });
        skipSpace(cursor);
        if (ambiguity === 'refused' && cursor.at < cursor.text.length)
            rejectJson(NOT_JSON);
        return isObject(value) ? parsed_valid(value) : parsed_invalid('it is not a JSON object');
    }
    catch (error) {
        if (error instanceof JsonError)
            return parsed_invalid(error.message);
        throw error;
    }
}
function structOf(fields, ambiguity) {
    const names = Object.keys(fields);
    return {
        kind: 'struct',
        fields: new Map(Object.entries(fields)),
        folded: new Map(names.map(name => [fold(name), name])),
        ambiguity
    };
}
function listOf(of) {
    return { kind: 'list', of };
}
function mapOf(of) {
    return { kind: 'map', of };
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
// Unicode's CaseFolding.txt folds two non-ASCII letters to an ASCII one: long s and the Kelvin sign.
function fold(name) {
    return name
        .replaceAll('\u017f', 's')
        .replaceAll('\u212a', 'k')
        .replace(/[A-Z]+/g, letters => letters.toLowerCase());
}
function go_json_readValue(cursor, target) {
    const start = cursor.at;
    const first = cursor.text[start];
    switch (first) {
        case '{':
            return nested(cursor, () => readObject(cursor, targetFor(cursor, target, 'an object')));
        case '[':
            return nested(cursor, () => readList(cursor, targetFor(cursor, target, 'a list')));
        case '"': {
            const text = readString(cursor, target.shape === undefined ? 'skip' : 'keep');
            return readScalar(cursor, target, { type: 'string', value: text });
        }
        case 't':
        case 'f':
        case 'n': {
            const word = first === 't' ? 'true' : first === 'f' ? 'false' : 'null';
            if (!cursor.text.startsWith(word, start))
                rejectJson(NOT_JSON);
            cursor.at += word.length;
            return word === 'null' ? null : readScalar(cursor, target, { type: 'boolean', value: word === 'true' });
        }
        default: {
            const isInteger = skipNumber(cursor);
            if (target.shape === undefined)
                return undefined;
            const text = cursor.text.slice(start, cursor.at);
            // Go accepts no fraction and no exponent in an integer, not even 1.0 or 1e3. Adding 0 turns -0 into 0.
            return readScalar(cursor, target, { type: isInteger ? 'integer' : 'number', value: Number(text) + 0, text });
        }
    }
}
/** The value, if it has the type of the shape. */
function readScalar(cursor, { shape, ambiguity }, { type, value, text }) {
    if (shape === undefined)
        return undefined;
    if (shape !== 'any' && shape !== type) {
        if (ambiguity === 'refused')
            rejectType(cursor, shape, text ?? JSON.stringify(value));
        return undefined;
    }
    if (cursor.isLossy && ambiguity === 'refused' && typeof value === 'string' && value.includes('\ufffd'))
        rejectJson(cursor.path.length === 0 || shape === 'any' ? NOT_JSON : `${formatPath(cursor)} is not UTF-8`);
    return value;
}
/** The target for an object or list, or one that drops it when the shape is another one. */
function targetFor(cursor, target, found) {
    const { shape, ambiguity } = target;
    if (shape === undefined || shape === 'any')
        return target;
    const isFitting = typeof shape === 'object' && (found === 'a list' ? shape.kind === 'list' : shape.kind !== 'list');
    if (isFitting)
        return target;
    if (ambiguity === 'refused')
        rejectType(cursor, shape, found);
    return { ...target, shape: undefined };
}
const NAMES = {
    any: 'a value',
    string: 'a string',
    integer: 'an integer',
    list: 'a list',
    map: 'an object',
    struct: 'an object'
};
function rejectType(cursor, shape, found) {
    const expected = NAMES[typeof shape === 'string' ? shape : shape.kind];
    const shown = truncate(found, 100);
    return rejectJson(cursor.path.length === 0 ? 'it is not a JSON object' : `${formatPath(cursor)} is ${shown}, not ${expected}`);
}
// A descriptor has more than 70 bytes, and so has a diff_id with its quotes and comma, so no real list within 4 MiB has more entries.
// A list of a million empty objects would take 90 MB.
const MAX_ITEMS = 60_000;
function readList(cursor, { shape, ambiguity }) {
    const of = typeof shape === 'object' && shape.kind === 'list' ? shape.of : shape;
    const items = [];
    forEachItem(cursor, ']', at => {
        if (of !== undefined && at >= MAX_ITEMS)
            rejectJson(`${formatPath(cursor)} has more than ${String(MAX_ITEMS)} entries`);
        cursor.path.push(at);
        const item = go_json_readValue(cursor, { shape: of, ambiguity, before: undefined });
        // Go's zero value, so that the other entries keep their positions.
        if (of !== undefined)
            items.push(item ?? null);
        cursor.path.pop();
    });
    return shape === undefined ? undefined : items;
}
function readObject(cursor, target) {
    const { shape, before } = target;
    const struct = typeof shape === 'object' && shape.kind === 'struct' ? shape : undefined;
    // A map has no prototype, so that no key of a document is an inherited one. A struct has fixed keys: with a prototype it takes a
    // tenth of the memory, and a manifest of 4 MB may contain a million structs.
    const empty = struct === undefined ? Object.create(null) : {};
    const found = isObject(before) ? before : empty;
    const of = typeof shape === 'object' && shape.kind === 'map' ? shape.of : shape;
    const ambiguity = struct?.ambiguity ?? target.ambiguity;
    forEachItem(cursor, '}', () => {
        if (cursor.text.charCodeAt(cursor.at) !== QUOTE)
            rejectJson(NOT_JSON);
        const key = readString(cursor, shape === undefined ? 'skip' : 'keep');
        skipSpace(cursor);
        expectPunctuation(cursor, ':');
        skipSpace(cursor);
        const name = struct === undefined ? key : nameOfField(cursor, struct, key, ambiguity);
        const inner = name === undefined || struct === undefined ? of : struct.fields.get(name);
        if (shape === 'any')
            rejectKey(cursor, found, key, ambiguity);
        if (struct !== undefined && name !== undefined)
            rejectKey(cursor, found, name, ambiguity);
        cursor.path.push(key);
        const isMerged = struct !== undefined && name !== undefined;
        const value = go_json_readValue(cursor, {
            shape: struct !== undefined && name === undefined ? undefined : inner,
            ambiguity,
            before: isMerged ? found[name] : undefined
        });
        cursor.path.pop();
        if (shape !== undefined && name !== undefined)
            put(found, name, value, { inner, ambiguity, isField: struct !== undefined });
    });
    return shape === undefined ? undefined : found;
}
/** The field that Go decodes the key into; undefined when there is none. */
function nameOfField(cursor, struct, key, ambiguity) {
    if (struct.fields.has(key))
        return key;
    const name = struct.folded.get(fold(key));
    if (name !== undefined && ambiguity === 'refused')
        rejectJson(`${inside(cursor)} has the key ${quoteJson(key)}, which Go reads as ${quoteJson(name)} and others do not`);
    return name;
}
function rejectKey(cursor, found, key, ambiguity) {
    if (ambiguity !== 'refused')
        return;
    if (Object.hasOwn(found, key))
        rejectJson(`it has the key ${quoteJson(key)} twice in one object${cursor.path.length === 0 ? '' : `, ${formatPath(cursor)}`}`);
    if (cursor.isLossy && key.includes('\ufffd'))
        rejectJson(NOT_JSON);
}
function inside(cursor) {
    return cursor.path.length === 0 ? 'it' : formatPath(cursor);
}
function put(found, name, value, { inner, ambiguity, isField }) {
    if (value === undefined)
        return;
    if (value !== null || ambiguity === 'refused' || inner === 'any') {
        found[name] = value;
        return;
    }
    // null resets a map, a list, and an entry of a map. It leaves a string, a number and a struct unchanged.
    const isStruct = typeof inner === 'object' && inner.kind === 'struct';
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the object of a map has no prototype
    if (!isField || !(inner === 'string' || inner === 'integer' || isStruct))
        delete found[name];
}

;// CONCATENATED MODULE: ./build/files/bake/bake-output.js
// The output of `docker buildx bake --print`: targets after everything that Bake evaluates.
// https://docs.docker.com/reference/cli/docker/buildx/bake/#print

const bake_output_ESCAPES = 'verified-image-escapes';
/** The group of all targets to print. */
const PRINTED_GROUP = 'verified-image-targets';
// buildx 0.14 and later escape `${` and `%{` in arguments and inline Dockerfiles, so that the output is a Bake file itself. Older ones
// do not. One target more is printed, and shows which of them it is.
/**
 * One more file for Bake, with a group of these targets. A command line could not hold the names of all. `bases` are targets that the
 * files may inherit from and that none of them has.
 */
function printingFile(targets, bases) {
    return JSON.stringify({
        target: { ...Object.fromEntries(bases.map(name => [name, {}])), [bake_output_ESCAPES]: { args: { probe: '$${' } } },
        group: { [PRINTED_GROUP]: { targets: [...targets, bake_output_ESCAPES] } }
    });
}
/** The output for files with that of printingFile among them. Undefined for text that is no such output. */
function parsePrintedBake(text) {
    const json = readAsGo(new TextEncoder().encode(text), PRINTED, 'as-go');
    if (!json.ok)
        return undefined;
    const printed = new Map(entriesOf(json.value['target']).map(([name, target]) => [name, targetOf(target)]));
    const isEscaped = printed.get(bake_output_ESCAPES)?.args.get('probe') === '$${';
    printed.delete(bake_output_ESCAPES);
    return {
        targets: isEscaped ? new Map([...printed].map(([name, target]) => [name, unescaped(target)])) : printed,
        groups: new Map(entriesOf(json.value['group']).map(([name, group]) => [name, isObject(group) ? textsIn(group['targets']) : []]))
    };
}
const PRINTED = structOf({
    group: mapOf(structOf({ targets: listOf('string') })),
    target: mapOf(structOf({
        context: 'string',
        dockerfile: 'string',
        'dockerfile-inline': 'string',
        target: 'string',
        args: mapOf('string'),
        contexts: mapOf('string'),
        platforms: listOf('string')
    }))
});
function targetOf(target) {
    const fields = isObject(target) ? target : {};
    const text = (name) => (typeof fields[name] === 'string' ? fields[name] : undefined);
    return {
        context: text('context') ?? '.',
        dockerfile: text('dockerfile') ?? 'Dockerfile',
        inline: text('dockerfile-inline'),
        target: text('target'),
        args: textsByName(fields['args']),
        contexts: textsByName(fields['contexts']),
        platforms: textsIn(fields['platforms'])
    };
}
function unescaped(target) {
    const plain = (text) => text.replaceAll('$${', '${').replaceAll('%%{', '%{');
    return {
        ...target,
        inline: target.inline === undefined ? undefined : plain(target.inline),
        args: new Map([...target.args].map(([name, value]) => [name, plain(value)]))
    };
}
function entriesOf(value) {
    return isObject(value) ? Object.entries(value) : [];
}
function textsIn(value) {
    return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
/** An argument that is null keeps the default of the Dockerfile. */
function textsByName(value) {
    return new Map(entriesOf(value).filter((entry) => typeof entry[1] === 'string'));
}

// EXTERNAL MODULE: ./node_modules/yaml/dist/index.js
var dist = __nccwpck_require__(8815);
;// CONCATENATED MODULE: ./build/files/language/yaml-tree.js
// Reads YAML and JSON into a tree with lines. Aliases are followed, merge keys are merged, and an anchor's tree is shared by its aliases.
// All other files know the tree, and not the parser.


const yaml_tree_EXAMPLE = 'image: php:8.3.8-cli';
// Each `<<` copies the entries it merges. A chain of 3000 maps, each merging the one before, would copy millions.
const MAX_MERGED = 100_000;
// The parser creates an error for each unknown tag.
const MAX_TAGS = 10_000;
/** One tree per document. Throws 'invalid-input' with the line for text that is not YAML. */
function readTrees(text, file, duplicateKeys = 'reject') {
    const lines = new dist/* LineCounter */.HN();
    if ((text.match(/(?:^|[\s,[{])!/g)?.length ?? 0) > MAX_TAGS)
        rejectYaml(file, 1, `more than ${String(MAX_TAGS)} tags`);
    try {
        // uniqueKeys compares each key with all others; readEntries needs one step. prettyErrors copies the line for each error, and one
        // line can have 100,000 errors.
        const documents = (0,dist/* parseAllDocuments */.hR)(text, {
            lineCounter: lines,
            logLevel: 'silent',
            prettyErrors: false,
            uniqueKeys: false
        });
        if (!Array.isArray(documents))
            return [];
        return documents.map(document => {
            const [error] = document.errors;
            if (error !== undefined)
                rejectYaml(file, lines.linePos(error.pos[0]).line, PARSER_ERRORS[error.code] ?? error.code.toLowerCase().replaceAll('_', ' '));
            return readNode({
                ...{ file, duplicateKeys, lines, mergesLeft: MAX_MERGED },
                ...{ anchors: new Map(), done: new Map(), open: new Set() }
            }, document.contents);
        });
    }
    catch (error) {
        if (!(error instanceof RangeError))
            throw error;
        return rejectFile({
            value: file,
            reason: 'its lists and maps are nested too deep',
            example: yaml_tree_EXAMPLE,
            location: { file, line: 1 }
        });
    }
}
// The parser's own messages quote the file. The author of a Compose file can name any file, and must not see its text in a log.
const PARSER_ERRORS = {
    TAB_AS_INDENT: 'a line is indented with a tab',
    DUPLICATE_KEY: 'duplicate key',
    MISSING_CHAR: 'a colon, a quote, or a bracket is missing',
    BAD_INDENT: 'wrong indentation'
};
function rejectYaml(file, line, reason) {
    rejectFile({
        value: file,
        reason: `not valid YAML: ${reason}`,
        example: yaml_tree_EXAMPLE,
        location: { file, line: Math.max(line, 1) }
    });
}
function readNode(reader, node) {
    if (node === null || node === undefined)
        return { kind: 'nothing', line: 1 };
    const known = reader.done.get(node);
    if (known !== undefined)
        return known;
    const line = reader.lines.linePos(node.range?.[0] ?? 0).line;
    // An alias inside its own anchor would make a circle.
    if (reader.open.has(node))
        return { kind: 'nothing', line };
    reader.open.add(node);
    if (!(0,dist/* isAlias */.Vj)(node) && node.anchor !== undefined)
        reader.anchors.set(node.anchor, node);
    const tree = readContent(reader, node, Math.max(line, 1));
    reader.open.delete(node);
    reader.done.set(node, tree);
    return tree;
}
function readContent(reader, node, line) {
    if (node.tag === '!reset')
        return { kind: 'nothing', line, tag: 'reset' };
    // GitLab CI: the path of a value elsewhere, and no list of its own.
    if (node.tag === '!reference')
        return { kind: 'nothing', line };
    const tree = yaml_tree_readValue(reader, node, line);
    return node.tag === '!override' ? { ...tree, tag: 'override' } : tree;
}
function yaml_tree_readValue(reader, node, line) {
    // An anchor comes before its aliases, and nodes are read in the order of the file. The parser's own Alias.resolve() walks the whole
    // document for each alias.
    if ((0,dist/* isAlias */.Vj)(node))
        return readNode(reader, reader.anchors.get(node.source));
    if ((0,dist/* isSeq */.oP)(node))
        return { kind: 'list', line, items: node.items.map(item => readNode(reader, item)) };
    if ((0,dist/* isMap */.jh)(node))
        return { kind: 'map', line, entries: readEntries(reader, node.items) };
    if (!(0,dist/* isScalar */.jn)(node) || node.value === null)
        return { kind: 'nothing', line };
    const { value, source, type } = node;
    const isBlock = type === dist/* Scalar */.X5.BLOCK_LITERAL || type === dist/* Scalar */.X5.BLOCK_FOLDED;
    // A number keeps its text: 1.10 is not 1.1.
    const text = typeof value === 'string' ? value : (source ?? '');
    return { kind: 'text', line, text, isBlock, isPlain: type === dist/* Scalar */.X5.PLAIN };
}
function readEntries(reader, items) {
    const own = new Map();
    const merged = new Map();
    for (const { key, value } of items) {
        const name = (0,dist/* isScalar */.jn)(key) ? String(key.value) : '';
        const lineOfKey = () => ((0,dist/* isScalar */.jn)(key) ? reader.lines.linePos(key.range?.[0] ?? 0).line : 1);
        if ((0,dist/* isScalar */.jn)(key) && key.anchor !== undefined)
            reader.anchors.set(key.anchor, key);
        const tree = readNode(reader, value);
        if (name !== '<<') {
            if (reader.duplicateKeys === 'reject' && (0,dist/* isScalar */.jn)(key) && own.has(name))
                rejectYaml(reader.file, lineOfKey(), 'duplicate key');
            own.set(name, tree);
            continue;
        }
        for (const source of tree.kind === 'list' ? tree.items : [tree])
            for (const [inherited, part] of source.kind === 'map' ? source.entries : []) {
                reader.mergesLeft -= 1;
                if (reader.mergesLeft < 0)
                    rejectYaml(reader.file, lineOfKey(), `merge keys add more than ${String(MAX_MERGED)} entries`);
                if (!merged.has(inherited))
                    merged.set(inherited, part);
            }
    }
    return new Map([...merged, ...own]);
}
/** The value of a key. Undefined when the key is absent or its value is empty. */
function childOf(tree, name) {
    const child = tree?.kind === 'map' ? tree.entries.get(name) : undefined;
    return child?.kind === 'nothing' ? undefined : child;
}
function yaml_tree_entriesOf(tree) {
    return tree?.kind === 'map' ? [...tree.entries] : [];
}
function itemsOf(tree) {
    return tree?.kind === 'list' ? tree.items : [];
}
/** Reads `key: value` entries, or a list of `key=value`. The value of a key alone has kind 'nothing'. */
function pairsOf(tree) {
    if (tree?.kind !== 'list')
        return yaml_tree_entriesOf(tree);
    return tree.items.flatMap((item) => {
        if (item.kind !== 'text')
            return [];
        const equals = item.text.indexOf('=');
        if (equals < 0)
            return [[item.text, { kind: 'nothing', line: item.line }]];
        return [[item.text.slice(0, equals), { ...item, text: item.text.slice(equals + 1), isPlain: false }]];
    });
}

;// CONCATENATED MODULE: ./build/files/bake/inheritance.js
// The blocks of a target in the outline: its own, and those of the targets that it inherits from.
// https://docs.docker.com/build/bake/inheritance/

// A chain of 8000 targets has 32 million pairs. A real file takes some thousand steps.
const MAX_STEPS = 1_000_000;
function createBlockReader(outline) {
    const inherited = new Set([...outline.targets].flatMap(([name, blocks]) => blocks.flatMap(block => {
        const inherits = findAttribute([block], 'inherits');
        return inherits === undefined ? [] : basesIn(inherits.source, outline).filter(base => base !== name);
    })));
    return { outline, inherited, stepsLeft: MAX_STEPS };
}
/** The blocks of a target and of all targets that it inherits from, the target's own first, by precedence. */
function blocksOf(reader, name) {
    const { outline } = reader;
    const blocks = [];
    const seen = new Set();
    const pending = [name];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        if (seen.has(next))
            continue;
        seen.add(next);
        const own = (outline.targets.get(next) ?? []).toReversed();
        blocks.push(...own);
        const inherits = findAttribute(own, 'inherits');
        const bases = inherits === undefined ? [] : basesIn(inherits.source, outline);
        pending.push(...bases);
        spend(reader, 1 + bases.length, own[0]);
    }
    return blocks;
}
function spend(reader, steps, at) {
    reader.stepsLeft -= steps;
    if (reader.stepsLeft < 0)
        rejectFile({
            value: at?.file ?? '',
            reason: `its targets inherit from each other in more than ${String(MAX_STEPS)} steps`,
            example: BAKE_EXAMPLE,
            location: { file: at?.file ?? '', line: at?.line ?? 1 }
        });
}
const BAKE_EXAMPLE = 'target "app" { dockerfile = "Dockerfile" }';
/** Names of targets in the value of `inherits`. A name that is computed may be any. */
function basesIn(inherits, { targets }) {
    const isPlain = /^[A-Za-z0-9_\n-]*$/.test(inherits) || /^[\s,[\]]*$/.test(inherits.replace(/"[A-Za-z0-9_-]*"/g, ''));
    if (!isPlain)
        return [...targets.keys()];
    return (inherits.match(/[A-Za-z0-9_-]+/g) ?? []).filter(base => targets.has(base));
}
/** The attribute of the first block that has it. */
function findAttribute(blocks, name) {
    for (const { attributes, file } of blocks) {
        const found = attributes.findLast(attribute => attribute.name === name);
        if (found !== undefined)
            return { ...found, file };
    }
    return undefined;
}

;// CONCATENATED MODULE: ./build/files/bake/compose-services.js
// The services of Compose files beside a Bake file. Without `--file`, Bake takes those that have `build` for targets, under the others of
// their names (buildx bake/bake.go and bake/compose.go).
// Bake is not given the files: they could name others of the machine, with `include` or `env_file`.



function servicesIn(composeFiles) {
    return new Map(composeFiles.flatMap(({ file, text }) => treesIn(text, file).flatMap(tree => yaml_tree_entriesOf(childOf(tree, 'services')).flatMap(([name, service]) => {
        const build = childOf(service, 'build');
        const target = name.replaceAll('.', '_');
        return build === undefined ? [] : [[target, { file, isDefault: isDefault(build) }]];
    }))));
}
const DEFAULTS = { context: /^\.?\/?$/, dockerfile: /^(?:\.\/)?Dockerfile$/ };
const OTHERS = ['dockerfile_inline', 'args', 'additional_contexts', 'platforms', 'target'];
function isDefault(build) {
    if (build.kind === 'text')
        return DEFAULTS['context']?.test(build.text) === true;
    return (OTHERS.every(key => childOf(build, key) === undefined) &&
        Object.entries(DEFAULTS).every(([key, pattern]) => {
            const value = childOf(build, key);
            return value === undefined || (value.kind === 'text' && pattern.test(value.text));
        }));
}
/** The reason why it is not known what a target builds; undefined when that does not depend on a service. */
function mergedReason(name, blocks, services) {
    if (services.size === 0 || OWN.some(key => findAttribute(blocks, key) !== undefined))
        return undefined;
    const bases = blocks.flatMap(block => findAttribute([block], 'inherits')?.source.match(/[A-Za-z0-9_-]+/g) ?? []);
    const base = [name, ...bases].find(it => services.get(it)?.isDefault === false);
    if (base === undefined)
        return undefined;
    const file = services.get(base)?.file ?? '';
    return (`Without --file, Bake builds the service ${base} of ${file} for it, with the arguments of both. ` +
        `List ${file} in \`files\` for the images of that service.`);
}
// With one of these, a target builds something of its own.
const OWN = ['context', 'dockerfile', 'dockerfile-inline'];
function treesIn(text, file) {
    try {
        return readTrees(text, file);
    }
    catch (error) {
        // The file itself is not among those to read. Bake would refuse it.
        if (error instanceof failure_error/* VerifiedImageError */.wL)
            return [];
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/files/bake/hcl-outline.js
// Scans HCL for its blocks, attributes, and object entries, with their lines. Values are not read: Bake itself evaluates the file
// (bake-program.ts), and its output has no lines.
// One pass, for text that may be hostile. Text that is not HCL has a poor outline, which Bake then refuses.
function outlineHcl(text) {
    const cursor = { text, at: 0, line: 1 };
    const blocks = [];
    const attributes = [];
    while (cursor.at < text.length) {
        const found = readItem(cursor, 'top');
        if (found === undefined)
            advance(cursor);
        else if ('type' in found)
            blocks.push(found);
        else
            attributes.push(found);
    }
    return { blocks, attributes };
}
const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y;
function readItem(cursor, level) {
    hcl_outline_skipBlank(cursor);
    const { line, at: start } = cursor;
    const name = hcl_outline_readName(cursor);
    if (name === undefined)
        return undefined;
    skipSpaces(cursor);
    const { text } = cursor;
    if (/[=:]/.test(text.charAt(cursor.at)) && text.charAt(cursor.at + 1) !== '=') {
        cursor.at += 1;
        return readAttribute(cursor, name, line, level);
    }
    if (level !== 'top')
        return undefined;
    const label = hcl_outline_readName(cursor) ?? '';
    skipSpaces(cursor);
    if (text.charAt(cursor.at) !== '{')
        return undefined;
    cursor.at += 1;
    const attributes = readBody(cursor, 'block');
    return { type: name, name: label, line, attributes, source: text.slice(start, cursor.at) };
}
function readAttribute(cursor, name, line, level) {
    const { text } = cursor;
    skipSpaces(cursor);
    const start = cursor.at;
    let entries = [];
    if (level !== 'object' && text.charAt(start) === '{') {
        cursor.at += 1;
        entries = readBody(cursor, 'object');
    }
    // The rest of the value, such as `\u2026 : {}` after a condition.
    skipValue(cursor);
    return { name, line, source: text.slice(start, cursor.at), entries };
}
/** Reads the items up to the closing brace, and consumes it. */
function readBody(cursor, level) {
    const attributes = [];
    for (;;) {
        hcl_outline_skipBlank(cursor);
        if (cursor.at >= cursor.text.length)
            return attributes;
        if (cursor.text.charAt(cursor.at) === '}') {
            cursor.at += 1;
            return attributes;
        }
        const found = readItem(cursor, level);
        if (found === undefined)
            advance(cursor);
        else if (!('type' in found))
            attributes.push(found);
    }
}
/** A word, a quoted text as written, or a key in parentheses. */
function hcl_outline_readName(cursor) {
    const { text, at } = cursor;
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word !== undefined) {
        cursor.at += word.length;
        return word;
    }
    if (text.charAt(at) !== '"')
        return undefined;
    skipQuoted(cursor);
    return text.slice(at + 1, cursor.at - 1);
}
function skipSpaces(cursor) {
    while (cursor.text.charAt(cursor.at) === ' ' || cursor.text.charAt(cursor.at) === '\t')
        cursor.at += 1;
}
/** Skips spaces, line ends, commas, and comments. */
function hcl_outline_skipBlank(cursor) {
    while (cursor.at < cursor.text.length) {
        const start = cursor.at;
        if (/[\s,]/.test(cursor.text.charAt(cursor.at)))
            advance(cursor);
        else
            skipComment(cursor);
        if (cursor.at === start)
            return;
    }
}
/** Skips one character, text in quotes, or a heredoc. */
function advance(cursor) {
    const { text, at } = cursor;
    if (text.charAt(at) === '"')
        skipQuoted(cursor);
    else if (text.startsWith('<<', at))
        skipHeredoc(cursor);
    else
        moveTo(cursor, at + 1);
}
function moveTo(cursor, end) {
    for (; cursor.at < end; cursor.at += 1)
        if (cursor.text.charAt(cursor.at) === '\n')
            cursor.line += 1;
}
function skipComment(cursor) {
    const { text, at } = cursor;
    const isLine = text.charAt(at) === '#' || text.startsWith('//', at);
    if (!isLine && !text.startsWith('/*', at))
        return;
    const end = text.indexOf(isLine ? '\n' : '*/', at);
    moveTo(cursor, end < 0 ? text.length : isLine ? end : end + 2);
}
/** Skips to the end of a value: a line end, a comma, or a closing bracket that the value did not open. */
function skipValue(cursor) {
    const { text } = cursor;
    let depth = 0;
    while (cursor.at < text.length) {
        const character = text.charAt(cursor.at);
        if (depth === 0 && (/[\n,}]/.test(character) || character === ''))
            return;
        const start = cursor.at;
        skipComment(cursor);
        if (cursor.at > start)
            continue;
        if (/[([{]/.test(character))
            depth += 1;
        if (/[)\]}]/.test(character))
            depth = Math.max(0, depth - 1);
        advance(cursor);
    }
}
/** Skips a text in quotes, with its templates, which may have quotes and braces of their own. */
function skipQuoted(cursor) {
    const { text } = cursor;
    const open = ['quote'];
    let at = cursor.at + 1;
    while (at < text.length && open.length > 0) {
        const character = text.charAt(at);
        const isQuote = open.at(-1) === 'quote';
        if (isQuote && character === '\n')
            break;
        if (isQuote && character === '\\')
            at += 2;
        else if (isQuote && /^(?:\$\$|%%)\{/.test(text.slice(at, at + 3)))
            at += 3;
        else if (isQuote && /^[$%]\{/.test(text.slice(at, at + 2))) {
            open.push('brace');
            at += 2;
        }
        else {
            if (isQuote ? character === '"' : character === '}')
                open.pop();
            else if (character === '"')
                open.push('quote');
            else if (!isQuote && character === '{')
                open.push('brace');
            at += 1;
        }
    }
    moveTo(cursor, at);
}
const HEREDOC = /<<-?([A-Za-z_][A-Za-z0-9_-]*)\r?\n/y;
function skipHeredoc(cursor) {
    const { text, at } = cursor;
    HEREDOC.lastIndex = at;
    const match = HEREDOC.exec(text);
    if (match === null) {
        moveTo(cursor, at + 2);
        return;
    }
    let end = at + match[0].length;
    while (end < text.length) {
        const next = text.indexOf('\n', end);
        const lineEnd = next < 0 ? text.length : next;
        const isLast = text.slice(end, lineEnd).trim() === match[1];
        // The line end after the last word ends the attribute, too.
        end = isLast ? lineEnd : lineEnd + 1;
        if (isLast)
            break;
    }
    moveTo(cursor, Math.min(end, text.length));
}

;// CONCATENATED MODULE: ./build/files/bake/outline.js
// The outline of the Bake files that belong together: names of targets and variables, lines, and what mentions a variable.
// https://docs.docker.com/build/bake/reference/


/** Throws 'invalid-input' for JSON that cannot be parsed. */
function outlineBake(sources) {
    const outlines = sources.map(({ file, text }) => ({ file, ...outlineOf(text, file) }));
    const blocks = outlines.flatMap(({ file, blocks: found }) => found.map(block => ({ ...block, file })));
    const ofType = (...types) => blocks.filter(({ type }) => types.includes(type));
    const attributes = outlines.flatMap(outline => outline.attributes);
    const targets = new Map();
    for (const block of ofType('target'))
        targets.set(block.name, [...(targets.get(block.name) ?? []), block]);
    const hasDefault = new Set(ofType('variable').flatMap(block => (block.attributes.some(({ name }) => name === 'default') ? [block.name] : [])));
    return {
        hasBlocks: quantityOf(outlines.map(outline => outline.blocks.some(({ type }) => TYPES.has(type)))),
        targets,
        withoutDefault: new Set(ofType('variable').flatMap(({ name }) => (hasDefault.has(name) ? [] : [name]))),
        variables: new Set([...ofType('variable'), ...attributes].map(({ name }) => name)),
        definitions: [...ofType('variable', 'function'), ...attributes]
    };
}
function quantityOf(facts) {
    if (facts.every(Boolean))
        return 'all';
    return facts.some(Boolean) ? 'some' : 'none';
}
/** Whether it has what only a Bake file has. */
function isBakeText(text) {
    return /^(?:target|group|variable|function)[ \t]+"[^"\n]*"[ \t]*\{/m.test(text);
}
const BAKE_BLOCKS = ['target', 'group', 'variable', 'function'];
const TYPES = new Set(BAKE_BLOCKS);
function outlineOf(text, file) {
    return /^\s*\{/.test(text) ? outlineJson(text, file) : outlineHcl(text);
}
// HCL in JSON: a block is an object by its type, then by its name. Each may be a list of such objects.
function outlineJson(text, file) {
    const [tree] = readTrees(text, file);
    const items = each(tree)
        .flatMap(yaml_tree_entriesOf)
        .map(([type, value]) => ({ type, value }));
    return {
        blocks: items
            .filter(({ type }) => TYPES.has(type))
            .flatMap(({ type, value }) => each(value)
            .flatMap(yaml_tree_entriesOf)
            .flatMap(([name, bodies]) => each(bodies).map(body => ({ type, name, ...bodyOf(body) })))),
        attributes: items.filter(({ type }) => !TYPES.has(type)).map(({ type, value }) => attributeOf(type, value))
    };
}
function each(tree) {
    if (tree === undefined)
        return [];
    return tree.kind === 'list' ? tree.items : [tree];
}
function bodyOf(body) {
    const attributes = yaml_tree_entriesOf(body).map(([name, value]) => attributeOf(name, value));
    return { line: body.line, attributes, source: attributes.map(({ name, source }) => `${name} ${source}`).join('\n') };
}
function attributeOf(name, value) {
    const entries = yaml_tree_entriesOf(value).map(([key, child]) => attributeOf(key, child));
    return { name, line: value.line, source: sourceOf(value), entries };
}
/** Every text of the value, for a search of words. */
function sourceOf(value) {
    const parts = [];
    const pending = [value];
    for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
        if (tree.kind === 'text')
            parts.push(tree.text);
        if (tree.kind === 'list')
            pending.push(...tree.items);
        for (const [key, child] of yaml_tree_entriesOf(tree)) {
            parts.push(key);
            pending.push(child);
        }
    }
    return parts.join('\n');
}

;// CONCATENATED MODULE: ./build/files/bake/unknown-variables.js
// What a variable decides that the build sees and files do not: the arguments, contexts, and attributes that mention it, directly or
// through other variables, functions, and targets that they inherit from.
// Bake cannot be asked. It would have to see the variable, and the author of the file could then turn it into the name of an image.
/** A mention in a comment or a string counts, too: more may be unknown than has to be, and never less. */
function unknownWords({ variables, withoutDefault, definitions }, lookup) {
    const reasons = new Map();
    const pending = [];
    const mark = (word, reason) => {
        if (reasons.has(word) || typeof lookup(word) === 'string')
            return;
        reasons.set(word, reason);
        pending.push(word);
    };
    for (const name of variables) {
        const value = lookup(name);
        if (typeof value === 'object')
            mark(name, value.unknown);
        // Bake takes an empty text. Without a default, the variable is meant to be set, and an image without its tag is another image.
        else if (value === undefined && withoutDefault.has(name))
            mark(name, describeNoDefault(name));
    }
    if (pending.length === 0)
        return reasons;
    const mentions = mentionsOf(definitions);
    for (let word = pending.pop(); word !== undefined; word = pending.pop())
        for (const name of mentions.get(word) ?? [])
            mark(name, reasons.get(word) ?? '');
    return reasons;
}
function describeNoDefault(name) {
    return (`The variable ${name} has no default, and is not set in \`file-variables\`. ` +
        `Add the line ${name}=VALUE to the \`file-variables\` input, or write a default.`);
}
function mentionsOf(definitions) {
    const mentions = new Map();
    for (const { name, source } of definitions)
        for (const word of wordsIn(source)) {
            const names = mentions.get(word) ?? [];
            names.push(name);
            mentions.set(word, names);
        }
    return mentions;
}
function wordsIn(source) {
    return new Set(source.match(/[A-Za-z_][A-Za-z0-9_-]*/g));
}
/** The reason why a part of the file has no known value; undefined when it has one. */
function unknownReason({ source }, words) {
    if (words.size === 0)
        return undefined;
    for (const word of wordsIn(source))
        if (words.has(word))
            return words.get(word);
    return undefined;
}

;// CONCATENATED MODULE: ./build/files/bake/bake.js
// The images of Bake files, and the Dockerfiles that their targets build: those of every target, in any group or none.
// Bake itself evaluates the files. The outline adds the lines, and what depends on a variable that files do not see.









/** Throws 'invalid-input' for files that Bake refuses, and when there is no Bake. */
async function findInBake(options) {
    const { sources, lookup, variables, runBake, services } = options;
    const outline = outlineBake(sources);
    const targets = [...outline.targets.keys()].filter(isTargetName);
    const file = sources[0]?.file ?? '';
    if (targets.length === 0) {
        // A file of variables or groups is merged with others (`bake --file \u2026 --file \u2026`).
        if (outline.hasBlocks !== 'none')
            return [];
        return rejectFile({ value: file, reason: 'not a Bake file: it has no targets', ...exampleAt(file, 1) });
    }
    const answer = await runBake({
        texts: [...sources.map(({ text }) => text), printingFile(targets, [...services.keys()])],
        target: PRINTED_GROUP,
        // Others, such as BUILDX_\u2026, would be settings of the program.
        variables: new Map([...variables].filter(([name]) => outline.variables.has(name)))
    });
    const printed = printedOf(answer, sources, outline);
    const reader = createBlockReader(outline);
    const words = unknownWords(outline, lookup);
    const labels = labelsOf(printed, reader);
    return [...printed.targets].flatMap(([name, target]) => findInTarget({ ...describeTarget(reader, labels.get(name) ?? name, file), words, options }, target));
}
// bake.go, validateTargetName. Another name is not passed: Bake refuses it in the file.
function isTargetName(name) {
    return /^[A-Za-z0-9_-]+$/.test(name);
}
function exampleAt(file, line) {
    return { example: BAKE_EXAMPLE, location: { file, line } };
}
function printedOf(answer, sources, { hasBlocks }) {
    const [{ file } = { file: '' }] = sources;
    if (answer.kind === 'printed') {
        const printed = parsePrintedBake(answer.text);
        const reason = 'Bake printed no JSON for it. Docker Buildx 0.13 or later is needed';
        return printed ?? rejectFile({ value: file, reason, ...exampleAt(file, 1) });
    }
    if (answer.kind === 'refused') {
        const at = sources[answer.at ?? 0]?.file ?? file;
        // The message quotes the files. One that has nothing of Bake may be a link to a file with a token.
        const why = hasBlocks === 'all' ? answer.message : 'to see why, run docker buildx bake --print';
        const reason = `not a valid Bake file: ${why}`;
        return rejectFile({ value: at, reason, ...exampleAt(at, answer.line) });
    }
    // A machine without Bake is no fault of the file, and is reported once.
    if (answer.kind === 'unavailable')
        return rejectFile({ value: file, reason: answer.reason, example: 'uses: docker/setup-buildx-action@v4' });
    return rejectFile({ value: file, reason: answer.reason, ...exampleAt(file, 1) });
}
/** The name in the file of each combination of a matrix. */
function labelsOf({ groups }, { outline }) {
    return new Map([...outline.targets].flatMap(([label, blocks]) => findAttribute(blocks, 'matrix') === undefined ? [] : (groups.get(label) ?? []).map(name => [name, label])));
}
function describeTarget(reader, name, file) {
    const blocks = blocksOf(reader, name);
    const own = reader.outline.targets.get(name)?.at(-1);
    return {
        name,
        blocks,
        location: { file: own?.file ?? file, line: own?.line ?? 1 },
        isInherited: reader.inherited.has(name)
    };
}
function findInTarget(context, target) {
    const unknown = unknownOf(context, ['inherits', 'matrix', 'name', 'dockerfile-inline', 'context', 'dockerfile']);
    if (unknown !== undefined)
        return [unknown];
    const { name, blocks, location, options } = context;
    const reason = mergedReason(name, blocks, options.services);
    if (reason !== undefined)
        return [{ type: 'skipped', text: `target ${excerpt(name)}`, reason, location }];
    const platforms = platformsOf(context, target);
    return [
        ...[...target.contexts].flatMap(([name, value]) => contextEntries(context, name, value, platforms)),
        buildOf(context, target, platforms)
    ];
}
/** The entry for a target with an attribute that depends on a variable of the job. */
function unknownOf({ name, blocks, words, location }, attributes) {
    if (words.size === 0)
        return undefined;
    for (const { file, attributes: all } of blocks)
        for (const attribute of all.filter(({ name: key }) => attributes.includes(key))) {
            const reason = unknownReason(attribute, words);
            if (reason !== undefined)
                return {
                    type: 'skipped',
                    text: `target ${excerpt(name)}`,
                    reason,
                    location: { ...location, file, line: attribute.line }
                };
        }
    return undefined;
}
/** The line of an entry of a map, or of the map, or of the target. */
function placeOf({ blocks, location }, attribute, entry) {
    if (entry !== undefined)
        for (const { attributes, file } of blocks)
            for (const { entries } of attributes.filter(({ name }) => name === attribute)) {
                const found = entries.findLast(({ name }) => name === entry);
                if (found !== undefined)
                    return { file, line: found.line };
            }
    const found = findAttribute(blocks, attribute);
    return found === undefined ? location : { file: found.file, line: found.line };
}
/** The reason why an entry of a map in any block of the target is unknown. A map that is computed is unknown as a whole. */
function unknownEntry({ blocks, words }, attribute, entry) {
    if (words.size === 0)
        return undefined;
    for (const { attributes } of blocks)
        for (const map of attributes.filter(({ name }) => name === attribute)) {
            const parts = isPlainMap(map) ? map.entries.filter(({ name }) => name === entry) : [map];
            const reason = parts.map(part => unknownReason(part, words)).find(it => it !== undefined);
            if (reason !== undefined)
                return reason;
        }
    return undefined;
}
/** Whether its entries are written out: no condition, no function, no `for`, and no key in parentheses. */
function isPlainMap({ source, entries }) {
    return entries.length > 0 && !/^\{\s*for\b/.test(source) && !/[{,\n][ \t]*\(/.test(source);
}
function contextEntries(context, name, value, platforms) {
    const location = placeOf(context, 'contexts', name);
    const reason = unknownEntry(context, 'contexts', name);
    if (reason !== undefined)
        return [{ type: 'skipped', text: `contexts: ${excerpt(JSON.stringify(name))}`, reason, location }];
    const image = imageOfContext(value);
    if (image === undefined)
        return [];
    return contextPlatforms(platforms, context.options.usesOwnPlatforms).map(platform => ({
        ...{ type: 'image', text: image, location, platform, context: name }
    }));
}
const CWD = 'cwd://';
function buildOf(context, target, platforms) {
    const { blocks, isInherited, location } = context;
    const isFromCwd = target.dockerfile.startsWith(CWD);
    const folder = target.context.startsWith(CWD) ? target.context.slice(CWD.length) : target.context;
    if (target.inline === undefined && !isFromCwd && isRemote(folder))
        return skipRemote(`context = ${folder}`, placeOf(context, 'context'));
    const [named] = ['dockerfile', 'context'].filter(name => findAttribute(blocks, name) !== undefined);
    return {
        type: 'build',
        ...argsOf(context, target),
        location: target.inline === undefined
            ? named === undefined
                ? location
                : placeOf(context, named)
            : placeOf(context, 'dockerfile-inline'),
        dockerfile: target.inline === undefined
            ? { path: isFromCwd ? target.dockerfile.slice(CWD.length) : target.dockerfile }
            : inlineDockerfile(context, target.inline),
        context: isFromCwd || folder === '' ? '.' : folder,
        // Bake's paths are relative to its working directory: usually the workspace, sometimes the folder of the file.
        contextRoots: ['.', external_node_path_namespaceObject.posix.dirname(location.file)],
        // Bake passes the names on as they are written, so that BuildKit finds only those in familiar form (buildx bake/bake.go).
        contexts: new Set(target.contexts.keys()),
        platforms,
        target: target.target,
        ifMissing: isInherited ? 'ignore' : 'skip'
    };
}
function inlineDockerfile(context, text) {
    const { line } = placeOf(context, 'dockerfile-inline');
    const source = findAttribute(context.blocks, 'dockerfile-inline')?.source ?? '';
    // A heredoc has as many lines in the file as in the text, unless a template in it adds some.
    const isBlock = source.startsWith('<<') && linesIn(source.trimEnd()) === linesIn(text) + 1;
    return { text, firstLine: line + (isBlock ? 1 : 0), isBlock };
}
function linesIn(text) {
    return text.split('\n').length;
}
function argsOf(context, { args }) {
    if (context.words.size === 0)
        return { args, unknownArgs: new Map() };
    const named = context.blocks.flatMap(({ attributes }) => attributes.filter(({ name }) => name === 'args').flatMap(({ entries }) => entries.map(({ name }) => name)));
    const reasons = [...new Set([...args.keys(), ...named])].map(name => [name, unknownEntry(context, 'args', name)]);
    const unknownArgs = new Map(reasons.filter((entry) => entry[1] !== undefined));
    return { args: new Map([...args].filter(([name]) => !unknownArgs.has(name))), unknownArgs };
}
function platformsOf({ options }, { platforms }) {
    return platforms.flatMap(text => {
        if (text === 'local')
            return [options.hostPlatform];
        const platform = parsePlatformName(text, options.hostPlatform);
        return platform.ok ? [platform.value] : [];
    });
}

;// CONCATENATED MODULE: ./build/files/compose/compose-reader.js
// Reads Compose files: each file once, its variables expanded, and the work for all of them bounded.
// The file system is behind a port: paths are checked by the workspace.




const COMPOSE_EXAMPLE = 'services: {web: {image: php:8.3.8-cli}}';
// In services and parts of services. Aliases let a small file stand for a large one, a thousand services can share one list, and
// files that include two others each, ten deep, are a thousand files.
const MAX_WORK = 1_000_000;
function createComposeReader({ sources, lookup, ...options }) {
    const folder = external_node_path_namespaceObject.posix.dirname(sources[0]?.file ?? '');
    return {
        ...options,
        folder,
        files: new Set(sources.map(({ file }) => file)),
        lookup: options.readVariables([external_node_path_namespaceObject.posix.join(folder, '.env')], lookup),
        trees: new Map(),
        texts: new Map(),
        work: { left: MAX_WORK }
    };
}
/** Rejects the file once all the work is used up. */
function spendWork({ work }, parts, location) {
    work.left -= parts;
    if (work.left < 0)
        rejectFile({
            value: location.file,
            reason: `with its aliases and includes, it has more than ${String(MAX_WORK)} services and parts of services`,
            example: COMPOSE_EXAMPLE,
            location
        });
}
/** One tree for each document of the file. Compose merges them, as if they were files. */
function parseComposeFile(reader, { file, text }) {
    const trees = reader.trees.get(file) ?? readTrees(text, file);
    reader.trees.set(file, trees);
    return trees;
}
/** The folder that relative paths of a file start from. */
function folderOf({ files, folder }, file) {
    return files.has(file) ? folder : external_node_path_namespaceObject.posix.dirname(file);
}
/** Reads a file that another one names. `path` is relative to `folder`. */
function readNamedFile(reader, { path, folder, location }) {
    const file = external_node_path_namespaceObject.posix.isAbsolute(path) ? external_node_path_namespaceObject.posix.normalize(path) : external_node_path_namespaceObject.posix.join(folder, path);
    const text = reader.texts.get(file) ?? reader.read(file);
    reader.texts.set(file, text);
    if (typeof text === 'string')
        return { type: 'file', file, text };
    if (text !== undefined)
        return { type: 'skipped', text: excerpt(path), reason: text.blocked, location };
    return rejectFile({
        value: excerpt(path),
        reason: `file not found in the workspace: ${excerpt(file)}`,
        example: 'common.yaml',
        location
    });
}
function expandText({ lookup }, text) {
    return expand(text, lookup, { escape: undefined, describeUnset });
}
function describeUnset(name) {
    return (`${name} is not set in \`file-variables\` or .env, and has no default. ` +
        `Add the line ${name}=VALUE to the \`file-variables\` input, or write a default: \${${name}:-8.3.8}.`);
}
/** The text of a part; undefined for a part that is absent or not a text. */
function textOfPart(reader, part) {
    if (part?.tree.kind !== 'text')
        return undefined;
    const { file, tree } = part;
    return {
        source: tree.text,
        value: expandText(reader, tree.text),
        location: { file, line: tree.line },
        isBlock: tree.isBlock
    };
}
/** The value of a text; undefined when it is absent or only the build knows it. */
function knownValue(text) {
    return text?.value.ok === true ? text.value.value : undefined;
}

;// CONCATENATED MODULE: ./build/files/compose/extends.js
// A Compose service as layers: its parts in the files of the project, each with those of the services that it extends.
// https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends



const MAX_EXTENDS = 50;
/**
 * Follows `extends`. `trees` are the documents of the file that has the service. Returns a skipped entry when one of the services is in
 * a file that must not be read: what the service is cannot be known then.
 */
function resolveService(reader, name, part, trees) {
    const layers = [];
    const seen = new Set();
    let current = { name, part, trees };
    while (current !== undefined) {
        const { tree, file } = current.part;
        spendWork(reader, 1, { file, line: tree.line });
        layers.push(current.part);
        seen.add(extends_keyOf(current));
        const base = extendedService(reader, current);
        if (base?.type === 'skipped')
            return base;
        if (base !== undefined && (seen.has(extends_keyOf(base)) || layers.length > MAX_EXTENDS))
            rejectFile({
                value: excerpt(base.name),
                reason: `services extend each other in a circle, or more than ${String(MAX_EXTENDS)} deep`,
                example: EXTENDS_EXAMPLE,
                location: { file, line: childOf(tree, 'extends')?.line ?? tree.line }
            });
        current = base;
    }
    return { type: 'layers', layers };
}
/** The first layer that has the key at the path has precedence. */
function firstPart(layers, ...path) {
    return allParts(layers, ...path)[0];
}
/** The parts at the path in all layers. `!reset` and `!override` hide those of the layers that follow. */
function allParts(layers, ...path) {
    const parts = [];
    for (const { tree, file } of layers) {
        let at = tree;
        let isLast = at.tag !== undefined;
        for (const name of path) {
            at = at?.kind === 'map' ? at.entries.get(name) : undefined;
            isLast ||= at?.tag !== undefined;
        }
        if (at !== undefined && at.kind !== 'nothing')
            parts.push({ tree: at, file });
        if (isLast)
            break;
    }
    return parts;
}
const EXTENDS_EXAMPLE = 'extends: {service: base, file: common.yaml}';
function extends_keyOf({ name, part }) {
    return `${part.file}#${name}`;
}
function extendedService(reader, { part: { tree, file }, trees }) {
    const extended = childOf(tree, 'extends');
    if (extended === undefined)
        return undefined;
    const location = { file, line: extended.line };
    const name = extended.kind === 'text' ? extended : childOf(extended, 'service');
    if (name?.kind !== 'text')
        return rejectFile({ value: 'extends', reason: 'a service name is missing', example: EXTENDS_EXAMPLE, location });
    const other = otherFile(reader, childOf(extended, 'file'), file);
    if (other?.type === 'skipped')
        return other;
    const home = other?.file ?? file;
    const found = other === undefined ? trees : parseComposeFile(reader, other);
    const base = found.map(document => childOf(childOf(document, 'services'), name.text)).findLast(it => it !== undefined);
    if (base === undefined)
        return rejectFile({
            value: excerpt(name.text),
            reason: `service not found in ${home}`,
            example: EXTENDS_EXAMPLE,
            location
        });
    return { type: 'service', name: name.text, part: { tree: base, file: home }, trees: found };
}
function otherFile(reader, path, file) {
    if (path?.kind !== 'text')
        return undefined;
    const location = { file, line: path.line };
    const expanded = expandText(reader, path.text);
    if (!expanded.ok)
        return { type: 'skipped', text: excerpt(`extends: ${path.text}`), reason: expanded.reason, location };
    return readNamedFile(reader, { path: expanded.value, folder: folderOf(reader, file), location });
}

;// CONCATENATED MODULE: ./build/files/compose/yaml-number.js
// Numbers as Compose hands them to a build: it reads them as YAML 1.1 does, and writes them as Go does. `1.10` becomes `1.1`, `0755`
// becomes `493`, and `1e3` becomes `1000`.
const INTEGER = /^([-+]?)(?:0b([01_]+)|0o?([0-7_]+)|0x([0-9a-fA-F_]+)|([1-9][0-9_]*|0))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const MAX_UINT64 = 2n ** 64n - 1n;
/** The number as Go prints it. A text that is no number stays as it is. */
function formatYamlNumber(text) {
    const integer = INTEGER.exec(text);
    if (integer !== null) {
        const [, sign, binary, octal, hexadecimal, decimal = ''] = integer;
        const digits = (binary && `0b${binary}`) ?? (octal && `0o${octal}`) ?? (hexadecimal && `0x${hexadecimal}`) ?? decimal;
        const value = BigInt(digits.replaceAll('_', ''));
        // Go's decoder reads what no 64 bits can hold as a float.
        if (value > MAX_UINT64)
            return formatGoFloat(Number(sign === '-' ? -value : value));
        return String(sign === '-' ? -value : value);
    }
    return FLOAT.test(text) ? formatGoFloat(Number(text)) : text;
}
// strconv.FormatFloat(f, 'g', -1, 64) as fmt prints it with %v: an exponent below 10^-4 and from 10^21 on.
function formatGoFloat(value) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    const power = Number(exponent);
    if (value !== 0 && (power < -4 || power >= 21))
        return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
    // JavaScript writes numbers below 10^-6 with an exponent, and those are handled above.
    return Object.is(value, -0) ? '-0' : String(value);
}

;// CONCATENATED MODULE: ./build/files/compose/entries.js
// What one Compose service needs: its image, the images of its volumes and build contexts, and the Dockerfile that it builds.
// https://github.com/compose-spec/compose-spec/blob/main/build.md







function findInService(scope, layers) {
    const { reader } = scope;
    spendOnLists(reader, layers);
    const platforms = entries_platformsOf(reader, firstPart(layers, 'platform'));
    const build = firstPart(layers, 'build');
    return [
        ...serviceImage(scope, layers, platforms[0]),
        ...volumeImages(scope, layers, platforms[0]),
        ...hookImages(scope, layers, platforms[0]),
        ...(build === undefined ? [] : buildEntries(scope, layers, build, platforms))
    ];
}
/** The image that a service builds; undefined when it builds none, or only the build knows its name. */
function builtImageOf(reader, layers) {
    if (firstPart(layers, 'build') === undefined)
        return undefined;
    const image = textOfPart(reader, firstPart(layers, 'image'));
    const name = knownValue(image);
    return name === undefined || image === undefined
        ? undefined
        : { type: 'built', name: familiarName(name), location: image.location };
}
// https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pull_policy
function policyOf({ reader }, layers) {
    return knownValue(textOfPart(reader, firstPart(layers, 'pull_policy')));
}
function serviceImage(scope, layers, platform) {
    if (firstPart(layers, 'build') !== undefined)
        return [];
    const policy = policyOf(scope, layers);
    const images = imageEntries(scope, firstPart(layers, 'image'), platform);
    if (policy !== 'never' && policy !== 'build')
        return images;
    const reason = `Compose never pulls it, because of \`pull_policy: ${policy}\`. It has to be in the engine already.`;
    return images.map(image => skipImage(image, reason));
}
function skipImage(entry, reason) {
    if (entry.type !== 'image')
        return entry;
    return { type: 'skipped', text: excerpt(`image: ${entry.text}`), reason, location: entry.location };
}
// Compose 5 runs hooks in containers of their own. A hook without an image uses that of the service.
function hookImages(scope, layers, platform) {
    const images = allParts(layers, 'pre_start')
        .flatMap(({ tree, file }) => itemsOf(tree).map(item => ({ tree: item, file })))
        .flatMap(hook => imageEntries(scope, firstPart([hook], 'image'), platform));
    if (policyOf(scope, layers) !== 'never')
        return images;
    return images.map(image => skipImage(image, 'Compose never pulls it, because of `pull_policy: never` of its service.'));
}
const BUILD_LISTS = ['args', 'additional_contexts', 'platforms'];
function spendOnLists(reader, layers) {
    for (const { tree, file } of layers) {
        const build = childOf(tree, 'build');
        for (const list of [childOf(tree, 'volumes'), ...BUILD_LISTS.map(name => childOf(build, name))])
            spendWork(reader, itemsOf(list).length + yaml_tree_entriesOf(list).length, { file, line: tree.line });
    }
}
function entries_platformsOf(reader, part) {
    const platform = parsePlatformName(knownValue(textOfPart(reader, part)) ?? '', reader.hostPlatform);
    return platform.ok ? [platform.value] : [];
}
function imageEntries({ reader, builtImages }, part, platform) {
    const image = textOfPart(reader, part);
    if (image === undefined)
        return [];
    const { value, location, source } = image;
    if (!value.ok)
        return [{ type: 'skipped', text: excerpt(`image: ${source}`), reason: value.reason, location }];
    if (value.value === '' || isBuilt(value.value, builtImages))
        return [];
    return [{ type: 'image', text: value.value, location, platform: platform ?? 'target', mayBeBuilt: true }];
}
// The name is parsed only if there is something to compare it with: a file may have 14,000 services.
function isBuilt(name, builtImages) {
    return builtImages.size > 0 && builtImages.has(familiarName(name));
}
/** Volumes are merged by the path at which they are mounted. */
function volumeImages(scope, layers, platform) {
    const { reader } = scope;
    const volumes = allParts(layers, 'volumes')
        .toReversed()
        .flatMap(({ tree, file }) => itemsOf(tree).map(item => ({ tree: item, file })));
    const byTarget = new Map(volumes.map((volume, at) => [knownValue(textOfPart(reader, firstPart([volume], 'target'))) ?? at, volume]));
    return [...byTarget.values()]
        .filter(volume => textOfPart(reader, firstPart([volume], 'type'))?.source === 'image')
        .flatMap(volume => imageEntries(scope, firstPart([volume], 'source'), platform));
}
function buildEntries(scope, layers, build, servicePlatforms) {
    const { reader, builtImages } = scope;
    const ownPlatforms = allParts(layers, 'build', 'platforms').flatMap(({ tree, file }) => itemsOf(tree).flatMap(item => entries_platformsOf(reader, { tree: item, file })));
    const platforms = ownPlatforms.length > 0 ? ownPlatforms : servicePlatforms;
    const contexts = pairsOfAll(layers, 'additional_contexts');
    const images = [...contexts].flatMap(([name, part]) => contextImages(scope, { name, part, platforms }));
    const dockerfile = dockerfileOf(reader, layers, build);
    if (dockerfile.type === 'skipped')
        return [...images, dockerfile];
    return [
        ...images,
        {
            ...dockerfile,
            ...entries_argsOf(reader, layers),
            contexts: unionOf(new Set([...contexts.keys()].map(familiarName)), builtImages),
            platforms,
            target: knownValue(textOfPart(reader, firstPart(layers, 'build', 'target'))),
            ifMissing: 'skip'
        }
    ];
}
// A copy for each of 14,000 services would take gigabytes.
function unionOf(own, ofProject) {
    return { has: name => own.has(name) || ofProject.has(name) };
}
/** A map of `build`, or its list of `key=value`, merged by key. */
function pairsOfAll(layers, name) {
    return new Map(allParts(layers, 'build', name)
        .toReversed()
        .flatMap(({ tree, file }) => pairsOf(tree).map(([key, value]) => [key, { tree: value, file }])));
}
function contextImages(scope, { name, part, platforms }) {
    const { tree, file } = part;
    const image = tree.kind === 'text' ? imageOfContext(tree.text) : undefined;
    if (tree.kind !== 'text' || image === undefined)
        return [];
    return imageEntries(scope, { tree: { ...tree, text: image }, file }, undefined).flatMap((entry) => {
        if (entry.type !== 'image')
            return [entry];
        const { text, location } = entry;
        return contextPlatforms(platforms, scope.reader.usesOwnPlatforms).map(platform => ({
            ...{ type: 'image', text, location, platform, context: name }
        }));
    });
}
/** Where the Dockerfile is, or why this cannot be known. */
function dockerfileOf(reader, layers, build) {
    const context = textOfPart(reader, contextPart(layers));
    const inline = textOfPart(reader, firstPart(layers, 'build', 'dockerfile_inline'));
    const named = textOfPart(reader, firstPart(layers, 'build', 'dockerfile'));
    const unknown = [context, inline ?? named].map(skipUnknown).find(entry => entry !== undefined);
    if (unknown !== undefined)
        return unknown;
    const location = { file: build.file, line: build.tree.line };
    const folder = knownValue(context) ?? '.';
    if (inline === undefined && isRemote(folder))
        return skipRemote(`context: ${folder}`, context?.location ?? location);
    return {
        type: 'build',
        location: inline?.location ?? named?.location ?? location,
        dockerfile: inline === undefined
            ? { path: knownValue(named) ?? 'Dockerfile' }
            : {
                text: knownValue(inline) ?? '',
                firstLine: inline.location.line + (inline.isBlock ? 1 : 0),
                isBlock: inline.isBlock
            },
        context: folder,
        contextRoots: [folderOf(reader, context?.location.file ?? location.file)]
    };
}
/** `build: PATH` is short for a build with that context. */
function contextPart(layers) {
    return allParts(layers, 'build')
        .map(build => (build.tree.kind === 'text' ? build : firstPart([build], 'context')))
        .find(part => part !== undefined);
}
function skipUnknown(text) {
    if (text === undefined || text.value.ok)
        return undefined;
    return { type: 'skipped', text: excerpt(text.source), reason: text.value.reason, location: text.location };
}
function entries_argsOf(reader, layers) {
    const values = [...pairsOfAll(layers, 'args')].flatMap(([name, { tree }]) => {
        const value = argument(reader, name, tree);
        return value === undefined ? [] : [[name, value]];
    });
    return {
        args: new Map(values.flatMap(([name, value]) => (value.ok ? [[name, value.value]] : []))),
        unknownArgs: new Map(values.flatMap(([name, value]) => (value.ok ? [] : [[name, value.reason]])))
    };
}
/** An argument without a value takes the variable of its name, and is not passed when that variable is not set. */
function argument(reader, name, tree) {
    if (tree.kind === 'text')
        return expandText(reader, tree.isPlain ? formatYamlNumber(tree.text) : tree.text);
    const value = reader.lookup(name);
    if (value === undefined)
        return undefined;
    return typeof value === 'string' ? { ok: true, value } : { ok: false, reason: value.unknown };
}

;// CONCATENATED MODULE: ./build/files/compose/compose.js
// The images of a Compose project, and the Dockerfiles that it builds: those of every service, whatever its profile.
// Follows https://github.com/compose-spec/compose-spec in merging, `include`, `extends`, interpolation, and the forms of `build`.







/** Throws 'invalid-input' when a file, or one that it includes or extends, is not a Compose file. */
function findInCompose(options) {
    return findInProject(createComposeReader(options), options.sources, []);
}
/** Some files have no services. They are merged with others, and have only networks, for example. */
function isCompose(tree) {
    return COMPOSE_KEYS.some(key => tree.kind === 'map' && tree.entries.has(key));
}
const COMPOSE_KEYS = ['include', 'services', 'networks', 'volumes', 'configs', 'secrets', 'models'];
const MAX_INCLUDES = 50;
const WORK_PER_FILE = 100;
/** `including` are the files that lead to this project by `include`. */
function findInProject(reader, sources, including) {
    const [{ file } = { file: '' }] = sources;
    if (including.includes(file))
        return [];
    const documents = sources.flatMap(source => readDocuments(reader, source, including.length));
    const services = [...compose_servicesIn(documents)].map(([name, parts]) => layersOf(reader, name, parts));
    const resolved = services.flatMap(service => (service.type === 'layers' ? [service.layers] : []));
    const built = resolved.flatMap(layers => builtImageOf(reader, layers) ?? []);
    const scope = { reader, builtImages: new Set(built.map(({ name }) => name)) };
    return [
        ...services.filter(service => service.type === 'skipped'),
        ...built,
        ...resolved.flatMap(layers => findInService(scope, layers)),
        ...documents.flatMap(document => itemsOrSelf(childOf(document.tree, 'include')).flatMap(item => findIncluded(reader, { tree: item, file: document.file }, [...including, file])))
    ];
}
function readDocuments(reader, source, depth) {
    const { file } = source;
    const location = { file, line: 1 };
    spendWork(reader, WORK_PER_FILE, location);
    const trees = parseComposeFile(reader, source);
    const reason = !trees.some(isCompose)
        ? 'not a Compose file: the map `services` is missing'
        : depth > MAX_INCLUDES
            ? `files include each other more than ${String(MAX_INCLUDES)} deep`
            : undefined;
    if (reason !== undefined)
        rejectFile({ value: file, reason, example: COMPOSE_EXAMPLE, location });
    return trees.map(tree => ({ tree, file, trees }));
}
/** The parts of each service in the order of the files. */
function compose_servicesIn(documents) {
    const services = new Map();
    for (const { tree, file, trees } of documents)
        for (const [name, service] of yaml_tree_entriesOf(childOf(tree, 'services'))) {
            const parts = services.get(name) ?? [];
            services.set(name, parts);
            parts.push({ part: { tree: service, file }, trees });
        }
    return services;
}
function layersOf(reader, name, parts) {
    const layers = [];
    for (const { part, trees } of parts.toReversed()) {
        const resolved = resolveService(reader, name, part, trees);
        if (resolved.type === 'skipped')
            return resolved;
        layers.push(resolved.layers);
    }
    return { type: 'layers', layers: layers.flat() };
}
/** An item of `include`: a path, or a map with paths that are merged, a project folder, and environment files. */
function findIncluded(reader, { tree, file }, including) {
    const location = { file, line: tree.line };
    const paths = textsOf(childOf(tree, 'path') ?? tree).map(text => expandText(reader, text));
    const unknown = paths.find(path => !path.ok);
    if (unknown?.ok === false)
        return [{ type: 'skipped', text: 'include', reason: unknown.reason, location }];
    const known = paths.flatMap(path => (path.ok ? [path.value] : []));
    const remote = known.find(isRemote);
    if (remote !== undefined)
        return [skipRemote(`include: ${remote}`, location)];
    const read = known.map(path => readNamedFile(reader, { path, folder: reader.folder, location }));
    const sources = read.filter(source => source.type === 'file');
    const skipped = read.filter(source => source.type === 'skipped');
    if (skipped.length > 0 || sources[0] === undefined)
        return skipped;
    return findInProject(includedReader(reader, { tree, sources, first: sources[0].file }), sources, including);
}
function includedReader(reader, { tree, sources, first }) {
    const inProject = (text) => {
        const path = expandText(reader, text);
        const value = path.ok ? path.value : text;
        return external_node_path_namespaceObject.posix.isAbsolute(value) ? external_node_path_namespaceObject.posix.normalize(value) : external_node_path_namespaceObject.posix.join(reader.folder, value);
    };
    const [named] = textsOf(childOf(tree, 'project_directory'));
    const folder = named === undefined ? external_node_path_namespaceObject.posix.dirname(first) : inProject(named);
    const envFiles = textsOf(childOf(tree, 'env_file')).map(inProject);
    return {
        ...reader,
        folder,
        files: new Set(sources.map(({ file }) => file)),
        lookup: reader.readVariables(envFiles.length > 0 ? envFiles : [external_node_path_namespaceObject.posix.join(folder, '.env')], reader.lookup)
    };
}
function textsOf(tree) {
    return itemsOrSelf(tree).flatMap(item => (item.kind === 'text' ? [item.text] : []));
}
function itemsOrSelf(tree) {
    if (tree === undefined)
        return [];
    return tree.kind === 'list' ? tree.items : [tree];
}

;// CONCATENATED MODULE: ./build/files/configuration/named-image.js
// The name of an image in a configuration file: as it stands, or left out with a warning when something else fills it in.
// Nothing is evaluated here.

/** What fills a name in, and how that looks. */
const PLACEHOLDERS = [
    [/\$\{\{/, 'It is an expression, whose value only the workflow run knows.'],
    [/\{\{|\{%|<%/, 'It is a template. Its value is known after it is rendered.'],
    [/\$/, 'It has a variable, whose value is known where the file is used.']
];
/** The entry for an image; none for an empty text and for other values. `key` is what the file calls it. */
function namedImage(tree, file, key) {
    if (tree?.kind !== 'text' || tree.text.trim() === '')
        return [];
    const location = { file, line: tree.line };
    // The runners of GitHub accept `docker://` for a job container, too.
    const text = withoutScheme(tree.text.trim());
    const placeholder = PLACEHOLDERS.find(([pattern]) => pattern.test(text));
    if (placeholder !== undefined) {
        const reason = `${placeholder[1]} List its images in the \`image\` input.`;
        return [{ type: 'skipped', text: excerpt(`${key}: ${text}`), reason, location }];
    }
    return [{ type: 'image', text, location, platform: 'target', mayBeBuilt: true }];
}
const DOCKER = 'docker://';
/** The entry for `docker://IMAGE`; none for any other value. */
function dockerImage(tree, file, key) {
    return tree?.kind === 'text' && tree.text.startsWith(DOCKER) ? namedImage(tree, file, key) : [];
}
function withoutScheme(text) {
    return text.startsWith(DOCKER) ? text.slice(DOCKER.length) : text;
}
/** Whether a text has the marks of Helm, Go, Jinja, or ERB. */
function isTemplate(text) {
    return /\{\{|\{%|<%/.test(text);
}

;// CONCATENATED MODULE: ./build/files/configuration/devcontainer.js
// The image of devcontainer.json, or the Dockerfile that it builds, or the Compose files that it starts.
// https://containers.dev/implementors/json_reference/




/** Paths are relative to the folder of the file. */
function findInDevcontainer(tree, file) {
    const folder = external_node_path_namespaceObject.posix.dirname(file);
    const compose = childOf(tree, 'dockerComposeFile');
    const paths = (compose?.kind === 'list' ? itemsOf(compose) : [compose]).filter(path => path?.kind === 'text');
    // The files are merged: without one of them, the others mean something else.
    const unknown = paths.flatMap(({ text, line }) => skipVariable(`dockerComposeFile: ${text}`, { file, line }));
    return {
        entries: [...namedImage(childOf(tree, 'image'), file, 'image'), ...builds(tree, file, folder), ...unknown],
        composeFiles: unknown.length > 0 ? [] : paths.map(({ text }) => external_node_path_namespaceObject.posix.join(folder, text))
    };
}
/** The entry for a path with a variable, such as `${localWorkspaceFolder}`. */
function skipVariable(text, location) {
    const reason = 'It has a variable, whose value is known where the file is used. List its images in the `image` input.';
    return text.includes('${') ? [{ type: 'skipped', text: excerpt(text), reason, location }] : [];
}
function builds(tree, file, folder) {
    const build = childOf(tree, 'build');
    // `dockerFile` at the top is its older form.
    const named = childOf(build, 'dockerfile') ?? childOf(tree, 'dockerFile');
    if (named?.kind !== 'text')
        return [];
    const location = { file, line: named.line };
    const { args, unknownArgs } = devcontainer_argsOf(childOf(build, 'args'));
    const unknown = skipVariable(`dockerfile: ${named.text}`, location);
    if (unknown.length > 0)
        return unknown;
    const path = external_node_path_namespaceObject.posix.join(folder, named.text);
    return [
        {
            type: 'build',
            location,
            dockerfile: { path: external_node_path_namespaceObject.posix.basename(path) },
            context: external_node_path_namespaceObject.posix.dirname(path),
            contextRoots: ['.'],
            args,
            unknownArgs,
            contexts: new Set(),
            platforms: [],
            ifMissing: 'skip'
        }
    ];
}
function devcontainer_argsOf(args) {
    const texts = yaml_tree_entriesOf(args).flatMap(([name, value]) => value.kind === 'text' ? [{ name, text: value.text, isKnown: !value.text.includes('${') }] : []);
    return {
        args: new Map(texts.filter(({ isKnown }) => isKnown).map(({ name, text }) => [name, text])),
        unknownArgs: new Map(texts
            .filter(({ isKnown }) => !isKnown)
            .map(({ name }) => [name, `The argument ${name} has a variable of the machine that builds.`]))
    };
}

;// CONCATENATED MODULE: ./build/files/configuration/github.js
// The images of GitHub workflows and of action.yml: containers of jobs, service containers, and actions that are images.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, \u2026/metadata-syntax



function findInWorkflow(trees, file) {
    return trees
        .flatMap(tree => yaml_tree_entriesOf(childOf(tree, 'jobs')))
        .flatMap(([, job]) => {
        const container = childOf(job, 'container');
        return [
            ...namedImage(childOf(container, 'image') ?? container, file, 'container'),
            ...yaml_tree_entriesOf(childOf(job, 'services')).flatMap(([, service]) => namedImage(childOf(service, 'image') ?? service, file, 'image')),
            ...imagesOfSteps(childOf(job, 'steps'), file)
        ];
    });
}
/** An action that is built from a Dockerfile, that is an image, or that has steps. */
function findInAction(trees, file) {
    return trees.flatMap(tree => {
        const runs = childOf(tree, 'runs');
        const image = childOf(runs, 'image');
        const isPath = image?.kind === 'text' && !image.text.includes('://');
        return [
            ...(isPath ? [github_buildOf(image, file)] : dockerImage(image, file, 'image')),
            ...imagesOfSteps(childOf(runs, 'steps'), file)
        ];
    });
}
function imagesOfSteps(steps, file) {
    return itemsOf(steps).flatMap(step => dockerImage(childOf(step, 'uses'), file, 'uses'));
}
function github_buildOf({ text, line }, file) {
    const path = external_node_path_namespaceObject.posix.join(external_node_path_namespaceObject.posix.dirname(file), text);
    return {
        type: 'build',
        location: { file, line },
        dockerfile: { path: external_node_path_namespaceObject.posix.basename(path) },
        context: external_node_path_namespaceObject.posix.dirname(path),
        contextRoots: ['.'],
        args: new Map(),
        unknownArgs: new Map(),
        contexts: new Set(),
        platforms: [],
        ifMissing: 'skip'
    };
}

;// CONCATENATED MODULE: ./build/files/configuration/gitlab.js
// The images of GitLab CI: those of jobs and of their services, at the top, in `default`, and in each job, hidden ones included.
// https://docs.gitlab.com/ci/yaml/#image




/** `lookup` has the variables of the run. */
function findInGitlab(trees, file, lookup) {
    return trees
        .flatMap(tree => [
        ...imagesOf(tree),
        ...yaml_tree_entriesOf(tree)
            .filter(([name]) => !NO_JOBS.has(name))
            .flatMap(([, job]) => imagesOf(job))
    ])
        .flatMap(({ tree, key }) => gitlab_imageEntries(tree, file, key, lookup));
}
// Maps at the top that are no jobs. `default` has the keywords of one.
const NO_JOBS = new Set(['image', 'services', 'variables', 'workflow', 'include', 'spec']);
function imagesOf(job) {
    const image = childOf(job, 'image');
    return [
        { tree: childOf(image, 'name') ?? image, key: 'image' },
        ...itemsOf(childOf(job, 'services')).map(service => ({
            tree: childOf(service, 'name') ?? service,
            key: 'services'
        }))
    ];
}
// https://docs.gitlab.com/user/packages/dependency_proxy/: a cache of Docker Hub, which has the same images.
const DEPENDENCY_PROXY = /^\$(?:CI_DEPENDENCY_PROXY_(?:DIRECT_)?GROUP_IMAGE_PREFIX|\{CI_DEPENDENCY_PROXY_(?:DIRECT_)?GROUP_IMAGE_PREFIX\})\//;
function gitlab_imageEntries(tree, file, key, lookup) {
    if (tree?.kind !== 'text')
        return [];
    const text = tree.text.replace(DEPENDENCY_PROXY, '');
    // Inputs of a component.
    if (text.includes('$[['))
        return namedImage({ ...tree, text }, file, key);
    const value = expand(text, lookup, { escape: undefined, describeUnset: gitlab_describeUnset });
    return value.ok
        ? namedImage({ ...tree, text: value.value }, file, key)
        : [
            {
                type: 'skipped',
                text: excerpt(`${key}: ${tree.text}`),
                reason: value.reason,
                location: { file, line: tree.line }
            }
        ];
}
// The settings of a project, a group, and a pipeline override `variables` of the file.
function gitlab_describeUnset(name) {
    return `It has a variable, ${name}, whose value only GitLab knows. Add the line ${name}=VALUE to the \`file-variables\` input.`;
}

// EXTERNAL MODULE: ./node_modules/jsonc-parser/lib/umd/main.js
var main = __nccwpck_require__(9547);
;// CONCATENATED MODULE: ./build/files/configuration/jsonc-tree.js
// Reads JSON with comments into the tree of yaml-tree.ts.
// devcontainer.json has comments and commas at the end of lists.


/** Throws 'invalid-input' for text that is no JSON object. */
function readJsonc(text, file) {
    const errors = [];
    const node = (0,main.parseTree)(text, errors, { allowTrailingComma: true });
    const lineAt = jsonc_tree_createLineAt(text);
    if (node?.type !== 'object' || errors.length > 0)
        return rejectFile({
            value: file,
            reason: 'not valid JSON',
            example: '{"image": "php:8.3.8-cli"}',
            location: { file, line: lineAt(errors[0]?.offset ?? 0) }
        });
    return treeOf(node, lineAt);
}
function treeOf(node, lineAt) {
    const line = lineAt(node?.offset ?? 0);
    const children = node?.children ?? [];
    switch (node?.type) {
        case 'object':
            return {
                kind: 'map',
                line,
                entries: new Map(children.flatMap(({ children: pair = [] }) => {
                    const [key, value] = pair;
                    return key === undefined ? [] : [[String((0,main.getNodeValue)(key)), treeOf(value, lineAt)]];
                }))
            };
        case 'array':
            return { kind: 'list', line, items: children.map(child => treeOf(child, lineAt)) };
        case 'string':
        case 'number':
        case 'boolean':
            return { kind: 'text', line, text: String(node.value), isBlock: false, isPlain: node.type !== 'string' };
        default:
            return { kind: 'nothing', line };
    }
}
/** Returns the line of an offset. Nodes come in ascending order: each line end is looked for once. */
function jsonc_tree_createLineAt(text) {
    let [line, at] = [1, 0];
    return offset => {
        if (offset < at)
            [line, at] = [1, 0];
        for (;;) {
            const next = text.indexOf('\n', at);
            if (next < 0 || next >= offset)
                return line;
            line += 1;
            at = next + 1;
        }
    };
}

;// CONCATENATED MODULE: ./build/files/configuration/kubernetes.js
// The images of Kubernetes manifests: of the containers of every pod spec, at any depth, of image volumes, of the steps of Argo and
// Tekton, and those that a Kustomization puts in the place of others.
// https://kubernetes.io/docs/reference/generated/kubernetes-api/, PodSpec


function findInManifests(trees, file) {
    const found = [];
    // An anchor's tree is shared by its aliases.
    const seen = new Set();
    // A Kustomization needs neither `apiVersion` nor `kind`.
    const pending = trees.filter(tree => isManifest(tree) || /(?:^|\/)kustomization\.ya?ml$/.test(file)).toReversed();
    for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
        if (seen.has(tree))
            continue;
        seen.add(tree);
        found.push(...imagesOfPod(tree, file), ...replacedImages(tree, file));
        // Not spread: a list may be longer than the arguments of a call.
        for (const child of [...itemsOf(tree), ...yaml_tree_entriesOf(tree).map(([, value]) => value)].reverse())
            pending.push(child);
    }
    return found;
}
/** Other documents of a file, such as comments between manifests, are skipped. */
function isManifest(tree) {
    return childOf(tree, 'apiVersion') !== undefined && childOf(tree, 'kind') !== undefined;
}
const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers', 'sidecars', 'steps'];
// Argo's templates and Tekton's tasks have one container in such a map.
const CONTAINER = ['container', 'script', 'stepTemplate'];
function imagesOfPod(spec, file) {
    const containers = [
        ...CONTAINERS.flatMap(key => itemsOf(childOf(spec, key))),
        ...CONTAINER.map(key => childOf(spec, key))
    ];
    return [
        ...containers.flatMap(container => namedImage(childOf(container, 'image'), file, 'image')),
        ...itemsOf(childOf(spec, 'volumes')).flatMap(volume => namedImage(childOf(childOf(volume, 'image'), 'reference'), file, 'reference'))
    ];
}
/** `images` of Kustomize and Flux with a tag or a digest. Without either, an image keeps that of another file. */
function replacedImages(map, file) {
    return itemsOf(childOf(map, 'images')).flatMap(image => {
        const [name, newName, newTag, digest] = ['name', 'newName', 'newTag', 'digest'].map(key => textOf(image, key));
        const [base, pin] = [newName ?? name, digest ?? newTag];
        if (base === undefined || pin === undefined)
            return [];
        const tag = newTag === undefined ? '' : `:${newTag.text}`;
        return namedImage({ ...pin, text: `${base.text}${tag}${digest === undefined ? '' : `@${digest.text}`}` }, file, 'images');
    });
}
function textOf(map, key) {
    const value = childOf(map, key);
    return value?.kind === 'text' ? value : undefined;
}

;// CONCATENATED MODULE: ./build/files/file-kind.js
// The kind of a file: by its name when the name follows a convention, otherwise by its text.
// Compose and Bake files may be YAML or JSON of any name.

const file_kind_NAMES = [
    // Lists files that a build ignores.
    [/\.dockerignore$/i, 'none'],
    // HCL of Terraform, Terragrunt, TFLint, Packer, and Nomad.
    [/(?:^|\/)(?:\.terraform\.lock|terragrunt|\.tflint)\.hcl$|\.(?:tftest|pkr|nomad)\.hcl$/, 'none'],
    [/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/, 'workflow'],
    [/(?:^|\/)action\.ya?ml$/, 'action'],
    [/(?:^|\/)\.?devcontainer\.json$/, 'devcontainer'],
    [/\.gitlab-ci[^/]*\.ya?ml$|(?:^|\/)\.gitlab\/ci\/.+\.ya?ml$/, 'gitlab'],
    [/(?:^|\/)kustomization\.ya?ml$/, 'kubernetes'],
    [/(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i, 'compose'],
    [/\.hcl$/i, 'bake'],
    [/(?:^|\/)docker-bake[^/]*\.json$/i, 'bake'],
    [/(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|\.(?:Dockerfile|Containerfile)$/i, 'dockerfile']
];
/** `file` is a path with slashes. Undefined when neither the name nor the text decides. */
function fileKindOf(file, text) {
    const known = fileKindOfName(file);
    return known === 'none' ? undefined : (known ?? kindOfText(file, text));
}
function fileKindOfName(file) {
    return file_kind_NAMES.find(([pattern]) => pattern.test(file))?.[1];
}
function kindOfText(file, text) {
    if (isBakeText(text))
        return 'bake';
    if (file_kind_isObject(text))
        return kindOfJson(text);
    if (mayBeYaml(file)) {
        if (/^apiVersion[ \t]*:/m.test(text) && /^kind[ \t]*:/m.test(text))
            return 'kubernetes';
        if (/^jobs[ \t]*:/m.test(text) && /^(?:on|"on"|'on')[ \t]*:/m.test(text))
            return 'workflow';
        if (/^services[ \t]*:[ \t\r]*(?:#.*|\{.*)?$/m.test(text) || isIncludeOnly(text))
            return 'compose';
    }
    return FIRST_INSTRUCTION.test(firstLine(text)) ? 'dockerfile' : undefined;
}
// Python has `from x import y`.
const FIRST_INSTRUCTION = /^FROM(?:[ \t]+--\S+)*[ \t]+\S+(?:[ \t]+AS[ \t]+\S+)?\s*$|^FROM\b.*[\\`]\s*$|^ARG[ \t]+\w[^;]*$/i;
/** Whether it begins like a JSON object, and not like a template with `{{` or `{%`. */
function file_kind_isObject(text) {
    return /^\s*\{(?![{%])/.test(text);
}
function kindOfJson(text) {
    const keys = keysAtTop(text);
    if (BAKE_BLOCKS.some(key => keys.get(key) === 'map'))
        return 'bake';
    if (keys.has('apiVersion') && keys.has('kind'))
        return 'kubernetes';
    return keys.get('services') === 'map' ? 'compose' : undefined;
}
// Not the parser of YAML, which takes twenty times as long. A workspace may have thousands of JSON files.
/** The keys at the top. */
function keysAtTop(text) {
    try {
        const entries = Object.entries(JSON.parse(text));
        return new Map(entries.map(([key, value]) => [key, isMap(value) ? 'map' : 'other']));
    }
    catch {
        // Text that is not JSON has no kind.
        return new Map();
    }
}
function isMap(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
// Source code and documents quote YAML.
function mayBeYaml(file) {
    return /\.ya?ml$|(?:^|\/)[^./]+$/i.test(file);
}
// GitLab CI and other tools have `include` too: beside keys of their own, with maps of other keys, or with globs.
/** Whether every key at the top is one of Compose, and one of them is `include`. */
function isIncludeOnly(text) {
    const keys = text.match(/^[A-Za-z_][\w.-]*(?=[ \t]*:)/gm) ?? [];
    if (!keys.includes('include') || !keys.every(key => file_kind_COMPOSE_KEYS.has(key) || key.startsWith('x-')))
        return false;
    return !/^[ \t]*(?:-[ \t]*)?(?:local|project|remote|template|component)[ \t]*:|^[ \t]*(?:-|include[ \t]*:)[^#\n]*\*/m.test(text);
}
const file_kind_COMPOSE_KEYS = new Set([
    'name',
    'version',
    'include',
    'networks',
    'volumes',
    'configs',
    'secrets',
    'models'
]);
// Line by line: a regular expression takes quadratic time for many empty lines.
/** The first line that is neither empty nor a comment. */
function firstLine(text) {
    for (let at = 0; at < text.length;) {
        const end = text.indexOf('\n', at);
        const line = text.slice(at, end < 0 ? undefined : end).trimStart();
        if (line !== '' && !line.startsWith('#'))
            return line;
        at = end < 0 ? text.length : end + 1;
    }
    return '';
}

;// CONCATENATED MODULE: ./build/files/read-file.js
// Reads one file that a pattern matches, as a file of its kind.
// What it builds is not followed here.














/** Rejects with 'invalid-input' for a file that is not what its name or its text says. */
async function readFile(deps, { file, isExplicit }) {
    const { workspace } = deps;
    // A large file of unknown kind that a glob matches by chance is not read.
    if (!isExplicit && fileKindOfName(file) === undefined && workspace.isLarge(file))
        return [];
    const peeked = workspace.peek(file) ?? '';
    if (typeof peeked !== 'string')
        return [{ type: 'skipped', text: file, reason: peeked.blocked, location: { file, line: 1 } }];
    const kind = fileKindOf(file, peeked);
    if (kind === undefined)
        return isExplicit ? [unknownKind(file)] : [];
    const text = workspace.read(file);
    if (typeof text !== 'string')
        return [];
    switch (kind) {
        case 'dockerfile':
            return [buildOfDockerfile(file)];
        case 'compose':
            return readCompose(deps, mergedFiles(deps, file, text));
        case 'bake': {
            const usesOwnPlatforms = deps.platforms.kind === 'machine';
            const sources = mergedFiles(deps, file, text);
            const services = servicesIn(composeFilesBeside(deps, file));
            return findInBake({ ...deps, sources, services, usesOwnPlatforms });
        }
        case 'devcontainer':
            return readDevcontainer(deps, file, text);
        case 'workflow':
            return findInYaml({ file, text, duplicateKeys: 'reject' }, trees => findInWorkflow(trees, file));
        case 'action':
            return findInYaml({ file, text, duplicateKeys: 'reject' }, trees => findInAction(trees, file));
        // GitLab and kubectl take the last of two equal keys.
        case 'gitlab':
            return findInYaml({ file, text, duplicateKeys: 'last' }, trees => findInGitlab(trees, file, deps.lookup));
        case 'kubernetes':
            return findInYaml({ file, text, duplicateKeys: 'last' }, trees => findInManifests(trees, file));
    }
}
function unknownKind(file) {
    const reason = 'not a file of a kind that names images, neither by its name nor by its text';
    const example = 'Dockerfile, compose.yaml or docker-bake.hcl';
    return { type: 'issue', issue: { input: 'files', value: file, reason, example, location: { file, line: 1 } } };
}
function findInYaml({ file, text, duplicateKeys }, find) {
    try {
        return find(readTrees(text, file, duplicateKeys));
    }
    catch (error) {
        if (!isTemplate(text))
            throw error;
        const line = text.slice(0, text.search(/\{\{|\{%|<%/)).split('\n').length;
        const reason = 'It is a template. Its images are known after it is rendered. List them in the `image` input.';
        return [{ type: 'skipped', text: file, reason, location: { file, line } }];
    }
}
function readCompose(deps, sources) {
    return findInCompose({
        ...deps,
        sources,
        read: deps.workspace.read,
        usesOwnPlatforms: deps.platforms.kind === 'machine'
    });
}
function readDevcontainer(deps, file, text) {
    const { entries, composeFiles } = findInDevcontainer(readJsonc(text, file), file);
    const sources = [];
    for (const path of composeFiles) {
        const found = deps.workspace.read(path);
        const location = { file, line: 1 };
        if (typeof found === 'object')
            return [...entries, { type: 'skipped', text: path, reason: found.blocked, location }];
        if (found === undefined)
            return rejectFile({
                value: path,
                reason: 'file not found in the workspace',
                example: '"dockerComposeFile": "../compose.yaml"',
                location
            });
        sources.push({ file: path, text: found });
    }
    return sources.length === 0 ? entries : [...entries, ...readCompose(deps, sources)];
}

;// CONCATENATED MODULE: external "node:util"
const external_node_util_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util");
;// CONCATENATED MODULE: ./build/filesystem/errno.js
// Errors of the file system and of programs: their codes, and descriptions for messages.
// Pure.

// An error of another realm (a Jest test, a worker) is not an instance of this realm's Error.
function fieldOf(error, name) {
    return typeof error === 'object' && error !== null && name in error
        ? error[name]
        : undefined;
}
/** Whether it is a system error with one of these codes, such as `ENOENT`. */
function errno_isErrno(error, ...codes) {
    return codes.some(code => code === fieldOf(error, 'code'));
}
/** `no space left on device (ENOSPC)`. */
function describeErrno(error) {
    const errno = fieldOf(error, 'errno');
    const known = typeof errno === 'number' ? (0,external_node_util_namespaceObject.getSystemErrorMap)().get(errno) : undefined;
    const message = fieldOf(error, 'message');
    if (known !== undefined)
        return `${known[1]} (${known[0]})`;
    return typeof message === 'string' ? message : String(error);
}

;// CONCATENATED MODULE: ./build/filesystem/real-path.js
// Paths that stay inside a folder: symbolic links are followed, and none may lead out of it.
// No file is opened here.




/** Whether a path is in a folder, by the two texts alone. */
function isBelow(path, folder) {
    const inside = (0,external_node_path_namespaceObject.relative)(folder, path);
    return inside !== '' && inside !== '..' && !inside.startsWith(`..${external_node_path_namespaceObject.sep}`) && !(0,external_node_path_namespaceObject.isAbsolute)(inside);
}
/**
 * Checks that an open file is the one that the real path `real` names, and that it is below `root`.
 *
 * 1. The caller finds that `real` is below `root`.
 * 2. Another process replaces a folder of `real` with a link that leads out.
 * 3. The caller opens `real`, which is now a file outside.
 */
function isOpenBelow(descriptor, real, root) {
    const opened = (0,external_node_fs_namespaceObject.fstatSync)(descriptor, { bigint: true });
    const named = (0,external_node_fs_namespaceObject.lstatSync)(real, { bigint: true });
    const isSame = opened.ino === named.ino && opened.dev === named.dev && external_node_fs_namespaceObject.realpathSync.native(real) === real;
    return isSame && isBelow(pathOf(descriptor) ?? real, root);
}
/** Only Linux tells the path of an open file. */
function pathOf(descriptor) {
    try {
        return (0,external_node_fs_namespaceObject.readlinkSync)(`/proc/self/fd/${String(descriptor)}`);
    }
    catch {
        return undefined;
    }
}
// As Linux (path_resolution(7)).
const MAX_LINKS = 40;
/** The path without symbolic links; nothing needs to exist there. A link may lead anywhere below `root`. */
function realPathBelow(path, root) {
    const realRoot = realParent(root);
    let current = path;
    for (let links = 0; links < MAX_LINKS; links++) {
        const folder = realParent(dirname(current));
        const real = join(folder, basename(current));
        if (!isBelow(real, realRoot))
            return invalid(`it is a link to ${real}, which is not in ${root}: a link may not leave that folder`);
        const target = linkAt(real);
        if (target === undefined)
            return valid(real);
        current = resolve(folder, target);
    }
    return invalid('it is a link that leads to itself');
}
/** The real path of a folder. The part of it that does not exist has no links. */
function realParent(folder) {
    try {
        // As others name it: only the native form resolves short names of Windows, and the letters' case.
        return realpathSync.native(folder);
    }
    catch (error) {
        const above = dirname(folder);
        if (!isErrno(error, 'ENOENT', 'ENOTDIR') || above === folder)
            throw error;
        return join(realParent(above), basename(folder));
    }
}
function linkAt(path) {
    try {
        return readlinkSync(path);
    }
    catch (error) {
        // It is not a link, or does not exist.
        if (isErrno(error, 'EINVAL', 'ENOENT', 'ENOTDIR', 'UNKNOWN'))
            return undefined;
        throw error;
    }
}

;// CONCATENATED MODULE: external "node:fs/promises"
const promises_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs/promises");
;// CONCATENATED MODULE: ./build/filesystem/regular-file.js
// Safe reads of files that another program may have made: a FIFO cannot block the run, a device cannot fill its memory, and a
// symbolic link cannot lead out of the folder. Every read of a file that this program did not write goes through here.




/** It is not a regular file, or is too large. The message says which, without the path. */
class NotRegularFile extends Error {
}
/** Rejects with NotRegularFile, or with the file system's error. The caller closes the file. */
async function openRegularFile(path, links = 'refuse') {
    if (links === 'refuse')
        rejectLink(await lstat(path));
    const file = await open(path, flagsFor(links)).catch(rejectOpen);
    try {
        const found = await file.stat();
        rejectOther(found);
        return { file, bytes: found.size };
    }
    catch (error) {
        await file.close();
        throw error;
    }
}
/** The whole file. Rejects with NotRegularFile, or with the file system's error. */
async function readRegularFile(path, { maxBytes, links }) {
    const { file, bytes } = await openRegularFile(path, links);
    try {
        rejectLarge(bytes, maxBytes);
        const buffer = Buffer.alloc(bytes);
        let filled = 0;
        while (filled < bytes) {
            const { bytesRead } = await file.read(buffer, filled, bytes - filled, filled);
            if (bytesRead === 0)
                break;
            filled += bytesRead;
        }
        return buffer.subarray(0, filled);
    }
    finally {
        await file.close();
    }
}
/** The synchronous form of readRegularFile. */
function readRegularFileSync(path, { maxBytes, links = 'refuse', root }) {
    if (links === 'refuse')
        rejectLink((0,external_node_fs_namespaceObject.lstatSync)(path));
    const descriptor = openSafely(path, links);
    try {
        const found = (0,external_node_fs_namespaceObject.fstatSync)(descriptor);
        rejectOther(found);
        rejectLarge(found.size, maxBytes);
        if (root !== undefined && !isOpenBelow(descriptor, path, root))
            throw new NotRegularFile('another file took its place while it was opened');
        const buffer = Buffer.alloc(found.size);
        let filled = 0;
        while (filled < buffer.length) {
            const bytesRead = (0,external_node_fs_namespaceObject.readSync)(descriptor, buffer, filled, buffer.length - filled, filled);
            if (bytesRead === 0)
                break;
            filled += bytesRead;
        }
        return buffer.subarray(0, filled);
    }
    finally {
        (0,external_node_fs_namespaceObject.closeSync)(descriptor);
    }
}
// O_NONBLOCK: open(2) of a FIFO waits for a writer, in a thread that delays the end of the process. Windows has neither flag and no
// FIFOs; lstat() finds its links.
function flagsFor(links) {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = external_node_fs_namespaceObject.constants;
    return (O_RDONLY ?? 0) | (O_NONBLOCK ?? 0) | (links === 'refuse' ? (O_NOFOLLOW ?? 0) : 0);
}
function openSafely(path, links) {
    try {
        return (0,external_node_fs_namespaceObject.openSync)(path, flagsFor(links));
    }
    catch (error) {
        return rejectOpen(error);
    }
}
// ELOOP: O_NOFOLLOW met a link that was made after lstat(). ENXIO: open(2) rejects a socket.
function rejectOpen(error) {
    if (errno_isErrno(error, 'ENXIO'))
        throw new NotRegularFile('it is a socket, not a regular file', { cause: error });
    if (errno_isErrno(error, 'ELOOP'))
        throw new NotRegularFile('it is a symbolic link, not a regular file', { cause: error });
    throw error;
}
function rejectLink(found) {
    if (found.isSymbolicLink())
        throw new NotRegularFile('it is a symbolic link, not a regular file');
}
function rejectOther(found) {
    if (!found.isFile())
        throw new NotRegularFile(`it is a ${kindOf(found)}, not a regular file`);
}
function kindOf(found) {
    if (found.isDirectory())
        return 'folder';
    if (found.isFIFO())
        return 'FIFO';
    return found.isSocket() ? 'socket' : 'device';
}
function rejectLarge(bytes, maxBytes) {
    if (bytes > maxBytes)
        throw new NotRegularFile(`it has ${String(bytes)} bytes, more than the ${String(maxBytes)} that are read`);
}

;// CONCATENATED MODULE: ./build/files/workspace.js
// The workspace: reads regular files whose real paths are in it, and nothing else. The size of a file and of all files is bounded.
// The author of a file may be a stranger, and chooses the paths in it: a link, `..`, a FIFO, or a file with a token.






// Manifests of a whole system with their CRDs, such as those of Argo CD, nearly reach it. With twice as much, lists of short values would
// exceed the memory of the thread.
const MAX_FILE_BYTES = 2 * 1024 * 1024;
// Files can include each other in many ways: if each includes two others, ten deep, a thousand files are read.
const MAX_BYTES = 64 * 1024 * 1024;
const BYTES_PER_READ = 4096;
function openWorkspace(folder) {
    const root = realPathOf((0,external_node_path_namespaceObject.resolve)(folder));
    const known = new Map();
    const find = (file) => {
        const found = known.get(file) ?? findIn((0,external_node_path_namespaceObject.resolve)(folder), root, file);
        known.set(file, found);
        return found;
    };
    const peek = file => {
        const found = find(file);
        if (found.kind === 'missing' || found.kind === 'folder')
            return undefined;
        return found.kind === 'file' ? readText(root, file, found) : { blocked: found.blocked };
    };
    let bytesLeft = MAX_BYTES;
    const read = file => {
        const text = peek(file);
        if (typeof text === 'string')
            bytesLeft -= text.length + BYTES_PER_READ;
        return bytesLeft < 0 ? reject(file, 'this file and those before it are larger than 64 MiB together') : text;
    };
    const isLarge = (file) => {
        const found = find(file);
        return found.kind === 'file' && found.bytes > MAX_FILE_BYTES;
    };
    return { root, find, peek, read, isLarge };
}
function realPathOf(folder) {
    try {
        return external_node_fs_namespaceObject.realpathSync.native(folder);
    }
    catch {
        // A workspace that does not exist has no files, which the patterns report.
        return folder;
    }
}
function reject(file, reason) {
    return rejectFile({ value: file, reason, example: 'docker/**/Dockerfile', location: { file, line: 1 } });
}
function isAtOrBelow(path, folder) {
    return path === folder || isBelow(path, folder);
}
const OUTSIDE = 'This path is outside of the workspace, so it was not read.';
/** `root` is the real path of `folder`. A path may be absolute, and begin with either. */
function findIn(folder, root, file) {
    const path = (0,external_node_path_namespaceObject.resolve)(folder, file);
    // The file system is not asked: even whether a file outside exists must not become known.
    if (!isAtOrBelow(path, folder) && !isAtOrBelow(path, root))
        return { kind: 'outside', isFolder: false, blocked: OUTSIDE };
    try {
        const real = external_node_fs_namespaceObject.realpathSync.native(path);
        const stats = (0,external_node_fs_namespaceObject.statSync)(real);
        if (!isAtOrBelow(real, root)) {
            const link = firstLinkOut(root, path, isAtOrBelow(path, folder) ? folder : root);
            const blocked = `${link} is a symbolic link that leads out of the workspace, so it was not followed.`;
            return { kind: 'outside', isFolder: stats.isDirectory(), blocked };
        }
        // actions/checkout writes a token to .git/config.
        if ((0,external_node_path_namespaceObject.relative)(root, real).split(external_node_path_namespaceObject.sep).includes('.git'))
            return { kind: 'outside', isFolder: false, blocked: 'Files in .git are not read.' };
        if (stats.isDirectory())
            return { kind: 'folder', real };
        return stats.isFile()
            ? { kind: 'file', real, bytes: stats.size }
            : { kind: 'special', blocked: 'It is not a regular file, so it was not read.' };
    }
    catch (error) {
        if (errno_isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'))
            return { kind: 'missing' };
        return reject(file, `it cannot be read: ${describeErrno(error)}`);
    }
}
/** The first part of a path that leads out of the workspace, relative to the workspace. */
function firstLinkOut(root, path, base) {
    const parts = (0,external_node_path_namespaceObject.relative)(base, path).split(external_node_path_namespaceObject.sep);
    const end = parts.findIndex((_, at) => !isAtOrBelow(external_node_fs_namespaceObject.realpathSync.native((0,external_node_path_namespaceObject.join)(base, ...parts.slice(0, at + 1))), root));
    return parts.slice(0, end + 1).join('/');
}
function readText(root, file, { real, bytes }) {
    if (bytes > MAX_FILE_BYTES)
        return reject(file, 'larger than 2 MiB');
    try {
        // Without the byte order mark that some editors write.
        return readRegularFileSync(real, { maxBytes: MAX_FILE_BYTES, root })
            .toString('utf8')
            .replace(/^\uFEFF/, '');
    }
    catch (error) {
        return reject(file, error instanceof NotRegularFile ? error.message : `it cannot be read: ${describeErrno(error)}`);
    }
}

;// CONCATENATED MODULE: ./build/files/find-images.js
// Finds the images that files of the workspace name, and follows Compose and Bake files to the Dockerfiles that they build.
// Runs in a thread of its own (files-worker.ts), so that a hostile file can only use up that thread's time and memory.













/** Returns the faults of the files with the rest: they are reported together with those of other inputs. */
async function findImages(options, runBake) {
    const workspace = openWorkspace(options.workspace);
    const matched = matchPatterns(options, workspace);
    const entries = find_images_distinct([...matched.entries, ...(await readFiles(options, workspace, matched.files, runBake))]);
    const { images, skipped } = nameContexts(withoutBuilt(entries));
    return {
        images,
        skipped: [...entries.filter(entry => entry.type === 'skipped'), ...skipped],
        faults: entries.flatMap(entry => (entry.type === 'issue' ? [entry.issue] : []))
    };
}
function matchPatterns({ patterns, workspace: folder }, workspace) {
    try {
        return matchFiles(patterns, workspace, folder);
    }
    catch (error) {
        return { files: [], entries: issuesOf(error) };
    }
}
async function readFiles({ variables, hostPlatform, platforms }, workspace, files, runBake) {
    const lookup = lookupOf(variables);
    const deps = {
        ...{ workspace, lookup, hostPlatform, platforms, runBake },
        variables: variables.given,
        readVariables: createComposeVariables(workspace.read, lookup)
    };
    const read = [];
    for (const file of withoutMerged(files, deps))
        read.push({ ...file, entries: await collect(file.file, () => readFile(deps, file)) });
    // Dockerfiles that a Compose or Bake file builds. Without that file, their arguments and contexts would be missing.
    const built = new Set(read.flatMap(({ file, entries }) => entries.map(entry => builtFile(workspace, entry)).filter(path => path !== file)));
    const found = [];
    for (const { file, isExplicit, entries } of read) {
        const followed = [];
        for (const entry of entries) {
            if (entry.type !== 'build')
                followed.push(entry);
            else if (builtFile(workspace, entry) !== file || !built.has(file) || isExplicit)
                followed.push(...(await collect(file, () => followBuild({ workspace, hostPlatform, platforms }, entry))));
        }
        found.push(...(isExplicit ? rejectIfAllMissing(followed) : followed.map(skipIfUnreadable)));
    }
    return withoutRepeats(found);
}
function builtFile(workspace, entry) {
    return entry.type === 'build' ? dockerfilePath(workspace, entry) : undefined;
}
/** Turns the errors of one file into issues, so that the other files are read all the same. */
async function collect(file, find) {
    try {
        return await find();
    }
    catch (error) {
        // The stack, a text, or a list exceeded a limit of V8: the file is too large or nested too deep.
        if (!(error instanceof RangeError))
            return issuesOf(error);
        const reason = 'too large or nested too deep to be read';
        const location = { file, line: 1 };
        return [{ type: 'issue', issue: { input: 'files', value: file, reason, example: 'a smaller file', location } }];
    }
}
// A glob meets everything: templates, fragments, and files of other tools with a familiar name. Such a file must not fail the step.
function skipIfUnreadable(entry) {
    if (entry.type === 'issue' && entry.issue.location !== undefined) {
        const { value, reason, location } = entry.issue;
        return { type: 'skipped', text: value, reason: `A glob matches it, and it cannot be read: ${reason}.`, location };
    }
    if (entry.type === 'image' && !parseReference(entry.text).ok) {
        const reason = 'It is not the name of an image. The file may be a template.';
        return { type: 'skipped', text: excerpt(entry.text), reason, location: entry.location };
    }
    return entry;
}
/** A missing Dockerfile is an invalid input when a file that is written out leads to nothing else. */
function rejectIfAllMissing(entries) {
    const missing = entries.filter(entry => entry.type === 'skipped' && entry.isMissing === true);
    if (missing.length === 0 || entries.some(entry => entry.type !== 'stage' && !missing.includes(entry)))
        return entries;
    return missing.map(entry => {
        const { text, reason, location } = entry;
        const example = 'dockerfile: docker/Dockerfile';
        return { type: 'issue', issue: omit_undefined_omitUndefined({ input: 'files', value: text, reason, example, location }) };
    });
}
function issuesOf(error) {
    if (!(error instanceof failure_error/* VerifiedImageError */.wL) || error.failure.kind !== 'invalid-input')
        throw error;
    return error.failure.faults.map(issue => ({ type: 'issue', issue }));
}
/** Without further issues of the machine. They have no location, and the first one says what to do. */
function withoutRepeats(entries) {
    const isOfMachine = (entry) => entry.type === 'issue' && entry.issue.location === undefined;
    const first = entries.findIndex(isOfMachine);
    return entries.filter((entry, at) => at === first || !isOfMachine(entry));
}
/** Without the images that an engine does not pull, since a file builds one of the name. */
function withoutBuilt(entries) {
    const built = new Set(entries.flatMap(entry => (entry.type === 'built' ? [entry.name] : [])));
    if (built.size === 0)
        return entries;
    return entries.filter(entry => entry.type !== 'image' || entry.mayBeBuilt !== true || !built.has(familiarName(entry.text)));
}
function find_images_distinct(entries) {
    return [...new Map(entries.map(entry => [JSON.stringify(entry), entry])).values()];
}


/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/create fake namespace object */
/******/ (() => {
/******/ 	var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 	var leafPrototypes;
/******/ 	// create a fake namespace object
/******/ 	// mode & 1: value is a module id, require it
/******/ 	// mode & 2: merge all properties of value into the ns
/******/ 	// mode & 4: return value when already ns object
/******/ 	// mode & 16: return value when it's Promise-like
/******/ 	// mode & 8|1: behave like require
/******/ 	__nccwpck_require__.t = function(value, mode) {
/******/ 		if(mode & 1) value = this(value);
/******/ 		if(mode & 8) return value;
/******/ 		if(typeof value === 'object' && value) {
/******/ 			if((mode & 4) && value.__esModule) return value;
/******/ 			if((mode & 16) && typeof value.then === 'function') return value;
/******/ 		}
/******/ 		var ns = Object.create(null);
/******/ 		__nccwpck_require__.r(ns);
/******/ 		var def = {};
/******/ 		leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 		for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 			Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 		}
/******/ 		def['default'] = () => (value);
/******/ 		__nccwpck_require__.d(ns, def);
/******/ 		return ns;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(3206);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
