"""Korean particles: which of two forms fits is decided by the sound that the word before it ends with.

A translation writes both, `{name}을(를)`; `fitting` chooses once the name is known.
"""

import re

_FORMS = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "(이)나": ("이나", "나"),
    "(으)로": ("으로", "로"),
}
"""Particles as translations write them: the forms after a consonant and after a vowel."""

PARTICLE = re.compile("(" + "|".join(map(re.escape, _FORMS)) + ")")

_SILENT = re.compile(r"(?<=.)(\s*\([^()]*\)|[\s\"'”’»)\]}_-]+)\Z", re.DOTALL)
"""A note in brackets, and closing signs: a particle goes by the word before."""

_DIGITS = ("ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", "")
_TENS = ("", "ㅂ", "ㄱ", *["ㄴ"] * 5, *["ㄱ"] * 4, "")
"""What 십, 백, 천, 만, 억 and 조 end with, by the zeros at the end of a number."""

_LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}
"""엘, 엠, 엔, 알; the names of the other letters end with a vowel."""

_WORD_ENDS = (
    ("ㅇ", re.compile(r"ng\Z")),
    ("ㄹ", re.compile(r"le?\Z")),
    ("ㅁ", re.compile(r"me?\Z")),
    ("ㄴ", re.compile(r"ne?\Z")),
    ("ㄱ", re.compile(r"((?<![aeiou])([aeiou]|oo)(ck|[cpkt])|out)\Z")),  # or ㅂ, or ㅅ: it makes no difference
)
"""Words that end with a consonant where Korean writes them; all others end with a vowel.

National Institute of Korean Language, "Notation of loanwords", chapter 3, section 1: nasals, l, and a voiceless stop
after a short vowel (`map` 맵, `block` 블록); other sounds take a vowel (`desk` 데스크, `batch` 배치).
"""


def fitting(particle: str, before: str) -> str:
    """Choose the form of a particle that fits the text before it; both, as it is written, where nobody knows."""
    consonant = _last_consonant(before)
    if consonant is None:
        return particle
    after_consonant, after_vowel = _FORMS[particle]
    return after_consonant if consonant and (consonant, particle) != ("ㄹ", "(으)로") else after_vowel


def _last_consonant(text: str) -> str | None:
    """Return the consonant that a text ends with when it is read in Korean; empty for a vowel, None for unknown."""
    while silent := _SILENT.search(text):
        text = text[: silent.start()]
    if match := re.search(r"[가-힣]\Z", text):
        final = (ord(match[0]) - ord("가")) % 28
        return "ㄹ" if final == 8 else "ㄴ" if final else ""
    if text.endswith("%"):
        return ""  # 퍼센트
    if match := re.search(r"(\.)?([0-9,]*[0-9])\Z", text):
        return _after_number(match[2].replace(",", ""), is_fraction=bool(match[1]))
    if match := re.search(r"[A-Za-z]+\Z", text):
        return _after_word(match[0])
    return None


def _after_number(digits: str, *, is_fraction: bool) -> str:
    zeros = len(digits) - len(digits.rstrip("0"))
    if is_fraction or zeros in (0, len(digits)):
        return _DIGITS[int(digits[-1])]
    return _TENS[min(zeros, len(_TENS) - 1)]


def _after_word(word: str) -> str:
    if len(word) == 1 or not re.search("[aeiouy]", word.lower()):  # it is spelled
        return _LETTERS.get(word[-1].lower(), "")
    return next((consonant for consonant, end in _WORD_ENDS if end.search(word.lower())), "")
