"""Whether something printed is what a page says, where `…` stands for anything."""

import json
import re


def differs(expected, printed, is_json=False, may_go_on=False):
    """Says how the two differ, or nothing."""
    if is_json:
        return json_differs(expected, printed)
    pattern = text_pattern(expected) + (r"(\n.*)?" if may_go_on else "")
    if re.fullmatch(pattern, printed.strip("\n"), flags=re.S):
        return None
    return f"The page says\n{indented(expected)}\nand it printed\n{indented(printed)}"


def indented(text):
    return "\n".join("    " + line for line in text.strip("\n").splitlines()) or "    (nothing)"


def text_pattern(expected):
    """A line of `…` stands for any lines or none, and within a line for anything in it.

    Spaces count as one, wherever they are several: columns are as wide as what is in them.
    """
    pattern, lines = "", expected.strip("\n").splitlines()
    for at, line in enumerate(lines):
        if line.strip() == "…":
            pattern += r"(?:[^\n]*\n)*?" if at + 1 < len(lines) else r"(?:[^\n]*\n?)*"
            continue
        pieces = [r" +".join(map(re.escape, re.split(" +", piece))) for piece in line.split("…")]
        pattern += r"[^\n]*?".join(pieces) + r" *"
        is_last = at + 1 == len(lines)
        before_the_rest = at + 2 == len(lines) and lines[-1].strip() == "…"
        pattern += "" if is_last else r"(?:\n|$)" if before_the_rest else r"\n"
    return pattern


def json_differs(expected, printed):
    try:
        wanted = json.loads(with_words_for_the_rest(expected))
    except ValueError as error:
        return f"What the page says is no JSON: {error}"
    try:
        found = json.loads(printed)
    except ValueError:
        return f"It is to be JSON, and it printed\n{indented(printed)}"
    difference = value_differs("$", wanted, found)
    return difference and f"{difference}; it printed\n{indented(json.dumps(found, ensure_ascii=False)[:3000])}"


def with_words_for_the_rest(text):
    """Makes a member, or an element, of each `…` that stands outside of text."""
    out, inside, in_text, escaped = [], [], False, False
    for sign in text:
        if in_text:
            in_text = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            in_text = True
        elif sign in "{[":
            inside.append(sign)
        elif sign in "}]" and inside:
            inside.pop()
        elif sign == "…":
            sign = '"…":"…"' if inside[-1:] == ["{"] else '"…"'
        out.append(sign)
    return "".join(out)


def value_differs(at, wanted, found):
    """Objects and lists with `…` in them may have more; others may not."""
    if isinstance(wanted, str) and "…" in wanted and not isinstance(found, (dict, list)):
        pattern = ".*".join(map(re.escape, wanted.split("…")))
        is_same = re.fullmatch(pattern, str(found), flags=re.S)
        return None if is_same else f"{at} is {found!r} and not {wanted!r}"
    if isinstance(wanted, dict) and isinstance(found, dict):
        named = [name for name in wanted if name != "…"]
        missing = [name for name in named if name not in found]
        more = [name for name in found if name not in wanted and "…" not in wanted]
        if missing or more:
            return f"{at} lacks {missing} and has {more} beside what is named"
        differences = (value_differs(f"{at}.{name}", wanted[name], found[name]) for name in named)
        return next(filter(None, differences), None)
    if isinstance(wanted, list) and isinstance(found, list):
        if wanted[-1:] == ["…"]:
            wanted, found = wanted[:-1], found[: len(wanted) - 1]
        if len(wanted) != len(found):
            return f"{at} has {len(found)} and not {len(wanted)} entries"
        pairs = enumerate(zip(wanted, found))
        differences = (value_differs(f"{at}[{n}]", *pair) for n, pair in pairs)
        return next(filter(None, differences), None)
    if wanted == "…" or (type(wanted) is type(found) and wanted == found):
        return None
    return f"{at} is {found!r} and not {wanted!r}"
