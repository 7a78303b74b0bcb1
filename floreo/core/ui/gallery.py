"""The gallery: every piece in every state on one page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Shown at /about/pieces/; what axe and the eye look at first."""
    return render(request, "ui/gallery.html", {"section": "about"})
