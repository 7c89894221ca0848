"""What the outside gets to see: nothing without HTTPS, pages that load only what is ours, whom to tell of a hole."""

from datetime import datetime, timedelta
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils import timezone
from django.views import View

from studytrack.api.errors import wants_page
from studytrack.api.problems import problem_response

NO_HTTPS = "This is served over HTTPS only. What was sent in the clear may have been read: sign out, sign in anew."
CONTACT_GOOD_FOR = timedelta(days=180)


class HttpsMiddleware(SecurityMiddleware):
    """Django's, but only who reads pages is led to HTTPS: a program that follows would go on telling its token."""

    def process_request(self, request: HttpRequest) -> Any:
        redirect = super().process_request(request)
        if redirect is None or (request.method in ("GET", "HEAD") and wants_page(request)):
            return redirect
        return problem_response(request, 403, detail=NO_HTTPS)


class PagePolicyMiddleware(CSPMiddleware):
    """A Content-Security-Policy for each page; what is none runs nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = "html" in response.get("Content-Type", "")
        return super().process_response(request, response) if is_page else response


class SecurityContactView(View):
    """`/.well-known/security.txt`, RFC 9116: whom to tell of a hole, if SECURITY_CONTACT says so."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest) -> HttpResponse:
        if not settings.SECURITY_CONTACT:
            raise Http404
        text = security_txt(settings.SECURITY_CONTACT, request.build_absolute_uri(request.path), timezone.now())
        return HttpResponse(text, content_type="text/plain; charset=utf-8")


def security_txt(contact: str, address: str, now: datetime) -> str:
    """The file, good from the beginning of this day on for half a year."""
    expires = now.replace(hour=0, minute=0, second=0, microsecond=0) + CONTACT_GOOD_FOR
    lines = {
        "Contact": contact,
        "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": address,
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())
