"""What there is in a page: blocks to run, what they are to print, links, and what links can lead to."""

import dataclasses
import pathlib
import re

FENCE = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")
HIDDEN = re.compile(r"^<!-- ((?:run|output)\b.*?)(-->)?$")
# What may stand behind `run`, and whether a word follows it.
MARKS = {"fails": False, "eventually": False, "serve": True, "file": True}


class Wrong(Exception):
    """A page that cannot be run as it is marked."""


@dataclasses.dataclass
class Block:
    """Commands, and what they are to print, where the page says it."""

    line: int
    text: str
    marks: dict
    expected: str | None = None
    is_json: bool = False


def raw_blocks(text):
    """Yields line, info string, and text of each fence and each hidden block."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        fence, hidden = FENCE.match(lines[at]), HIDDEN.match(lines[at])
        begin = at
        at += 1
        if fence:
            indent, ticks, info = fence.groups()
            is_end = lambda line: line.strip().startswith(ticks) and not line.strip(" " + ticks[0])
        elif hidden and not hidden[2]:
            indent, info = "", hidden[1]
            is_end = lambda line: line.strip() == "-->"
        else:
            continue
        content = []
        while at < len(lines) and not is_end(lines[at]):
            content.append(lines[at].removeprefix(indent))
            at += 1
        if at == len(lines):
            raise Wrong(f"line {begin + 1}: this block has no end")
        at += 1
        yield begin + 1, info.strip(), "\n".join(content)


def marks_of(line, words):
    marks, words = {}, list(words)
    while words:
        word = words.pop(0)
        if word not in MARKS:
            raise Wrong(f"line {line}: there is no mark {word!r} for a block to run")
        if MARKS[word] and not words:
            raise Wrong(f"line {line}: {word!r} needs a name behind it")
        marks[word] = words.pop(0) if MARKS[word] else True
    return marks


def runnable(text):
    """The blocks of a page that are marked to be run, in their order."""
    blocks = []
    for line, info, content in raw_blocks(text):
        # A fence begins with its language, a hidden block with what it is.
        language, _, rest = info.partition(" ")
        words = info.split() if language in ("run", "output") else rest.split()
        if words[:1] == ["run"]:
            blocks.append(Block(line, content, marks_of(line, words[1:])))
        elif words[:1] == ["output"]:
            if not blocks or blocks[-1].expected is not None:
                raise Wrong(f"line {line}: this is the output of no block")
            blocks[-1].expected = content
            blocks[-1].is_json = language in ("json", "jsonc")
    return blocks


def prose(text):
    """The lines of a page outside of blocks and comments, with their numbers."""
    ticks = None
    text = re.sub(r"<!--.*?-->", lambda found: "\n" * found[0].count("\n"), text, flags=re.S)
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if ticks is None and fence:
            ticks = fence[2]
        elif ticks is not None:
            if line.strip().startswith(ticks) and not line.strip(" " + ticks[0]):
                ticks = None
        else:
            yield number, line


def links(text):
    """Yields line and target of each link of a page."""
    for number, line in prose(text):
        line = re.sub(r"`[^`]*`", "", line)
        for target in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", line):
            yield number, target
        for target in re.findall(r"^\[[^\]]+\]: +<?([^\s>]+)>?", line):
            yield number, target


def anchors(text):
    """What links into a page can name, as GitHub makes it from headings."""
    found, seen = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text)), {}
    for _, line in prose(text):
        heading = re.match(r"^#{1,6} +(.*?)(?: +#+)?$", line)
        if not heading:
            continue
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
        title = re.sub(r"<[^>]+>", "", title)
        slug = re.sub(r"[^\w\- ]", "", title.replace("`", "").lower()).replace(" ", "-")
        slug = slug.replace("*", "")
        times = seen.get(slug, 0)
        seen[slug] = times + 1
        found.add(slug if times == 0 else f"{slug}-{times}")
    return found


def all_pages(root):
    """Every page of the repository, without what is built or fetched."""
    skipped = {"target", "node_modules", ".git", ".venv"}
    for path in sorted(pathlib.Path(root).rglob("*.md")):
        if not skipped & set(path.relative_to(root).parts):
            yield path
