"""The English and Spanish vocabulary of the rules, as data, and the words with which something new starts in a strategy."""

from __future__ import annotations

import re
from types import MappingProxyType

from floreo.core.reading.openers import Openers


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MONTHS = MappingProxyType(
    {
        month: number
        for number, names in enumerate(
            (
                "january jan enero ene",
                "february feb febrero",
                "march mar marzo",
                "april apr abril abr",
                "may mayo",
                "june jun junio",
                "july jul julio",
                "august aug agosto ago",
                "september sep sept septiembre setiembre",
                "october oct octubre",
                "november nov noviembre",
                "december dec diciembre dic",
            ),
            start=1,
        )
        for month in names.split()
    }
)

# Words a heading uses for each rank of a plan. The first rank found in a document is its top.
PILLAR_WORDS = (
    r"strategic\s+(?:pillar|priority|goal|area|theme|axis)|thematic\s+(?:area|pillar)|(?:priority|focus"
    r"|action)\s+area"
    r"|key\s+(?:pillar|area)|pillar|priority|goal|theme|axis"
    r"|(?:pilar|eje|línea|area|área|meta)\s+(?:estratégic[oa]|temátic[oa]|prioritari[oa]|de\s+acción)|pilar|eje"
    r"|prioridad"
)
OBJECTIVE_WORDS = (
    r"(?:strategic|specific|general)\s+objective|objective|outcome"
    r"|objetivo\s+(?:estratégico|específico|general)|objetivo"
)
ACTION_WORDS = (
    r"(?:key|priority|strategic)\s+(?:action|activity|initiative)|action(?:\s+item)?|activity|initiative|measure|task"
    r"|(?:acción|actividad|línea\s+de\s+acción)(?:\s+(?:clave|prioritaria))?|medida|iniciativa|tarea"
)
# The same words where they announce a list or a section: "The three pillars are:", "Strategic Pillars".
PILLARS_PLURAL = (
    r"(?:strategic\s+|thematic\s+|key\s+|main\s+|core\s+)?"
    r"(?:pillars|priority\s+areas|focus\s+areas|thematic\s+areas|strategic\s+(?:priorities|goals|areas|themes)"
    r"|priorities"
    r"|(?:key|main|core)\s+areas|areas\s+of\s+(?:focus|action|work))"
    r"|(?:pilares|ejes|prioridades)(?:\s+(?:estratégic[oa]s|temátic[oa]s|prioritari[oa]s))?"
    r"|(?:líneas|áreas|metas)\s+(?:estratégicas|temáticas|prioritarias)"
)
OBJECTIVES_PLURAL = r"(?:strategic\s+|specific\s+)?objectives|objetivos(?:\s+(?:estratégicos|específicos))?"
ACTIONS_PLURAL = (
    r"(?:key\s+|priority\s+|main\s+|planned\s+)?(?:actions|activities|initiatives|measures|steps|interventions"
    r"|strategies)"
    r"|líneas\s+de\s+acción|(?:acciones|actividades|iniciativas|medidas)(?:\s+(?:clave|prioritarias|principales"
    r"|previstas))?"
)

# With these something new starts: "Pillar 2 ...", and alone on a line "Key actions:" or "Objetivos específicos".
OPENERS = Openers(
    named=f"{PILLAR_WORDS}|{OBJECTIVE_WORDS}|{ACTION_WORDS}",
    alone=f"{PILLARS_PLURAL}|{OBJECTIVES_PLURAL}|{ACTIONS_PLURAL}|indicators|indicadores",
)

# Nouns that make a capitalised phrase surely the name of a body.
BODY_NOUNS = (
    r"ministry|ministries|department|commission|commissioner|authority|agency|office|council|secretariat|committee"
    r"|task\s+force|unit|bureau|board|bank|university|college|institute|institution|centre|center|chamber|chambers"
    r"|association|union|organi[sz]ation|government|cabinet|parliament|senate|police|service|forces?|treasury"
    r"|judiciary"
    r"|court|team|cert|csirt|regulator|foundation|fund|federation|society|academy|corporation|company|group|forum"
    r"|network|partnership|directorate|division|registry|school|hospital|embassy|programme|initiative|library"
    r"|laboratory"
    r"|ministerio|departamento|comisión|autoridad|agencia|oficina|consejo|secretaría|comité|unidad|junta|banco"
    r"|universidad|instituto|centro|cámara|asociación|unión|organización|gobierno|gabinete|congreso|policía|servicio"
    r"|fiscalía|procuraduría|poder\s+judicial|corte|tribunal|equipo|superintendencia|fundación|fondo|dirección"
    r"|academia"
    r"|corporación|empresa|embajada|presidencia|contraloría|instituciones|asamblea|defensoría|grupo"
)
# Capitalised phrases that are never a body, by their first or last words.
NOT_BODIES = (
    r"strategy|estrategia|plan|policy|política|act|bill|law|ley|decreto|decree|convention|convenio|treaty|article"
    r"|artículo"
    r"|section|chapter|annex|pillar|pilar|objective|objetivo|goal|action|acción|eje|principle|principio|priority"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre"
    r"|diciembre|minister\s\w+|mr|mrs|ms|dr|hon|internet|covid\s?\d*|this|these|it|in|by|for|with|all|each"
    r"|no|yes|tbd|n\sa|budget|report"
)

