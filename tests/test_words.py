"""Words that may not come back: in English messages, in the documents, and in names of modules, classes, functions.

Each entry says what to write instead. A phrase is looked for in every message, whatever its case; a word of a name is
one part of it, as `seen` is of `seen_once` and of `SeenOnce`.
"""

import ast
import re

import pytest

from tests import translations

PHRASES = {
    # the words of the actions, as every editor has them
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\b(take|takes|taken|taking) (it )?back\b": "undo; move back; restore",
    r"\b(hear|hears|heard)\b": "unmute; use",
    r"\banew\b": "again; restart; start over",
    r"\bfetch(es|ed)?\b": "get; open; select",
    r"\b(go|goes|going) on\b": "continue; resume",
    r"\bcome about\b|\bcame about\b|\bcomes about\b": "is calculated",
    r"\b(comes?|came) out\b|\bwhat goes in\b": "the output; the input",
    r"\bwalk(s|ed|ing)?\b": "step; move",
    # a program does not talk
    r"\b(told|tells?)\b": "report; show; log",
    r"(?<!\{)\b(says?|said)\b(?!\})": "show; report; mean",
    r"\b(speaks?|spoken)\b": "use the language; send",
    r"\briddles?\b": "an invalid answer",
    r"\bas the environment asks\b": "from the environment",
    r"\bmakes of\b": "the output for",
    r"\bwhat to call\b|\bname (a|one) (model|image|picture)\b": "specify",
    # old-fashioned turns
    r"\blately\b|\bof late\b": "recent; recently",
    r"\bfor good\b": "permanently",
    r"\bfor want of\b": "out of; without",
    r"\bto begin with\b|\bbegins? (with|inside)\b": "start; starts with",
    r"\bas (it|they) stands?\b|\bas it was\b|\bas its line\b": "these; unchanged",
    r"\b(the one|image|layer|view|lesson|unit) before\b(?! (a|an|the|it|its|each)\b)": "previous",
    r"\bor no more\b|\bhad its turn\b|\bfor its turn\b": "queued; after",
    r"\bin its way\b|\bbeside the other\b|\bthrough time\b": "alongside; over time",
    r"\b(is no|are no) (number|shape|checkpoint|model|text|image|file|match|multiple)\b": "is not a",
    r"\bthere is no\b|\bno such (file|directory|preset)\b": "not found; unknown",
    r"\b(is|are) gone\b": "was deleted; resolved",
    r"\bwent down\b|\bcut short\b|\bleft alone\b|\bhang over\b": "stopped; truncated; ignored",
    r"\bso many\b|\bmakes some\b|\bare the fewest\b|\blikeliest\b|\bmildest\b": "the number; most likely; weakest",
    r"\bgives? way\b|\bgoes before\b|\bcounts from the next start\b": "takes precedence; takes effect after a restart",
    r"\byours to change\b|\bof your own\b|\bin a process of its own\b": "your; its own process",
    r"\btaken for\b|\btakes? .* for which\b|\bhas this in its name\b": "predicted as; named",
    r"\bworth (its cost|remembering)\b|\bis like that\b": "Pareto optimal; name what it is",
    r"\bmistake in this program\b": "bug in cnn-tui",
    r"\brecognised\b": "known; matched",
    # one thing, one name
    r"(?<!--)\b(picture files?|name one picture|the picture|pictures? of your)\b": "image (a picture is a drawing)",
    r"\b(seen|looked at) once\b|\bnever seen\b": "evaluated once, at the end; not in the training data",
    r"\blook(s|ed)? (into|inside|closer|further|from)\b": "inspect; zoom; pan",
    r"\bexcites?\b": "activates most",
    r"\bfield: receptive\b": "RF: receptive field",
    r"\b(seconds?|steps?|images?|macs) (a|an) (second|epoch|image|place)\b": "per second; per epoch",
    r"\bone a line\b": "one per line",
    r"\bdark (turned )?round\b|\bsigns turned\b|\bturned positive\b": "inverted",
    r"\btakes? (the mean|a run|one) away\b|\blay (another|a run)\b": "subtracts the mean; remove; overlay",
    r"\bwords? to find\b|\bopens? the screen\b": "filter; open the app",
    # pictures in place of names
    r"\b(desk|shelf|deeds?|epitaph|thrift)\b": "the name of the thing itself",
}
"""What no English message may contain, and what to write instead."""

