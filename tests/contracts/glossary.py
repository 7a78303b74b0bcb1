"""The words that the program does not use, and the word of the field that takes the place of each.

Patterns match whole words, without regard to case. A word is listed only where a program can see the wrong sense: `say`
is wrong as a name in code, where it meant a reply, and right in a sentence."""

from __future__ import annotations

from pathlib import Path

LEFT_FILE = Path(__file__).with_name("words_left.txt")

# In any English text: messages, templates, packs, frameworks, kinds of findings. Not here: "claim", the term for addresses that an
# organisation says are its own (organisations/claims.py); who is notified of a finding is "attributed to".
ENGLISH = {
    r"owe|owes|owed|owing": "task; overdue; due",
    r"nudge|nudges|nudged|nudging": "reminder; send a reminder",
    r"yardsticks?": "framework",
    r"troubles?|weak (or infected )?places?": "finding",
    r"mend|mends|mended|mending": "fix, fixed; correct",
    r"tell|tells|told|telling": "notify, inform; show",
    r"hear|hears|heard": "be notified; get a reply",
    r"letters?": "notice",
    r"digests?": "notice",
    r"desks?": "workspace",
    r"stands?|stood|standing": "is; status",
    r"whose turn": "waiting for",
    r"puts? aside|putting aside": "discard",
    r"promises?|promised|promising": "committed (money); planned",
    r"holds? (its|their) dates?": "on track; on schedule",
    r"how (it|a plan|the plan) goes": "update; progress; status",
    r"back again": "seen again",
    r"anew": "again; reinstall",
    r"of (yours|ours|theirs)": "your; our; their",
    r"doors?": "place to report; interface",
    r"strangers?": "anyone; attackers; people without an account",
    r"(in|into) good hands": "say who runs it",
    r"nobody can believe": "rejected rows",
    r"says? of itself": "self-assessment",
    r"how-manieth": "number",
    r"lines? of time": "timeline",
    r"worthless": "expired",
    r"(stands?|held|kept) for good": "permanent",
    r"(the )?working behind|shows? (its|their) working": "how it was calculated",
    r"something shows|somebody has (promised|confirmed)": "with evidence; committed; confirmed",
    r"counts? as nothing|counts? alike|payment of nothing": "scores 0; equal weight; amount greater than 0",
    r"(does not|do not) speak": "is not available in",
    r"(is|was) mended by": "fixed by",
}
# Only in messages and templates: in data these words may be right.
INTERFACE = {
    r"figures?": "value",
    r"yours truly|dear sir": "plain greeting",
}
SPANISH = {
    r"debo|debemos|adeud\w+|(nos|le|les) deben?": "mis tareas; pendientes",
    r"repar(ar|e|en|ó|ad[oa]s?|aci[oó]n|aciones)": "corregir, corregido",
    r"varas? de medir": "marco; norma de referencia",
    r"(?<!le damos la )bienvenid[oa]s? a": "le damos la bienvenida a",
    r"colaborador(es|as?)?": "contrapartes; clientes, proveedores y contrapartes",
    r"escal[oó]n(es)?": "nivel",
    r"retorno": "retroalimentación",
    r"ordenador(es)?": "computadora",
    r"m[oó]vil(es)?": "celular",
    r"concienciaci[oó]n": "concientización",
    r"formaci[oó]n|formad[oa]s": "capacitación, capacitados",
    r"vídeos?": "video",
    r"medios públicos": "medios de comunicación",
    r"alcanzables?": "localizable; localización",
    r"puntuaci[oó]n(es)?": "puntaje",
    r"calific(ar|a|an|aci[oó]n|aciones)": "valorar, valoración",
    r"cartas?": "aviso",
    r"extrañ[oa]s?": "terceros; desconocidos; inusual",
    r"puertas?": "lugar para reportar; interfaz",
    r"promet(e|en|i[oó]|ieron|er|id[oa]s?)|promesas?": "comprometido; planificado",
    r"(le|les) toca": "en espera de",
    r"una falta": "una falla",
    r"sin fin": "sin parar; infinito",
    r"programas? dañinos?|software dañino": "software malicioso",
    r"debilidad(es)?": "vulnerabilidad",
    r"una negativa": "el motivo del rechazo",
    r"para suplente": "para la persona suplente",
    r"en pie": "vigente",
    r"buenas manos": "quién lo opera",
    r"tú|tus?|vosotros|vuestr[oa]s?": "usted, su",
    r"escritorios?": "espacio de trabajo",
}
TEXTS = {"en": ENGLISH, "es": SPANISH}

