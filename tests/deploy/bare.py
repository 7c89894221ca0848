"""The real entry of StudyTrack, answering every request with what error reports would show of it."""

from django.http import HttpRequest, JsonResponse

from studytrack.wsgi import application

__all__ = ["application"]


def told(request: HttpRequest) -> JsonResponse:
    return JsonResponse({name: value for name, value in request.META.items() if isinstance(value, str)})


application.get_response = told  # type: ignore[method-assign]
