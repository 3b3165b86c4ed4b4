"""Korean particles fit what stands before them: values worked out by hand, as the words are read aloud."""

import re

import pytest

from tests import translations
from tui_cnn.i18n import _, use_language
from tui_cnn.korean import fitting

CATALOGUE = next(path for path in translations.catalogues() if "/ko/" in path.as_posix())
FORMS = {"을(를)": "을를", "이(가)": "이가", "은(는)": "은는", "과(와)": "과와"}

AFTER_CONSONANT = [
    *("레이어 설정", "“정확도 값”", "맵 (3)", "값(map)"),
    *("0", "1", "3", "6", "7", "8", "10", "40", "100", "2,000", "10,000", "1,000,000", "300000000"),  # 영 일 … 삼억
    *("0.10", "2.1", "0.3", "26×26×1", "float16", "resnet-50", "L", "M", "N", "R", "RAM", "MAC", "2.79 M"),
    *("adam", "kernel", "flatten", "padding", "name", "scale", "map", "block", "step", "input", "dropout", "json"),
]
AFTER_VOWEL = [
    *("네트워크", "‘레이어’", "레이어 (값)", "바이트"),
    *("2", "4", "5", "9", "12", "0.5", "1e-05", "1,000,000,000,000", "26×26×32", "float32", "50 %", "50%"),  # 이 … 조
    *("A", "C", "GPU", "CSV", "Conv2D", "sgd", "shoe.png", "relu", "dense", "layer", "batch", "softmax", "test"),
]


@pytest.mark.parametrize("word", AFTER_CONSONANT)
def test_after_a_consonant(word):
    assert [fitting(particle, word) for particle in FORMS] == [pair[0] for pair in FORMS.values()]
    assert fitting("(이)나", word) == "이나"


@pytest.mark.parametrize("word", AFTER_VOWEL)
def test_after_a_vowel(word):
    assert [fitting(particle, word) for particle in FORMS] == [pair[1] for pair in FORMS.values()]
    assert fitting("(이)나", word) == "나"


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        *(
            ("파일", "로"),
            ("3", "으로"),
            ("10", "으로"),
            ("1", "로"),
            ("8", "로"),
            ("0.7", "로"),
            ("2", "로"),
            ("6", "으로"),
        ),
        *(("kernel", "로"), ("L", "로"), ("map", "으로"), ("설계", "로"), ("설정", "으로")),
    ],
)
def test_to(word, fits):
    """After ㄹ it is as after a vowel."""
    assert fitting("(으)로", word) == fits


@pytest.mark.parametrize("word", ["", "卷积", "Ünï", "…", "🙂", "имя"])
def test_both_where_nobody_knows(word):
    assert fitting("을(를)", word) == "을(를)"


def test_translations_choose_when_they_are_formatted(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    use_language("ko")
    try:
        assert _("{rows} and {columns}").format(rows="행 10", columns="열 2") == "행 10과 열 2"
        assert _("{rows} and {columns}").format(rows="행 2개", columns="을(를)") == "행 2개와 을(를)"
    finally:
        use_language("en")


def test_no_translation_guesses_what_a_value_ends_with():
    guessing = re.compile(r"\}[”’\"']*(을|를|은|는|이|가|와|과|로|으로|나|이나)(?![가-힣(])")
    texts = [text for message in translations.read(CATALOGUE) if message.id for text in translations.strings(message)]
    assert [text for text in texts if guessing.search(text)] == []
