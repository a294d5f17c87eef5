"""From the bytes of messages to the buckets of their n-grams, compiled: no object is made of a word or of an n-gram.

Shapes: n messages, B bytes of all of them, M distinct n-grams of all of them, K hash functions (rows of a table).
"""

from __future__ import annotations

import numpy as np

from pipeline.compiling import compiler
from pipeline.online import characters
from pipeline.online.characters import ALONE, SEPARATOR
from pipeline.online.kernels import murmur
from pipeline.online.kernels.murmur import absorb, finish, four_bytes, last_bytes, scrambled

compiled = compiler(characters.__file__, murmur.__file__, nogil=True, error_model="numpy")
UNDECODABLE = -1
BLANK = np.uint8(32)


@compiled
def decode(data, at, end):
    """The character that begins at `at`, and where the next one does; UNDECODABLE as Python's "replace" cuts them.

    Source: the Unicode Standard, table 3-7 and section 3.9 (a maximal part of a well-formed sequence is one error).
    """
    lead = np.int32(data[at])
    if lead < 0x80:
        return lead, at + 1
    if lead < 0xC2 or lead > 0xF4:
        return np.int32(UNDECODABLE), at + 1
    more = 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
    code = lead & (0x3F >> more)
    least, most = 0x80, 0xBF
    if lead == 0xE0:
        least = 0xA0
    elif lead == 0xED:
        most = 0x9F
    elif lead == 0xF0:
        least = 0x90
    elif lead == 0xF4:
        most = 0x8F
    for k in range(at + 1, at + 1 + more):
        if k == end or data[k] < least or data[k] > most:
            return np.int32(UNDECODABLE), k
        code = (code << 6) | (data[k] & 0x3F)
        least, most = 0x80, 0xBF
    return np.int32(code), at + 1 + more


@compiled
def encode(code, text, at):
    """Write a character; where the next one goes."""
    if code < 0x80:
        text[at] = code
        return at + 1
    if code < 0x800:
        text[at] = 0xC0 | (code >> 6)
    else:
        if code < 0x10000:
            text[at] = 0xE0 | (code >> 12)
        else:
            text[at] = 0xF0 | (code >> 18)
            text[at + 1] = 0x80 | ((code >> 12) & 0x3F)
            at += 1
        text[at + 1] = 0x80 | ((code >> 6) & 0x3F)
        at += 1
    text[at + 1] = 0x80 | (code & 0x3F)
    return at + 2


@compiled
def split_words(data, begin, end, table, text, size, ends):
    """Write the words of a message in lower case behind each other, one blank between two; a word is a slice of `text`.

    `size` is where in `text` to begin: there the first word does, and each other one behind the blank after the word
    before it. Returns the number of words, the new size, and the undecodable sequences.
    """
    words, invalid, inside = 0, 0, 0
    at = begin
    while at < end:
        entry = table[data[at]]
        if data[at] < 0x80 and entry < ALONE:  # the most usual; no jump depends on where words end
            is_inside = np.int64(entry != SEPARATOR)
            text[size] = entry if is_inside else BLANK
            ends[words] = size
            words += inside & ~is_inside
            size += inside | is_inside
            inside = is_inside
            at += 1
            continue
        code, at = decode(data, at, end)
        if code >= 0x10000:
            entry = np.uint32(ALONE)
        elif code == UNDECODABLE:
            invalid += 1
            entry = np.uint32(SEPARATOR)
        else:
            entry = table[code]
            code = np.int32(entry & np.uint32(ALONE - 1))
        alone = entry >= ALONE
        if inside and (entry == SEPARATOR or alone):
            ends[words] = size
            text[size] = BLANK
            words, size, inside = words + 1, size + 1, 0
        if entry != SEPARATOR:
            inside = 1
            size = encode(code, text, size)
            if alone:
                ends[words] = size
                text[size] = BLANK
                words, size, inside = words + 1, size + 1, 0
    if inside:
        ends[words] = size
        text[size] = BLANK
        words, size = words + 1, size + 1
    return words, size, invalid


@compiled
def slot_of(key, keys, slots):
    """Where a set holds the key, or has room for it; the set is the first `slots` of `keys`, 0 where empty."""
    last = np.uint64(slots - 1)
    slot = key & last
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + np.uint64(1)) & last
    return slot


