"""Makes the PDF (one column, ruled table, contents) and Word file (Spanish, lists and table)."""

from __future__ import annotations

import datetime
from pathlib import Path

import docx
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

HERE = Path(__file__).parent

PLAN = (
    ("#", "Initiative", "Owner", "Partners", "Completion", "Est. cost"),
    (
        "A1",
        "Draft and table an Electronic Transactions Bill",
        "Ministry of Justice",
        "Law Society",
        "Dec 2026",
        "SD$ 40,000",
    ),
    (
        "A2",
        "Issue minimum security requirements for ministries",
        "Government ICT Office",
        "All ministries",
        "30/06/2026",
        "SD$ 15,000",
    ),
    ("B1", "Set up a 24/7 incident desk", "Sanderling Telecom Authority", "SRCSIRT, Police", "Q1 2027", "SD$ 310,000"),
    ("B2", "Run a yearly exercise with the port and the airport", "SRCSIRT", "Port Authority", "Annually", "-"),
    (
        "C1",
        "Train 35 prosecutors in electronic evidence",
        "Public Prosecutor",
        "Judicial College",
        "2028",
        "SD$ 22,000",
    ),
)


PRESS = """COMUNICADO DE PRENSA

El Gobierno presenta la nueva estrategia digital

Puerto Sereno, 22 de abril de 2026.- El Ministerio de Ciencia y Tecnología, con el apoyo del Banco Interamericano de Desarrollo, presentó hoy la Estrategia Nacional de Ciberseguridad 2026-2029 de Montelago.

La Estrategia, elaborada por la Agencia de Transformación Digital en colaboración con la Policía Nacional y la Cámara de Comercio, descansa sobre cuatro ejes: marco legal, protección de servicios esenciales, formación de talento y cooperación internacional. Su objetivo principal es reducir el impacto de los ataques en la vida de las familias.

"Vamos a capacitar a 800 servidores públicos antes de diciembre de 2027 y realizaremos veinte talleres en las provincias", dijo la ministra Lucía Ferrer. Según la ministra, en 2025 se denunciaron 1.200 estafas y se cerraron 14 sitios falsos.

Actualmente se está redactando el reglamento de la ley de datos personales. La consulta pública fue financiada por la Unión Europea.

El documento se puede descargar en https://www.mct.example.mo/enc.
"""


def make_text() -> None:
    # An old code page, as an old program would save it.
    (HERE / "comunicado.txt").write_bytes(
        PRESS.replace('"Vamos', "“Vamos").replace('provincias"', "provincias”").encode("cp1252")
    )


def make_pdf() -> None:
    styles = getSampleStyleSheet()
    title, h1, h2, body = (styles[name] for name in ("Title", "Heading1", "Heading2", "BodyText"))

    def bullets(*lines: str) -> ListFlowable:
        return ListFlowable([Paragraph(line, body) for line in lines], bulletType="bullet")

    cells = [[Paragraph(cell, styles["BodyText"]) for cell in row] for row in PLAN]
    ruled = Table(cells, colWidths=(32, 150, 95, 80, 62, 70), repeatRows=1)
    ruled.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey)])
    )
    story = [
        Spacer(1, 180),
        Paragraph("Republic of Sanderling", title),
        Paragraph("Cyber Security Strategy 2026–2030", title),
        PageBreak(),
        Paragraph("Contents", h1),
        *(
            Paragraph(f"{line} {'.' * 60} {page}", body)
            for line, page in (("Message from the Minister", 3), ("Thematic areas", 4), ("Implementation plan", 5))
        ),
        PageBreak(),
        Paragraph("Message from the Minister", h1),
        Paragraph(
            "In 2024 our banks lost SD$ 3.2 million to fraud and 140 citizens asked the police for help. This document is our answer. "
            "It was compiled by the National Cyber Committee, chaired by the Ministry of Home Security, in consultation with the "
            "Chamber of Commerce, Sanderling Telecom Authority and the Association of Banks. The Commonwealth Secretariat "
            "provided funding for two workshops.",
            body,
        ),
        Paragraph("Our principal goal is to protect the people who live and work online in Sanderling.", body),
        PageBreak(),
        Paragraph("Thematic areas", h1),
        Paragraph("Thematic Area A: Laws and standards", h2),
        Paragraph("Specific objectives:", body),
        bullets("To close the gaps in our cybercrime law", "To set common standards for the public service"),
        Paragraph("Thematic Area B: Detection and response", h2),
        Paragraph("Specific objectives:", body),
        bullets("To detect and contain attacks within hours"),
        Paragraph("Thematic Area C: People", h2),
        Paragraph("Specific objectives:", body),
        bullets("To teach every pupil to stay safe online", "To keep our experts at home"),
        Paragraph("By 2030, at least 70% of secondary schools will have been visited.", body),
        PageBreak(),
        Paragraph("Implementation plan", h1),
        ruled,
        Paragraph("The Strategy can be downloaded from https://homesecurity.example.sr/cyber.", body),
    ]
    SimpleDocTemplate(str(HERE / "one-column-table.pdf"), pagesize=LETTER, invariant=1).build(story)


def make_word() -> None:
    word = docx.Document()
    word.core_properties.created = word.core_properties.modified = datetime.datetime(2025, 1, 1)  # noqa: DTZ001
    word.add_heading("Estrategia de Seguridad Digital de Valmora", 0)
    word.add_paragraph("Período 2026-2031")
    word.add_heading("1. Introducción", 1)
    word.add_paragraph(
        "La Estrategia fue formulada por la Autoridad de Gobierno Digital y la Dirección Nacional de Inteligencia, con la "
        "asistencia técnica de la Organización de los Estados Americanos. Contó con financiamiento del Banco Mundial. El "
        "Consejo de Ministros la aprobó el 14 de noviembre de 2025. Durante 2024 se atendieron 830 incidentes."
    )
    word.add_paragraph(
        "La Estrategia tiene como objetivo general consolidar un entorno digital confiable para todas las personas."
    )
    word.add_heading("2. Ejes", 1)
    for eje, lines in (
        ("Eje I: Gobernanza", ("Definir responsabilidades claras", "Actualizar el marco normativo")),
        ("Eje II: Resiliencia", ("Proteger los servicios esenciales",)),
        ("Eje III: Talento", ("Formar especialistas",)),
    ):
        word.add_heading(eje, 2)
        word.add_paragraph("Objetivos específicos:")
        for line in lines:
            word.add_paragraph(line, style="List Bullet")
    word.add_heading("3. Plan de acción", 1)
    rows = (
        ("Eje", "Actividad", "Entidad responsable", "Apoyo", "Plazo"),
        (
            "Gobernanza",
            "Crear el Comité Nacional de Ciberseguridad",
            "Presidencia de la República",
            "",
            "marzo de 2026",
        ),
        ("", "Presentar la ley de datos personales", "Ministerio de Justicia", "Congreso Nacional", "2027"),
        (
            "Resiliencia",
            "Auditar 18 operadores críticos",
            "CSIRT Valmora",
            "Banco Central; Superintendencia de Servicios",
            "primer semestre de 2028",
        ),
        ("Talento", "Otorgar 60 becas de posgrado", "Ministerio de Educación", "Universidad de Valmora", "2026-2030"),
    )
    table = word.add_table(rows=0, cols=5)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    word.add_paragraph("El texto completo está publicado en www.agd.example.vm/estrategia.")
    word.save(str(HERE / "plan-de-accion.docx"))


if __name__ == "__main__":
    make_text()
    make_pdf()
    make_word()
