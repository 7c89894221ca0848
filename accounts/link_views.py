"""The endpoints of secret links: whether there is one, a new one, none any more."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT
from rest_framework.views import APIView

from accounts import schema
from accounts.links import Purpose, SecretLink
from accounts.serializers import NewSecretLinkSerializer, SecretLinkSerializer
from accounts.views import NOT_STORED
from studytrack.api.conditional import refuse_if_changed
from studytrack.api.viewsets import in_turn


class SecretLinkView(APIView):
    """The secret link of the signed-in user for one purpose; `shown_at` names the route that its token opens.

    No idempotency key is taken: the answers that are kept by keys would keep the token. A repeat makes a new link.
    """

    purpose: Purpose
    shown_at: str

    def get(self, request: Request) -> Response:
        return Response(SecretLinkSerializer(self.link()).data)

    @in_turn
    def post(self, request: Request) -> Response:
        token = SecretLink.objects.replace(request.user, self.purpose, timezone.now())
        url = request.build_absolute_uri(reverse(self.shown_at, args=[token]))
        return Response(NewSecretLinkSerializer({"url": url}).data, HTTP_201_CREATED, headers=NOT_STORED)

    @in_turn
    def delete(self, request: Request) -> Response:
        link = self.link()
        refuse_if_changed(request, SecretLinkSerializer(link))
        link.delete()
        return Response(status=HTTP_204_NO_CONTENT)

    def link(self) -> SecretLink:
        user: Any = self.request.user
        return get_object_or_404(user.secret_links, purpose=self.purpose)


@schema.calendar_link
class CalendarLinkView(SecretLinkView):
    """The secret link to your calendar: your sessions, for a calendar program to subscribe to.

    `POST` makes it and tells its address this once; one that was there before ends. `DELETE` revokes it at once.
    """

    purpose = Purpose.CALENDAR
    shown_at = "calendar"


@schema.heatmap_link
class HeatmapLinkView(SecretLinkView):
    """The secret link to the picture of your heatmap, to be put on a page of yours.

    `POST` makes it and tells its address this once; one that was there before ends. `DELETE` revokes it at once.
    """

    purpose = Purpose.HEATMAP
    shown_at = "heatmap"
