"""How form fields are drawn."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Finds field templates among our own."""

    field_template_name = "ui/field.html"