@compiled
def add_ngrams(text, words, sizes, hashing, seen, buckets, spans, found):
    """Write the buckets, and where there is room the spans, of a message's distinct n-grams.

    `words` are (begin of the first, ends, how many), `sizes` the fewest and most words of an n-gram, `hashing` (seeds,
    mask, room for states and hashes), `seen` an empty set (keys, slots). Returns how many n-grams of all messages there
    are, of which `found` were there before. The first row is by itself: what it needs stays out of memory.
    """
    begin, ends, num_words = words
    seeds, mask, states, hashes = hashing
    keys, slots = seen
    for first in range(num_words):
        done, state = begin, seeds[0]
        for k in range(1, len(seeds)):
            states[k] = seeds[k]
        for last in range(first, min(first + sizes[1], num_words)):
            end = ends[last]
            while done + 4 <= end:
                block = scrambled(four_bytes(text, done))
                state = absorb(state, block)
                for k in range(1, len(seeds)):
                    states[k] = absorb(states[k], block)
                done += 4
            if last - first + 1 < sizes[0]:
                continue
            tail = scrambled(last_bytes(text, done, end))
            whole = finish(state, tail, end - begin)
            for k in range(1, len(seeds)):
                hashes[k] = finish(states[k], tail, end - begin)
            key = np.uint64(whole & mask) + np.uint64(1)
            if len(seeds) > 1:
                key = max(np.uint64(1), np.uint64(whole) << np.uint64(32) | np.uint64(hashes[1]))
            slot = slot_of(key, keys, slots)
            buckets[found, 0] = whole & mask
            for k in range(1, len(seeds)):
                buckets[found, k] = hashes[k] & mask
            if len(spans):
                spans[found, 0], spans[found, 1] = begin, end
            found += np.int64(keys[slot] == 0)  # what is not new is written over
            keys[slot] = key
        begin = ends[first] + 1
    return found


@compiled
def extract(data, bounds, table, low, high, seeds, mask, keep_spans):
    """Buckets of the distinct n-grams of each message, in order of appearance.

    Message m is data[bounds[m]:bounds[m + 1]], an n-gram `low` to `high` words with a blank between two, its bucket in
    row k its MurmurHash3 with seeds[k], as far as `mask` goes. With one row, n-grams that share a bucket are one: the
    hashed vector of a message is binary; with more, n-grams are told apart by two whole hashes.

    Shapes: data (B,) uint8, bounds (n + 1,), table as `character_table`, seeds (K,) uint32. Returns buckets (M, K),
    firsts (n + 1,): message m has the n-grams from firsts[m] on; invalid (n,): undecodable sequences; and, empty unless
    `keep_spans`, spans (M, 2) of the n-grams in text (.,) uint8.
    """
    num, total, longest = len(bounds) - 1, bounds[-1] - bounds[0], 0
    for m in range(num):
        longest = max(longest, bounds[m + 1] - bounds[m])
    text = np.empty(2 * (total if keep_spans else longest) + 8, np.uint8)
    ends = np.empty(longest + 1, np.int64)
    hashing = (seeds, mask, np.empty(len(seeds), np.uint32), np.empty(len(seeds), np.uint32))
    keys = np.empty(16, np.uint64)
    buckets = np.empty((64 + total // 4 * (high - low + 1), len(seeds)), np.uint32)
    spans = np.empty((len(buckets) if keep_spans else 0, 2), np.int64)
    firsts, invalid = np.zeros(num + 1, np.int64), np.zeros(num, np.int64)
    found, size = 0, 0
    for m in range(num):
        begin = size if keep_spans else 0
        words, size, invalid[m] = split_words(data, bounds[m], bounds[m + 1], table, text, begin, ends)
        most, slots = words * (high - low + 1), 16
        while slots < 3 * most:  # fewer n-grams meet in a slot than with 2
            slots *= 2
        if slots > len(keys):
            keys = np.empty(slots, np.uint64)
        keys[:slots] = 0
        if found + most > len(buckets):
            buckets = grown(buckets, found, found + most)
            spans = grown(spans, found, found + most) if keep_spans else spans
        found = add_ngrams(text, (begin, ends, words), (low, high), hashing, (keys, slots), buckets, spans, found)
        firsts[m + 1] = found
    return buckets[:found], firsts, invalid, spans[:found], text[:size]


@compiled
def grown(array, used, needed):
    """A copy with room for twice as many, the first `used` kept."""
    larger = np.empty((2 * max(needed, len(array)), array.shape[1]), array.dtype)
    larger[:used] = array[:used]
    return larger