ORDINALS = MappingProxyType(
    {
        word: number
        for number, words in {
            1: "first 1st primer primero 1er",
            2: "second 2nd segundo 2do",
            3: "third 3rd tercer tercero 3er",
            4: "fourth 4th cuarto 4to",
        }.items()
        for word in words.split()
    }
)

# What a body did for the strategy, by the words in front of its name.
PASSIVE_PARTS = MappingProxyType(
    {
        "launched": r"launched\s+by|unveiled\s+by|lanzad[oa]\s+por|presentad[oa]\s+por",
        "guided": r"guided\s+by|advised\s+by|under\s+the\s+guidance\s+of|guiad[oa]\s+por|asesorad[oa]\s+por"
        r"|bajo\s+la\s+guía\s+del?",
        "coordinated": r"coordinated\s+by|under\s+the\s+coordination\s+of|coordinad[oa]\s+por"
        r"|bajo\s+la\s+coordinación\s+del?",
        "led": r"(?<!-)(?:led|spearheaded|chaired|headed)\s+by|under\s+the\s+leadership\s+of|(?:liderad|dirigid"
        r"|encabezad|presidid)[oa]\s+por"
        r"|bajo\s+el\s+liderazgo\s+del?",
        "developed": r"(?:developed|prepared|drafted|drawn\s+up|put\s+together|formulated|written|produced"
        r"|compiled)\s+by"
        r"|(?:elaborad|desarrollad|formulad|preparad|redactad)[oa]\s+por",
        "supported": r"(?:supported|assisted|facilitated|backed)\s+by"
        r"|technical\s+(?:support|assistance)\s+(?:of|from)"
        r"|with\s+(?:the\s+)?(?:\w+\s+){0,2}?(?<!financial\s)(?:support|assistance|help|backing)\s+(?:of|from)"
        r"|(?:apoyad|asistid|respaldad)[oa]\s+por|con\s+(?:el\s+|la\s+)?(?:apoyo|asistencia|ayuda"
        r"|respaldo)(?:\s+técnic[oa])?\s+del?",
        "collaborated": r"in\s+(?:\w+\s+)?(?:collaboration|partnership|cooperation|coordination|consultation)\s+with"
        r"|(?:together|jointly)\s+with"
        r"|alongside|(?:en\s+)?(?:estrecha\s+)?(?:colaboración|conjunto|coordinación|alianza|cooperación"
        r"|consulta)\s+con|(?:conjuntamente|junto)\s+con",
        "adopted": r"(?:adopted|approved|endorsed)\s+by|(?:aprobad|adoptad|respaldad)[oa]\s+por",
        "published": r"(?:published|issued)\s+by|(?:publicad|emitid)[oa]\s+por",
        "member": r"(?:made\s+up|composed|consists?)\s+of|comprising|comprises|whose\s+members\s+are|members\s+(?:are"
        r"|include)"
        r"|(?:integrad|conformad|compuest)[oa]\s+por",
    }
)
# The same parts as verbs after the name.
ACTIVE_PARTS = MappingProxyType(
    {
        "launched": r"launched|unveiled|lanzó|lanzaron|presentó|presentaron",
        "coordinated": r"coordinated|coordinó|coordinaron",
        "led": r"led|spearheaded|chaired|lideró|lideraron|encabezó|dirigió",
        "developed": r"developed|prepared|drafted|drew\s+up|elaboró|elaboraron|formuló",
        "supported": r"supported|assisted|facilitated|apoyó|apoyaron",
        "guided": r"guided|advised|asesoró",
        "adopted": r"adopted|approved|endorsed|aprobó|adoptó",
    }
)