# One word of a name in code, of a class of CSS, of a part of an address, or of a key in a pack.
NAMES = {
    r"said|say|says|saying": "reply; given_by, given_on; summary, headline",
    r"tell|tells|told|telling": "notify, notified; summary",
    r"hear|heard": "notified",
    r"mend|mends|mended|mending": "fix, fixed; correct",
    r"owe|owes|owed|owing": "task, tasks",
    r"yardsticks?": "framework",
    r"nudges?|nudged": "reminder",
    r"troubles?": "finding; problem",
    r"turns?": "waiting_for",
    r"whose": "holder; attributed_to",
    r"faces?": "portal",
    r"houses?": "project",
    r"doors?": "guard; entry point",
    r"rooms?": "workspace",
    r"desks?": "workspace",
    r"digests?": "notice",
    r"letters?": "notice",
    r"figures?": "value; indicator",
    r"beside": "correction; related",
    r"ways?": "collector",
    r"taking": "collecting",
    r"folding|folded": "aggregate",
    r"standings?|stands?|stood|restand": "status; state",
    r"aside": "discard",
    r"promised?|promises": "committed",
    r"asks|asking": "request; form page",
    r"questions?": "command; form page",
    r"acts?": "command",
    r"anew": "again",
    r"heir": "successor",
    r"spells?": "open period",
}
# Names that are whole: a period begins and ends.
WHOLE_NAMES = {r"since": "starts_on", r"until": "ends_on"}
FUNCTIONS = {r"keep|keeps": "save; retain", r"drop|drops": "delete; discard"}  # what a function does, in its name