PARTS = {
    "brought": "transferred",
    "conversation": "prompts",
    "deed deeds": "actions",
    "desk shelf": "cache",
    "epitaph": "exit_message",
    "excite excites excited": "top_patches; maximize",
    "following": "links; navigation",
    "hear heard": "mute; unmute",
    "hurry": "skip_queue",
    "listening": "thread_safe",
    "look looks looked looking": "receptive_field; view; find",
    "mend mends mended": "fix",
    "nudge nudges nudged": "quick_edits",
    "obey": "handle_commands",
    "once": "single; the name of what happens",
    "outside": "external",
    "pointing": "mouse",
    "riddle riddles": "invalid",
    "said say says": "message; show; report",
    "seeing seen": "receptive_field; visible",
    "settle settles settled": "commit_pending",
    "spare warm": "prewarmed; worker_pool",
    "taking": "transfer",
    "tell telling tells told": "report; show; event",
    "thrift": "diff_renderer",
    "trying": "experiments",
    "walking": "navigation",
}
"""Words that are no part of a public name, and the names to use instead."""

NAMES = {
    "Drawn": "CanvasWidget",
    "Moved": "ImageTransform",
    "Turn": "QueueSlot",
    "Written": "TerminalBuffer",
    "banks": "kernel_banks",
    "garbage": "gc_policy",
    "kept": "kept_checkpoints",
    "moves": "transforms",
    "plain": "ascii_fallback",
}
"""Names of classes and of modules that say nothing on their own, and those to use instead."""


DOCUMENTS = sorted(
    path.relative_to(translations.CHECKOUT).as_posix() for path in translations.CHECKOUT.glob("docs/*.md")
)
"""What is written for people beside README and CHANGELOG."""


def parts(name):
    """Split a name into its words: `top_patches` and `TopPatches` are both top and patches."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def public_names():
    """Yield the modules, and the classes and functions with names for others, each with the place where it stands."""
    for path in sorted(translations.PACKAGE.rglob("*.py")):
        place = path.relative_to(translations.CHECKOUT)
        yield place.stem, str(place)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:1] != "_":
                yield node.name, f"{place}:{node.lineno}"


@pytest.fixture(scope="module")
def texts():
    """Map every English message to the file that it stands in."""
    return {text: message.file for message in translations.messages() for text in (message.text, message.plural)}


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_english_message_contains(texts, phrase):
    pattern = re.compile(phrase, re.IGNORECASE)
    found = {text: file for text, file in texts.items() if pattern.search(text)}
    assert found == {}, f"write instead: {PHRASES[phrase]}"


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", *DOCUMENTS])
def test_no_document_contains(name):
    text = (translations.CHECKOUT / name).read_text("utf-8")
    found = [
        f"{name}:{number}: {match.group()}: {better}"
        for number, line in enumerate(text.splitlines(), 1)
        for phrase, better in PHRASES.items()
        if (match := re.search(phrase, line, re.IGNORECASE))
    ]
    assert found == []


def test_no_name_is_a_riddle():
    better = {word: instead for words, instead in PARTS.items() for word in words.split()}
    found = []
    for name, place in public_names():
        words = parts(name)
        found += [f"{place}: {name}: {better[word]}" for word in words if word in better]
        if name in NAMES and (name[0].isupper() or place.endswith(f"/{name}.py")):
            found.append(f"{place}: {name}: {NAMES[name]}")
    assert found == []


def test_a_name_is_split_into_its_words():
    assert parts("action_look_at_CNNMaps2D") == ["action", "look", "at", "cnn", "maps", "d"]
    assert parts("SeenOnce") == ["seen", "once"]
