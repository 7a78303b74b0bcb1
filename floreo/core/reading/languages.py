"""The small words that distinguish languages, and numbers in words, and what is known of words of Spanish, as data."""

from __future__ import annotations

from types import MappingProxyType


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOP_WORDS = MappingProxyType(
    {
        "en": _set("the of and to in is for that with by on are be this as from which will at an it or has"),
        "es": _set("el la de y los en las del que para por con una un al se es su como más este esta o"),
        "fr": _set("le les des et du la est pour dans que qui sur une par au aux avec ce cette sont d l"),
        "pt": _set("o a os as do da dos das e em no na que para com uma um ao por não são pela pelo é"),
        "nl": _set("de het een van en in is voor dat met op te zijn door aan wordt bij ook deze die naar"),
        "de": _set("der die das und in den von zu mit für ist im auf des dem ein eine werden nicht sich"),
        "it": _set("il lo la gli i di e del della dei che per con una un nel sono delle alla è si le"),
        "ht": _set("ak nan yo pou ki sa se li la a an epi ki sou pa yon nou tout fè gen moun"),
    }
)
LANGUAGE_NAMES = MappingProxyType(
    {
        "fr": "French",
        "pt": "Portuguese",
        "nl": "Dutch",
        "de": "German",
        "it": "Italian",
        "ht": "Haitian Creole",
    }
)

# Real words and names that end in "ís", so that its í is never taken for a broken apostrophe.
ENDING_IN_IS = _set("país solís parís anís luís asís lís amadís dionís mentís chasís compís maravedís sanluís marís")

NUMBER_WORDS = MappingProxyType(
    {
        word: number
        for number, words in {
            1: "one un una uno une",
            2: "two dos deux",
            3: "three tres trois",
            4: "four cuatro quatre",
            5: "five cinco cinq",
            6: "six seis",
            7: "seven siete sept",
            8: "eight ocho huit",
            9: "nine nueve neuf",
            10: "ten diez dix",
            11: "eleven once onze",
            12: "twelve doce douze",
            13: "thirteen trece treize",
            14: "fourteen catorce quatorze",
            15: "fifteen quince quinze",
            16: "sixteen dieciséis seize",
            17: "seventeen diecisiete dix-sept",
            18: "eighteen dieciocho dix-huit",
            19: "nineteen diecinueve dix-neuf",
            20: "twenty veinte vingt",
            30: "thirty treinta trente",
            40: "forty cuarenta quarante",
            50: "fifty cincuenta cinquante",
            60: "sixty sesenta soixante",
            70: "seventy setenta",
            80: "eighty ochenta",
            90: "ninety noventa",
            100: "hundred cien cent",
        }.items()
        for word in words.split()
    }
)