# Phrases in which a word above is right, and why. They are taken out of a text before it is judged.
RIGHT = {
    "en": {
        r"(small|capital|three|only|use) letters": "letters of the alphabet",
        r"letter of (acceptance|membership|the bank|the board|the ministry|2026)": "a real letter on paper",
        r"letter on (two )?posts|partnership letter|(for example: a letter|the letter is in the vault|most of them letters)": "a real letter on paper",
        r"signed letter|(prove the claim by a|the registry's answer or a|by a|day of the|choose the|who signed the) letter(?!'s)": "a real letter on paper, which proves a claim",
        r"at the door": "the door of the room in which a course is held",
        r"letters answered": "the code of an indicator, which is a part of its public address",
    },
    "es": {
        r"escritorios? remotos?": "the name of a program, Remote Desktop",
        r"puertas? trasera|puerta de enlace": "terms of the field: backdoor, gateway",
        r"(en|de) la puerta": "the door of the room in which a course is held",
        r"carta constitutiva": "the document by which a team is founded (RFC 2350)",
        r"carta firmada|con una carta|una carta|la carta": "a real letter on paper, which proves a claim",
        r"carta (de adhesión|sobre)|por ejemplo: una carta|todos cartas": "a real letter on paper",
    },
}
# The same for guides, beside those above.
RIGHT_IN_GUIDES = {
    r"desks?": "an app with its pages of the workspace, as those who carry the code on call it; a help desk",
    r"digest": "of bytes: a hash",
    r"standing orders": "the rules of a parliament",
    r"letters?( beside a button| that (a scan|no face))|eight letters|Information Processing Letters": "of the alphabet; the name of a journal",
    r"the code for the door": "the words of a button: of the room in which a course is held",
}
# The same for comments and docstrings, beside those of English text.
RIGHT_IN_COMMENTS = {
    r"letters?(,| or| and( no)?) (digits?|figures)|a letter,? or (a|the first) roman number|numbers and letters"
    r"|letters after numbers|the letters of (a|its) column|those letters": "of the alphabet, as distinct from digits",
    r"signed letters": "a real letter on paper, which proves a claim",
    r"abuse desk": "the field's term for who takes reports of abuse",
    r"add-a-desk\.md": "the name of a guide",
}
# Names in which the word is right.
RIGHT_NAMES = {
    **dict.fromkeys(
        ("digest", "digests", "_digest", "digest_of", "digest_hash", "shapes_digest", "short_digest"),
        "the digest of a hash",
    ),
    **dict.fromkeys(
        ("_LETTER", "_LETTERS", "_LETTERS_A_PAGE", "_V6_LETTERS", "_Letter", "_width_of_letter"),
        "letters of the alphabet",
    ),
    **dict.fromkeys(("_INCOMING_COMMITMENT", "_INCOMING_FUNDS"), "types of transactions of IATI"),
    **dict.fromkeys(
        ("act", "acts", "_act", "acts_of", "_of_act", "_act_row", "evidence_acts"),
        "an action of the plan; `action` is the decorator of what writes",
    ),
    "ACT": "an Act of Parliament",
    **dict.fromkeys(
        ("claim", "_claim", "claims", "claimed", "claimed_until", "claiming", "claim_next", "Claimed"),
        "a worker takes a file, a job or a letter for itself; and what became of a reply that something is fixed",
    ),
    **dict.fromkeys(("CLAIMED", "_CLAIMED", "FixClaim", "fix_claim_after"), "a reply that something is fixed"),
    **dict.fromkeys(
        (
            "Figure",
            "Figures",
            "figure",
            "figures",
            "figure_blocks",
            "figure_of",
            "figure_text",
            "figures_of",
            "fl-figure",
            "FIGURES",
            "_figure",
            "_figures",
            "_figures_title",
            "figure_sentence",
            "figure_from",
            "number_figures",
            "SHOWN_FIGURES",
            "home_figures",
            "_FIGURE",
            "figure_fields",
            "_add_figure",
            "_put_figures",
        ),
        "a number on a page, in a report or in a chart, and the command that computes all of them",
    ),
    **dict.fromkeys(
        (
            "letter",
            "letters",
            "_letters",
            "letters_for",
            "get_letter_for",
            "mail_letter",
            "one_letter",
            "write_letters",
            "_letter",
            "_letter_end",
            "_letter_text",
        ),
        "an e-mail of the outbox, or a letter of the alphabet",
    ),
    **dict.fromkeys(
        ("since", "_since", "until"), "a moment or a limit; the dates of a record are starts_on and ends_on"
    ),
    "questions": "what is asked of the store of events, in a survey and in a quiz",
    **dict.fromkeys(
        (
            "CheckQuestionForm",
            "GiftQuestion",
            "LONGEST_QUESTION",
            "MOST_QUESTIONS",
            "NewQuestionForm",
            "OF_QUESTION",
            "OfQuestion",
            "OfQuestionQuerySet",
            "QUESTION",
            "Question",
            "QuestionCount",
            "QuestionForm",
            "QuestionKind",
            "QuestionQuerySet",
            "QuestionShape",
            "SURVEY_QUESTIONS",
            "UNKNOWN_QUESTION",
            "_of_question",
            "_question",
            "_question_count",
            "_question_facts",
            "_question_form",
            "_questions",
            "_require_question",
            "add_question",
            "fl-question",
            "get_question_for",
            "has_questions",
            "import_questions",
            "move_question",
            "question",
            "question_command",
            "questions_of",
            "remove_question",
            "survey_question",
            "update_question",
        ),
        "what a survey or a quiz asks: the field's own term",
    ),
    "_UNDER_WAY": "under way: what has begun",
    "_under_way": "under way: what has begun",
    "face": "a face of type",
}