# Verbs that promise a number, in the forms that look ahead (never the past).
GOAL_VERBS = (
    r"train|certify|reach|hold|conduct|run|organi[sz]e|designate|assess|audit|connect|equip|recruit|hire|visit"
    r"|deliver|host"
    r"|enrol|enroll|graduate|award|open|register|inspect|test|sensiti[sz]e|educate|establish|set\s+up|create|appoint"
    r"|engage"
    r"|increase\s+to|reduce\s+to|ensure\s+that|cover|identify|deploy|publish|onboard|support|provide|offer|accredit"
    r"|license"
    r"|(?:capacitar|formar|certificar|alcanzar|realizar|celebrar|organizar|evaluar|designar|conectar|equipar"
    r"|contratar|visitar"
    r"|sensibilizar|auditar|crear|establecer|impartir|acreditar|entrenar|inspeccionar|otorgar|ofrecer|identificar"
    r"|abrir)(?:á|án|emos)?"
    r"(?:\s+a)?|llegar(?:á|án)?\s+a"
)
PERCENT = r"%|per\s?cent|por\s+ciento"
NOT_COUNTED = _set(
    "years year months month weeks week days day hours hour minutes times pillars pillar goals goal objectives "
    "objective actions action"
    " priorities priority principles areas area pages chapters sections phases stages levels dollars million billion "
    "thousand euros usd"
    " anos ano meses mes semanas dias dia horas veces pilares ejes objetivos acciones prioridades principios areas "
    "paginas fases"
    " dolares millones mil euros working calendar ways steps more others mas otros otras"
)
PHRASE_STOPS = _set(
    "of by in to from with who and every each per before for on at during within that which the a an as through "
    "across over"
    " will shall must are is be or until under into using have has de por en con que para y e cada antes del al "
    "durante sobre"
    " el la los las un una se hasta o como no yearly annually anually anualmente"
)
UNITS = MappingProxyType(
    {
        "people": re.compile(
            r"^(?:people|persons?|officials?|officers?|staff|employees?|students?|pupils?|teachers?|citizens?"
            r"|residents?|women|men"
            r"|girls?|boys?|children|youths?|youth|judges?|prosecutors?|magistrates?|analysts?|technicians?"
            r"|engineers?|experts?"
            r"|professionals?|practitioners?|owners?|auditors?|consultants?|lawyers?|journalists?|nurses?|doctors?"
            r"|farmers?|researchers?"
            r"|developers?|administrators?|inspectors?|ambassadors?|volunteers?|trainers?|trainees?|participants?"
            r"|users?"
            r"|graduates?|managers?"
            r"|parents?|members?|servants?|workers?|investigators?|responders?|specialists?|learners?|entrepreneurs?"
            r"|leaders?|\w{3,}(?:ians|eans|ese)"
            r"|personas?|funcionari[oa]s?|oficiales|agentes|estudiantes|alumn[oa]s?|docentes|maestr[oa]s?"
            r"|profesor(?:es|as)?|ciudadan[oa]s"
            r"|mujeres|hombres|jovenes|ninos|ninas|jueces|fiscales|analistas?|tecnic[oa]s|ingenier[oa]s|expert[oa]s"
            r"|profesionales|servidores"
            r"|empleados|participantes|usuari[oa]s|voluntari[oa]s|emprendedores)$"
        ),
        "organisations": re.compile(
            r"^(?:operators?|organi[sz]ations?|ministr(?:y|ies)|agenc(?:y|ies)|institutions?|compan(?:y|ies)|smes"
            r"|msmes|firms?|businesses"
            r"|departments?|entities|banks?|schools?|universities|hospitals?|providers?|enterprises?|municipalities"
            r"|bodies|csirts?|certs?"
            r"|operadores|organizaciones|ministerios|agencias|instituciones|empresas|pymes|mipymes|entidades|bancos"
            r"|escuelas|universidades"
            r"|hospitales|proveedores|municipios|dependencias)$"
        ),
        "sessions": re.compile(
            r"^(?:sessions?|workshops?|exercises?|visits?|courses?|seminars?|drills?|simulations?|trainings?"
            r"|meetings?|events?|campaigns?|webinars?"
            r"|conferences?|sesion(?:es)?|talleres|taller|ejercicios?|visitas?|cursos?|seminarios?|simulacros?"
            r"|capacitaciones|reuniones|eventos"
            r"|campanas?|charlas?|conferencias?|foros?)$"
        ),
    }
)

# Words that stand for a body named before; alone they name none.
GENERIC_BODIES = _set(
    "government ministry department commission authority agency office council secretariat committee unit bureau "
    "board bank team group"
    " centre center union organisation organization service force forces regulator fund forum state ministries "
    "agencies departments"
    " gobierno ministerio departamento comision autoridad agencia oficina consejo secretaria comite unidad junta "
    "banco equipo grupo centro"
    " union estado institucion instituciones direccion servicio member members partners stakeholders"
)
